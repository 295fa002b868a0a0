//! What stood in messages before they were changed: kept by the very commit that changes or takes away the copy, and never
//! anything else than what the partner had.

use std::collections::BTreeMap;

use luvhive_core::chat::ChatText;
use luvhive_core::engine::{EngineCommand, Original, OutboxBody};
use luvhive_core::id::{MessageId, TelegramId};

use super::check::{Check, Rule};
use super::database::CommitRequest;
use super::message::REMOVAL;

/// How the words of every change begin.
pub(crate) const CHANGED: &str = "changed";

/// What a message says before any change.
pub(crate) fn words(from: TelegramId, message: MessageId) -> ChatText {
    ChatText::new(format!("words {message} of {from}"))
}

/// A command as it is read back: the words of a change lie in memory alone.
pub(crate) fn as_stored(command: &EngineCommand) -> EngineCommand {
    let mut command = command.clone();
    if let EngineCommand::PassOn { words, .. } = &mut command {
        *words = None;
    }
    command
}

/// A message that was passed on.
#[derive(Clone, Copy, Debug, Default)]
struct Passed {
    /// Whether the partner has a copy.
    is_there: bool,
    was_changed: bool,
}

/// Every message that was passed on.
#[derive(Debug, Default)]
pub(crate) struct Former(BTreeMap<Original, Passed>);

impl Former {
    /// Before a batch is applied.
    pub(crate) fn before_commit(&mut self, check: &mut Check, request: &CommitRequest) {
        for row in &request.rows {
            match &row.body {
                OutboxBody::Relay(relay) => {
                    self.0.entry(Original { from: relay.from, message: relay.source }).or_default().is_there = true;
                }
                OutboxBody::Edit { original, call } => {
                    let Some(passed) = self.0.get_mut(original).filter(|passed| passed.is_there) else { continue };
                    let is_first = !std::mem::replace(&mut passed.was_changed, true);
                    passed.is_there = call.body != REMOVAL;
                    goes(check, request, (*original, is_first));
                }
                OutboxBody::Call(_) => {}
            }
        }
    }
}

/// What the partner had of a message goes with this batch: the batch keeps it. What it was is known if it never changed before.
fn goes(check: &mut Check, request: &CommitRequest, (original, is_first): (Original, bool)) {
    let kept = request.batch.former.iter().find(|former| former.original == original);
    check.expect(Rule::FormerWordsKept, kept.is_some(), || format!("what stood in {original:?} is not kept"));
    let Some(said) = kept.and_then(|former| former.words.as_ref()) else { return };
    let is_right = !is_first || *said == words(original.from, original.message);
    check.expect(Rule::FormerWordsKept, is_right, || format!("{original:?} never said {:?}", said.as_str()));
}
