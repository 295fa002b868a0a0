//! Hooks for metrics, without a dependency on any metrics crate.
//! Every method does nothing unless it is overridden.

use crate::matcher::Match;

/// What a search cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SearchCost {
    /// Blocks of 512 tickets whose filters were evaluated.
    pub blocks: u32,
    /// Candidates whose points were computed.
    pub scored: u32,
}

/// Watches a matcher. All times are milliseconds as they were passed in.
///
/// An observer cannot change what happens. The unit type observes nothing and costs nothing.
pub trait Observer<K> {
    /// A ticket starts to wait.
    fn waiting(&mut self, key: K, now: u64) {
        let _ = (key, now);
    }
    /// A match was made, final or held.
    fn matched(&mut self, pair: &Match<K>) {
        let _ = pair;
    }
    /// A ticket was cancelled after `waited_ms`.
    fn cancelled(&mut self, key: K, waited_ms: u64) {
        let _ = (key, waited_ms);
    }
    /// A ticket outlived its time to live.
    fn expired(&mut self, key: K, waited_ms: u64) {
        let _ = (key, waited_ms);
    }
    /// A ticket took all relaxation steps that were due.
    fn relaxed(&mut self, key: K) {
        let _ = key;
    }
    /// A held match was rejected by `leaver`.
    fn rejected(&mut self, leaver: K, survivor: K) {
        let _ = (leaver, survivor);
    }
    /// A held match lapsed.
    fn lapsed(&mut self, seeker: K, partner: K) {
        let _ = (seeker, partner);
    }
    /// A search ended, with or without a hit.
    fn searched(&mut self, cost: SearchCost) {
        let _ = cost;
    }
}

impl<K> Observer<K> for () {}
