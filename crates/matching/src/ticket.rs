//! A ticket as the caller writes it: what it has, what it accepts, how it relaxes.
//! Nothing is checked here; the matcher checks a ticket against its schema when it is offered.

use alloc::vec::Vec;
use core::ops::RangeInclusive;

use crate::dim::{AnyKind, AnyTags, Category, Common, Dim, DimKind, Mark, Ordinal, Tags, Wide};
use crate::set::Set;
use crate::wide::WideSet;

/// What a ticket has in one dimension of [any kind](AnyKind).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Have {
    /// The value of a category.
    Category(u16),
    /// The value of a wide category; zero is none.
    Wide(u32),
    /// The value of an ordinal.
    Ordinal(i32),
    /// The tags of a tag dimension; may be empty except in a common dimension.
    Tags(Set),
}

/// What a ticket can have in a dimension of kind `D`.
///
/// That is a `u16` for a [`Category`], a `u32` for a [`Wide`] one, an `i32` for an [`Ordinal`], whatever makes a [`Set`] for tags, and [`Have`] for
/// [`AnyKind`]. Implement it for types of your own, such as an enum of countries.
#[diagnostic::on_unimplemented(message = "a ticket cannot have `{Self}` in a dimension of kind `{D}`")]
pub trait IntoHave<D> {
    /// The same for a dimension of any kind.
    fn into_have(self) -> Have;
}

impl IntoHave<Category> for u16 {
    fn into_have(self) -> Have {
        Have::Category(self)
    }
}

impl IntoHave<Wide> for u32 {
    fn into_have(self) -> Have {
        Have::Wide(self)
    }
}

impl IntoHave<Ordinal> for i32 {
    fn into_have(self) -> Have {
        Have::Ordinal(self)
    }
}

impl<T: Into<Set>> IntoHave<Tags> for T {
    fn into_have(self) -> Have {
        Have::Tags(self.into())
    }
}

impl<T: Into<Set>> IntoHave<AnyTags> for T {
    fn into_have(self) -> Have {
        Have::Tags(self.into())
    }
}

impl<T: Into<Set>> IntoHave<Common> for T {
    fn into_have(self) -> Have {
        Have::Tags(self.into())
    }
}

impl IntoHave<AnyKind> for Have {
    fn into_have(self) -> Have {
        self
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

/// What a ticket accepts in one dimension of [any kind](AnyKind).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Accept {
    /// Anything; what holds for a dimension that is not named.
    Any,
    /// These values of a category.
    OneOf(Set),
    /// These values of a wide category.
    Among(WideSet),
    /// These values of an ordinal. Must overlap the domain; what lies outside is cut off.
    Range(RangeInclusive<i32>),
    /// Tags as the rule demands.
    Tags(TagRule),
}

/// What a ticket can accept in a dimension of kind `D`; [`Anything`] in all of them.
///
/// | Kind | Accepts |
/// |---|---|
/// | [`Category`] | an array, slice, vector or [`Set`] of values; none at all is refused when the ticket is offered |
/// | [`Wide`] | an array, slice, vector or [`WideSet`] of values, none of them zero; none at all, or more than the dimension takes, is refused when the ticket is offered |
/// | [`Ordinal`] | a range with both ends, which must overlap the domain; what lies outside is cut off |
/// | [`Tags`] | a [`TagRule`] |
/// | [`AnyTags`] | an array, slice, vector or [`Set`], of which one tag must be there; without any, it is no demand |
/// | [`Common`] | nothing is stated: one tag in common is the rule |
/// | [`AnyKind`] | [`Accept`] |
///
/// Implement it for types of your own, such as a set of countries.
#[diagnostic::on_unimplemented(message = "a ticket cannot accept `{Self}` in a dimension of kind `{D}`")]
pub trait IntoAccept<D> {
    /// The same for a dimension of any kind.
    fn into_accept(self) -> Accept;
}

/// Accepts anything: in a [relaxation](Ticket::relax), the rule of the dimension is dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Anything;

impl<D: DimKind> IntoAccept<D> for Anything {
    fn into_accept(self) -> Accept {
        Accept::Any
    }
}

/// Lists of values, which name the values of a category and the tags of which one is wanted.
macro_rules! lists {
    ($([$($size:tt)*] $list:ty),+) => {$(
        impl<$($size)*> IntoAccept<Category> for $list {
            fn into_accept(self) -> Accept {
                Accept::OneOf(self.into())
            }
        }

        impl<$($size)*> IntoAccept<AnyTags> for $list {
            fn into_accept(self) -> Accept {
                Accept::Tags(TagRule::any_of(self))
            }
        }
    )+};
}

lists!([] Set, [const N: usize] [u16; N], [] &[u16], [] Vec<u16>);

/// Lists of values of a wide category.
macro_rules! wide_lists {
    ($([$($size:tt)*] $list:ty),+) => {$(
        impl<$($size)*> IntoAccept<Wide> for $list {
            fn into_accept(self) -> Accept {
                Accept::Among(self.into())
            }
        }
    )+};
}

wide_lists!([] WideSet, [const N: usize] [u32; N], [] &[u32], [] Vec<u32>);

impl IntoAccept<Ordinal> for RangeInclusive<i32> {
    fn into_accept(self) -> Accept {
        Accept::Range(self)
    }
}

impl IntoAccept<Tags> for TagRule {
    fn into_accept(self) -> Accept {
        Accept::Tags(self)
    }
}

impl IntoAccept<AnyKind> for Accept {
    fn into_accept(self) -> Accept {
        self
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
///     .relax(age, 20_000, 16..=34)
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
    pub(crate) since: Option<u64>,
}

impl<K: Copy> Ticket<K> {
    /// A ticket that has nothing yet and accepts anything.
    pub fn new(key: K) -> Self {
        Self {
            key,
            have: Vec::new(),
            accept: Vec::new(),
            steps: Vec::new(),
            marks: Vec::new(),
            merit: 0,
            class: 0,
            ttl_ms: None,
            since: None,
        }
    }

    /// Whose ticket it is.
    pub fn key(&self) -> K {
        self.key
    }

    /// States what the ticket has: a number for a category or ordinal, tags for the others; see [`IntoHave`].
    ///
    /// Required for categories, ordinals and common dimensions; other tags are empty by default.
    #[must_use]
    pub fn have<D: DimKind>(mut self, dim: Dim<D>, what: impl IntoHave<D>) -> Self {
        self.have.push((dim.any(), what.into_have()));
        self
    }

    /// States what the ticket accepts, see [`IntoAccept`]; anything by default.
    #[must_use]
    pub fn accept<D: DimKind>(mut self, dim: Dim<D>, what: impl IntoAccept<D>) -> Self {
        self.accept.push((dim.any(), what.into_accept()));
        self
    }

    /// Accepts anything in `dim`, which is the default; it says so in so many words.
    #[must_use]
    pub fn accept_any<D: DimKind>(self, dim: Dim<D>) -> Self {
        self.accept(dim, Anything)
    }

    /// The rule of `dim` becomes `what` after `after_ms` milliseconds of waiting (1..=[`MAX_SPAN_MS`](crate::MAX_SPAN_MS)).
    ///
    /// Each step must accept everybody who was accepted before it. Steps may be given in any order; those of the same time
    /// are taken as written.
    #[must_use]
    pub fn relax<D: DimKind>(mut self, dim: Dim<D>, after_ms: u64, what: impl IntoAccept<D>) -> Self {
        self.steps.push(StepDraft { after_ms, dim: dim.any(), accept: what.into_accept() });
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

    /// Has waited since `since_ms` already, be it before a restart or before a chat that never began; since it is offered by
    /// default.
    #[must_use]
    pub fn waiting_since(mut self, since_ms: u64) -> Self {
        self.since = Some(since_ms);
        self
    }

    /// Leaves the pool after so many milliseconds of waiting (1..=[`MAX_SPAN_MS`](crate::MAX_SPAN_MS)); never by default.
    #[must_use]
    pub fn ttl_ms(mut self, ttl_ms: u64) -> Self {
        self.ttl_ms = Some(ttl_ms);
        self
    }
}
