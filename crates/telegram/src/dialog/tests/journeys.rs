//! The way in: its length, the ways back, and everything that people and networks do to buttons.

use luvhive_core::person::{Gender, Interest, SpokenLanguage, UiLanguage};
use luvhive_core::ports::{Change, DialogRecord};
use proptest::prelude::*;

use super::phone::Phone;
use super::town::START;
use crate::callback::tests::callbacks;
use crate::callback::{Callback, StepAction};
use crate::dialog::record::{self, Dialog};
use crate::locale::Words;
use crate::registration::{Registration, Step};

const TAGS: [Option<&str>; 6] = [Some("hi"), Some("hi-IN"), Some("en"), Some("en-US"), Some("pt-br"), None];
/// How many updates the shortest way takes after /start.
const WAY: usize = super::phone::WAY.len();

fn registration(phone: &Phone) -> Option<Registration> {
    match record::read(&phone.visitor().dialog?) {
        Some(Dialog::Registration(registration)) => Some(registration),
        other => panic!("{other:?}"),
    }
}

fn step(phone: &Phone) -> Option<Step> {
    registration(phone).map(|registration| registration.step)
}

/// A phone that has gone so many updates of the shortest way.
fn phone_at(tag: Option<&'static str>, updates: usize) -> Phone {
    let mut phone = Phone::new(tag);
    phone.send("/start");
    phone.walk(0..updates);
    phone
}

#[test]
fn the_shortest_way_takes_at_most_ten_taps_and_one_typed_date() {
    for tag in TAGS {
        let mut phone = Phone::new(tag);
        phone.send("/start");
        phone.walk(0..WAY);
        assert!(phone.taps <= 10, "{tag:?}: {} taps", phone.taps);
        assert_eq!(phone.typed, 2, "/start and the date");
        let person = phone.registered.as_ref().expect("registered");
        assert_eq!(person.profile().gender, Gender::Woman);
        assert_eq!(person.profile().born.to_string(), "1999-04-23");
        assert_eq!(person.wanted().iter().collect::<Vec<_>>(), [Gender::Man]);
        assert_eq!(person.profile().interests.iter().collect::<Vec<_>>(), [Interest::Music]);
        assert_eq!(person.registered_at(), START);
        assert!(phone.visitor().dialog.is_none());
        assert!(phone.visitor().consent.is_some());
        assert!(!phone.menu.is_empty(), "the menu is there");
    }
}

#[test]
fn the_language_stays_what_it_was_at_the_first_question() {
    let mut phone = phone_at(Some("hi-IN"), 2);
    phone.tag = Some("en");
    phone.send("1999-04-23");
    assert_eq!(phone.visitor().language, Some(UiLanguage::Hindi));
    let asked = Words::new(UiLanguage::Hindi).text("birthday-confirm-title");
    assert!(phone.messages.iter().any(|(_, text, _)| text.contains(&asked)), "{:?}", phone.messages);
    phone.tag = None;
    phone.walk(3..WAY);
    assert_eq!(phone.registered.unwrap().language(), UiLanguage::Hindi);
}

#[test]
fn everyone_is_one_tap_and_guesses_are_taken_over() {
    let mut phone = phone_at(Some("hi-IN"), 5);
    phone.tap(":everyone");
    phone.tap(":country:IN");
    phone.tap(":go");
    phone.tap(":like:pets:1");
    phone.tap(":go");
    assert_eq!(phone.taps, 9);
    let person = phone.registered.unwrap();
    assert_eq!(person.wanted().len(), 3);
    assert_eq!(person.language(), UiLanguage::Hindi);
    assert_eq!(person.profile().country.code(), "IN");
    assert_eq!(person.profile().languages.iter().collect::<Vec<_>>(), [SpokenLanguage::Hindi]);
}

#[test]
fn back_leads_to_the_question_before_and_answers_stay() {
    for tag in [Some("hi"), Some("en")] {
        for updates in 1..WAY {
            let mut phone = phone_at(tag, updates);
            if phone.registered.is_some() {
                continue;
            }
            let here = step(&phone).unwrap();
            let draft = registration(&phone).unwrap().draft;
            phone.tap(":back");
            let before = step(&phone).unwrap();
            assert_ne!(before, here, "after {updates} updates");
            let kept = registration(&phone).unwrap().draft;
            assert_eq!(
                (kept.gender, kept.wanted, kept.country, kept.born),
                (draft.gender, draft.wanted, draft.country, draft.born)
            );
            // All the way back, and in again.
            while step(&phone) != Some(Step::Consent) {
                phone.tap(":back");
            }
            assert!(
                phone.buttons().iter().all(|button| !button.data.ends_with(":back")),
                "nothing lies before the first question"
            );
            for part in [":agree", ":agree", "", ":born:", ":gender:man"] {
                if part.is_empty() {
                    phone.send("1990-01-31")
                } else {
                    phone.tap(part)
                };
            }
            assert_eq!(step(&phone), Some(Step::Wanted));
        }
    }
}

#[test]
fn buttons_of_earlier_questions_are_answered_and_change_nothing() {
    for tag in [Some("hi"), None] {
        let mut phone = Phone::new(tag);
        phone.send("/start");
        let mut seen = phone.all_buttons();
        for done in 0..WAY {
            phone.walk(done..done + 1);
            let before = phone.visitor();
            let current = before.dialog.is_some().then(|| registration(&phone).unwrap().serial);
            for button in &seen {
                let Some(Callback::Step { serial, .. }) = Callback::parse(&button.data) else { panic!("{button:?}") };
                if Some(serial) == current {
                    continue;
                }
                let outcome = phone.press(button);
                assert!(outcome.changes.is_empty() && outcome.calls.is_empty(), "{button:?} after {done}: {outcome:?}");
                assert!(outcome.answer.unwrap().text.is_some(), "{button:?} is answered in words");
                assert_eq!(phone.visitor(), before);
            }
            let steps = phone.all_buttons().into_iter().filter(|button| button.data.starts_with("1s:"));
            seen.extend(steps.filter(|button| !button.data.contains(":lang:")));
        }
    }
}

#[test]
fn a_button_pressed_twice_is_like_pressed_once() {
    for tag in [Some("hi"), None] {
        for updates in 0..WAY {
            let before = phone_at(tag, updates);
            for button in
                before.buttons().into_iter().filter(|button| !button.data.contains(":lang:") || button.data.contains(":lang:hi"))
            {
                let mut phone = before.fork();
                phone.press(&button);
                let once = phone.visitor();
                let said = phone.messages.len();
                let outcome = phone.press(&button);
                assert!(outcome.changes.iter().all(|change| matches!(change, Change::SetLanguage(_))), "{button:?}: {outcome:?}");
                assert_eq!(phone.visitor(), once, "{button:?}");
                assert_eq!(phone.messages.len(), said, "{button:?} says nothing new");
            }
        }
    }
}

#[test]
fn two_phones_that_press_different_answers_count_once() {
    let mut phone = phone_at(Some("en"), 4);
    assert_eq!(step(&phone), Some(Step::Gender));
    let (woman, man) = (phone.button(":gender:woman"), phone.button(":gender:man"));
    phone.press(&woman);
    let outcome = phone.press(&man);
    assert!(outcome.changes.is_empty());
    assert_eq!(registration(&phone).unwrap().draft.gender, Some(Gender::Woman));
}

#[test]
fn free_text_where_a_button_is_meant_shows_the_question_again() {
    for tag in TAGS {
        for updates in 0..WAY {
            let mut phone = phone_at(tag, updates);
            let Some(before) = registration(&phone) else { continue };
            let old = phone.buttons();
            let said = phone.messages.len();
            phone.send("qqq hello");
            let after = registration(&phone).unwrap();
            let same = if before.step == Step::Country { Step::CountryList } else { before.step };
            assert_eq!((after.step, &after.draft), (same, &before.draft), "after {updates} updates");
            assert_eq!(phone.messages.len(), said + 1);
            assert!(!phone.buttons().is_empty(), "the question comes with its buttons");
            // The old buttons are stale now, the new ones work.
            for button in old {
                assert!(phone.press(&button).changes.is_empty(), "{button:?}");
            }
            if !matches!(before.step, Step::Country | Step::Birthday | Step::BirthdayCheck) {
                let words = Words::new(if tag.is_some_and(|tag| tag.starts_with("hi")) {
                    UiLanguage::Hindi
                } else {
                    UiLanguage::English
                });
                assert!(phone.screen().contains(&words.text("use-buttons")), "{}", phone.screen());
            }
        }
    }
}

#[test]
fn a_photo_a_menu_button_and_start_show_the_question_again() {
    for updates in 0..WAY {
        let mut phone = phone_at(Some("en"), updates);
        let Some(before) = registration(&phone) else { continue };
        for text in ["/start", "/start ref_abc", "🔎 Find a partner", "/settings"] {
            phone.send(text);
            let after = registration(&phone).unwrap();
            assert_eq!((after.step, &after.draft), (before.step, &before.draft), "{text}");
        }
        let photo = serde_json::json!({"message_id": 5, "date": 1, "chat": {"id": 1001, "type": "private"}, "from": phone.user(), "photo": []});
        phone.update(&serde_json::json!({"update_id": 2, "message": photo}));
        assert_eq!(step(&phone), Some(before.step));
    }
}

#[test]
fn a_date_that_was_not_offered_cannot_be_confirmed() {
    let mut phone = phone_at(Some("en"), 3);
    let serial = registration(&phone).unwrap().serial;
    let forged = Callback::Step { serial, action: StepAction::Born(luvhive_core::time::Day::from_ymd(1980, 1, 1).unwrap()) };
    let outcome = phone.press_data(&forged.encode(), Some(101));
    assert!(outcome.changes.is_empty());
    assert_eq!(step(&phone), Some(Step::BirthdayCheck));
}

#[test]
fn two_digit_years_are_asked_about_and_two_days_are_offered() {
    let mut phone = phone_at(Some("en"), 2);
    phone.send("23.04.99");
    assert!(phone.screen().contains("four digits"), "{}", phone.screen());
    phone.send("03/04/1999");
    assert_eq!(phone.buttons().len(), 3, "two days and back: {:?}", phone.buttons());
    phone.tap(":born:1999-03-04");
    assert_eq!(registration(&phone).unwrap().draft.born.unwrap().to_string(), "1999-03-04");
}

#[test]
fn an_edited_message_counts_as_typed_anew() {
    let mut phone = phone_at(Some("en"), 2);
    phone.send("nonsense");
    let message = serde_json::json!({"message_id": 5, "date": 1, "chat": {"id": 1001, "type": "private"}, "from": phone.user(), "text": "1999-04-23"});
    phone.update(&serde_json::json!({"update_id": 2, "edited_message": message}));
    assert_eq!(step(&phone), Some(Step::BirthdayCheck));
}

#[test]
fn every_update_delivered_twice_registers_once_with_the_same_answers() {
    for tag in TAGS {
        let mut phone = Phone::new(tag);
        phone.send("/start");
        phone.send("/start");
        for part in [
            ":agree",
            ":agree",
            "1999-04-23",
            ":born:",
            ":gender:woman",
            ":want:man:1",
            ":go",
            ":country:",
            ":lang:hi:",
            ":go",
            ":like:music:1",
            ":go",
        ] {
            if part.starts_with(':') {
                if part == ":lang:hi:" && tag.is_some_and(|tag| tag.starts_with("hi")) {
                    continue;
                }
                let button = phone.button(part);
                phone.press(&button);
                phone.press(&button);
            } else {
                phone.send(part);
                phone.send(part);
            }
        }
        let person = phone.registered.expect("registered");
        assert!(person.profile().languages.contains(SpokenLanguage::Hindi));
        assert_eq!(person.wanted().iter().collect::<Vec<_>>(), [Gender::Man]);
    }
}

#[test]
fn nothing_chosen_is_not_enough() {
    for (updates, key) in [(5, "wanted-needed"), (9, "interests-needed")] {
        let mut phone = phone_at(Some("en"), updates);
        let answer = phone.tap(":go").answer.unwrap();
        assert_eq!(answer.text, Some(Words::new(UiLanguage::English).text(key)));
        assert!(answer.is_alert);
    }
    let mut phone = phone_at(Some("en"), 8);
    phone.tap(":lang:en:0");
    assert_eq!(phone.tap(":go").answer.unwrap().text, Some(Words::new(UiLanguage::English).text("languages-needed")));
}

#[test]
fn countries_are_found_by_name_and_cities_typed() {
    let mut phone = phone_at(Some("hi"), 7);
    assert_eq!(step(&phone), Some(Step::Country));
    phone.send("qqq");
    assert!(phone.screen().contains("qqq"));
    phone.tap(":back");
    assert_eq!(step(&phone), Some(Step::Country), "back from what was found leads to the question");
    phone.send("इंडोने");
    phone.tap(":country:ID");
    assert_eq!(step(&phone), Some(Step::Languages));
    phone.tap(":city");
    phone.send(&"x".repeat(61));
    assert_eq!(step(&phone), Some(Step::City));
    phone.send("  Jakarta ");
    assert_eq!(step(&phone), Some(Step::Languages));
    let draft = registration(&phone).unwrap().draft;
    assert_eq!((draft.country.unwrap().code(), draft.city.unwrap().as_str()), ("ID", "Jakarta"));
    // Another country has other cities.
    phone.tap(":back");
    phone.tap(":page:0");
    phone.tap(":page:1");
    assert_eq!(step(&phone), Some(Step::CountryList));
    phone.send("india");
    phone.tap(":country:IN");
    let draft = registration(&phone).unwrap().draft;
    assert_eq!((draft.country.unwrap().code(), draft.city), ("IN", None));
}

#[test]
fn languages_on_later_pages_can_be_chosen() {
    let mut phone = phone_at(Some("en"), 8);
    phone.tap(":page:1");
    phone.tap(":lang:fr:1");
    assert!(phone.buttons().iter().any(|button| button.data.ends_with(":lang:fr:0")), "the page stays");
    let languages = registration(&phone).unwrap().draft.languages;
    assert!(languages.contains(SpokenLanguage::French) && languages.contains(SpokenLanguage::English));
}

#[test]
fn the_language_can_be_changed_on_the_way_in_and_stays() {
    let mut phone = Phone::new(Some("en"));
    phone.send("/start");
    phone.tap(":ui:hi");
    assert!(phone.screen().contains("स्वागत"), "{}", phone.screen());
    phone.tap(":agree");
    assert!(phone.screen().contains("सहमति"), "{}", phone.screen());
    phone.send("/language");
    phone.tap(":ui:en");
    assert!(phone.screen().contains("One more consent"), "{}", phone.screen());
    assert_eq!(step(&phone), Some(Step::Orientation));
}

#[test]
fn a_conversation_of_another_version_starts_again_politely() {
    for stored in [
        DialogRecord { version: 99, state: "{}".to_owned() },
        DialogRecord { version: 1, state: "nonsense".to_owned() },
        DialogRecord { version: 1, state: String::new() },
    ] {
        let mut phone = Phone::new(Some("en"));
        phone.bring(&[Change::Dialog(Some(stored.clone()))]);
        phone.send("hello");
        assert!(phone.screen().contains("older version"), "{}", phone.screen());
        assert_eq!(step(&phone), Some(Step::Consent));
        phone.bring(&[Change::Dialog(Some(stored.clone()))]);
        phone.press_data("1s:5:agree", None);
        assert_eq!(step(&phone), Some(Step::Consent));
    }
}

#[test]
fn strangers_can_read_the_documents_and_leave_nothing() {
    for tag in [Some("en"), Some("hi")] {
        for text in ["/help", "/privacy", "/terms", "/language", "/delete_me"] {
            let mut phone = Phone::new(tag);
            let outcome = phone.send(text);
            assert!(outcome.changes.is_empty() && outcome.calls.len() == 1, "{text}: {outcome:?}");
        }
    }
    let mut phone = phone_at(Some("en"), 6);
    phone.send("/delete_me");
    assert!(phone.visitor().dialog.is_none());
}

#[test]
fn what_is_not_meant_for_a_private_chat_is_passed_over() {
    let mut phone = Phone::new(Some("en"));
    for update in [
        serde_json::json!({"update_id": 1, "channel_post": {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "channel"}}}),
        serde_json::json!({"update_id": 1, "inline_query": {"id": "1", "from": phone.user(), "query": "", "offset": ""}}),
        serde_json::json!({"update_id": 1, "my_chat_member": {"chat": {"id": -5, "type": "group"}, "from": phone.user()}}),
        serde_json::json!({"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "group"}, "from": phone.user(), "text": "hello"}}),
        serde_json::json!({"update_id": 1}),
        serde_json::json!([]),
        serde_json::json!({"update_id": 1, "message": {"message_id": "x"}}),
    ] {
        let outcome = phone.update(&update);
        assert!(outcome.changes.is_empty() && outcome.calls.is_empty() && outcome.answer.is_none(), "{update}");
    }
    let call = serde_json::json!({"message_id": 1, "date": 1, "chat": {"id": -5, "type": "supergroup"}, "from": phone.user(), "text": "/start@LuvHiveBot"});
    phone.update(&serde_json::json!({"update_id": 1, "message": call}));
    assert!(phone.screen().contains("private chats"), "{}", phone.screen());
    assert!(phone.visitor().dialog.is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn forged_buttons_never_register_and_are_always_answered(presses in proptest::collection::vec((callbacks(), any::<bool>()), 1..12), updates in 0..WAY) {
        let mut phone = phone_at(Some("hi"), updates);
        let before = registration(&phone).map(|registration| registration.draft);
        for (callback, aims) in presses {
            let forged = match (callback, registration(&phone)) {
                (Callback::Step { action, .. }, Some(registration)) if aims => Callback::Step { serial: registration.serial, action },
                _ => callback,
            };
            phone.press_data(&forged.encode(), None);
        }
        if let (Some(person), Some(before)) = (&phone.registered, before) {
            // Only somebody whose date was confirmed by an offered button can have come through.
            prop_assert!(before.born.is_some() || before.typed.contains(&person.profile().born));
        }
    }

    #[test]
    fn any_text_at_any_step_is_answered_once(text in ".{1,60}", updates in 0..WAY) {
        let mut phone = phone_at(Some("en"), updates);
        let said = phone.messages.len();
        phone.send(&text);
        prop_assert_eq!(phone.messages.len(), said + 1);
    }
}
