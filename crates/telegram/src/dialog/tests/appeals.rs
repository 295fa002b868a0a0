//! Appeals against decisions of the staff: by members, by people about to be erased, and by those who left while suspended.

use std::time::Duration;

use luvhive_core::id::{ChatId, SanctionId};
use luvhive_core::person::UiLanguage;
use luvhive_core::ports::Change;
use luvhive_core::time::{Day, Timestamp};

use super::phone::{Phone, subjects};
use super::town::{ME, MY_PERSON, START};
use crate::callback::Callback;
use crate::handler::LaneOutcome;
use crate::locale::Words;

const WHY: &str = "It was a song that we both know.";

fn suspended() -> Phone {
    let mut phone = Phone::new(Some("en"));
    phone.register();
    phone.town.suspend(ME, START.plus(Duration::from_hours(48)));
    phone.send("/start");
    phone
}

#[track_caller]
fn says(phone: &Phone, key: &str) {
    let text = Words::new(UiLanguage::English).text(key);
    assert!(phone.screen().contains(&text), "{key}: {}", phone.screen());
}

#[track_caller]
fn alerts(outcome: &LaneOutcome, key: &str) {
    let text = Words::new(UiLanguage::English).text(key);
    assert_eq!(outcome.answer.as_ref().unwrap().text.as_deref(), Some(&*text));
    assert!(outcome.changes.is_empty() && outcome.calls.is_empty(), "{outcome:?}");
}

/// Whether an appeal with these words came of it, and nothing else is asked.
#[track_caller]
fn appeals(outcome: &LaneOutcome, why: &str) {
    let [Change::Dialog(None), Change::Appeal(appeal)] = &outcome.changes[..] else { panic!("{outcome:?}") };
    assert_eq!((appeal.sanction, &*appeal.words), (SanctionId::new(1), why));
    assert_eq!((appeal.subject, appeal.language), (subjects().subject(ME), UiLanguage::English));
}

#[test]
fn a_suspended_person_appeals_once() {
    let mut phone = suspended();
    phone.tap("appeal:1");
    says(&phone, "appeal-title");
    phone.now = START.plus(Duration::from_mins(50));
    appeals(&phone.send(&format!("  {WHY}\n")), WHY);
    says(&phone, "appeal-sent-title");
    phone.send("And another thing.");
    says(&phone, "appeal-waits");
    assert!(!phone.screen().contains("Appeal"));
    alerts(&phone.press_data("1appeal:1", Some(101)), "appeal-twice");
}

#[test]
fn an_appeal_is_words_and_has_300_characters_at_most() {
    let mut phone = suspended();
    phone.tap("appeal:1");
    let long = "क".repeat(301);
    assert!(phone.send(&long).changes.is_empty());
    assert!(phone.screen().contains("301"), "{}", phone.screen());
    assert!(phone.send_photo(&["AgAC"]).changes.is_empty());
    says(&phone, "appeal-no-words");
    let fits: String = long.chars().skip(1).collect();
    appeals(&phone.send(&fits), &fits);
}

#[test]
fn somebody_who_cancels_or_waits_is_asked_no_longer() {
    let mut phone = suspended();
    phone.tap("appeal:1");
    phone.tap("dismiss");
    says(&phone, "dismissed");
    assert!(phone.send(WHY).changes.is_empty());
    says(&phone, "suspended-title");
    phone.tap("appeal:1");
    phone.send("/menu");
    assert!(phone.send(WHY).changes.is_empty(), "they did something else");
    phone.tap("appeal:1");
    phone.now = START.plus(Duration::from_mins(61));
    assert!(phone.send(WHY).changes.is_empty(), "too late");
    says(&phone, "suspended-title");
}

#[test]
fn nobody_appeals_against_what_is_unknown_or_while_they_chat() {
    let mut phone = suspended();
    alerts(&phone.press_data("1appeal:2", Some(101)), "appeal-over");
    phone.chat = Some(ChatId::new(4));
    alerts(&phone.press_data("1appeal:1", Some(101)), "appeal-in-chat");
}

#[test]
fn somebody_about_to_be_erased_can_appeal() {
    let mut phone = suspended();
    phone.bring(&[Change::Leaving { person: MY_PERSON, at: Some(START.plus(Duration::from_hours(24))) }]);
    phone.press_data("1appeal:1", Some(101));
    appeals(&phone.send(WHY), WHY);
}

#[test]
fn somebody_who_left_while_banned_can_appeal() {
    let mut phone = Phone::new(Some("en"));
    phone.town.leave_before(Timestamp::MAX, subjects().subject(ME));
    phone.send("/start");
    says(&phone, "banned-title");
    phone.tap("appeal:1");
    phone.tap("dismiss");
    says(&phone, "dismissed");
    phone.send(WHY);
    says(&phone, "banned-title");
    phone.tap("appeal:1");
    phone.send("/start");
    phone.send(WHY);
    says(&phone, "banned-title");
    phone.tap("appeal:1");
    assert!(phone.send(&"a".repeat(301)).changes.is_empty());
    appeals(&phone.send(WHY), WHY);
    phone.send("/start");
    says(&phone, "appeal-waits");
    alerts(&phone.press_data(&Callback::Appeal { sanction: SanctionId::new(1) }.encode(), None), "appeal-twice");
}

#[test]
fn a_minor_keeps_their_way_to_support() {
    let mut phone = suspended();
    phone.town.correct(Day::from_ymd(2010, 5, 5).unwrap());
    let outcome = phone.press_data("1appeal:1", Some(101));
    assert!(outcome.answer.unwrap().is_alert && outcome.calls.is_empty());
    assert!(phone.visitor().dialog.is_none());
    phone.send("/start");
    assert!(phone.screen().contains("support code"), "{}", phone.screen());
}
