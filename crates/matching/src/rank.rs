//! A ticket's place in the order of arrival: when it was enqueued, then the number of the call that brought it.
//! Twelve bytes, so that neither part can run out and a slot with a 32-bit key stays at forty bytes.

/// Largest number of a call: 2⁵² − 1, more than a century of a million calls a second.
pub(crate) const MAX_NUMBER: u64 = (1 << 52) - 1;

/// Compares by enqueue time, then by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Rank {
    high: u32,
    middle: u32,
    low: u32,
}

fn word(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or(0)
}

impl Rank {
    pub(crate) const FIRST: Self = Self { high: 0, middle: 0, low: 0 };
    pub(crate) const LAST: Self = Self { high: u32::MAX, middle: u32::MAX, low: u32::MAX };

    /// Of a time of at most [`MAX_TIME_MS`](crate::MAX_TIME_MS) and a number of at most [`MAX_NUMBER`].
    pub(crate) fn new(enqueued: u64, number: u64) -> Self {
        Self { high: word(enqueued >> 12), middle: word(enqueued << 20 | number >> 32), low: word(number) }
    }

    /// The enqueue time, in milliseconds.
    #[inline]
    pub(crate) fn enqueued(self) -> u64 {
        u64::from(self.high) << 12 | u64::from(self.middle >> 20)
    }

    #[inline]
    pub(crate) fn number(self) -> u64 {
        u64::from(self.middle & 0xF_FFFF) << 32 | u64::from(self.low)
    }

    /// A number that differs from one search to the next, the same on every platform.
    pub(crate) fn salt(self) -> u64 {
        self.enqueued() << 20 | self.number() & 0xF_FFFF
    }
}
