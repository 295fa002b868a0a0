//! The settings of a matcher: when pairs are formed, how hard it looks, who is served first, what is too much.
//! All of them are checked once, when the matcher is made.

use crate::error::ConfigError;
use crate::plan::MAX_STEPS;
use crate::score::range;

/// Latest time a matcher understands, in milliseconds: 2⁴⁴ − 1, which as Unix time is the year 2527.
pub const MAX_TIME_MS: u64 = (1 << 44) - 1;
/// Longest relaxation step or time to live, in milliseconds (about 49 days).
pub const MAX_SPAN_MS: u64 = 0xFFFF_FF00;
/// Largest number of tickets that can wait in one matcher.
pub const MAX_WAITING: u32 = (1 << 24) - 1;
/// Largest number of keys that can have exclusions in one matcher.
pub const MAX_EXCLUDED_KEYS: u32 = crate::exclude::MAX_KEYS;
/// Largest number of tickets of a window that can be paired together.
pub const MAX_OPTIMUM: u32 = 1_000;
/// Tickets in a run, the unit of [`Effort::Bounded`].
pub const RUN: u32 = 512;

/// When pairs are formed; [`Immediate`](Self::Immediate) by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Policy {
    /// A ticket is matched when it is offered, if anybody fits.
    #[default]
    Immediate,
    /// Tickets are collected and paired by `advance` at every multiple of `every_ms` (1..=3,600,000),
    /// pairs with the most points first, whatever the budget.
    ///
    /// Those who are overdue go before points, so a window as long as [`Fairness::overdue_after_ms`] is decided by
    /// waiting. Who is offered while a window is being closed can be chosen, but searches with the next window.
    Window {
        /// Length of a window in milliseconds.
        every_ms: u64,
    },
}

/// How hard a search looks for the best among those who fit.
///
/// Whether *somebody* fits is always found out exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effort {
    /// The best of all; the limit on [being passed over](Fairness#being-passed-over) is a guarantee.
    Exact,
    /// The best of those met in the first run that has a hit and in `runs` more runs of [`RUN`] tickets.
    ///
    /// A part of a pool that is not full counts as a full one.
    Bounded {
        /// Runs to examine after the first hit, 0..=65,535.
        runs: u16,
    },
}

impl Default for Effort {
    /// Bounded by [`Effort::DEFAULT_RUNS`].
    fn default() -> Self {
        Self::Bounded { runs: Self::DEFAULT_RUNS }
    }
}

impl Effort {
    /// Runs of the default effort: kept 0.953 and 0.954 of the best score of 4,200 arrivals each, skew and hard, with a million
    /// waiting; one fewer keeps 0.950.
    pub const DEFAULT_RUNS: u16 = 7;
}

/// What becomes of a match; [`Final`](Self::Final) by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Claims {
    /// Both tickets are gone at once; there is nothing to confirm.
    #[default]
    Final,
    /// Both are held, out of the pool, until `confirm` or `reject`. A held match never lapses automatically.
    Held,
    /// As [`Held`](Self::Held), but a match that was neither confirmed nor rejected within `ms` milliseconds
    /// (1..=[`MAX_SPAN_MS`]) lapses with the next [`advance`](crate::Matcher::advance) and is reported as
    /// [`Event::Lapsed`](crate::Event::Lapsed).
    ///
    /// Both tickets leave the matcher then: back in the pool, the two would be paired again at once. Offer the one who is
    /// still there again, with its [old wait](crate::Ticket::waiting_since).
    HeldFor {
        /// How long a match is held, in milliseconds.
        ms: u64,
    },
}

/// Who is served first among those who fit.
///
/// Being overdue is a rank of three:
///
/// 1. those who were passed over [`overdue_passes`](Self::overdue_passes) times, strictly in order of arrival;
/// 2. those who waited [`overdue_after_ms`](Self::overdue_after_ms), by points of the pair plus aging plus class bonus;
/// 3. all others, by the same.
///
/// Equals are served by who has waited longer, then by whose call came first.
/// "Arrival" is the enqueue time given, then the order of the calls.
///
/// # Being passed over
///
/// A ticket is passed over when an arrival that fits it is matched with somebody enqueued later.
/// The arrival is the [`seeker`](crate::Match::seeker) of the match: a new ticket, or a waiting one that searches again
/// because it relaxed, was updated, lost its partner to a rejection, or came to the end of its window.
/// A ticket excluded from the seeker does not fit it. A held match counts, also when it is rejected later.
///
/// **Under [`Effort::Exact`] nobody is passed over more than `overdue_passes` times**, with any points, bonus and policy.
/// Every such search meets everybody who fits, so that each pass is counted; and once a ticket is at the limit, an
/// arrival that fits it takes it or somebody at the limit who came earlier, and neither passes it over.
///
/// Under [`Effort::Bounded`] a search that ends early counts only those it has met, so that others can be passed over
/// without a count. Two things still hold: the limit itself as long as no more than `runs` + 1 runs hold tickets that the
/// search has to look at, since then it meets everybody; and a ticket at the limit is passed over no more, since
/// those are looked through in full with any effort.
///
/// A count goes with the ticket through updates, rejections and snapshots. It starts at zero when a ticket is offered
/// again, also with an [old wait](crate::Ticket::waiting_since).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Fairness {
    /// One point for each multiple of so many milliseconds (100..=3,600,000) that time has passed since the ticket was enqueued.
    ///
    /// With 1,000, a ticket enqueued at 999 has a point at 1,000; on average a point is a second of waiting.
    pub aging_every_ms: u64,
    /// Largest number of aging points; 0 turns aging off (0..=1,000,000).
    pub aging_cap: u32,
    /// Points for each step of priority class (0..=100,000).
    ///
    /// `(classes − 1) × class_bonus` must be below `aging_cap` unless somebody can become overdue by
    /// waiting, so that no class starves another.
    pub class_bonus: u32,
    /// Number of priority classes (1..=4).
    pub classes: u8,
    /// Waiting so long makes a ticket overdue (1..=[`MAX_SPAN_MS`]); `None`: never.
    pub overdue_after_ms: Option<u64>,
    /// Being passed over so often puts a ticket first, before those overdue by waiting (1..=31); `None`: never.
    ///
    /// What is counted, and which effort makes it a guarantee: see [above](Self#being-passed-over). The smaller the
    /// limit, the less is left for points to decide: in a crowd it soon comes to first come, first served.
    pub overdue_passes: Option<u8>,
}

impl Default for Fairness {
    /// One point per second up to 60, overdue after five minutes or 20 passes, one class.
    fn default() -> Self {
        Self {
            aging_every_ms: 1000,
            aging_cap: 60,
            class_bonus: 0,
            classes: 1,
            overdue_after_ms: Some(300_000),
            overdue_passes: Some(20),
        }
    }
}

impl Fairness {
    /// No aging, no bonus, nobody overdue: points decide, then waiting. It has one class: tickets with another
    /// [priority](crate::Ticket::priority) are refused until [`classes`](Self::classes) says otherwise.
    pub fn off() -> Self {
        Self { aging_every_ms: 1000, aging_cap: 0, class_bonus: 0, classes: 1, overdue_after_ms: None, overdue_passes: None }
    }

    /// A time in steps of aging, of which 32 bits are kept: differences matter alone. Zero without aging.
    pub(crate) fn tick(&self, time_ms: u64) -> u32 {
        if self.aging_cap == 0 {
            return 0;
        }
        u32::try_from((time_ms / self.aging_every_ms) & u64::from(u32::MAX)).unwrap_or(0)
    }

    /// Sets [`aging_every_ms`](Self#structfield.aging_every_ms).
    #[must_use]
    pub fn aging_every_ms(mut self, every_ms: u64) -> Self {
        self.aging_every_ms = every_ms;
        self
    }

    /// Sets [`aging_cap`](Self#structfield.aging_cap).
    #[must_use]
    pub fn aging_cap(mut self, points: u32) -> Self {
        self.aging_cap = points;
        self
    }

    /// Sets [`classes`](Self#structfield.classes).
    #[must_use]
    pub fn classes(mut self, classes: u8) -> Self {
        self.classes = classes;
        self
    }

    /// Sets [`class_bonus`](Self#structfield.class_bonus).
    #[must_use]
    pub fn class_bonus(mut self, points: u32) -> Self {
        self.class_bonus = points;
        self
    }

    /// Sets [`overdue_after_ms`](Self#structfield.overdue_after_ms).
    #[must_use]
    pub fn overdue_after_ms(mut self, after_ms: impl Into<Option<u64>>) -> Self {
        self.overdue_after_ms = after_ms.into();
        self
    }

    /// Sets [`overdue_passes`](Self#structfield.overdue_passes).
    #[must_use]
    pub fn overdue_passes(mut self, passes: impl Into<Option<u8>>) -> Self {
        self.overdue_passes = passes.into();
        self
    }
}

/// Sizes that are refused with an error when they are exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// Tickets that wait (1..=[`MAX_WAITING`]). A full pool still takes a ticket that finds a partner at once.
    pub waiting: u32,
    /// Matches that are neither confirmed nor rejected; at least one unless claims are [final](Claims::Final).
    ///
    /// At the limit no ticket is taken, since it could neither be matched nor wait beside somebody who fits.
    pub held: u32,
    /// Exclusions of one key.
    pub exclusions: usize,
    /// Pairs that are kept apart. Each takes up to 200 bytes, less if its keys have other exclusions too.
    pub excluded_pairs: usize,
    /// Relaxation steps of one ticket (0..=63).
    pub steps: usize,
}

impl Default for Limits {
    /// 4,000,000 waiting, 100,000 held, 10,000 exclusions a key, 20,000,000 in all, 16 steps a ticket.
    fn default() -> Self {
        Self { waiting: 4_000_000, held: 100_000, exclusions: 10_000, excluded_pairs: 20_000_000, steps: 16 }
    }
}

/// All settings of a matcher. Each has the default that its own page names; the seed is zero.
///
/// ```
/// use luvhive_matching::{Config, Effort, Fairness, Policy};
/// let config = Config::default()
///     .effort(Effort::Exact)
///     .fairness(Fairness::default().aging_every_ms(1000).aging_cap(60).classes(2).class_bonus(20))
///     .policy(Policy::Immediate);
/// assert!(config.check().is_ok());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Config {
    /// When pairs are formed.
    pub policy: Policy,
    /// How hard a search looks.
    pub effort: Effort,
    /// What becomes of a match.
    pub claims: Claims,
    /// Who is served first.
    pub fairness: Fairness,
    /// What is too much.
    pub limits: Limits,
    /// Up to how many tickets of a window are paired together (0..=[`MAX_OPTIMUM`]); 0, the default: each with the best there
    /// is when its turn comes. Only with [`Policy::Window`].
    ///
    /// Together they get the most points, aging and class bonus included, that pairs of them with each other and with those
    /// who wait already can have. Overdue tickets still go first, each with the best. If more tickets than this have a
    /// partner at the end of a window, it is paired as without. [How it is done and what it
    /// costs](crate::guide::windows#pairing-a-window-together).
    pub optimum: u32,
    /// Key of the hash tables; zero by default. With one that nobody knows, keys and relaxations cannot be chosen to
    /// collide. Neither pairs nor [`state_hash`](crate::Matcher::state_hash) depend on it, and a snapshot may be restored
    /// with another.
    pub seed: u64,
    /// Whether matches carry their points by weight, to be asked for with
    /// [`Matcher::by_weight`](crate::Matcher::by_weight); no by default. It costs each match a look at both tickets, may
    /// differ after a restore, and changes no pair.
    pub by_weight: bool,
}

impl Config {
    /// Sets the policy.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets the effort.
    #[must_use]
    pub fn effort(mut self, effort: Effort) -> Self {
        self.effort = effort;
        self
    }

    /// Sets what becomes of a match.
    #[must_use]
    pub fn claims(mut self, claims: Claims) -> Self {
        self.claims = claims;
        self
    }

    /// Sets whether matches carry their points by weight.
    #[must_use]
    pub fn by_weight(mut self, by_weight: bool) -> Self {
        self.by_weight = by_weight;
        self
    }

    /// Sets up to how many tickets of a window are paired together.
    #[must_use]
    pub fn optimum(mut self, most: u32) -> Self {
        self.optimum = most;
        self
    }

    /// Sets the key of the hash tables.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets who is served first.
    #[must_use]
    pub fn fairness(mut self, fairness: Fairness) -> Self {
        self.fairness = fairness;
        self
    }

    /// Sets the largest number of waiting tickets.
    #[must_use]
    pub fn waiting_limit(mut self, waiting: u32) -> Self {
        self.limits.waiting = waiting;
        self
    }

    /// Sets all limits by a function, since [`Limits`] may grow.
    #[must_use]
    pub fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }

    /// Checks every setting against its range.
    ///
    /// # Errors
    /// [`ConfigError::OutOfRange`] with the name of the setting, or [`ConfigError::Starving`].
    pub fn check(&self) -> Result<(), ConfigError> {
        if let Policy::Window { every_ms } = self.policy {
            range("every_ms", every_ms, 1, 3_600_000)?;
        }
        range("optimum", u64::from(self.optimum), 0, u64::from(MAX_OPTIMUM))?;
        let fair = &self.fairness;
        range("aging_every_ms", fair.aging_every_ms, 100, 3_600_000)?;
        range("aging_cap", u64::from(fair.aging_cap), 0, 1_000_000)?;
        range("class_bonus", u64::from(fair.class_bonus), 0, 100_000)?;
        range("classes", u64::from(fair.classes), 1, 4)?;
        if let Some(after) = fair.overdue_after_ms {
            range("overdue_after_ms", after, 1, MAX_SPAN_MS)?;
        }
        if let Some(passes) = fair.overdue_passes {
            range("overdue_passes", u64::from(passes), 1, 31)?;
        }
        let bonus = u64::from(fair.class_bonus) * (u64::from(fair.classes) - 1);
        let cap = u64::from(fair.aging_cap);
        if bonus > 0 && bonus >= cap && fair.overdue_after_ms.is_none() {
            return Err(ConfigError::Starving { bonus, cap });
        }
        range("waiting", u64::from(self.limits.waiting), 1, u64::from(MAX_WAITING))?;
        if let Claims::HeldFor { ms } = self.claims {
            range("held_for_ms", ms, 1, MAX_SPAN_MS)?;
        }
        if self.claims != Claims::Final {
            range("held", u64::from(self.limits.held), 1, u64::from(u32::MAX))?;
        }
        let number = |steps: usize| u64::try_from(steps).unwrap_or(u64::MAX);
        range("steps", number(self.limits.steps), 0, number(MAX_STEPS))
    }
}
