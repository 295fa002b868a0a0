//! A ticket as the caller writes it: what it has, what it accepts, how it relaxes.
//! Nothing is checked here; the matcher checks a ticket against its schema when it is offered.

use alloc::vec::Vec;
use core::ops::RangeInclusive;

use crate::schema::{Dim, Mark};
use crate::set::Set;

/// What a ticket has in one dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Have {
    /// The value of a category or ordinal.
    Value(i32),
    /// The tags of a tag dimension; may be empty except in a common dimension.
    Tags(Set),
}

impl From<i32> for Have {
    fn from(value: i32) -> Self {
        Self::Value(value)
    }
}

impl From<Set> for Have {
    fn from(tags: Set) -> Self {
        Self::Tags(tags)
    }
}

impl<const N: usize> From<[u16; N]> for Have {
    fn from(tags: [u16; N]) -> Self {
        Self::Tags(tags.into())
    }
}

/// A demand on somebody's tags; an empty set is no demand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TagRule {
    /// At least one of these.
    pub any: Set,
    /// Every one of these.
    pub all: Set,
    /// Not a single one of these.
    pub none: Set,
}

impl TagRule {
    /// At least one of `tags`.
    pub fn any_of(tags: impl Into<Set>) -> Self {
        Self { any: tags.into(), ..Self::default() }
    }

    /// Every one of `tags`.
    pub fn all_of(tags: impl Into<Set>) -> Self {
        Self { all: tags.into(), ..Self::default() }
    }

    /// Not a single one of `tags`.
    pub fn none_of(tags: impl Into<Set>) -> Self {
        Self { none: tags.into(), ..Self::default() }
    }

    /// Both rules at once. Sets of the same kind are united.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (mine, theirs) in [(&mut self.any, other.any), (&mut self.all, other.all), (&mut self.none, other.none)] {
            *mine = *mine | theirs;
        }
        self
    }
}

/// What a ticket accepts in one dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Accept {
    /// Anything; what holds for a dimension that is not named.
    Any,
    /// These values of a category.
    OneOf(Set),
    /// These values of an ordinal. Must overlap the domain; what lies outside is cut off.
    Range(RangeInclusive<i32>),
    /// Tags as the rule demands.
    Tags(TagRule),
}

impl From<RangeInclusive<i32>> for Accept {
    fn from(range: RangeInclusive<i32>) -> Self {
        Self::Range(range)
    }
}

impl From<Set> for Accept {
    fn from(values: Set) -> Self {
        Self::OneOf(values)
    }
}

impl<const N: usize> From<[u16; N]> for Accept {
    fn from(values: [u16; N]) -> Self {
        Self::OneOf(values.into())
    }
}

impl From<TagRule> for Accept {
    fn from(rule: TagRule) -> Self {
        Self::Tags(rule)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StepDraft {
    pub(crate) after_ms: u64,
    pub(crate) dim: Dim,
    pub(crate) accept: Accept,
}

/// Somebody who looks for a partner.
///
/// ```
/// use luvhive_matching::{Schema, Ticket};
/// let mut schema = Schema::builder();
/// let gender = schema.category("gender", 3);
/// let age = schema.ordinal("age", 18..=99);
/// let ticket = Ticket::new(7u64)
///     .have(gender, 0)
///     .have(age, 24)
///     .accept(gender, [1, 2])
///     .accept(age, 20..=30)
///     .relax(20_000, age, 16..=34)
///     .ttl_ms(600_000);
/// assert_eq!(ticket.key(), 7);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket<K> {
    pub(crate) key: K,
    pub(crate) have: Vec<(Dim, Have)>,
    pub(crate) accept: Vec<(Dim, Accept)>,
    pub(crate) steps: Vec<StepDraft>,
    pub(crate) marks: Vec<(Mark, u32)>,
    pub(crate) merit: u8,
    pub(crate) class: u8,
    pub(crate) ttl_ms: Option<u64>,
}

impl<K: Copy> Ticket<K> {
    /// A ticket that has nothing yet and accepts anything.
    pub fn new(key: K) -> Self {
        Self { key, have: Vec::new(), accept: Vec::new(), steps: Vec::new(), marks: Vec::new(), merit: 0, class: 0, ttl_ms: None }
    }

    /// Whose ticket it is.
    pub fn key(&self) -> K {
        self.key
    }

    /// States what the ticket has: a number for a category or ordinal, tags for the others.
    ///
    /// Required for categories, ordinals and common dimensions; other tags are empty by default.
    #[must_use]
    pub fn have(mut self, dim: Dim, what: impl Into<Have>) -> Self {
        self.have.push((dim, what.into()));
        self
    }

    /// States what the ticket accepts; anything by default.
    #[must_use]
    pub fn accept(mut self, dim: Dim, what: impl Into<Accept>) -> Self {
        self.accept.push((dim, what.into()));
        self
    }

    /// Accepts anything in `dim`, which is the default; it says so in so many words.
    #[must_use]
    pub fn accept_any(self, dim: Dim) -> Self {
        self.accept(dim, Accept::Any)
    }

    /// After `after_ms` milliseconds of waiting (1..=[`MAX_SPAN_MS`](crate::MAX_SPAN_MS)) the rule of `dim` becomes `what`.
    ///
    /// Each step must accept everybody who was accepted before it. Steps may be given in any order; those of the same time
    /// are taken as written.
    #[must_use]
    pub fn relax(mut self, after_ms: u64, dim: Dim, what: impl Into<Accept>) -> Self {
        self.steps.push(StepDraft { after_ms, dim, accept: what.into() });
        self
    }

    /// Sets a mark, a number the score compares for equality; zero is no mark.
    #[must_use]
    pub fn mark(mut self, mark: Mark, value: u32) -> Self {
        self.marks.push((mark, value));
        self
    }

    /// Points (0..=255) that a partner gains by meeting this ticket; see [`Weights::merit`](crate::Weights::merit).
    #[must_use]
    pub fn merit(mut self, points: u8) -> Self {
        self.merit = points;
        self
    }

    /// Priority class, below [`Fairness::classes`](crate::Fairness::classes); zero by default.
    #[must_use]
    pub fn priority(mut self, class: u8) -> Self {
        self.class = class;
        self
    }

    /// Leaves the pool after so many milliseconds of waiting (1..=[`MAX_SPAN_MS`](crate::MAX_SPAN_MS)); never by default.
    #[must_use]
    pub fn ttl_ms(mut self, ttl_ms: u64) -> Self {
        self.ttl_ms = Some(ttl_ms);
        self
    }
}
