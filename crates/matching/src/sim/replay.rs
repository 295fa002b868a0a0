//! Replays a log of tickets through a matcher and reports what people saw.
//! Only virtual time passes, so a report is the same wherever it is made.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::MatcherError;
use crate::matcher::{Event, Key, Match, Matcher, Outcome};
use crate::observer::Observer;
use crate::score::Score;
use crate::ticket::Ticket;

/// One line of a log.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Entry<K> {
    /// Somebody starts to look, `at` milliseconds.
    Offer {
        /// When.
        at: u64,
        /// The ticket.
        ticket: Ticket<K>,
        /// What the report calls people like this one.
        segment: String,
    },
    /// Somebody gives up; nothing happens if the key does not wait any more.
    Cancel {
        /// When.
        at: u64,
        /// Whose ticket.
        key: K,
    },
}

impl<K> Entry<K> {
    fn at(&self) -> u64 {
        match self {
            Self::Offer { at, .. } | Self::Cancel { at, .. } => *at,
        }
    }
}

/// What people of one segment saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Segment {
    /// Tickets offered.
    pub offered: u32,
    /// Tickets matched.
    pub matched: u32,
    /// Tickets that outlived their time to live.
    pub expired: u32,
    /// Tickets given up.
    pub cancelled: u32,
    /// Tickets still waiting at the end.
    pub waiting: u32,
    /// Waits of the matched in milliseconds, ascending.
    pub waits_ms: Vec<u64>,
    /// Sum of the points of their pairs.
    pub points: u64,
}

impl Segment {
    /// The wait that so many of a thousand matched tickets did not exceed, in milliseconds.
    pub fn wait_at(&self, permille: usize) -> Option<u64> {
        let last = self.waits_ms.len().checked_sub(1)?;
        self.waits_ms.get(last * permille.min(1000) / 1000).copied()
    }
}

/// The outcome of a replay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// By segment.
    pub segments: BTreeMap<String, Segment>,
    /// Pairs made.
    pub pairs: u32,
    /// Sum of the points of all pairs.
    pub points: u64,
    /// Most tickets that ever waited at once.
    pub most_waiting: usize,
}

struct Book<K> {
    /// Segment of everybody who waits.
    segments: BTreeMap<K, String>,
    report: Report,
}

impl<K: Key> Book<K> {
    fn matched(&mut self, made: &Match<K>) {
        self.report.pairs += 1;
        self.report.points += u64::from(made.points);
        for (key, waited) in [(made.seeker, made.seeker_waited_ms), (made.partner, made.partner_waited_ms)] {
            self.leave(key, |segment| {
                segment.matched += 1;
                segment.waits_ms.push(waited);
                segment.points += u64::from(made.points);
            });
        }
    }

    fn leave(&mut self, key: K, note: impl FnOnce(&mut Segment)) {
        if let Some(name) = self.segments.remove(&key) {
            note(self.report.segments.entry(name).or_default());
        }
    }

    fn event(&mut self, event: &Event<K>) {
        match event {
            Event::Matched(made) => self.matched(made),
            Event::Expired { key, .. } => self.leave(*key, |segment| segment.expired += 1),
            Event::Lapsed { .. } => {}
        }
    }
}

/// Runs `log`, which must be in order of time, through `matcher`; then lets `rest_ms` milliseconds pass.
///
/// Everything due is done before each entry. Use claims that are final: a held match would never be confirmed.
///
/// # Errors
/// The first [`MatcherError`] of a ticket or of an entry out of order.
pub fn replay<K: Key, S: Score, O: Observer<K>>(
    matcher: &mut Matcher<K, S, O>,
    log: impl IntoIterator<Item = Entry<K>>,
    rest_ms: u64,
) -> Result<Report, MatcherError<K>> {
    let mut book = Book { segments: BTreeMap::new(), report: Report::default() };
    for entry in log {
        matcher.advance(entry.at(), u32::MAX, |event| book.event(&event))?;
        match entry {
            Entry::Offer { at, ticket, segment } => {
                let outcome = matcher.offer(&ticket, at)?;
                book.report.segments.entry(segment.clone()).or_default().offered += 1;
                book.segments.insert(ticket.key(), segment);
                if let Outcome::Matched(made) = outcome {
                    book.matched(&made);
                }
            }
            Entry::Cancel { key, .. } => {
                if matcher.cancel(key).is_ok() {
                    book.leave(key, |segment| segment.cancelled += 1);
                }
            }
        }
        book.report.most_waiting = book.report.most_waiting.max(matcher.len());
    }
    matcher.advance(matcher.now() + rest_ms, u32::MAX, |event| book.event(&event))?;
    for name in book.segments.into_values() {
        book.report.segments.entry(name).or_default().waiting += 1;
    }
    for segment in book.report.segments.values_mut() {
        segment.waits_ms.sort_unstable();
    }
    Ok(book.report)
}
