//! Numbers of posted updates that were taken in, so that a second delivery is passed over.
//! Telegram numbers updates one after another, so a few ranges hold very many of them.

use std::collections::BTreeMap;

use luvhive_core::id::UpdateId;

/// How many ranges are kept at most; the lowest are forgotten first.
const MAX_RANGES: usize = 10_000;

/// A set of numbers as ranges.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// First and last number of each range; ranges neither touch nor overlap.
    ranges: BTreeMap<i64, i64>,
    /// The watermark at which everything was forgotten last.
    forgotten_at: Option<UpdateId>,
}

impl Seen {
    /// Forgets everything, once: a week after this watermark Telegram begins to number anew.
    pub(super) fn forget_at(&mut self, watermark: UpdateId) {
        if self.forgotten_at.replace(watermark) != Some(watermark) {
            self.ranges.clear();
        }
    }

    /// Adds a number. Returns false if it was there already.
    pub(super) fn insert(&mut self, id: UpdateId) -> bool {
        let id = id.get();
        let before = self.ranges.range(..=id).next_back().map(|(&first, &last)| (first, last));
        if before.is_some_and(|(_, last)| id <= last) {
            return false;
        }
        let first = match before {
            Some((first, last)) if last.saturating_add(1) == id => first,
            _ => id,
        };
        let last = self.ranges.remove(&id.saturating_add(1)).unwrap_or(id);
        self.ranges.insert(first, last);
        if self.ranges.len() > MAX_RANGES {
            self.ranges.pop_first();
        }
        true
    }

    /// Adds every number up to this one: they were fetched in order, and some may be posted again.
    pub(super) fn insert_up_to(&mut self, id: UpdateId) {
        let last =
            self.ranges.iter().find(|&(&first, &last)| first <= id.get() && id.get() <= last).map_or(id.get(), |(_, &last)| last);
        self.ranges.retain(|&first, _| first > last);
        self.ranges.insert(0, last);
    }

    #[cfg(test)]
    fn ranges(&self) -> Vec<(i64, i64)> {
        self.ranges.iter().map(|(&first, &last)| (first, last)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_new_once_and_neighbors_join() {
        let mut seen = Seen::default();
        let mut insert = |id| seen.insert(UpdateId::new(id));
        assert!(insert(5) && insert(7) && insert(6) && insert(9));
        assert!(!insert(5) && !insert(6) && !insert(7) && !insert(9));
        assert!(insert(8) && insert(4));
        assert_eq!(seen.ranges(), [(4, 9)]);
    }

    #[test]
    fn what_was_fetched_before_is_known() {
        let mut seen = Seen::default();
        for id in [3, 8, 9, 20] {
            assert!(seen.insert(UpdateId::new(id)));
        }
        seen.insert_up_to(UpdateId::new(8));
        assert_eq!(seen.ranges(), [(0, 9), (20, 20)]);
        assert!(!seen.insert(UpdateId::new(1)) && seen.insert(UpdateId::new(10)));
    }

    #[test]
    fn after_a_silent_week_numbers_begin_anew() {
        let mut seen = Seen::default();
        assert!(seen.insert(UpdateId::new(5)));
        seen.forget_at(UpdateId::new(5));
        assert!(seen.insert(UpdateId::new(5)), "another update with the same number");
        seen.forget_at(UpdateId::new(5));
        assert!(!seen.insert(UpdateId::new(5)), "the same silence is over once");
        seen.forget_at(UpdateId::new(9));
        assert!(seen.insert(UpdateId::new(5)));
    }

    #[test]
    fn memory_is_bounded() {
        let mut seen = Seen::default();
        for n in 0..20_000 {
            assert!(seen.insert(UpdateId::new(n * 2)));
        }
        assert_eq!(seen.ranges().len(), MAX_RANGES);
        assert!(!seen.insert(UpdateId::new(39_998)));
    }
}
