//! Updates posted to the bot: the same bot as by polling, and strangers who post are shown the door.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use luvhive_core::person::Gender;
use luvhive_core::premium::Plan;
use luvhive_phone::Menu;
use luvhive_sandbox::{Fault, FaultAction, SandboxSettings};
use luvhive_tests::bot::{Bot, Setup};
use luvhive_tests::{TestFolder, eventually};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::premium::{buy, days_left};

/// A bot to which updates are posted, with a log of what Telegram and it said to each other.
async fn posted(people: u32, folder: &TestFolder) -> Bot {
    let sandbox = SandboxSettings {
        people_at_start: people,
        webhook_retry: Duration::from_millis(10),
        request_log: Some(folder.path().join("log")),
        ..SandboxSettings::default()
    };
    Bot::set_up(Setup { sandbox, is_posted: true, ..Setup::default() }).await
}

/// The lines of the log.
fn log(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("log")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The secret of the webhook that is set now.
fn secret(folder: &Path) -> String {
    let set = log(folder).into_iter().rfind(|line| line["method"] == json!("setWebhook")).unwrap();
    set["params"]["secret_token"].as_str().unwrap().to_owned()
}

/// Sends a request, with these further headers, and returns the answer's status.
async fn ask(address: SocketAddr, what: &str, body: &[u8], more: &str) -> u16 {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let head = format!("{what} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{more}content-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that refuses may close before everything is written.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap().parse().unwrap()
}

/// Posts a body with this secret, or without any.
async fn post(address: SocketAddr, secret: Option<&str>, body: &[u8]) -> u16 {
    let header = secret.map(|secret| format!("x-telegram-bot-api-secret-token: {secret}\r\n")).unwrap_or_default();
    ask(address, "POST /hook", body, &header).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_meet_through_repeated_posts_and_a_restart() {
    let folder = TestFolder::new();
    let mut bot = posted(0, &folder).await;
    bot.sandbox.add_fault(Fault::new(FaultAction::DuplicateUpdates));
    let (first, second) = {
        let (first, second) = (bot.person("Asha", Gender::Woman).await, bot.person("Ravi", Gender::Man).await);
        bot.match_up(first, second).await;
        (first.person(), second.person())
    };
    let mark = bot.sandbox.mark();
    let lines = |from: usize, to: usize| (from..to).map(|i| format!("line {i}")).collect::<Vec<_>>();
    for line in lines(0, 5) {
        bot.sandbox.send_text(first, &line, None).unwrap();
    }
    bot.phone(second).wait_for_text(mark, "line 4").await.unwrap();
    bot.settle().await;
    assert!(bot.counters().repeated.get() > 10, "every update was posted twice");
    assert!(bot.count("SELECT count(*) FROM seen_updates").await > 10);

    bot.halt().await;
    for line in lines(5, 10) {
        bot.sandbox.send_text(first, &line, None).unwrap();
    }
    assert_eq!(bot.sandbox.pending_updates(), 5);
    bot.run().await;
    bot.phone(second).wait_for_text(mark, "line 9").await.unwrap();
    bot.settle().await;
    assert_eq!(bot.texts(bot.phone(second), mark), lines(0, 10));

    // What was taken in before the restart is known after it.
    let old = log(folder.path()).into_iter().rfind(|line| line.to_string().contains("line 4")).unwrap();
    let old = old["updates"][0].to_string();
    assert_eq!(post(bot.hook.unwrap(), Some(&secret(folder.path())), old.as_bytes()).await, 200);
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(second, "the end", None).unwrap();
    bot.phone(first).wait_for_text(mark, "the end").await.unwrap();
    bot.settle().await;
    assert_eq!(bot.texts(bot.phone(second), 0).iter().filter(|text| *text == "line 4").count(), 1);
    assert_eq!(bot.count("SELECT count(*) FROM dead_updates").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_posts_are_refused_while_good_ones_pass() {
    let folder = TestFolder::new();
    let bot = posted(2, &folder).await;
    let (first, second) = bot.couple().await;
    let (hook, secret) = (bot.hook.unwrap(), secret(folder.path()));
    let said = |id: i64, text: &str| {
        let person = json!({"id": first.person().get(), "is_bot": false, "first_name": "A", "type": "private"});
        let message = json!({"message_id": 1, "date": 1, "text": text, "from": person, "chat": person});
        json!({"update_id": id, "message": message}).to_string().into_bytes()
    };
    let mark = bot.sandbox.mark();
    for wrong in [None, Some(""), Some("wrong"), Some(&secret[1..])] {
        assert_eq!(post(hook, wrong, &said(900_001, "/stop")).await, 401, "{wrong:?}");
    }
    assert_eq!(post(hook, Some("wrong"), &vec![b'x'; 5 << 20]).await, 401, "a forged body is not read");
    assert_eq!(post(hook, Some(&secret), &vec![b'x'; 5 << 20]).await, 413);
    for form in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let header = format!("content-type: {form}\r\n");
        assert_eq!(ask(hook, "POST /hook", &said(900_004, "/stop"), &header).await, 401, "{form}");
    }
    for method in ["GET", "PUT", "DELETE"] {
        assert_eq!(ask(hook, &format!("{method} /hook"), b"", "").await, 405, "{method}");
    }
    assert_eq!(ask(hook, "POST /other", &said(900_002, "/stop"), "").await, 404);
    // With the secret it comes from Telegram, which would send what is refused again and hold back everything behind it.
    for garbage in [&b"<html>502</html>"[..], b"", b"\xff\xfe", b"[1,2", b"{\"update_id\":"] {
        assert_eq!(post(hook, Some(&secret), garbage).await, 200, "{garbage:?}");
    }
    let broken = format!("{{\"update_id\":900003,\"message\":{}", "[".repeat(10_000));
    assert_eq!(post(hook, Some(&secret), broken.as_bytes()).await, 200);
    bot.sandbox.send_text(first.person(), "all is well", None).unwrap();
    second.wait_for_text(mark, "all is well").await.unwrap();
    bot.settle().await;
    eventually("the broken one is set aside", Duration::from_secs(20), async || {
        bot.count("SELECT count(*) FROM dead_updates").await == 1
    })
    .await;
    assert_eq!(bot.texts(second, mark), ["all is well"]);
    assert_eq!((first.menu(), second.menu()), (Menu::Chatting, Menu::Chatting));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_is_bought_through_posts() {
    let folder = TestFolder::new();
    let bot = posted(1, &folder).await;
    let phone = bot.phones()[0];
    bot.sandbox.give_stars(phone.person(), 1_000).unwrap();
    buy(&bot, phone, Plan::Week).await;
    bot.settle().await;
    assert_eq!(days_left(&bot, phone).await, 7);
    let set = log(folder.path()).into_iter().rfind(|line| line["method"] == json!("setWebhook")).unwrap();
    let kinds = ["message", "edited_message", "callback_query", "my_chat_member", "pre_checkout_query", "subscription"];
    assert_eq!(set["params"]["allowed_updates"], json!(kinds), "the same as by polling");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_arrives_after_the_return_ends_nothing() {
    let folder = TestFolder::new();
    let bot = posted(2, &folder).await;
    let (first, second) = bot.couple().await;
    // By webhook a block does not wait in the queue of messages: this one was tried again until all of that was done.
    let member =
        |status: &str| json!({"user": {"id": bot.sandbox.bot_id(), "is_bot": true, "first_name": "B"}, "status": status});
    let person = json!({"id": first.person().get(), "is_bot": false, "first_name": "A", "type": "private"});
    let blocked = json!({
        "chat": person, "from": person, "date": bot.sandbox.now_ms() / 1000 - 60,
        "old_chat_member": member("member"), "new_chat_member": member("kicked"),
    });
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "I am back", None).unwrap();
    second.wait_for_text(mark, "I am back").await.unwrap();
    bot.sandbox.inject_raw_update(&json!({"my_chat_member": blocked})).unwrap();
    bot.settle().await;
    bot.sandbox.send_text(second.person(), "welcome", None).unwrap();
    first.wait_for_text(mark, "welcome").await.unwrap();
    assert_eq!((first.menu(), second.menu()), (Menu::Chatting, Menu::Chatting));
}
