//! Coins by buttons: each movement once, none without the coins for it, and links that name nobody.

use std::time::Duration;

use luvhive_core::coins::rule::REDEEM;
use luvhive_core::coins::{CoinAccount, Coins, Gift, House, InviteCode, Movement, MovementKey};
use luvhive_core::engine::effect::Task;
use luvhive_core::engine::{EngineCommand, News};
use luvhive_core::id::ChatId;
use luvhive_core::person::UiLanguage;
use luvhive_core::ports::{Change, Ledger};
use luvhive_core::time::Timestamp;

use super::phone::Phone;
use super::town::{ME, MY_PERSON, PARTNER, START, account, at_once};
use crate::callback::{Callback, CoinAction, Receiver};
use crate::handler::{LaneOutcome, LaneTask};
use crate::locale::Words;

const CHAT: ChatId = ChatId::new(4_294_967_301);

/// A member with so many coins, whose chat ended an hour ago.
fn rich(coins: u32) -> Phone {
    let mut phone = Phone::new(Some("en"));
    phone.register();
    phone.town.register(PARTNER);
    phone.town.chat(CHAT, [PARTNER, MY_PERSON], Timestamp::EPOCH, Some(START.minus(Duration::from_hours(1))));
    if coins > 0 {
        let (debit, credit) = (CoinAccount::House(House::Referral), CoinAccount::Person(MY_PERSON));
        let key = MovementKey::new("start").unwrap();
        let movement = Movement { key, debit, credit, coins: Coins::new(coins), moved_at: Timestamp::EPOCH };
        phone.bring(&[Change::MoveCoins(Box::new(movement))]);
    }
    phone
}

fn english(key: &str) -> String {
    Words::new(UiLanguage::English).text(key)
}

fn balance(phone: &Phone) -> u32 {
    at_once(phone.town.store.get_coins(MY_PERSON)).balance.get()
}

#[track_caller]
fn nothing(outcome: &LaneOutcome) {
    assert!(outcome.changes.is_empty() && outcome.calls.is_empty(), "{outcome:?}");
    assert!(outcome.answer.as_ref().unwrap().text.is_some());
}

#[test]
fn daily_coins_and_spins_come_once_in_their_time() {
    let mut phone = rich(0);
    phone.send("/coins");
    phone.tap("k:daily");
    assert_eq!(balance(&phone), 10);
    nothing(&phone.tap("k:daily"));
    phone.tap("k:spin");
    let after = balance(&phone);
    nothing(&phone.tap("k:spin"));
    phone.now = START.plus(Duration::from_hours(12));
    nothing(&phone.tap("k:daily"));
    phone.tap("k:spin");
    assert!(balance(&phone) >= after);
    phone.now = START.plus(Duration::from_hours(24));
    let before = balance(&phone);
    phone.tap("k:daily");
    assert_eq!(balance(&phone), before + 10);
}

#[test]
fn a_gift_is_made_once_a_page_and_its_receiver_is_told() {
    let mut phone = rich(25);
    phone.send("/coins");
    phone.tap("k:gifts:");
    let small = phone.button("k:give:10:");
    let outcome = phone.press(&small);
    let told = Change::ToEngine(EngineCommand::Tell { person: PARTNER, news: News::Coins(Coins::new(10)) });
    assert!(outcome.changes.contains(&told), "{outcome:?}");
    assert_eq!(balance(&phone), 15);
    nothing(&phone.press(&small));
    phone.tap("k:gifts:");
    nothing(&phone.tap("k:give:30:"));
    assert_eq!(balance(&phone), 15, "what is not there is not given");
    phone.now = phone.now.plus(Duration::from_secs(1));
    phone.tap("k:open");
    phone.tap("k:gifts:");
    phone.tap("k:give:10:");
    assert_eq!(balance(&phone), 5);
}

#[test]
fn forged_and_old_pages_move_nothing() {
    let mut phone = rich(1_000);
    let now_ms = START.as_matcher_millis();
    let page_mss = [now_ms + 1, now_ms - 3_600_001, 0, u64::MAX];
    for page_ms in page_mss {
        nothing(&phone.press_data(&Callback::Coins(CoinAction::Redeem { page_ms }).encode(), Some(101)));
        let give = CoinAction::Give { gift: Gift::Small, to: Receiver::Partner(CHAT), page_ms };
        nothing(&phone.press_data(&Callback::Coins(give).encode(), Some(101)));
    }
    for to in [Receiver::Partner(ChatId::new(9)), Receiver::Friend(CHAT)] {
        let foreign = CoinAction::Give { gift: Gift::Small, to, page_ms: now_ms };
        nothing(&phone.press_data(&Callback::Coins(foreign).encode(), Some(101)));
    }
    assert_eq!(balance(&phone), 1_000);
}

#[test]
fn the_suspended_keep_their_coins() {
    let mut phone = rich(REDEEM.get());
    phone.town.suspend(ME, Timestamp::MAX);
    let page_ms = START.as_matcher_millis();
    for action in [CoinAction::AskRedeem, CoinAction::Redeem { page_ms }] {
        let outcome = phone.press_data(&Callback::Coins(action).encode(), Some(101));
        nothing(&outcome);
        assert_eq!(outcome.answer.unwrap().text, Some(english("coins-suspended")), "{action:?}");
    }
    assert_eq!(balance(&phone), REDEEM.get());
}

#[test]
fn coins_become_premium_once_a_page() {
    let mut phone = rich(REDEEM.get() + 1);
    phone.send("/coins");
    phone.tap("k:redeem?");
    let yes = phone.button("k:redeem:");
    let outcome = phone.press(&yes);
    let [Change::MoveCoins(movement), Change::Grant(grant)] = outcome.changes.as_slice() else { panic!("{outcome:?}") };
    assert_eq!((movement.coins, grant.days, grant.person), (REDEEM, 3, MY_PERSON));
    assert_eq!(balance(&phone), 1);
    nothing(&phone.press(&yes));
    phone.send("/coins");
    nothing(&phone.tap("k:redeem?"));
}

#[test]
fn both_sides_of_an_invitation_hear_of_their_coins_once() {
    let mut phone = Phone::new(Some("en"));
    phone.town.register(PARTNER);
    let code = InviteCode::new("abcdefghjk").unwrap();
    phone.town.finish(account(PARTNER), &[Change::OpenInvites { person: PARTNER, code }]);
    phone.send("/start ref_abcdefghjk");
    phone.register();
    let task = LaneTask::Task(Task::FirstChat { person: MY_PERSON });
    let outcome = phone.handle(task.clone());
    let told = Change::ToEngine(EngineCommand::Tell { person: PARTNER, news: News::InvitePaid(Coins::new(50)) });
    assert!(outcome.changes.contains(&told), "{outcome:?}");
    let [said] = outcome.calls.as_slice() else { panic!("{outcome:?}") };
    assert!(said.body.contains("50 coins for you"), "{}", said.body);
    phone.bring(&outcome.changes);
    for person in [MY_PERSON, PARTNER] {
        assert_eq!(at_once(phone.town.store.list_movements(person, 10)).len(), 1);
    }
    let again = phone.handle(task);
    assert!(again.calls.is_empty() && !again.changes.contains(&told), "{again:?}");
}

#[test]
fn the_link_that_invites_stays_the_same_and_names_nobody() {
    let mut phone = rich(0);
    let outcome = phone.send("/invite");
    let [Change::OpenInvites { person: MY_PERSON, code }] = outcome.changes.as_slice() else { panic!("{outcome:?}") };
    let link = format!("https://t.me/LuvHiveBot?start=ref_{code}");
    assert!(phone.screen().contains(&link), "{}", phone.screen());
    assert!(!link.contains(&MY_PERSON.to_string()) || code.as_str().contains(&MY_PERSON.to_string()));
    assert!(phone.send("/invite").changes.is_empty());
    assert!(phone.screen().contains(&link));
    phone.tap("k:open");
    assert!(phone.screen().contains(&english("coins-spin-now")));
}

#[test]
fn a_gift_to_somebody_who_blocked_me_arrives_in_silence() {
    let mut phone = rich(25);
    phone.town.block(PARTNER, MY_PERSON, CHAT);
    phone.send("/coins");
    phone.tap("k:gifts:");
    let outcome = phone.tap("k:give:10:");
    let [Change::MoveCoins(movement)] = outcome.changes.as_slice() else { panic!("{outcome:?}") };
    assert_eq!(movement.credit, CoinAccount::Person(PARTNER));
    assert!(phone.screen().contains("10"), "the giver sees what they always see: {}", phone.screen());
}
