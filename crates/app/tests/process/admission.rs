//! A bot on Telegram that nobody answers for yet: doctor says what is missing, and newcomers come in once it is there.

use std::process::Command;

use luvhive_core::person::Gender;
use luvhive_sandbox::{PersonSpec, SandboxSettings, SeenMessage};

use super::kit::{Folder, PATIENCE, Running, fails, finish};
use super::life::Telegram;

/// What an operator names; the others are the data key and the moderator.
pub(crate) const ANSWERED: [(&str, &str); 3] = [
    ("LUVHIVE__PRIVACY__CONTROLLER", "Hive Ltd, 1 Comb Lane, Leeds"),
    ("LUVHIVE__SUPPORT__CONTACT", "@LuvHiveHelp"),
    ("LUVHIVE__SAFETY__CONTACT", "safety@example.org"),
];

fn status(doctor: &mut Command, name: &str) -> String {
    let output = finish(doctor);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = said.lines().find(|line| line.split_whitespace().nth(1) == Some(name)).unwrap_or_default();
    line.split_whitespace().next().unwrap_or_else(|| panic!("no line {name}: {said}")).to_owned()
}

#[test]
fn a_bot_on_telegram_is_closed_until_somebody_answers_for_it() {
    let telegram = Telegram::start_in(SandboxSettings { poses_as_real: true, ..SandboxSettings::default() });
    let folder = Folder::new();
    let named = |arguments: &[&str]| {
        let mut command = telegram.command(&folder, arguments);
        command.envs(ANSWERED);
        command
    };
    let bot = Running::start(&mut telegram.command(&folder, &["run"]));
    let newcomer = telegram.sandbox.add_person(&PersonSpec::new("Newcomer", "en"));
    telegram.sandbox.send_text(newcomer, "/start", None).unwrap();
    let closed = |message: &SeenMessage| message.text.contains("Nobody can register yet");
    telegram.runtime.block_on(telegram.sandbox.wait_for(newcomer, 0, PATIENCE, closed)).unwrap();
    for name in ["controller", "support_contact", "safety_contact", "moderator"] {
        assert_eq!(status(&mut telegram.command(&folder, &["doctor"]), name), "warn");
    }
    assert_eq!(status(&mut telegram.command(&folder, &["doctor"]), "data_key"), "ok");
    assert_eq!(bot.stop(), Some(0));

    let bot = Running::start(&mut named(&["run"]));
    assert_eq!(status(&mut named(&["doctor"]), "moderator"), "warn");
    assert_eq!(status(&mut named(&["doctor"]), "controller"), "ok");
    assert!(finish(&mut named(&["staff", "add", "bob", "moderator"])).status.success());
    assert_eq!(status(&mut named(&["doctor"]), "moderator"), "ok");
    telegram.register("Asha", Gender::Woman);
    assert_eq!(bot.stop(), Some(0));
    let unknown = &["countries.closed", "no country has the code \"UK\""];
    fails(named(&["check-config"]).env("LUVHIVE__COUNTRIES__CLOSED", "FR,UK"), 78, unknown);
}
