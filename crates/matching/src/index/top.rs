//! The first few candidates instead of the first one: one search, in which the last of them is the one to beat.

use alloc::vec::Vec;

use super::search::{Found, Hunt, Pool, Workspace};
use super::walk::Tour;
use super::{Index, wide};
use crate::score::Weights;

/// The candidates that come first, in order.
#[derive(Debug)]
pub(super) struct Several {
    /// How many are looked for; at least one.
    most: usize,
    found: Vec<Found>,
    /// Whether nothing but the order of arrival decides.
    is_in_order: bool,
}

impl Index {
    /// The handles of the candidates that come first for the owner of `record`, at most `most`, in order.
    pub(crate) fn top<P: Pool>(
        &self,
        work: &mut Workspace,
        (weights, record): (&Weights, &[u64]),
        pool: &P,
        tick: u32,
        most: u32,
    ) -> Vec<u32> {
        let most = wide(most.min(self.live));
        let mut hunt = self.hunt((&mut work.query, &mut work.scoring), (weights, record), pool, tick);
        // Each class only after all of the one before it who fit.
        let spent = self.map.spent.filter(|_| self.spent > 0);
        let overdue = self.map.overdue.filter(|_| self.overdue > 0);
        let classes = [
            spent.map(|row| (Some(row), None, true)),
            overdue.map(|row| (Some(row), spent, false)),
            Some((None, overdue, false)),
        ];
        let mut all = Vec::new();
        for (only, without, is_in_order) in classes.into_iter().flatten() {
            if all.len() >= most {
                break;
            }
            hunt.best = None;
            hunt.several = Some(Several { most: most - all.len(), found: Vec::new(), is_in_order });
            let mut tour = Tour::new(None, only, None);
            tour.without = without;
            hunt.go(&mut tour);
            all.extend(hunt.several.take().into_iter().flat_map(|several| several.found).map(|found| found.handle));
        }
        all
    }
}

impl<P: Pool> Hunt<'_, P> {
    /// Whether nothing but the order of arrival decides.
    #[inline]
    pub(super) fn is_in_order(&self) -> bool {
        self.several.as_ref().is_some_and(|several| several.is_in_order)
    }

    /// Keeps a candidate that comes before the one to beat.
    #[inline]
    pub(super) fn keep(&mut self, new: Found) {
        let Some(Several { most, found, .. }) = &mut self.several else {
            self.best = Some(new);
            return;
        };
        let pool = self.pool;
        let is_before =
            |known: &Found| known.total > new.total || known.total == new.total && pool.is_before(known.handle, new.handle);
        found.insert(found.partition_point(is_before), new);
        found.truncate(*most);
        self.best = found.get(*most - 1).copied();
    }
}
