//! Partners who have left: reported and blocked by their account, answered for in words, and never mixed up with others.

use std::time::Duration;

use luvhive_core::conduct::{ReportReason, Subject, SubjectHash};
use luvhive_core::engine::event::EndCause;
use luvhive_core::id::{ChatId, MessageId, PersonId};
use luvhive_core::person::UiLanguage;
use luvhive_core::ports::{Change, MessagePair};
use luvhive_core::time::Timestamp;
use serde_json::json;

use super::phone::{Phone, WAY, subjects};
use super::town::{ME, MY_PERSON, PARTNER, START, account};
use crate::callback::{Callback, CoinAction, FriendAction, PremiumAction, Receiver};
use crate::handler::LaneOutcome;
use crate::locale::Words;

const OLD: ChatId = ChatId::new(4);
const BEFORE: ChatId = ChatId::new(5);
const LAST: ChatId = ChatId::new(6);
const ACCOUNT: SubjectHash = SubjectHash::new([9; 32]);

fn english(key: &str) -> String {
    Words::new(UiLanguage::English).text(key)
}

/// A member who chatted with somebody who is still there, and last with somebody who has left.
fn with_a_leaver(account: Option<SubjectHash>) -> Phone {
    let mut phone = Phone::new(Some("en"));
    phone.register();
    let leaver = PersonId::new(23);
    let ended_at = Some(START.minus(Duration::from_hours(1)));
    for (chat, other) in [(BEFORE, PARTNER), (LAST, leaver)] {
        phone.town.register(other);
        phone.town.chat(chat, [other, MY_PERSON], Timestamp::EPOCH, ended_at);
    }
    phone.town.leave(leaver, account.map(Subject::from));
    phone
}

fn press(phone: &mut Phone, callback: Callback) -> LaneOutcome {
    phone.press_data(&callback.encode(), None)
}

fn reply(phone: &mut Phone, to: i32) -> LaneOutcome {
    let chat = json!({"id": ME.get(), "type": "private"});
    let message = json!({"message_id": 5, "date": 1, "chat": chat, "from": phone.user(), "text": "/report",
        "reply_to_message": {"message_id": to, "date": 1, "chat": chat}});
    phone.update(&json!({"update_id": 1, "message": message}))
}

#[test]
fn somebody_who_left_is_reported_and_blocked_by_their_account() {
    let mut phone = with_a_leaver(Some(ACCOUNT));
    phone.send("/report");
    let outcome = phone.tap(":hate");
    let [Change::Report(report), block] = outcome.changes.as_slice() else { panic!("{outcome:?}") };
    assert_eq!((report.chat, report.reporter, report.reason), (LAST, MY_PERSON, ReportReason::Hate));
    let expected = |cause| Change::BlockAccount { blocker: MY_PERSON, blocked: ACCOUNT, cause, at: START };
    assert_eq!(*block, expected(EndCause::Report));
    phone.send("/block");
    assert_eq!(phone.tap("block:").changes, [expected(EndCause::Block)]);
}

#[test]
fn what_needs_them_says_that_they_have_left() {
    let mut phone = with_a_leaver(Some(ACCOUNT));
    assert!(phone.send("/friend").changes.is_empty());
    assert!(phone.screen().contains(&english("partner-left")), "{}", phone.screen());
    for callback in [
        Callback::Rate { chat: LAST, is_good: true },
        Callback::Friends(FriendAction::Ask(LAST)),
        Callback::Coins(CoinAction::Gifts(Receiver::Partner(LAST))),
        Callback::Premium(PremiumAction::Gifts(Receiver::Partner(LAST))),
    ] {
        let outcome = press(&mut phone, callback);
        assert!(outcome.changes.is_empty() && outcome.calls.is_empty(), "{callback:?}: {outcome:?}");
        assert_eq!(outcome.answer.unwrap().text, Some(english("partner-left")), "{callback:?}");
    }
    for page in ["/coins", "/premium"] {
        phone.send(page);
        assert!(phone.buttons().iter().all(|button| !button.data.contains("gifts")), "{page} offers no gift to the one before");
    }
}

#[test]
fn somebody_of_whom_nothing_is_known_any_more_cannot_be_reported_and_that_is_said() {
    let mut phone = with_a_leaver(None);
    for callback in [Callback::AskReport { chat: LAST, message: None }, Callback::Block { chat: LAST }] {
        let outcome = press(&mut phone, callback);
        assert!(outcome.changes.is_empty() && outcome.calls.is_empty(), "{callback:?}: {outcome:?}");
        assert_eq!(outcome.answer.unwrap().text, Some(english("partner-left")), "{callback:?}");
    }
}

#[test]
fn a_reply_means_its_own_message_or_nothing() {
    for is_chatting in [false, true] {
        let mut phone = with_a_leaver(Some(ACCOUNT));
        phone.town.chat(OLD, [PARTNER, MY_PERSON], Timestamp::EPOCH, Some(START.minus(Duration::from_hours(49))));
        let (source, copy) = (MessageId::new(40), MessageId::new(41));
        phone.town.pass(&[MessagePair { chat: OLD, from: ME, source, to: account(PARTNER), copy }]);
        if is_chatting {
            phone.town.chat(ChatId::new(7), [PARTNER, MY_PERSON], START, None);
            phone.chat = Some(ChatId::new(7));
        }
        for (message, key) in [(77, "report-message-unknown"), (40, "report-message-too-late")] {
            assert!(reply(&mut phone, message).changes.is_empty());
            assert!(phone.screen().contains(&english(key)), "{key}: {}", phone.screen());
            assert!(!phone.screen().contains(&english("report-title")), "nothing is offered to report");
        }
    }
}

#[test]
fn the_suspended_ask_nobody_to_be_friends() {
    let mut phone = with_a_leaver(Some(ACCOUNT));
    phone.town.suspend(ME, START.plus(Duration::from_hours(1)));
    phone.town.ask(PARTNER, MY_PERSON, BEFORE);
    for action in [FriendAction::Ask(BEFORE), FriendAction::Accept(BEFORE)] {
        let outcome = press(&mut phone, Callback::Friends(action));
        assert!(outcome.changes.is_empty(), "{outcome:?}");
        assert_eq!(outcome.answer.unwrap().text, Some(english("friend-suspended")), "{action:?}");
    }
    assert!(phone.send("/friend").changes.is_empty());
    assert!(phone.screen().contains(&english("friend-suspended")), "{}", phone.screen());
}

#[test]
fn a_registration_recalls_what_was_left_behind() {
    let mut phone = Phone::new(Some("en"));
    phone.send("/start");
    phone.walk(0..WAY.len() - 1);
    let outcome = phone.tap(":go");
    assert_eq!(outcome.changes.last(), Some(&Change::Recall(subjects().subject(ME))), "{outcome:?}");
}

#[test]
fn rows_under_the_older_key_move_when_their_account_comes_by() {
    let mut phone = Phone::new(Some("en"));
    let subject = subjects().subject(ME);
    phone.town.leave_before(Timestamp::MAX, subject.older.unwrap().into());
    assert_eq!(phone.send("/start").changes, [Change::Recall(subject)]);
    assert!(phone.send("/start").changes.is_empty());
}
