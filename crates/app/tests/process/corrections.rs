//! Support corrects somebody beside the running bot; the audit log names the account that the kernel names.

use std::process::Command;

use luvhive_core::person::Gender;
use luvhive_core::time::Day;
use luvhive_phone::{Answers, Phone};
use luvhive_sandbox::PersonSpec;

use super::kit::{Folder, PATIENCE, fails, finish};
use super::life::{Telegram, ask};

const USAGE: i32 = 64;

#[test]
fn support_corrects_beside_the_running_bot() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let bot = telegram.run(&folder, &["run"]);
    let phone = Phone::new(&telegram.sandbox, &PersonSpec::new("Kim", "en"), PATIENCE);
    let mistyped = Answers { born: Day::from_ymd(2019, 5, 17).unwrap(), ..Answers::of(Gender::Woman) };
    let before = "support code: ";
    let refused = telegram.runtime.block_on(async {
        tokio::select! {
            steps = phone.register(&mistyped) => panic!("registered: {steps:?}"),
            refused = telegram.sandbox.wait_for(phone.person(), 0, PATIENCE, |message| message.text.contains(before)) => refused.unwrap(),
        }
    });
    let code = refused.text.split(before).nth(1).unwrap().trim().to_owned();

    let account = finish(Command::new("id").arg("-un").stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()));
    let account = String::from_utf8(account.stdout).unwrap().trim().to_owned();
    let correct = |second: &[&str]| {
        let alone = ["correct", &code, "--birth-date", "1999-05-17", "--reason", "a letter", "--yes"];
        let mut command = telegram.command(&folder, &[&alone[..], second].concat());
        command.env("USER", "mallory").env("SUDO_USER", "mallory");
        command
    };
    fails(&mut correct(&[]), USAGE, &["--second"]);
    fails(&mut correct(&["--second", &account]), USAGE, &["--second"]);
    let nobody = ["correct", "abcdefghjk", "--gender", "man", "--reason", "x", "--yes"];
    fails(&mut telegram.command(&folder, &nobody), USAGE, &["nobody has the pseudonym"]);
    let output = finish(&mut correct(&["--second", "bob"]));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = |text: &'static str| {
        telegram.runtime.block_on(telegram.sandbox.wait_for(phone.person(), 0, PATIENCE, |message| message.text.contains(text)))
    };
    said("register now").unwrap();
    telegram.runtime.block_on(phone.register(&Answers::of(Gender::Woman))).unwrap();
    // Somebody who became another account since they logged in is named with both.
    let rows = format!("SELECT count(*) FROM audit_log WHERE actor = '{account}' OR actor LIKE '% as {account}'");
    assert_eq!(ask(&telegram, &folder, &rows), 1);
    assert_eq!(ask(&telegram, &folder, "SELECT count(*) FROM audit_log WHERE detail LIKE '%second: bob%'"), 1);
    assert_eq!(bot.stop(), Some(0));
}
