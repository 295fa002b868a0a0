//! What the engine has to say to people; the words are the views' business.

use crate::chat::seat::Filter;
use crate::chat::{Content, EndReason, Icebreaker};
use crate::id::ChatId;
use crate::person::{Country, Gender, InterestSet, SpokenLanguages};
use crate::time::Timestamp;

/// What a person learns about their partner when they are matched. Nothing in it can name the partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatchCard {
    /// The chat.
    pub chat: ChatId,
    /// The partner's gender.
    pub gender: Gender,
    /// The partner's age band, both ends included, in years: 18–20, 21–25, 26–30 and so on in fives.
    pub ages: (u8, u8),
    /// The partner's country.
    pub country: Country,
    /// Interests both share.
    pub interests: InterestSet,
    /// Languages both speak.
    pub languages: SpokenLanguages,
    /// Whether the partner is verified.
    pub is_verified: bool,
    /// The partner's share of good ratings in percent, once there are at least 3.
    pub good_ratings_percent: Option<u8>,
    /// A question to start with, the same for both.
    pub icebreaker: Icebreaker,
}

/// How a chat's end looks from one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// This person ended it.
    ByYou(EndReason),
    /// The partner ended it, left or cannot be reached. A block or report is never told apart from a plain end.
    ByPartner,
    /// The partner cannot be reached any more; this person searches on at the head of the line.
    PartnerGone,
}

/// A message of the engine to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The search has begun.
    Searching {
        /// Usual wait in seconds, if enough people were matched lately.
        usual_wait_s: Option<u32>,
    },
    /// They are searching already.
    AlreadySearching,
    /// They asked to find a partner while chatting.
    AlreadyChatting,
    /// The search was ended by them.
    SearchCancelled,
    /// They asked to end something, but neither search nor chat.
    NothingToEnd,
    /// Nobody fits yet: would they drop this filter?
    OfferWiden {
        /// The filter.
        filter: Filter,
        /// How many waiting people would fit without it.
        would_fit: u32,
    },
    /// The filter was dropped for this search.
    Widened {
        /// The filter.
        filter: Filter,
    },
    /// Ten minutes without a partner: the search is paused.
    SearchPaused,
    /// A partner was found.
    Matched(MatchCard),
    /// The chat ended.
    ChatEnded {
        /// Which.
        chat: ChatId,
        /// How.
        how: Ended,
        /// Whether a new search has begun for this person.
        searching: bool,
    },
    /// This kind of message is not passed on.
    NotRelayed {
        /// The kind.
        content: Content,
    },
    /// The partner's Telegram takes messages slowly; this one was not passed on.
    PartnerSlow,
    /// Too many messages in a short time; these were not passed on.
    TooFast,
    /// A sanction forbids searching and chatting.
    Suspended {
        /// Until when, [`Timestamp::MAX`] for ever.
        until: Timestamp,
    },
    /// A sanction was just decided.
    Sanctioned {
        /// Until when, [`Timestamp::MAX`] for ever.
        until: Timestamp,
        /// The reason, as the staff wrote it.
        reason: String,
    },
    /// A sanction was lifted.
    SanctionLifted {
        /// The reason, as the staff wrote it.
        reason: String,
    },
    /// Something of theirs could not be handled and was passed over.
    NotUnderstood,
}
