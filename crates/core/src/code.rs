//! Closed lists of values with a code each, and sets of them as bits.
//! The code is what the database, callback data and locale keys hold, so a value may move in its list but its code stays.

/// Makes an enum of values with codes.
///
/// `coded_enum! { Gift { Small = "10", Large = "30" } }` gives `enum Gift { Small, Large }` with `ALL`, `code`, `from_code`,
/// `index` and `Display`, which writes the code.
macro_rules! coded_enum {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $(
            #[doc = concat!("Code `", $code, "`.")]
            $variant,
        )+ }

        impl $name {
            /// Every value, in the order in which they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the code used in the database, in callback data and in locale keys.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Finds the value of a code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }

            /// Returns the position in [`Self::ALL`].
            pub fn index(self) -> usize {
                Self::ALL.iter().position(|&value| value == self).unwrap_or(0)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}
pub(crate) use coded_enum;

/// Makes a set of a [`coded_enum!`]'s values: bit *i* stands for the *i*-th value.
///
/// `bit_set! { Gifts of Gift as u8 }` gives `struct Gifts(u8)` with `EMPTY`, `contains`, `with`, `without`, `toggled`, `intersection`,
/// `iter` in the order of the list, and `collect`.
macro_rules! bit_set {
    ($(#[$doc:meta])* $name:ident of $item:ty as $bits:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name($bits);

        impl $name {
            /// The empty set.
            pub const EMPTY: Self = Self(0);

            /// Makes a set from bits; bits beyond the list are dropped.
            pub fn from_bits(bits: $bits) -> Self {
                let mut set = Self(0);
                for &item in <$item>::ALL {
                    if bits & Self::bit(item) != 0 { set.0 |= Self::bit(item); }
                }
                set
            }

            /// Returns the bits: bit *i* stands for the *i*-th value of the list.
            pub const fn bits(self) -> $bits { self.0 }

            fn bit(item: $item) -> $bits {
                let one: $bits = 1;
                one.checked_shl(u32::try_from(item.index()).unwrap_or(u32::MAX)).unwrap_or(0)
            }

            /// Reports whether the item is in the set.
            pub fn contains(self, item: $item) -> bool { self.0 & Self::bit(item) != 0 }

            /// Returns the set with the item added.
            #[must_use]
            pub fn with(self, item: $item) -> Self { Self(self.0 | Self::bit(item)) }

            /// Returns the set with the item removed.
            #[must_use]
            pub fn without(self, item: $item) -> Self { Self(self.0 & !Self::bit(item)) }

            /// Returns the set with the item added or, if it was there, removed.
            #[must_use]
            pub fn toggled(self, item: $item) -> Self { Self(self.0 ^ Self::bit(item)) }

            /// Returns what both sets hold.
            #[must_use]
            pub fn intersection(self, other: Self) -> Self { Self(self.0 & other.0) }

            /// Reports whether nothing is in the set.
            pub const fn is_empty(self) -> bool { self.0 == 0 }

            /// Returns how many items are in the set.
            pub const fn len(self) -> u32 { self.0.count_ones() }

            /// Iterates in the order of the list.
            pub fn iter(self) -> impl Iterator<Item = $item> {
                <$item>::ALL.iter().copied().filter(move |&item| self.contains(item))
            }
        }

        impl FromIterator<$item> for $name {
            fn from_iter<I: IntoIterator<Item = $item>>(items: I) -> Self {
                items.into_iter().fold(Self(0), |set, item| set.with(item))
            }
        }
    };
}
pub(crate) use bit_set;
