//! The door: a bot that is closed to newcomers, countries that take nobody, and a check of ages that answers anything.

use std::sync::Arc;

use futures_util::FutureExt as _;
use luvhive_core::person::{Country, UiLanguage};
use luvhive_core::ports::age::MockAgeCheck;
use luvhive_core::ports::{AgeAnswer, Change, StaffStore as _};
use luvhive_core::staff::{Act, Member, Role};
use luvhive_core::testing::BOT;

use super::phone::{Phone, WAY};
use super::town::START;
use crate::callback::{Callback, ProfileAction, ProfileValue};
use crate::dialog::record::{self, Dialog};
use crate::dialog::{Admission, Entry};
use crate::locale::Words;

const ENGLISH: Words = Words::new(UiLanguage::English);

fn country(code: &str) -> Country {
    Country::from_code(code).unwrap()
}

/// A phone that has gone so many steps of the shortest way.
fn phone_at(tag: &'static str, steps: usize) -> Phone {
    let mut phone = Phone::new(Some(tag));
    phone.send("/start");
    phone.walk(0..steps);
    phone
}

/// Presses the last button of the shortest way while the check answers this.
fn checked(answer: AgeAnswer) -> (Phone, Vec<Change>, Option<String>) {
    let mut phone = phone_at("en", WAY.len() - 1);
    let mut ages = MockAgeCheck::new();
    ages.expect_check().once().withf(|person| person.profile().born.to_string() == "1999-04-23").return_const(answer);
    phone.entry.ages = Arc::new(ages);
    let outcome = phone.tap(":go");
    let said = outcome.answer.and_then(|answer| answer.text);
    (phone, outcome.changes, said)
}

#[test]
fn while_registration_is_closed_newcomers_are_told_and_nothing_is_kept() {
    for tag in ["en", "hi"] {
        let mut phone = phone_at(tag, 2);
        let mut member = Phone::new(Some(tag));
        member.register();
        for phone in [&mut phone, &mut member] {
            phone.entry.admission = Admission::Closed;
        }
        let words = Words::new(UiLanguage::from_tag(tag));
        for text in ["/start", "1999-04-23", "hello"] {
            let outcome = phone.send(text);
            assert!(phone.screen().contains(&words.text("closed-title")), "{text}: {}", phone.screen());
            assert_eq!(outcome.changes, []);
        }
        phone.send("/delete_me");
        assert!(phone.visitor().dialog.is_none(), "what was answered before can go");
        phone.send("/help");
        assert!(!phone.screen().contains(&words.text("closed-title")));
        member.send("/profile");
        assert!(!member.screen().contains(&words.text("closed-title")), "members go on as before");
    }
}

#[test]
fn newcomers_come_in_while_somebody_moderates() {
    let mut phone = Phone::new(Some("en"));
    phone.entry.admission = Admission::WhileModerated;
    let closed = ENGLISH.text("closed-title");
    let at = |name: &str| Act { actor: "ann".into(), action: "test", subject: name.into(), detail: String::new(), at: START };
    let staff = phone.town.store.clone();
    let add = |role| staff.insert_member(BOT, Member::new("bob", role).unwrap(), at("bob")).now_or_never().unwrap().unwrap();
    phone.send("/start");
    assert!(phone.screen().contains(&closed));
    add(Role::Support);
    phone.send("/start");
    assert!(phone.screen().contains(&closed), "support does not moderate");
    add(Role::Moderator);
    phone.register();
    assert!(phone.registered.is_some());
}

#[test]
fn a_check_that_passes_registers_and_one_that_does_not_refuses_the_account() {
    let (phone, _, _) = checked(AgeAnswer::Passed);
    assert!(phone.registered.is_some());
    let (mut phone, changes, _) = checked(AgeAnswer::Refused);
    assert!(matches!(&changes[..], [Change::RefuseMinor { born: None, .. }, Change::Dialog(None)]), "{changes:?}");
    assert!(phone.registered.is_none());
    phone.send("/start");
    assert!(phone.screen().contains(&ENGLISH.text("refused-title")), "{}", phone.screen());
}

#[test]
fn while_the_check_is_unavailable_the_answers_stay_and_the_same_button_tries_again() {
    let (mut phone, changes, said) = checked(AgeAnswer::Unavailable);
    assert_eq!((changes, said), (Vec::new(), Some(ENGLISH.text("age-later"))));
    assert!(matches!(record::read(&phone.visitor().dialog.unwrap()), Some(Dialog::Registration(_))), "the answers are kept");
    phone.entry = Entry::default();
    phone.tap(":go");
    assert!(phone.registered.is_some());
}

#[test]
fn a_closed_country_takes_nobody_in_and_is_told_of_at_once() {
    for (tag, home) in [("en-GB", country("GB")), ("hi-IN", country("IN"))] {
        let mut phone = phone_at(tag, 7);
        phone.entry.closed_countries = [home].into();
        let words = Words::new(UiLanguage::from_tag(tag));
        let told = words.with("country-closed", &[("country", words.country(home).into())]);
        for part in [format!(":country:{}", home.code()), ":city".to_owned()] {
            let outcome = phone.tap(&part);
            assert!(outcome.changes.is_empty());
            let answer = outcome.answer.unwrap();
            assert_eq!((answer.text.as_deref(), answer.is_alert), (Some(told.as_str()), true));
        }
        phone.send("New Zealand");
        phone.tap(":country:NZ");
        phone.walk(8..WAY.len());
        assert_eq!(phone.registered.unwrap().profile().country, country("NZ"));
    }
}

#[test]
fn a_country_that_was_closed_since_is_asked_about_again() {
    let mut phone = phone_at("en-GB", WAY.len() - 1);
    phone.entry.closed_countries = [country("GB")].into();
    let outcome = phone.tap(":go");
    assert!(matches!(&outcome.changes[..], [Change::Dialog(Some(_))]), "{outcome:?}");
    assert!(phone.screen().contains(&ENGLISH.text("country-title")), "{}", phone.screen());
    assert!(phone.screen().contains("United Kingdom for now"), "{}", phone.screen());
}

#[test]
fn members_move_into_no_closed_country_and_keep_the_one_they_have() {
    let mut phone = phone_at("en-GB", WAY.len());
    phone.entry.closed_countries = [country("GB"), country("FR")].into();
    let move_to = |code| Callback::Profile(ProfileAction::Set(ProfileValue::Country(country(code)))).encode();
    assert!(phone.press_data(&move_to("FR"), Some(101)).changes.is_empty());
    phone.send("/profile");
    assert!(phone.screen().contains("United Kingdom"), "{}", phone.screen());
    assert!(!phone.press_data(&move_to("NZ"), Some(101)).changes.is_empty());
}
