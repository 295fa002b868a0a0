//! Leaving: asked once, taken back by a press or after /start, and nothing else goes on in between.

use std::time::Duration;

use luvhive_core::engine::EngineCommand;
use luvhive_core::id::ChatId;
use luvhive_core::person::{Country, Gender, UiLanguage};
use luvhive_core::ports::Change;
use luvhive_core::preferences::Preferences;

use super::phone::Phone;
use super::town::{MY_PERSON, START};
use crate::callback::{Callback, CoinAction};
use crate::locale::Words;

const GRACE: Duration = Duration::from_hours(24);

/// A member who has asked to leave, and the changes of that.
fn leaver() -> (Phone, Vec<Change>) {
    let mut phone = Phone::new(Some("en"));
    phone.grace = GRACE;
    phone.register();
    phone.send("/delete_me");
    assert!(phone.screen().contains("24 hours later"), "{}", phone.screen());
    let changes = phone.tap("delete:").changes;
    (phone, changes)
}

#[track_caller]
fn says(phone: &Phone, key: &str) {
    assert!(phone.screen().contains(&Words::new(UiLanguage::English).text(key)), "{key}: {}", phone.screen());
}

fn leaving(at: Option<luvhive_core::time::Timestamp>) -> [Change; 2] {
    let person = MY_PERSON;
    [Change::Leaving { person, at }, Change::ToEngine(EngineCommand::Leaving { person, at })]
}

#[test]
fn leaving_takes_a_day_and_every_way_back_in_says_until_when() {
    let (mut phone, changes) = leaver();
    let at = START.plus(GRACE);
    assert_eq!(changes, leaving(Some(at)));
    for text in ["/start", "/menu", "/delete_me", "/profile", "/coins", "hello", "🔎 Find a partner"] {
        phone.messages.clear();
        phone.send(text);
        says(&phone, "leaving-title");
        assert!(phone.screen().contains(&Words::new(UiLanguage::English).moment(at)), "{text}: {}", phone.screen());
    }
    for callback in [Callback::Coins(CoinAction::Daily), Callback::Rate { chat: ChatId::new(7), is_good: true }] {
        let outcome = phone.press_data(&callback.encode(), Some(101));
        assert!(outcome.changes.is_empty(), "{outcome:?}");
    }
    // An older question does not move the time.
    phone.now = START.plus(Duration::from_mins(30));
    assert!(
        phone
            .press_data(&Callback::Delete { asked_at_s: crate::view::about::seconds(phone.now) }.encode(), None)
            .changes
            .is_empty()
    );
    phone.send("/privacy");
    says(&phone, "privacy-title");
}

#[test]
fn who_stays_is_as_before() {
    let (mut phone, _) = leaver();
    phone.send("/start");
    assert_eq!(phone.tap("keep").changes, leaving(None));
    says(&phone, "menu-body");
    assert_eq!(phone.visitor().person.unwrap().facts.leaves_at, None);
    let again = phone.press_data(&Callback::Keep.encode(), None);
    assert!(again.changes.is_empty());
    assert_eq!(again.answer.unwrap().text, Some(Words::new(UiLanguage::English).text("old-button")));
}

#[test]
fn who_leaves_can_still_report_and_block() {
    let (mut phone, _) = leaver();
    for (text, key) in [("/report", "report-no-chat"), ("/block", "block-no-chat")] {
        phone.send(text);
        says(&phone, key);
    }
}

#[test]
fn a_consent_is_taken_back_at_once_with_the_wishes_it_was_for() {
    let mut phone = Phone::new(Some("en"));
    phone.register();
    let man = [Gender::Man].into_iter().collect();
    let before = phone.visitor().person.unwrap().facts.preferences;
    let wanted = Preferences { genders: man, country: Country::from_code("IN"), protects_content: true, ..before };
    phone.bring(&[Change::Preferences(MY_PERSON, wanted)]);
    phone.send("/settings");
    phone.tap("consent");
    let outcome = phone.tap("unconsent");
    let told = Change::ToEngine(EngineCommand::Unconsented { person: MY_PERSON });
    assert!(outcome.changes.first() == Some(&Change::Unconsent) && outcome.changes.last() == Some(&told), "{outcome:?}");
    let visitor = phone.visitor();
    let left = visitor.person.unwrap().facts.preferences;
    assert_eq!((visitor.consent, left.genders.iter().count(), left.country), (None, 3, None));
    assert!(left.protects_content, "what is no wish stays");
    phone.send("hello");
    says(&phone, "renewal-title");
    phone.tap(":agree");
    phone.tap(":agree");
    says(&phone, "wanted-title");
    assert!(phone.visitor().consent.is_some());
}

#[test]
fn the_file_comes_once_a_day_and_leaves_nothing_of_a_stranger() {
    let mut phone = Phone::new(Some("en"));
    phone.send("/my_data");
    says(&phone, "data-none");
    phone.register();
    let sent = phone.send("/my_data");
    assert_eq!(sent.changes, [Change::DataSent { at: START }]);
    assert!(sent.calls[0].body.starts_with(r#"{"method":"sendDocument""#) && sent.calls[0].body.contains(r#""file":{"name":"#));
    phone.now = START.plus(Duration::from_hours(23));
    assert!(phone.send("/my_data").changes.is_empty());
    assert!(phone.screen().contains(&Words::new(UiLanguage::English).moment(START.plus(GRACE))), "{}", phone.screen());
    phone.now = START.plus(GRACE);
    assert_eq!(phone.send("/my_data").changes, [Change::DataSent { at: phone.now }]);
}
