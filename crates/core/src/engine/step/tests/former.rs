//! What stood in messages before they were changed: kept when the partner's copy changes or goes, and only then.

use super::*;
use crate::chat::{ChatText, Question, Sent};
use crate::engine::effect::FormerWords;
use crate::id::{AlbumId, HoldId};
use crate::time::TelegramTime;

const MESSAGE: MessageId = MessageId::new(10);

/// Two who chat, past the first minutes.
fn in_chat() -> Play {
    let mut play = Play::new();
    play.match_one_and_two();
    play.wait_ms(120_000);
    play
}

fn text(words: &str) -> ChatText {
    ChatText::new(words.to_owned())
}

impl Play {
    fn write(&mut self, message: MessageId, words: &str, leaks: &[Question]) -> Vec<Effect> {
        let (content, leaks) = (Content::Text, leaks.iter().copied().collect());
        let kind = UpdateKind::Message { message, content, reply_to: None, album: None, leaks };
        self.take_in(kind, words, None)
    }

    fn take_in(&mut self, kind: UpdateKind, words: &str, written_at: Option<TelegramTime>) -> Vec<Effect> {
        self.update += 1;
        let update =
            Update { words: Some(text(words)), written_at, ..Update::new(UpdateId::new(self.update), telegram(1), kind) };
        self.event(Event::Update { update, inbox: None })
    }

    fn change(&mut self, words: &str, leaks: &[Question]) -> Vec<Effect> {
        let chat = self.state.chat_of(telegram(1)).expect("they chat");
        let original = Original { from: telegram(1), message: MESSAGE };
        let call = Rendered { version: 1, body: "edit".to_owned() };
        let (leaks, edited_at) = (leaks.iter().copied().collect(), Some(self.state.telegram_time(self.now)));
        let command = EngineCommand::PassOn { chat, original, call, leaks, edited_at, is_copied: true, words: Some(text(words)) };
        self.event(Event::Command { id: CommandId::new(1), command })
    }

    /// Every row to the second person so far has left, long before anything else happens.
    fn let_all_leave(&mut self) {
        let (chat, last) = (self.state.chat_of(telegram(1)).expect("they chat"), self.state.ids().next_outbox());
        self.event(Event::Settled { receiver: telegram(2), count: 0, relayed: Some((chat, 0, last)) });
        self.wait_ms(5_000);
    }

    fn hold(&self) -> HoldId {
        self.state.holds.all()[0].id
    }

    fn send_anyway(&mut self, is_yes: bool) -> Vec<Effect> {
        self.wait_ms(2_000);
        let hold = self.hold();
        self.command(1, Command::SendAnyway { hold, is_yes })
    }
}

/// What was kept: the words, and whether the message's row is known.
fn kept(effects: &[Effect]) -> Vec<(Option<&str>, bool)> {
    let of = |effect| match effect {
        &Effect::Former(FormerWords { ref words, pair, original, .. }) => {
            assert_eq!((original.from, original.message), (telegram(1), MESSAGE));
            Some((words.as_ref().map(ChatText::as_str), pair.is_some()))
        }
        _ => None,
    };
    effects.iter().filter_map(of).collect()
}

#[test]
fn each_change_keeps_what_stood_there_before_it() {
    let mut play = in_chat();
    play.write(MESSAGE, "first", &[]);
    assert_eq!(kept(&play.change("second", &[])), [(Some("first"), true)]);
    assert_eq!(kept(&play.change("second", &[])), [], "only the looks changed");
    assert_eq!(kept(&play.change("", &[])), [(Some("second"), true)], "a caption that goes");
    assert_eq!(kept(&play.change("third", &[])), [(Some(""), true)]);
}

#[test]
fn after_a_restart_the_words_are_not_known() {
    let mut play = in_chat();
    play.write(MESSAGE, "first", &[]);
    let seats = play.state.seats.iter().map(|(&person, &seat)| (person, seat)).collect();
    let loaded = Loaded { people: play.state.people.values().cloned().collect(), seats, ..Loaded::default() };
    play.state = State::load(Epoch::new(2), Rules::default(), &loaded, play.now);
    assert_eq!(kept(&play.change("second", &[])), [(None, false)], "the store finds its pair");
}

#[test]
fn words_go_with_their_chat() {
    let mut play = in_chat();
    play.write(MESSAGE, "first", &[]);
    play.command(1, Command::Stop);
    assert!(play.state.chats.is_empty());
    assert!(!format!("{:?}", play.state).contains("first"));
}

#[test]
fn a_change_that_waits_keeps_nothing_until_the_copy_goes() {
    let mut play = in_chat();
    play.write(MESSAGE, "first", &[]);
    play.let_all_leave();
    assert_eq!(kept(&play.change("call 0611 223344", &[Question::Phone])), []);
    assert_eq!(kept(&play.send_anyway(false)), [], "taken back: the copy is what it was");
    assert_eq!(kept(&play.change("harmless", &[])), [(Some("first"), true)]);
    play.change("call 0611 223344", &[Question::Phone]);
    assert_eq!(kept(&play.send_anyway(true)), [(Some("harmless"), true)], "the old copy goes");
    assert_eq!(kept(&play.change("over", &[])), [(Some("call 0611 223344"), true)]);
}

#[test]
fn a_copy_that_may_hold_a_leak_already_goes_with_its_words() {
    let mut play = in_chat();
    play.write(MESSAGE, "first", &[]);
    // The copy has not left: it may be made of the changed message.
    assert_eq!(kept(&play.change("call 0611 223344", &[Question::Phone])), [(Some("first"), true)]);
}

#[test]
fn a_message_that_never_reached_the_partner_has_no_former_words() {
    let mut play = in_chat();
    play.write(MESSAGE, "call 0611 223344", &[Question::Phone]);
    assert_eq!(kept(&play.change("or 0611 223355", &[Question::Phone])), []);
    assert_eq!(kept(&play.send_anyway(true)), []);
    assert_eq!(kept(&play.change("over", &[])), [(Some("or 0611 223355"), true)], "what the partner saw");
}

#[test]
fn a_row_says_what_a_message_holds_and_when_it_was_written() {
    let mut play = in_chat();
    let sent = |effects: &[Effect]| {
        let of = |effect: &Effect| if let Effect::Relay { relay, .. } = effect { relay.sent } else { None };
        effects.iter().filter_map(of).collect::<Vec<Sent>>()
    };
    let at = play.telegram(-3);
    let voice =
        UpdateKind::Message { message: MESSAGE, content: Content::Voice, reply_to: None, album: None, leaks: Questions::EMPTY };
    assert_eq!(sent(&play.take_in(voice, "", Some(at))), [Sent { content: Content::Voice, at }]);
    // An album waits as one, and each of it is what it is.
    let album = Some(AlbumId::new(5));
    for (message, content) in [(11, Content::Photo), (12, Content::Video)] {
        let message = MessageId::new(message);
        play.take_in(UpdateKind::Message { message, content, reply_to: None, album, leaks: Questions::EMPTY }, "", Some(at));
    }
    play.wait_ms(2_000);
    let hold = play.hold();
    let now = play.telegram(0);
    let released = sent(&play.command(2, Command::TakeMedia { hold, is_on: true }));
    assert_eq!(released, [Content::Photo, Content::Video].map(|content| Sent { content, at: now }));
}
