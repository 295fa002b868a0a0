//! Stores in memory, with the promises of the real ones: fencing, atomic batches, named conflicts.

mod batch;
mod case;
mod corrections;
mod former;
mod friend;
mod journal;
mod lane;
mod money;
mod review;
mod situation;
mod staff;
mod stores;
mod tables;
mod treasury;

use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};

use crate::engine::event::EngineCommand;
use crate::id::{BotId, CommandId, Shard, TelegramId};
use crate::time::Timestamp;

pub use journal::MemoryJournal;
use tables::Tables;

/// A database of one bot and shard in memory. Clones are the same database.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    bot: BotId,
    shard: Shard,
    tables: Arc<Mutex<Tables>>,
}

impl MemoryStore {
    /// Makes an empty database.
    pub fn new(bot: BotId, shard: Shard) -> Self {
        Self { bot, shard, tables: Arc::default() }
    }

    /// Opens a journal as a process of its own would: its lease is free once the value is dropped.
    pub fn journal(&self) -> MemoryJournal {
        MemoryJournal::open(self.clone())
    }

    /// Puts the database's own clock forward, by which leases run.
    pub fn pass(&self, time: Duration) {
        let mut tables = self.tables();
        tables.now = tables.now.plus(time);
    }

    /// Makes a second database with the same rows.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self { tables: Arc::new(Mutex::new(self.tables().clone())), ..*self }
    }

    /// Gives the next person this number, for tests that know people by their numbers. No later row may reach one that
    /// is taken.
    pub fn count_from(&self, number: i64) {
        self.tables().numbers = number.saturating_sub(1);
    }

    /// Stores the refusal of a minor as it was before there were support codes.
    pub fn put_refusal_without_code(&self, telegram: TelegramId, refused_at: Timestamp) {
        self.tables().visitors.entry(telegram).or_default().refused_at = Some(refused_at);
    }

    /// Leaves a command as an operator would, beside the engine.
    pub fn put_command(&self, command: EngineCommand) -> CommandId {
        self.tables().insert_command(None, command)
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock()
    }
}
