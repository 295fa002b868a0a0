//! What people like to do: the fixed list and sets of it.

use crate::code::{bit_set, coded_enum};

coded_enum! {
    /// Something people come here for.
    Interest {
        Chatting = "chatting", Friends = "friends", Relationship = "relationship", Love = "love",
        Games = "games", Anime = "anime", Music = "music", Films = "films",
        Travel = "travel", Sport = "sport", Study = "study", Pets = "pets",
    }
}

bit_set! {
    /// A set of interests, at most twelve.
    InterestSet of Interest as u16
}
