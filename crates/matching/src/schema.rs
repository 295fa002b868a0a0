//! What tickets are made of: named dimensions with finite domains, and marks.
//! The builder hands out the handles by which tickets and weights speak of them.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use crate::dim::{AnyTags, Category, Common, Dim, DimKind, Mark, Ordinal, Tags, Wide};
use crate::error::SchemaError;
use crate::layout::Layout;
use crate::wide::MAX_ACCEPTED;

/// Largest number of dimensions, and of marks, in a schema.
pub const MAX_DIMENSIONS: usize = 32;
/// Largest number of values in one dimension.
pub const MAX_DOMAIN: u16 = 256;

/// What a dimension holds and how it can be filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// One value out of a list; a ticket accepts a set of values.
    Category,
    /// One number; a ticket accepts a range.
    Ordinal,
    /// A set of tags; a ticket may ask for any of some, all of some, none of some.
    Tags,
    /// A set of tags; a ticket may ask for any of some. Takes half the memory of [`Kind::Tags`].
    AnyTags,
    /// A set of tags; two tickets fit if they have one in common. There is nothing to accept.
    Common,
    /// One value out of 2³² − 1, or none; a ticket accepts up to eight values, or anything.
    Wide,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Dimension {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Number of values, 1..=256; of a wide category the largest number of accepted values.
    pub(crate) size: u16,
    /// Smallest value of an ordinal, zero otherwise.
    pub(crate) base: i32,
}

/// The dimensions and marks of one kind of ticket.
///
/// Each notion has one type of number, wherever it is named:
///
/// | Notion | Type |
/// |---|---|
/// | time, and lengths of time | `u64` milliseconds |
/// | points of a pair, of a weight, of aging, of a class bonus | `u32` |
/// | value of a category, tag | `u16` |
/// | number of an ordinal | `i32` |
/// | mark | `u32` |
/// | merit and priority class of a ticket | `u8`: all that a ticket keeps of them, so that no other can be written |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    pub(crate) dims: Vec<Dimension>,
    pub(crate) marks: Vec<String>,
    pub(crate) layout: Layout,
}

impl Schema {
    /// Starts an empty schema.
    ///
    /// ```
    /// use luvhive_matching::Schema;
    /// let mut schema = Schema::builder();
    /// let level = schema.ordinal("level", 0..=9);
    /// let subject = schema.any_tags("subject", 40);
    /// let schema = schema.build()?;
    /// assert_eq!(schema.find("level"), Some(level));
    /// assert_ne!(level.any(), subject.any());
    /// # Ok::<(), luvhive_matching::SchemaError>(())
    /// ```
    pub fn builder() -> SchemaBuilder {
        SchemaBuilder::default()
    }

    /// The dimension of this name; `None` if there is none, or if it is of another kind than asked for, as in
    /// `find::<Category>("country")`.
    pub fn find<D: DimKind>(&self, name: &str) -> Option<Dim<D>> {
        let at = self.dims.iter().position(|dim| dim.name == name && D::KIND.is_none_or(|kind| dim.kind == kind))?;
        u8::try_from(at).ok().map(Dim::numbered)
    }

    /// The name of a dimension; `None` if the schema has none of this number.
    pub fn name<D: DimKind>(&self, dim: Dim<D>) -> Option<&str> {
        self.dims.get(dim.at()).map(|found| found.name.as_str())
    }

    /// The kind of a dimension; `None` if the schema has none of this number.
    pub fn kind<D: DimKind>(&self, dim: Dim<D>) -> Option<Kind> {
        self.dims.get(dim.at()).map(|found| found.kind)
    }

    /// All dimensions in the order of their declaration.
    pub fn dims(&self) -> impl Iterator<Item = Dim> + '_ {
        (0u8..).take(self.dims.len()).map(Dim::numbered)
    }

    /// Size of one encoded ticket in bytes.
    pub fn record_bytes(&self) -> usize {
        self.layout.words * 8
    }
}

/// Collects dimensions; faults are reported by [`build`](Self::build).
#[derive(Clone, Debug, Default)]
pub struct SchemaBuilder {
    dims: Vec<Dimension>,
    marks: Vec<String>,
    cluster: Option<Dim<Category>>,
    fault: Option<SchemaError>,
}

impl SchemaBuilder {
    fn add<D>(&mut self, name: &str, kind: Kind, size: u64, base: i32) -> Dim<D> {
        let at = self.dims.len();
        let limit = if kind == Kind::Wide { u64::from(MAX_ACCEPTED) } else { u64::from(MAX_DOMAIN) };
        let fault = if at >= MAX_DIMENSIONS {
            Some(SchemaError::TooMany { limit: MAX_DIMENSIONS })
        } else if !(1..=limit).contains(&size) {
            let name = name.into();
            Some(if kind == Kind::Wide {
                SchemaError::Accepted { name, accepted: size, limit }
            } else {
                SchemaError::Domain { name, size, limit }
            })
        } else if self.dims.iter().any(|dim| dim.name == name) {
            Some(SchemaError::DuplicateName { name: name.into() })
        } else {
            None
        };
        if fault.is_some() {
            self.fault = self.fault.take().or(fault);
            return Dim::numbered(u8::MAX);
        }
        let size = u16::try_from(size).unwrap_or(MAX_DOMAIN);
        self.dims.push(Dimension { name: name.into(), kind, size, base });
        Dim::numbered(u8::try_from(at).unwrap_or(u8::MAX))
    }

    /// One value out of `0..values`, such as a gender or a country; 1 to 256 values.
    ///
    /// Categories of two to four values split the pool into parts that are skipped whole, in the order of declaration
    /// and as long as there are 1,024 combinations of values and accepted values at most.
    pub fn category(&mut self, name: &str, values: u16) -> Dim<Category> {
        self.add(name, Kind::Category, u64::from(values), 0)
    }

    /// One value out of 1..=[`u32::MAX`], such as a city or a school, or none; a ticket accepts up to `accepted` values
    /// (1..=[`MAX_ACCEPTED`]), or anything.
    ///
    /// A ticket that has no value, or zero, which is the same, is accepted only by those who accept anything, and has the
    /// same value as nobody. Values need no order and no list: numbers of a database will do, and so will hashes, if you can
    /// live with two names of one hash being one value. The matcher itself never takes one value for another.
    ///
    /// Costs sixteen bytes of memory a ticket and sixteen for each value that may be accepted, whether or not it is. A
    /// filter takes three or four row operations where nobody has the value and eight where somebody does. Where 256 values
    /// are enough a [`category`](Self::category) is faster.
    ///
    /// ```
    /// use luvhive_matching::{Config, Matcher, Outcome, Schema, Ticket, Weights};
    /// let mut schema = Schema::builder();
    /// let city = schema.wide("city", 3);
    /// let mut matcher = Matcher::new(schema.build()?, Weights::new().same(city, 10), Config::default())?;
    /// let delhi = 1_273_294;
    /// let picky = Ticket::new(1).have(city, delhi).accept(city, [delhi, 1_275_339]);
    /// assert_eq!(matcher.offer(&picky, 0)?, Outcome::Waiting);
    /// assert_eq!(matcher.offer(&Ticket::new(2), 0)?, Outcome::Waiting); // has no city
    /// assert!(matches!(matcher.offer(&Ticket::new(3).have(city, 1_275_339), 0)?, Outcome::Matched(_)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wide(&mut self, name: &str, accepted: u8) -> Dim<Wide> {
        self.add(name, Kind::Wide, u64::from(accepted), 0)
    }

    /// One number out of `range`, such as an age; at most 256 numbers.
    ///
    /// Divide wider scales yourself, such as a rating of 0 to 3,000 by 12; filters and
    /// [`near`](crate::Weights::near) then count in such steps.
    pub fn ordinal(&mut self, name: &str, range: RangeInclusive<i32>) -> Dim<Ordinal> {
        let span = if range.is_empty() { 0 } else { i64::from(*range.end()) - i64::from(*range.start()) + 1 };
        self.add(name, Kind::Ordinal, u64::try_from(span).unwrap_or(0), *range.start())
    }

    /// A set of tags out of `0..tags` with any-of, all-of and none-of rules; 1 to 256 tags.
    ///
    /// Costs four bits of memory a tag and ticket, [`any_tags`](Self::any_tags) costs two.
    pub fn tags(&mut self, name: &str, tags: u16) -> Dim<Tags> {
        self.add(name, Kind::Tags, u64::from(tags), 0)
    }

    /// A set of tags out of `0..tags` with any-of rules only; 1 to 256 tags.
    pub fn any_tags(&mut self, name: &str, tags: u16) -> Dim<AnyTags> {
        self.add(name, Kind::AnyTags, u64::from(tags), 0)
    }

    /// A set of tags of which two tickets must have one in common, such as languages spoken.
    ///
    /// Costs one bit of memory a tag and ticket. Every ticket must have at least one tag.
    pub fn common(&mut self, name: &str, tags: u16) -> Dim<Common> {
        self.add(name, Kind::Common, u64::from(tags), 0)
    }

    /// A number that is only compared for equality by the score, such as a school; a [wide category](Self::wide) is filtered
    /// too.
    pub fn mark(&mut self, name: &str) -> Mark {
        let at = self.marks.len();
        if at >= MAX_DIMENSIONS {
            self.fault = self.fault.take().or(Some(SchemaError::TooMany { limit: MAX_DIMENSIONS }));
            return Mark(u8::MAX);
        }
        if self.marks.iter().any(|mark| mark == name) {
            self.fault = self.fault.take().or(Some(SchemaError::DuplicateName { name: name.into() }));
        }
        self.marks.push(name.into());
        Mark(u8::try_from(at).unwrap_or(u8::MAX))
    }

    /// Stores tickets of the same value of this category beside each other, once there are many.
    ///
    /// It changes speed and never results under [`Effort::Exact`](crate::Effort::Exact). Choose the
    /// category that most filters name or that the score rewards, such as a country. The last call counts; a category that
    /// [splits the pool](Self::category) gains nothing by it.
    pub fn cluster(&mut self, dim: Dim<Category>) {
        self.cluster = Some(dim);
    }

    /// Finishes the schema.
    ///
    /// # Errors
    /// The first [`SchemaError`] met while dimensions were declared, [`SchemaError::NoDimension`] or
    /// [`SchemaError::Cluster`].
    pub fn build(self) -> Result<Schema, SchemaError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if self.dims.is_empty() {
            return Err(SchemaError::NoDimension);
        }
        if let Some(dim) = self.cluster {
            let found = self.dims.get(dim.at());
            if found.is_none_or(|found| found.kind != Kind::Category) {
                return Err(SchemaError::Cluster { dimension: found.map(|found| found.name.clone()) });
            }
        }
        let layout = Layout::new(&self.dims, self.marks.len(), self.cluster);
        Ok(Schema { dims: self.dims, marks: self.marks, layout })
    }
}
