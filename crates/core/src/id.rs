//! Identity types: one newtype per kind of thing, so that none can be taken for another.

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($inner);

        impl $name {
            /// Wraps a raw number.
            pub const fn new(raw: $inner) -> Self {
                Self(raw)
            }

            /// Returns the raw number.
            pub const fn get(self) -> $inner {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// A bot account: the number before the colon of its token. Part of every key in the database.
    BotId(i64)
}
id! {
    /// A registered person, numbered by the database. Never shown to people.
    PersonId(i64)
}
id! {
    /// A Telegram account, which is also the number of its private chat with the bot. Never logged, never shown.
    TelegramId(i64)
}
id! {
    /// A chat between two people, numbered by the engine: `epoch << 40 | counter`, so it grows across restarts.
    ChatId(i64)
}
id! {
    /// A message that waits for an answer, or an album of them; numbered by its owner like [`ChatId`] and from the same
    /// counter, so that a hold of a chat has a higher number than the chat.
    HoldId(i64)
}
id! {
    /// What stood in a message before it was changed or taken back; numbered by its owner like [`ChatId`].
    FormerWordsId(i64)
}
id! {
    /// An album, by a hash of the name that Telegram gives it.
    AlbumId(i64)
}
id! {
    /// A message inside one private chat, numbered by Telegram.
    MessageId(i32)
}
id! {
    /// An update, numbered by Telegram.
    UpdateId(i64)
}
id! {
    /// A row of the outbox, numbered by its owner: `epoch << 40 | counter`. Order of ids is order of sending per receiver.
    OutboxId(i64)
}
id! {
    /// A row of the inbox, numbered by its owner like [`OutboxId`].
    InboxId(i64)
}
id! {
    /// A command addressed to the engine by a lane or an operator, numbered by the database.
    CommandId(i64)
}
id! {
    /// How many times a shard's lease changed hands. A writer with an old epoch is refused.
    Epoch(i64)
}
id! {
    /// A slice of one bot's people with a single owner; one shard per bot for now.
    Shard(i16)
}
id! {
    /// A stored report, numbered by the database.
    ReportId(i64)
}
id! {
    /// A stored decision about a person, numbered by the database.
    SanctionId(i64)
}
