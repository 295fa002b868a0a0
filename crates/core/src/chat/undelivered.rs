//! Why a message did not reach the partner. What Telegram says of a refused one is sorted into this once, where it is read.

use crate::code::coded_enum;

coded_enum! {
    /// Why a message did not reach the partner, or may not have: its source was gone · it is too long to be copied · the
    /// partner's own settings at Telegram forbid it · nothing of its kind can be copied · Telegram gave another reason, or
    /// none · whether it arrived stays unclear, which is no refusal. The code is a part of the key of its words.
    Undelivered {
        SourceGone = "gone", TooLong = "long", Setting = "setting", Kind = "other", Unknown = "unknown", Unclear = "unclear",
    }
}

impl Undelivered {
    /// Reports whether a reply that was refused so may pass without its quote.
    pub const fn may_be_the_quotes(self) -> bool {
        matches!(self, Self::SourceGone | Self::TooLong | Self::Unknown)
    }
}
