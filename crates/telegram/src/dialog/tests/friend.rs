//! Friends by buttons: asked once, accepted once, given to, removed; blocks stay unknown, and nobody is named.

use std::time::Duration;

use luvhive_core::engine::{EngineCommand, News};
use luvhive_core::friend::FriendNews;
use luvhive_core::id::{ChatId, PersonId};
use luvhive_core::ports::Change;
use luvhive_core::time::Timestamp;

use super::phone::Phone;
use super::town::{ME, MY_PERSON, PARTNER, START};
use crate::callback::{Callback, FriendAction};
use crate::handler::LaneOutcome;

const CHAT: ChatId = ChatId::new(4_294_967_301);

/// A member whose chat ended so long ago.
fn after_a_chat(hours: u64) -> Phone {
    let mut phone = Phone::new(Some("en"));
    phone.register();
    phone.town.register(PARTNER);
    phone.town.chat(CHAT, [PARTNER, MY_PERSON], Timestamp::EPOCH, Some(START.minus(Duration::from_hours(hours))));
    phone
}

/// The partner is my friend number 3, and the only one left; I am their number 7.
fn with_a_friend() -> Phone {
    let phone = after_a_chat(100);
    let others: Vec<_> = (31..=36).map(PersonId::new).collect();
    for &other in &others {
        phone.town.register(other);
        phone.town.befriend(other, PARTNER, ChatId::new(other.get()));
    }
    for &other in &others[..2] {
        phone.town.befriend(other, MY_PERSON, ChatId::new(other.get()));
    }
    phone.town.befriend(PARTNER, MY_PERSON, CHAT);
    phone.bring(&[31, 32].map(|friend| Change::Unfriend { person: MY_PERSON, friend: PersonId::new(friend) }));
    phone
}

fn told(news: FriendNews) -> Change {
    Change::ToEngine(EngineCommand::Tell { person: PARTNER, news: News::Friend { news, chat: CHAT } })
}

fn press(phone: &mut Phone, action: FriendAction) -> LaneOutcome {
    phone.press_data(&Callback::Friends(action).encode(), Some(101))
}

#[track_caller]
fn nothing(outcome: &LaneOutcome) {
    assert!(outcome.changes.is_empty() && outcome.calls.is_empty(), "{outcome:?}");
    assert!(outcome.answer.as_ref().unwrap().text.is_some());
}

#[test]
fn a_partner_is_asked_once() {
    let mut phone = after_a_chat(1);
    let outcome = press(&mut phone, FriendAction::Ask(CHAT));
    let asked = Change::AskFriend { asker: MY_PERSON, other: PARTNER, chat: CHAT, at: START };
    assert_eq!(outcome.changes, [asked, told(FriendNews::Asked)]);
    nothing(&press(&mut phone, FriendAction::Ask(CHAT)));
    assert!(phone.send("/friend").changes.is_empty());
    assert!(phone.screen().contains("asked already"), "{}", phone.screen());
}

#[test]
fn a_request_is_accepted_once_and_the_other_side_is_told() {
    for ask_back in [false, true] {
        let mut phone = after_a_chat(1);
        phone.town.ask(PARTNER, MY_PERSON, CHAT);
        let accept = if ask_back { FriendAction::Ask(CHAT) } else { FriendAction::Accept(CHAT) };
        let outcome = press(&mut phone, accept);
        let befriended = Change::Befriend { person: MY_PERSON, asker: PARTNER, at: START };
        assert_eq!(outcome.changes, [befriended, told(FriendNews::Accepted)]);
        nothing(&press(&mut phone, FriendAction::Accept(CHAT)));
    }
}

#[test]
fn a_declined_request_is_gone_and_nobody_is_told() {
    let mut phone = after_a_chat(1);
    phone.town.ask(PARTNER, MY_PERSON, CHAT);
    let outcome = press(&mut phone, FriendAction::Decline(CHAT));
    assert_eq!(outcome.changes, [Change::Unfriend { person: MY_PERSON, friend: PARTNER }]);
    nothing(&press(&mut phone, FriendAction::Decline(CHAT)));
    nothing(&press(&mut phone, FriendAction::Accept(CHAT)));
}

#[test]
fn a_block_forbids_and_stays_unknown() {
    let mut phone = after_a_chat(1);
    phone.town.block(PARTNER, MY_PERSON, CHAT);
    let outcome = press(&mut phone, FriendAction::Ask(CHAT));
    let noted = Change::AskFriend { asker: MY_PERSON, other: PARTNER, chat: CHAT, at: START };
    assert_eq!(outcome.changes, [noted], "the other one is told nothing");
    assert!(outcome.answer.unwrap().text.unwrap().contains("is asked"));
    let again = press(&mut phone, FriendAction::Ask(CHAT));
    nothing(&again);
    assert!(again.answer.unwrap().text.unwrap().contains("asked already"), "as without a block");
    let mut phone = after_a_chat(1);
    phone.town.block(MY_PERSON, PARTNER, CHAT);
    nothing(&press(&mut phone, FriendAction::Ask(CHAT)));
}

#[test]
fn foreign_and_late_buttons_change_nothing() {
    let mut phone = after_a_chat(49);
    nothing(&press(&mut phone, FriendAction::Ask(CHAT)));
    for action in [FriendAction::Ask, FriendAction::Accept, FriendAction::Decline, FriendAction::Show, FriendAction::Remove] {
        nothing(&press(&mut phone, action(ChatId::new(9))));
    }
    nothing(&press(&mut phone, FriendAction::AskRemove(CHAT)));
    phone.send("/friend");
    assert!(phone.screen().contains("nobody to ask"), "{}", phone.screen());
}

#[test]
fn a_friend_is_shown_given_to_and_removed_without_a_name() {
    let mut phone = with_a_friend();
    phone.send("/profile");
    phone.tap("p:counts");
    assert!(phone.screen().contains("Friends: 1"), "{}", phone.screen());
    phone.tap("p:open");
    phone.tap("f:open");
    assert!(phone.button("f:show:").text.starts_with("No. 3: "));
    phone.tap("f:show:");
    assert!(!phone.screen().contains("22"), "no number of ours or of Telegram's: {}", phone.screen());
    phone.tap("v:gifts:f");
    phone.tap("v:give:gift_week:f");
    assert_eq!(phone.invoices.len(), 1, "long after the chat");
    phone.send("/profile");
    phone.tap("f:open");
    phone.tap("f:show:");
    phone.tap("f:remove?:");
    let outcome = phone.tap("f:remove:");
    let over = Change::ToEngine(EngineCommand::Unfriended { by: MY_PERSON, other: PARTNER });
    assert_eq!(outcome.changes, [Change::Unfriend { person: MY_PERSON, friend: PARTNER }, over]);
    nothing(&press(&mut phone, FriendAction::Show(CHAT)));
}

#[test]
fn a_friend_is_invited_by_both_numbers() {
    let mut phone = with_a_friend();
    let outcome = press(&mut phone, FriendAction::Invite(CHAT));
    let invite = EngineCommand::Invite { inviter: MY_PERSON, invited: PARTNER, chat: CHAT, numbers: [3, 7] };
    assert_eq!(outcome.changes, [Change::ToEngine(invite)]);
    assert!(outcome.calls.is_empty(), "the engine tells both");
    nothing(&press(&mut phone, FriendAction::Invite(ChatId::new(CHAT.get() + 1))));
}

#[test]
fn a_suspended_person_invites_nobody() {
    let mut phone = with_a_friend();
    phone.town.suspend(ME, Timestamp::MAX);
    nothing(&press(&mut phone, FriendAction::Invite(CHAT)));
}
