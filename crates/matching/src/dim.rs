//! Handles of dimensions and marks. A dimension's handle knows its kind, so that a value or a rule of another kind does
//! not compile.

use core::fmt::Debug;
use core::hash::Hash;
use core::marker::PhantomData;

use crate::schema::Kind;

/// Handle of a dimension, valid for the schema whose builder gave it.
///
/// The kind is part of the type: [`Category`], [`Wide`], [`Ordinal`], [`Tags`], [`AnyTags`] or [`Common`]. What a kind does not
/// take does not compile:
///
/// ```compile_fail,E0277
/// # use luvhive_matching::{Schema, Ticket};
/// # let mut schema = Schema::builder();
/// let topic = schema.tags("topic", 40);
/// // Any of these, all of them, or none? A `TagRule` says which.
/// Ticket::new(1).accept(topic, [3]);
/// ```
/// ```compile_fail,E0277
/// # use luvhive_matching::{Schema, Ticket};
/// # let mut schema = Schema::builder();
/// let country = schema.category("country", 200);
/// Ticket::new(1).accept(country, 3..=9);
/// ```
/// ```compile_fail,E0277
/// # use luvhive_matching::{Schema, TagRule, Ticket};
/// # let mut schema = Schema::builder();
/// let hobby = schema.any_tags("hobby", 40);
/// Ticket::new(1).accept(hobby, TagRule::all_of([3]));
/// ```
/// ```compile_fail,E0277
/// # use luvhive_matching::{Schema, Ticket};
/// # let mut schema = Schema::builder();
/// let language = schema.common("language", 40);
/// Ticket::new(1).accept(language, [3]);
/// ```
/// ```compile_fail,E0277
/// # use luvhive_matching::{Schema, Ticket};
/// # let mut schema = Schema::builder();
/// let age = schema.ordinal("age", 18..=99);
/// Ticket::new(1).relax(age, 10_000, [20, 21]);
/// ```
/// ```compile_fail,E0277
/// # use luvhive_matching::{Schema, Ticket};
/// # let mut schema = Schema::builder();
/// let language = schema.common("language", 40);
/// Ticket::new(1).have(language, 3);
/// ```
/// ```compile_fail,E0308
/// # use luvhive_matching::{Schema, Weights};
/// # let mut schema = Schema::builder();
/// let topic = schema.tags("topic", 40);
/// Weights::new().near(topic, 20, 2);
/// ```
/// ```compile_fail,E0277
/// # use luvhive_matching::{Schema, Weights};
/// # let mut schema = Schema::builder();
/// let age = schema.ordinal("age", 18..=99);
/// Weights::new().shared(age, 10, 5);
/// ```
/// ```compile_fail,E0277
/// # use luvhive_matching::{Schema, Weights};
/// # let mut schema = Schema::builder();
/// let topic = schema.tags("topic", 40);
/// Weights::new().same(topic, 10);
/// ```
/// ```compile_fail,E0308
/// # use luvhive_matching::Schema;
/// # let mut schema = Schema::builder();
/// let age = schema.ordinal("age", 18..=99);
/// schema.cluster(age);
/// ```
///
/// Code for whatever dimensions there are works with a plain `Dim`, which is a `Dim<AnyKind>`: [`any`](Self::any) makes
/// one, [`Schema::dims`](crate::Schema::dims) and the answers of a matcher are made of them, and tickets take them with
/// [`Have`](crate::Have) and [`Accept`](crate::Accept). Their kind is checked when the ticket is offered.
///
/// ```
/// use luvhive_matching::{Accept, Anything, Dim, Schema, Ticket};
/// let mut schema = Schema::builder();
/// let role = schema.category("role", 2);
/// let level = schema.ordinal("level", 1..=12);
/// let wishes: [(Dim, Accept); 2] = [(role.any(), Accept::OneOf([1].into())), (level.any(), Accept::Range(3..=5))];
/// let ticket = Ticket::new(7).have(role, 0).have(level, 4);
/// let ticket = wishes.into_iter().fold(ticket, |ticket, (dim, accept)| ticket.accept(dim, accept));
/// // After a minute every filter is dropped.
/// let schema = schema.build()?;
/// let ticket = schema.dims().fold(ticket, |ticket, dim| ticket.relax(dim, 60_000, Anything));
/// # assert!(schema.record(&ticket, 0).is_ok());
/// # Ok::<(), luvhive_matching::SchemaError>(())
/// ```
///
/// A handle is a number in the order of declaration: a schema cannot tell the handles of another one from its own. One whose
/// number this schema does not have, or has for another kind, is refused; any other stands, silently, for the dimension that
/// has its number here. A program with several schemas keeps the handles of each in a struct of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dim<D = AnyKind> {
    number: u8,
    kind: PhantomData<D>,
}

impl<D> Dim<D> {
    pub(crate) const fn numbered(number: u8) -> Self {
        Self { number, kind: PhantomData }
    }
}

impl<D: DimKind> Dim<D> {
    pub(crate) fn number(self) -> u8 {
        self.number
    }

    pub(crate) fn at(self) -> usize {
        usize::from(self.number)
    }

    /// The same dimension without its kind.
    pub fn any(self) -> Dim {
        Dim::numbered(self.number)
    }
}

/// Handle of a mark, valid for the schema whose builder gave it; a number, like [`Dim`], and no more sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark(pub(crate) u8);

impl Mark {
    pub(crate) fn at(self) -> usize {
        usize::from(self.0)
    }
}

trait Sealed {}

/// The kind of a dimension as a type. Sealed: the kinds are those of [`Kind`], and [`AnyKind`].
#[expect(private_bounds, reason = "nobody else can make a kind")]
pub trait DimKind: Sealed + Copy + Debug + Ord + Hash + Send + Sync + 'static {
    /// The kind; `None` for [`AnyKind`].
    const KIND: Option<Kind>;
}

/// Kinds of which a ticket has one value: [`Category`], [`Wide`] and [`Ordinal`].
pub trait Valued: DimKind {
    /// The type of its values.
    type Value;

    /// A value by its number: that of a category, or the number itself.
    #[doc(hidden)]
    fn value_of(number: i64) -> Option<Self::Value>;
}

/// Kinds of which a ticket has tags: [`Tags`], [`AnyTags`] and [`Common`].
pub trait Tagged: DimKind {}

/// Any kind: that of the [dimension](Dim) is found out when a ticket is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnyKind {}

impl Sealed for AnyKind {}

impl DimKind for AnyKind {
    const KIND: Option<Kind> = None;
}

/// Declares the kinds as types, each of the name it has in [`Kind`].
macro_rules! kinds {
    ($($(#[$doc:meta])+ $kind:ident)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $kind {}

        impl Sealed for $kind {}

        impl DimKind for $kind {
            const KIND: Option<Kind> = Some(Kind::$kind);
        }

        impl From<Dim<$kind>> for Dim {
            fn from(dim: Dim<$kind>) -> Self {
                dim.any()
            }
        }

        impl PartialEq<Dim<$kind>> for Dim {
            fn eq(&self, other: &Dim<$kind>) -> bool {
                *self == other.any()
            }
        }

        impl PartialEq<Dim> for Dim<$kind> {
            fn eq(&self, other: &Dim) -> bool {
                self.any() == *other
            }
        }
    )+};
}

kinds! {
    /// The kind of [`SchemaBuilder::category`](crate::SchemaBuilder::category); values are `u16`.
    Category
    /// The kind of [`SchemaBuilder::ordinal`](crate::SchemaBuilder::ordinal); values are `i32`.
    Ordinal
    /// The kind of [`SchemaBuilder::tags`](crate::SchemaBuilder::tags); tags are `u16`.
    Tags
    /// The kind of [`SchemaBuilder::any_tags`](crate::SchemaBuilder::any_tags); tags are `u16`.
    AnyTags
    /// The kind of [`SchemaBuilder::common`](crate::SchemaBuilder::common); tags are `u16`.
    Common
    /// The kind of [`SchemaBuilder::wide`](crate::SchemaBuilder::wide); values are `u32`, zero is none.
    Wide
}

impl Valued for Category {
    type Value = u16;

    fn value_of(number: i64) -> Option<u16> {
        u16::try_from(number).ok()
    }
}

impl Valued for Ordinal {
    type Value = i32;

    fn value_of(number: i64) -> Option<i32> {
        i32::try_from(number).ok()
    }
}

impl Valued for Wide {
    type Value = u32;

    fn value_of(number: i64) -> Option<u32> {
        u32::try_from(number).ok()
    }
}

impl Tagged for Tags {}
impl Tagged for AnyTags {}
impl Tagged for Common {}
