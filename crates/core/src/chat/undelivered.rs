//! Why a message did not reach the partner. What Telegram says of a refused one is sorted into this once, where it is read.

use crate::code::coded_enum;

coded_enum! {
    /// Why a message did not reach the partner, or may not have: its source was gone · it is too long to be copied · the
    /// partner's own settings at Telegram forbid it · nothing of its kind can be copied · Telegram gave another reason, or
    /// none · whether it arrived stays unclear, which is no refusal · it waited for an answer that did not come in time · the
    /// partner does not take photos and videos · its writer took it back. Of a change to a message: Telegram refuses it · it is
    /// too long · unclear · the partner has no copy of the message · a name in it links to an account · the chat is over · too
    /// much waits for the partner already.
    /// The code is a part of the key of its words.
    Undelivered {
        SourceGone = "gone", TooLong = "long", Setting = "setting", Kind = "other", Unknown = "unknown", Unclear = "unclear",
        Unanswered = "unanswered", MediaDeclined = "media-declined", TakenBack = "taken-back", EditTakenBack = "edit-taken-back",
        EditRefused = "edit-refused", EditTooLong = "edit-long", EditUnclear = "edit-unclear", EditMissing = "edit-missing",
        EditMention = "edit-mention", EditLate = "edit-late", EditSlow = "edit-slow",
    }
}

impl Undelivered {
    /// Reports whether a reply that was refused so may pass without its quote.
    pub const fn may_be_the_quotes(self) -> bool {
        matches!(self, Self::SourceGone | Self::TooLong | Self::Unknown)
    }

    /// The same of a change to a message that was passed on.
    #[must_use]
    pub const fn of_edit(self) -> Self {
        match self {
            // What is gone of a change is the partner's copy.
            Self::SourceGone => Self::EditMissing,
            Self::Setting | Self::Kind | Self::Unknown => Self::EditRefused,
            Self::TooLong => Self::EditTooLong,
            Self::Unclear => Self::EditUnclear,
            Self::Unanswered
            | Self::MediaDeclined
            | Self::TakenBack
            | Self::EditTakenBack
            | Self::EditRefused
            | Self::EditTooLong
            | Self::EditUnclear
            | Self::EditMissing
            | Self::EditMention
            | Self::EditLate
            | Self::EditSlow => self,
        }
    }
}
