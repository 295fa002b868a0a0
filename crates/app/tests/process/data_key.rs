//! The key of stored texts: a bot without it, one whose key is missing, a copy that was brought back without it.

use std::fs;
use std::path::Path;
use std::process::Command;

use luvhive_sandbox::{PersonSpec, SandboxSettings};
use luvhive_storage::local::{ClusterSettings, LocalCluster};

use super::admission::ANSWERED;
use super::kit::{Folder, PATIENCE, Running, data_key, fails, finish};
use super::life::Telegram;

#[track_caller]
fn said(command: &mut Command) -> String {
    let output = finish(command);
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs statements on a database and returns the last one's number, if it gives one.
async fn ask(url: &str, statement: &str) -> i64 {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.query_one(statement, &[]).await.unwrap().get(0)
}

#[test]
fn a_named_database_without_a_key_serves_its_people_and_takes_no_others() {
    let telegram = Telegram::start_in(SandboxSettings { poses_as_real: true, ..SandboxSettings::default() });
    let home = Folder::new();
    let cluster = LocalCluster::start(&ClusterSettings::durable(home.path().join("named")), &|_| {}).unwrap();
    telegram.runtime.block_on(cluster.ensure_database("shared")).unwrap();
    let url = cluster.url("shared");
    let command = |arguments: &[&str], key: &str| {
        let mut command = telegram.command(&home, arguments);
        command.env("DATABASE_URL", &url).env("LUVHIVE_DATA_KEY", key).envs(ANSWERED);
        command
    };
    let bot = Running::start(&mut command(&["run", "--migrate"], &data_key()));
    assert!(finish(&mut command(&["staff", "add", "bob", "moderator"], &data_key())).status.success());
    let (asha, ravi) = telegram.couple();
    let plant =
        "WITH planted AS (UPDATE people SET bio = 'walks and tea', city = 'Leeds' RETURNING 1) SELECT count(*) FROM planted";
    assert_eq!(telegram.runtime.block_on(ask(&url, plant)), 2);
    fails(&mut command(&["key", "rotate"], &data_key()), 69, &["a bot is running"]);
    assert_eq!(bot.stop(), Some(0));
    assert!(said(&mut command(&["key", "rotate"], &data_key())).contains("4 texts were encrypted by key"));
    assert_eq!(
        telegram.runtime.block_on(ask(&url, "SELECT count(*) FROM people WHERE bio_sealed IS NOT NULL AND bio IS NULL")),
        2
    );

    let log = home.path().join("bot.log");
    let bot = Running::start_logging(&mut command(&["run"], ""), fs::File::create(&log).unwrap().into());
    telegram.say(asha, ravi, "nothing has changed for us");
    let newcomer = telegram.sandbox.add_person(&PersonSpec::new("Newcomer", "en"));
    telegram.runtime.block_on(async {
        let mark = telegram.sandbox.mark();
        telegram.sandbox.send_text(newcomer, "/start", None).unwrap();
        let closed = |message: &luvhive_sandbox::SeenMessage| message.text.contains("Nobody can register yet");
        telegram.sandbox.wait_for(newcomer, mark, PATIENCE, closed).await.unwrap();
    });
    let doctor = said(&mut command(&["doctor"], ""));
    let line = |name: &str| doctor.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
    assert!(line(" data_key ").starts_with("warn") && line(" data_key ").contains("nobody can register"), "{doctor}");
    assert!(line("encrypted_texts").starts_with("fail") && line("encrypted_texts").contains("key "), "{doctor}");
    assert_eq!(bot.stop(), Some(0));
    let log = fs::read_to_string(log).unwrap();
    assert_eq!(log.matches("no data key is set").count(), 1, "{log}");
    assert!(log.matches("the key of a stored text is missing").count() == 1 && !log.contains("Leeds"), "one warning: {log}");
    fails(&mut command(&["key", "rotate"], ""), 78, &["luvhive key new"]);
    fails(&mut command(&["key", "check"], &"ee".repeat(32)), 78, &["texts need key ", "LUVHIVE_DATA_KEY_FILE"]);
    assert_eq!(said(&mut command(&["key", "new"], "")).lines().next().unwrap().len(), 64);
}

/// Everything that lies below a folder, byte by byte, holds none of this.
fn holds(folder: &Path, word: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().filter_map(Result::ok).any(|entry| {
        let bytes = fs::read(entry.path()).unwrap();
        bytes.windows(word.len()).any(|window| window == word)
    })
}

#[test]
fn a_copy_holds_neither_texts_nor_their_key_and_says_which_key_it_needs() {
    let (from, to) = (Folder::new(), Folder::new());
    let telegram = Telegram::start();
    let run = |folder: &Folder, arguments: &[&str]| said(&mut telegram.command(folder, arguments));
    assert!(run(&from, &["seed", "--people", "50"]).contains("50 people"));
    let cluster = LocalCluster::start(&ClusterSettings::durable(from.path().join("postgres")), &|_| {}).unwrap();
    let plant =
        "WITH planted AS (UPDATE people SET bio = 'planted bio', city = 'Plantedville' RETURNING 1) SELECT count(*) FROM planted";
    assert_eq!(telegram.runtime.block_on(ask(&cluster.url("luvhive"), plant)), 50);
    assert!(run(&from, &["key", "new"]).contains("data.key begins with the new key"));
    assert!(run(&from, &["key", "check"]).contains("in clear                100 texts"));
    assert!(run(&from, &["key", "rotate"]).contains("100 texts were encrypted by key"));
    let keys = fs::read_to_string(from.path().join("data.key")).unwrap();
    assert_eq!(keys.lines().count(), 1);

    let (copy, dump) = (from.path().join("copy"), from.path().join("dump"));
    assert!(run(&from, &["db", "backup", copy.to_str().unwrap()]).contains("data.key in another place"));
    fs::create_dir(&dump).unwrap();
    let mut pg_dump = cluster.binaries().command("pg_dump");
    let output = pg_dump.arg("--file").arg(dump.join("plain.sql")).arg(cluster.url("luvhive")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(holds(&dump, b"subject_hash"), "the dump is readable");
    for word in ["planted bio", "Plantedville", keys.trim()] {
        assert!(!holds(&copy, word.as_bytes()) && !holds(&dump, word.as_bytes()), "{word}");
    }

    let back = run(&to, &["db", "restore", copy.to_str().unwrap()]);
    assert!(back.contains("its texts need key ") && back.contains("data.key"), "{back}");
    fails(&mut telegram.command(&to, &["key", "check"]), 78, &["texts need key ", "data.key"]);
    fs::write(to.path().join("data.key"), format!("{}\n{keys}", "ab".repeat(32))).unwrap();
    assert!(run(&to, &["key", "check"]).contains("older"));
    assert!(run(&to, &["key", "rotate"]).contains("100 texts were encrypted by key"));
    fs::write(to.path().join("data.key"), "ab".repeat(32)).unwrap();
    let checked = run(&to, &["key", "check"]);
    assert!(checked.contains("encrypts  100 texts") && !checked.contains("missing"), "{checked}");
}
