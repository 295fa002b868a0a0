//! Secrets and people's own words never reach the log, however much is logged.

use std::fs::File;
use std::process::Stdio;

use luvhive_sandbox::{Fault, FaultAction};
use luvhive_storage::local::{ClusterSettings, LocalCluster};

use super::kit::{Folder, Running};
use super::life::Telegram;

#[test]
fn the_log_holds_no_secret_and_no_word_of_a_person_at_trace_level() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let cluster = LocalCluster::start(&ClusterSettings::durable(folder.path().join("named")), &|_| {}).unwrap();
    telegram.runtime.block_on(cluster.ensure_database("canary")).unwrap();
    let password = format!("canary{}", std::process::id());
    let url = cluster.url("canary").replacen('@', &format!(":{password}@"), 1);
    let token = telegram.sandbox.token();
    let (_, secret) = token.split_once(':').unwrap();

    let log_path = folder.path().join("bot.log");
    let mut command = folder.luvhive(&["run", "--migrate"]);
    command
        .env("BOT_TOKEN", &token)
        .env("DATABASE_URL", &url)
        .env("LUVHIVE__TELEGRAM__API_URL", telegram.sandbox.base_url())
        .env("LUVHIVE__LOG__FILTER", "trace")
        .env("LUVHIVE__LOG__FORMAT", "json");
    let bot = Running::start_logging(&mut command, Stdio::from(File::create(&log_path).unwrap()));
    let (asha, ravi) = telegram.couple();
    // Errors are where secrets slip out: each kind of failing send happens once.
    for action in [FaultAction::BadGateway, FaultAction::CutAfter, FaultAction::TooManyRequests { retry_after: Some(1) }] {
        telegram.sandbox.add_fault(Fault::new(action).method("copyMessage").times(1));
        telegram.say(asha, ravi, "a nightingale sang");
    }
    telegram.sandbox.inject_raw_update(&serde_json::json!({"message": {"text": "a nightingale fell"}})).unwrap();
    telegram.say(ravi, asha, "a nightingale answered");
    assert_eq!(bot.stop(), Some(0));

    let log = std::fs::read_to_string(&log_path).unwrap();
    for level in ["DEBUG", "INFO"] {
        assert!(log.contains(level), "nothing was logged at level {level}, so nothing is shown: {log}");
    }
    let ids = [asha.person().to_string(), ravi.person().to_string()];
    let hidden = [secret, &password, "nightingale", "Asha", "Ravi", &ids[0], &ids[1]];
    for word in hidden {
        let line = log.lines().find(|line| line.contains(word));
        assert!(line.is_none(), "{word:?} stands in the log: {line:?}");
    }
}
