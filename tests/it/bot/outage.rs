//! The database goes away and comes back: people who asked meanwhile get their answers, and nothing is lost or doubled.

use std::time::Duration;

use luvhive_phone::Menu;
use luvhive_sandbox::{SandboxSettings, SeenMessage};
use luvhive_telegram::callback::Callback;
use luvhive_tests::bot::{Bot, PATIENCE, Setup};
use luvhive_tests::eventually;

/// A bot behind a proxy whose lease runs out soon.
async fn behind_proxy(people: u32, is_posted: bool) -> Bot {
    let sandbox =
        SandboxSettings { people_at_start: people, webhook_retry: Duration::from_millis(50), ..SandboxSettings::default() };
    let settings = vec![("LUVHIVE__ENGINE__LEASE_MS", "1000"), ("LUVHIVE__DATABASE__CHECKOUT_TIMEOUT_MS", "200")];
    Bot::set_up(Setup { sandbox, is_posted, is_behind_proxy: true, settings, ..Setup::default() }).await
}

/// Waits until the bot has tried so often in vain to reach the database.
async fn tried(bot: &Bot, times: u64) {
    let before = bot.counters().outages.get();
    eventually("the bot tries again", PATIENCE, async || bot.counters().outages.get() >= before + times).await;
}

async fn epoch(bot: &Bot) -> i64 {
    bot.count("SELECT epoch FROM shard_leases").await
}

async fn everybody_is_answered_after(is_posted: bool) {
    let bot = behind_proxy(4, is_posted).await;
    let (first, second) = bot.couple().await;
    let phones = bot.phones();
    let (third, fourth) = (phones[2], phones[3]);
    bot.sandbox.send_text(fourth.person(), "/settings", None).unwrap();
    let button = |messages: &[SeenMessage]| {
        let message = messages.iter().rev().find(|message| !message.buttons.is_empty())?;
        Some((message.id, message.buttons[0][0].data.clone()?))
    };
    let (message, data) = bot.sandbox.wait_until(fourth.person(), PATIENCE, button).await.unwrap();
    bot.settle().await;
    let (mark, own) = (bot.sandbox.mark(), epoch(&bot).await);

    bot.proxy.as_ref().unwrap().cut_off();
    for i in 0..5 {
        bot.sandbox.send_text(first.person(), &format!("line {i}"), None).unwrap();
    }
    bot.sandbox.send_text(third.person(), "/find", None).unwrap();
    let newcomer = bot.newcomer("Noor", "hi");
    bot.sandbox.send_text(newcomer.person(), "/start", None).unwrap();
    let press = bot.sandbox.press_as_shown(fourth.person(), message, &data).unwrap();
    // Longer than the lease lasts.
    tried(&bot, 6).await;
    bot.sandbox.advance_clock(Duration::from_secs(11));
    assert_eq!(bot.texts(second, mark), Vec::<String>::new(), "nothing is sent that is not committed");

    bot.proxy.as_ref().unwrap().set_down(false);
    second.wait_for_text(mark, "line 4").await.unwrap();
    third.wait_for_menu(mark, Menu::Searching).await.unwrap();
    bot.sandbox.wait_for(newcomer.person(), mark, PATIENCE, |message| !message.buttons.is_empty()).await.unwrap();
    bot.sandbox.wait_for_answer(&press, PATIENCE).await.unwrap();
    bot.settle().await;
    let lines: Vec<String> = (0..5).map(|i| format!("line {i}")).collect();
    assert_eq!(bot.texts(second, mark), lines);
    assert_eq!(epoch(&bot).await, own, "the process kept its lease");
    assert_eq!(bot.count("SELECT count(*) FROM dead_updates").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_answered_after_an_outage() {
    everybody_is_answered_after(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_who_was_posted_is_answered_after_an_outage() {
    everybody_is_answered_after(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn taps_that_outlived_their_answer_are_passed_over() {
    let bot = behind_proxy(2, false).await;
    let (first, second) = bot.couple().await;
    bot.sandbox.send_text(first.person(), "/block", None).unwrap();
    let find = |messages: &[SeenMessage]| {
        messages.iter().rev().find_map(|message| {
            let mut data = message.buttons.iter().flatten().filter_map(|button| button.data.clone());
            Some((message.id, data.find(|data| Callback::parse(data) == Some(Callback::Dismiss))?))
        })
    };
    let (message, dismiss) = bot.sandbox.wait_until(first.person(), PATIENCE, find).await.unwrap();
    bot.settle().await;
    let mark = bot.sandbox.mark();

    bot.proxy.as_ref().unwrap().cut_off();
    let taken = bot.sandbox.press_as_shown(first.person(), message, &dismiss).unwrap();
    // This one is in the bot's hands, the next one still in Telegram's.
    tried(&bot, 2).await;
    let waiting = bot.sandbox.press_as_shown(first.person(), message, &dismiss).unwrap();
    bot.sandbox.send_text(first.person(), "after the taps", None).unwrap();
    bot.sandbox.advance_clock(Duration::from_secs(151));
    bot.proxy.as_ref().unwrap().set_down(false);
    second.wait_for_text(mark, "after the taps").await.unwrap();
    bot.settle().await;
    for press in [taken, waiting] {
        assert_eq!(bot.sandbox.callback_answer(&press), None, "Telegram takes no answer any more");
    }
    assert_eq!(bot.counters().reloads.get(), 0);
    assert_eq!(bot.count("SELECT count(*) FROM dead_updates").await, 0);
    assert_eq!((first.menu(), second.menu()), (Menu::Chatting, Menu::Chatting));
    assert_eq!(bot.texts(second, mark), ["after the taps"]);
}
