//! Ice-breakers: a question on each match card, the same for both people.

/// How many ice-breakers the locale files hold: keys `icebreaker-0` to `icebreaker-11`.
pub const ICEBREAKER_COUNT: u8 = 12;

/// One of the ice-breakers, 0 to 11.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Icebreaker(u8);

impl Icebreaker {
    /// Picks one by a random number.
    pub fn pick(random: u64) -> Self {
        Self(u8::try_from(random % u64::from(ICEBREAKER_COUNT)).unwrap_or(0))
    }

    /// Returns its number, below [`ICEBREAKER_COUNT`].
    pub const fn index(self) -> u8 {
        self.0
    }
}
