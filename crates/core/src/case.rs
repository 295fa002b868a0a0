//! A case: everything that is reported about one person and not decided yet; how grave it is, and who may decide it.

use std::time::Duration;

use crate::chat::{ChatText, Sent};
use crate::code::coded_enum;
use crate::conduct::{Decision, Pseudonym, ReportReason};
use crate::evidence::Copies;
use crate::id::ReportId;
use crate::staff::Action;
use crate::time::Timestamp;

/// How long somebody who looks at a case has it for themselves.
pub const CLAIM: Duration = Duration::from_mins(30);
/// For how long after a chat its two people decide nothing about each other.
pub const RECENT: Duration = Duration::from_hours(24 * 90);

coded_enum! {
    /// Who a case is for.
    Queue { ChildSafety = "child_safety", General = "general" }
}

impl Queue {
    /// The queue of a case with this report in it.
    pub const fn of(reason: ReportReason) -> Self {
        match reason {
            ReportReason::Minor => Self::ChildSafety,
            ReportReason::Threat
            | ReportReason::Explicit
            | ReportReason::Image
            | ReportReason::Scam
            | ReportReason::Hate
            | ReportReason::Pretend
            | ReportReason::Other => Self::General,
        }
    }

    /// What looking at a case of this queue is, of what roles allow.
    pub const fn read(self) -> Action {
        match self {
            Self::ChildSafety => Action::ReadChildCase,
            Self::General => Action::ReadCase,
        }
    }
}

/// The reasons of which nothing is copied anywhere: neither of the chat with such a report nor of the person it is about.
pub fn uncopied() -> impl Iterator<Item = ReportReason> {
    ReportReason::ALL.iter().copied().filter(|reason| Queue::of(*reason) == Queue::ChildSafety)
}

/// What is known of a person who reports, when they are weighed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// For how many whole days they had been registered; 0 for somebody who has left.
    pub days: u32,
    /// How many chats of theirs have ended.
    pub chats: u32,
    /// How many of their reports led to a sanction.
    pub upheld: u32,
    /// How many of their reports were dismissed.
    pub dismissed: u32,
}

impl Record {
    /// How far their reports are believed: 10 to 100 percent. A new account begins at 40; days and chats bring up to 30
    /// each, an upheld report 10, and a dismissed one takes 20.
    pub fn standing(&self) -> u32 {
        let earned = 40 + self.days.min(30) + self.chats.min(30) + self.upheld.min(6) * 10;
        earned.saturating_sub(self.dismissed.min(20) * 20).clamp(10, 100)
    }
}

/// How grave a reason is, 0 to 100, if it is true.
const fn weight(reason: ReportReason) -> u32 {
    match reason {
        ReportReason::Minor => 100,
        ReportReason::Threat => 90,
        ReportReason::Image => 80,
        ReportReason::Explicit => 60,
        ReportReason::Hate => 50,
        ReportReason::Scam | ReportReason::Pretend => 40,
        ReportReason::Other => 20,
    }
}

/// How grave one report is: its reason by the reporter's standing. Where a child or somebody's safety may be at stake, a
/// bad standing takes half at most.
pub fn gravity(reason: ReportReason, reporter: &Record) -> u32 {
    let standing = if reason.is_urgent() { reporter.standing().max(50) } else { reporter.standing() };
    weight(reason) * standing / 100
}

/// How grave a case is: its gravest report, half as much again at most for somebody sanctioned before. Never the sum of its
/// reports: many who report together make nothing graver.
pub fn severity(gravities: impl IntoIterator<Item = u32>, sanctions_before: u32) -> u32 {
    let gravest = gravities.into_iter().max().unwrap_or(0);
    gravest * (100 + sanctions_before.min(5) * 10) / 100
}

/// A report of a case, as staff see it: never who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// Its number.
    pub report: ReportId,
    /// What for.
    pub reason: ReportReason,
    /// When.
    pub reported_at: Timestamp,
    /// What is known of the person who made it.
    pub reporter: Record,
    /// Whether it is about one message, which then is one of [`Self::evidence`].
    pub is_about_one: bool,
    /// What the reporter says in their own words.
    pub words: Option<ChatText>,
    /// The last messages of the chat, oldest first, 25 at most.
    pub evidence: Vec<Exhibit>,
    /// How far their copies are.
    pub copies: Copies,
}

/// A message that was frozen with a report. Its ids are stored and never shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhibit {
    /// Whether the reported person wrote it; `None` = not known, because they had left.
    pub is_by_reported: Option<bool>,
    /// Whether the report is about this one.
    pub is_meant: bool,
    /// What it holds, and when it was written; `None` = not known.
    pub sent: Option<Sent>,
    /// What stood in it before each change, the first one first; none if it never changed.
    pub former: Vec<Former>,
}

/// What stood in a message before a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Former {
    /// These words, maybe none.
    Words(ChatText),
    /// It is not known: the program was started anew between the message and the change, or there is no data key.
    Unknown,
    /// It is for child safety alone: a report of theirs has the same message.
    ForChildSafety,
}

/// A case in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseLine {
    /// Its number: that of its first report.
    pub case: ReportId,
    /// Whom it is about.
    pub about: Pseudonym,
    /// Who it is for.
    pub queue: Queue,
    /// How grave it is; see [`severity`].
    pub severity: u32,
    /// Its gravest reason.
    pub reason: ReportReason,
    /// How many reports are in it.
    pub reports: u32,
    /// When the first one came.
    pub opened_at: Timestamp,
    /// Who has it for themselves, and until when.
    pub claim: Option<Claim>,
}

/// Somebody has a case for themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The account on the machine.
    pub by: String,
    /// Until when.
    pub until: Timestamp,
}

/// A case as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// As in the list.
    pub line: CaseLine,
    /// How often the person was sanctioned in the last 90 days ([`crate::decision::STRIKE`]).
    pub sanctions_before: u32,
    /// Its reports, the first one first.
    pub reports: Vec<Filed>,
}

/// Puts cases into the order in which they are to be decided: those that cannot wait first, then the graver ones, then those
/// that came first.
pub fn sort(cases: &mut [CaseLine]) {
    cases.sort_by_key(|case| (!case.reason.is_urgent(), std::cmp::Reverse(case.severity), case.case));
}

/// What is decided about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is wrong, and each report of it counts against whom it came from.
    Dismiss,
    /// A rule was broken, and this is done about it.
    Sanction {
        /// Which rule; `None` = that of the gravest report.
        rule: Option<ReportReason>,
        /// What is done; [`Decision::Lift`] is refused.
        decision: Decision,
    },
}

/// Why a case is not shown or decided.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseRefusal {
    /// There is no such case, or it is decided.
    #[error("there is no open case with this number; `luvhive case list` lists them")]
    Unknown,
    /// Somebody else has it for themselves.
    #[error("{} has this case until {}", .0.by, .0.until)]
    Claimed(Claim),
    /// Nobody, or somebody else, has it for themselves.
    #[error("you have not looked at this case within the last 30 minutes; `luvhive case show` takes it")]
    NotClaimed,
    /// The member is a part of it, or close to somebody who is.
    #[error("this case is about you or by you, or a friend or partner of the last 90 days; somebody else has to take it")]
    Involved,
    /// Only the staff for child safety see it.
    #[error("this case is for child safety")]
    NotForYou,
    /// The reason is missing or too long.
    #[error("reason does not have 1 to 500 characters")]
    Reason,
}

#[cfg(test)]
mod tests;
