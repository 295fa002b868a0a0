//! Badges: what a person's counts say about them, told to themselves.

use super::PersonFacts;
use crate::code::coded_enum;

coded_enum! {
    /// A badge, by what earns it.
    Badge {
        FirstChat = "first-chat", TenChats = "ten-chats", HundredChats = "hundred-chats",
        WellLiked = "well-liked", Verified = "verified",
    }
}

/// Good ratings that "well liked" needs.
const LIKED_RATINGS: u32 = 10;
/// The share of good ratings, in percent, that "well liked" needs.
const LIKED_PERCENT: u64 = 90;

/// Lists the badges that these facts earn, in the order of the list.
pub fn badges(facts: &PersonFacts) -> Vec<Badge> {
    let all = u64::from(facts.ratings_up).saturating_add(u64::from(facts.ratings_down));
    let is_liked =
        facts.ratings_up >= LIKED_RATINGS && u64::from(facts.ratings_up).saturating_mul(100) >= all.saturating_mul(LIKED_PERCENT);
    let has = |badge: Badge| match badge {
        Badge::FirstChat => facts.chats_count >= 1,
        Badge::TenChats => facts.chats_count >= 10,
        Badge::HundredChats => facts.chats_count >= 100,
        Badge::WellLiked => is_liked,
        Badge::Verified => facts.is_verified,
    };
    Badge::ALL.iter().copied().filter(|&badge| has(badge)).collect()
}
