//! What the staff decide about people beside bans and suspensions, how the person reads it, and how they appeal.

use std::time::Duration;

use crate::conduct::{DAY, ProfileText, Pseudonym, ReportReason, SanctionKind, Subject};
use crate::id::SanctionId;
use crate::person::UiLanguage;
use crate::time::Timestamp;

/// After how long somebody who is alone may look at their own decision again.
pub const SECOND_LOOK: Duration = DAY;
/// For how long a decision counts when the next one is made.
pub const STRIKE: Duration = DAY.saturating_mul(90);
/// The most characters of an appeal.
pub const MOST_APPEAL: usize = 300;

/// A decision as the person reads it, beside its end and its note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecisionNews {
    /// Its number, by which it can be appealed.
    pub sanction: SanctionId,
    /// What was decided.
    pub kind: SanctionKind,
    /// Which text of the profile went.
    pub text: Option<ProfileText>,
    /// Which rule was broken.
    pub rule: Option<ReportReason>,
    /// Whether it is a ban that nobody has confirmed yet.
    pub is_pending: bool,
}

/// What is known of the last decision about an account that can be appealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appealable {
    /// The decision.
    pub sanction: SanctionId,
    /// Whether it was appealed already.
    pub is_appealed: bool,
}

/// An appeal about to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAppeal {
    /// Against which decision; one that is not about this account changes nothing.
    pub sanction: SanctionId,
    /// How the account is known that was left, if it was.
    pub subject: Subject,
    /// The language in which they are answered if they are not registered.
    pub language: UiLanguage,
    /// What they say: 1 to [`MOST_APPEAL`] characters.
    pub words: String,
    /// When.
    pub at: Timestamp,
}

/// How an appeal ended, for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppealNews {
    /// Whether the decision is taken back.
    pub is_overturned: bool,
    /// What the staff say about it.
    pub note: String,
}

/// An open appeal as the staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appeal {
    /// Against which decision.
    pub sanction: SanctionId,
    /// Whom it is about.
    pub about: Pseudonym,
    /// What was decided.
    pub kind: SanctionKind,
    /// Which rule was broken.
    pub rule: Option<ReportReason>,
    /// Until when it suspends, [`Timestamp::MAX`] for a ban; `None` = it does not.
    pub until: Option<Timestamp>,
    /// The note that the person read.
    pub reason: String,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_at: Timestamp,
    /// What the person says; `None` = it could not be kept, or not be read.
    pub words: Option<String>,
    /// When they wrote it.
    pub written_at: Timestamp,
}

/// A ban that nobody has confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingBan {
    /// The decision.
    pub sanction: SanctionId,
    /// Whom it is about.
    pub about: Pseudonym,
    /// Which rule was broken.
    pub rule: Option<ReportReason>,
    /// The note that the person read.
    pub reason: String,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_at: Timestamp,
    /// Until when it suspends.
    pub until: Timestamp,
}

/// Why an appeal is not decided, or a ban not confirmed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReviewRefusal {
    /// There is none.
    #[error("nothing waits under this number; `luvhive appeal list` and `luvhive case bans` list what does")]
    Unknown,
    /// The same member decided, and there are others.
    #[error("you decided this yourself; another member of the staff has to look at it")]
    SameMember,
    /// The same member decided, there is no other, and a day has not passed.
    #[error("you decided this yourself and are alone; look at it again from {0} on")]
    TooEarly(Timestamp),
    /// The member is a part of it, or close to somebody who is.
    #[error("this is about you, or a friend or partner of the last 90 days; somebody else has to take it")]
    Involved,
    /// The note is missing or too long.
    #[error("note does not have 1 to 500 characters")]
    Note,
}

/// Reports whether a member may look again at what somebody decided; what they decided themselves only if they are alone,
/// and a day after `since`.
///
/// # Errors
/// [`ReviewRefusal::SameMember`], [`ReviewRefusal::TooEarly`].
pub fn may_review(is_same: bool, is_alone: bool, since: Timestamp, now: Timestamp) -> Result<(), ReviewRefusal> {
    let from = since.plus(SECOND_LOOK);
    match (is_same, is_alone) {
        (true, false) => Err(ReviewRefusal::SameMember),
        (true, true) if now < from => Err(ReviewRefusal::TooEarly(from)),
        (true, true) | (false, _) => Ok(()),
    }
}

/// How many days of premium a decision took that is taken back: those between it and its end, or now, for which the person
/// was premium, each begun one whole.
pub fn days_lost(decided_at: Timestamp, ends: [Timestamp; 2], premium_until: Option<Timestamp>) -> u16 {
    let end = ends.into_iter().chain(premium_until).min();
    let lost = premium_until.and(end).filter(|end| *end > decided_at).map_or(Duration::ZERO, |end| end.since(decided_at));
    u16::try_from(lost.as_secs().div_ceil(DAY.as_secs())).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests;
