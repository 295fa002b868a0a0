//! Reports and sanctions as operators handle them.

use crate::conduct::{NewSanction, OpenReport};
use crate::correction::Whom;
use crate::id::BotId;
use crate::ports::StoreError;
use crate::situation::Situation;
use crate::time::Timestamp;

/// What became of a sanction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SanctionOutcome {
    /// It is stored, and a running bot takes it up within a second.
    Stored,
    /// Nobody has this pseudonym.
    UnknownPseudonym,
    /// There is nothing to lift.
    NothingToLift,
}

/// Stores what operators decide. Used by sub-commands beside a running bot.
#[async_trait::async_trait]
pub trait ConductStore: Send + Sync {
    /// Lists open reports, oldest first, at most `limit` (1 to 1,000).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn list_open_reports(&self, bot: BotId, limit: u16) -> Result<Vec<OpenReport>, StoreError>;

    /// Reads where a person stands and notes in the audit log who did; `None` if nobody has this name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn read_situation(
        &self,
        bot: BotId,
        whom: &Whom,
        read_by: &str,
        now: Timestamp,
    ) -> Result<Option<Situation>, StoreError>;

    /// Stores a sanction, closes the open reports about the person, writes one audit row and leaves a command
    /// for the engine.
    ///
    /// A pseudonym of somebody who left means their account: whether it may come back or, if it is back, the person it
    /// is now.
    ///
    /// Atomic: all or nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn insert_sanction(&self, bot: BotId, sanction: NewSanction) -> Result<SanctionOutcome, StoreError>;
}
