//! Starts, stops and kills: what goes on, what is printed, what sub-commands do beside a running bot.

use std::time::Duration;

use luvhive_core::person::Gender;
use luvhive_phone::{Answers, Menu, Phone};
use luvhive_sandbox::{PersonSpec, Sandbox, SandboxSettings};
use luvhive_storage::local::{ClusterSettings, LocalCluster};

use super::kit::{Folder, PATIENCE, Running, data_key, fails, finish, get};

/// The people of a test, their Telegram, and the program's way to it.
pub(crate) struct Telegram {
    pub(crate) runtime: tokio::runtime::Runtime,
    pub(crate) sandbox: Sandbox,
}

impl Telegram {
    pub(crate) fn start() -> Self {
        Self::start_in(SandboxSettings::default())
    }

    pub(crate) fn start_in(settings: SandboxSettings) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::start(settings)).unwrap();
        Self { runtime, sandbox }
    }

    /// Starts the program as a bot of this Telegram, with its private database in `folder`.
    pub(crate) fn run(&self, folder: &Folder, arguments: &[&str]) -> Running {
        Running::start(&mut self.command(folder, arguments))
    }

    /// The program as a bot of this Telegram, not started yet.
    pub(crate) fn command(&self, folder: &Folder, arguments: &[&str]) -> std::process::Command {
        let mut command = folder.luvhive(arguments);
        command.env("BOT_TOKEN", self.sandbox.token()).env("LUVHIVE__TELEGRAM__API_URL", self.sandbox.base_url());
        command
    }

    pub(crate) fn register(&self, name: &str, gender: Gender) -> Phone<'_> {
        let phone = Phone::new(&self.sandbox, &PersonSpec::new(name, "en"), PATIENCE);
        self.runtime.block_on(phone.register(&Answers::of(gender))).unwrap();
        phone
    }

    /// Two people in a chat.
    pub(crate) fn couple(&self) -> (Phone<'_>, Phone<'_>) {
        let (asha, ravi) = (self.register("Asha", Gender::Woman), self.register("Ravi", Gender::Man));
        self.runtime.block_on(async {
            asha.send_until("/find", Menu::Searching).await.unwrap();
            ravi.send_until("/find", Menu::Meeting).await.unwrap();
            ravi.open_chat(asha).await.unwrap();
        });
        (asha, ravi)
    }

    /// Lets time pass.
    pub(crate) fn pause(&self, length: Duration) {
        self.runtime.block_on(async { tokio::time::sleep(length).await });
    }

    pub(crate) fn say(&self, from: Phone<'_>, to: Phone<'_>, text: &str) {
        self.sandbox.send_text(from.person(), text, None).unwrap();
        self.runtime.block_on(to.wait_for_text(0, text)).unwrap();
    }
}

/// Asks the private database in `folder` for one number.
pub(crate) fn ask(telegram: &Telegram, folder: &Folder, query: &str) -> i64 {
    let cluster = LocalCluster::start(&ClusterSettings::durable(folder.path().join("postgres")), &|_| {}).unwrap();
    telegram.runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&cluster.url("luvhive"), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.query_one(query, &[]).await.unwrap().get(0)
    })
}

#[test]
fn a_killed_bot_goes_on_with_chats_and_waits() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let bot = telegram.run(&folder, &["run"]);
    let (asha, ravi) = telegram.couple();
    telegram.say(asha, ravi, "before");
    let mia = telegram.register("Mia", Gender::Woman);
    telegram.runtime.block_on(mia.send_until("/find", Menu::Searching)).unwrap();
    let since = "SELECT (extract(epoch FROM since) * 1000000)::bigint FROM seats WHERE kind = 'waiting'";
    let before = ask(&telegram, &folder, since);
    bot.kill();
    telegram.sandbox.send_text(asha.person(), "while you were gone", None).unwrap();
    let bot = telegram.run(&folder, &["run"]);
    telegram.runtime.block_on(ravi.wait_for_text(0, "while you were gone")).unwrap();
    telegram.say(ravi, asha, "after");
    assert_eq!(ask(&telegram, &folder, since), before, "the wait began when it began");
    assert_eq!(bot.stop(), Some(0));
}

#[test]
fn two_who_both_press_next_around_a_kill_search_once_each() {
    // Before the kill: nobody, one of them, both.
    for before in 0..=2 {
        let telegram = Telegram::start();
        let folder = Folder::new();
        let bot = telegram.run(&folder, &["run"]);
        let (asha, ravi) = telegram.couple();
        let mark = telegram.sandbox.mark();
        let next = |phone: Phone<'_>| telegram.sandbox.send_text(phone.person(), "/next", None).map(drop).unwrap();
        for phone in [asha, ravi].into_iter().take(before) {
            next(phone);
        }
        if before == 1 {
            telegram.runtime.block_on(asha.wait_for_menu(mark, Menu::Searching)).unwrap();
        }
        bot.kill();
        for phone in [asha, ravi].into_iter().skip(before) {
            next(phone);
        }
        let bot = telegram.run(&folder, &["run"]);
        for phone in [asha, ravi] {
            telegram.runtime.block_on(phone.wait_for_menu(mark, Menu::Searching)).unwrap();
        }
        assert_eq!(ask(&telegram, &folder, "SELECT count(*) FROM seats WHERE kind = 'waiting'"), 2, "{before} before the kill");
        assert_eq!(ask(&telegram, &folder, "SELECT count(*) FROM seats"), 2, "{before} before the kill");
        assert_eq!(ask(&telegram, &folder, "SELECT count(*) FROM chats WHERE ended_at IS NULL"), 0);
        assert_eq!(ask(&telegram, &folder, "SELECT count(*) FROM chats"), 1, "{before} before the kill");
        assert_eq!(bot.stop(), Some(0));
    }
}

#[test]
fn a_standby_takes_over_from_a_killed_bot() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let bot = telegram.run(&folder, &["run"]);
    let (asha, ravi) = telegram.couple();
    let standby = std::thread::scope(|scope| {
        let standby = scope.spawn(|| telegram.run(&folder, &["run", "--standby"]));
        telegram.say(asha, ravi, "while it stands by");
        bot.kill();
        standby.join().unwrap()
    });
    assert!(standby.said.contains(&"standing by".to_owned()), "{:?}", standby.said);
    telegram.say(ravi, asha, "after it took over");
    assert_eq!(standby.stop(), Some(0));
}

#[test]
fn a_standby_on_a_named_database_takes_over_from_a_killed_bot() {
    let telegram = Telegram::start();
    let (home, other) = (Folder::new(), Folder::new());
    let cluster = LocalCluster::start(&ClusterSettings::durable(home.path().join("named")), &|_| {}).unwrap();
    telegram.runtime.block_on(cluster.ensure_database("shared")).unwrap();
    let url = cluster.url("shared");
    let start = |folder: &Folder, arguments: &[&str]| {
        let mut command = folder.luvhive(arguments);
        command.env("BOT_TOKEN", telegram.sandbox.token()).env("LUVHIVE__TELEGRAM__API_URL", telegram.sandbox.base_url());
        Running::start(command.env("DATABASE_URL", &url).env("LUVHIVE_DATA_KEY", data_key()))
    };
    let bot = start(&home, &["run", "--migrate"]);
    let (asha, ravi) = telegram.couple();
    let standby = std::thread::scope(|scope| {
        let standby = scope.spawn(|| start(&other, &["run", "--standby"]));
        telegram.say(asha, ravi, "while it stands by");
        bot.kill();
        standby.join().unwrap()
    });
    telegram.say(ravi, asha, "after it took over");
    let epoch = telegram.runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.query_one("SELECT epoch FROM shard_leases", &[]).await.unwrap().get::<_, i64>(0)
    });
    assert_eq!(epoch, 2);
    assert_eq!(standby.stop(), Some(0));
}

#[test]
fn the_sandbox_is_the_same_world_after_a_kill() {
    let folder = Folder::new();
    let first = Running::start(&mut folder.luvhive(&[]));
    let people = get(&first.url, "control/state");
    assert!(people.contains("\"people\""), "{people}");
    assert!(get(&first.url, "").contains("<html"), "the page is served");
    let bot = std::fs::read_to_string(folder.path().join("sandbox.bot")).unwrap();
    first.kill();
    let second = Running::start(&mut folder.luvhive(&[]));
    assert_eq!(std::fs::read_to_string(folder.path().join("sandbox.bot")).unwrap(), bot);
    assert!(get(&second.url, "control/state").contains(&bot), "another bot came out of the same folder");
    assert_eq!(second.stop(), Some(0));
}

#[test]
fn smoke_passes_beside_a_running_one() {
    let folder = Folder::new();
    let running = Running::start(&mut folder.luvhive(&["run"]));
    let output = finish(&mut folder.luvhive(&["run", "--smoke"]));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for step in
        ["throwaway database", "migrations", "registered in", "they met", "opened", "delivered", "this machine runs LuvHive"]
    {
        assert!(said.lines().any(|line| line.contains(step) && line.contains(" ms ")), "{step:?} is missing in: {said}");
    }
    assert_eq!(running.stop(), Some(0));
}

#[test]
fn staff_tools_work_beside_a_running_bot() {
    let folder = Folder::new();
    fails(&mut folder.luvhive(&["reports"]), 78, &["no bot has run here yet"]);
    let running = Running::start(&mut folder.luvhive(&["run"]));
    let output = finish(&mut folder.luvhive(&["reports"]));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "no open reports\n");
    let output = finish(&mut folder.luvhive(&["reports", "--json"]));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "[]\n");
    let ban = ["sanction", "abcdefghjk", "--ban", "--reason", "selling things", "--yes"];
    fails(&mut folder.luvhive(&ban), 64, &["nobody has the pseudonym \"abcdefghjk\""]);
    let lift = ["sanction", "x", "--lift", "--reason", "a mistake", "--yes"];
    fails(&mut folder.luvhive(&lift), 64, &["nobody has the pseudonym \"x\""]);
    let output = finish(&mut folder.luvhive(&["doctor"]));
    let said = String::from_utf8_lossy(&output.stdout);
    // How full the disk is says something about this machine, not about the program.
    let found = said.lines().filter(|line| line.starts_with("warn ") || line.starts_with("fail "));
    assert_eq!(found.filter(|line| !line.contains(" disk ")).count(), 0, "{said}");
    assert_eq!(running.stop(), Some(0));
}

#[test]
fn doctor_tells_well_from_faulty() {
    let folder = Folder::new();
    let output = finish(&mut folder.luvhive(&["doctor", "--json"]));
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let checks: serde_json::Value = serde_json::from_str(&said).unwrap();
    let checks = checks.as_array().unwrap();
    assert!(checks.len() >= 15, "{said}");
    for check in checks {
        let status = if check["name"] == "settings" { "ok" } else { "skipped" };
        assert_eq!(check["status"], status, "{check}");
        assert!(!check["found"].as_str().unwrap().is_empty() && check["remedy"] == "", "{check}");
    }
    let mut command = folder.luvhive(&["doctor"]);
    let output = finish(command.env("LUVHIVE__LOG__FORMAT", "xml"));
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("log.format"));
}

#[test]
fn a_graceful_stop_is_quick_and_leaves_no_lease_behind() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let bot = telegram.run(&folder, &["run"]);
    let began = tokio::time::Instant::now();
    assert_eq!(bot.stop(), Some(0));
    let took = began.elapsed();
    assert!(took < Duration::from_secs(5), "an idle bot took {took:?} to stop");
    assert_eq!(ask(&telegram, &folder, "SELECT count(*) FROM shard_leases WHERE owner IS NOT NULL"), 0);
}
