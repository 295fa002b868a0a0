//! What is kept how long, and what removes it: one row per kind of data, from which the clean-up runs and the page for
//! operators is made. A test demands a row for every table of the database.

use std::time::Duration;

use luvhive_core::conduct::REPORT_WINDOW;

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

/// How long something is kept whose time an operator can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// An unfinished registration, after the last answer.
    pub registration: Duration,
    /// What a report froze, after it was decided.
    pub evidence: Duration,
    /// What a report for child safety froze, after it was made; no other is kept for longer, decided or not.
    pub child_safety: Duration,
}

impl Default for Kept {
    /// As the settings say unless somebody changes them.
    fn default() -> Self {
        Self { registration: DAY * 7, evidence: DAY * 30, child_safety: DAY * 365 }
    }
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
    ($kept_for:ident; $($name:ident = after $after:expr, of $tables:expr, $data:literal, $kept:literal;)+) => {
        /// A step of the clean-up.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Step {
            $(#[doc = concat!("Clears ", $data, "; kept ", $kept, ".")] $name,)+
        }

        impl Step {
            /// Every step, in the order in which they run.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns how old rows are when it removes them.
            pub(crate) fn after(self, $kept_for: Kept) -> Duration {
                match self { $(Self::$name => $after,)+ }
            }
        }

        const CLEANED: &[Retention] = &[$(
            Retention { tables: &$tables, data: $data, kept: $kept, remover: Remover::Clean(Step::$name) }
        ),+];
    };
}

steps! { kept;
    Chats = after DAY * 2, of ["message_map", "chat_leavers"],
        "which message is which copy, and the hash of a person who left after a chat",
        "48 hours after the chat's end";
    Evidence = after kept.evidence, of ["report_messages", "reports"],
        "of the last messages of a reported chat the numbers, sides, kinds and times, and what the reporter said in their own words, encrypted by the data key",
        "30 days after the report was decided, or as many as the setting `reports.evidence_days` says; of a report for child \
         safety a year from the report, or as many days as `reports.child_safety_days` says, and no other is kept for longer";
    FormerWords = after REPORT_WINDOW, of ["former_words"],
        "what stood in a message of a chat before it was changed or taken back, encrypted by the data key",
        "48 hours after the change, and as long as a report that froze the message is kept";
    Seen = after DAY * 2, of ["seen_updates"],
        "numbers of updates that came by webhook",
        "48 hours";
    Dead = after DAY * 30, of ["dead_updates"],
        "numbers of updates and rows that were set aside as unusable",
        "30 days";
    // Where months are meant, the query knows the calendar: 24 of them are no fixed length.
    Refusals = after Duration::ZERO, of ["visitors"],
        "refusals of minors, with the typed date of birth, the code for support and the consents given before",
        "24 months, and until the 18th birthday by the typed date; of a registered person as long as they are registered";
    Dialogs = after kept.registration, of ["dialogs", "consents", "visitors"],
        "what somebody has answered in a registration that they left unfinished, their consents and their language",
        "7 days after the last answer, or as many as the setting `registration.kept_days` says, and not beyond a /delete_me";
    FormerAccounts = after Duration::ZERO, of ["former_accounts", "former_people"],
        "the keyed hash of an account that was left, with its pseudonyms, its suspension and what can be had once",
        "24 months after it was left, and until its suspension is over; longer where `kept_until` says so";
    FormerBlocks = after Duration::ZERO, of ["former_blocks"],
        "blocks of which one side has left, by keyed hash",
        "24 months after that";
    // The engine tells both people and removes them when their time is over.
    Invitations = after Duration::from_hours(1), of ["invitations"],
        "invitations to chat that the bot did not end itself",
        "an hour after their time";
    Holds = after Duration::from_hours(1), of ["holds"],
        "numbers of messages that waited for an answer and that the bot did not drop itself",
        "an hour after their time";
}

/// Makes the rows of what the job "clean" does not remove. A row `Erasure: ["blocks"], "what", "how long";` becomes a
/// [`Retention`] with [`Remover::Erasure`] in [`OTHERS`].
macro_rules! others {
    ($($remover:ident: $tables:expr, $data:literal, $kept:literal;)+) => {
        const OTHERS: &[Retention] = &[$(
            Retention { tables: &$tables, data: $data, kept: $kept, remover: Remover::$remover }
        ),+];
    };
}

others! {
    Erasure: ["people", "preferences"], "a registered person: account, profile (bio and city encrypted by the data key), whom they want to meet",
        "until they leave, and then, hidden, for as long as the setting `privacy.delete_grace_h` says";
    Erasure: ["consents", "visitors"], "consents, and the language of a registered person", "until the person leaves";
    Bot: ["dialogs"], "what somebody has answered so far in an unfinished conversation with the bot, encrypted by the data key",
        "until it is finished, or the person leaves";
    Bot: ["seats"], "who searches, meets or chats", "until it is over";
    Bot: ["invitations"], "invitations of friends to chat", "until they are answered or their time is over";
    Bot: ["holds"], "numbers of messages that wait for an answer before they are passed on, without any content",
        "until it comes, at most as long as the setting `chat.hold_s` says and not beyond the chat";
    Erasure: ["chats"], "who chatted with whom and when, without any message",
        "until a person leaves: then their side is empty, and the times stay";
    Bot: ["inbox"], "updates that wait for their turn, with their text, encrypted by the data key",
        "until they are handled, as a rule less than a second";
    Bot: ["outbox"], "messages of the bot that wait to be sent, encrypted by the data key",
        "until they are sent, as a rule less than a second";
    Bot: ["commands"], "what lanes and operators ask of the engine, encrypted by the data key where it comes from people",
        "until it has acted; one that is not readable for good";
    Erasure: ["blocks"], "who blocked whom", "until one of them leaves";
    Erasure: ["ratings"], "who rated whom after which chat", "until one of them leaves";
    Erasure: ["reports", "case_claims"],
        "reports: who reported whom for what, the numbers and sides of the last messages, and which member of the staff looks at them",
        "until the reported person leaves; an open one stays under their pseudonym, without who reported once they left";
    Bot: ["evidence_posts"], "numbers of the posts in the evidence chat; the posts themselves lie on Telegram",
        "as long as the report; the posts as many days as the setting `evidence.kept_days` says, if the channel's timer lets them vanish";
    Erasure: ["sanctions"], "decisions of staff about a person, with the reason",
        "for good, without the person once they left, and without the hash of their account after 24 months";
    Bot: ["appeals"], "what somebody says against a decision about them, encrypted by the data key, and their account",
        "until the appeal is decided, or they leave; that there was one, and how it ended, as long as the decision";
    Nothing: ["audit_log", "audit_heads"], "what staff read and did, about which pseudonym; the chain that shows changes", "for good";
    Nothing: ["staff_members"], "who is staff: account names on the machine, roles, and who they are with the bot if they said so", "until `luvhive staff remove`";
    Erasure: ["friendships", "friend_requests"], "who is friends with whom, and who asked",
        "until one of them ends it or leaves";
    Erasure: ["payments", "refunds"], "what was paid in Stars and refunded, by Telegram's number of the charge",
        "for good, without the people once they left; a refund that was not carried out goes with its payer";
    Erasure: ["entitlement_grants", "rating_resets"], "days of premium without a payment, and resets of a rating",
        "until the person leaves";
    Erasure: ["coin_accounts", "coin_entries"], "coins: accounts and every movement",
        "for good, without the person once they left";
    Erasure: ["invite_codes", "invites"], "the code of a person's invitations, and who came by whom",
        "until the person leaves";
    Nothing: ["reconciliations"], "how far Telegram's list of Star transactions is known; nothing about people", "for good";
    Nothing: ["shard_leases"], "which process writes, and the number of the last update; nothing about people", "for good";
}

/// Lists every kind of data: first what the job "clean" removes.
pub fn list() -> impl Iterator<Item = &'static Retention> {
    CLEANED.iter().chain(OTHERS)
}
