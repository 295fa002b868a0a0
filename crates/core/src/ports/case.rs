//! Cases, as the staff list, look at and decide them beside a running bot.

use crate::case::{Case, CaseLine, CaseRefusal, Queue, Verdict};
use crate::conduct::ReportReason;
use crate::decision::{Appeal, PendingBan, ReviewRefusal};
use crate::id::{BotId, ReportId, SanctionId};
use crate::ports::StoreError;
use crate::time::Timestamp;

/// Why a case is not shown or decided.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// A rule refuses it.
    #[error(transparent)]
    Refused(#[from] CaseRefusal),
    /// The store failed.
    #[error("case is not read or written")]
    Store(#[from] StoreError),
}

/// Who reads or decides, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader<'a> {
    /// The account on the machine.
    pub by: &'a str,
    /// Of which queues they may see cases.
    pub queues: &'a [Queue],
    /// Whether nobody else may decide; see [`crate::decision::may_review`].
    pub is_alone: bool,
    /// When.
    pub at: Timestamp,
}

impl Reader<'_> {
    /// Reports whether they may see decisions about this rule.
    pub fn may_see(self, rule: Option<ReportReason>) -> bool {
        rule.is_none_or(|rule| self.queues.contains(&Queue::of(rule)))
    }
}

/// Stores cases. Used by sub-commands beside a running bot.
#[async_trait::async_trait]
pub trait CaseStore: Send + Sync {
    /// Lists the open cases of some queues in the order in which they are to be decided ([`crate::case::sort`]), and writes
    /// one audit row. Reports beyond the oldest 10,000 are not looked at.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn list_cases(&self, bot: BotId, reader: Reader<'_>) -> Result<Vec<CaseLine>, StoreError>;

    /// Shows a case and keeps it for the reader for [`crate::case::CLAIM`], unless somebody else has it; writes one audit row.
    ///
    /// Atomic: of two who look at the same time one has it.
    ///
    /// # Errors
    /// [`CaseRefusal::Unknown`], [`CaseRefusal::Involved`], [`CaseRefusal::NotForYou`]; [`CaseError::Store`].
    async fn show_case(&self, bot: BotId, case: ReportId, reader: Reader<'_>) -> Result<Case, CaseError>;

    /// Decides a case: closes its reports, as upheld or dismissed, and sanctions the person as
    /// [`crate::ports::ConductStore::insert_sanction`] does; writes audit rows.
    ///
    /// Atomic: all or nothing.
    ///
    /// # Errors
    /// [`CaseRefusal`] and nothing is changed; [`CaseError::Store`].
    async fn decide_case(&self, bot: BotId, decided: &NewVerdict, reader: Reader<'_>) -> Result<(), CaseError>;

    /// Lists the bans that nobody has confirmed and that have not run out, the oldest first, at most 1,000, without those
    /// that the reader is involved in; writes one audit row.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn list_pending_bans(&self, bot: BotId, reader: Reader<'_>) -> Result<Vec<PendingBan>, StoreError>;

    /// Confirms a ban: it holds for good, and the person is told.
    ///
    /// Atomic: all or nothing.
    ///
    /// # Errors
    /// [`ReviewRefusal`] and nothing is changed; [`ReviewError::Store`].
    async fn confirm_ban(&self, bot: BotId, ban: SanctionId, reader: Reader<'_>) -> Result<(), ReviewError>;

    /// Lists the open appeals, the oldest first, at most 1,000, without those that the reader is involved in; writes an
    /// audit row for the list.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn list_appeals(&self, bot: BotId, reader: Reader<'_>) -> Result<Vec<Appeal>, StoreError>;

    /// Decides an appeal. Overturned, the suspension ends as far as nothing else suspends, lost days of premium are given
    /// back, the decision counts for nothing any more, and the person reads that we are sorry.
    ///
    /// Atomic: all or nothing.
    ///
    /// # Errors
    /// [`ReviewRefusal`] and nothing is changed; [`ReviewError::Store`].
    async fn decide_appeal(&self, bot: BotId, decided: &NewReview, reader: Reader<'_>) -> Result<(), ReviewError>;
}

/// Why an appeal is not decided, or a ban not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// A rule refuses it.
    #[error(transparent)]
    Refused(#[from] ReviewRefusal),
    /// The store failed.
    #[error("decision is not read or written")]
    Store(#[from] StoreError),
}

/// What is decided about an appeal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReview {
    /// Against which decision the appeal is.
    pub sanction: SanctionId,
    /// Whether it is taken back.
    pub is_overturned: bool,
    /// What the person reads about it: 1 to 500 characters.
    pub note: String,
}

impl NewReview {
    /// Writes a decision down.
    ///
    /// # Errors
    /// [`ReviewRefusal::Note`].
    pub fn new(sanction: SanctionId, is_overturned: bool, note: &str) -> Result<Self, ReviewRefusal> {
        let note = note.trim();
        if !(1..=500).contains(&note.chars().count()) {
            return Err(ReviewRefusal::Note);
        }
        Ok(Self { sanction, is_overturned, note: note.to_owned() })
    }
}

/// A decision about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVerdict {
    /// Which case.
    pub case: ReportId,
    /// What.
    pub verdict: Verdict,
    /// The reason, which a sanctioned person reads: 1 to 500 characters.
    pub reason: String,
}

impl NewVerdict {
    /// Writes a decision down.
    ///
    /// # Errors
    /// [`CaseRefusal::Reason`].
    pub fn new(case: ReportId, verdict: Verdict, reason: &str) -> Result<Self, CaseRefusal> {
        let reason = reason.trim();
        if !(1..=500).contains(&reason.chars().count()) {
            return Err(CaseRefusal::Reason);
        }
        Ok(Self { case, verdict, reason: reason.to_owned() })
    }
}
