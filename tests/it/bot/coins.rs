//! Coins as people use them: each movement once, however often a button is pressed, and nothing below zero.

use luvhive_core::coins::Gift;
use luvhive_core::person::Gender;
use luvhive_phone::{Answers, Menu, Phone};
use luvhive_sandbox::SeenMessage;
use luvhive_telegram::callback::{Callback, CoinAction};
use luvhive_tests::bot::{Bot, PATIENCE};

const ENTRIES: &str = "SELECT count(*) FROM coin_entries";
const BALANCES: &str = "SELECT coalesce(sum(balance), 0)::bigint FROM coin_accounts WHERE person_id IS NOT NULL";

/// Presses the newest button that fits twice, without waiting for anything in between; returns what it carries.
async fn press_twice(bot: &Bot, phone: Phone<'_>, fits: impl Fn(CoinAction) -> bool) -> (i64, String) {
    let find = |messages: &[SeenMessage]| {
        messages.iter().rev().find_map(|message| {
            let mut buttons = message.buttons.iter().flatten().filter_map(|button| button.data.clone());
            let is_it = |data: &String| matches!(Callback::parse(data), Some(Callback::Coins(action)) if fits(action));
            buttons.find(is_it).map(|data| (message.id, data))
        })
    };
    let (message, data) = bot.sandbox.wait_until(phone.person(), PATIENCE, find).await.unwrap();
    let presses = [(); 2].map(|()| bot.sandbox.press_as_shown(phone.person(), message, &data).unwrap());
    for press in presses {
        bot.sandbox.wait_for_answer(&press, PATIENCE).await.unwrap();
    }
    bot.settle().await;
    (message, data)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_tap_pays_once_and_a_gift_reaches_the_partner() {
    let bot = Bot::start_with_people(2).await;
    let (first, second) = bot.couple().await;
    bot.sandbox.send_text(first.person(), "/coins", None).unwrap();
    press_twice(&bot, first, |action| action == CoinAction::Daily).await;
    assert_eq!((bot.count(ENTRIES).await, bot.count(BALANCES).await), (1, 10));
    bot.press(first, |button| matches!(button, Callback::Coins(CoinAction::Gifts(_)))).await;
    let mark = bot.sandbox.mark();
    let (page, give) = press_twice(&bot, first, |action| matches!(action, CoinAction::Give { gift: Gift::Small, .. })).await;
    assert_eq!((bot.count(ENTRIES).await, bot.count(BALANCES).await), (2, 10));
    let told: Vec<_> = bot.texts(second, mark).into_iter().filter(|text| text.contains("gave you 10 coins")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    // The same page offers nothing more, and what is not there cannot be given.
    for data in [give.clone(), give.replace(":10:", ":30:")] {
        let press = bot.sandbox.press_as_shown(first.person(), page, &data).unwrap();
        bot.sandbox.wait_for_answer(&press, PATIENCE).await.unwrap();
    }
    bot.settle().await;
    assert_eq!((bot.count(ENTRIES).await, bot.count(BALANCES).await), (2, 10));
    assert_eq!(bot.count("SELECT count(*) FROM coin_accounts WHERE balance < 0").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_coins_become_premium_once() {
    let bot = Bot::start_with_people(1).await;
    let phone = bot.phones()[0];
    let rich = "INSERT INTO coin_accounts (bot_id, person_id, balance) SELECT bot_id, id, 600 FROM people";
    bot.sql.batch_execute(rich).await.unwrap();
    bot.sandbox.send_text(phone.person(), "/coins", None).unwrap();
    bot.press(phone, |button| button == Callback::Coins(CoinAction::AskRedeem)).await;
    let mark = bot.sandbox.mark();
    press_twice(&bot, phone, |action| matches!(action, CoinAction::Redeem { .. })).await;
    bot.sandbox.wait_for(phone.person(), mark, PATIENCE, |message| message.text.contains("were added")).await.unwrap();
    assert_eq!((bot.count(ENTRIES).await, bot.count(BALANCES).await), (1, 100));
    assert_eq!(bot.count("SELECT count(*) FROM entitlement_grants WHERE days = 3").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_pays_both_after_the_first_chat_of_somebody_new() {
    let bot = Bot::start_with_people(1).await;
    let inviter = bot.phones()[0];
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(inviter.person(), "/invite", None).unwrap();
    let page =
        bot.sandbox.wait_for(inviter.person(), mark, PATIENCE, |message| message.text.contains("?start=ref_")).await.unwrap();
    let code = page.text.split("?start=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    // A person who is registered gets nothing by their own link.
    bot.sandbox.send_text(inviter.person(), &format!("/start {code}"), None).unwrap();
    let friend = bot.newcomer("Mira", "en");
    bot.sandbox.send_text(friend.person(), &format!("/start {code}"), None).unwrap();
    friend.register(&Answers::of(Gender::Woman)).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM invites").await, 1);
    assert_eq!(bot.count(BALANCES).await, 0, "nothing before the first chat");
    bot.match_up(inviter, friend).await;
    bot.talk(inviter, friend).await;
    friend.send_until("/stop", Menu::Idle).await.unwrap();
    bot.settle().await;
    assert_eq!((bot.count(ENTRIES).await, bot.count(BALANCES).await), (2, 100));
}
