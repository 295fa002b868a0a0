//! What the instances, the database and Telegram tell one another.

use std::rc::Rc;

use luvhive_core::engine::Loaded;
use luvhive_core::engine::batch::Render;
use luvhive_core::engine::{EngineCommand, Notice, Rendered};
use luvhive_core::id::{CommandId, Epoch, InboxId, OutboxId, TelegramId, UpdateId};
use luvhive_core::person::UiLanguage;

use super::database::{CommitRequest, FinishReply, FinishRequest, LeaseRow};
use super::sender::Settling;
use super::telegram::Outcome;

/// One life of one instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) instance: usize,
    pub(crate) life: u32,
}

/// What an instance asks of the database.
#[derive(Clone, Debug)]
pub(crate) enum Statement {
    Acquire,
    Load,
    Heartbeat { epoch: Epoch, sent_at: i64 },
    Commit(Rc<CommitRequest>),
    ReadLease(Rc<CommitRequest>),
    Finish(Rc<FinishRequest>),
    Settle(Rc<Settling>),
    ListCommands,
}

/// What the database answers.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Acquired(Option<LeaseRow>),
    Loaded(Box<Loaded>),
    Heartbeat(bool),
    Committed(bool),
    Lease(LeaseRow),
    Finished(FinishReply),
    Settled,
    Commands(Vec<(CommandId, EngineCommand)>),
    /// No answer: the statement took effect or not.
    Lost,
}

/// What enters an instance.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    Boot,
    Answer(Statement, Reply),
    Polled(Vec<UpdateId>),
    Sent(OutboxId, TelegramId, Outcome),
    Resume(TelegramId),
    /// Telegram was asked for a sign of life.
    Asked(bool),
    Lane(InboxId, TelegramId),
    Again(Statement),
    Beat,
    Settle,
    SessionLost,
}

/// The call that takes a copy away.
pub(crate) const REMOVAL: &str = "removal";

/// Words of a notice that the checks read.
pub(crate) struct Words;

impl Render for Words {
    fn render(&self, _receiver: TelegramId, _language: UiLanguage, notice: &Notice) -> Rendered {
        let body = match notice {
            Notice::Matched(card) => format!("matched {}", card.chat),
            Notice::ChatEnded { chat, undelivered, .. } => format!("ended {chat} {undelivered}"),
            Notice::Meeting { card, on: None, .. } => format!("meeting {}", card.chat),
            Notice::Meeting { card, standing, .. } => format!("card {} {standing:?}", card.chat),
            Notice::WrittenBefore { chat, message, .. } => format!("before {chat} {message}"),
            Notice::NotDelivered { message, why } => format!("undelivered {message} {why}"),
            Notice::AskAgain { .. } => "again".to_owned(),
            Notice::MeetingFailed { .. } => "failed".to_owned(),
            Notice::MeetingMissed => "missed".to_owned(),
            Notice::MeetingFirst => "first".to_owned(),
            Notice::Declined { .. } => "declined".to_owned(),
            Notice::AskLeak { hold, .. } => format!("leak {hold}"),
            Notice::AskAge { hold, .. } => format!("age {hold}"),
            Notice::AskMedia { hold } => format!("asked {hold}"),
            Notice::TooEarly { .. }
            | Notice::MediaRefused
            | Notice::TextOnly
            | Notice::TooManyHeld
            | Notice::TakenBack { .. }
            | Notice::LinkTooNew
            | Notice::Enough { .. } => "refused".to_owned(),
            Notice::PartnerSlow => "slow".to_owned(),
            _ => "notice".to_owned(),
        };
        Rendered { version: 1, body }
    }

    fn removal(&self) -> Rendered {
        Rendered { version: 1, body: REMOVAL.to_owned() }
    }
}
