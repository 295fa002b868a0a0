//! Rows that wait, by receiver: in the order of their ids, one on its way at a time, no receiver in another's way.
//! Pure: the time is passed in, and nothing here sends.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use luvhive_core::chat::Undelivered;
use luvhive_core::engine::effect::{Original, OutboxBody, OutboxRow};
use luvhive_core::id::{ChatId, OutboxId, TelegramId};
use tokio::time::Instant;

use super::doubt::Fault;
use super::retry;
use crate::rendered::is_removal;

/// After this many relays in a row a waiting notice has its turn, so that notices never starve.
const RELAYS_PER_NOTICE: u8 = 8;

/// A row whose turn it is.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) row: Arc<OutboxRow>,
    /// Sends in a row that did not leave.
    pub(super) not_sent: u32,
    /// Sends of unknown outcome that count against it.
    pub(super) unclear: usize,
    /// Whether its last send was a reply that quotes.
    pub(super) is_quoting: bool,
    /// Whether it goes without its quote, with which it was refused.
    pub(super) is_bare: bool,
}

impl Job {
    fn new(row: OutboxRow) -> Self {
        Self { row: Arc::new(row), not_sent: 0, unclear: 0, is_quoting: false, is_bare: false }
    }
}

/// What becomes of a row that was on its way.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    /// It left the outbox.
    Remove,
    /// It left the outbox, and nobody knows whether it arrived.
    LetGo,
    /// It may have arrived: nothing is sent to this receiver until [`Queues::go_on`].
    Doubt(Job),
    /// It is sent again, at that time or later, and nothing else to this receiver before.
    Again(Instant, Job),
    /// It stays, and nothing is sent to this receiver until everything to them is purged.
    Park,
}

#[derive(Debug, Default)]
struct Queue {
    rows: BTreeMap<OutboxId, Job>,
    busy: Option<OutboxId>,
    paused_until: Option<Instant>,
    hold: Option<Hold>,
    is_listed: bool,
    /// Whether the row before was let go: one that is unclear after it is not repeated either.
    is_murky: bool,
}

/// What keeps everything to a receiver back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    /// They cannot be reached.
    Parked,
    /// The row before may have arrived.
    Doubt,
}

impl Queue {
    fn is_held(&self) -> bool {
        self.hold.is_some() || self.busy.is_some() || self.paused_until.is_some()
    }
}

/// All queues.
#[derive(Debug, Default)]
pub(super) struct Queues {
    receivers: HashMap<TelegramId, Queue>,
    relays: VecDeque<TelegramId>,
    notices: VecDeque<TelegramId>,
    pauses: BTreeSet<(Instant, TelegramId)>,
    relays_in_a_row: u8,
    waiting: usize,
}

impl Queues {
    /// How many rows there are, those on their way included.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// How many rows are to receivers that Telegram wants to be left alone, or that may not be there: nothing can be done
    /// about these now. Linear in the receivers.
    pub(super) fn held(&self) -> usize {
        let held = self.receivers.values().filter(|queue| queue.hold.is_some() || queue.paused_until.is_some());
        held.map(|queue| queue.rows.len()).sum()
    }

    /// Adds a row. A row that is there already stays as it is.
    pub(super) fn push(&mut self, row: OutboxRow) {
        let (receiver, id) = (row.receiver, row.id);
        let queue = self.receivers.entry(receiver).or_default();
        if queue.rows.contains_key(&id) || queue.busy == Some(id) {
            return;
        }
        queue.rows.insert(id, Job::new(row));
        self.waiting = self.waiting.saturating_add(1);
        self.list(receiver);
    }

    /// Takes out a message that waits to be passed on, because its copy is to go: `removal` is the row that says so. One that
    /// is on its way stays, and its copy goes then.
    pub(super) fn stop(&mut self, removal: &OutboxRow) -> Vec<Arc<OutboxRow>> {
        let Some(queue) = self.receivers.get_mut(&removal.receiver) else { return Vec::new() };
        let busy = queue.busy;
        let is_it = |id: &OutboxId, job: &mut Job| {
            let original = match job.row.body {
                OutboxBody::Relay(relay) => Some(Original { from: relay.from, message: relay.source }),
                OutboxBody::Call(_) | OutboxBody::Edit { .. } => None,
            };
            *id < removal.id && busy != Some(*id) && original.is_some() && original == removal.body.edited()
        };
        let stopped: Vec<_> = queue.rows.extract_if(.., is_it).map(|(_, job)| job.row).collect();
        self.waiting = self.waiting.saturating_sub(stopped.len());
        stopped
    }

    /// Drops rows to a receiver, of one chat or all, also one that is on its way (it is not sent again then).
    /// Returns how many these are, and what becomes of the changes among them; of one that is on its way its outcome tells.
    pub(super) fn purge(&mut self, receiver: TelegramId, chat: Option<ChatId>) -> (u32, BTreeMap<Original, Undelivered>) {
        let Some(queue) = self.receivers.get_mut(&receiver) else { return (0, BTreeMap::new()) };
        let is_meant = |_: &OutboxId, job: &mut Job| chat.is_none() || job.row.chat == chat;
        let first = queue.rows.first_key_value().map(|(&id, _)| id);
        let doubted = first.filter(|_| queue.hold == Some(Hold::Doubt));
        let dropped: Vec<_> = queue.rows.extract_if(.., is_meant).collect();
        let late = dropped.iter().filter(|(id, _)| queue.busy != Some(*id)).filter_map(|(id, job)| {
            let may_have_arrived = job.unclear > 0 || doubted == Some(*id);
            let why = if may_have_arrived { Undelivered::EditUnclear } else { Undelivered::EditLate };
            // Nobody waits to hear of a copy that goes.
            Some((job.row.body.edited().filter(|_| !is_removal(&job.row))?, why))
        });
        let late = late.collect();
        self.waiting = self.waiting.saturating_sub(dropped.len());
        if chat.is_none() {
            queue.hold.take_if(|hold| *hold == Hold::Parked);
        }
        self.list(receiver);
        self.tidy(receiver);
        (u32::try_from(dropped.len()).unwrap_or(u32::MAX), late)
    }

    /// Takes the next row that may be sent.
    pub(super) fn next(&mut self) -> Option<Job> {
        loop {
            let prefers_notice = self.relays_in_a_row >= RELAYS_PER_NOTICE;
            let (first, second) =
                if prefers_notice { (&mut self.notices, &mut self.relays) } else { (&mut self.relays, &mut self.notices) };
            let receiver = first.pop_front().or_else(|| second.pop_front())?;
            let Some(queue) = self.receivers.get_mut(&receiver) else { continue };
            queue.is_listed = false;
            if queue.is_held() {
                continue;
            }
            let Some((&id, job)) = queue.rows.first_key_value() else { continue };
            queue.busy = Some(id);
            let is_relay = job.row.body.is_partners();
            self.relays_in_a_row = if is_relay { self.relays_in_a_row.saturating_add(1) } else { 0 };
            return Some(job.clone());
        }
    }

    /// Takes note of what became of a row that was on its way.
    /// Returns whether it was still there; `false` = it was purged meanwhile.
    pub(super) fn finish(&mut self, receiver: TelegramId, id: OutboxId, fate: Fate) -> bool {
        let Some(queue) = self.receivers.get_mut(&receiver) else { return false };
        if queue.busy == Some(id) {
            queue.busy = None;
        }
        let is_there = queue.rows.contains_key(&id);
        match fate {
            Fate::Remove | Fate::LetGo => {
                queue.is_murky = matches!(fate, Fate::LetGo);
                if queue.rows.remove(&id).is_some() {
                    self.waiting = self.waiting.saturating_sub(1);
                }
            }
            Fate::Doubt(job) => {
                if let Some(known) = queue.rows.get_mut(&id) {
                    *known = job;
                }
                queue.hold = Some(Hold::Doubt);
            }
            Fate::Again(at, job) => {
                if let Some(known) = queue.rows.get_mut(&id) {
                    *known = job;
                }
                // The pause is the chat's, so it holds although the row may be gone.
                queue.paused_until = Some(at);
                self.pauses.insert((at, receiver));
            }
            Fate::Park => queue.hold = (!queue.rows.is_empty() && is_there).then_some(Hold::Parked),
        }
        self.list(receiver);
        self.tidy(receiver);
        is_there
    }

    /// The doubt about a row is over: it is sent again, after a pause if the trouble was its own. Returns it if it was sent
    /// often enough, to be let go.
    pub(super) fn go_on(&mut self, receiver: TelegramId, id: OutboxId, whose: Fault, now: Instant) -> Option<Arc<OutboxRow>> {
        let queue = self.receivers.get_mut(&receiver)?;
        queue.hold.take_if(|hold| *hold == Hold::Doubt);
        if whose == Fault::Rows
            && let Some(job) = queue.rows.get_mut(&id)
        {
            let pause = retry::REPEATS.get(job.unclear).filter(|_| !queue.is_murky);
            let Some(&pause) = pause else { return Some(job.row.clone()) };
            job.unclear = job.unclear.saturating_add(1);
            queue.paused_until = Some(now + pause);
            self.pauses.insert((now + pause, receiver));
        }
        self.list(receiver);
        self.tidy(receiver);
        None
    }

    /// Ends pauses that are over.
    pub(super) fn wake(&mut self, now: Instant) {
        while let Some(&(at, receiver)) = self.pauses.first() {
            if at > now {
                return;
            }
            self.pauses.pop_first();
            if let Some(queue) = self.receivers.get_mut(&receiver) {
                queue.paused_until = None;
            }
            self.list(receiver);
            self.tidy(receiver);
        }
    }

    /// Returns when the next pause is over.
    pub(super) fn next_wake(&self) -> Option<Instant> {
        self.pauses.first().map(|&(at, _)| at)
    }

    /// Puts a receiver whose turn it could be in line.
    fn list(&mut self, receiver: TelegramId) {
        let Some(queue) = self.receivers.get_mut(&receiver) else { return };
        if queue.is_listed || queue.is_held() {
            return;
        }
        let Some((_, job)) = queue.rows.first_key_value() else { return };
        queue.is_listed = true;
        let line = if job.row.body.is_partners() { &mut self.relays } else { &mut self.notices };
        line.push_back(receiver);
    }

    /// Forgets a receiver of whom nothing is left.
    fn tidy(&mut self, receiver: TelegramId) {
        let is_idle = self.receivers.get(&receiver).is_some_and(|queue| {
            queue.rows.is_empty() && queue.busy.is_none() && queue.paused_until.is_none() && !queue.is_listed
        });
        if is_idle {
            self.receivers.remove(&receiver);
        }
    }

    #[cfg(test)]
    pub(super) fn receivers(&self) -> usize {
        self.receivers.len()
    }
}

#[cfg(test)]
mod tests;
