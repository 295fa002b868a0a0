//! What an operator may choose about meeting: how a chat opens, the times that go with it, and what a good pair is worth.

use std::time::Duration;

use crate::search::ScoreWeights;
use crate::tier::TierRules;

/// How a chat opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Opening {
    /// Both see the other's card and press "Chat".
    #[default]
    BothAccept,
    /// The tap that began a search counts as "Chat" for a while; a person who did not tap lately presses it all the same.
    Direct,
}

/// The engine's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How a chat opens.
    pub opening: Opening,
    /// How long two people have to answer in a meeting; 20 s to 10 min.
    pub meeting: Duration,
    /// How long the tap that began a search counts as consent under [`Opening::Direct`]; 1 s to 2 min.
    pub consent: Duration,
    /// How long an invitation to a friend stands; 1 min to 1 h.
    pub invitation: Duration,
    /// For how long after its opening only text and stickers pass in a chat; 0 to 10 min.
    pub early: Duration,
    /// How long a message waits for an answer; 20 s to 10 min.
    pub hold: Duration,
    /// How many messages wait in a chat at most, an album counting as one; 1 to 100.
    pub most_held: usize,
    /// How far people are trusted, and what that lets them do in a day.
    pub tiers: TierRules,
    /// What counts how much when a partner is chosen.
    pub weights: ScoreWeights,
}

impl Default for Rules {
    /// Both accept within 60 s; a tap counts for 15 s, an invitation stands for 10 min; text and stickers only
    /// for 2 min; 20 messages are held for 2 min; the usual
    /// tiers and weights.
    fn default() -> Self {
        Self {
            opening: Opening::BothAccept,
            meeting: Duration::from_mins(1),
            consent: Duration::from_secs(15),
            invitation: Duration::from_mins(10),
            early: Duration::from_mins(2),
            hold: Duration::from_mins(2),
            most_held: 20,
            tiers: TierRules::default(),
            weights: ScoreWeights::default(),
        }
    }
}
