//! Scripted faults: what the bot sees, and what took effect all the same.

use std::time::Duration;

use luvhive_sandbox::{Fault, FaultAction};
use serde_json::json;
use tokio::time::Instant;

use crate::kit::{Bot, SOON, bytes, ids, texts};

#[tokio::test]
async fn too_many_requests_for_one_chat_leaves_the_others_alone() {
    let bot = Bot::new().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let action = FaultAction::TooManyRequests { retry_after: Some(100_000) };
    let fault = bot.sandbox.add_fault(Fault::new(action).method("sendMessage").chat(asha.get()));
    let refused = bot.call("sendMessage", json!({"chat_id": asha.get(), "text": "x"})).await;
    assert_eq!(
        refused.body,
        r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 100000","parameters":{"retry_after":100000}}"#
    );
    bot.say(bruno, "x").await;
    assert_eq!(bot.sandbox.faults()[0].hits, 1);
    bot.sandbox.remove_fault(fault);
    bot.say(asha, "x").await;
}

#[tokio::test]
async fn percentage_is_kept() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let action = FaultAction::Error { status: 500, description: None };
    bot.sandbox.add_fault(Fault::new(action).method("sendMessage").percent(20.0));
    let mut failed = 0;
    for _ in 0..300 {
        failed += i32::from(bot.call("sendMessage", json!({"chat_id": asha.get(), "text": "x"})).await.status == 500);
    }
    // 300 draws at 20 %: expectation 60, deviation 7; the seed is fixed.
    assert!((40..=80).contains(&failed), "{failed}");
}

#[tokio::test]
async fn bad_gateway_is_an_html_page() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    bot.sandbox.add_fault(Fault::new(FaultAction::BadGateway).times(1));
    let answer = bot.call("sendMessage", json!({"chat_id": asha.get(), "text": "x"})).await;
    assert_eq!((answer.status, answer.content_type.as_str()), (502, "text/html"));
    assert!(answer.body.starts_with("<html>"));
    assert!(bot.sandbox.messages(asha).is_empty());
    bot.say(asha, "works again").await;
}

#[tokio::test]
async fn cut_before_does_nothing_and_cut_after_does() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let path = format!("/bot{}/sendMessage", bot.sandbox.token());
    for (action, delivered) in [(FaultAction::CutBefore, 0), (FaultAction::CutAfter, 1), (FaultAction::TornReply, 2)] {
        bot.sandbox.add_fault(Fault::new(action.clone()).times(1));
        let body = json!({"chat_id": asha.get(), "text": "x"}).to_string();
        assert!(bot.post(&path, "application/json", body).await.is_err(), "{action:?} gave an answer");
        assert_eq!(bot.sandbox.messages(asha).len(), delivered, "{action:?}");
    }
    bot.sandbox.add_fault(Fault::new(FaultAction::BadGatewayAfter).times(1));
    assert_eq!(bot.call("sendMessage", json!({"chat_id": asha.get(), "text": "x"})).await.status, 502);
    assert_eq!(bot.sandbox.messages(asha).len(), 3);
}

#[tokio::test]
async fn torn_reply_is_a_good_head_and_half_a_body() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let params = json!({"chat_id": asha.get(), "text": "x"});
    bot.sandbox.add_fault(Fault::new(FaultAction::TornReply).times(1));
    let torn = bytes(&bot, "sendMessage", &params).await;
    let (head, body) = torn.split_once("\r\n\r\n").expect("a whole head");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    assert_eq!(body.len(), length.parse::<usize>().unwrap() / 2, "{head}");
    assert!(body.starts_with(r#"{"ok":true,"result":{"message_id":"#), "{body}");
    assert_eq!(bot.sandbox.messages(asha).len(), 1);
    // Nothing at all comes of a connection that is cut.
    bot.sandbox.add_fault(Fault::new(FaultAction::CutAfter).times(1));
    assert_eq!(bytes(&bot, "sendMessage", &params).await, "");
}

#[tokio::test]
async fn latency_delays_and_lets_pass() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    bot.sandbox.add_fault(Fault::new(FaultAction::Latency { ms: 60 }).times(1));
    let began = Instant::now();
    bot.say(asha, "slow").await;
    assert!(began.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn fault_ends_by_its_time() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let action = FaultAction::TooManyRequests { retry_after: None };
    bot.sandbox.add_fault(Fault::new(action).lasting(Duration::from_millis(80)));
    let refused = bot.call("sendMessage", json!({"chat_id": asha.get(), "text": "x"})).await;
    assert_eq!(refused.json()["parameters"]["retry_after"], json!(1));
    tokio::time::timeout(SOON, async {
        while bot.call("sendMessage", json!({"chat_id": asha.get(), "text": "x"})).await.status == 429 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("the fault ends");
    assert!(bot.sandbox.faults().is_empty());
}

#[tokio::test]
async fn duplicated_update_comes_again_under_its_id() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    bot.sandbox.add_fault(Fault::new(FaultAction::DuplicateUpdates).times(1));
    bot.sandbox.send_text(asha, "once", None).unwrap();
    let first = bot.updates(0).await;
    let again = bot.updates(ids(&first)[0] + 1).await;
    assert_eq!(again, first);
    bot.sandbox.send_text(asha, "next", None).unwrap();
    assert_eq!(texts(&bot.updates(ids(&first)[0] + 1).await), ["next"]);
}

#[tokio::test]
async fn late_update_is_held_back() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    bot.sandbox.add_fault(Fault::new(FaultAction::LateUpdates { ms: 50 }).times(1));
    // People act from any thread, also outside a runtime.
    std::thread::scope(|scope| scope.spawn(|| bot.sandbox.send_text(asha, "late", None).unwrap()).join().unwrap());
    bot.sandbox.send_text(asha, "early", None).unwrap();
    let first = bot.updates(0).await;
    assert_eq!(texts(&first), ["early"]);
    assert_eq!(texts(&bot.updates(ids(&first)[0] + 1).await), ["late"]);
}
