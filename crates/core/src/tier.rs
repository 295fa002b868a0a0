//! Tiers of trust: how far somebody is trusted by what is stored about them, and what that lets them do in a day. Here and
//! nowhere else.

use std::time::Duration;

use crate::code::coded_enum;
use crate::person::PersonFacts;
use crate::time::Timestamp;

/// The time over which everything that has a cap is counted.
pub const DAY: Duration = Duration::from_hours(24);

coded_enum! {
    /// How far somebody is trusted.
    Tier { New = "new", Known = "known", Verified = "verified" }
}

coded_enum! {
    /// What has a cap: different people with whom one chats, messages with links, and messages that are neither text nor
    /// sticker.
    Capped { Partners = "partners", Links = "links", Media = "media" }
}

/// How much of each somebody may do in [`DAY`], at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Different people with whom chats open.
    pub partners: u32,
    /// Messages with a link, changes included.
    pub links: u32,
    /// Photos, videos, files and everything else but text and stickers; each part of an album counts.
    pub media: u32,
}

/// When somebody is known, and what each tier may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TierRules {
    /// How long ago somebody known has registered at least.
    pub known_after: Duration,
    /// How many chats somebody known has completed at least.
    pub known_chats: u32,
    /// How many good ratings somebody known has at least.
    pub known_good_ratings: u32,
    /// The least share of good ratings of somebody known, in percent.
    pub known_good_percent: u32,
    /// What people may do who are new.
    pub new: Caps,
    /// What people may do who are known.
    pub known: Caps,
    /// In how many of their first completed chats a person's links are refused; 0 to 20.
    pub linkless_chats: u32,
    /// For how long an upheld report halves the caps.
    pub upheld_lasts: Duration,
}

impl Default for TierRules {
    fn default() -> Self {
        Self {
            known_after: Duration::from_hours(72),
            known_chats: 5,
            known_good_ratings: 3,
            known_good_percent: 70,
            new: Caps { partners: 50, links: 10, media: 100 },
            known: Caps { partners: 100, links: 50, media: 500 },
            linkless_chats: 3,
            upheld_lasts: Duration::from_hours(24 * 90),
        }
    }
}

/// A report that led to a sanction: one however many people reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Upheld {
    /// When that was decided.
    pub at: Timestamp,
    /// Until when the sanction suspends; who lifts it earlier takes this back as well.
    pub until: Timestamp,
}

impl TierRules {
    /// How far somebody is trusted.
    pub fn tier(&self, facts: &PersonFacts, now: Timestamp) -> Tier {
        let all = u64::from(facts.ratings_up).saturating_add(u64::from(facts.ratings_down));
        let good = u64::from(facts.ratings_up).saturating_mul(100);
        let is_well_rated =
            facts.ratings_up >= self.known_good_ratings && good >= all.saturating_mul(self.known_good_percent.into());
        let is_known = facts.chats_count >= self.known_chats && now.since(facts.registered_at) >= self.known_after;
        match (facts.is_verified, is_known && is_well_rated) {
            (true, _) => Tier::Verified,
            (false, true) => Tier::Known,
            (false, false) => Tier::New,
        }
    }

    /// How much of it somebody may do in [`DAY`]: by their tier, halved for each upheld report that still counts, and never
    /// nothing.
    pub fn cap(&self, of: Capped, (facts, upheld): (&PersonFacts, &[Upheld]), now: Timestamp) -> u32 {
        let caps = match self.tier(facts, now) {
            Tier::New => self.new,
            // What else a verified person may do is decided with how people are verified.
            Tier::Known | Tier::Verified => self.known,
        };
        let whole = match of {
            Capped::Partners => caps.partners,
            Capped::Links => caps.links,
            Capped::Media => caps.media,
        };
        let count = upheld.iter().filter(|upheld| upheld.at.plus(self.upheld_lasts) > now).count();
        u32::try_from(count).ok().and_then(|halvings| whole.checked_shr(halvings)).unwrap_or(0).max(1)
    }

    /// Reports whether somebody's links are refused because they have completed too few chats.
    pub fn is_linkless(&self, facts: &PersonFacts) -> bool {
        facts.chats_count < self.linkless_chats
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{facts, timestamp};

    const HOUR: i64 = 3_600;

    /// Somebody who registered so many hours ago, with so many completed chats, good and bad ratings.
    fn person(hours: i64, chats_count: u32, (ratings_up, ratings_down): (u32, u32)) -> PersonFacts {
        let registered_at = timestamp(-hours * HOUR);
        PersonFacts { ratings_up, ratings_down, chats_count, registered_at, ..facts(1) }
    }

    #[test]
    fn known_is_who_has_been_here_some_days_and_was_rated_well() {
        let rules = TierRules::default();
        for (hours, chats, ratings, tier) in [
            (0, 0, (0, 0), Tier::New),
            (72, 5, (3, 0), Tier::Known),
            (71, 5, (3, 0), Tier::New),
            (72, 4, (3, 0), Tier::New),
            (72, 5, (2, 0), Tier::New),
            (10_000, 5_000, (0, 0), Tier::New),
            (720, 50, (7, 3), Tier::Known),
            (720, 50, (69, 31), Tier::New),
            (720, 50, (u32::MAX, u32::MAX), Tier::New),
        ] {
            let who = person(hours, chats, ratings);
            assert_eq!(rules.tier(&who, timestamp(0)), tier, "{hours} h, {chats} chats, {ratings:?}");
            let verified = PersonFacts { is_verified: true, ..who };
            assert_eq!(rules.tier(&verified, timestamp(0)), Tier::Verified);
        }
    }

    #[test]
    fn each_upheld_report_halves_a_cap_for_ninety_days_and_something_is_always_left() {
        let rules = TierRules::default();
        let ago = |days: i64| Upheld { at: timestamp(-days * 24 * HOUR), until: timestamp(0) };
        let known = person(720, 50, (10, 0));
        let new = person(0, 0, (0, 0));
        for (who, upheld, caps) in [
            (&new, vec![], [50, 10, 100]),
            (&known, vec![], [100, 50, 500]),
            (&new, vec![ago(0)], [25, 5, 50]),
            (&known, vec![ago(1), ago(89)], [25, 12, 125]),
            (&known, vec![ago(90), ago(1_000)], [100, 50, 500]),
            (&new, vec![ago(1); 9], [1, 1, 1]),
            (&known, vec![ago(1); 40], [1, 1, 1]),
        ] {
            let found = Capped::ALL.iter().map(|&of| rules.cap(of, (who, &upheld), timestamp(0)));
            assert_eq!(found.collect::<Vec<_>>(), caps, "{upheld:?}");
        }
    }

    #[test]
    fn links_wait_for_the_first_completed_chats() {
        let rules = TierRules::default();
        for (chats, is_linkless) in [(0, true), (2, true), (3, false), (100, false)] {
            assert_eq!(rules.is_linkless(&person(0, chats, (0, 0))), is_linkless);
        }
    }
}
