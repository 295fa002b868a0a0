//! Telegram in a bad mood: one throttled chat, errors, updates that nobody can read.

use std::time::Duration;

use luvhive_phone::Menu;
use luvhive_sandbox::{Fault, FaultAction};
use luvhive_tests::bot::{Bot, PATIENCE};
use luvhive_tests::eventually;
use serde_json::json;
use tokio::time::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_chat_slows_nobody_else() {
    let bot = Bot::start_with_people(4).await;
    let (first, second) = bot.couple().await;
    let phones = bot.phones();
    let (third, fourth) = (phones[2], phones[3]);
    bot.match_up(third, fourth).await;
    let throttle = FaultAction::TooManyRequests { retry_after: Some(2) };
    bot.sandbox.add_fault(Fault::new(throttle).chat(second.person().get()).times(1));
    let began = Instant::now();
    bot.sandbox.send_text(first.person(), "slow", None).unwrap();
    for i in 0..5 {
        let text = format!("quick {i}");
        bot.sandbox.send_text(third.person(), &text, None).unwrap();
        fourth.wait_for_text(0, &text).await.unwrap();
    }
    let others = began.elapsed();
    assert!(others < Duration::from_millis(1_500), "others waited {others:?}");
    second.wait_for_text(0, "slow").await.unwrap();
    let own = began.elapsed();
    assert!(own >= Duration::from_secs(2), "retried after {own:?}, before Telegram allowed it");
}

#[tokio::test(flavor = "multi_thread")]
async fn telegrams_own_limits_lose_and_reorder_nothing() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    bot.settle().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.add_fault(Fault::new(FaultAction::RateLimits));
    let sent: Vec<String> = (0..9).map(|i| format!("line {i}")).collect();
    for text in &sent {
        bot.sandbox.send_text(first.person(), text, None).unwrap();
    }
    second.wait_for_text(mark, "line 8").await.unwrap();
    assert_eq!(bot.texts(second, mark), sent);
    let hits = bot.sandbox.faults()[0].hits;
    assert!((1..=8).contains(&hits), "each refusal is waited out: {hits}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_commands_that_is_refused_keeps_nobody_waiting() {
    let mut bot = Bot::start_with_people(2).await;
    bot.halt().await;
    let throttle = FaultAction::TooManyRequests { retry_after: Some(100_000) };
    bot.sandbox.add_fault(Fault::new(throttle).method("setMyCommands"));
    bot.run().await;
    bot.couple().await;
    eventually("it was refused", PATIENCE, async || bot.sandbox.faults()[0].hits > 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_the_server_lose_nothing() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    bot.sandbox.add_fault(Fault::new(FaultAction::BadGateway).method("copyMessage").times(1));
    bot.sandbox.add_fault(Fault::new(FaultAction::CutBefore).method("copyMessage").times(1));
    for i in 0..3 {
        bot.sandbox.send_text(first.person(), &format!("line {i}"), None).unwrap();
    }
    second.wait_for_text(0, "line 2").await.unwrap();
    let came: Vec<String> = bot.texts(second, 0).into_iter().filter(|text| text.starts_with("line")).collect();
    assert_eq!(came, ["line 0", "line 1", "line 2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_of_unknown_outcome_comes_twice_rather_than_never_and_in_order() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    for action in [FaultAction::TornReply, FaultAction::BadGatewayAfter, FaultAction::CutAfter] {
        let what = format!("{action:?}");
        bot.settle().await;
        let (mark, unknown) = (bot.sandbox.mark(), bot.counters().unknown.get());
        bot.sandbox.add_fault(Fault::new(action).method("copyMessage").times(1));
        bot.sandbox.send_text(first.person(), "unclear", None).unwrap();
        bot.sandbox.send_text(first.person(), "behind it", None).unwrap();
        second.wait_for_text(mark, "behind it").await.unwrap();
        assert_eq!(bot.texts(second, mark), ["unclear", "unclear", "behind it"], "{what}");
        assert_eq!(bot.counters().unknown.get(), unknown + 1, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sent_what_telegram_refuses_to_copy_is_told() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    let refused = FaultAction::Error { status: 400, description: Some("the message can't be copied".to_owned()) };
    bot.sandbox.add_fault(Fault::new(refused).method("copyMessage").times(1));
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "refused", None).unwrap();
    bot.sandbox.wait_for(first.person(), mark, PATIENCE, |message| message.text.contains("did not get it")).await.unwrap();
    bot.sandbox.send_text(first.person(), "passed", None).unwrap();
    second.wait_for_text(mark, "passed").await.unwrap();
    bot.settle().await;
    assert_eq!(bot.texts(second, mark), ["passed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_update_is_recorded_and_passed_over() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    bot.sandbox.inject_raw_update(&json!({"brand_new_kind": {"from": {"id": "not a number"}}})).unwrap();
    bot.sandbox.inject_raw_update(&json!({"message": {"message_id": "seven", "from": {"id": first.person().get()}}})).unwrap();
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(first.person(), "after it", None).unwrap();
    second.wait_for_text(mark, "after it").await.unwrap();
    bot.settle().await;
    assert!(bot.count("SELECT count(*) FROM dead_updates").await >= 1);
    assert_eq!(second.menu(), Menu::Chatting);
}
