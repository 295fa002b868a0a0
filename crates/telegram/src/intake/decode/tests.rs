//! Each kind of update by hand-written JSON, and the hostile ones.

use luvhive_core::chat::{Content, Question, Questions};
use luvhive_core::engine::event::Command;

use super::*;
use crate::callback::Callback;

const FROM: &str = r#""from":{"id":77,"is_bot":false,"first_name":"A","language_code":"hi-IN"}"#;
const CHAT: &str = r#""chat":{"id":77,"type":"private","first_name":"A"}"#;

fn message(fields: &str) -> String {
    format!(r#"{{"update_id":5,"message":{{"message_id":9,"date":1,{FROM},{CHAT},{fields}}}}}"#)
}

#[track_caller]
fn update_of(raw: &str) -> Update {
    let incoming = read(raw, "LuvBot").unwrap();
    assert_eq!(incoming.id, UpdateId::new(5));
    match incoming.event {
        Some(Event::Update { update, inbox: None }) => update,
        other => panic!("not an update: {other:?}"),
    }
}

#[track_caller]
fn check_kind(raw: &str, expected: &UpdateKind) {
    assert_eq!(update_of(raw).kind, *expected);
}

#[track_caller]
fn check_content(fields: &str, content: Content) {
    match update_of(&message(fields)).kind {
        // What in it can identify its writer is another test's business.
        UpdateKind::Message { message, content: found, reply_to: None, album: None, .. } => {
            assert_eq!((message, found), (MessageId::new(9), content), "{fields}");
        }
        other => panic!("{fields}: {other:?}"),
    }
}

#[track_caller]
fn check_dead(raw: &str, sender: Option<i64>, why: &str) {
    match read(raw, "LuvBot").unwrap().event {
        Some(Event::Undecodable { id, from, reason }) => {
            assert_eq!((id, from), (UpdateId::new(5), sender.map(TelegramId::new)));
            assert!(reason.contains(why), "{reason}");
        }
        other => panic!("not set aside: {other:?}"),
    }
}

#[test]
fn the_words_of_a_message_come_with_it_and_are_never_printed() {
    let words = |fields: &str| update_of(&message(fields)).words.map(|words| words.as_str().to_owned());
    assert_eq!(words(r#""text":"hello""#).as_deref(), Some("hello"));
    assert_eq!(words(r#""photo":[{"file_id":"x"}],"caption":"look""#).as_deref(), Some("look"));
    assert_eq!(words(r#""sticker":{"file_id":"x"}"#).as_deref(), Some(""), "it has none, which is known");
    assert_eq!(words(r#""text":"/find""#), None, "what is said to the bot is nobody's message");
    let long = words(&format!(r#""text":"{}""#, "अ".repeat(4_096))).unwrap();
    assert!(long.len() <= ChatText::MOST_BYTES && long.ends_with('…'), "{}", long.len());
    let printed = format!("{:?}", update_of(&message(r#""text":"a planted word""#)));
    assert!(!printed.contains("planted"), "{printed}");
}

#[test]
fn each_content_is_told_apart() {
    check_content(r#""text":"hello""#, Content::Text);
    check_content(r#""photo":[{"file_id":"x"}],"caption":"c""#, Content::Photo);
    check_content(r#""sticker":{"file_id":"x"}"#, Content::Sticker);
    check_content(r#""voice":{"file_id":"x"}"#, Content::Voice);
    check_content(r#""video":{"file_id":"x"}"#, Content::Video);
    check_content(r#""animation":{"file_id":"x"},"document":{"file_id":"x"}"#, Content::Animation);
    check_content(r#""document":{"file_id":"x"}"#, Content::Document);
    check_content(r#""venue":{},"location":{}"#, Content::Venue);
    check_content(r#""location":{}"#, Content::Location);
    check_content(r#""audio":{}"#, Content::Audio);
    check_content(r#""video_note":{}"#, Content::VideoNote);
    check_content(r#""dice":{}"#, Content::Dice);
    check_content(r#""contact":{"phone_number":"1"}"#, Content::Contact);
    check_content(r#""poll":{}"#, Content::Poll);
    check_content(r#""story":{}"#, Content::Other);
    check_content(r#""photo":null,"sticker":{}"#, Content::Sticker);
}

#[test]
fn sender_language_and_reply_are_kept() {
    let update = update_of(&message(r#""text":"x","reply_to_message":{"message_id":4,"date":1,"chat":{}}"#));
    assert_eq!(update.from, TelegramId::new(77));
    assert_eq!(update.language.as_deref(), Some("hi-IN"));
    let kind = UpdateKind::Message {
        message: MessageId::new(9),
        content: Content::Text,
        reply_to: Some(MessageId::new(4)),
        album: None,
        leaks: Questions::EMPTY,
    };
    assert_eq!(update.kind, kind);
}

#[test]
fn commands_come_from_slash_and_what_is_none_is_talk() {
    check_kind(&message(r#""text":"/next""#), &UpdateKind::Command(Command::Next));
    check_kind(&message(r#""text":"/stop@luvbot now""#), &UpdateKind::Command(Command::Stop));
    check_content(r#""text":"/stop@OtherBot""#, Content::Text);
    check_kind(&message(r#""text":"/help""#), &UpdateKind::Other);
    for talk in ["/shrug", "/s", "/100", "/ me too", "/r/rust is nice", "//"] {
        check_content(&format!(r#""text":"{talk}""#), Content::Text);
    }
    check_content(r#""text":"and /next""#, Content::Text);
}

#[test]
fn buttons_are_commands_or_lane_business() {
    let press = |data: &str| format!(r#"{{"update_id":5,"callback_query":{{"id":"q1",{FROM},"chat_instance":"1"{data}}}}}"#);
    let data = Callback::Command(Command::Next).encode();
    let update = update_of(&press(&format!(r#","data":"{data}""#)));
    assert_eq!(update.kind, UpdateKind::Command(Command::Next));
    assert_eq!(update.callback.as_deref(), Some("q1"));
    check_kind(&press(r#","data":"forged""#), &UpdateKind::Other);
    check_kind(&press(""), &UpdateKind::Other);
}

#[test]
fn menu_buttons_are_commands_in_every_language() {
    for &language in luvhive_core::person::UiLanguage::ALL {
        let text = crate::locale::Words::new(language).text("button-next");
        check_kind(&message(&format!(r#""text":"{text}""#)), &UpdateKind::Command(Command::Next));
    }
}

#[test]
fn blocking_and_unblocking_are_told_by_status() {
    let member = |status: &str| {
        format!(r#"{{"update_id":5,"my_chat_member":{{{CHAT},{FROM},"date":1,"new_chat_member":{{"status":"{status}"}}}}}}"#)
    };
    check_kind(&member("kicked"), &UpdateKind::BotBlocked);
    assert_eq!(update_of(&member("kicked")).written_at, Some(luvhive_core::time::TelegramTime::from_seconds(1)));
    check_kind(&member("member"), &UpdateKind::BotUnblocked);
    check_dead(&member("levitating"), None, "status");
}

#[test]
fn groups_and_edits_do_no_harm() {
    let group = r#"{"update_id":5,"message":{"message_id":9,"from":{"id":77},"chat":{"id":-5,"type":"group"},"text":"/next"}}"#;
    assert_eq!(read(group, "LuvBot").unwrap().event, None);
    let edit = |date: &str| {
        format!(r#"{{"update_id":5,"edited_message":{{"message_id":9,{FROM},{CHAT},"date":1,{date}"text":"/next"}}}}"#)
    };
    check_kind(&edit(r#""edit_date":2,"#), &UpdateKind::Edit);
    assert_eq!(read(&edit(""), "LuvBot").unwrap().event, None, "nobody changed anything");
}

#[test]
fn what_telegram_tells_of_the_chat_is_no_message() {
    for service in [
        r#""pinned_message":{"message_id":4,"date":1,"chat":{},"text":"x"}"#,
        r#""message_auto_delete_timer_changed":{"message_auto_delete_time":86400}"#,
        r#""chat_background_set":{"type":{"type":"chat_theme","theme_name":"x"}}"#,
        r#""write_access_allowed":{}"#,
        r#""forum_topic_created":{"name":"x","icon_color":1}"#,
        r#""gift":{"gift":{}}"#,
    ] {
        assert_eq!(read(&message(service), "LuvBot").unwrap().event, None, "{service}");
    }
    let paid =
        r#""successful_payment":{"currency":"XTR","total_amount":1,"invoice_payload":"x","telegram_payment_charge_id":"c"}"#;
    check_kind(&message(paid), &UpdateKind::Payment);
}

#[test]
fn a_name_that_links_to_an_account_is_told_apart() {
    let mention = r#"[{"type":"text_mention","offset":0,"length":1,"user":{"id":5,"is_bot":false,"first_name":"A"}}]"#;
    check_content(&format!(r#""text":"x","entities":{mention}"#), Content::Mention);
    check_content(&format!(r#""photo":[{{}}],"caption":"x","caption_entities":{mention}"#), Content::Mention);
    for link in ["tg://user?id=5", "TG://User?id=5", "tg:user?id=5", "tg://user/?id=5#x", "tg://openmessage?user_id=5"] {
        let entity = format!(r#"[{{"type":"text_link","offset":0,"length":1,"url":"{link}"}}]"#);
        check_content(&format!(r#""text":"x","entities":{entity}"#), Content::Mention);
        check_content(
            &format!(r#""text":"write to {link}","entities":[{{"type":"url","offset":9,"length":3}}]"#),
            Content::Mention,
        );
        check_content(&format!(r#""video":{{}},"caption":"{link}""#), Content::Mention);
    }
    for link in ["https://example.org", "tg://username?x=1", "tg://users"] {
        let entity = format!(r#"[{{"type":"text_link","offset":0,"length":1,"url":"{link}"}},{{"type":"new"}},{{}}]"#);
        check_content(&format!(r#""text":"x","entities":{entity}"#), Content::Text);
    }
}

#[test]
fn what_somebody_else_wrote_is_talk_whatever_it_says() {
    let button = crate::locale::Words::new(luvhive_core::person::UiLanguage::English).text("button-stop");
    for text in ["/stop", "/next", "/friend", "/block", "/report", "/delete_me", button.as_str()] {
        let forwarded = r#""forward_origin":{"type":"hidden_user","date":1,"sender_user_name":"X"}"#;
        for foreign in [forwarded, r#""via_bot":{"id":9,"is_bot":true,"first_name":"B"}"#] {
            check_content(&format!(r#""text":"{text}",{foreign}"#), Content::Text);
        }
        let quoting = r#""reply_to_message":{"message_id":4,"date":1,"chat":{},"text":"/stop"}"#;
        let update = update_of(&message(&format!(r#""text":"no, {text}",{quoting}"#)));
        assert!(matches!(update.kind, UpdateKind::Message { .. }), "{update:?}");
    }
}

#[test]
fn report_block_and_leaving_are_told_apart() {
    for text in ["/report", "/block", "/delete_me"] {
        check_kind(&message(&format!(r#""text":"{text}""#)), &UpdateKind::Safety);
    }
    let chat = luvhive_core::id::ChatId::new(7);
    for callback in [Callback::AskReport { chat, message: None }, Callback::AskBlock { chat }, Callback::Block { chat }] {
        let data = callback.encode();
        let press = format!(r#"{{"update_id":5,"callback_query":{{"id":"q1",{FROM},"chat_instance":"1","data":"{data}"}}}}"#);
        check_kind(&press, &UpdateKind::Safety);
    }
}

#[test]
fn when_it_was_written_is_read_and_a_press_has_no_time() {
    let seconds = |update: &Update| update.written_at.map(luvhive_core::time::TelegramTime::as_seconds);
    assert_eq!(seconds(&update_of(&message(r#""text":"x""#))), Some(1));
    let edit =
        format!(r#"{{"update_id":5,"edited_message":{{"message_id":9,{FROM},{CHAT},"date":1,"edit_date":50,"text":"x"}}}}"#);
    assert_eq!(seconds(&update_of(&edit)), Some(50));
    let press = |message: i32, data: &str| {
        let shown = format!(r#""message":{{"message_id":{message},"date":1800000000,{CHAT}}}"#);
        update_of(&format!(
            r#"{{"update_id":5,"callback_query":{{"id":"q",{FROM},"chat_instance":"1",{shown},"data":"{data}"}}}}"#
        ))
    };
    let (first, again, other) = (press(4, "1c:find"), press(4, "1c:find"), press(5, "1c:find"));
    assert_eq!(seconds(&first), None, "the date is the message's");
    assert_eq!(first.press.unwrap().message, Some(MessageId::new(4)));
    assert_eq!(first.press, again.press);
    assert_ne!(first.press.unwrap().button, other.press.unwrap().button, "the same words under another message");
}

#[test]
fn unknown_kinds_and_odd_types_are_set_aside_with_their_sender() {
    check_dead(r#"{"update_id":5,"telepathy":{"from":{"id":77}}}"#, None, "kind");
    check_dead(&message(r#""text":{"no":"text"}"#), Some(77), "column");
    check_dead(&message(r#""text":"lone \ud800 half""#), Some(77), "column");
    let huge_id = message(r#""text":"x""#).replace(r#""message_id":9"#, r#""message_id":99999999999"#);
    check_dead(&huge_id, Some(77), "column");
}

#[test]
fn reasons_quote_nothing() {
    let raw = message(r#""text":{"secret":"word"}"#).replace("\"date\":1", "\"date\":\"hush\"");
    let Some(Event::Undecodable { reason, .. }) = read(&raw, "LuvBot").unwrap().event else { panic!("readable") };
    assert!(!reason.contains("secret") && !reason.contains("word") && !reason.contains("hush"), "{reason}");
}

#[test]
fn too_long_updates_are_set_aside() {
    let raw = message(&format!(r#""text":"{}""#, "x".repeat(4 << 20)));
    check_dead(&raw, Some(77), "too long");
}

#[test]
fn one_bad_update_spoils_only_itself() {
    let deep = format!(r#"{{"update_id":5,"message":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let good = message(r#""text":"x""#);
    let reply = format!(r#"{{"ok":true,"result":[{good},{deep},{{"update_id":5}},{good}]}}"#);
    let events: Vec<_> = read_batch(&reply, "LuvBot").unwrap().into_iter().map(|incoming| incoming.event).collect();
    assert!(
        matches!(
            events.as_slice(),
            [
                Some(Event::Update { .. }),
                Some(Event::Undecodable { .. }),
                Some(Event::Undecodable { .. }),
                Some(Event::Update { .. })
            ]
        ),
        "{events:?}"
    );
}

#[test]
fn deep_nesting_in_a_field_nobody_reads_passes() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    check_content(&format!(r#""text":"x","new_field":{deep}"#), Content::Text);
}

#[test]
fn a_reply_that_is_no_batch_is_refused_whole() {
    assert!(read_batch("<html>502</html>", "LuvBot").is_none());
    assert!(read_batch(r#"{"ok":true,"result":[{"update_id":5}"#, "LuvBot").is_none());
    assert!(read_batch(r#"{"ok":true,"result":[{"message":{}}]}"#, "LuvBot").is_none());
    assert_eq!(read_batch(r#"{"ok":true,"result":[]}"#, "LuvBot"), Some(vec![]));
}

#[test]
fn a_bot_that_writes_is_nobody() {
    let own = message(r#""text":"hello""#);
    assert!(read(&own, "LuvBot").unwrap().event.is_some());
    let of_bot = own.replace(r#""is_bot":false"#, r#""is_bot":true"#);
    assert_ne!(own, of_bot);
    assert_eq!(read(&of_bot, "LuvBot").unwrap().event, None);
}

#[test]
fn nul_never_reaches_the_payload() {
    let incoming = read(&message(r#""text":"a\u0000b""#), "LuvBot").unwrap();
    assert!(incoming.payload.contains(r#""text":"ab""#), "{}", incoming.payload);
}

#[test]
fn a_stored_update_keeps_its_row() {
    let incoming = read(&message(r#""text":"/help""#), "LuvBot").unwrap();
    let again = read_stored(&incoming.payload, "LuvBot", InboxId::new(3)).unwrap();
    assert!(matches!(again, Event::Update { inbox: Some(inbox), .. } if inbox == InboxId::new(3)));
    assert_eq!(read_stored("{}", "LuvBot", InboxId::new(3)), None);
}

#[test]
fn an_update_without_number_is_passed_over() {
    assert!(read(r#"{"message":{}}"#, "LuvBot").is_none());
}

#[test]
fn money_goes_to_a_lane_whoever_wrote_the_receipt() {
    let receipt = r#""currency":"XTR","total_amount":100,"invoice_payload":"p","telegram_payment_charge_id":"c""#;
    check_kind(
        &message(&format!(r#""successful_payment":{{{receipt},"provider_payment_charge_id":"x"}}"#)),
        &UpdateKind::Payment,
    );
    check_kind(&message(&format!(r#""refunded_payment":{{{receipt}}}"#)), &UpdateKind::Payment);
    let by_the_bot =
        format!(r#"{{"update_id":5,"message":{{"message_id":9,"date":1,{CHAT},"refunded_payment":{{{receipt}}}}}}}"#);
    assert_eq!(update_of(&by_the_bot).from, TelegramId::new(77));
    let subscription = r#"{"update_id":5,"subscription":{"user":{"id":77,"is_bot":false,"first_name":"A"},"invoice_payload":"p","state":"canceled"}}"#;
    check_kind(subscription, &UpdateKind::Payment);
}

#[test]
fn a_pre_checkout_query_goes_to_the_desk_and_past_the_engine() {
    let raw = format!(
        r#"{{"update_id":5,"pre_checkout_query":{{"id":"42",{FROM},"currency":"XTR","total_amount":100,"invoice_payload":"p"}}}}"#
    );
    let incoming = read(&raw, "LuvBot").unwrap();
    assert_eq!(incoming.event, None);
    let query = incoming.checkout.unwrap();
    assert_eq!((&*query.id, query.from, query.amount, &*query.payload), ("42", TelegramId::new(77), 100, "p"));
    assert_eq!(query.language.as_deref(), Some("hi-IN"));
}

#[test]
fn what_can_identify_its_writer_is_seen_in_texts_captions_links_and_files() {
    let found = |fields: &str| match update_of(&message(fields)).kind {
        UpdateKind::Message { leaks, .. } => leaks,
        other => panic!("no message: {other:?}"),
    };
    assert_eq!(found(r#""text":"how are you?""#), Questions::EMPTY);
    assert!(found(r#""text":"call me: +91 98765 43210""#).contains(Question::Phone));
    assert!(found(r#""photo":[{"file_id":"x"}],"caption":"mail me: ravi.k@example.com""#).contains(Question::Email));
    let link = r#""text":"here","entities":[{"type":"text_link","offset":0,"length":4,"url":"https://example.com/me"}]"#;
    assert!(found(link).contains(Question::Link));
    let file = r#""document":{"file_id":"x","file_name":"Ravi_Kumar_CV.pdf","mime_type":"application/pdf"}"#;
    assert!(found(file).contains(Question::FileName) && found(file).contains(Question::FileFacts));
    assert_eq!(found(r#""text":"hi im 15""#), Questions::EMPTY.with(Question::Age));
    assert_eq!(found(r#""text":"my son is 15""#), Questions::EMPTY);
    assert_eq!(found(r#""text":"hi im 15","forward_origin":{}"#), Questions::EMPTY, "somebody else wrote it");
}
