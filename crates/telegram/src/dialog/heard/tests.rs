//! The engine and the lanes are told of an update at two times, and must take it for the same.

use luvhive_core::engine::event::{Event, UpdateKind};
use luvhive_core::person::UiLanguage;
use proptest::prelude::*;
use proptest::sample::select;

use super::{EditContent, Heard, read};
use crate::intake::decode;
use crate::locale::{MenuCommand, Words};

const OWN: &str = "LuvBot";

fn update(kind: &str, text: &str) -> String {
    let person = serde_json::json!({"id": 77, "is_bot": false, "first_name": "A"});
    let chat = serde_json::json!({"id": 77, "type": "private"});
    serde_json::json!({"update_id": 5, kind: {"message_id": 9, "date": 1, "from": person, "chat": chat, "text": text}})
        .to_string()
}

fn engine_hears_talk(text: &str) -> bool {
    match decode::read(&update("message", text), OWN).unwrap().event {
        Some(Event::Update { update, .. }) => matches!(update.kind, UpdateKind::Message { .. }),
        other => panic!("not an update: {other:?}"),
    }
}

fn lane_hears(text: &str) -> Option<MenuCommand> {
    match read(&update("message", text), OWN).unwrap().what {
        Heard::Said(said) => said.command,
        _ => panic!("nothing was said"),
    }
}

#[track_caller]
fn check(text: &str, expected: Option<MenuCommand>) {
    assert_eq!(lane_hears(text), expected, "{text:?} to a lane");
    assert_eq!(engine_hears_talk(text), expected.is_none(), "{text:?} to the engine");
}

#[test]
fn white_space_around_a_command_does_not_count() {
    for text in ["/find", " /find", "\n/find ", "\u{a0}/find\u{a0}", " /FIND now"] {
        check(text, Some(MenuCommand::Find));
    }
    let button = Words::new(UiLanguage::English).text("button-find");
    let spaced = format!("{}{button}\n", " ".repeat(200));
    check(&spaced, Some(MenuCommand::Find));
    for talk in ["and /find", "/ find", "", " "] {
        check(talk, None);
    }
}

#[test]
fn a_command_for_another_bot_is_talk() {
    check("/find@luvbot", Some(MenuCommand::Find));
    for talk in ["/find@OtherBot", " /find@OtherBot", "/find@", "/find@LuvBot2 now"] {
        check(talk, None);
    }
}

proptest! {
    #[test]
    fn engine_and_lanes_take_the_same_for_a_command(
        parts in proptest::collection::vec(
            select(vec![" ", "\n", "\u{3000}", "/", "find", "NEXT", "report", "help", "start", "@LuvBot", "@other", "ref_a", "🔎", "x"]),
            0..6,
        ),
        button in select(vec!["button-find", "button-next", "button-report", "button-help"]),
        is_button in any::<bool>(),
    ) {
        let word = Words::new(UiLanguage::Hindi).text(button);
        let text = if is_button { format!("{}{word}", parts.concat()) } else { parts.concat() };
        prop_assert_eq!(engine_hears_talk(&text), lane_hears(&text).is_none(), "{:?}", text);
    }
}

#[test]
fn each_medium_with_a_caption_can_be_edited_and_no_other() {
    let content = |media: &str| {
        let edited = update("edited_message", "").replace(r#""text":"""#, &format!(r#""caption":"c","{media}":[{{}}]"#));
        match read(&edited, OWN).unwrap().what {
            Heard::Edited(edit) => Some(matches!(edit.content, EditContent::Caption { caption, .. } if caption == "c")),
            _ => None,
        }
    };
    for media in ["photo", "video", "animation", "document", "audio", "voice"] {
        assert_eq!(content(media), Some(true), "{media}");
    }
    for media in ["sticker", "video_note", "location", "venue", "dice", "contact", "poll", "story"] {
        assert_eq!(content(media), None, "{media}");
    }
}
