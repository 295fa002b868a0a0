//! The model of what a sender makes of unclear answers: another send that succeeds says that the trouble is the row's, or
//! Telegram is asked; after many chats in a row it stands still until Telegram answers.

use std::collections::{BTreeMap, BTreeSet};

use luvhive_core::id::{OutboxId, TelegramId};

use super::Planted;
use super::message::Origin;
use super::telegram::Call;
use super::world::{Happening, MS, World};

/// Unclear answers from so many chats stop everything.
const MOST_CHATS: usize = 3;

/// Rows that may have arrived, and what they wait for.
#[derive(Debug, Default)]
pub(crate) struct Doubts {
    rows: BTreeMap<TelegramId, OutboxId>,
    chats: BTreeSet<TelegramId>,
    pub(crate) is_still: bool,
    is_outage: bool,
    is_asking: bool,
}

/// Rows that go on, and whether the try counts.
pub(crate) type Cleared = (bool, BTreeMap<TelegramId, OutboxId>);

impl Doubts {
    pub(crate) fn add(&mut self, world: &mut World, origin: Origin, receiver: TelegramId, row: OutboxId) {
        self.rows.insert(receiver, row);
        self.chats.insert(receiver);
        self.is_still |= self.chats.len() >= MOST_CHATS;
        self.ask(world, origin, 100 * MS);
    }

    pub(crate) fn succeeded(&mut self) -> Option<Cleared> {
        self.chats.clear();
        (!self.is_still && !self.rows.is_empty()).then(|| (true, std::mem::take(&mut self.rows)))
    }

    pub(crate) fn answered(&mut self, world: &mut World, origin: Origin, is_alive: bool) -> Option<Cleared> {
        let forgets = world.planted == Some(Planted::OutageCounts);
        self.is_asking = false;
        if !is_alive && !forgets {
            self.is_outage = true;
            self.ask(world, origin, 500 * MS);
            return None;
        }
        let counts = !self.is_outage || forgets;
        if !counts {
            world.refused.forgive();
        }
        let rows = std::mem::take(self).rows;
        Some((counts, rows))
    }

    fn ask(&mut self, world: &mut World, origin: Origin, after: i64) {
        if !self.is_asking {
            self.is_asking = true;
            world.at(after, Happening::AtTelegram(origin, Call::Ping));
        }
    }
}
