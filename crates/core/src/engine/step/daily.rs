//! The caps of a day: what counts, and what somebody hears who has done so much that a cap is reached. Nobody is stopped in
//! silence, and a partner never hears of it.

use super::Turn;
use crate::chat::{Content, Question, Questions};
use crate::engine::notice::Notice;
use crate::id::PersonId;
use crate::tier::{Capped, Upheld};
use crate::time::Timestamp;

impl Turn<'_> {
    /// What somebody hears who has reached their cap; `None` = they may go on.
    pub(super) fn enough(&self, person: PersonId, of: Capped) -> Option<Notice> {
        let facts = self.state.facts_of(person)?;
        let upheld = self.state.upheld.get(&person).map_or(&[][..], Vec::as_slice);
        let cap = self.state.rules.tiers.cap(of, (facts, upheld), self.now);
        let left = self.state.daily.free_at((person, of), cap, self.now)?.since(self.now);
        let left_h = u32::try_from(left.as_secs().div_ceil(3_600)).unwrap_or(u32::MAX).max(1);
        Some(Notice::Enough { of, left_h })
    }

    /// Why a message with a link in it is refused, if it is.
    pub(super) fn link_refusal(&self, writer: PersonId, leaks: Questions) -> Option<Notice> {
        if !leaks.contains(Question::Link) {
            return None;
        }
        let is_linkless = self.state.facts_of(writer).is_none_or(|facts| self.state.rules.tiers.is_linkless(facts));
        if is_linkless { Some(Notice::LinkTooNew) } else { self.enough(writer, Capped::Links) }
    }

    /// Counts messages that were passed on.
    pub(super) fn count_passed(&mut self, writer: PersonId, (content, leaks): (Content, Questions), times: usize) {
        let counts = [(Capped::Links, leaks.contains(Question::Link)), (Capped::Media, !content.is_plain())];
        for (of, _) in counts.into_iter().filter(|(_, counts)| *counts) {
            for _ in 0..times {
                self.state.daily.add((writer, of), None, self.now);
            }
        }
    }

    /// A report about somebody led to a sanction. It may have been read at start already.
    pub(super) fn uphold(&mut self, person: PersonId, upheld: Upheld) {
        if self.state.accounts.contains_key(&person) {
            let known = self.state.upheld.entry(person).or_default();
            if !known.contains(&upheld) {
                known.push(upheld);
            }
        }
    }

    /// A sanction was lifted: what led to it does not count any more.
    pub(super) fn take_upheld_back(&mut self, person: PersonId, now: Timestamp) {
        if let Some(known) = self.state.upheld.get_mut(&person) {
            known.retain(|upheld| upheld.until <= now);
        }
    }
}
