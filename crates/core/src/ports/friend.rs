//! Reading friends. Writing goes through the journal.

use crate::friend::{Friend, Standing};
use crate::id::PersonId;
use crate::ports::StoreError;

/// Reads friends.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait::async_trait]
pub trait FriendStore: Send + Sync {
    /// Finds how a person stands with another; two who have nothing to do with each other give the default.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn find_standing(&self, me: PersonId, other: PersonId) -> Result<Standing, StoreError>;

    /// Lists a person's friends by number, at most [`crate::friend::MOST_FRIENDS`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn list_friends(&self, person: PersonId) -> Result<Vec<Friend>, StoreError>;
}
