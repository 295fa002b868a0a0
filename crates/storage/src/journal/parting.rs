//! Which of the chats that ended lately the engine keeps, at a start.

use std::collections::HashMap;

use luvhive_core::engine::Parting;
use luvhive_core::id::PersonId;
use luvhive_core::search::MAX_RECENT;

use crate::moment::Moment;

/// The people of a chat that ended, when it began and ended, and whether it was a meeting.
pub(super) type PartingRow = (Option<i64>, Option<i64>, Moment, Option<Moment>, bool);

/// The partings that the engine keeps: of each person the last ones, of chats and of meetings. They are taken as they are
/// read, the newest first, so
/// that a busy day is never in memory as a whole.
#[derive(Default)]
pub(super) struct LastPartings {
    kept: Vec<Parting>,
    counts: HashMap<(i64, bool), usize>,
}

impl LastPartings {
    pub(super) fn take(&mut self, (first, second, since, ended, is_firm): PartingRow) {
        let (Some(first), Some(second), Some(ended)) = (first, second, ended) else { return };
        let is_kept =
            [first, second].iter().any(|person| self.counts.get(&(*person, is_firm)).is_none_or(|count| *count < MAX_RECENT));
        if is_kept {
            for person in [first, second] {
                let count = self.counts.entry((person, is_firm)).or_default();
                *count = count.saturating_add(1);
            }
            let (people, since, at) = ([PersonId::new(first), PersonId::new(second)], since.into(), ended.into());
            self.kept.push(Parting { people, since, at, is_firm });
        }
    }

    pub(super) fn into_oldest_first(mut self) -> Vec<Parting> {
        self.kept.reverse();
        self.kept
    }
}
