//! The store of one bot. Each port is implemented in the file of its rows.

use luvhive_core::id::BotId;

use crate::pool::Pool;

/// Reads the rows of one bot over a pool: people, chats, friends, the ledger.
#[derive(Clone, Debug)]
pub struct PgStore {
    pub(crate) pool: Pool,
    pub(crate) bot: BotId,
}

impl PgStore {
    /// Makes a store over a pool.
    pub fn new(pool: Pool, bot: BotId) -> Self {
        Self { pool, bot }
    }
}
