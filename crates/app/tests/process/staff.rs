//! The staff's commands: which words they follow, what they show of a person, and that they ask before they act.

use std::io::Write as _;
use std::process::{Command, Stdio};

use luvhive_core::person::Gender;
use luvhive_sandbox::PersonId;

use super::kit::{Folder, PATIENCE, fails, finish};
use super::life::{Telegram, ask};

const USAGE: i32 = 64;

#[test]
fn words_that_cannot_be_followed_are_usage() {
    let folder = Folder::new();
    let table: [(&[&str], i32); 11] = [
        (&["--help"], 0),
        (&["--version"], 0),
        (&["help", "db"], 0),
        (&["sanction", "--help"], 0),
        (&["frobnicate"], USAGE),
        (&["run", "--frobnicate"], USAGE),
        (&["run", "--smoke", "--standby"], USAGE),
        (&["db"], USAGE),
        (&["seed", "--people", "0"], USAGE),
        (&["sanction", "abcdefghjk", "--ban", "--lift", "--reason", "x"], USAGE),
        (&["doctor", "--ram", "4G"], USAGE),
    ];
    for (arguments, code) in table {
        let output = finish(&mut folder.luvhive(arguments));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout.is_empty(), code != 0, "{arguments:?}: answers go to standard output, faults do not");
    }
}

#[test]
fn what_changes_something_asks_and_needs_a_terminal_for_it() {
    let folder = Folder::new();
    for arguments in [
        &["sanction", "abcdefghjk", "--ban", "--reason", "x"][..],
        &["correct", "abcdefghjk", "--gender", "man", "--reason", "x"],
        &["grant", "abcdefghjk", "--days", "3"],
        &["refund", "charge"],
    ] {
        fails(&mut folder.luvhive(arguments), USAGE, &["no terminal to answer on", "--yes"]);
        assert!(!folder.path().join("postgres").exists(), "{arguments:?}: a database is made");
    }
}

/// Registers a person and returns them with the pseudonym that the bot tells them.
fn registered(telegram: &Telegram) -> (PersonId, String) {
    let person = telegram.register("Asha", Gender::Woman).person();
    telegram.sandbox.send_text(person, "/paysupport", None).unwrap();
    let number = "Your number with us: ";
    let support = telegram.sandbox.wait_for(person, 0, PATIENCE, |message| message.text.contains(number));
    let support = telegram.runtime.block_on(support).unwrap().text;
    (person, support.split(number).nth(1).unwrap().trim().to_owned())
}

/// Runs a command that must succeed and returns what it prints.
fn prints(telegram: &Telegram, folder: &Folder, arguments: &[&str]) -> String {
    let output = finish(&mut telegram.command(folder, arguments));
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command on a terminal of its own, where this is typed; returns its exit code and everything on the terminal.
fn on_a_terminal(telegram: &Telegram, folder: &Folder, arguments: &[&str], typed: &str) -> (Option<i32>, String) {
    let program = telegram.command(folder, arguments);
    let words = std::iter::once(program.get_program()).chain(program.get_args());
    let line: Vec<String> = words.map(|word| format!("'{}'", word.to_str().unwrap())).collect();
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &line.join(" "), "/dev/null"]);
    command.env_clear().envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut keyboard = child.stdin.take().unwrap();
    keyboard.write_all(format!("{typed}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    drop(keyboard);
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

fn count(telegram: &Telegram, folder: &Folder, what: &str) -> i64 {
    ask(telegram, folder, &format!("SELECT count(*) FROM {what}"))
}

#[test]
fn a_person_is_shown_without_name_and_account() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let bot = telegram.run(&folder, &["run"]);
    let (person, name) = registered(&telegram);
    let text = prints(&telegram, &folder, &["person", &name]);
    for line in [&format!("pseudonym     {name}"), "seat          idle", "open reports  0", "sanctions     none"] {
        assert!(text.lines().any(|found| found == line), "{line:?} is missing in: {text}");
    }
    let json = prints(&telegram, &folder, &["person", &name, "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((shown["state"].as_str(), shown["pseudonym"].as_str()), (Some("registered"), Some(name.as_str())), "{json}");
    let account = person.to_string();
    assert!([&text, &json].iter().all(|told| !told.contains("Asha") && !told.contains(&account)), "{text}{json}");
    fails(&mut telegram.command(&folder, &["person", "aaaaaaaaaa"]), USAGE, &["nobody has the pseudonym"]);
    fails(&mut telegram.command(&folder, &["person", "aaaa-aaaa-aaaa"]), USAGE, &["support code"]);
    assert_eq!(count(&telegram, &folder, "audit_log WHERE action = 'read_person'"), 2);
    assert_eq!(bot.stop(), Some(0));
}

#[test]
#[expect(clippy::print_stdout, reason = "the word for a test that cannot run here")]
fn the_staff_see_a_person_and_are_asked() {
    if Command::new("script").arg("--version").output().is_err() {
        println!("skipped: script, which makes a terminal, is not installed");
        return;
    }
    let telegram = Telegram::start();
    let folder = Folder::new();
    let bot = telegram.run(&folder, &["run"]);
    let (_, name) = registered(&telegram);
    let ban = ["sanction", &name, "--ban", "--reason", "selling things"];
    for no in ["n", "", "what"] {
        let (code, shown) = on_a_terminal(&telegram, &folder, &ban, no);
        assert_eq!(code, Some(70), "{shown}");
        let question = format!("Ban {name} (a suspension of 7 days until the ban is confirmed)? [y/N]");
        assert!(["seat          idle", &question, "nothing is changed"].iter().all(|part| shown.contains(part)), "{shown}");
    }
    assert_eq!(count(&telegram, &folder, "sanctions"), 0);
    let (code, shown) = on_a_terminal(&telegram, &folder, &["grant", &name, "--days", "2"], "y");
    assert!(code == Some(0) && shown.contains(&format!("Give {name} 2 days of premium? [y/N]")), "{shown}");
    assert!(shown.contains("stored: premium until "), "{shown}");
    let (code, shown) = on_a_terminal(&telegram, &folder, &ban, "yes");
    assert!(code == Some(0) && shown.contains("premium       until "), "{shown}");
    assert_eq!(count(&telegram, &folder, "sanctions"), 1);
    let (code, shown) = on_a_terminal(&telegram, &folder, &["sanction", "aaaaaaaaaa", "--ban", "--reason", "x"], "y");
    assert!(code == Some(USAGE) && !shown.contains("[y/N]"), "nobody is there to ask about: {shown}");
    assert_eq!(bot.stop(), Some(0));
}

#[test]
fn roles_rule_and_the_audit_log_shows_what_was_done_to_it() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let bot = telegram.run(&folder, &["run"]);
    let (_, name) = registered(&telegram);
    assert!(prints(&telegram, &folder, &["staff", "list"]).starts_with("nobody"), "as it was before there were roles");
    let owned = |arguments: &[&str]| {
        let mut command = telegram.command(&folder, arguments);
        command.env("LUVHIVE__STAFF__OWNER", "somebody-else");
        command
    };
    let refused = finish(&mut owned(&["person", &name]));
    let refused = String::from_utf8(refused.stderr).unwrap();
    let (account, _) = refused.split("luvhive: ").nth(1).unwrap().split_once(" has no role that allows read_person").unwrap();
    assert_eq!(prints(&telegram, &folder, &["staff", "add", account, "support"]), "added\n");
    assert_eq!(prints(&telegram, &folder, &["staff", "add", account, "support"]), "they have this role already\n");
    fails(&mut telegram.command(&folder, &["staff", "add", "ann as root", "admin"]), USAGE, &["no white space"]);
    assert!(finish(&mut owned(&["person", &name])).status.success(), "support reads people");
    let ban = ["sanction", &name, "--ban", "--reason", "x", "--yes"];
    for arguments in [&ban[..], &["reports"], &["staff", "list"], &["staff", "add", "bob", "moderator"], &["audit", "verify"]] {
        fails(&mut owned(arguments), USAGE, &["has no role that allows", "luvhive staff list"]);
    }
    let second = ["correct", &name, "--gender", "man", "--reason", "x", "--second", "bob", "--yes"];
    fails(&mut owned(&second), USAGE, &["bob has no role that allows correct"]);
    for (rows, expected) in [("action = 'refused'", 6), ("action = 'add_member'", 1), ("link IS NULL OR chain_key IS NULL", 0)] {
        assert_eq!(count(&telegram, &folder, &format!("audit_log WHERE {rows}")), expected, "{rows}");
    }
    assert_eq!(count(&telegram, &folder, "sanctions"), 0);

    let told = prints(&telegram, &folder, &["audit", "verify"]);
    let head = told.lines().find_map(|line| line.strip_prefix("it ends at ")).unwrap().to_owned();
    let json = prints(&telegram, &folder, &["audit", "verify", "--head", &head, "--json"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["findings"].as_array().unwrap().len(), 0, "{json}");
    let other = format!("1:{}", "0".repeat(64));
    fails(&mut telegram.command(&folder, &["audit", "verify", "--head", &other]), 70, &["the audit log is not whole"]);
    assert_eq!(prints(&telegram, &folder, &["staff", "remove", account, "support"]), "removed\n");
    assert_eq!(bot.stop(), Some(0));
}
