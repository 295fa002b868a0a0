//! What a bot recovers from automatically, and what it says of itself meanwhile: a dead private database, sessions that may
//! only read, a Telegram that does not answer, and waits that Telegram asks for.

use std::fs::File;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use luvhive_sandbox::{Fault, FaultAction, SandboxSettings};
use luvhive_storage::local::{ClusterSettings, LocalCluster};
use tokio::time::Instant;

use super::bad_input::token;
use super::kit::{Folder, PATIENCE, Running, data_key, fails, get};
use super::life::Telegram;

/// How long a way back may take on a machine that does much else: about a second on one that does not.
const SLOWEST: Duration = Duration::from_secs(20);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(20);

/// Where the process says how far it is.
fn door(bot: &mut Running) -> String {
    let known = bot.said.iter().find_map(|line| line.strip_prefix("how far it is: ")).map(str::to_owned);
    let line = known.unwrap_or_else(|| bot.wait_to_hear("how far it is: "));
    line.strip_suffix("readyz").unwrap().to_owned()
}

/// The one word of `/readyz`.
fn word(door: &str) -> String {
    let answer = get(door, "readyz");
    let word = answer.lines().last().unwrap().to_owned();
    assert_eq!(answer.starts_with("HTTP/1.1 200"), word == "ready", "{answer}");
    word
}

/// Waits until `/readyz` answers with a word.
fn wait_for_word(telegram: &Telegram, door: &str, wanted: &str) {
    let began = Instant::now();
    while word(door) != wanted {
        assert!(began.elapsed() < PATIENCE, "{:?} instead of {wanted:?}", word(door));
        telegram.pause(LOOK);
    }
}

fn with_ops(mut command: Command) -> Command {
    command.env("LUVHIVE__OPS__LISTEN", "127.0.0.1:0").env("LUVHIVE__TELEGRAM__POLL_TIMEOUT_S", "1");
    command
}

fn kill(pid: &str) {
    assert!(Command::new("kill").args(["-9", pid]).status().unwrap().success());
}

/// The number of the private server's first process, once it takes connections.
fn ready_server(dir: &Path) -> Option<String> {
    // Lines: pid, data, start time, port, socket folder, address, memory, status.
    let noted = std::fs::read_to_string(dir.join("data/postmaster.pid")).ok()?;
    let mut lines = noted.lines();
    let pid = lines.next()?.to_owned();
    (lines.nth(6)?.trim() == "ready").then_some(pid)
}

/// Kills the private server's first process, and the loop that stops it after its last user. Returns that process's number.
fn kill_database(dir: &Path) -> String {
    let script = dir.join("watch.sh");
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let command = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if command.split(|byte| *byte == 0).nth(1) == Some(script.as_os_str().as_encoded_bytes()) {
            kill(entry.file_name().to_str().unwrap());
        }
    }
    let pid = ready_server(dir).unwrap();
    kill(&pid);
    pid
}

#[test]
fn a_killed_private_database_comes_back_and_nothing_is_lost() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let mut bot = Running::start(&mut with_ops(telegram.command(&folder, &["run"])));
    let door = door(&mut bot);
    let (asha, ravi) = telegram.couple();
    telegram.say(asha, ravi, "before");
    let dir = folder.path().join("postgres");
    for text in ["the first time", "the second time"] {
        let killed = Instant::now();
        let dead = kill_database(&dir);
        telegram.say(asha, ravi, text);
        // A session may outlive the server's first process by a moment and still take the text.
        while ready_server(&dir).is_none_or(|pid| pid == dead) {
            assert!(killed.elapsed() < SLOWEST, "nobody starts the server again");
            telegram.pause(LOOK);
        }
        telegram.say(ravi, asha, text);
        assert!(killed.elapsed() < SLOWEST, "relayed only after {:?}", killed.elapsed());
    }
    wait_for_word(&telegram, &door, "ready");
    assert_eq!(bot.stop(), Some(0));
    let stopped = Instant::now();
    while dir.join("data/postmaster.pid").exists() {
        assert!(stopped.elapsed() < PATIENCE, "nobody stops the server after its last user");
        telegram.pause(LOOK);
    }
}

/// A database of a server that is not the bot's own.
fn named(telegram: &Telegram, home: &Folder) -> (LocalCluster, String) {
    let cluster = LocalCluster::start(&ClusterSettings::durable(home.path().join("named")), &|_| {}).unwrap();
    telegram.runtime.block_on(cluster.ensure_database("shared")).unwrap();
    let url = cluster.url("shared");
    (cluster, url)
}

#[test]
fn a_bot_whose_sessions_may_only_read_goes_on_without_a_restart() {
    let telegram = Telegram::start();
    let home = Folder::new();
    let (cluster, url) = named(&telegram, &home);
    let mut command = with_ops(telegram.command(&home, &["run", "--migrate"]));
    let log = home.path().join("log");
    let log_file = Stdio::from(File::create(&log).unwrap());
    let mut bot = Running::start_logging(command.env("DATABASE_URL", &url).env("LUVHIVE_DATA_KEY", data_key()), log_file);
    let door = door(&mut bot);
    let (asha, ravi) = telegram.couple();
    telegram.say(asha, ravi, "before");
    let alter = |what: &str| {
        let statement = format!("ALTER DATABASE shared {what}");
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shared'";
        telegram.runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&cluster.url("postgres"), tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute(&statement).await.unwrap();
            if what.starts_with("SET") {
                client.query(end, &[]).await.unwrap();
            }
        });
    };
    alter("SET default_transaction_read_only = on");
    telegram.sandbox.send_text(asha.person(), "while nobody may write", None).unwrap();
    wait_for_word(&telegram, &door, "database");
    let metrics = get(&door, "metrics");
    assert!(metrics.contains("\nluvhive_ready 0\n"), "{metrics}");
    assert!(metrics.contains("\nluvhive_state{state=\"database\"} 1\n"), "{metrics}");
    assert!(get(&door, "livez").starts_with("HTTP/1.1 200"));
    telegram.pause(Duration::from_secs(2));
    alter("RESET default_transaction_read_only");
    let mended = Instant::now();
    telegram.runtime.block_on(ravi.wait_for_text(0, "while nobody may write")).unwrap();
    assert!(mended.elapsed() < SLOWEST, "relayed only after {:?}", mended.elapsed());
    wait_for_word(&telegram, &door, "ready");
    assert_eq!(bot.stop(), Some(0));
    let lines = std::fs::read_to_string(&log).unwrap().lines().count();
    assert!(lines < 60, "an outage of some seconds took {lines} lines of the log");
}

#[test]
fn a_bot_that_is_not_answered_says_so_and_one_refused_token_is_not_the_end() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let mut bot = Running::start(&mut with_ops(telegram.command(&folder, &["run"])));
    let door = door(&mut bot);
    let (asha, ravi) = telegram.couple();
    let error = |status: u16, description: &str| {
        let description = Some(description.to_owned());
        Fault::new(FaultAction::Error { status, description }).method("getUpdates")
    };
    telegram.sandbox.add_fault(error(409, "terminated by other getUpdates request"));
    let began = Instant::now();
    wait_for_word(&telegram, &door, "updates");
    assert!(began.elapsed() > Duration::from_secs(9), "a few seconds of failures are no reason: {:?}", began.elapsed());
    assert!(get(&door, "livez").starts_with("HTTP/1.1 200"));
    telegram.sandbox.clear_faults();
    wait_for_word(&telegram, &door, "ready");
    // A token that is refused for a moment, in both of Telegram's words.
    for (status, description) in [(401, "Unauthorized"), (404, "Not Found")] {
        telegram.sandbox.add_fault(error(status, description).times(2));
        telegram.say(asha, ravi, description);
    }
    assert_eq!(bot.stop(), Some(0));
}

#[test]
fn a_token_that_stays_refused_ends_a_running_bot() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let mut command = with_ops(telegram.command(&folder, &["run"]));
    let log = folder.path().join("log");
    let log_file = Stdio::from(File::create(&log).unwrap());
    let bot = Running::start_logging(command.env("LUVHIVE__TELEGRAM__TOKEN_REFUSED_AFTER_S", "2"), log_file);
    let refused = FaultAction::Error { status: 401, description: Some("Unauthorized".to_owned()) };
    telegram.sandbox.add_fault(Fault::new(refused).method("getUpdates"));
    let began = Instant::now();
    assert_eq!(bot.wait(), Some(78));
    assert!(began.elapsed() > Duration::from_secs(2), "{:?}", began.elapsed());
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("token is refused by Telegram") && !log.contains("unforeseen"), "{log}");
}

#[test]
fn a_mistyped_token_is_told_at_once_and_tried_on_for_a_while() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let mut command = folder.luvhive(&["run"]);
    command.env("BOT_TOKEN", token()).env("LUVHIVE__TELEGRAM__API_URL", telegram.sandbox.base_url());
    let mut bot = Running::launch(&mut command, Stdio::inherit());
    let rest = bot.wait_to_hear("Telegram refuses the token. Compare BOT_TOKEN with what @BotFather shows; trying again for ");
    assert!(["300 s", "299 s"].contains(&rest.as_str()), "{rest}");
    assert_eq!(bot.ended(), None);
    assert_eq!(bot.stop(), Some(0), "a signal ends the wait");
    command.env("LUVHIVE__TELEGRAM__TOKEN_REFUSED_AFTER_S", "0").stderr(Stdio::piped());
    fails(&mut command, 78, &["token is refused by Telegram", "BOT_TOKEN"]);
}

#[test]
fn told_waits_are_waited_inside_the_process_and_the_supervisor_hears_of_them() {
    let home = Folder::new();
    let log = home.path().join("requests");
    let telegram = Telegram::start_in(SandboxSettings { request_log: Some(log.clone()), ..SandboxSettings::default() });
    let throttle = |method: &str, seconds: u64| {
        let action = FaultAction::TooManyRequests { retry_after: Some(seconds) };
        telegram.sandbox.add_fault(Fault::new(action).method(method).times(1));
    };
    let times = |method: &str| {
        let asked = format!("\"method\":\"{method}\"");
        std::fs::read_to_string(&log).unwrap().lines().filter(|line| line.replace(' ', "").contains(&asked)).count()
    };
    throttle("getMe", 2);
    throttle("deleteWebhook", 1);
    throttle("setMyCommands", 1);
    let socket = home.path().join("notify");
    let heard = UnixDatagram::bind(&socket).unwrap();
    heard.set_read_timeout(Some(PATIENCE)).unwrap();
    let (_cluster, url) = named(&telegram, &home);
    let mut command = with_ops(telegram.command(&home, &["run", "--migrate"]));
    let began = Instant::now();
    command.env("DATABASE_URL", &url).env("LUVHIVE_DATA_KEY", data_key()).env("NOTIFY_SOCKET", &socket);
    let mut bot = Running::launch(&mut command, Stdio::inherit());
    let door = door(&mut bot);
    assert_eq!(bot.wait_to_hear("Telegram asks to wait for "), "2 s before the start goes on");
    assert_eq!(word(&door), "starting");
    let mut bytes = [0; 500];
    let said = loop {
        let length = heard.recv(&mut bytes).unwrap();
        let said = String::from_utf8_lossy(&bytes[..length]).into_owned();
        if said.contains("Telegram asks to wait") {
            break said;
        }
    };
    assert!(said.starts_with("EXTEND_TIMEOUT_USEC=40000000"), "{said}");
    bot.wait_to_hear("LuvHive is ready: ");
    assert!(began.elapsed() >= Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!((times("getMe"), times("deleteWebhook")), (3, 2), "each is asked once more, not in a new process");
    wait_for_word(&telegram, &door, "ready");
    let waiting = Instant::now();
    while times("setMyCommands") < 3 {
        assert!(waiting.elapsed() < Duration::from_secs(30), "the list of commands is given after the wait, not after a minute");
        telegram.pause(LOOK);
    }

    // Beside it a standby, which says what it is; and a process that is asked to stop while it waits.
    let other = Folder::new();
    let mut standby = with_ops(telegram.command(&other, &["run", "--standby"]));
    let mut standby = Running::launch(standby.env("DATABASE_URL", &url).env("LUVHIVE_DATA_KEY", data_key()), Stdio::inherit());
    let standby_door = self::door(&mut standby);
    standby.wait_to_hear("standing by");
    let began = Instant::now();
    let figures = loop {
        let metrics = get(&standby_door, "metrics");
        if metrics.contains("luvhive_heartbeat_age_seconds") {
            break metrics;
        }
        assert!(began.elapsed() < PATIENCE, "{metrics}");
        telegram.pause(LOOK);
    };
    assert_eq!(word(&standby_door), "standby");
    assert!(figures.contains("\nluvhive_state{state=\"standby\"} 1\n"), "{figures}");
    assert!(figures.contains("\nluvhive_heartbeat_age_seconds 0\n"), "no loop of a standby is meant to turn: {figures}");
    assert_eq!(standby.stop(), Some(0));
    assert_eq!(bot.stop(), Some(0));
    throttle("getMe", 600);
    let mut bot = Running::launch(&mut command, Stdio::inherit());
    bot.wait_to_hear("Telegram asks to wait for 600 s");
    assert_eq!(bot.stop(), Some(0));
}
