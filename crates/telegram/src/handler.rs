//! The seam between the runtime, which runs lanes, and the dialogs, which decide what one does.
//! A lane's result is data; the runtime commits it and only then sends.

use std::sync::Arc;

use luvhive_core::chat::{ChatText, Questions};
use luvhive_core::engine::effect::{Rendered, Task};
use luvhive_core::id::{ChatId, MessageId, PersonId, TelegramId};
use luvhive_core::ports::{Change, StoreError};
use luvhive_core::time::{TelegramTime, Timestamp};

/// One open inbox row, ready to be worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneWork {
    /// Whose lane.
    pub telegram: TelegramId,
    /// The chat the person is in, if any, when the work begins.
    pub chat: Option<ChatId>,
    /// The chat or meeting the person was in when the update came: what a report or a block is about.
    pub about: Option<ChatId>,
    /// When the row was made: no later than its update was taken in.
    pub received_at: Timestamp,
    /// The time of this operation.
    pub now: Timestamp,
    /// What is to be done.
    pub task: LaneTask,
}

/// What a lane is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LaneTask {
    /// Answer an update.
    Update {
        /// Its raw JSON, free of U+0000.
        payload: Arc<str>,
    },
    /// Erase everything about a person, who has left seat and chat already.
    Erase {
        /// Who.
        person: PersonId,
    },
    /// Do something that no update asked for. The one call that a handler may make directly is the refund's: Telegram
    /// takes it once, and a second one is told so.
    Task(Task),
}

/// The result of a lane. Nothing of it is stored or sent before the journal has it, except the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LaneOutcome {
    /// Changes, in the order in which they apply.
    pub changes: Vec<Change>,
    /// Calls to this person, in the order of sending.
    pub calls: Vec<Rendered>,
    /// Changes to messages of this person in [`LaneWork::chat`], in the order of sending: the engine passes them on if that
    /// chat still goes on then.
    pub edits: Vec<Followed>,
    /// How the button press that began this is answered; best effort, sent after the commit.
    pub answer: Option<CallbackAnswer>,
}

/// A change to a message, which its copy follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The message.
    pub message: MessageId,
    /// The call that changes the copy, without its place.
    pub call: Rendered,
    /// What in it can identify its writer now.
    pub leaks: Questions,
    /// When it was changed, if Telegram says so.
    pub edited_at: Option<TelegramTime>,
    /// Whether a copy is known.
    pub is_copied: bool,
    /// What it says in words now.
    pub words: ChatText,
}

/// The answer to a button press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackAnswer {
    /// The query.
    pub callback: Box<str>,
    /// What is shown, at most 200 characters; `None` only stops the spinner.
    pub text: Option<String>,
    /// Whether it is shown as a dialog instead of a passing line.
    pub is_alert: bool,
}

/// Decides what to do about an inbox row. Implemented by the dialogs.
#[async_trait::async_trait]
pub trait LaneHandler: Send + Sync {
    /// Handles one row of one person; reads stores, changes nothing.
    ///
    /// May be called again for the same row after a crash or an outage, so it must depend on stores and `work` alone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] is retried; any other sets the row aside and tells the person.
    async fn handle(&self, work: &LaneWork) -> Result<LaneOutcome, StoreError>;

    /// Words for a person whose row has to wait because the stores do not answer; none if nobody waits for an answer.
    ///
    /// Asks no store. It is sent past the outbox, at most once per row and try of a process.
    fn say_busy(&self, _work: &LaneWork) -> Option<Rendered> {
        None
    }
}
