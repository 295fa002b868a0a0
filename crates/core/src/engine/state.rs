//! Everything the engine holds in memory: seats, people's facts, who waits, whose lane is busy.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use super::batch::InboxWork;
use super::event::Update;
use super::flood::FloodGuard;
use super::ids::IdSource;
use crate::chat::seat::Widening;
use crate::chat::{Seat, Side};
use crate::id::{ChatId, Epoch, InboxId, PersonId, TelegramId};
use crate::person::PersonFacts;
use crate::ports::Loaded;
use crate::search::Pool;
use crate::time::Timestamp;

/// From this many rows on that wait for one receiver, relays to them are refused and repeatable notices dropped.
pub const MAX_PENDING: u32 = 50;

/// A chat that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LiveChat {
    pub(crate) people: [PersonId; 2],
}

/// One person's order of work: the row a lane has, and what waits behind it.
#[derive(Clone, Debug, Default)]
pub(crate) struct LaneQueue {
    pub(crate) open: Option<InboxId>,
    pub(crate) deferred: VecDeque<Deferred>,
}

/// Work that waits behind a person's lane.
#[derive(Clone, Debug)]
pub(crate) enum Deferred {
    /// An update of theirs.
    Update {
        inbox: InboxId,
        update: Update,
        /// The chat its sender was in when it came.
        chat: Option<ChatId>,
    },
    /// Work that no update asked for.
    Task { inbox: InboxId },
}

/// Something that falls due while a person searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SearchTimer {
    OfferWiden,
    Relent,
    Pause,
}

/// Whom a person chatted with last, and whether that ended by a press of "next".
#[derive(Clone, Copy, Debug)]
pub(crate) struct LastChat {
    pub(crate) partner: PersonId,
    pub(crate) ended_at: Timestamp,
    pub(crate) ended_by_next: bool,
}

/// The engine's state. Rebuilt from the journal at start; thrown away whole when a commit is refused.
#[derive(Debug)]
pub struct State {
    pub(crate) ids: IdSource,
    pub(crate) people: HashMap<TelegramId, PersonFacts>,
    pub(crate) accounts: HashMap<PersonId, TelegramId>,
    pub(crate) seats: HashMap<PersonId, Seat>,
    pub(crate) chats: HashMap<ChatId, LiveChat>,
    pub(crate) pool: Pool,
    pub(crate) lanes: HashMap<TelegramId, LaneQueue>,
    pub(crate) pending: HashMap<TelegramId, u32>,
    pub(crate) flood: FloodGuard,
    pub(crate) timers: BTreeSet<(Timestamp, PersonId, SearchTimer)>,
    /// From when the timers of a waiting person count, by person.
    pub(crate) timed_from: HashMap<PersonId, Timestamp>,
    pub(crate) last_chats: HashMap<PersonId, LastChat>,
    /// People who have not agreed to today's documents: they do not search before they have.
    pub(crate) lapsed: HashSet<PersonId>,
    /// The chats in which the senders of stored updates were when these came, by row; only of rows read at start.
    pub(crate) stored_chats: HashMap<InboxId, Option<ChatId>>,
    /// Seats that were read at start and still have to be taken: waiting people by (since, person).
    pub(crate) rejoining: VecDeque<(PersonId, Timestamp, Widening)>,
    /// People whose stored chat lacks its other half; told at the next step.
    pub(crate) orphans: Vec<(PersonId, ChatId)>,
}

impl State {
    /// Makes an empty state for an owner with this epoch.
    pub fn new(epoch: Epoch) -> Self {
        Self {
            ids: IdSource::new(epoch),
            people: HashMap::new(),
            accounts: HashMap::new(),
            seats: HashMap::new(),
            chats: HashMap::new(),
            pool: Pool::new(),
            lanes: HashMap::new(),
            pending: HashMap::new(),
            flood: FloodGuard::default(),
            timers: BTreeSet::new(),
            timed_from: HashMap::new(),
            last_chats: HashMap::new(),
            lapsed: HashSet::new(),
            stored_chats: HashMap::new(),
            rejoining: VecDeque::new(),
            orphans: Vec::new(),
        }
    }

    /// Makes the state that the journal tells of.
    ///
    /// The runtime then feeds the loaded commands, by id, and after them the updates of the inbox, in their order,
    /// before anything new. Rows that erase somebody go to a lane at once: whatever else comes from that account waits.
    pub fn load(epoch: Epoch, loaded: &Loaded, now: Timestamp) -> Self {
        let mut state = Self::new(epoch);
        state.read(loaded, now);
        state
    }

    /// Makes the state anew with the running source of numbers, after a refused commit within one epoch.
    pub fn reload(ids: IdSource, loaded: &Loaded, now: Timestamp) -> Self {
        let mut state = Self { ids, ..Self::new(Epoch::new(0)) };
        state.read(loaded, now);
        state
    }

    /// The source of row numbers; clones share it.
    pub fn ids(&self) -> &IdSource {
        &self.ids
    }

    /// Returns how many people wait for a partner.
    pub fn waiting_count(&self) -> usize {
        self.pool.len().saturating_add(self.rejoining.len())
    }

    /// Returns how many chats go on.
    pub fn chat_count(&self) -> usize {
        self.chats.len()
    }

    /// Returns a person's seat; `None` = idle.
    pub fn seat(&self, person: PersonId) -> Option<Seat> {
        self.seats.get(&person).copied()
    }

    /// Returns the facts of whoever owns an account, if registered.
    pub fn facts(&self, telegram: TelegramId) -> Option<&PersonFacts> {
        self.people.get(&telegram)
    }

    /// Returns how many rows wait for a receiver, by what the engine was told.
    pub fn pending_rows(&self, receiver: TelegramId) -> u32 {
        self.pending.get(&receiver).copied().unwrap_or(0)
    }

    /// Returns when the next timer of the engine falls due; `None` = nothing is waiting for time to pass.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let timer = self.timers.first().map(|&(at, _, _)| at);
        let pool = self.pool.next_deadline();
        timer.into_iter().chain(pool).min()
    }

    fn read(&mut self, loaded: &Loaded, now: Timestamp) {
        self.people.reserve(loaded.people.len());
        self.accounts.reserve(loaded.people.len());
        for facts in &loaded.people {
            self.put_facts(facts.clone());
        }
        self.lapsed.extend(&loaded.lapsed);
        for row in &loaded.inbox {
            match row.work {
                InboxWork::Update { .. } => drop(self.stored_chats.insert(row.id, row.chat)),
                InboxWork::Erase { person } => {
                    // They have left already, only their rows are still there.
                    self.people.remove(&row.telegram);
                    self.accounts.remove(&person);
                    self.lanes.entry(row.telegram).or_default().open = Some(row.id);
                }
                // The runtime feeds it among the updates, in its order.
                InboxWork::Task(_) => {}
            }
        }
        for row in &loaded.outbox {
            self.add_pending(row.receiver, 1);
        }
        for &(first, second) in &loaded.blocks {
            self.pool.separate(first, second);
        }
        for &(first, second, ended_at) in &loaded.recent {
            self.pool.separate_lately(first, second, ended_at, now);
        }
        let mut halves: HashMap<ChatId, [Option<PersonId>; 2]> = HashMap::new();
        let mut waiting = Vec::new();
        for &(person, seat) in &loaded.seats {
            match seat {
                Seat::Waiting { since, widening } => waiting.push((person, since, widening)),
                Seat::Chatting { chat, side, .. } => {
                    self.seats.insert(person, seat);
                    let [first, second] = halves.entry(chat).or_default();
                    match side {
                        Side::First => *first = Some(person),
                        Side::Second => *second = Some(person),
                    }
                }
            }
        }
        for (chat, half) in halves {
            match half {
                [Some(first), Some(second)] => {
                    self.chats.insert(chat, LiveChat { people: [first, second] });
                }
                [Some(alone), None] | [None, Some(alone)] => self.orphans.push((alone, chat)),
                [None, None] => {}
            }
        }
        self.orphans.sort_unstable();
        waiting.sort_unstable_by_key(|&(person, since, _)| (since, person));
        self.rejoining = waiting.into();
    }

    pub(crate) fn put_facts(&mut self, facts: PersonFacts) {
        self.accounts.insert(facts.person, facts.telegram);
        self.people.insert(facts.telegram, facts);
    }

    pub(crate) fn facts_of(&self, person: PersonId) -> Option<&PersonFacts> {
        self.people.get(self.accounts.get(&person)?)
    }

    /// Returns since when whoever waits longest has waited. Linear in the seats, for the rare case that asks for it.
    pub(crate) fn oldest_wait(&self) -> Option<Timestamp> {
        let wait = |seat: &Seat| match seat {
            Seat::Waiting { since, .. } => Some(*since),
            Seat::Chatting { .. } => None,
        };
        self.seats.values().filter_map(wait).min()
    }

    /// Reports whether so many rows wait for a receiver that nothing repeatable is added.
    pub(crate) fn is_full(&self, receiver: TelegramId) -> bool {
        self.pending_rows(receiver) >= MAX_PENDING
    }

    pub(crate) fn add_pending(&mut self, receiver: TelegramId, count: u32) {
        let pending = self.pending.entry(receiver).or_default();
        *pending = pending.saturating_add(count);
    }

    pub(crate) fn settle_pending(&mut self, receiver: TelegramId, count: u32) {
        if let Some(pending) = self.pending.get_mut(&receiver) {
            *pending = pending.saturating_sub(count);
            if *pending == 0 {
                self.pending.remove(&receiver);
            }
        }
    }

    pub(crate) fn chat_of(&self, telegram: TelegramId) -> Option<ChatId> {
        match self.seats.get(&self.people.get(&telegram)?.person)? {
            Seat::Chatting { chat, .. } => Some(*chat),
            Seat::Waiting { .. } => None,
        }
    }
}
