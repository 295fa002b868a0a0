//! Registered people: profile, settings, conduct, edits, sanctions, leaving.

use std::time::Duration;

use luvhive_core::conduct::{ReportReason, ReportWords};
use luvhive_core::engine::event::{EndCause, EngineCommand};
use luvhive_core::filter::FilterSet;
use luvhive_core::id::{ChatId, MessageId, PersonId, TelegramId};
use luvhive_core::person::{Consent, Gender, Interest, SpokenLanguage, UiLanguage};
use luvhive_core::ports::{Change, MessagePair};
use luvhive_core::time::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::phone::{Phone, subjects};
use super::town::{ME, MY_PERSON, PARTNER, START, account};
use crate::callback::tests::callbacks;
use crate::callback::{Callback, ProfileAction, ProfilePage, SettingsAction, SettingsPage, SettingsValue};
use crate::handler::Followed;
use crate::handler::LaneTask;
use crate::locale::{Words, commands, slash_command};

const CHAT: ChatId = ChatId::new(4_294_967_301);
const PARTNERS_PHONE: TelegramId = account(PARTNER);

fn member(tag: &'static str) -> Phone {
    let mut phone = Phone::new(Some(tag));
    phone.register();
    phone.taps = 0;
    phone
}

/// A member whose chat goes on, or ended so long ago.
fn with_chat(ended_ago: Option<Duration>) -> Phone {
    let mut phone = member("en");
    phone.chat = ended_ago.is_none().then_some(CHAT);
    phone.town.register(PARTNER);
    let started_at = START.minus(Duration::from_hours(100));
    phone.town.chat(CHAT, [PARTNER, MY_PERSON], started_at, ended_ago.map(|ago| START.minus(ago)));
    phone.town.pass(&(1..=30).map(pair).collect::<Vec<_>>());
    phone
}

/// Odd messages are mine, even ones the partner's.
fn pair(number: i32) -> MessagePair {
    let (source, copy) = (MessageId::new(500 + number), MessageId::new(900 + number));
    if number % 2 == 1 {
        MessagePair { chat: CHAT, from: ME, source, to: PARTNERS_PHONE, copy }
    } else {
        MessagePair { chat: CHAT, from: PARTNERS_PHONE, source: copy, to: ME, copy: source }
    }
}

fn english(key: &str) -> String {
    Words::new(UiLanguage::English).text(key)
}

fn says(phone: &Phone, key: &str) {
    assert!(phone.screen().contains(&english(key)), "{key}: {}", phone.screen());
}

#[test]
fn the_menu_answers_start_menu_and_messages_to_nobody() {
    let mut phone = member("en");
    for (text, key) in [
        ("/start", "menu-body"),
        ("/start ref_abc", "menu-body"),
        ("/menu", "menu-body"),
        ("/nonsense", "menu-body"),
        ("hello", "idle-hint"),
    ] {
        let outcome = phone.send(text);
        assert!(outcome.changes.is_empty(), "{text}");
        says(&phone, key);
        assert_eq!(
            phone.menu,
            ["button-find", "button-profile", "button-settings", "button-premium", "button-help"].map(english)
        );
    }
    phone.chat = Some(CHAT);
    phone.send("/menu");
    assert_eq!(phone.menu, ["button-next", "button-stop", "button-report", "button-block"].map(english));
}

#[test]
fn the_language_is_changed_by_a_tap_and_kept() {
    let mut phone = member("en");
    phone.send("/language");
    phone.tap("ui:hi");
    assert_eq!(phone.visitor().language, Some(UiLanguage::Hindi));
    assert_eq!(phone.menu[0], Words::new(UiLanguage::Hindi).text("button-find"));
    phone.send("/help");
    assert!(phone.screen().starts_with(&Words::new(UiLanguage::Hindi).text("help-title")));
}

#[test]
fn settings_change_one_thing_a_tap_and_keep_the_rest() {
    let mut phone = member("en");
    phone.town.give_premium(3_650);
    let preferences = |phone: &Phone| phone.visitor().person.unwrap().facts.preferences;
    phone.send("/settings");
    phone.tap("o:genders");
    phone.tap("o:want:woman:1");
    assert_eq!(preferences(&phone).genders.iter().collect::<Vec<_>>(), [Gender::Woman, Gender::Man]);
    phone.tap("o:want:woman:0");
    let last = phone.tap("o:want:man:0");
    assert!(last.changes.is_empty() && last.answer.unwrap().is_alert, "somebody has to be wanted");
    phone.tap("o:open");
    phone.tap("o:ages");
    phone.tap("o:ages:25:35");
    phone.tap("o:ages:24:35");
    assert_eq!((preferences(&phone).ages.low().years(), preferences(&phone).ages.high().years()), (24, 35));
    phone.tap("o:open");
    phone.tap("o:filters");
    phone.tap("o:common:0");
    phone.tap("o:open");
    phone.tap("o:countries:0");
    phone.send("nepal");
    phone.tap("o:country:NP");
    let now = preferences(&phone);
    assert_eq!((now.country.unwrap().code(), now.demands), ("NP", FilterSet::EMPTY));
    assert_eq!(now.genders.iter().collect::<Vec<_>>(), [Gender::Man]);
    assert!(phone.visitor().dialog.is_none(), "nothing is expected to be typed any more");
    let same = phone.press_data(&Callback::Settings(SettingsAction::Set(SettingsValue::Country(now.country))).encode(), None);
    assert!(same.changes.is_empty());
}

#[test]
fn the_profile_changes_but_for_gender_and_birthday() {
    let mut phone = member("en");
    let profile = |phone: &Phone| phone.visitor().person.unwrap().profile;
    let before = profile(&phone);
    phone.send("/profile");
    phone.tap("p:languages:0");
    phone.tap("p:languages:1");
    phone.tap("p:lang:fr:1:");
    assert!(profile(&phone).languages.contains(SpokenLanguage::French));
    phone.tap("p:lang:fr:0:");
    phone.tap("p:languages:0");
    let last = phone.tap("p:lang:en:0:");
    assert!(last.changes.is_empty() && last.answer.unwrap().is_alert);
    phone.tap("p:open");
    phone.tap("p:interests");
    phone.tap("p:like:anime:1");
    phone.tap("p:like:music:0");
    let last = phone.tap("p:like:anime:0");
    assert!(last.changes.is_empty() && last.answer.unwrap().is_alert);
    phone.tap("p:open");
    phone.tap("p:city");
    phone.send("Pune");
    says(&phone, "profile-saved");
    phone.tap("p:countries:0");
    phone.send("nepal");
    phone.tap("p:country:NP");
    let after = profile(&phone);
    assert_eq!(after.interests.iter().collect::<Vec<_>>(), [Interest::Anime]);
    assert_eq!((after.country.code(), after.city), ("NP", None), "a city belongs to its country");
    assert_eq!((after.gender, after.born), (before.gender, before.born));
}

#[test]
fn typed_text_counts_only_as_an_answer_to_an_open_question() {
    let mut phone = member("en");
    phone.send("/profile");
    phone.tap("p:city");
    phone.send("/menu");
    phone.send("Pune");
    says(&phone, "idle-hint");
    phone.send("/profile");
    phone.tap("p:city");
    phone.now = START.plus(Duration::from_mins(11));
    phone.send("Pune");
    says(&phone, "idle-hint");
    assert_eq!(phone.visitor().person.unwrap().profile.city, None);
    phone.chat = Some(CHAT);
    for callback in [
        Callback::Profile(ProfileAction::Show(ProfilePage::City)),
        Callback::Profile(ProfileAction::Show(ProfilePage::Countries(0))),
        Callback::Settings(SettingsAction::Show(SettingsPage::Countries(0))),
    ] {
        let refused = phone.press_data(&callback.encode(), Some(101));
        assert_eq!(refused.answer.unwrap().text, Some(english("typing-in-chat")), "what is typed in a chat goes to the partner");
        assert!(refused.calls.is_empty() && phone.visitor().dialog.is_none());
    }
}

#[test]
fn leaving_asks_first_and_an_old_question_does_not_count() {
    let mut phone = member("en");
    phone.send("/delete_me");
    let yes = phone.button("delete:");
    phone.tap("dismiss");
    says(&phone, "dismissed");
    phone.now = START.plus(Duration::from_mins(61));
    assert!(phone.press(&yes).changes.is_empty());
    says(&phone, "delete-too-old");
    phone.now = START.plus(Duration::from_mins(59));
    let outcome = phone.press(&yes);
    assert_eq!(outcome.changes, [Change::ToEngine(EngineCommand::Leave { person: MY_PERSON })]);
    let outcome = phone.handle(LaneTask::Erase { person: MY_PERSON });
    assert_eq!(
        outcome.changes,
        [Change::Dialog(None), Change::Remember { person: MY_PERSON, subject: subjects().subject(ME) }, Change::Erase(MY_PERSON)]
    );
    assert!(outcome.calls[0].body.contains(&english("deleted-title")) && outcome.calls[0].body.contains("remove_keyboard"));
}

#[test]
fn a_rating_is_stored_and_its_buttons_go() {
    let mut phone = with_chat(Some(Duration::from_hours(1)));
    let card = Callback::Card { chat: CHAT };
    phone.press_data(&card.encode(), None);
    let good = phone.button("rate:");
    let outcome = phone.press(&good);
    assert_eq!(
        outcome.changes,
        [
            Change::Rate { chat: CHAT, rater: MY_PERSON, rated: PARTNER, is_good: true, at: START },
            Change::ToEngine(EngineCommand::Rated { person: PARTNER, is_good: true, chat: CHAT }),
        ]
    );
    assert!(phone.buttons().iter().all(|button| !button.data.contains("rate:")));
}

#[test]
fn nothing_can_be_rated_while_the_chat_goes_on() {
    let mut phone = with_chat(None);
    assert!(phone.press_data(&Callback::Rate { chat: CHAT, is_good: false }.encode(), None).changes.is_empty());
}

#[test]
fn a_block_asks_first_and_separates_for_good() {
    let mut phone = with_chat(None);
    phone.send("/block");
    let outcome = phone.tap("block:");
    assert_eq!(
        outcome.changes,
        [
            Change::Block { blocker: MY_PERSON, blocked: PARTNER, chat: CHAT, at: START },
            Change::ToEngine(EngineCommand::Separate { by: MY_PERSON, other: PARTNER, cause: EndCause::Block }),
        ]
    );
}

#[test]
fn a_report_names_the_last_25_messages_on_the_reporters_side() {
    for ended_ago in [None, Some(Duration::from_hours(47))] {
        let mut phone = with_chat(ended_ago);
        phone.send("🚩 Report");
        let outcome = phone.tap(":scam");
        let [
            Change::Report(report),
            Change::Block { .. },
            Change::ToEngine(EngineCommand::Separate { cause: EndCause::Report, .. }),
        ] = outcome.changes.as_slice()
        else {
            panic!("{outcome:?}")
        };
        assert_eq!((report.chat, report.reporter), (CHAT, MY_PERSON));
        assert_eq!((report.reason, report.message, report.reported_at), (ReportReason::Scam, None, START));
        assert_eq!(report.messages, (506..=530).map(MessageId::new).collect::<Vec<_>>());
        says(&phone, "report-done-body");
    }
}

#[test]
fn a_report_about_something_else_is_stored_at_once_and_takes_words_after_that() {
    let mut phone = with_chat(Some(Duration::from_hours(1)));
    phone.send("/report");
    let outcome = phone.tap(":other");
    assert!(matches!(outcome.changes.first(), Some(Change::Report(_))), "{outcome:?}");
    says(&phone, "report-words-ask");
    let outcome = phone.send(&"x".repeat(301));
    assert!(!outcome.changes.iter().any(|change| matches!(change, Change::ReportWords(_))), "{outcome:?}");
    assert!(phone.screen().contains("301"), "{}", phone.screen());
    let outcome = phone.send("  he wants to know where I live ");
    let words = luvhive_core::chat::ChatText::new("he wants to know where I live".to_owned());
    assert_eq!(outcome.changes.first(), Some(&Change::ReportWords(ReportWords { chat: CHAT, reporter: MY_PERSON, words })));
    says(&phone, "report-words-done");
    let outcome = phone.send("and more");
    assert!(!outcome.changes.iter().any(|change| matches!(change, Change::ReportWords(_))), "once: {outcome:?}");
}

#[test]
fn a_report_as_a_reply_is_about_that_message() {
    let mut phone = with_chat(Some(Duration::from_hours(1)));
    let message = json!({"message_id": 5, "date": 1, "chat": {"id": ME.get(), "type": "private"}, "from": phone.user(), "text": "/report",
        "reply_to_message": {"message_id": 512, "date": 1, "chat": {"id": ME.get(), "type": "private"}}});
    phone.update(&json!({"update_id": 1, "message": message}));
    says(&phone, "report-body-message");
    let outcome = phone.tap(":minor");
    let Some(Change::Report(report)) = outcome.changes.first() else { panic!("{outcome:?}") };
    assert_eq!(report.message, Some(MessageId::new(512)));
}

#[test]
fn a_forged_message_in_a_report_is_left_out() {
    let mut phone = with_chat(None);
    let forged = Callback::Report { chat: CHAT, message: Some(MessageId::new(7)), reason: ReportReason::Scam };
    let outcome = phone.press_data(&forged.encode(), None);
    let Some(Change::Report(report)) = outcome.changes.first() else { panic!("{outcome:?}") };
    assert_eq!(report.message, None);
}

#[test]
fn other_peoples_chats_and_old_chats_cannot_be_touched() {
    let foreign = ChatId::new(9);
    let mut phone = with_chat(Some(Duration::from_hours(49)));
    let stranger = PersonId::new(33);
    phone.town.register(stranger);
    phone.town.chat(foreign, [PARTNER, stranger], START, Some(START));
    for chat in [CHAT, foreign, ChatId::new(77)] {
        for callback in [
            Callback::Rate { chat, is_good: false },
            Callback::Block { chat },
            Callback::AskBlock { chat },
            Callback::AskReport { chat, message: None },
            Callback::Report { chat, message: None, reason: ReportReason::Scam },
            Callback::Card { chat },
        ] {
            let outcome = phone.press_data(&callback.encode(), Some(101));
            assert!(outcome.changes.is_empty() && outcome.calls.is_empty(), "{callback:?}");
            assert!(outcome.answer.unwrap().text.is_some());
        }
    }
    phone.send("/report");
    says(&phone, "report-no-chat");
    phone.send("/block");
    says(&phone, "block-no-chat");
}

fn edit(phone: &mut Phone, message: i32, content: &Value) -> crate::handler::LaneOutcome {
    let mut edited = json!({"message_id": message, "date": 1, "edit_date": 2, "chat": {"id": ME.get(), "type": "private"}, "from": phone.user()});
    edited.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
    phone.update(&json!({"update_id": 3, "edited_message": edited}))
}

#[test]
fn an_edit_follows_to_the_partner_as_it_looks() {
    let mut phone = with_chat(None);
    let bold = json!({"type": "bold", "offset": 0, "length": 2});
    let preview = json!({"is_disabled": true});
    let mut passed_on = |message: i32, content: Value| {
        let outcome = edit(&mut phone, message, &content);
        let [Followed { message: of, call, words, .. }] = outcome.edits.as_slice() else { panic!("{outcome:?}") };
        assert!(of.get() == message && outcome.calls.is_empty(), "{outcome:?}");
        assert_eq!(content.get("text").or(content.get("caption")), Some(&json!(words.as_str())));
        serde_json::from_str::<Value>(&call.body).unwrap()
    };
    let text = json!({"text": "hi!", "entities": [bold], "link_preview_options": preview});
    assert_eq!(passed_on(501, text.clone()), json!({"method": "editMessageText", "params": text}));
    let caption = passed_on(503, json!({"photo": [{}], "caption": "new", "show_caption_above_media": true}));
    let params = json!({"caption": "new", "show_caption_above_media": true});
    assert_eq!(caption, json!({"method": "editMessageCaption", "params": params}));
    // Its copy is not booked yet: the change goes behind it.
    assert_eq!(passed_on(700, json!({"text": "x"})), json!({"method": "editMessageText", "params": {"text": "x"}}));
}

#[test]
fn an_edit_that_names_an_account_does_not_follow() {
    let mut phone = with_chat(None);
    let mention =
        json!([{"type": "text_mention", "offset": 0, "length": 2, "user": {"id": 5, "is_bot": false, "first_name": "A"}}]);
    let link = json!([{"type": "text_link", "offset": 0, "length": 2, "url": "tg://user?id=5"}]);
    for content in [
        json!({"text": "hi!", "entities": mention}),
        json!({"text": "hi!", "entities": link}),
        json!({"text": "tg://user?id=5"}),
        json!({"photo": [{}], "caption": "hi!", "caption_entities": mention}),
    ] {
        for message in [501, 700] {
            assert!(edit(&mut phone, message, &content).edits.is_empty(), "{content}");
            says(&phone, "not-relayed-edit-mention");
        }
    }
}

#[test]
fn an_edit_never_reaches_a_former_partner() {
    let mut phone = with_chat(Some(Duration::from_secs(1)));
    let is_late = |phone: &mut Phone, message| {
        assert!(edit(phone, message, &json!({"text": "x"})).edits.is_empty());
        says(phone, "not-relayed-edit-late");
    };
    is_late(&mut phone, 501);
    phone.chat = Some(ChatId::new(CHAT.get() + 1));
    is_late(&mut phone, 501);
    // The chat ended after the edit was stored and before it was handled.
    phone.chat = Some(CHAT);
    is_late(&mut phone, 501);
    is_late(&mut phone, 700);
    let silent = edit(&mut phone, 501, &json!({"location": {"latitude": 1.0, "longitude": 1.0}}));
    assert!(silent.calls.is_empty() && silent.edits.is_empty(), "a live location moves in silence");
}

#[test]
fn an_edit_of_what_never_left_before_the_chat_ended_is_late() {
    let mut phone = with_chat(Some(Duration::from_secs(10)));
    let at = |ago: u64| START.minus(Duration::from_secs(ago)).as_micros() / 1_000_000;
    let edits = [
        (at(11), "hi!", true),
        (at(11), "/find", false),
        // To the bot, after the chat and before it.
        (at(5), "Pune", false),
        (at(400_000), "Pune", false),
    ];
    for (date, text, is_late) in edits {
        let outcome = edit(&mut phone, 700, &json!({"date": date, "text": text}));
        assert!(outcome.edits.is_empty());
        assert_eq!(outcome.calls.is_empty(), !is_late, "{date} {text}");
        if is_late {
            says(&phone, "not-relayed-edit-late");
        }
    }
}

#[test]
fn a_suspended_person_is_told_until_when() {
    let mut phone = member("en");
    let until = START.plus(Duration::from_hours(48));
    phone.town.suspend(ME, until);
    for text in ["hello", "/start", "/menu"] {
        phone.send(text);
        assert!(phone.screen().contains("3 March 2026, 12:30 UTC"), "{}", phone.screen());
    }
    phone.town.suspend(ME, Timestamp::MAX);
    phone.send("hello");
    says(&phone, "banned-title");
    phone.now = until;
    phone.town.suspend(ME, until);
    phone.send("hello");
    says(&phone, "idle-hint");
}

#[test]
fn new_documents_are_asked_about_before_anything_else() {
    let mut phone = member("en");
    let consent = phone.visitor().consent.unwrap();
    phone.bring(&[Change::Consent(Consent { version: 0, ..consent })]);
    phone.send("hello");
    says(&phone, "renewal-title");
    phone.tap(":agree");
    let outcome = phone.tap(":agree");
    assert!(matches!(outcome.changes.first(), Some(Change::Consent(consent)) if consent.is_current()), "{outcome:?}");
    phone.send("hello");
    says(&phone, "idle-hint");
}

#[test]
fn buttons_of_the_way_in_are_stale_for_members() {
    let mut phone = member("en");
    let outcome = phone.press_data("1s:5:agree", Some(101));
    assert!(outcome.changes.is_empty());
    assert_eq!(outcome.answer.unwrap().text, Some(english("stale-button")));
    for data in ["", "x", "0c:find", "1report:1:all:nothing", "🙂"] {
        let outcome = phone.press_data(data, Some(101));
        assert!(outcome.changes.is_empty() && outcome.calls.is_empty(), "{data}");
        assert_eq!(outcome.answer.unwrap().text, Some(english("old-button")), "{data}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_button_in_any_place_is_answered(presses in proptest::collection::vec(callbacks(), 1..8), in_chat in any::<bool>()) {
        let mut phone = with_chat(if in_chat { None } else { Some(Duration::from_hours(1)) });
        for callback in presses {
            phone.press_data(&callback.encode(), None);
            let person = phone.visitor().person.unwrap();
            prop_assert!(!person.facts.preferences.genders.is_empty());
            prop_assert!(!person.profile.languages.is_empty() && !person.profile.interests.is_empty());
        }
    }
}

#[test]
fn whoever_left_suspended_is_kept_out_until_it_is_over() {
    let mut phone = Phone::new(Some("en"));
    let until = START.plus(Duration::from_hours(24));
    phone.town.leave_before(until, subjects().subject(ME));
    for outcome in [phone.send("/start"), phone.send("hello"), phone.press_data(&Callback::Dismiss.encode(), None)] {
        assert!(outcome.changes.is_empty() && outcome.calls.len() == 1, "{outcome:?}");
    }
    says(&phone, "suspended-title");
    phone.now = until;
    phone.register();
    assert!(phone.registered.is_some());
    let outcome = phone.handle(LaneTask::Task(luvhive_core::engine::effect::Task::FirstChat { person: MY_PERSON }));
    assert!(outcome.changes.is_empty(), "there is no second trial");
}

#[test]
fn every_command_of_a_lane_has_an_answer_of_its_own() {
    let said = |text: &str| member("en").send(text).calls;
    let menu = said("/menu");
    for (name, _) in &commands()[0].commands {
        let is_engines = slash_command(&format!("/{name}"), "").unwrap().engine_command().is_some();
        assert_eq!(said(&format!("/{name}")) == menu, is_engines || *name == "menu", "/{name}");
    }
}
