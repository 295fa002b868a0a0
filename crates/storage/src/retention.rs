//! What is kept how long, and what removes it: one row per kind of data, from which the clean-up runs and the page for
//! operators is made. A test demands a row for every table of the database.

use std::time::Duration;

/// A day.
const DAY: Duration = Duration::from_hours(24);

/// What removes rows, or what in them leads to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remover {
    /// The job "clean", ten minutes apart, by this step.
    Clean(Step),
    /// The erasure of a person, after `/delete_me`.
    Erasure,
    /// The bot itself, as part of what it does.
    Bot,
    /// Nothing.
    Nothing,
}

impl Remover {
    /// Names it for operators.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Clean(_) => "the job `clean`",
            Self::Erasure => "the erasure of the person",
            Self::Bot => "the bot, at once",
            Self::Nothing => "nothing",
        }
    }
}

/// One kind of data that is kept alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The tables.
    pub tables: &'static [&'static str],
    /// What of them.
    pub data: &'static str,
    /// How long.
    pub kept: &'static str,
    /// What removes it.
    pub remover: Remover,
}

/// Makes the steps of the clean-up and their rows of the table. A row
///
/// ```text
/// Dead = after DAY * 30, of ["dead_updates"], "updates that were set aside", "30 days";
/// ```
///
/// becomes the variant `Step::Dead`, an element of [`Step::ALL`], the age at which [`Step::after`] lets it remove, and a
/// [`Retention`] with [`Remover::Clean`] in [`CLEANED`].
macro_rules! steps {
    ($($name:ident = after $after:expr, of $tables:expr, $data:literal, $kept:literal;)+) => {
        /// A step of the clean-up.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Step {
            $(#[doc = concat!("Clears ", $data, "; kept ", $kept, ".")] $name,)+
        }

        impl Step {
            /// Every step, in the order in which they run.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns how old rows are when it removes them.
            pub(crate) fn after(self) -> Duration {
                match self { $(Self::$name => $after,)+ }
            }
        }

        const CLEANED: &[Retention] = &[$(
            Retention { tables: &$tables, data: $data, kept: $kept, remover: Remover::Clean(Step::$name) }
        ),+];
    };
}

steps! {
    Chats = after DAY * 2, of ["message_map", "chat_leavers"],
        "which message is which copy, and the hash of a person who left after a chat",
        "48 hours after the chat's end";
    Seen = after DAY * 2, of ["seen_updates"],
        "numbers of updates that came by webhook",
        "48 hours";
    Dead = after DAY * 30, of ["dead_updates"],
        "numbers of updates and rows that were set aside as unusable",
        "30 days";
    // The query knows the calendar: 24 months are no fixed length.
    Refusals = after Duration::ZERO, of ["visitors"],
        "refusals of minors, with the typed date of birth and the code for support",
        "24 months, and until the 18th birthday by the typed date; of a registered person as long as they are registered";
    // The same days stand in the query, to see whether a suspension is over.
    FormerAccounts = after DAY * 730, of ["former_accounts", "former_people"],
        "the keyed hash of an account that was left, with its pseudonyms, its suspension and what can be had once",
        "730 days after it was left, and until its suspension is over";
    FormerBlocks = after DAY * 730, of ["former_blocks"],
        "blocks of which one side has left, by keyed hash",
        "730 days after that";
    // The engine tells both people and removes them when their time is over.
    Invitations = after Duration::from_hours(1), of ["invitations"],
        "invitations to chat that the bot did not end itself",
        "an hour after their time";
}

/// Everything that the job "clean" does not remove.
const OTHERS: &[Retention] = &[
    Retention {
        tables: &["people", "preferences"],
        data: "a registered person: account, profile, whom they want to meet",
        kept: "until they leave",
        remover: Remover::Erasure,
    },
    Retention {
        tables: &["consents", "visitors"],
        data: "consents, and the language of an account",
        kept: "until the person leaves; of an account that never registered for good",
        remover: Remover::Erasure,
    },
    Retention {
        tables: &["dialogs"],
        data: "what somebody has answered so far in an unfinished conversation with the bot",
        kept: "until it is finished, or the person leaves",
        remover: Remover::Bot,
    },
    Retention { tables: &["seats"], data: "who searches, meets or chats", kept: "until it is over", remover: Remover::Bot },
    Retention {
        tables: &["invitations"],
        data: "invitations of friends to chat",
        kept: "until they are answered or their time is over",
        remover: Remover::Bot,
    },
    Retention {
        tables: &["chats"],
        data: "who chatted with whom and when, without any message",
        kept: "until a person leaves: then their side is empty, and the times stay",
        remover: Remover::Erasure,
    },
    Retention {
        tables: &["inbox"],
        data: "updates that wait for their turn, with their text",
        kept: "until they are handled, as a rule less than a second",
        remover: Remover::Bot,
    },
    Retention {
        tables: &["outbox"],
        data: "messages of the bot that wait to be sent",
        kept: "until they are sent, as a rule less than a second",
        remover: Remover::Bot,
    },
    Retention {
        tables: &["commands"],
        data: "what lanes and operators ask of the engine",
        kept: "until it has acted; one that is not readable for good",
        remover: Remover::Bot,
    },
    Retention { tables: &["blocks"], data: "who blocked whom", kept: "until one of them leaves", remover: Remover::Erasure },
    Retention {
        tables: &["ratings"],
        data: "who rated whom after which chat",
        kept: "until one of them leaves",
        remover: Remover::Erasure,
    },
    Retention {
        tables: &["reports"],
        data: "reports: who reported whom for what, and the numbers of the messages",
        kept: "until the reported person leaves; an open one stays under their pseudonym, without who reported once they left",
        remover: Remover::Erasure,
    },
    Retention {
        tables: &["sanctions"],
        data: "decisions of staff about a person, with the reason",
        kept: "for good, without the person once they left, and without the hash of their account after 730 days",
        remover: Remover::Erasure,
    },
    Retention {
        tables: &["audit_log"],
        data: "what staff did, about which pseudonym",
        kept: "for good",
        remover: Remover::Nothing,
    },
    Retention {
        tables: &["friendships", "friend_requests"],
        data: "who is friends with whom, and who asked",
        kept: "until one of them ends it or leaves",
        remover: Remover::Erasure,
    },
    Retention {
        tables: &["payments", "refunds"],
        data: "what was paid in Stars and refunded, by Telegram's number of the charge",
        kept: "for good, without the people once they left; a refund that was not carried out goes with its payer",
        remover: Remover::Erasure,
    },
    Retention {
        tables: &["entitlement_grants", "rating_resets"],
        data: "days of premium without a payment, and resets of a rating",
        kept: "until the person leaves",
        remover: Remover::Erasure,
    },
    Retention {
        tables: &["coin_accounts", "coin_entries"],
        data: "coins: accounts and every movement",
        kept: "for good, without the person once they left",
        remover: Remover::Erasure,
    },
    Retention {
        tables: &["invite_codes", "invites"],
        data: "the code of a person's invitations, and who came by whom",
        kept: "until the person leaves",
        remover: Remover::Erasure,
    },
    Retention {
        tables: &["shard_leases"],
        data: "which process writes, and the number of the last update; nothing about people",
        kept: "for good",
        remover: Remover::Nothing,
    },
];

/// Lists every kind of data: first what the job "clean" removes.
pub fn list() -> impl Iterator<Item = &'static Retention> {
    CLEANED.iter().chain(OTHERS)
}
