//! The journal in memory: one value is one process.

use std::time::Duration;

use super::MemoryStore;
use super::tables::Tables;
use crate::chat::EndReason;
use crate::engine::batch::Batch;
use crate::engine::effect::{OutboxBody, Relay};
use crate::engine::event::{EngineCommand, Finished};
use crate::engine::loaded::{Loaded, Parting};
use crate::id::{CommandId, Epoch, UpdateId};
use crate::ports::journal::{Journal, JournalError, LaneResult, Lease, Session, Settlement};
use crate::search::RECENT;
use crate::time::Timestamp;

/// How long an update that came by webhook is remembered.
const SEEN: Duration = Duration::from_hours(48);

/// A journal over a [`MemoryStore`]. Dropping it is the death of its process: the lease can be taken at once.
#[derive(Debug)]
pub struct MemoryJournal {
    store: MemoryStore,
    session: u64,
}

impl MemoryJournal {
    pub(super) fn open(store: MemoryStore) -> Self {
        let session = {
            let mut tables = store.tables();
            tables.sessions = tables.sessions.saturating_add(1);
            tables.sessions
        };
        Self { store, session }
    }

    /// Runs `work` on the rows if the lease's epoch still counts.
    fn fenced<R>(&self, lease: &Lease, work: impl FnOnce(&mut Tables) -> Result<R, JournalError>) -> Result<R, JournalError> {
        let mut tables = self.store.tables();
        if tables.lease.epoch != lease.epoch.get() {
            return Err(JournalError::Fenced);
        }
        work(&mut tables)
    }
}

impl Drop for MemoryJournal {
    fn drop(&mut self) {
        self.store.tables().dead_sessions.insert(self.session);
    }
}

#[async_trait::async_trait]
impl Journal for MemoryJournal {
    async fn acquire(&self, owner: &str, length: Duration) -> Result<Lease, JournalError> {
        let mut tables = self.store.tables();
        let is_alive = !tables.dead_sessions.contains(&tables.lease.session);
        if let Some(holder) = &tables.lease.owner
            && holder != owner
            && tables.lease.expires_at > tables.now
            && is_alive
        {
            return Err(JournalError::Held { owner: holder.clone() });
        }
        let expires_at = tables.now.plus(length);
        let row = &mut tables.lease;
        row.owner = Some(owner.to_owned());
        row.session = self.session;
        row.epoch = row.epoch.saturating_add(1);
        row.expires_at = expires_at;
        Ok(Lease {
            bot: self.store.bot,
            shard: self.store.shard,
            epoch: Epoch::new(row.epoch),
            watermark: row.watermark,
            watermark_at: row.watermark_at,
        })
    }

    async fn heartbeat(&self, lease: &Lease, length: Duration) -> Result<(), JournalError> {
        self.fenced(lease, |tables| {
            if tables.lease.owner.is_none() {
                return Err(JournalError::Fenced);
            }
            tables.lease.expires_at = tables.now.plus(length);
            Ok(())
        })
    }

    async fn release(&self, lease: &Lease) -> Result<(), JournalError> {
        let mut tables = self.store.tables();
        if tables.lease.epoch == lease.epoch.get() {
            tables.lease.owner = None;
        }
        Ok(())
    }

    async fn load(&self, lease: &Lease, now: Timestamp) -> Result<Loaded, JournalError> {
        self.fenced(lease, |tables| {
            // The facts hold these ratings already.
            tables.commands.retain(|_, row| !matches!(row.command, EngineCommand::Rated { .. }));
            let mut recent: Vec<_> = tables
                .chats
                .values()
                .filter_map(|row| match (row.people, row.ended) {
                    ([Some(first), Some(second)], Some((at, reason, _))) if at > now.minus(RECENT) => {
                        let is_firm = reason == EndReason::Declined;
                        let since = row.started_at;
                        (is_firm || !row.is_meeting).then_some(Parting { people: [first, second], since, at, is_firm })
                    }
                    _ => None,
                })
                .collect();
            recent.sort_by_key(|parting| parting.at);
            let mut inbox: Vec<_> = tables.inbox.values().cloned().collect();
            inbox.sort_by_key(|row| row.id);
            Ok(Loaded {
                watermark: tables.lease.watermark,
                people: tables.people.values().map(|row| row.facts.clone()).collect(),
                lapsed: tables
                    .people
                    .iter()
                    .filter(|(_, row)| {
                        let visitor = tables.visitors.get(&row.facts.telegram);
                        !visitor.and_then(|visitor| visitor.consent).is_some_and(|consent| consent.is_current())
                    })
                    .map(|(person, _)| *person)
                    .collect(),
                seats: tables.seats.iter().map(|(person, seat)| (*person, *seat)).collect(),
                blocks: tables.blocks.iter().copied().collect(),
                recent,
                upheld: tables.upheld.clone(),
                invitations: tables.invitations.values().copied().collect(),
                holds: tables.holds.values().cloned().collect(),
                inbox,
                commands: tables.commands.iter().map(|(id, row)| (*id, row.command.clone())).collect(),
                outbox: tables.outbox.values().cloned().collect(),
                seen: tables.seen.iter().filter(|(_, at)| **at > now.minus(SEEN)).map(|(update, _)| *update).collect(),
            })
        })
    }

    async fn commit(&self, lease: &Lease, previous: Option<UpdateId>, batch: &Batch) -> Result<(), JournalError> {
        if batch.is_empty() {
            return Ok(());
        }
        self.fenced(lease, |tables| {
            if tables.lease.watermark != previous {
                return Err(JournalError::Fenced);
            }
            Ok(tables.apply_batch(batch)?)
        })
    }

    async fn finish(&self, lease: &Lease, work: &LaneResult) -> Result<Finished, JournalError> {
        self.fenced(lease, |tables| Ok(tables.apply_lane(work)?))
    }

    async fn settle(&self, _lease: &Lease, settlements: &[Settlement], _now: Timestamp) -> Result<Session, JournalError> {
        let mut tables = self.store.tables();
        for settlement in settlements {
            let gone = tables.outbox.remove(&settlement.outbox);
            if let Some(pair) = settlement.pair {
                if let Some(OutboxBody::Relay(Relay { sent: Some(sent), .. })) = gone.map(|row| row.body) {
                    tables.sent.insert(settlement.outbox, sent);
                }
                tables.pairs.entry((pair.chat, settlement.outbox)).or_insert(pair);
            }
        }
        Ok(Session::Same)
    }

    async fn list_commands(&self, _lease: &Lease) -> Result<Vec<(CommandId, EngineCommand)>, JournalError> {
        let tables = self.store.tables();
        let open = tables.commands.iter().filter(|(_, row)| row.inbox.is_none());
        Ok(open.take(100).map(|(id, row)| (*id, row.command.clone())).collect())
    }
}
