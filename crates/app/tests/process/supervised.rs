//! What a supervisor gets from the bot: figures for alerts and charts, and signs of life for systemd.

use std::collections::BTreeSet;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::Duration;

use super::kit::{Folder, PATIENCE, Running, data_key, get};
use super::life::Telegram;
use super::server::Server;

/// A file of the repository.
fn file(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

/// The names of metrics in a query, without what Prometheus adds to a histogram's name.
fn names(query: &str) -> BTreeSet<String> {
    let words = query.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let ours = words.filter(|word| word.starts_with("luvhive_") || word.starts_with("process_"));
    ours.map(str::to_owned).collect()
}

/// Every query of the dashboard, and every rule.
fn queries() -> BTreeSet<String> {
    let dashboard: serde_json::Value = serde_json::from_str(&file("deploy/grafana/luvhive.json")).unwrap();
    let panels = dashboard.get("panels").and_then(|panels| panels.as_array()).unwrap();
    let targets =
        panels.iter().flat_map(|panel| panel.get("targets").and_then(|targets| targets.as_array()).into_iter().flatten());
    let mut all: BTreeSet<String> =
        targets.map(|target| target.get("expr").and_then(|query| query.as_str()).unwrap().to_owned()).collect();
    assert!(all.len() > 25, "{all:?}");
    assert!(all.iter().all(|query| !names(query).is_empty()), "a query without a metric of ours: {all:?}");
    let rules = file("deploy/prometheus/alerts.yml");
    all.extend(
        rules.lines().filter(|line| !line.trim_start().starts_with("- alert") && !line.contains("summary")).map(str::to_owned),
    );
    all
}

#[test]
fn every_chart_and_alert_asks_for_a_figure_that_is_there() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let mut command = telegram.command(&folder, &["run"]);
    let bot = Running::start(command.env("LUVHIVE__OPS__LISTEN", "127.0.0.1:0"));
    let line = bot.said.iter().find_map(|line| line.strip_prefix("how far it is: ")).unwrap();
    let (asha, ravi) = telegram.couple();
    telegram.say(asha, ravi, "counted");
    // The partner reads the copy before the bot has its own answer and counts it.
    let began = tokio::time::Instant::now();
    // All series stand there from the start, with a zero.
    let counted = |line: &str| {
        let value = line.strip_prefix("luvhive_sends_total{method=\"copyMessage\",outcome=\"sent\"} ");
        value.is_some_and(|value| value != "0")
    };
    let answer = loop {
        let answer = get(line.strip_suffix("readyz").unwrap(), "metrics");
        if answer.lines().any(counted) || began.elapsed() > PATIENCE {
            break answer;
        }
        telegram.runtime.block_on(async { tokio::time::sleep(Duration::from_millis(10)).await });
    };
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("text/plain; version=0.0.4"), "{answer}");
    let (_, page) = answer.split_once("\r\n\r\n").unwrap();

    let samples: Vec<&str> = page.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let known: BTreeSet<&str> = samples.iter().map(|line| line.split(['{', ' ']).next().unwrap()).collect();
    // A base backup tells of itself through the node exporter.
    let script = file("deploy/backup/base-backup.sh");
    let told: BTreeSet<String> = script.lines().filter(|line| line.contains("echo \"luvhive_")).flat_map(names).collect();
    let missing: BTreeSet<String> = queries()
        .iter()
        .flat_map(|query| names(query))
        .filter(|name| !known.contains(name.as_str()) && !told.contains(name))
        .collect();
    assert!(missing.is_empty(), "asked for and not there: {missing:?} in:\n{page}");

    for sample in &samples {
        let (head, value) = sample.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok(), "{sample}");
        let labels = head.split_once('{').map_or("", |(_, labels)| labels);
        for (name, value) in labels.trim_end_matches('}').split(',').filter_map(|label| label.split_once('=')) {
            let is_id = value.trim_matches('"').parse::<u64>().is_ok_and(|number| number > 1_000);
            assert!(name == "le" || !is_id, "a label holds what may be an id: {sample}");
        }
    }
    let value = |name: &str| samples.iter().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
    assert_eq!(value("luvhive_ready "), Some(1.0));
    assert_eq!(value("luvhive_lease_held "), Some(1.0));
    assert_eq!(value("luvhive_live_chats "), Some(1.0));
    assert_eq!(value("luvhive_matches_total "), Some(1.0));
    assert!(value("luvhive_updates_total{kind=\"message\"} ").unwrap() >= 1.0, "{page}");
    assert!(value("luvhive_sends_total{method=\"copyMessage\",outcome=\"sent\"} ").unwrap() >= 1.0, "{page}");
    assert!(value("luvhive_commit_seconds_count ").unwrap() >= 3.0, "{page}");
    assert!(value("process_resident_memory_bytes ").unwrap() > 1e6, "{page}");
    assert_eq!(bot.stop(), Some(0));
}

#[test]
fn systemd_hears_of_the_start_the_life_and_the_end() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let socket = folder.path().join("notify");
    let heard = UnixDatagram::bind(&socket).unwrap();
    heard.set_read_timeout(Some(PATIENCE)).unwrap();
    let hear = || {
        let mut bytes = [0; 500];
        let length = heard.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    let mut command = telegram.command(&folder, &["run"]);
    command.env("NOTIFY_SOCKET", &socket).env("WATCHDOG_USEC", Duration::from_secs(4).as_micros().to_string());
    let bot = Running::start(&mut command);
    let mut steps = Vec::new();
    while let word = hear()
        && word.lines().next() != Some("READY=1")
    {
        steps.push(word);
    }
    assert!(steps.iter().all(|step| step.starts_with("EXTEND_TIMEOUT_USEC=") && step.contains("STATUS=")), "{steps:?}");
    for step in ["private database", "making a database", "asking Telegram", "reading what is stored"] {
        assert!(steps.iter().any(|said| said.contains(step)), "{step:?} is missing in {steps:?}");
    }
    for beat in 0..3 {
        assert_eq!(hear().trim(), "WATCHDOG=1", "beat {beat}");
    }
    assert_eq!(bot.stop(), Some(0));
    let end = std::iter::repeat_with(hear).find(|word| word.trim() != "WATCHDOG=1").unwrap();
    assert_eq!(end.lines().next(), Some("STOPPING=1"));
}

#[test]
fn systemd_is_asked_for_time_while_a_migration_waits_in_line() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let server = Server::start(&telegram.runtime, folder.path().join("named"));
    let socket = folder.path().join("notify");
    let heard = UnixDatagram::bind(&socket).unwrap();
    heard.set_read_timeout(Some(PATIENCE)).unwrap();
    let wait_for = |words: &str| loop {
        let mut bytes = [0; 500];
        let length = heard.recv(&mut bytes).unwrap();
        let said = String::from_utf8_lossy(&bytes[..length]).into_owned();
        if said.contains(words) {
            break said;
        }
    };
    let mut command = telegram.command(&folder, &["run", "--migrate"]);
    command.env("DATABASE_URL", server.url()).env("LUVHIVE_DATA_KEY", data_key()).env("NOTIFY_SOCKET", &socket);
    let (client, connection) = telegram.runtime.block_on(tokio_postgres::connect(&server.url(), tokio_postgres::NoTls)).unwrap();
    telegram.runtime.spawn(connection);
    // The lock that two migrating processes would share.
    let lock = format!("SELECT pg_advisory_lock({})", luvhive_storage::advisory::MIGRATIONS);
    telegram.runtime.block_on(client.batch_execute(&lock)).unwrap();
    let mut bot = Running::launch(&mut command, std::process::Stdio::inherit());
    let asked = wait_for("waits for a lock");
    assert!(asked.starts_with("EXTEND_TIMEOUT_USEC=40000000"), "{asked}");
    drop(client);
    wait_for("READY=1");
    bot.wait_to_hear("LuvHive is ready: ");
    assert_eq!(bot.stop(), Some(0));
}
