//! `getUpdates`: what is confirmed, what comes again, who is told to go.

use std::time::Duration;

use luvhive_sandbox::SandboxSettings;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::kit::{Bot, SOON, ids, texts};

#[tokio::test]
async fn first_update_reads_as_telegram_writes_it() {
    let bot = Bot::new().await;
    let person = bot.person("Asha");
    bot.sandbox.send_text(person, "/start ref_1", None).unwrap();
    let answer = bot.call("getUpdates", json!({})).await;
    let update = answer.json()["result"][0].clone();
    let (id, date) = (&update["update_id"], &update["message"]["date"]);
    let user = format!(r#"{{"id":{person},"is_bot":false,"first_name":"Asha","language_code":"en"}}"#);
    let expected = format!(
        r#"{{"ok":true,"result":[{{"update_id":{id},"message":{{"message_id":1,"from":{user},"chat":{{"id":{person},"first_name":"Asha","type":"private"}},"date":{date},"text":"/start ref_1","entities":[{{"length":6,"offset":0,"type":"bot_command"}}]}}}}]}}"#
    );
    assert_eq!(answer.body, expected);
    assert_eq!(answer.content_type, "application/json");
    assert!(person.get() > i64::from(i32::MAX), "ids must not fit 32 bits");
}

#[tokio::test]
async fn language_of_a_persons_telegram_is_told_with_the_next_update() {
    let bot = Bot::new().await;
    let person = bot.person("Asha");
    bot.sandbox.send_text(person, "one", None).unwrap();
    bot.sandbox.change_language(person, "hi").unwrap();
    bot.sandbox.send_text(person, "two", None).unwrap();
    let updates = bot.updates(0).await;
    assert_eq!(updates[0]["message"]["from"]["language_code"], json!("en"));
    assert_eq!(updates[1]["message"]["from"]["language_code"], json!("hi"));
}

#[tokio::test]
async fn offset_confirms_what_lies_below_it() {
    let bot = Bot::new().await;
    let person = bot.person("Asha");
    for text in ["one", "two", "three"] {
        bot.sandbox.send_text(person, text, None).unwrap();
    }
    let all = bot.updates(0).await;
    assert_eq!(texts(&all), ["one", "two", "three"]);
    let first = ids(&all)[0];
    assert_eq!(ids(&all), [first, first + 1, first + 2]);
    // Not confirmed yet: the same again.
    assert_eq!(bot.sandbox.pending_updates(), 3);
    assert_eq!(texts(&bot.updates(first + 1).await), ["two", "three"]);
    assert_eq!(bot.sandbox.pending_updates(), 2);
    // Confirmed is gone, also for a smaller offset.
    assert_eq!(texts(&bot.updates(first - 5).await), ["two", "three"]);
    // From the end.
    assert_eq!(texts(&bot.updates(-1).await), ["three"]);
    assert_eq!(bot.sandbox.pending_updates(), 1);
}

#[tokio::test]
async fn offset_far_in_the_future_confirms_nothing() {
    let bot = Bot::new().await;
    let person = bot.person("Asha");
    bot.sandbox.send_text(person, "one", None).unwrap();
    let far = ids(&bot.updates(0).await)[0] + 1_000_000;
    assert_eq!(texts(&bot.updates(far).await), ["one"]);
    assert_eq!(bot.sandbox.pending_updates(), 1);
}

#[tokio::test]
async fn same_offset_at_once_gives_one_update() {
    let bot = Bot::new().await;
    let person = bot.person("Asha");
    bot.sandbox.send_text(person, "one", None).unwrap();
    bot.sandbox.send_text(person, "two", None).unwrap();
    let first = ids(&bot.updates(0).await)[0];
    assert_eq!(texts(&bot.updates(first).await), ["one", "two"]);
    assert_eq!(texts(&bot.updates(first).await), ["one"]);
}

#[tokio::test]
async fn batch_holds_a_hundred_at_most() {
    let bot = Bot::new().await;
    let person = bot.person("Asha");
    for number in 0..150 {
        bot.sandbox.send_text(person, &number.to_string(), None).unwrap();
    }
    let answer = bot.call("getUpdates", json!({"limit": 500})).await.result();
    let first = answer[0]["update_id"].as_i64().unwrap();
    assert_eq!(answer.as_array().unwrap().len(), 100);
    assert_eq!(bot.updates(first + 100).await.len(), 50);
}

#[tokio::test]
async fn waiting_poll_returns_as_soon_as_something_arrives() {
    let bot = Bot::new().await;
    let person = bot.person("Asha");
    let began = Instant::now();
    let (answer, ()) = tokio::join!(bot.call("getUpdates", json!({"timeout": 50})), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        bot.sandbox.send_text(person, "hello", None).unwrap();
    });
    assert_eq!(answer.result()[0]["message"]["text"], json!("hello"));
    assert!(began.elapsed() < SOON);
}

#[tokio::test]
async fn empty_poll_waits_for_its_timeout() {
    let bot = Bot::new().await;
    let began = Instant::now();
    let answer = bot.call("getUpdates", json!({"timeout": 1})).await;
    assert_eq!(answer.body, r#"{"ok":true,"result":[]}"#);
    assert!(began.elapsed() >= Duration::from_millis(990));
}

#[tokio::test]
async fn second_poller_ends_the_first() {
    let bot = Bot::new().await;
    let person = bot.person("Asha");
    let (first, second) = tokio::join!(bot.call("getUpdates", json!({"timeout": 50})), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let second = bot.call("getUpdates", json!({"timeout": 50}));
        let (second, ()) = tokio::join!(second, async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            bot.sandbox.send_text(person, "for the second", None).unwrap();
        });
        second
    });
    assert_eq!(
        first.body,
        r#"{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}"#
    );
    assert_eq!(second.result()[0]["message"]["text"], json!("for the second"));
}

#[tokio::test]
async fn poller_that_hung_up_is_no_rival() {
    let bot = Bot::new().await;
    let person = bot.person("Asha");
    let hung_up = tokio::time::timeout(Duration::from_millis(50), bot.call("getUpdates", json!({"timeout": 50})));
    assert!(hung_up.await.is_err());
    bot.sandbox.send_text(person, "still there", None).unwrap();
    assert_eq!(texts(&bot.updates(0).await), ["still there"]);
}

#[tokio::test]
async fn allowed_updates_stick_until_changed() {
    let bot = Bot::new().await;
    let person = bot.person("Asha");
    let kinds = |updates: &[Value]| -> Vec<String> {
        let kind = |update: &Value| update.as_object().unwrap().keys().find(|key| *key != "update_id").cloned();
        updates.iter().filter_map(kind).collect()
    };
    let message = bot.sandbox.send_text(person, "one", None).unwrap();
    // Reactions are left out by default.
    bot.sandbox.react(person, message, Some("👍")).unwrap();
    let seen = bot.updates(0).await;
    assert_eq!(kinds(&seen), ["message"]);
    let next = ids(&seen)[0] + 1;
    bot.call("getUpdates", json!({"offset": next, "timeout": 1, "allowed_updates": ["message_reaction"]})).await;
    bot.sandbox.react(person, message, None).unwrap();
    bot.sandbox.send_text(person, "not wanted", None).unwrap();
    // Omitted: as before.
    assert_eq!(kinds(&bot.updates(next).await), ["message_reaction"]);
    bot.call("getUpdates", json!({"offset": next + 1, "timeout": 1, "allowed_updates": []})).await;
    bot.sandbox.send_text(person, "wanted again", None).unwrap();
    assert_eq!(kinds(&bot.updates(next + 1).await), ["message"]);
}

#[tokio::test]
async fn updates_expire_after_a_day_and_presses_after_150_seconds() {
    let bot = Bot::with(SandboxSettings::default()).await;
    let person = bot.person("Asha");
    let keyboard = json!({"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]});
    let sent = bot.call("sendMessage", json!({"chat_id": person.get(), "text": "?", "reply_markup": keyboard})).await;
    bot.sandbox.send_text(person, "hello", None).unwrap();
    bot.sandbox.press(person, sent.result()["message_id"].as_i64().unwrap(), "Yes").unwrap();
    assert_eq!(bot.sandbox.pending_updates(), 2);
    bot.sandbox.advance_clock(Duration::from_secs(151));
    assert_eq!(texts(&bot.updates(0).await), ["hello"]);
    assert_eq!(bot.sandbox.pending_updates(), 1);
    bot.sandbox.advance_clock(Duration::from_hours(24));
    assert_eq!(bot.sandbox.pending_updates(), 0);
}
