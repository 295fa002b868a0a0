//! Secrets and people's own words never reach a log, however much is logged and whatever fails.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use luvhive_core::person::Gender;
use luvhive_core::premium::Plan;
use luvhive_phone::{Answers, Menu, Phone};
use luvhive_sandbox::{CheckoutState, Fault, FaultAction, Media, MediaOptions, PersonSpec, SandboxSettings, SeenMessage};
use luvhive_storage::local::{ClusterSettings, LocalCluster};
use luvhive_telegram::callback::{Callback, PremiumAction, ProfileAction, ProfilePage};
use tokio_postgres::{Client, NoTls};

use super::kit::{Folder, PATIENCE, Running, data_key, fails, finish};
use super::life::Telegram;

/// Between two acts of a person, so that nothing is held back for coming too fast.
const CALM: Duration = Duration::from_millis(250);
/// A word of people: it stands in texts, captions, names, profiles and forged buttons alike.
const WORD: &str = "nightingale";

/// A bot whose token and whose database's password are looked for in everything that is written.
struct Watched {
    telegram: Telegram,
    folder: Folder,
    cluster: LocalCluster,
    token: String,
    password: String,
    log: PathBuf,
}

impl Watched {
    fn start() -> Self {
        let folder = Folder::new();
        let requests = Some(folder.path().join("requests"));
        let telegram = Telegram::start_in(SandboxSettings { request_log: requests, ..SandboxSettings::default() });
        let cluster = LocalCluster::start(&ClusterSettings::durable(folder.path().join("named")), &|_| {}).unwrap();
        telegram.runtime.block_on(cluster.ensure_database("canary")).unwrap();
        let (token, password) = (telegram.sandbox.token(), format!("canary{}", std::process::id()));
        let log = folder.path().join("bot.log");
        Self { telegram, folder, cluster, token, password, log }
    }

    /// The program at its most talkative, on the database with the password.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.telegram.command(&self.folder, arguments);
        command
            .env("DATABASE_URL", self.cluster.url("canary").replacen('@', &format!(":{}@", self.password), 1))
            .env("LUVHIVE_DATA_KEY", data_key())
            .env("LUVHIVE__LOG__FILTER", "trace")
            .env("LUVHIVE__LOG__FORMAT", "json")
            // Everything passes at once, so that captions come to what is logged of a copy.
            .env("LUVHIVE__CHAT__EARLY_S", "0");
        command
    }

    fn log(&self) -> Stdio {
        Stdio::from(File::options().create(true).append(true).open(&self.log).unwrap())
    }

    fn run(&self, command: &mut Command) -> Running {
        Running::start_logging(command, self.log())
    }

    /// A person whose names are the word.
    fn register(&self, gender: Gender) -> Phone<'_> {
        let spec = PersonSpec {
            username: Some(format!("{WORD}_bird")),
            last_name: Some(format!("{WORD}son")),
            ..PersonSpec::new(WORD, "en")
        };
        let phone = Phone::new(&self.telegram.sandbox, &spec, PATIENCE);
        self.telegram.runtime.block_on(phone.register(&Answers::of(gender))).unwrap();
        phone
    }

    fn couple(&self) -> (Phone<'_>, Phone<'_>) {
        let (first, second) = (self.register(Gender::Woman), self.register(Gender::Man));
        self.match_up(first, second);
        (first, second)
    }

    fn match_up(&self, first: Phone<'_>, second: Phone<'_>) {
        self.telegram.runtime.block_on(async {
            first.send_until("/find", Menu::Searching).await.unwrap();
            second.send_until("/find", Menu::Meeting).await.unwrap();
            second.open_chat(first).await.unwrap();
        });
    }

    /// Sends a text and waits until the bot has said something with these words.
    fn ask(&self, phone: Phone<'_>, text: &str, words: &str) {
        self.telegram.pause(CALM);
        let mark = self.telegram.sandbox.mark();
        self.telegram.sandbox.send_text(phone.person(), text, None).unwrap();
        self.wait(phone, mark, |message| message.text.contains(words));
    }

    fn wait(&self, phone: Phone<'_>, mark: u64, fits: impl Fn(&SeenMessage) -> bool) -> SeenMessage {
        let fits = |message: &SeenMessage| message.from_bot && fits(message);
        self.telegram.runtime.block_on(self.telegram.sandbox.wait_for(phone.person(), mark, PATIENCE, fits)).unwrap()
    }

    /// Presses the newest button that fits.
    fn press(&self, phone: Phone<'_>, fits: impl Fn(Callback) -> bool) {
        self.telegram.pause(CALM);
        let sandbox = &self.telegram.sandbox;
        let find = |messages: &[SeenMessage]| {
            messages.iter().rev().find_map(|message| {
                let mut data = message.buttons.iter().flatten().filter_map(|button| button.data.clone());
                data.find(|data| Callback::parse(data).is_some_and(&fits)).map(|data| (message.id, data))
            })
        };
        self.telegram.runtime.block_on(async {
            let (message, data) = sandbox.wait_until(phone.person(), PATIENCE, find).await.unwrap();
            let press = sandbox.press_as_shown(phone.person(), message, &data).unwrap();
            sandbox.wait_for_answer(&press, PATIENCE).await.unwrap();
        });
    }

    /// Connects to a database of the cluster.
    fn connect(&self, name: &str) -> Client {
        self.telegram.runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&self.cluster.url(name), NoTls).await.unwrap();
            tokio::spawn(connection);
            client
        })
    }

    fn execute(&self, client: &Client, sql: &str) {
        self.telegram.runtime.block_on(client.batch_execute(sql)).unwrap();
    }

    /// Waits until the log tells of a failure.
    fn wait_to_read(&self, words: &str) {
        let began = tokio::time::Instant::now();
        while !std::fs::read_to_string(&self.log).unwrap().contains(words) {
            assert!(began.elapsed() < PATIENCE, "{words:?} was never logged");
            self.telegram.pause(Duration::from_millis(20));
        }
    }

    /// What must stand in no log: secrets, and whatever is somebody's own.
    fn hidden(&self) -> Vec<String> {
        let sandbox = &self.telegram.sandbox;
        let (_, secret) = self.token.split_once(':').unwrap();
        let mut hidden = vec![secret.to_owned(), self.password.clone(), WORD.to_owned(), "Mozart".to_owned()];
        for person in sandbox.people() {
            hidden.push(person.id.to_string());
            hidden.extend(sandbox.payments(person.id.into()).into_iter().map(|payment| payment.charge));
        }
        let requests = std::fs::read_to_string(self.folder.path().join("requests")).unwrap();
        let requests = requests.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        hidden.extend(requests.filter_map(|line| Some(line.pointer("/params/secret_token")?.as_str()?.to_owned())));
        hidden
    }

    /// Looks through what was written: by the bot, by the database's server, and in these outputs.
    #[track_caller]
    fn look_through(&self, outputs: &[String]) {
        let mut texts = outputs.to_vec();
        texts.push(std::fs::read_to_string(&self.log).unwrap_or_default());
        texts.extend(logs_below(self.folder.path()));
        for word in self.hidden() {
            let found = texts.iter().flat_map(|text| text.lines()).find(|line| line.contains(&word));
            assert!(found.is_none(), "{word:?} stands in a log: {found:?}");
        }
    }
}

/// The texts of all log files in a folder.
fn logs_below(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().filter_map(Result::ok) {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if entry.file_type().unwrap().is_dir() {
            texts.extend(logs_below(&path));
        } else if name.contains(".log") {
            texts.push(String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned());
        }
    }
    texts
}

/// What two people say to each other, with all that can fail on the way.
fn talk(world: &Watched, first: Phone<'_>, second: Phone<'_>) {
    let (telegram, sandbox) = (&world.telegram, &world.telegram.sandbox);
    // Errors are where secrets slip out: each kind of failing send happens once.
    let error = |status| FaultAction::Error { status, description: Some(format!("a {WORD} is refused")) };
    for (number, action) in (0..).zip([
        FaultAction::BadGateway,
        FaultAction::CutBefore,
        FaultAction::CutAfter,
        FaultAction::BadGatewayAfter,
        FaultAction::TornReply,
        error(500),
        FaultAction::TooManyRequests { retry_after: Some(1) },
    ]) {
        sandbox.add_fault(Fault::new(action).method("copyMessage").times(1));
        telegram.say(first, second, &format!("a {WORD} sang {number}"));
        telegram.pause(CALM);
    }
    sandbox.add_fault(Fault::new(error(400)).method("copyMessage").times(1));
    world.ask(first, &format!("a {WORD} that is refused"), "did not arrive");
    let photo = MediaOptions { caption: Some(format!("a {WORD} in a picture")), ..MediaOptions::default() };
    let mark = sandbox.mark();
    sandbox.send_media(first.person(), &Media::Photo, &photo).unwrap();
    let asked = world.wait(second, mark, |message| message.text.contains("photos or videos")).id;
    sandbox.press(second.person(), asked, "Show them").unwrap();
    let copy = world.wait(second, mark, |message| message.text.contains("picture")).id;
    let reply = sandbox.send_text(second.person(), &format!("a {WORD} replied"), Some(copy)).unwrap();
    world.wait(first, mark, |message| message.text.contains("replied"));
    // Until the copy is known there is nothing to edit.
    telegram.pause(CALM);
    sandbox.edit_text(second.person(), reply, &format!("a {WORD} thought better of it")).unwrap();
    world.wait(first, mark, |message| message.text.contains("thought better"));
    let contact = Media::Contact { phone_number: "+10000000".to_owned(), first_name: WORD.to_owned() };
    sandbox.send_media(first.person(), &contact, &MediaOptions::default()).unwrap();
    world.wait(first, mark, |message| message.text.contains("pass"));
}

/// Updates that nobody can read, or means well with.
fn forge(world: &Watched, phone: Phone<'_>) {
    let sandbox = &world.telegram.sandbox;
    let id = phone.person().get();
    let from = serde_json::json!({"id": id, "is_bot": false, "first_name": WORD, "type": "private"});
    let query = serde_json::json!({"id": "1", "chat_instance": "1", "data": format!("1s:{WORD}"), "from": from});
    for update in [
        serde_json::json!({"message": {"text": format!("a {WORD} fell"), "from": from}}),
        serde_json::json!({"message": {"message_id": WORD, "from": from, "chat": from}}),
        serde_json::json!({"callback_query": query}),
        serde_json::json!({WORD: {"from": from}}),
    ] {
        sandbox.inject_raw_update(&update).unwrap();
        world.telegram.pause(CALM);
    }
    // No command of ours: talk, which goes to the partner.
    sandbox.send_text(phone.person(), &format!("/{WORD}"), None).unwrap();
    world.telegram.pause(CALM);
}

/// Payment with refund, /next and /stop, then the profile.
fn live(world: &Watched, first: Phone<'_>, second: Phone<'_>) {
    let sandbox = &world.telegram.sandbox;
    sandbox.give_stars(first.person(), 1_000).unwrap();
    world.ask(first, "/premium", "");
    world.press(first, |button| button == Callback::Premium(PremiumAction::Buy(Plan::Week)));
    world.wait(first, 0, |message| message.invoice.is_some());
    let mark = sandbox.mark();
    let checkout = sandbox.pay_latest(first.person()).unwrap();
    let paid = world.telegram.runtime.block_on(sandbox.wait_for_checkout(&checkout, PATIENCE)).unwrap();
    assert!(matches!(paid, CheckoutState::Paid { .. }), "{paid:?}");
    world.wait(first, mark, |message| message.text.contains("Thank you"));
    world.ask(first, "/premium", "");
    world.press(first, |button| button == Callback::Premium(PremiumAction::Payments));
    world.press(first, |button| matches!(button, Callback::Premium(PremiumAction::AskRefund(_))));
    let mark = sandbox.mark();
    world.press(first, |button| matches!(button, Callback::Premium(PremiumAction::Refund(_))));
    world.wait(first, mark, |message| message.text.contains("yours again"));
    world.telegram.runtime.block_on(async {
        first.send_until("/next", Menu::Searching).await.unwrap();
        second.send_until("/find", Menu::Searching).await.unwrap();
        second.send_until("/cancel", Menu::Idle).await.unwrap();
        first.send_until("/stop", Menu::Idle).await.unwrap();
    });
    // In a chat what is typed goes to the partner.
    world.ask(first, "/profile", "Your profile");
    for (open, text) in
        [(ProfileAction::Show(ProfilePage::City), "Mozart"), (ProfileAction::Show(ProfilePage::Bio), "Mozart is my bird")]
    {
        world.press(first, |button| button == Callback::Profile(open));
        world.ask(first, text, "Mozart");
    }
}

fn report(world: &Watched, first: Phone<'_>) {
    let mark = world.telegram.sandbox.mark();
    world.ask(first, "/report", "");
    world.press(first, |button| matches!(button, Callback::Report { .. }));
    world.telegram.runtime.block_on(first.wait_for_menu(mark, Menu::Idle)).unwrap();
}

/// A table that refuses a row with all of its values, until the bot has told of it.
fn spill(world: &Watched, table: &str, act: impl FnOnce()) {
    let client = world.connect("canary");
    let told = || std::fs::read_to_string(&world.log).unwrap().matches("spilled").count();
    let before = told();
    let refuse = "CREATE OR REPLACE FUNCTION spill() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN RAISE EXCEPTION ''spilled'' USING DETAIL = NEW::text, HINT = NEW::text; END'";
    let trigger = format!("CREATE TRIGGER spill BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION spill()");
    world.execute(&client, &format!("{refuse}; {trigger}"));
    act();
    let began = tokio::time::Instant::now();
    while told() == before {
        assert!(began.elapsed() < PATIENCE, "nothing was refused by {table}");
        world.telegram.pause(Duration::from_millis(20));
    }
    world.execute(&client, &format!("DROP TRIGGER spill ON {table}"));
}

/// A database that is gone while people write.
fn fall_out(world: &Watched, first: Phone<'_>, second: Phone<'_>) {
    let (telegram, server) = (&world.telegram, world.connect("postgres"));
    world.execute(&server, "ALTER DATABASE canary ALLOW_CONNECTIONS false");
    world.execute(&server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'canary'");
    telegram.sandbox.send_text(first.person(), &format!("a {WORD} during the outage"), None).unwrap();
    world.wait_to_read("not currently accepting connections");
    world.execute(&server, "ALTER DATABASE canary ALLOW_CONNECTIONS true");
    telegram.say(first, second, &format!("a {WORD} after the outage"));
}

#[test]
fn no_log_holds_a_secret_or_a_word_of_a_person_at_trace_level() {
    let world = Watched::start();
    let mut bot = world.run(&mut world.command(&["run", "--migrate"]));
    let (first, second) = world.couple();
    talk(&world, first, second);
    forge(&world, first);
    live(&world, first, second);
    let say = |text: &str| world.telegram.sandbox.send_text(first.person(), text, None).map(drop).unwrap();
    world.press(first, |button| button == Callback::Profile(ProfileAction::Show(ProfilePage::City)));
    spill(&world, "people", || say("Mozartia"));
    // Those who parted by /next do not meet again so soon.
    let third = world.register(Gender::Man);
    world.match_up(first, third);
    spill(&world, "outbox", || say(&format!("a {WORD} waits")));
    spill(&world, "inbox", || say("/settings"));
    fall_out(&world, first, third);
    report(&world, first);
    bot.ask_to_stop();
    let said = bot.rest();
    assert_eq!(bot.wait(), Some(0));
    let log = std::fs::read_to_string(&world.log).unwrap();
    for level in ["DEBUG", "INFO", "WARN"] {
        assert!(log.contains(level), "nothing was logged at level {level}, so nothing is shown: {log}");
    }
    world.look_through(&[said]);
}

#[test]
fn no_log_of_a_posted_bot_holds_a_secret() {
    let world = Watched::start();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = world.command(&["run", "--migrate"]);
    command.env("RUN_MODE", "webhook").env("EXTERNAL_URL", format!("http://{port}/hook"));
    let mut bot = world.run(command.env("LUVHIVE__WEBHOOK__LISTEN", port.to_string()));
    let (first, second) = world.couple();
    world.telegram.say(first, second, &format!("a {WORD} was posted"));
    forge(&world, first);
    super::kit::get(&format!("http://{port}"), &format!("hook?{WORD}={}", world.password));
    bot.ask_to_stop();
    let said = bot.rest();
    assert_eq!(bot.wait(), Some(0));
    assert!(world.hidden().len() > 6, "the webhook's secret is looked for: {:?}", world.hidden());
    world.look_through(&[said]);
}

#[test]
fn no_failing_start_and_no_tool_tells_a_secret() {
    let world = Watched::start();
    let mut outputs = Vec::new();
    let mut tell = |command: &mut Command, code: &[i32]| {
        let output = finish(command);
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code().is_some_and(|found| code.contains(&found)), "{command:?}: {text}");
        outputs.push(text);
    };
    tell(&mut world.command(&["migrate"]), &[0]);
    for tool in [&["check-config"][..], &["reports"], &["ledger", "--person", "abcdefghjk"], &["seed", "--people", "10"]] {
        tell(&mut world.command(tool), &[0, 64, 78]);
    }
    for tool in [&["doctor"][..], &["doctor", "--json"]] {
        tell(&mut world.command(tool), &[0, 1, 2]);
    }
    // A token of the right form that this Telegram does not know, and one of none.
    let (number, secret) = world.token.split_once(':').unwrap();
    let mut refused = world.command(&["run"]);
    refused.env("BOT_TOKEN", format!("{}:{secret}", number.len())).env("LUVHIVE__TELEGRAM__TOKEN_REFUSED_AFTER_S", "1");
    tell(&mut refused, &[78]);
    tell(world.command(&["run"]).env("BOT_TOKEN", format!("{number} {secret}")), &[78]);
    tell(world.command(&["run"]).env("LUVHIVE__TELEGRAM__API_URL", "http://127.0.0.1:1"), &[69]);
    for way in [
        format!("postgres://luvhive:{}@127.0.0.1:1/canary", world.password),
        format!("postgres://luvhive:{}@127.0.0.1:port/canary", world.password),
        format!("postgres://luvhive:{}@[::1/canary", world.password),
        format!("host=127.0.0.1 port=1 user=luvhive password={} dbname=canary", world.password),
        world.cluster.url("absent").replacen('@', &format!(":{}@", world.password), 1),
    ] {
        for arguments in [&["run"][..], &["doctor"], &["migrate"], &["check-config"]] {
            tell(world.command(arguments).env("DATABASE_URL", &way), &[0, 2, 69, 70, 78]);
        }
    }
    fails(world.command(&["run"]).env("LUVHIVE__LOG__FORMAT", "xml"), 78, &["log.format"]);
    world.look_through(&outputs);
}

/// The private server runs as another account where we are root, and that account can read its processes' variables.
#[test]
fn no_process_of_the_private_database_knows_a_secret() {
    let (folder, telegram) = (Folder::new(), Telegram::start());
    let key = "5e".repeat(32);
    let mut command = telegram.command(&folder, &["run"]);
    command.env("LUVHIVE_SUBJECT_KEY", &key).env("LUVHIVE_TEST_WORD", "kept back");
    let bot = Running::start(&mut command);
    let (token, place) = (telegram.sandbox.token(), folder.path().to_string_lossy().into_owned());
    let mut looked_at = 0;
    for process in std::fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
        let read =
            |name: &str| String::from_utf8_lossy(&std::fs::read(process.path().join(name)).unwrap_or_default()).into_owned();
        let is_ours = process.file_name().to_string_lossy() == bot.pid().to_string();
        if is_ours || !read("cmdline").contains(&place) {
            continue;
        }
        let variables = read("environ");
        looked_at += 1;
        for secret in [token.as_str(), &key, "kept back"] {
            assert!(!variables.contains(secret), "{} of {}", variables.replace('\0', " "), read("cmdline"));
        }
    }
    assert!(looked_at >= 2, "the server and the loop that stops it: {looked_at}");
    assert_eq!(bot.stop(), Some(0));
}
