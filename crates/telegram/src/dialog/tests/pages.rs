//! The pages of profile and settings: each change by a tap or one answer, in the place of the page it was made on.

use std::time::Duration;

use luvhive_core::chat::Content;
use luvhive_core::filter::Filter;
use luvhive_core::id::ChatId;
use luvhive_core::person::{Age, CardPart, QuietHours};
use luvhive_core::ports::Change;
use luvhive_core::preferences::{AgeRange, Preferences};
use serde_json::Value;

use super::phone::Phone;
use super::town::{ME, START};
use crate::callback::{Callback, Demand, ProfileAction, ProfilePage, ProfileValue, SettingsAction, SettingsValue};
use crate::handler::LaneOutcome;
use crate::locale::Words;

/// What an action changes.
type Edit = fn(&mut Preferences);

fn twenties() -> AgeRange {
    AgeRange::new(Age::new(20).unwrap(), Age::new(29).unwrap()).unwrap()
}

fn member(tag: &'static str) -> Phone {
    let mut phone = Phone::new(Some(tag));
    phone.register();
    phone
}

fn english(key: &str) -> String {
    Words::new(luvhive_core::person::UiLanguage::English).text(key)
}

#[track_caller]
fn edited(outcome: &LaneOutcome, message: i32) {
    let calls: Vec<Value> = outcome.calls.iter().map(|call| serde_json::from_str(&call.body).unwrap()).collect();
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert_eq!((&calls[0]["method"], &calls[0]["params"]["message_id"]), (&"editMessageText".into(), &message.into()));
}

fn profile(phone: &Phone) -> luvhive_core::person::Profile {
    phone.visitor().person.unwrap().profile
}

fn preferences(phone: &Phone) -> Preferences {
    phone.visitor().person.unwrap().facts.preferences
}

#[test]
fn every_answer_takes_the_place_of_its_question() {
    let mut phone = member("hi");
    phone.send("/profile");
    let screen = phone.button("p:bio").message;
    edited(&phone.tap("p:bio"), screen);
    for (text, is_taken) in
        [("मेरा नंबर 98765 43210", false), (&*"क".repeat(201), false), ("\u{200b}", false), ("चाय, बारिश", true)]
    {
        let outcome = phone.send(text);
        edited(&outcome, screen);
        assert_eq!(outcome.changes.iter().any(|change| matches!(change, Change::Profile(..))), is_taken, "{text}");
    }
    assert_eq!(profile(&phone).bio.unwrap().as_str(), "चाय, बारिश");
    edited(&phone.tap("p:city"), screen);
    edited(&phone.send("पुणे"), screen);
    edited(&phone.tap("p:countries:0"), screen);
    edited(&phone.send("nepal"), screen);
    edited(&phone.tap("p:country:NP"), screen);
    edited(&phone.tap("p:bio"), screen);
    edited(&phone.tap("p:nobio"), screen);
    assert_eq!((profile(&phone).bio, profile(&phone).country.code()), (None, "NP"));
    phone.town.give_premium(30);
    phone.send("/settings");
    let screen = phone.button("o:countries").message;
    edited(&phone.tap("o:countries:0"), screen);
    edited(&phone.send("india"), screen);
    edited(&phone.tap("o:country:IN"), screen);
}

#[test]
fn a_photo_is_kept_shown_to_its_owner_and_removed() {
    let mut phone = member("en");
    phone.send("/profile");
    let screen = phone.button("p:photo").message;
    edited(&phone.tap("p:photo"), screen);
    edited(&phone.send("here it comes"), screen);
    assert!(phone.screen().contains(&english("photo-expected")));
    edited(&phone.send_photo(&["small", "large"]), screen);
    assert_eq!(profile(&phone).photo.unwrap().as_str(), "large");
    assert!(phone.send_photo(&["stray"]).changes.is_empty(), "nobody asked for another one");
    phone.send("/profile");
    phone.tap("p:photo");
    let shown = phone.tap("p:showphoto");
    let call: Value = serde_json::from_str(&shown.calls[0].body).unwrap();
    assert_eq!((&call["method"], &call["params"]["photo"]), (&"sendPhoto".into(), &"large".into()));
    let closed = phone.tap("p:closephoto");
    assert!(closed.calls[0].body.contains("deleteMessage") && closed.changes.is_empty());
    phone.tap("p:nophoto");
    assert_eq!(profile(&phone).photo, None);
    let nothing = phone.press_data(&Callback::Profile(ProfileAction::ShowPhoto).encode(), Some(101));
    assert_eq!(nothing.answer.unwrap().text, Some(english("photo-none")));
    phone.chat = Some(ChatId::new(5));
    for action in [ProfileAction::Show(ProfilePage::Photo), ProfileAction::Show(ProfilePage::Bio)] {
        let refused = phone.press_data(&Callback::Profile(action).encode(), Some(101));
        assert_eq!(refused.answer.unwrap().text, Some(english("typing-in-chat")), "{ME}: that would go to the partner");
    }
}

#[test]
fn the_card_shows_what_its_switches_say() {
    let mut phone = member("en");
    phone.send("/profile");
    phone.tap("p:card");
    assert!(phone.screen().contains("26"), "{}", phone.screen());
    for part in CardPart::ALL {
        phone.press_data(&Callback::Profile(ProfileAction::Set(ProfileValue::Card(*part, false))).encode(), None);
    }
    assert!(profile(&phone).card.is_empty());
    assert!(!phone.screen().contains("26") && !phone.screen().contains("India"), "{}", phone.screen());
    let again = phone.press_data(&Callback::Profile(ProfileAction::Set(ProfileValue::Card(CardPart::Age, false))).encode(), None);
    assert!(again.changes.is_empty());
    phone.tap("p:show:age:1");
    assert_eq!(profile(&phone).card.iter().collect::<Vec<_>>(), [CardPart::Age]);
}

#[test]
fn a_tap_that_waited_out_its_answer_changes_nothing() {
    let mut phone = member("en");
    let tap = Callback::Settings(SettingsAction::Set(SettingsValue::Media(false))).encode();
    phone.waited = Duration::from_secs(151);
    let outcome = phone.press_data(&tap, Some(101));
    assert!(outcome.changes.is_empty() && outcome.calls.is_empty(), "{outcome:?}");
    phone.waited = Duration::from_secs(150);
    assert!(!phone.press_data(&tap, Some(101)).changes.is_empty());
}

#[test]
fn switches_of_the_settings_change_one_thing_each() {
    let mut phone = member("en");
    phone.send("/settings");
    phone.tap("o:filters");
    let refused = phone.tap("o:local:1");
    assert!(refused.changes.is_empty() && refused.answer.unwrap().is_alert, "nobody lives in no city");
    phone.send("/profile");
    phone.tap("p:city");
    phone.send("Pune");
    for action in [
        SettingsAction::Set(SettingsValue::Demand(Demand::on(Filter::City))),
        SettingsAction::Set(SettingsValue::Demand(Demand::on(Filter::Interest))),
        SettingsAction::Set(SettingsValue::Ages(twenties())),
    ] {
        let refused = phone.press_data(&Callback::Settings(action).encode(), Some(101));
        assert!(refused.changes.is_empty() && refused.calls.is_empty(), "{action:?}");
        assert_eq!(refused.answer.unwrap().text, Some(english("filters-need-premium")), "{action:?}");
    }
    phone.town.give_premium(30);
    let mut wanted = preferences(&phone);
    let press = |phone: &mut Phone, value| {
        phone.press_data(&Callback::Settings(SettingsAction::Set(value)).encode(), None);
    };
    let home = profile(&phone).country;
    press(&mut phone, SettingsValue::Country(Some(home)));
    press(&mut phone, SettingsValue::Demand(Demand::on(Filter::City)));
    wanted.demands = wanted.demands.with(Filter::City);
    assert_eq!(preferences(&phone), wanted, "one's own city takes the place of a country");
    let steps: [(SettingsValue, Edit); 9] = [
        (SettingsValue::Demand(Demand::on(Filter::Interest)), |p| *p = p.with_demand(Filter::Interest)),
        (SettingsValue::Demand(Demand::off(Filter::Language)), |p| *p = p.without_demand(Filter::Language)),
        (SettingsValue::Media(false), |p| p.accepts_media = false),
        (SettingsValue::Withhold(Content::Voice, true), |p| p.withheld = p.withheld.with(Content::Voice)),
        (SettingsValue::Withhold(Content::Text, true), |_| {}),
        (SettingsValue::Withhold(Content::Voice, false), |p| p.withheld = p.withheld.without(Content::Voice)),
        (SettingsValue::Protect(true), |p| p.protects_content = true),
        (SettingsValue::Remind(false), |p| p.reminders.are_on = false),
        (SettingsValue::Quiet(QuietHours::new(1, 2)), |p| p.reminders.quiet = QuietHours::new(1, 2)),
    ];
    for (value, change) in steps {
        press(&mut phone, value);
        change(&mut wanted);
        assert_eq!(preferences(&phone), wanted, "{value:?}");
    }
    phone.now = START.plus(Duration::from_hours(30 * 24));
    phone.send("/settings");
    assert!(phone.screen().contains(&english("filters-kept")), "{}", phone.screen());
    press(&mut phone, SettingsValue::Demand(Demand::off(Filter::City)));
    press(&mut phone, SettingsValue::Demand(Demand::off(Filter::Interest)));
    assert!(!preferences(&phone).asks_for_premium(), "what is kept can be switched off without premium");
    phone.send("/settings");
    phone.tap("o:reminders");
    phone.tap("o:hours");
    phone.tap("o:quiet:1:3");
    phone.tap("o:quiet:none");
    assert_eq!(preferences(&phone).reminders.quiet, None);
}

#[test]
fn an_invitation_is_remembered_on_the_way_in_and_counts_with_the_registration() {
    let mut phone = Phone::new(Some("en"));
    phone.send("/start ref_abcdefghjk");
    phone.send("/start ref_zzzzzzzzzz");
    phone.walk(0..super::phone::WAY.len() - 1);
    let last = phone.tap(":go");
    let recorded = last.changes.iter().position(|change| matches!(change, Change::RecordInvite { .. })).unwrap();
    let registered = last.changes.iter().position(|change| matches!(change, Change::Register(_))).unwrap();
    assert!(registered < recorded);
    let code = luvhive_core::coins::InviteCode::new("abcdefghjk").unwrap();
    assert_eq!(last.changes[recorded], Change::RecordInvite { code, at: START }, "the first link counts");
    assert!(phone.send("/start ref_abcdefghjk").changes.is_empty(), "nobody who is there already was invited");
    for link in ["/start", "/start ref_", "/start ref_ABC", "/start ref_abcdefghjkl", "ref_abcdefghjk"] {
        let mut other = Phone::new(Some("en"));
        other.send(link);
        other.walk(0..super::phone::WAY.len() - 1);
        let last = other.tap(":go");
        assert!(!last.changes.iter().any(|change| matches!(change, Change::RecordInvite { .. })), "{link}");
    }
}
