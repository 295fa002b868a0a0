//! What lanes, the sender and the clocks report to the crank, which alone owns the engine's state.

use luvhive_core::chat::Undelivered;
use luvhive_core::engine::effect::Original;
use luvhive_core::engine::event::{EngineCommand, Event};
use luvhive_core::id::{CommandId, InboxId, TelegramId, UpdateId};
use tokio::sync::mpsc;

/// One report.
#[derive(Debug)]
pub(crate) enum Report {
    /// Something for the engine.
    Event(Event),
    /// A lane could not handle its row, which is still in the inbox.
    LaneFailed {
        /// The row.
        inbox: InboxId,
        /// Whose.
        telegram: TelegramId,
        /// The update in it.
        update: UpdateId,
        /// What was wrong, without any content.
        reason: Box<str>,
    },
    /// Commands that operators left; may name some that are known already.
    Commands(Vec<(CommandId, EngineCommand)>),
    /// What is stored and what the engine believes may differ: read everything again.
    Reload,
    /// Another process owns the shard.
    Fenced,
}

/// The reporters' end. Clones report to the same crank.
#[derive(Clone, Debug)]
pub(crate) struct Reports(mpsc::UnboundedSender<Report>);

impl Reports {
    /// Makes both ends. What can be on its way is bounded by rows and lanes, which are bounded themselves.
    pub(crate) fn channel() -> (Self, mpsc::UnboundedReceiver<Report>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Reports; without effect once the crank has gone.
    pub(crate) fn send(&self, report: Report) {
        let _ = self.0.send(report);
    }

    /// Reports that changes to these messages were dropped with what waited for a chat that is over, or may have arrived
    /// before.
    pub(crate) fn tell_late(&self, late: impl IntoIterator<Item = (Original, Undelivered)>) {
        for (Original { from: telegram, message }, why) in late {
            self.send(Report::Event(Event::NotRelayed { telegram, message, why }));
        }
    }

    /// Reports whether nobody listens any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}
