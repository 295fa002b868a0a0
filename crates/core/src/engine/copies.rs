//! The last copies of a chat: which are on their way, and since when the others are known to have arrived. A change that
//! was made before that may be in the copy.

use std::collections::BTreeMap;

use super::effect::Original;
use crate::id::{OutboxId, TelegramId};
use crate::time::Timestamp;

/// How many copies of a chat are known at least, if there were so many.
const KNOWN: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Copy {
    pub(crate) row: OutboxId,
    /// `None` = it is not known to have left.
    pub(crate) left_at: Option<Timestamp>,
}

/// Copies, by their originals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Copies(BTreeMap<Original, Copy>);

impl Copies {
    /// A message is passed on by this row.
    pub(crate) fn add(&mut self, original: Original, row: OutboxId) {
        self.0.insert(original, Copy { row, left_at: None });
        if self.0.len() <= KNOWN {
            return;
        }
        let arrived = self.0.iter().filter(|(_, copy)| copy.left_at.is_some());
        if let Some(oldest) = arrived.min_by_key(|(_, copy)| copy.row).map(|(&oldest, _)| oldest) {
            self.0.remove(&oldest);
        }
    }

    /// Every row to `receiver` up to this one has left.
    pub(crate) fn leave(&mut self, receiver: TelegramId, last: OutboxId, now: Timestamp) {
        for (original, copy) in &mut self.0 {
            if original.from != receiver && copy.row <= last {
                copy.left_at.get_or_insert(now);
            }
        }
    }

    pub(crate) fn find(&self, original: Original) -> Option<Copy> {
        self.0.get(&original).copied()
    }

    /// The copy is taken away.
    pub(crate) fn forget(&mut self, original: Original) {
        self.0.remove(&original);
    }
}
