//! The world after a kill: everything that was answered is still there, and no id comes twice.

use std::io::Write;
use std::time::Duration;

use luvhive_sandbox::{Fault, FaultAction, PersonId, Sandbox, SandboxError, SandboxSettings};
use serde_json::json;

use crate::kit::{Bot, Post, exchange, folder, ids, texts};

fn kept(name: &str) -> (std::path::PathBuf, impl Fn() -> SandboxSettings) {
    let path = folder(name);
    let settings = path.clone();
    (path, move || SandboxSettings::stored_in(settings.clone()))
}

#[tokio::test]
async fn world_goes_on_after_a_kill() {
    let (_, settings) = kept("goes_on");
    let bot = Bot::with(settings()).await;
    let (token, people) = (bot.sandbox.token(), bot.sandbox.people());
    assert_eq!(people.len(), 2);
    let (asha, bruno) = (people[0].id.into(), people[1].id.into());
    bot.sandbox.send_text(asha, "one", None).unwrap();
    bot.sandbox.send_text(asha, "two", None).unwrap();
    let keyboard = json!({"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]});
    let sent = bot.call("sendMessage", json!({"chat_id": people[0].id, "text": "?", "reply_markup": keyboard})).await.result();
    let keys = json!({"keyboard": [["Find"]]});
    bot.call("sendMessage", json!({"chat_id": people[0].id, "text": "keys", "reply_markup": keys})).await.result();
    let press = bot.sandbox.press_latest(asha, "Yes").unwrap();
    let updates = bot.updates(0).await;
    bot.updates(ids(&updates)[1]).await;
    bot.call("setMyCommands", json!({"commands": [{"command": "start", "description": "x"}]})).await.result();
    let messages = bot.sandbox.messages(asha);
    drop(bot);

    let bot = Bot::with(settings()).await;
    assert_eq!(bot.sandbox.token(), token);
    assert_eq!(bot.sandbox.people().len(), 2);
    let ids_of = |list: &[luvhive_sandbox::SeenMessage]| list.iter().map(|m| (m.id, m.text.clone())).collect::<Vec<_>>();
    assert_eq!(ids_of(&bot.sandbox.messages(asha)), ids_of(&messages));
    assert_eq!(bot.sandbox.reply_keyboard(asha)[0][0].text, "Find");
    // "one" was confirmed; "two" and the press wait under their old ids.
    let again = bot.updates(0).await;
    assert_eq!(texts(&again), ["two"]);
    assert_eq!(ids(&again), ids(&updates)[1..]);
    assert_eq!(again[1]["callback_query"]["message"]["message_id"], sent["message_id"]);
    bot.call("answerCallbackQuery", json!({"callback_query_id": press})).await.result();
    assert_eq!(bot.sandbox.commands(asha)[0]["command"], json!("start"));
    let last = messages.last().unwrap().id;
    assert!(bot.sandbox.send_text(bruno, "new", None).unwrap() > last);
    assert!(ids(&bot.updates(-1).await)[0] > *ids(&updates).last().unwrap());
}

#[tokio::test]
async fn ids_never_go_back_though_everything_was_confirmed_and_deleted() {
    let (_, settings) = kept("never_back");
    let (mut last_update, mut last_message) = (0, 0);
    for round in 0..3 {
        let bot = Bot::with(settings()).await;
        let person = bot.sandbox.people()[0].id.into();
        let message = bot.sandbox.send_text(person, "x", None).unwrap();
        let update = ids(&bot.updates(0).await)[0];
        assert!(message > last_message && update > last_update, "round {round}");
        (last_message, last_update) = (message, update);
        bot.sandbox.delete_message(person, message).unwrap();
        // Confirms; nothing is left in queue and chat.
        bot.call("getUpdates", json!({"offset": update + 1})).await.result();
        assert_eq!(bot.sandbox.pending_updates(), 0);
    }
}

#[tokio::test]
async fn torn_last_line_is_cut_off() {
    let (path, settings) = kept("torn");
    let bot = Bot::with(settings()).await;
    let person = bot.sandbox.people()[0].id.into();
    bot.sandbox.send_text(person, "whole", None).unwrap();
    drop(bot);
    let file = path.join("world.jsonl");
    std::fs::OpenOptions::new().append(true).open(&file).unwrap().write_all(b"{\"record\":\"mess").unwrap();
    let bot = Bot::with(settings()).await;
    assert_eq!(bot.sandbox.messages(person).len(), 1);
    bot.sandbox.send_text(person, "after", None).unwrap();
    drop(bot);
    assert_eq!(Bot::with(settings()).await.sandbox.messages(person).len(), 2);
}

#[tokio::test]
async fn broken_line_in_the_middle_is_an_error() {
    let (path, settings) = kept("broken");
    drop(Bot::with(settings()).await);
    let file = path.join("world.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("nonsense\n{text}")).unwrap();
    assert!(matches!(Sandbox::start(settings()).await, Err(SandboxError::Corrupt { line: 1, .. })));
}

#[tokio::test]
async fn directory_serves_one_sandbox_at_a_time() {
    let (_, settings) = kept("one_holder");
    let first = Sandbox::start(settings()).await.unwrap();
    assert!(matches!(Sandbox::start(settings()).await, Err(SandboxError::InUse { .. })));
    first.stop().await;
    Sandbox::start(settings()).await.unwrap();
}

#[tokio::test]
async fn request_in_flight_at_the_kill_is_not_answered() {
    let (_, settings) = kept("in_flight");
    let bot = Bot::with(settings()).await;
    let person: PersonId = bot.sandbox.people()[0].id.into();
    bot.sandbox.send_text(person, "/start", None).unwrap();
    bot.sandbox.add_fault(Fault::new(FaultAction::Latency { ms: 100 }));
    let (port, path) = (bot.sandbox.port(), format!("/bot{}/sendMessage", bot.sandbox.token()));
    let body = json!({"chat_id": person.get(), "text": "x"}).to_string();
    let request = Post { host: "127.0.0.1", path: &path, content_type: "application/json", body: &body };
    let (answer, ()) = tokio::join!(exchange(port, request), async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        drop(bot);
    });
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(Bot::with(settings()).await.sandbox.messages(person).len(), 1);
}

#[tokio::test]
async fn taken_port_is_told() {
    let first = Bot::new().await;
    let settings = SandboxSettings { port: first.sandbox.port(), ..SandboxSettings::default() };
    assert!(matches!(Sandbox::start(settings).await, Err(SandboxError::Bind { .. })));
}

#[tokio::test]
async fn request_log_holds_requests_and_updates() {
    let path = folder("log").join("requests.jsonl");
    let settings = SandboxSettings { request_log: Some(path.clone()), ..SandboxSettings::default() };
    let bot = Bot::with(settings).await;
    let person = bot.person("Asha");
    bot.say(person, "hello").await;
    bot.sandbox.send_text(person, "hi", None).unwrap();
    bot.updates(0).await;
    let lines: Vec<serde_json::Value> =
        std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said = json!({"chat_id": person.get(), "text": "hello"});
    let host = format!("127.0.0.1:{}", bot.sandbox.port());
    assert_eq!(lines[0], json!({"host": host, "method": "sendMessage", "params": said}));
    assert_eq!(lines[1]["method"], json!("getUpdates"));
    assert_eq!(lines[2]["updates"][0]["message"]["text"], json!("hi"));
}
