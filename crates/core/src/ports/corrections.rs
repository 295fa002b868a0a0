//! Corrections by support.

use crate::correction::{Corrected, CorrectionRefusal, NewCorrection};
use crate::id::BotId;
use crate::ports::StoreError;

/// Why a correction was not made.
#[derive(Debug, thiserror::Error)]
pub enum CorrectionError {
    /// A rule refuses it.
    #[error(transparent)]
    Refused(#[from] CorrectionRefusal),
    /// The store failed.
    #[error("correction is not stored")]
    Store(#[from] StoreError),
}

/// Stores corrections. Used by a sub-command beside a running bot.
#[async_trait::async_trait]
pub trait CorrectionStore: Send + Sync {
    /// Decides about a correction ([`NewCorrection::decide`]), makes it true, writes one audit row and leaves a command for
    /// the engine. A person found to be a minor is refused and suspended forever; lifting that restores the
    /// suspension that stood before.
    ///
    /// Atomic: all or nothing.
    ///
    /// # Errors
    /// [`CorrectionError::Refused`] and nothing is changed; [`CorrectionError::Store`].
    async fn insert_correction(&self, bot: BotId, correction: NewCorrection) -> Result<Corrected, CorrectionError>;
}
