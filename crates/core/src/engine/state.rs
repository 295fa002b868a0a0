//! Everything the engine holds in memory: seats, people's facts, who waits, whose lane is busy.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::time::Duration;

use super::batch::InboxWork;
use super::effect::OutboxBody;
use super::event::{Command, Update};
use super::flood::Gate;
use super::ids::IdSource;
use super::invitations::Invitations;
use super::loaded::Loaded;
use super::rules::Rules;
use crate::chat::Seat;
use crate::chat::seat::Widening;
use crate::id::{ChatId, Epoch, InboxId, MessageId, PersonId, TelegramId};
use crate::person::PersonFacts;
use crate::search::Pool;
use crate::time::{TelegramTime, Timestamp};

/// From this many rows on that wait for one receiver, repeatable notices to them are dropped.
pub const MAX_PENDING: u32 = 50;
/// From this many rows on that wait for one receiver, a partner's messages to them are not taken any more: what the bot
/// itself has to say still has room.
pub const MAX_RELAYS_PENDING: u32 = 40;
/// From so many rows on that wait for a stranger, nothing is taken from them but what needs no answer: accounts are cheap.
pub const MAX_PENDING_STRANGER: u32 = 8;
/// How many updates of one person wait in their lane at most: an outage's backlog.
pub const MAX_DEFERRED: usize = 200;
/// How long at least a meeting can still be answered after an outage.
const LEAST_MEETING: Duration = Duration::from_secs(20);

/// A chat that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LiveChat {
    pub(crate) people: [PersonId; 2],
    /// How many messages are on their way to the person on each side.
    pub(crate) unsettled: [u32; 2],
    /// Messages from before the chat that were passed on by a tap, so that a second tap does not send them again.
    pub(crate) sent_now: BTreeSet<(PersonId, MessageId)>,
}

impl LiveChat {
    pub(crate) fn new(people: [PersonId; 2]) -> Self {
        Self { people, unsettled: [0; 2], sent_now: BTreeSet::new() }
    }
}

/// Two people who see each other's card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LiveMeeting {
    pub(crate) people: [PersonId; 2],
    pub(crate) answer_by: Timestamp,
    /// How long each one's search had lasted, by its timers, when the two met.
    pub(crate) searched: [Duration; 2],
    /// The message that shows each one's card, once it is known.
    pub(crate) cards: [Option<MessageId>; 2],
    /// Whether somebody's facts changed since, so that the matcher knows old ones.
    pub(crate) is_stale: bool,
}

/// One person's part of a meeting that was read at start.
#[derive(Clone, Copy)]
struct StoredHalf {
    person: PersonId,
    since: Timestamp,
    answer_by: Timestamp,
}

/// One person's order of work: the row a lane has, and what waits behind it.
///
/// Without an open row, the first of what waits is a message that cannot be passed on yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct LaneQueue {
    pub(crate) open: Option<InboxId>,
    pub(crate) deferred: VecDeque<Deferred>,
}

/// What a person pressed or asked for last, so that a second press of the same is known for what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LastTap {
    /// A button under a message.
    Inline { button: u64, at: Timestamp },
    /// A command or a button of the menu, with nothing after it.
    Text { command: Command, at: Timestamp, written_at: TelegramTime },
}

impl LastTap {
    pub(crate) const fn at(&self) -> Timestamp {
        match self {
            Self::Inline { at, .. } | Self::Text { at, .. } => *at,
        }
    }
}

/// Work that waits behind a person's lane.
#[derive(Clone, Debug)]
pub(crate) enum Deferred {
    /// An update of theirs.
    Update {
        inbox: InboxId,
        update: Update,
        /// The chat or meeting its sender was in when it came.
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
    pub(crate) rules: Rules,
    pub(crate) people: HashMap<TelegramId, PersonFacts>,
    pub(crate) accounts: HashMap<PersonId, TelegramId>,
    pub(crate) seats: HashMap<PersonId, Seat>,
    pub(crate) chats: HashMap<ChatId, LiveChat>,
    /// In the order of their numbers, which is that of their ends unless a clock was set back.
    pub(crate) meetings: BTreeMap<ChatId, LiveMeeting>,
    /// When waiting people pressed what began their search, if that counts as consent for a while.
    pub(crate) tapped: HashMap<PersonId, Timestamp>,
    pub(crate) last_taps: HashMap<TelegramId, LastTap>,
    /// When people last wrote, for some minutes: a block from before that is over, however late it comes.
    pub(crate) written: HashMap<TelegramId, TelegramTime>,
    /// How many microseconds Telegram's clock is ahead of ours, by its last answer.
    pub(crate) telegram_ahead: i64,
    /// What our clock showed last.
    pub(crate) clock: Option<Timestamp>,
    /// How many blocks could not be kept for want of room, and nobody was told of yet.
    pub(crate) refused_blocks: u64,
    /// When time last passed with updates being fetched.
    pub(crate) listened_at: Option<Timestamp>,
    pub(crate) pool: Pool,
    pub(crate) lanes: HashMap<TelegramId, LaneQueue>,
    pub(crate) pending: HashMap<TelegramId, u32>,
    pub(crate) gate: Gate,
    pub(crate) timers: BTreeSet<(Timestamp, PersonId, SearchTimer)>,
    /// From when the timers of a waiting person count, by person.
    pub(crate) timed_from: HashMap<PersonId, Timestamp>,
    pub(crate) last_chats: HashMap<PersonId, LastChat>,
    pub(crate) invitations: Invitations,
    /// People whose invitations were read at start: they are looked at with the next step.
    pub(crate) to_invite: Vec<PersonId>,
    /// People who have not agreed to today's documents: they do not search before they have.
    pub(crate) lapsed: HashSet<PersonId>,
    /// The chats in which the senders of stored updates were when these came, by row; only of rows read at start.
    pub(crate) stored_chats: HashMap<InboxId, Option<ChatId>>,
    /// Seats that were read at start and still have to be taken: waiting people by (since, person).
    pub(crate) rejoining: VecDeque<(PersonId, Timestamp, Widening)>,
    /// People whose stored chat lacks its other half; told at the next step.
    pub(crate) orphans: Vec<(PersonId, ChatId)>,
    /// Meetings without their other half, and who is left.
    pub(crate) half_meetings: Vec<(PersonId, ChatId)>,
    /// Whether the ends of the meetings that were read are in the tables as they are here.
    pub(crate) are_deadlines_stored: bool,
    /// People in a chat of whom it will not be told any more when they heard of its opening.
    pub(crate) unheard: Vec<PersonId>,
}

impl State {
    /// Makes an empty state for an owner with this epoch.
    pub fn new(epoch: Epoch) -> Self {
        Self {
            ids: IdSource::new(epoch),
            rules: Rules::default(),
            people: HashMap::new(),
            accounts: HashMap::new(),
            seats: HashMap::new(),
            chats: HashMap::new(),
            meetings: BTreeMap::new(),
            tapped: HashMap::new(),
            last_taps: HashMap::new(),
            written: HashMap::new(),
            telegram_ahead: 0,
            clock: None,
            refused_blocks: 0,
            listened_at: None,
            pool: Pool::default(),
            lanes: HashMap::new(),
            pending: HashMap::new(),
            gate: Gate::default(),
            timers: BTreeSet::new(),
            timed_from: HashMap::new(),
            last_chats: HashMap::new(),
            invitations: Invitations::default(),
            to_invite: Vec::new(),
            lapsed: HashSet::new(),
            stored_chats: HashMap::new(),
            rejoining: VecDeque::new(),
            orphans: Vec::new(),
            half_meetings: Vec::new(),
            are_deadlines_stored: false,
            unheard: Vec::new(),
        }
    }

    /// Sets the rules of meeting. Only for a state in which nobody waits yet.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        Self { rules, pool: Pool::new(rules.weights), ..self }
    }

    /// Makes the state that the journal tells of.
    ///
    /// The runtime then feeds the loaded commands, by id, and after them the updates of the inbox, in their order,
    /// before anything new. Rows that erase somebody go to a lane at once; everything else from that account waits.
    pub fn load(epoch: Epoch, rules: Rules, loaded: &Loaded, now: Timestamp) -> Self {
        let mut state = Self::new(epoch).with_rules(rules);
        state.read(loaded, now);
        state
    }

    /// Makes the state anew with the running source of numbers, after a refused commit within one epoch.
    pub fn reload(ids: IdSource, rules: Rules, loaded: &Loaded, now: Timestamp) -> Self {
        let mut state = Self { ids, ..Self::new(Epoch::new(0)).with_rules(rules) };
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

    /// Returns how many meetings are open: pairs who see each other's card.
    pub fn meeting_count(&self) -> usize {
        self.meetings.len()
    }

    /// Returns a person's seat; `None` = idle.
    pub fn seat(&self, person: PersonId) -> Option<Seat> {
        self.seats.get(&person).copied()
    }

    /// Returns the facts of an account's owner, if registered.
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
        let meeting = self.meetings.first_key_value().map(|(_, meeting)| meeting.answer_by);
        let told = self.gate.next_deadline();
        let pool = self.pool.next_deadline();
        let invitation = self.invitations.next_deadline();
        [timer, meeting, told, pool, invitation].into_iter().flatten().min()
    }

    /// Takes the number of blocks that could not be kept in memory since it was last asked. Their rows are stored; somebody
    /// has to look, because the two can meet.
    pub fn take_refused_blocks(&mut self) -> u64 {
        std::mem::take(&mut self.refused_blocks)
    }

    /// Sees to it that two people never meet again.
    pub(crate) fn keep_apart(&mut self, first: PersonId, second: PersonId) {
        if self.pool.separate(first, second).is_err() {
            self.refused_blocks = self.refused_blocks.saturating_add(1);
        }
    }

    fn read(&mut self, loaded: &Loaded, now: Timestamp) {
        self.people.reserve(loaded.people.len());
        self.accounts.reserve(loaded.people.len());
        for facts in &loaded.people {
            self.put_facts(facts.clone());
        }
        self.lapsed.extend(&loaded.lapsed);
        self.telegram_ahead = last_known_difference(&loaded.seats);
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
            self.keep_apart(first, second);
        }
        for parting in &loaded.recent {
            let [first, second] = parting.people;
            self.pool.separate_lately(first, second, parting.at, now);
            if parting.is_firm {
                self.pool.separate_firmly(first, second);
            }
        }
        self.read_seats(loaded, now);
        for invitation in &loaded.invitations {
            self.invitations.put(*invitation);
            self.to_invite.push(invitation.invited);
        }
        self.read_outbox(loaded);
    }

    /// Puts chats and meetings together from the seats of their people, and notes who waits.
    fn read_seats(&mut self, loaded: &Loaded, now: Timestamp) {
        let mut halves: HashMap<ChatId, [Option<PersonId>; 2]> = HashMap::new();
        let mut meeting_halves: BTreeMap<ChatId, [Option<StoredHalf>; 2]> = BTreeMap::new();
        let mut waiting = Vec::new();
        for &(person, seat) in &loaded.seats {
            match seat {
                Seat::Waiting { since, widening } => waiting.push((person, since, widening)),
                Seat::Meeting { meeting, side, since, answer_by, .. } => {
                    self.seats.insert(person, seat);
                    *side.of_mut(meeting_halves.entry(meeting).or_default()) = Some(StoredHalf { person, since, answer_by });
                }
                Seat::Chatting { chat, side, .. } => {
                    self.seats.insert(person, seat);
                    *side.of_mut(halves.entry(chat).or_default()) = Some(person);
                }
            }
        }
        for (chat, half) in halves {
            match half {
                [Some(first), Some(second)] => {
                    self.chats.insert(chat, LiveChat::new([first, second]));
                }
                [Some(alone), None] | [None, Some(alone)] => self.orphans.push((alone, chat)),
                [None, None] => {}
            }
        }
        self.orphans.sort_unstable();
        for (meeting, half) in meeting_halves {
            match half {
                [Some(first), Some(second)] => {
                    // What the timers had counted is not stored; since when they wait is.
                    let met_at = first.answer_by.minus(self.rules.meeting);
                    let live = LiveMeeting {
                        people: [first.person, second.person],
                        // Nobody could answer while nobody was there to hear it.
                        answer_by: first.answer_by.max(now.plus(LEAST_MEETING)).min(now.plus(self.rules.meeting)),
                        searched: [met_at.since(first.since), met_at.since(second.since)],
                        cards: [None, None],
                        is_stale: false,
                    };
                    self.meetings.insert(meeting, live);
                }
                [Some(alone), None] | [None, Some(alone)] => self.half_meetings.push((alone.person, meeting)),
                [None, None] => {}
            }
        }
        waiting.sort_unstable_by_key(|&(person, since, _)| (since, person));
        self.rejoining = waiting.into();
    }

    /// Counts what is on its way in each chat, and finds out who will not hear any more that theirs has opened.
    fn read_outbox(&mut self, loaded: &Loaded) {
        let mut told = HashSet::new();
        for row in &loaded.outbox {
            let Some(chat) = row.chat else { continue };
            match row.body {
                OutboxBody::Call(_) => drop(told.insert((row.receiver, chat))),
                OutboxBody::Relay(_) => {
                    if let Some(count) = self.unsettled_mut(row.receiver, chat) {
                        *count = count.saturating_add(1);
                    }
                }
                OutboxBody::Edit { .. } => {}
            }
        }
        for (person, seat) in &self.seats {
            if let Seat::Chatting { chat, heard_at: None, .. } = seat
                && self.accounts.get(person).is_none_or(|receiver| !told.contains(&(*receiver, *chat)))
            {
                self.unheard.push(*person);
            }
        }
        self.unheard.sort_unstable();
    }

    /// The count of messages on their way to somebody in a chat that goes on.
    pub(crate) fn unsettled_mut(&mut self, receiver: TelegramId, chat: ChatId) -> Option<&mut u32> {
        let person = self.people.get(&receiver)?.person;
        let Some(Seat::Chatting { chat: current, side, .. }) = self.seats.get(&person) else { return None };
        if *current != chat {
            return None;
        }
        Some(side.of_mut(&mut self.chats.get_mut(&chat)?.unsettled))
    }

    /// Gives every meeting that is open at least so long that people can still answer: time in which nobody could be heard
    /// does not count. Returns the meetings whose end moved.
    pub(crate) fn prolong_meetings(&mut self, outage: Duration, now: Timestamp) -> Vec<ChatId> {
        // One that began after that time has its whole time still, and no more.
        let latest = now.plus(self.rules.meeting);
        for meeting in self.meetings.values_mut() {
            meeting.answer_by = meeting.answer_by.plus(outage).max(now.plus(LEAST_MEETING)).min(latest);
        }
        self.meetings.keys().copied().collect()
    }

    pub(crate) fn put_facts(&mut self, facts: PersonFacts) {
        self.accounts.insert(facts.person, facts.telegram);
        self.people.insert(facts.telegram, facts);
    }

    pub(crate) fn facts_of(&self, person: PersonId) -> Option<&PersonFacts> {
        self.people.get(self.accounts.get(&person)?)
    }

    /// Returns since when the longest-waiting person has waited. Linear in the seats, for the rare case that asks for it.
    pub(crate) fn oldest_wait(&self) -> Option<Timestamp> {
        let wait = |seat: &Seat| match seat {
            Seat::Waiting { since, .. } | Seat::Meeting { since, .. } => Some(*since),
            Seat::Chatting { .. } => None,
        };
        self.seats.values().filter_map(wait).min()
    }

    /// Reports whether so many rows wait for a receiver that no partner's message is added.
    pub(crate) fn is_full_for_relays(&self, receiver: TelegramId) -> bool {
        self.pending_rows(receiver) >= MAX_RELAYS_PENDING
    }

    /// Reports whether so many rows wait for a receiver that nothing repeatable is added.
    pub(crate) fn is_full(&self, receiver: TelegramId) -> bool {
        let most = if self.people.contains_key(&receiver) { MAX_PENDING } else { MAX_PENDING_STRANGER };
        self.pending_rows(receiver) >= most
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
        self.seats.get(&self.people.get(&telegram)?.person)?.chat()
    }

    /// Returns the chat or the meeting somebody is in.
    pub(crate) fn place_of(&self, telegram: TelegramId) -> Option<ChatId> {
        self.seats.get(&self.people.get(&telegram)?.person)?.place()
    }

    /// Returns what Telegram's clock shows when ours shows `now`.
    pub(crate) fn telegram_time(&self, now: Timestamp) -> TelegramTime {
        TelegramTime::at(now, self.telegram_ahead)
    }
}

/// Returns how many microseconds Telegram's clock was ahead of ours by the latest chat of whose opening somebody has heard,
/// as far as the tables tell; 0 if they do not.
fn last_known_difference(seats: &[(PersonId, Seat)]) -> i64 {
    let heard = |(_, seat): &(PersonId, Seat)| match seat {
        Seat::Chatting { since, heard_at: Some(at), .. } => Some((*since, at.ahead_of(*since))),
        Seat::Chatting { .. } | Seat::Waiting { .. } | Seat::Meeting { .. } => None,
    };
    seats.iter().filter_map(heard).max().map_or(0, |(_, ahead)| ahead)
}
