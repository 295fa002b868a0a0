//! What the engine holds in memory about each registered person.

use super::{Age, Country, Gender, InterestSet, OwnCard, SpokenLanguages, UiLanguage};
use crate::id::{PersonId, TelegramId};
use crate::person::preferences::Preferences;
use crate::premium::Entitlement;
use crate::time::{Day, Timestamp};

/// A registered person as the engine sees them: everything a match, a match card and a refusal need, nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonFacts {
    /// Our number.
    pub person: PersonId,
    /// Their Telegram account, which is where messages go.
    pub telegram: TelegramId,
    /// The language of the bot's texts for them.
    pub language: UiLanguage,
    /// Gender.
    pub gender: Gender,
    /// Date of birth.
    pub born: Day,
    /// Country of residence.
    pub country: Country,
    /// Mark of the city ([`super::City::mark`]), if any.
    pub city_mark: Option<u32>,
    /// Languages spoken.
    pub languages: SpokenLanguages,
    /// Interests.
    pub interests: InterestSet,
    /// What their match card shows.
    pub card: OwnCard,
    /// Whether a person of the staff verified them.
    pub is_verified: bool,
    /// Whom they want to meet.
    pub preferences: Preferences,
    /// Good ratings received.
    pub ratings_up: u32,
    /// Bad ratings received.
    pub ratings_down: u32,
    /// Suspended until then ([`Timestamp::MAX`] = banned); no search, no chat before.
    pub suspended_until: Option<Timestamp>,
    /// Whether the bot can write to them; false after they blocked the bot or vanished.
    pub is_reachable: bool,
    /// How many chats they have completed.
    pub chats_count: u32,
    /// When they registered.
    pub registered_at: Timestamp,
    /// Premium until then, perhaps long ago; `None` = never. Follows from the ledger, see [`crate::premium`].
    pub premium_until: Option<Timestamp>,
    /// When a running subscription renews next, perhaps long ago; `None` = there is none, or it was cancelled.
    pub renews_at: Option<Timestamp>,
    /// How much the ledger held when these two were read: the more, the newer.
    pub ledger_rows: u32,
    /// When they last searched with what premium gives.
    pub premium_used_at: Option<Timestamp>,
    /// When they are erased, because they asked to leave; hidden until then. `None` = they stay.
    pub leaves_at: Option<Timestamp>,
}

impl PersonFacts {
    /// Returns the age at `now`; the stored date of birth was checked, so an impossible one counts as 18.
    pub fn age(&self, now: Timestamp) -> Age {
        super::age::age_at(self.born, now).unwrap_or(Age::YOUNGEST)
    }

    /// Reports whether they are premium at `now`.
    pub fn is_premium(&self, now: Timestamp) -> bool {
        self.premium_until.is_some_and(|until| until > now)
    }

    /// Takes an entitlement unless a newer one is known.
    pub fn entitle(&mut self, entitlement: Entitlement) {
        if entitlement.rows >= self.ledger_rows {
            self.premium_until = entitlement.until;
            self.renews_at = entitlement.renews_at;
            self.ledger_rows = entitlement.rows;
        }
    }

    /// Reports whether a sanction forbids searching and chatting at `now`.
    pub fn is_suspended(&self, now: Timestamp) -> bool {
        self.suspended_until.is_some_and(|until| until > now)
    }

    /// Reports whether nobody may meet them at `now`: a sanction forbids it, or they are about to be erased.
    pub fn is_barred(&self, now: Timestamp) -> bool {
        self.leaves_at.is_some() || self.is_suspended(now)
    }

    /// Returns the conduct score, 0 to 10: the share of good ratings, 5 while there are none.
    ///
    /// Two imagined ratings, one good and one bad, keep the first real one from deciding everything.
    pub fn conduct(&self) -> u8 {
        let good = u64::from(self.ratings_up).saturating_add(1);
        let all = u64::from(self.ratings_up).saturating_add(u64::from(self.ratings_down)).saturating_add(2);
        u8::try_from(good.saturating_mul(10) / all).unwrap_or(10)
    }
}
