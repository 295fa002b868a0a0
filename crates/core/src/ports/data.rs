//! Reading everything about one account, for its owner.

use crate::conduct::Subject;
use crate::id::TelegramId;
use crate::ports::StoreError;

/// Reads what is stored about people, for themselves.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait::async_trait]
pub trait DataStore: Send + Sync {
    /// Reads everything that is stored about an account's owner, registered, left or neither; `None` if that is nothing.
    ///
    /// One consistent read. The answer is one JSON object: `stored` has a list of rows per part, encrypted texts in clear, and
    /// `withheld` says of each part which columns it leaves out, and why. Nobody else is named in it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn find_data(&self, telegram: TelegramId, subject: &Subject) -> Result<Option<String>, StoreError>;
}
