use super::*;
use crate::id::{MessageId, TelegramId};

fn original(message: i32) -> Original {
    Original { from: TelegramId::new(1), message: MessageId::new(message) }
}

fn text(words: &str) -> ChatText {
    ChatText::new(words.to_owned())
}

fn row(id: i64) -> OutboxId {
    OutboxId::new(id)
}

/// What the partner had, by this row.
fn seen(id: i64, words: Option<ChatText>) -> Before {
    Before::Seen(Some(row(id)), words)
}

/// A chat in which messages 1 to `count` were passed on, each with these words.
fn chat(count: i32, words: &str) -> LastTexts {
    let mut texts = LastTexts::default();
    for message in 1..=count {
        texts.put(original(message), (Content::Text, false), text(words));
        texts.pass(original(message), row(message.into()));
    }
    texts
}

fn known(texts: &mut LastTexts, count: i32) -> Vec<i32> {
    (1..=count).filter(|message| texts.clone().take(original(*message)) != Before::Seen(None, None)).collect()
}

#[test]
fn the_last_25_are_known_and_4_kb_of_them() {
    assert_eq!(known(&mut chat(40, "hello"), 40), (16..=40).collect::<Vec<_>>());
    assert_eq!(known(&mut chat(40, &"x".repeat(400)), 40), (31..=40).collect::<Vec<_>>(), "ten of 400 bytes");
    let mut texts = chat(40, &"x".repeat(ChatText::MOST_BYTES));
    assert_eq!(known(&mut texts, 40), [40]);
    assert_eq!(texts.take(original(40)), seen(40, Some(text(&"x".repeat(ChatText::MOST_BYTES)))));
}

#[test]
fn each_change_gives_what_the_partner_had() {
    let mut texts = chat(2, "first");
    assert_eq!(texts.change(original(1), Some(text("second"))), seen(1, Some(text("first"))));
    assert_eq!(texts.change(original(1), None), seen(1, Some(text("second"))));
    assert_eq!(texts.change(original(1), Some(text("fourth"))), seen(1, None), "once it was not known");
    assert_eq!(texts.take(original(1)), seen(1, Some(text("fourth"))));
    assert_eq!(texts.take(original(1)), Before::Unseen, "it was taken already");
    assert_eq!(texts.change(original(9), Some(text("x"))), Before::Seen(None, None));
}

#[test]
fn what_waits_is_not_what_the_partner_has() {
    let mut texts = chat(1, "seen");
    // A change that waits leaves the copy as it is; when it goes, the old copy goes first.
    texts.put(original(1), (Content::Text, false), text("waits"));
    let mut taken_back = texts.clone();
    assert_eq!(texts.take(original(1)), seen(1, Some(text("seen"))));
    texts.pass(original(1), row(2));
    assert_eq!(texts.take(original(1)), seen(2, Some(text("waits"))));
    assert_eq!(taken_back.change(original(1), Some(text("harmless"))), seen(1, Some(text("seen"))));
    // Nothing of a message that waits lies with the partner.
    texts.put(original(3), (Content::Photo, false), text("a caption"));
    assert_eq!(texts.change(original(3), Some(text("another"))), Before::Unseen);
    texts.pass(original(3), row(4));
    assert_eq!(texts.content(original(3)), Some(Content::Photo));
    assert_eq!(texts.take(original(3)), seen(4, Some(text("another"))));
}

#[test]
fn a_change_that_waits_of_a_message_that_was_forgotten_leaves_its_copy_unknown() {
    let mut texts = LastTexts::default();
    texts.put(original(1), (Content::Text, true), text("waits"));
    assert_eq!(texts.take(original(1)), Before::Seen(None, None), "the partner has it, and nobody knows the words");
    texts.pass(original(1), row(2));
    assert_eq!(texts.take(original(1)), seen(2, Some(text("waits"))));
}

#[test]
fn a_long_text_and_its_change_keep_what_the_partner_has() {
    let long = "x".repeat(3_000);
    let mut texts = chat(1, &long);
    texts.put(original(1), (Content::Text, false), text(&"y".repeat(3_000)));
    assert_eq!(texts.take(original(1)), seen(1, Some(text(&long))));
}

#[test]
fn a_text_is_cut_between_letters_and_never_printed() {
    let cut = text(&"अ".repeat(2_000));
    assert!(cut.as_str().ends_with("अ…") && cut.as_str().len() <= ChatText::MOST_BYTES, "{}", cut.as_str().len());
    assert_eq!(format!("{:?}", text("planted")), "ChatText(7 bytes)");
    assert!(!format!("{:?}", chat(1, "planted")).contains("planted"));
}
