//! Memory that is taken ahead or given back. Neither pairs nor state depend on it.

use super::{Key, Matcher};
use crate::config::Config;
use crate::error::ConfigError;
use crate::observer::Observer;
use crate::schema::Schema;
use crate::score::Score;

impl<K: Key, S: Score> Matcher<K, S> {
    /// An empty matcher with memory for `waiting` tickets, as by [`reserve`](Self::reserve).
    ///
    /// # Errors
    /// As [`Matcher::new`].
    pub fn with_capacity(schema: Schema, score: S, config: Config, waiting: usize) -> Result<Self, ConfigError> {
        let mut matcher = Self::new(schema, score, config)?;
        matcher.reserve(waiting);
        Ok(matcher)
    }
}

impl<K: Key, S: Score, O: Observer<K>> Matcher<K, S, O> {
    /// Takes memory for `additional` tickets more than wait now, at most for as many as
    /// [may wait](crate::Limits::waiting): their slots, records and keys. O(waiting + additional).
    ///
    /// Nobody has to: growth is spread over the calls that need it, a page of 1,024 tickets or a piece of the key table at a
    /// time. It saves a crowd that arrives at once that work. The index, relaxations and exclusions grow as they are needed.
    pub fn reserve(&mut self, additional: usize) {
        let limit = usize::try_from(self.config.limits.waiting).unwrap_or(usize::MAX);
        let additional = additional.min(limit.saturating_sub(self.len()));
        self.slots.reserve(additional);
        self.index.reserve(additional);
    }

    /// Gives back memory that nobody needs: pages after the last ticket, room in tables and lists. O(waiting + exclusions).
    ///
    /// Pages in which somebody still waits are kept, and so are the runs of the index, which are given back when they are
    /// empty anyway.
    pub fn shrink_to_fit(&mut self) {
        self.slots.shrink();
        self.plans.shrink();
        self.exclusions.shrink();
        self.index.shrink();
        self.scratch.shrink_to_fit();
    }
}
