//! The log of a program whose output is a pipe: every line is one JSON object, says which update or request it is about,
//! and holds nothing of a person.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::mpsc;

use luvhive_phone::Phone;
use luvhive_sandbox::PersonSpec;
use luvhive_storage::local::{ClusterSettings, LocalCluster};
use serde_json::Value;

use super::kit::{Folder, PATIENCE, Running, get};
use super::life::Telegram;

/// Reports whether one of the spans around a line has this name, and this field as a number.
fn is_within(line: &Value, span: &str, field: &str) -> bool {
    let spans = line.get("spans").and_then(Value::as_array).into_iter().flatten();
    spans
        .into_iter()
        .any(|found| found.get("name").and_then(Value::as_str) == Some(span) && found.get(field).is_some_and(Value::is_u64))
}

#[test]
fn each_line_is_json_with_its_update_or_request_and_nobody_in_it() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let (reader, writer) = std::io::pipe().unwrap();
    let mut command = telegram.command(&folder, &["run"]);
    command
        .env("LUVHIVE__LOG__FILTER", "debug")
        .env("LUVHIVE__OPS__LISTEN", "127.0.0.1:0")
        .env("LUVHIVE__DATABASE__STATEMENT_TIMEOUT_MS", "200");
    let bot = Running::start_logging(&mut command, Stdio::from(writer));
    // The command holds the pipe's other end open as well.
    drop(command);
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || BufReader::new(reader).lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let door = bot.said.iter().find_map(|line| line.strip_prefix("how far it is: ")).unwrap().to_owned();
    let (asha, ravi) = telegram.couple();
    telegram.say(asha, ravi, "a nightingale sang");
    get(door.strip_suffix("readyz").unwrap(), "livez");
    // A lane that cannot write its dialog says so.
    let cluster = LocalCluster::start(&ClusterSettings::durable(folder.path().join("postgres")), &|_| {}).unwrap();
    let noor = Phone::new(&telegram.sandbox, &PersonSpec::new("Noor", "en"), PATIENCE);
    let mut text: Vec<String> = Vec::new();
    telegram.runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&cluster.url("luvhive"), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute("BEGIN; LOCK TABLE dialogs IN SHARE MODE").await.unwrap();
        let mark = telegram.sandbox.mark();
        telegram.sandbox.send_text(noor.person(), "/start", None).unwrap();
        while !text.last().is_some_and(|line| line.contains("a lane cannot commit")) {
            text.push(lines.recv_timeout(PATIENCE).unwrap());
        }
        client.batch_execute("ROLLBACK").await.unwrap();
        telegram.sandbox.wait_for(noor.person(), mark, PATIENCE, |message| !message.buttons.is_empty()).await.unwrap();
    });
    assert_eq!(bot.stop(), Some(0));

    text.extend(lines);
    let lines: Vec<Value> =
        text.iter().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
    for (line, text) in lines.iter().zip(&text) {
        for field in ["timestamp", "level", "target", "message"] {
            assert!(line.get(field).is_some_and(Value::is_string), "no {field}: {text}");
        }
        for (span, field) in [("update", "update.id"), ("lane", "update.id"), ("http.request", "request.id")] {
            let spans = line.get("spans").and_then(Value::as_array).into_iter().flatten();
            let named = spans.into_iter().any(|found| found.get("name").and_then(Value::as_str) == Some(span));
            assert!(!named || is_within(line, span, field), "no {field}: {text}");
        }
    }
    assert!(lines.iter().any(|line| is_within(line, "lane", "update.id")), "{text:#?}");
    assert!(lines.iter().any(|line| is_within(line, "http.request", "request.id")), "{text:#?}");
    let ids = [asha, ravi, noor].map(|phone| phone.person().to_string());
    for word in ["nightingale", "Asha", "Ravi", "Noor", &ids[0], &ids[1], &ids[2]] {
        let line = text.iter().find(|line| line.contains(word));
        assert!(line.is_none(), "{word:?} stands in the log: {line:?}");
    }
}
