//! Wide categories: one value out of four billion, such as a city. A value is known by eight digits of sixteen values
//! each, so that a column of bits for each digit tells it exactly; what a ticket accepts is a short list.

#![expect(clippy::indexing_slicing, reason = "a list lies inside the record, and a ticket's list is as long as it may be")]

use alloc::vec::Vec;

/// Largest number of values that a ticket may accept in one wide category.
pub const MAX_ACCEPTED: u8 = 8;

/// Digits of a value.
pub(crate) const DIGITS: usize = 8;
/// Rows that tell a value: one for each value of each digit.
pub(crate) const VALUE_ROWS: u16 = 128;

/// The rows of a value, other than zero, counted from the first of [`VALUE_ROWS`].
#[inline]
pub(crate) fn rows_of(value: u32) -> impl Iterator<Item = u16> {
    let mixed = mix(value);
    (0u16..).step_by(16).zip(0..8u32).map(move |(first, digit)| first + nibble(mixed >> (4 * digit)))
}

fn nibble(value: u32) -> u16 {
    u16::try_from(value & 15).unwrap_or(0)
}

/// Gives every value another one, so that the first digits tell any values apart, however alike they are.
#[inline]
fn mix(value: u32) -> u32 {
    let value = (value ^ value >> 16).wrapping_mul(0x85EB_CA6B);
    let value = (value ^ value >> 13).wrapping_mul(0xC2B2_AE35);
    value ^ value >> 16
}

/// Values of a wide category that a ticket accepts.
///
/// Made from an array, a vector or an iterator of `u32`; order and repetition mean nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct WideSet {
    /// In ascending order, as plans keep them: one a word.
    pub(crate) values: Vec<u64>,
}

impl WideSet {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether `value` is in the set.
    pub fn contains(&self, value: u32) -> bool {
        self.values.binary_search(&u64::from(value)).is_ok()
    }

    /// The values in ascending order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = u32> + '_ {
        self.values.iter().map(|value| low_half(*value))
    }
}

impl FromIterator<u32> for WideSet {
    fn from_iter<I: IntoIterator<Item = u32>>(values: I) -> Self {
        let mut values: Vec<u64> = values.into_iter().map(u64::from).collect();
        values.sort_unstable();
        values.dedup();
        Self { values }
    }
}

impl<const N: usize> From<[u32; N]> for WideSet {
    fn from(values: [u32; N]) -> Self {
        values.into_iter().collect()
    }
}

impl From<&[u32]> for WideSet {
    fn from(values: &[u32]) -> Self {
        values.iter().copied().collect()
    }
}

impl From<Vec<u32>> for WideSet {
    fn from(values: Vec<u32>) -> Self {
        values.into_iter().collect()
    }
}

/// The lower 32 bits.
#[inline]
pub(crate) fn low_half(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or(0)
}

/// Where a record keeps the values that a ticket accepts: two a word, in ascending order, then zeros. A list without a
/// value accepts anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct ListField {
    word: usize,
    /// Largest number of values.
    pub(crate) most: u16,
}

impl ListField {
    pub(crate) fn new(word: usize, most: u16) -> Self {
        Self { word, most }
    }

    /// Words that a list of so many values takes.
    pub(crate) fn words(most: u16) -> u16 {
        most.div_ceil(2)
    }

    /// The values of the list in `record`, in ascending order.
    #[inline]
    pub(crate) fn values(self, record: &[u64]) -> impl Iterator<Item = u32> + '_ {
        let words = usize::from(Self::words(self.most));
        let halves = record[self.word..self.word + words].iter().flat_map(|word| [low_half(*word), low_half(*word >> 32)]);
        halves.take_while(|value| *value != 0)
    }

    /// Whether the list in `record` accepts anything.
    #[inline]
    pub(crate) fn is_open(self, record: &[u64]) -> bool {
        self.values(record).next().is_none()
    }

    /// Whether the list in `record` accepts somebody who has `value`; zero is no value.
    #[inline]
    pub(crate) fn accepts(self, record: &[u64], value: u32) -> bool {
        self.is_open(record) || value != 0 && self.values(record).any(|accepted| accepted == value)
    }

    /// Whether the list in `record` accepts nothing but what is in `values`, which are in ascending order.
    pub(crate) fn is_within(self, record: &[u64], values: &[u64]) -> bool {
        !self.is_open(record) && self.values(record).all(|accepted| values.binary_search(&u64::from(accepted)).is_ok())
    }

    /// Stores a list that [`takes`](Self::takes) these values; none accept anything.
    pub(crate) fn put(self, record: &mut [u64], values: &[u64]) {
        let words = usize::from(Self::words(self.most));
        let pairs = values.chunks(2).map(|pair| pair.iter().rev().fold(0, |word, value| word << 32 | value));
        for (word, pair) in record[self.word..self.word + words].iter_mut().zip(pairs.chain(core::iter::repeat(0))) {
            *word = pair;
        }
    }

    /// Sets every bit of the list's words.
    pub(crate) fn fill(self, bits: &mut [u64]) {
        bits[self.word..self.word + usize::from(Self::words(self.most))].fill(u64::MAX);
    }

    /// Whether a rule that was not made here is one: as many values as there may be, in ascending order, none zero.
    pub(crate) fn takes(self, values: &[u64]) -> bool {
        let is_sorted = values.windows(2).all(|pair| matches!(pair, [first, second] if first < second));
        let is_value = |value: &u64| (1..=u64::from(u32::MAX)).contains(value);
        (1..=usize::from(self.most)).contains(&values.len()) && is_sorted && values.iter().all(is_value)
    }

    /// Whether a list in a record that was not made here is one.
    pub(crate) fn is_sound(self, record: &[u64]) -> bool {
        let values: Vec<u64> = self.values(record).map(u64::from).collect();
        let words = usize::from(Self::words(self.most));
        let kept = record[self.word..self.word + words].iter().flat_map(|word| [low_half(*word), low_half(*word >> 32)]);
        kept.filter(|value| *value != 0).count() == values.len() && (values.is_empty() || self.takes(&values))
    }
}

/// The value that [`mix`] makes of it.
#[cfg(test)]
pub(crate) fn unmix(mixed: u32) -> u32 {
    let value = (mixed ^ mixed >> 16).wrapping_mul(0x7ED1_B41D);
    let value = (value ^ value >> 13 ^ value >> 26).wrapping_mul(0xA5CB_9243);
    value ^ value >> 16
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::vec::Vec;

    use super::{ListField, WideSet, mix, rows_of, unmix};

    /// Every value has rows of its own: the digits can be read back.
    #[test]
    fn no_two_values_have_the_same_rows() {
        let values = (1..5_000).chain((1..5_000).map(|value: u32| value << 16)).chain([u32::MAX, 1 << 31]);
        for value in values.chain((1..5_000).map(|value: u32| value.wrapping_mul(0x9E37_79B1))) {
            let mixed = rows_of(value).enumerate().map(|(digit, row)| u32::from(row % 16) << (4 * digit)).sum::<u32>();
            assert_eq!(mixed, mix(value));
            assert_eq!(unmix(mixed), value);
            assert!(rows_of(value).enumerate().all(|(digit, row)| usize::from(row / 16) == digit));
        }
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        for most in 1..=8u16 {
            let list = ListField::new(1, most);
            let mut record = [7u64; 7];
            for count in 0..=most {
                let values: WideSet = (0..count).map(|at| u32::MAX - u32::from(at) * 1_000_000).collect();
                list.put(&mut record, &values.values);
                assert_eq!(list.values(&record).collect::<Vec<_>>(), values.iter().collect::<Vec<_>>());
                assert_eq!(list.is_open(&record), count == 0);
                assert!(list.is_sound(&record));
                assert_eq!(list.accepts(&record, 0), count == 0);
                assert!(values.iter().all(|value| list.accepts(&record, value) && values.contains(value)));
                assert_eq!(list.accepts(&record, 5), count == 0);
                assert_eq!(list.is_within(&record, &values.values), count > 0);
            }
            let words = usize::from(ListField::words(most));
            assert_eq!((record[0], record[1 + words]), (7, 7));
        }
    }

    #[test]
    fn a_list_that_was_tampered_with_is_refused() {
        let list = ListField::new(0, 3);
        let is_sound = |halves: [u64; 4]| list.is_sound(&[halves[0] | halves[1] << 32, halves[2] | halves[3] << 32]);
        assert!(is_sound([0, 0, 0, 0]) && is_sound([3, 0, 0, 0]) && is_sound([3, 4, 9, 0]));
        for halves in [[0, 3, 0, 0], [3, 0, 4, 0], [4, 3, 0, 0], [3, 3, 0, 0], [1, 2, 3, 4], [0, 0, 0, 1]] {
            assert!(!is_sound(halves), "{halves:?}");
        }
    }

    #[test]
    fn a_set_is_what_was_put_into_it() {
        let set = WideSet::from([9, 3, 9, 0, u32::MAX]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 3, 9, u32::MAX]);
        assert_eq!((set.len(), set.is_empty(), set.contains(3), set.contains(4)), (4, false, true, false));
        assert_eq!(set, WideSet::from(&[3, 0, u32::MAX, 9][..]));
        assert_eq!(set, BTreeSet::from([0, 3, 9, u32::MAX]).into_iter().collect());
        assert!(WideSet::from(Vec::new()).is_empty());
    }
}
