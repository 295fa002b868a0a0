//! Everything the engine holds in memory: seats, people's facts, who waits, whose lane is busy.

mod read;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::time::Duration;

use super::copies::Copies;
use super::daily::Daily;
use super::event::{Command, Update};
use super::flood::Gate;
use super::holds::Holds;
use super::ids::IdSource;
use super::invitations::Invitations;
use super::loaded::Loaded;
use super::rules::Rules;
use super::texts::LastTexts;
use crate::chat::seat::Widening;
use crate::chat::{Answers, Content, Hold, Questions, Seat};
use crate::id::{ChatId, Epoch, HoldId, InboxId, MessageId, PersonId, TelegramId};
use crate::person::PersonFacts;
use crate::search::Pool;
use crate::tier::Upheld;
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
/// How long at least a meeting or a question can still be answered after an outage.
const LEAST_TIME: Duration = Duration::from_secs(20);

/// A chat that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LiveChat {
    pub(crate) people: [PersonId; 2],
    /// How many messages are on their way to the person on each side.
    pub(crate) unsettled: [u32; 2],
    /// Messages from before the chat that their writers were offered to pass on, what each holds, and what in it can
    /// identify its writer.
    pub(crate) offered: BTreeMap<(PersonId, MessageId), (Content, Questions)>,
    /// Messages from before the chat that were passed on by a tap, so that a second tap does not send them again.
    pub(crate) sent_now: BTreeSet<(PersonId, MessageId)>,
    /// The last messages that were passed on.
    pub(crate) copies: Copies,
    /// What the last of them say.
    pub(crate) texts: LastTexts,
}

impl LiveChat {
    pub(crate) fn new(people: [PersonId; 2]) -> Self {
        let (offered, sent_now) = (BTreeMap::new(), BTreeSet::new());
        let (copies, texts) = (Copies::default(), LastTexts::default());
        Self { people, unsettled: [0; 2], offered, sent_now, copies, texts }
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
    /// What people did within a day of what has a cap.
    pub(crate) daily: Daily,
    /// Reports about people that led to a sanction.
    pub(crate) upheld: HashMap<PersonId, Vec<Upheld>>,
    pub(crate) invitations: Invitations,
    pub(crate) holds: Holds,
    /// Messages that were read at start and whose chat does not go on.
    pub(crate) stale_holds: Vec<HoldId>,
    /// People whose invitations were read at start: they are looked at with the next step.
    pub(crate) to_invite: Vec<PersonId>,
    /// People who have not agreed to today's documents: they do not search before they have.
    pub(crate) lapsed: HashSet<PersonId>,
    /// People who are about to be erased, and when.
    pub(crate) leaving: BTreeSet<(Timestamp, PersonId)>,
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
            daily: Daily::default(),
            upheld: HashMap::new(),
            invitations: Invitations::default(),
            holds: Holds::default(),
            stale_holds: Vec::new(),
            to_invite: Vec::new(),
            lapsed: HashSet::new(),
            leaving: BTreeSet::new(),
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
        let hold = self.holds.next_deadline();
        let leaver = self.leaving.first().map(|&(at, _)| at);
        [timer, meeting, told, pool, invitation, hold, leaver].into_iter().flatten().min()
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
            meeting.answer_by = meeting.answer_by.plus(outage).max(now.plus(LEAST_TIME)).min(latest);
        }
        self.meetings.keys().copied().collect()
    }

    /// A message that waits, with time enough to be answered after an outage of this length.
    pub(crate) fn prolonged(&self, hold: Hold, outage: Duration, now: Timestamp) -> Hold {
        let latest = now.plus(self.rules.hold);
        Hold { expires_at: hold.expires_at.plus(outage).max(now.plus(LEAST_TIME)).min(latest), ..hold }
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

    /// Returns what a person has answered in the chat they are in.
    pub(crate) fn answers_of(&self, person: PersonId) -> Answers {
        match self.seats.get(&person) {
            Some(Seat::Chatting { answers, .. }) => *answers,
            Some(Seat::Waiting { .. } | Seat::Meeting { .. }) | None => Answers::default(),
        }
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

#[cfg(test)]
mod tests;
