//! What the engine has to say to people; the words are the views' business.

use crate::chat::{Content, EndReason, Icebreaker, Questions, Undelivered};
use crate::correction::CorrectionNews;
use crate::decision::{AppealNews, DecisionNews};
use crate::engine::event::Command;
use crate::engine::news::News;
use crate::filter::Filter;
use crate::id::{ChatId, HoldId, MessageId};
use crate::person::{Age, Bio, CardPart, City, Country, Gender, InterestSet, PersonFacts, SpokenLanguages};
use crate::tier::Capped;
use crate::time::Timestamp;

/// A share of good ratings is shown from this many ratings on.
const SHOWN_RATINGS: u32 = 3;

/// What a person learns about their partner when they are matched, as far as the partner shows it. Nothing in it can
/// name the partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchCard {
    /// The chat, or the meeting.
    pub chat: ChatId,
    /// The partner's gender.
    pub gender: Gender,
    /// The partner's age band, both ends included, in years: 18–20, 21–25, 26–30 and so on in fives.
    pub ages: Option<(u8, u8)>,
    /// The partner's country.
    pub country: Option<Country>,
    /// The partner's city.
    pub city: Option<City>,
    /// What the partner writes about themselves.
    pub bio: Option<Bio>,
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

impl MatchCard {
    /// What the first of two people learns about the second one, as far as they show it.
    pub fn between(chat: ChatId, [me, them]: [&PersonFacts; 2], icebreaker: Icebreaker, now: Timestamp) -> Self {
        let shows = |part| them.card.parts.contains(part);
        let rated = them.ratings_up.saturating_add(them.ratings_down);
        let percent = u64::from(them.ratings_up).saturating_mul(100).checked_div(u64::from(rated));
        let percent = percent.filter(|_| rated >= SHOWN_RATINGS && shows(CardPart::Rating));
        Self {
            chat,
            gender: them.gender,
            ages: shows(CardPart::Age).then(|| band(them.age(now))),
            country: shows(CardPart::Country).then_some(them.country),
            city: them.card.city.clone(),
            bio: them.card.bio.clone(),
            interests: if shows(CardPart::Interests) { me.interests.intersection(them.interests) } else { InterestSet::EMPTY },
            languages: me.languages.intersection(them.languages),
            is_verified: them.is_verified,
            good_ratings_percent: percent.and_then(|percent| u8::try_from(percent).ok()),
            icebreaker,
        }
    }
}

fn band(age: Age) -> (u8, u8) {
    let (low, high) = age.band();
    (low.years(), high.years())
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

/// How a meeting stands for one of its people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They are asked.
    Asked,
    /// They pressed "Chat" and the other one has not yet.
    Agreed,
    /// Both pressed it.
    Opened,
    /// It led to nothing.
    Over,
}

/// What a person hears about an invitation to chat. Friends are named by the number this person knows them by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvitationNews {
    /// Theirs is on its way.
    Sent {
        /// To which friend.
        number: u16,
        /// How many seconds it stands from now on.
        lasts_s: u32,
    },
    /// A friend invites them.
    Asked {
        /// Which friend.
        number: u16,
        /// What the friend shows.
        card: MatchCard,
        /// How many seconds it stands from now on.
        lasts_s: u32,
    },
    /// They said yes, but are in a chat or a meeting themselves; they are asked again when that ends.
    Busy,
    /// They said yes, and the friend is in a chat or a meeting.
    Held {
        /// How many seconds the invitation still stands.
        lasts_s: u32,
    },
    /// They said no.
    Declined,
    /// The invited friend said yes; the card of the meeting follows.
    Taken {
        /// Which friend.
        number: u16,
    },
    /// The time of their invitation is over, and it led to nothing.
    Over {
        /// Which friend was invited.
        number: u16,
        /// The chat the two met in.
        chat: ChatId,
    },
    /// They said yes, but the friend was not free in time.
    NeverFree,
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
    /// Somebody who fits: the card of a meeting, as it stands now.
    Meeting {
        /// What is shown of the other one.
        card: MatchCard,
        /// How it stands.
        standing: Standing,
        /// How many seconds there are to answer, when the card is shown first.
        lasts_s: u32,
        /// The message that shows the card already; it is changed in place.
        on: Option<MessageId>,
    },
    /// A meeting led to no chat, for any reason; the search goes on if it says so.
    MeetingFailed {
        /// Whether the search goes on.
        searching: bool,
    },
    /// They said "Not now"; the search goes on if it says so.
    Declined {
        /// Whether the search goes on.
        searching: bool,
    },
    /// They did not answer in a meeting: their search is paused.
    MeetingMissed,
    /// They have to answer the meeting first; what they wrote was not delivered.
    MeetingFirst,
    /// Both said yes: the chat is open.
    Matched(MatchCard),
    /// A message was written before this chat opened, so it was not passed on; a tap sends it.
    WrittenBefore {
        /// The chat.
        chat: ChatId,
        /// The message.
        message: MessageId,
        /// What it holds.
        content: Content,
    },
    /// Such a message was passed on after all.
    SentNow {
        /// The message that offered it.
        on: Option<MessageId>,
    },
    /// A command came so late that they are asked whether they still want it.
    AskAgain {
        /// The command.
        command: Command,
    },
    /// The chat ended.
    ChatEnded {
        /// Which.
        chat: ChatId,
        /// How.
        how: Ended,
        /// Whether a new search has begun for this person.
        searching: bool,
        /// Whether the partner wrote, so that there is something to rate.
        can_rate: bool,
        /// How many of this person's last messages may not have arrived.
        undelivered: u32,
    },
    /// This kind of message is not passed on.
    NotRelayed {
        /// The kind.
        content: Content,
    },
    /// A message of theirs did not reach their partner, or may not have.
    NotDelivered {
        /// The message.
        message: MessageId,
        /// Why.
        why: Undelivered,
    },
    /// The partner has not agreed to photos and videos in this chat; this one was not passed on.
    MediaRefused,
    /// The partner takes text and stickers only; this one was not passed on.
    TextOnly,
    /// At the beginning of a chat only text and stickers pass; this one was not passed on.
    TooEarly {
        /// How many seconds that still lasts.
        left_s: u32,
    },
    /// By their own choice this kind is never passed on.
    Withheld {
        /// The kind.
        content: Content,
    },
    /// Something in a message of theirs can identify them: shall it go?
    AskLeak {
        /// The message that waits for it.
        hold: HoldId,
        /// It, in their private chat.
        message: MessageId,
        /// What can identify them.
        leaks: Questions,
    },
    /// A message of theirs says that they are under 18: are they?
    AskAge {
        /// The message that waits for it.
        hold: HoldId,
        /// It, in their private chat.
        message: MessageId,
    },
    /// The partner wrote what reads as if they were under 18, and says that they are not: do they seem so?
    AskSeemsMinor {
        /// The chat.
        chat: ChatId,
    },
    /// A message of theirs waits for what they were asked already.
    WaitsToo {
        /// The message.
        message: MessageId,
    },
    /// A message of theirs stays with them, as they wish.
    TakenBack {
        /// The message that asked; it is changed in place.
        on: Option<MessageId>,
        /// Whether the partner keeps the copy from before it was changed.
        has_copy: bool,
    },
    /// Links of people who are new here are not passed on.
    LinkTooNew,
    /// They have done so much within a day that a cap is reached: no new search, or this message was not passed on.
    Enough {
        /// Of what.
        of: Capped,
        /// In how many hours, rounded up, they may go on.
        left_h: u32,
    },
    /// A message of theirs waits until the partner has answered.
    Held {
        /// The message.
        message: MessageId,
    },
    /// So many messages wait in this chat already that this one was not passed on.
    TooManyHeld,
    /// A message of theirs that waited is passed on.
    Released {
        /// The message.
        message: MessageId,
        /// The message that asked; it is changed in place.
        on: Option<MessageId>,
    },
    /// The partner wants to send photos and videos: may they pass?
    AskMedia {
        /// The message that waits for it.
        hold: HoldId,
    },
    /// Whether photos and videos pass to this person in this chat, as they said just now.
    Media {
        /// The chat.
        chat: ChatId,
        /// Whether they pass.
        is_on: bool,
        /// The message that holds the button; it is changed in place.
        on: Option<MessageId>,
    },
    /// The partner takes photos and videos from now on.
    MediaAllowed,
    /// The partner's Telegram takes messages slowly; this one was not passed on.
    PartnerSlow,
    /// An invoice of theirs may not have arrived; a new one can be asked for.
    InvoiceUnclear,
    /// Too many messages in a short time; so many were not passed on.
    TooFast {
        /// How many.
        lost: u32,
    },
    /// A sanction forbids searching and chatting.
    Suspended {
        /// Until when, [`Timestamp::MAX`] forever.
        until: Timestamp,
    },
    /// A sanction was just decided.
    Sanctioned {
        /// Until when, [`Timestamp::MAX`] forever.
        until: Timestamp,
        /// The reason, as the staff wrote it.
        reason: String,
        /// What else there is to say of it.
        news: Option<DecisionNews>,
    },
    /// A decision was made that does not suspend.
    Warned {
        /// The reason, as the staff wrote it.
        reason: String,
        /// What was decided.
        news: DecisionNews,
    },
    /// Their appeal was decided.
    Appealed(AppealNews),
    /// A sanction was lifted.
    SanctionLifted {
        /// The reason, as the staff wrote it.
        reason: String,
    },
    /// Support corrected what is known of them.
    Corrected {
        /// What is right now.
        news: CorrectionNews,
    },
    /// Something they did not ask for.
    News {
        /// What.
        news: News,
        /// Premium until then; `None` = they are not premium now.
        premium_until: Option<Timestamp>,
    },
    /// Something about an invitation to chat.
    Invitation {
        /// What.
        news: InvitationNews,
        /// The message that shows the invitation already; it is changed in place.
        on: Option<MessageId>,
    },
    /// Something of theirs could not be handled and was passed over.
    NotUnderstood,
}

impl Notice {
    /// Returns the chat that this notice tells the person has opened.
    pub fn opened_chat(&self) -> Option<ChatId> {
        match self {
            Self::Matched(card) => Some(card.chat),
            _ => None,
        }
    }

    /// Reports whether it only answers what the person just did, so that nothing is missed where it would come late.
    pub fn is_repeatable(&self) -> bool {
        match self {
            Self::Searching { .. }
            | Self::AlreadySearching
            | Self::AlreadyChatting
            | Self::SearchCancelled
            | Self::NothingToEnd
            | Self::OfferWiden { .. }
            | Self::Widened { .. }
            | Self::Declined { .. }
            | Self::MeetingFirst
            | Self::SentNow { .. }
            | Self::NotRelayed { .. }
            | Self::MediaRefused
            | Self::TextOnly
            | Self::WaitsToo { .. }
            | Self::TakenBack { .. }
            | Self::LinkTooNew
            | Self::Enough { .. }
            | Self::TooEarly { .. }
            | Self::Withheld { .. }
            | Self::Held { .. }
            | Self::TooManyHeld
            | Self::Media { .. }
            | Self::MediaAllowed
            | Self::PartnerSlow
            | Self::InvoiceUnclear
            | Self::Suspended { .. }
            | Self::NotUnderstood => true,
            Self::SearchPaused
            | Self::Meeting { .. }
            | Self::MeetingFailed { .. }
            | Self::MeetingMissed
            | Self::Matched(_)
            | Self::WrittenBefore { .. }
            | Self::NotDelivered { .. }
            | Self::Released { .. }
            | Self::AskMedia { .. }
            | Self::AskLeak { .. }
            | Self::AskAge { .. }
            | Self::AskSeemsMinor { .. }
            | Self::AskAgain { .. }
            | Self::TooFast { .. }
            | Self::ChatEnded { .. }
            | Self::Sanctioned { .. }
            | Self::Warned { .. }
            | Self::Appealed(_)
            | Self::SanctionLifted { .. }
            | Self::Corrected { .. }
            | Self::News { .. }
            | Self::Invitation { .. } => false,
        }
    }
}
