//! The staff, and what they read and did.

use crate::id::BotId;
use crate::ports::StoreError;
use crate::staff::{Act, Member};

/// Stores who is staff. Used by sub-commands beside a running bot.
#[async_trait::async_trait]
pub trait StaffStore: Send + Sync {
    /// Lists the members by name, then by the code of the role.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn list_members(&self, bot: BotId) -> Result<Vec<Member>, StoreError>;

    /// Gives a member a role, or says anew who they are with the bot, and writes the act into the audit log; `false`, and
    /// nothing is written, if it is so already. Without a person what was said of that before stays.
    ///
    /// Atomic: both or neither.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn insert_member(&self, bot: BotId, member: Member, act: Act) -> Result<bool, StoreError>;

    /// Takes a role from a member and writes the act into the audit log; `false`, and nothing is written, if they did not
    /// have it.
    ///
    /// Atomic: both or neither.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn delete_member(&self, bot: BotId, member: Member, act: Act) -> Result<bool, StoreError>;

    /// Writes an act into the audit log.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn insert_act(&self, bot: BotId, act: Act) -> Result<(), StoreError>;
}
