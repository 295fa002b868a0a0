//! The store of one bot. Each port is implemented in the file of its rows.

use luvhive_core::id::BotId;

use crate::pool::Pool;
use crate::vault::Vault;

/// Reads the rows of one bot over a pool: people, chats, friends, the ledger.
#[derive(Clone, Debug)]
pub struct PgStore {
    pub(crate) pool: Pool,
    pub(crate) bot: BotId,
    pub(crate) vault: Vault,
}

impl PgStore {
    /// Makes a store over a pool, without a data key.
    pub fn new(pool: Pool, bot: BotId) -> Self {
        Self { pool, bot, vault: Vault::default() }
    }

    /// Has encrypted texts read with the keys of this vault.
    #[must_use]
    pub fn with_vault(self, vault: Vault) -> Self {
        Self { vault, ..self }
    }
}
