//! Cases, as the staff list, look at and decide them beside a running bot.

use crate::case::{Case, CaseLine, CaseRefusal, Queue, Verdict};
use crate::id::{BotId, ReportId};
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
    /// When.
    pub at: Timestamp,
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
