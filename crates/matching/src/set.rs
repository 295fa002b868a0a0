//! A set of small values, the currency of every filter.
//! It remembers a value that does not fit so that the ticket check can name it.

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
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        (0u16..256).filter(|value| self.contains(*value))
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
