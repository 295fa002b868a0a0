//! A set of small values, the currency of every filter.
//! It remembers a value that does not fit so that the ticket check can name it.

use alloc::vec::Vec;
use core::ops::{BitAnd, BitOr, RangeInclusive};

/// A set of values, each below 256.
///
/// A larger value is not lost silently: it is kept aside and refused as
/// [`TicketError::OutOfDomain`](crate::TicketError::OutOfDomain) when the set reaches a ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Set {
    pub(crate) words: [u64; 4],
    pub(crate) beyond: Option<u16>,
}

impl Set {
    /// The set without values.
    pub const EMPTY: Self = Self { words: [0; 4], beyond: None };

    /// Adds `value`; constant time.
    pub fn insert(&mut self, value: u16) {
        match self.words.get_mut(usize::from(value >> 6)) {
            Some(word) => *word |= 1 << (value & 63),
            None => self.beyond = Some(value),
        }
    }

    /// Removes `value`; whether it was in the set. Constant time.
    pub fn remove(&mut self, value: u16) -> bool {
        let was_in = self.contains(value);
        if let Some(word) = self.words.get_mut(usize::from(value >> 6)) {
            *word &= !(1 << (value & 63));
        }
        was_in
    }

    /// Whether `value` is in the set.
    pub fn contains(&self, value: u16) -> bool {
        self.words.get(usize::from(value >> 6)).is_some_and(|word| word >> (value & 63) & 1 == 1)
    }

    /// Number of values, values beyond 255 not counted.
    pub fn len(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether the set holds nothing at all.
    pub fn is_empty(&self) -> bool {
        self.words == [0; 4] && self.beyond.is_none()
    }

    /// The values in ascending order.
    pub fn iter(&self) -> Values {
        self.into_iter()
    }

    fn join(self, other: Self, word: impl Fn(u64, u64) -> u64) -> [u64; 4] {
        let mut words = self.words;
        words.iter_mut().zip(other.words).for_each(|(mine, theirs)| *mine = word(*mine, theirs));
        words
    }

    pub(crate) const fn from_words(words: [u64; 4]) -> Self {
        Self { words, beyond: None }
    }

    /// Every value below `size`.
    #[inline]
    pub(crate) fn full(size: u16) -> Self {
        let word = |from: u16| match size.saturating_sub(from) {
            64.. => u64::MAX,
            left => (1 << left) - 1,
        };
        Self::from_words([word(0), word(64), word(128), word(192)])
    }

    /// The smallest value that is not below `size`, if there is one.
    pub(crate) fn first_beyond(&self, size: u16) -> Option<u16> {
        let inside = Self::full(size);
        if inside.covers(self) { self.beyond } else { self.iter().find(|value| *value >= size) }
    }

    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).all(|(mine, theirs)| theirs & !mine == 0)
    }

    /// Calls `value` with every value of both sets in ascending order, until it says that it is enough; whether it did.
    #[inline]
    pub(crate) fn any_common(&self, other: &Self, mut value: impl FnMut(u16) -> bool) -> bool {
        (0u16..).step_by(64).zip(self.words.iter().zip(&other.words)).any(|(first, (mine, theirs))| {
            let mut left = mine & theirs;
            while left != 0 {
                if value(first + u16::try_from(left.trailing_zeros()).unwrap_or(0)) {
                    return true;
                }
                left &= left - 1;
            }
            false
        })
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).any(|(mine, theirs)| mine & theirs != 0)
    }

    pub(crate) fn common(&self, other: &Self) -> u32 {
        self.words.iter().zip(&other.words).map(|(mine, theirs)| (mine & theirs).count_ones()).sum()
    }
}

impl FromIterator<u16> for Set {
    fn from_iter<I: IntoIterator<Item = u16>>(values: I) -> Self {
        let mut set = Self::EMPTY;
        for value in values {
            set.insert(value);
        }
        set
    }
}

impl<const N: usize> From<[u16; N]> for Set {
    fn from(values: [u16; N]) -> Self {
        values.into_iter().collect()
    }
}

impl From<&[u16]> for Set {
    fn from(values: &[u16]) -> Self {
        values.iter().copied().collect()
    }
}

impl From<Vec<u16>> for Set {
    fn from(values: Vec<u16>) -> Self {
        values.into_iter().collect()
    }
}

impl From<RangeInclusive<u16>> for Set {
    fn from(values: RangeInclusive<u16>) -> Self {
        values.collect()
    }
}

impl<'a> FromIterator<&'a u16> for Set {
    fn from_iter<I: IntoIterator<Item = &'a u16>>(values: I) -> Self {
        values.into_iter().copied().collect()
    }
}

impl Extend<u16> for Set {
    fn extend<I: IntoIterator<Item = u16>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.insert(value));
    }
}

impl IntoIterator for Set {
    type Item = u16;
    type IntoIter = Values;

    fn into_iter(self) -> Values {
        Values { left: self }
    }
}

impl IntoIterator for &Set {
    type Item = u16;
    type IntoIter = Values;

    fn into_iter(self) -> Values {
        Values { left: *self }
    }
}

/// The values of a set in ascending order.
#[derive(Clone, Debug)]
pub struct Values {
    left: Set,
}

impl Iterator for Values {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        let (first, word) = (0u16..).step_by(64).zip(&mut self.left.words).find(|(_, word)| **word != 0)?;
        let bit = u16::try_from(word.trailing_zeros()).unwrap_or(0);
        *word &= *word - 1;
        Some(first + bit)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.left.len()).unwrap_or(usize::MAX);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Values {}

/// Values of either set.
impl BitOr for Set {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self { words: self.join(other, |mine, theirs| mine | theirs), beyond: self.beyond.or(other.beyond) }
    }
}

/// Values of both sets; those beyond 255 are not compared.
impl BitAnd for Set {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self::from_words(self.join(other, |mine, theirs| mine & theirs))
    }
}
