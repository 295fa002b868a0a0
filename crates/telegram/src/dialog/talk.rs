//! One update on its way through the dialogs: who is in front of us and where, and what comes of it so far.

use luvhive_core::engine::effect::Rendered;
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::{ChatId, MessageId, TelegramId};
use luvhive_core::person::UiLanguage;
use luvhive_core::ports::{Change, StoreError, Visitor};
use luvhive_core::time::Timestamp;

use super::heard::{Heard, Update};
use crate::handler::{CallbackAnswer, Followed, LaneOutcome, LaneWork};
use crate::locale::Words;
use crate::view::screen::Screen;

/// How a part of a dialog ends: what comes of it stands in the [`Talk`], and only a store can fail.
pub(super) type Done = Result<(), StoreError>;

/// One update, or one piece of work, and what comes of it.
pub(super) struct Talk<'a> {
    pub(super) visitor: &'a Visitor,
    pub(super) words: Words,
    /// The language tag Telegram gave, such as `hi-IN`.
    pub(super) tag: Option<&'a str>,
    pub(super) telegram: TelegramId,
    pub(super) chat: Option<ChatId>,
    /// The chat or meeting they were in when this came.
    pub(super) about: Option<ChatId>,
    pub(super) now: Timestamp,
    /// The query of the button that was pressed, if one was.
    pub(super) query: Option<Box<str>>,
    /// The message whose place a screen takes, if there is one.
    pub(super) message: Option<MessageId>,
    outcome: LaneOutcome,
    answer: Option<(String, bool)>,
}

impl<'a> Talk<'a> {
    /// Begins a piece of work that no update asked for.
    pub(super) fn new(work: &LaneWork, visitor: &'a Visitor) -> Self {
        Self::with_tag(work, visitor, None)
    }

    /// Begins to answer an update.
    pub(super) fn about(work: &LaneWork, visitor: &'a Visitor, update: &'a Update) -> Self {
        let talk = Self::with_tag(work, visitor, update.language_tag.as_deref());
        match &update.what {
            Heard::Pressed(press) => Self { query: Some(press.query.clone()), message: press.message, ..talk },
            _ => talk,
        }
    }

    fn with_tag(work: &LaneWork, visitor: &'a Visitor, tag: Option<&'a str>) -> Self {
        let registered = visitor.person.as_ref().map(|person| person.facts.language);
        let guessed = tag.map_or(UiLanguage::English, UiLanguage::from_tag);
        Self {
            visitor,
            words: Words::new(visitor.language.or(registered).unwrap_or(guessed)),
            tag,
            telegram: work.telegram,
            chat: work.chat,
            about: work.about,
            now: work.now,
            query: None,
            message: None,
            outcome: LaneOutcome::default(),
            answer: None,
        }
    }

    /// Notes a change.
    pub(super) fn change(&mut self, change: Change) {
        self.outcome.changes.push(change);
    }

    /// Leaves the engine a command.
    pub(super) fn command(&mut self, command: EngineCommand) {
        self.change(Change::ToEngine(command));
    }

    /// Reports whether such a change was noted.
    pub(super) fn has_change(&self, is_such: impl Fn(&Change) -> bool) -> bool {
        self.outcome.changes.iter().any(is_such)
    }

    /// Sends a new message.
    pub(super) fn say(&mut self, screen: &Screen) {
        self.call(screen.send(self.telegram));
    }

    /// Makes a call that is no screen.
    pub(super) fn call(&mut self, call: Rendered) {
        self.outcome.calls.push(call);
    }

    /// Has the copy of a message of theirs changed, if the chat still goes on then.
    pub(super) fn pass_on(&mut self, change: Followed) {
        self.outcome.edits.push(change);
    }

    /// Puts a screen in the place of the message, or sends it if there is none.
    pub(super) fn show(&mut self, screen: &Screen) {
        match self.message {
            Some(message) => self.call(screen.edit(self.telegram, message)),
            None => self.say(screen),
        }
    }

    /// Answers a button with a passing line.
    pub(super) fn answer_with(&mut self, text: String) {
        self.answer = Some((text, false));
    }

    /// Answers a button with a line that has to be closed.
    pub(super) fn alert(&mut self, text: String) {
        self.answer = Some((text, true));
    }

    /// Returns what came of it. A button is answered in any case, if only to stop its spinner.
    pub(super) fn into_outcome(self) -> LaneOutcome {
        let answer = self.query.map(|callback| {
            let (text, is_alert) = self.answer.map_or((None, false), |(text, is_alert)| (Some(text), is_alert));
            CallbackAnswer { callback, text, is_alert }
        });
        LaneOutcome { answer, ..self.outcome }
    }
}
