//! Conduct: reports, sanctions and the pseudonyms under which staff see people.

use std::fmt;
use std::time::Duration;

use crate::chat::ChatText;
use crate::code::coded_enum;
use crate::id::{ChatId, MessageId, PersonId, ReportId};
use crate::time::Timestamp;

/// How many of a chat's last messages a report freezes, at most.
pub const REPORTED_MESSAGES: usize = 25;
/// How long after its end a chat can be reported or rated.
pub const REPORT_WINDOW: std::time::Duration = std::time::Duration::from_hours(48);

coded_enum! {
    /// What a report is about.
    ReportReason {
        Minor = "minor", Threat = "threat", Explicit = "explicit", Image = "image", Scam = "scam", Hate = "hate",
        Pretend = "pretend", Other = "other",
    }
}

impl ReportReason {
    /// The codes of the releases before, in rows and on buttons that are still there, and what they are read as.
    pub const FORMER: [(&str, Self); 2] = [("harassment", Self::Hate), ("spam", Self::Scam)];

    /// Finds the reason of a code, also of one of before.
    pub fn read(code: &str) -> Option<Self> {
        Self::from_code(code).or_else(|| Self::FORMER.iter().find(|(former, _)| *former == code).map(|(_, reason)| *reason))
    }

    /// Reports whether staff are told at once.
    pub const fn is_urgent(self) -> bool {
        matches!(self, Self::Minor | Self::Threat)
    }
}

coded_enum! {
    /// What the staff decided about a person.
    SanctionKind {
        Ban = "ban", Suspend = "suspend", Lift = "lift", Cooldown = "cooldown", Warn = "warn", Remove = "remove",
    }
}

impl SanctionKind {
    /// Reports whether it keeps somebody from searching and chatting, so that it has an end.
    pub const fn suspends(self) -> bool {
        matches!(self, Self::Ban | Self::Suspend | Self::Cooldown)
    }
}

/// A day.
pub(crate) const DAY: Duration = Duration::from_hours(24);
/// How long a ban suspends that nobody has confirmed: a second member of the staff confirms it or, if there is no other, the
/// same one after [`crate::decision::SECOND_LOOK`]. Unconfirmed it runs out.
pub const PENDING_BAN: Duration = DAY.saturating_mul(7);

coded_enum! {
    /// How long somebody is asked to keep quiet, from step to step.
    Cooldown {
        Minute = "1min", TenMinutes = "10min", Hour = "1h", SixHours = "6h", Day = "1d", ThreeDays = "3d",
    }
}

impl Cooldown {
    /// Its length.
    pub const fn length(self) -> Duration {
        match self {
            Self::Minute => Duration::from_mins(1),
            Self::TenMinutes => Duration::from_mins(10),
            Self::Hour => Duration::from_hours(1),
            Self::SixHours => Duration::from_hours(6),
            Self::Day => DAY,
            Self::ThreeDays => DAY.saturating_mul(3),
        }
    }
}

coded_enum! {
    /// A text of the profile that others see.
    ProfileText { Bio = "bio", City = "city" }
}

/// The name under which staff see a person: 10 letters and digits, random, never derived from the Telegram id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym(String);

/// A keyed hash of a Telegram account, by which somebody who left is known again. Nobody without the key, which is not in
/// the database, can tell whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectHash([u8; 32]);

impl SubjectHash {
    /// Wraps a hash.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// How an account is known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The hash under today's key: what is written from now on.
    pub hash: SubjectHash,
    /// The hash under the key before, which older rows may still carry; `None` = there was no other key.
    pub older: Option<SubjectHash>,
}

impl Subject {
    /// Lists every hash that a row about this account may carry: one or two, today's first.
    pub fn hashes(&self) -> impl Iterator<Item = SubjectHash> {
        [Some(self.hash), self.older].into_iter().flatten()
    }
}

impl From<SubjectHash> for Subject {
    /// An account of which only one key ever made hashes.
    fn from(hash: SubjectHash) -> Self {
        Self { hash, older: None }
    }
}

/// What is still known of somebody who left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Former {
    /// Until when they are suspended, [`Timestamp::MAX`] for a ban; `None` = they were not.
    pub suspended_until: Option<Timestamp>,
    /// Whether some of it is still stored under the key before.
    pub is_under_older_key: bool,
}

/// The length of a pseudonym.
pub const PSEUDONYM_LENGTH: usize = 10;
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

impl Pseudonym {
    /// Makes a pseudonym from 64 random bits, of which 50 are used.
    pub fn from_random(bits: u64) -> Self {
        let letter = |i: u32| {
            let index = usize::try_from((bits >> (5 * i)) & 31).unwrap_or(0);
            char::from(ALPHABET.get(index).copied().unwrap_or(b'a'))
        };
        Self((0..10).map(letter).collect())
    }

    /// Checks typed text; `None` unless it has the length and letters of a pseudonym.
    pub fn new(text: &str) -> Option<Self> {
        (text.len() == PSEUDONYM_LENGTH && text.bytes().all(|b| ALPHABET.contains(&b))).then(|| Self(text.to_owned()))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How many characters a report has in the reporter's own words, at most.
pub const REPORT_WORDS: usize = 300;

/// What a reporter says in their own words of a chat that they have just reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportWords {
    /// The chat.
    pub chat: ChatId,
    /// Who reports.
    pub reporter: PersonId,
    /// What they say: 1 to [`REPORT_WORDS`] characters.
    pub words: ChatText,
}

/// Takes what a reporter says in their own words; `None` unless it has 1 to [`REPORT_WORDS`] characters.
pub fn report_words(text: &str) -> Option<ChatText> {
    let text = text.trim();
    (1..=REPORT_WORDS).contains(&text.chars().count()).then(|| ChatText::new(text.to_owned()))
}

/// A report about to be stored. It is about the other person of the chat, whether they are still there or have left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReport {
    /// The chat it is about.
    pub chat: ChatId,
    /// Who reports.
    pub reporter: PersonId,
    /// What for.
    pub reason: ReportReason,
    /// The message it is about, by its id on the reporter's side; `None` = the whole chat.
    pub message: Option<MessageId>,
    /// The ids of the chat's last messages on the reporter's side, oldest first, at most [`REPORTED_MESSAGES`].
    pub messages: Vec<MessageId>,
    /// When.
    pub reported_at: Timestamp,
}

/// An open report as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenReport {
    /// Its number.
    pub report: ReportId,
    /// Who is reported, by pseudonym.
    pub reported: Pseudonym,
    /// What for.
    pub reason: ReportReason,
    /// How many message ids were frozen.
    pub messages_count: u16,
    /// When.
    pub reported_at: Timestamp,
    /// How many reports are open about the same person, this one included.
    pub open_about_same: u32,
}

/// What an operator wants done about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Words alone.
    Warn,
    /// No search and no chat for a while.
    Cooldown(Cooldown),
    /// A text of their profile goes.
    Remove(ProfileText),
    /// No search and no chat for this many days.
    Suspend(u32),
    /// No search and no chat forever; see [`PENDING_BAN`].
    Ban,
    /// A ban or suspension ends.
    Lift,
}

/// Why a decision cannot be written down.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSanction {
    /// This is no pseudonym.
    #[error("{0:?} is no pseudonym: 10 letters and digits")]
    Pseudonym(String),
    /// A reason is missing or too long.
    #[error("reason does not have 1 to 500 characters")]
    Reason,
}

/// A decision about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSanction {
    /// Whom it is about.
    pub pseudonym: Pseudonym,
    /// What was decided.
    pub kind: SanctionKind,
    /// Which text of the profile goes, for [`SanctionKind::Remove`] alone.
    pub text: Option<ProfileText>,
    /// Which rule was broken; `None` = it is not said.
    pub rule: Option<ReportReason>,
    /// Until when, for a kind that [`SanctionKind::suspends`]; ignored for the others.
    pub until: Timestamp,
    /// The reason that the person reads: 1 to 500 characters.
    pub reason: String,
    /// Who decided: the operator's account name on the machine.
    pub decided_by: String,
    /// When.
    pub decided_at: Timestamp,
}

/// Finds since when somebody is, or was last, suspended without a gap. Takes kind, end and time of the sanctions, the last first;
/// `None` if nothing ever suspended them.
pub fn suspended_since(latest_first: impl IntoIterator<Item = (SanctionKind, Timestamp, Timestamp)>) -> Option<Timestamp> {
    let is_lift = |kind: SanctionKind| kind == SanctionKind::Lift;
    let mut since: Option<Timestamp> = None;
    let ends = latest_first.into_iter().filter(|&(kind, ..)| kind.suspends() || is_lift(kind));
    for (_, until, decided_at) in ends.skip_while(|&(kind, ..)| is_lift(kind)).take_while(|&(kind, ..)| !is_lift(kind)) {
        if since.is_some_and(|since| until < since) {
            break;
        }
        since = Some(decided_at);
    }
    since
}

impl NewSanction {
    /// Writes a decision down; `decided_by` is cut to 100 characters.
    ///
    /// # Errors
    /// [`BadSanction`].
    pub fn new(pseudonym: &str, decision: Decision, reason: &str, decided_by: &str, now: Timestamp) -> Result<Self, BadSanction> {
        let pseudonym = Pseudonym::new(pseudonym).ok_or_else(|| BadSanction::Pseudonym(pseudonym.to_owned()))?;
        let reason = reason.trim().to_owned();
        if reason.is_empty() || reason.chars().count() > 500 {
            return Err(BadSanction::Reason);
        }
        let (kind, until) = match decision {
            Decision::Warn => (SanctionKind::Warn, now),
            Decision::Remove(_) => (SanctionKind::Remove, now),
            Decision::Cooldown(length) => (SanctionKind::Cooldown, now.plus(length.length())),
            Decision::Suspend(days) => (SanctionKind::Suspend, now.plus(DAY.saturating_mul(days))),
            Decision::Ban => (SanctionKind::Ban, now.plus(PENDING_BAN)),
            Decision::Lift => (SanctionKind::Lift, now),
        };
        let text = if let Decision::Remove(text) = decision { Some(text) } else { None };
        let decided_by = decided_by.chars().take(100).collect();
        Ok(Self { pseudonym, kind, text, rule: None, until, reason, decided_by, decided_at: now })
    }

    /// Names the rule that was broken.
    #[must_use]
    pub fn for_breaking(self, rule: ReportReason) -> Self {
        Self { rule: Some(rule), ..self }
    }
}
