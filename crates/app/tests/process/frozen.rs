//! A bot that stands still, as a machine out of memory or a paused virtual machine makes it: the standby takes over in
//! time, and the process that thaws touches nothing any more.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use luvhive_phone::Phone;
use luvhive_sandbox::SandboxSettings;
use luvhive_storage::local::{ClusterSettings, LocalCluster};
use serde_json::Value;
use tokio::time::Instant;

use super::kit::{Folder, PATIENCE, Running, data_key};
use super::life::Telegram;

/// How long the owner stands still.
const FREEZE: Duration = Duration::from_secs(7);
/// Chats flow again within the default lease of 3 s and half a second.
const TAKEN_OVER: Duration = Duration::from_millis(3_500);
/// Time between two messages, below what counts as flooding.
const PAUSE: Duration = Duration::from_millis(300);
/// How often it is looked what came.
const LOOK: Duration = Duration::from_millis(10);

/// Which requests came to the local Telegram, by the host under which it was asked.
fn requests(log: &Path) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(log).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    // Other lines are updates.
    lines.filter_map(|line| Some((line.get("host")?.as_str()?.to_owned(), line.get("method")?.as_str()?.to_owned()))).collect()
}

/// Numbered messages from one person to another.
struct Talk<'a> {
    telegram: &'a Telegram,
    from: Phone<'a>,
    to: Phone<'a>,
    said: Vec<String>,
}

impl Talk<'_> {
    /// Says one more and looks what comes for a while; returns when something came that had not before.
    fn say(&mut self) -> Option<Instant> {
        let before = self.came().len();
        let text = format!("line {:03}", self.said.len());
        self.telegram.sandbox.send_text(self.from.person(), &text, None).unwrap();
        self.said.push(text);
        let said = Instant::now();
        let mut came = None;
        while said.elapsed() < PAUSE {
            self.telegram.pause(LOOK);
            if came.is_none() && self.came().len() > before {
                came = Some(Instant::now());
            }
        }
        came
    }

    /// What came, in the order of its first coming.
    fn came(&self) -> Vec<String> {
        let mut came = Vec::new();
        for message in self.telegram.sandbox.messages(self.to.person()) {
            if message.text.starts_with("line ") && !came.contains(&message.text) {
                came.push(message.text);
            }
        }
        came
    }
}

/// Freezes the owner of a shard beside a standby. `named` = the database is named, and each has a folder of its own.
fn freeze(is_named: bool) {
    let home = Folder::new();
    let log = home.path().join("requests");
    let telegram = Telegram::start_in(SandboxSettings { request_log: Some(log.clone()), ..SandboxSettings::default() });
    let cluster = is_named.then(|| LocalCluster::start(&ClusterSettings::durable(home.path().join("named")), &|_| {}).unwrap());
    if let Some(cluster) = &cluster {
        telegram.runtime.block_on(cluster.ensure_database("shared")).unwrap();
    }
    let other = Folder::new();
    let command = |folder: &Folder, host: &str, arguments: &[&str]| {
        let mut command = telegram.command(folder, arguments);
        command.env("LUVHIVE__TELEGRAM__API_URL", telegram.sandbox.base_url().replace("127.0.0.1", host));
        if let Some(cluster) = &cluster {
            command.env("DATABASE_URL", cluster.url("shared")).env("LUVHIVE_DATA_KEY", data_key());
        }
        command
    };
    // Two names of one address tell the two processes apart.
    let (owners, standbys) = ("localhost", "127.0.0.1");
    let start: &[&str] = if is_named { &["run", "--migrate"] } else { &["run"] };
    let mut owner = Running::start(&mut command(&home, owners, start));
    let folder = if is_named { &other } else { &home };
    let mut standby = Running::launch(&mut command(folder, standbys, &["run", "--standby"]), Stdio::inherit());
    standby.wait_to_hear("standing by");
    let (asha, ravi) = telegram.couple();
    let of = |host: &str, requests: &[(String, String)]| {
        requests.iter().filter(|(asked, _)| asked.starts_with(host)).map(|(_, method)| method.clone()).collect::<Vec<_>>()
    };
    // With this it has everything that it needs but the lease.
    let launched = Instant::now();
    while !of(standbys, &requests(&log)).contains(&"deleteWebhook".to_owned()) {
        assert!(launched.elapsed() < PATIENCE, "the standby does not get ready");
        telegram.pause(LOOK);
    }

    let mut talk = Talk { telegram: &telegram, from: asha, to: ravi, said: Vec::new() };
    for _ in 0..3 {
        talk.say();
    }
    owner.signal("STOP");
    let frozen = Instant::now();
    let mut flowing: Option<Duration> = None;
    while frozen.elapsed() < FREEZE {
        let came = talk.say();
        flowing = flowing.or(came.map(|came| came - frozen));
    }
    let flowing = flowing.unwrap_or_else(|| panic!("the standby never took over"));
    let known = requests(&log);
    owner.signal("CONT");
    let thawed = Instant::now();
    let code = loop {
        talk.say();
        if let Some(code) = owner.ended() {
            break code;
        }
        assert!(thawed.elapsed() < PATIENCE, "the process that lost the shard still runs");
    };
    assert_eq!(code, 69, "it says that another process took over");
    telegram.runtime.block_on(talk.to.wait_for_text(0, talk.said.last().unwrap())).unwrap();
    assert_eq!(talk.came(), talk.said, "nothing is lost, nothing is out of order");
    let after = requests(&log).split_off(known.len());
    assert!(of(owners, &known).contains(&"copyMessage".to_owned()), "the owner was at work before: {known:?}");
    assert!(of(standbys, &after).contains(&"copyMessage".to_owned()), "the standby is at work now: {after:?}");
    assert_eq!(of(owners, &after), Vec::<String>::new(), "asked by the process that lost the shard");
    assert!(flowing <= TAKEN_OVER, "chats flowed again after {flowing:?}");
    assert_eq!(standby.stop(), Some(0));
}

#[test]
fn a_standby_takes_over_from_a_frozen_bot_which_asks_nothing_more() {
    freeze(true);
}

#[test]
fn a_standby_takes_over_from_a_frozen_bot_on_the_private_database() {
    freeze(false);
}
