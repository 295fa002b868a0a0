//! How good a pair is, in whole points.
//! Weights are declared, not computed, so that the search can prove that a candidate cannot win.

use alloc::string::String;
use alloc::vec::Vec;

use crate::decode::have;
use crate::dim::{Dim, DimKind, Mark, Ordinal, Tagged, Valued};
use crate::error::ConfigError;
use crate::layout::Layout;
use crate::predicate::small;
use crate::schema::{Kind, Schema};
use crate::set::Set;
use crate::ticket::Have;

/// Largest number of weights, [`Weights::base`] and [`Weights::merit`] aside.
const MAX_TERMS: usize = 16;
/// Largest number of points that one weight may give.
pub const MAX_POINTS: u32 = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Term {
    Shared { dim: usize, each: u32, cap: u32 },
    Same { dim: usize, points: u32 },
    Near { dim: usize, most: u32, slope: u32 },
    Mark { mark: usize, points: u32 },
}

impl Term {
    pub(crate) fn most(&self) -> u32 {
        match *self {
            Self::Shared { each, cap, .. } => each.saturating_mul(cap),
            Self::Same { points, .. } | Self::Mark { points, .. } => points,
            Self::Near { most, .. } => most,
        }
    }

    /// Name and number of what it is for, its name in a schema, and whether it is of the right kind there.
    fn target<'a>(&self, schema: &'a Schema) -> (&'static str, usize, Option<&'a String>, bool) {
        // The kinds are sure, unless the handle is one of another schema.
        let (weight, number, kinds): (_, _, &[Kind]) = match *self {
            Self::Shared { dim, .. } => ("shared", dim, &[Kind::Tags, Kind::AnyTags, Kind::Common]),
            Self::Same { dim, .. } => ("same", dim, &[Kind::Category, Kind::Wide, Kind::Ordinal]),
            Self::Near { dim, .. } => ("near", dim, &[Kind::Ordinal]),
            Self::Mark { mark, .. } => ("mark", mark, &[]),
        };
        let (found, fits) = match schema.dims.get(number) {
            _ if weight == "mark" => (schema.marks.get(number), true),
            found => (found.map(|dim| &dim.name), found.is_some_and(|dim| kinds.contains(&dim.kind))),
        };
        (weight, number, found, fits)
    }

    /// What it gives to two records of one layout.
    fn points(&self, layout: &Layout, first: &[u64], second: &[u64]) -> u32 {
        let place = |dim: usize| layout.places.get(dim);
        let points = match *self {
            Self::Shared { dim, each, cap } => {
                place(dim).map(|place| each * place.tags.get(first).common(&place.tags.get(second)).min(cap))
            }
            Self::Same { dim, points } => place(dim).map(|place| {
                let value = place.value.get(first);
                let is_one = place.kind != Kind::Wide || value != 0;
                if is_one && value == place.value.get(second) { points } else { 0 }
            }),
            Self::Near { dim, most, slope } => place(dim).map(|place| {
                let apart = place.value.get(first).abs_diff(place.value.get(second));
                near(most, slope, u32::from(small(apart)))
            }),
            Self::Mark { mark, points } => layout.marks.get(mark).map(|field| {
                let value = field.get(first);
                if value != 0 && value == field.get(second) { points } else { 0 }
            }),
        };
        points.unwrap_or(0)
    }

    fn check(&self, schema: &Schema) -> Result<(), ConfigError> {
        let (weight, _, found, fits) = self.target(schema);
        let Some(name) = found.filter(|_| fits) else {
            return Err(ConfigError::Weight { weight, name: found.cloned() });
        };
        let range = |field, value, low, high| {
            let is_inside = (low..=high).contains(&value);
            let error = || ConfigError::WeightOutOfRange { weight, name: name.clone(), field, value, low, high };
            if is_inside { Ok(()) } else { Err(error()) }
        };
        match *self {
            Self::Shared { each, cap, .. } => range("each", each, 0, MAX_POINTS).and(range("cap", cap, 1, 15)),
            Self::Near { most, slope, .. } => range("most", most, 0, MAX_POINTS).and(range("slope", slope, 0, MAX_POINTS)),
            Self::Same { points, .. } | Self::Mark { points, .. } => range("points", points, 0, MAX_POINTS),
        }
    }
}

/// Points of a pair as a sum of declared terms; symmetric by construction.
///
/// ```
/// use luvhive_matching::{Schema, Weights};
/// let mut schema = Schema::builder();
/// let age = schema.ordinal("age", 18..=99);
/// let hobby = schema.any_tags("hobby", 32);
/// let city = schema.mark("city");
/// let schema = schema.build()?;
/// // 10 for each of at most 5 shared hobbies, 20 for the same age and 2 less a year, 10 for the city.
/// let weights = Weights::new().shared(hobby, 10, 5).near(age, 20, 2).mark(city, 10);
/// assert_eq!(weights.most(), 80);
/// # let _ = schema;
/// # Ok::<(), luvhive_matching::SchemaError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Weights {
    pub(crate) base: u32,
    pub(crate) terms: Vec<Term>,
    pub(crate) merit: bool,
}

impl Weights {
    /// No points for anything: the longest waiter wins. Up to 16 weights can be added.
    pub fn new() -> Self {
        Self::default()
    }

    /// Points (0..=[`MAX_POINTS`]) that every pair has.
    #[must_use]
    pub fn base(mut self, points: u32) -> Self {
        self.base = points;
        self
    }

    /// `each` points for every tag in common, counted up to `cap` (1..=15).
    ///
    /// The first weight of this kind is the one by which candidates are sorted before any of them is
    /// looked at; give the heaviest first.
    #[must_use]
    pub fn shared<D: Tagged>(mut self, dim: Dim<D>, each: u32, cap: u32) -> Self {
        self.terms.push(Term::Shared { dim: dim.at(), each, cap });
        self
    }

    /// `points` for the same value of a category, wide category or ordinal; to have none is not the same.
    #[must_use]
    pub fn same<D: Valued>(mut self, dim: Dim<D>, points: u32) -> Self {
        self.terms.push(Term::Same { dim: dim.at(), points });
        self
    }

    /// `most` points for the same value of an ordinal, `slope` less for each step apart, never below zero.
    #[must_use]
    pub fn near(mut self, dim: Dim<Ordinal>, most: u32, slope: u32) -> Self {
        self.terms.push(Term::Near { dim: dim.at(), most, slope });
        self
    }

    /// `points` for the same mark other than zero.
    #[must_use]
    pub fn mark(mut self, mark: Mark, points: u32) -> Self {
        self.terms.push(Term::Mark { mark: mark.at(), points });
        self
    }

    /// Adds the [merit](crate::Ticket::merit) of both tickets.
    #[must_use]
    pub fn merit(mut self) -> Self {
        self.merit = true;
        self
    }

    /// The largest number of points a pair can have.
    pub fn most(&self) -> u32 {
        let merit = if self.merit { 2 * 255 } else { 0 };
        self.terms.iter().fold(self.base.saturating_add(merit), |sum, term| sum.saturating_add(term.most()))
    }

    pub(crate) fn check(&self, schema: &Schema) -> Result<(), ConfigError> {
        range("base", u64::from(self.base), 0, u64::from(MAX_POINTS))?;
        range("number of weights", u64::try_from(self.terms.len()).unwrap_or(u64::MAX), 0, 16)?;
        self.terms.iter().try_for_each(|term| term.check(schema))
    }

    /// Points of the declared terms for two records of one layout.
    pub(crate) fn pair(&self, layout: &Layout, first: &[u64], second: &[u64]) -> i32 {
        let terms: u32 = self.terms.iter().map(|term| term.points(layout, first, second)).sum();
        i32::try_from(self.base + terms + self.merit_of(layout, first, second)).unwrap_or(i32::MAX)
    }

    fn merit_of(&self, layout: &Layout, first: &[u64], second: &[u64]) -> u32 {
        if self.merit { u32::from(small(layout.merit.get(first) + layout.merit.get(second))) } else { 0 }
    }

    /// The parts of which the points of two records consist; what nothing declared explains is the undeclared part.
    pub(crate) fn parts(&self, layout: &Layout, first: &[u64], second: &[u64], points: u32) -> Parts {
        let mut parts = Parts { terms: [0; MAX_TERMS], merit: self.merit_of(layout, first, second), extra: 0 };
        let mut left = points.saturating_sub(self.base + parts.merit);
        for (part, term) in parts.terms.iter_mut().zip(&self.terms) {
            *part = term.points(layout, first, second);
            left = left.saturating_sub(*part);
        }
        Parts { extra: left, ..parts }
    }
}

/// Points of a pair by weight, in the order in which the weights were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Parts {
    terms: [u32; MAX_TERMS],
    merit: u32,
    extra: u32,
}

impl Parts {
    /// Names them; the undeclared part is left out if the score has none.
    pub(crate) fn named<S: Score + ?Sized>(&self, score: &S, schema: &Schema) -> Vec<Part> {
        let weights = score.weights();
        let mut named = alloc::vec![Part { weight: "base", name: None, points: weights.base }];
        named.extend(weights.terms.iter().zip(self.terms).map(|(term, points)| {
            let (weight, _, name, _) = term.target(schema);
            Part { weight, name: name.cloned(), points }
        }));
        if weights.merit {
            named.push(Part { weight: "merit", name: None, points: self.merit });
        }
        if score.extra_most() > 0 {
            named.push(Part { weight: "extra", name: None, points: self.extra });
        }
        named
    }
}

/// The points that one weight gives to a pair.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Part {
    /// `"base"`, `"shared"`, `"same"`, `"near"`, `"mark"`, `"merit"`, or `"extra"` for the points of [`Score::extra`].
    pub weight: &'static str,
    /// The dimension or mark, if the weight is for one.
    pub name: Option<String>,
    /// The points.
    pub points: u32,
}

#[inline]
pub(crate) fn near(most: u32, slope: u32, apart: u32) -> u32 {
    most.saturating_sub(slope.saturating_mul(apart))
}

pub(crate) fn range(field: &'static str, value: u64, low: u64, high: u64) -> Result<(), ConfigError> {
    if (low..=high).contains(&value) { Ok(()) } else { Err(ConfigError::OutOfRange { field, value, low, high }) }
}

/// What a score may look at: one ticket as it was checked.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) record: &'a [u64],
}

impl Facts<'_> {
    /// The value of a category, wide category or ordinal, zero if there is none in a wide category; `None` if the handle is of
    /// another schema and stands for tags or nothing here.
    pub fn value<D: Valued>(&self, dim: Dim<D>) -> Option<D::Value> {
        match self.have(dim)? {
            Have::Category(value) => D::value_of(i64::from(value)),
            Have::Wide(value) => D::value_of(i64::from(value)),
            Have::Ordinal(value) => D::value_of(i64::from(value)),
            Have::Tags(_) => None,
        }
    }

    /// The tags of a tag dimension; empty if the handle is of another schema and there are none here.
    pub fn tags<D: Tagged>(&self, dim: Dim<D>) -> Set {
        self.schema.layout.places.get(dim.at()).map_or(Set::EMPTY, |place| place.tags.get(self.record))
    }

    /// What the ticket has in a dimension of any kind; `None` if the schema has none of this number.
    pub fn have<D: DimKind>(&self, dim: Dim<D>) -> Option<Have> {
        self.schema.layout.places.get(dim.at()).map(|place| have(place, self.record))
    }

    /// A mark; zero if the ticket has none.
    pub fn mark(&self, mark: Mark) -> u32 {
        let found = self.schema.layout.marks.get(mark.at()).map_or(0, |field| field.get(self.record));
        u32::try_from(found).unwrap_or(0)
    }

    /// The merit of the ticket.
    pub fn merit(&self) -> u8 {
        u8::try_from(self.schema.layout.merit.get(self.record)).unwrap_or(0)
    }

    /// The priority class of the ticket.
    pub fn priority(&self) -> u8 {
        u8::try_from(self.schema.layout.class.get(self.record)).unwrap_or(0)
    }
}

/// A score: declared weights, and if need be points of your own on top.
///
/// The search skips everything that cannot win. It can do so for the declared [`weights`](Self::weights);
/// for [`extra`](Self::extra) it only knows [`extra_most`](Self::extra_most), so that a small extra costs little
/// and a large one makes the search look at more candidates. Results are right in either case.
///
/// ```
/// use luvhive_matching::{Dim, Facts, Ordinal, Score, Weights};
/// struct Complement { weights: Weights, level: Dim<Ordinal> }
/// impl Score for Complement {
///     fn weights(&self) -> &Weights { &self.weights }
///     /// Five points for a pair whose levels add up to ten.
///     fn extra(&self, a: &Facts<'_>, b: &Facts<'_>) -> u32 {
///         let sum = a.value(self.level).zip(b.value(self.level)).map(|(a, b)| a + b);
///         if sum == Some(10) { 5 } else { 0 }
///     }
///     fn extra_most(&self) -> u32 { 5 }
/// }
/// ```
pub trait Score {
    /// The declared part. Must not change during the life of a matcher.
    fn weights(&self) -> &Weights;

    /// Points of the undeclared part, 0..=[`extra_most`](Self::extra_most); more is cut off.
    ///
    /// Must be symmetric and depend on nothing but the two tickets.
    fn extra(&self, first: &Facts<'_>, second: &Facts<'_>) -> u32 {
        let _ = (first, second);
        0
    }

    /// The largest number of points [`extra`](Self::extra) can give, at most [`MAX_POINTS`].
    fn extra_most(&self) -> u32 {
        0
    }
}

impl Score for Weights {
    fn weights(&self) -> &Weights {
        self
    }
}

pub(crate) fn pair_points<S: Score + ?Sized>(score: &S, schema: &Schema, first: &[u64], second: &[u64]) -> i32 {
    let points = score.weights().pair(&schema.layout, first, second);
    let most = score.extra_most();
    if most == 0 {
        return points;
    }
    let extra = score.extra(&Facts { schema, record: first }, &Facts { schema, record: second }).min(most);
    points.saturating_add(i32::try_from(extra).unwrap_or(i32::MAX))
}
