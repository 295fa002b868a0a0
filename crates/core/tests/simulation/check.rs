//! The invariants: what is watched at each commit and each delivery, and what must hold when everything is quiet.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

use luvhive_core::chat::{EndReason, Seat};
use luvhive_core::engine::{EngineCommand, OutboxBody, OutboxRow, Relay, UpdateKind};
use luvhive_core::id::{ChatId, Epoch, InboxId, MessageId, OutboxId, PersonId, TelegramId, UpdateId};
use luvhive_core::time::Timestamp;

use super::database::{CommitRequest, Database, Emitted, FinishRequest};
use super::telegram::{Telegram, numbers_of};
use super::world::ACTIVE;

/// More than this many updates written within [`FLOOD`] microseconds may be refused.
const BURST: usize = 20;
const FLOOD: i64 = 10_000_000;
/// Of how many updates of a person it is remembered when they were written.
const REMEMBERED: usize = 200;

/// Makes the rules, and a list of all.
macro_rules! rules {
    ($($rule:ident)+) => {
        /// What must always hold.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Rule { $($rule),+ }

        impl Rule {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$rule),+];
        }
    };
}

rules! {
    OneSeat TwoSeatsAChat OnceEach Answered RowsEnd SenderOrder
    ReceiverOrder DuplicatesTouched BlockedApart PartnerOnly NothingAfterEnd EndBeforeNext
    PurgesEarned NothingLost Replies Edits Sanctions MemoryIsTruth
    Repeated OpensByConsent NothingBeforeOpening MeetingsEnd SurvivorKeepsPlace FirmApart
    UndeliveredTold OldCommandsAsked ForwardsAreTalk SafetyPasses ReturnersFresh ReasonTold
    RepeatsBounded OutageCountsNothing HeldOnce HeldAfterPassed HeldTold MediaByConsent LeakByConsent
    TimersFire OpeningsPast FormerWordsKept
}

/// How often each rule was checked, in the order of [`Rule::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts(pub(crate) [u64; Rule::ALL.len()]);

impl Default for Counts {
    fn default() -> Self {
        Self([0; Rule::ALL.len()])
    }
}

/// How one seed went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcomes {
    pub(crate) failure: Option<String>,
    pub(crate) events: u64,
    /// How long updates were given out while people acted.
    pub(crate) heard_for: i64,
    pub(crate) faults: u64,
    /// Whether the clock was set, around which processes are killed more often than elsewhere.
    pub(crate) is_clock_set: bool,
    pub(crate) counts: Counts,
    pub(crate) trace: Vec<String>,
}

impl Outcomes {
    /// Returns how many events it would have been, had updates been given out all the time; `None` if none were at any time.
    pub(crate) fn events_of_full_hearing(&self) -> Option<u64> {
        let (all, heard) = (u64::try_from(ACTIVE).ok()?, u64::try_from(self.heard_for).ok()?);
        self.events.checked_mul(all)?.checked_div(heard)
    }
}

/// Who wrote a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum RowKind {
    #[default]
    Notice,
    Relay,
    Lanes,
}

/// A message as one person has it, and the row that made it.
type Seen = (TelegramId, MessageId, OutboxId);

/// How a row ended that need not have arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    #[default]
    None,
    /// Purged, or refused because the receiver is gone.
    Dropped,
    /// Refused for another reason, or let go: it comes again out of turn when its settling is lost.
    GivenUp,
}

/// The life of one outbox row.
#[derive(Clone, Copy, Debug, Default)]
struct RowRecord {
    kind: RowKind,
    deliveries: u32,
    is_touched: bool,
    end: End,
    /// Added by a lane while a purge was under way: its table may keep it until the next start.
    is_overtaken: bool,
}

/// Everything that was seen so far.
#[derive(Debug, Default)]
pub(crate) struct Check {
    pub(crate) failure: Option<String>,
    pub(crate) counts: Counts,
    rows: BTreeMap<OutboxId, RowRecord>,
    /// When each person wrote what they sent lately.
    wrote: BTreeMap<TelegramId, VecDeque<i64>>,
    carried: HashMap<UpdateId, u32>,
    lanes_done: HashMap<InboxId, Epoch>,
    /// In which chat a message was written that had to wait for its sender's lane.
    written_in: HashMap<(TelegramId, MessageId), Option<ChatId>>,
    last_source: BTreeMap<(TelegramId, ChatId), MessageId>,
    last_row: BTreeMap<TelegramId, OutboxId>,
    /// Chats that are over for a person, and whether they were told so.
    closed: BTreeMap<(TelegramId, ChatId), bool>,
    open: BTreeMap<TelegramId, BTreeSet<ChatId>>,
    sources: HashMap<(TelegramId, MessageId), Seen>,
    copies: HashMap<(TelegramId, MessageId), Vec<Seen>>,
    /// The latest that the clock ever showed: what is over by it is not begun anew when the clock is set back.
    latest: Timestamp,
}

impl Check {
    pub(crate) fn fail(&mut self, what: String) {
        self.failure.get_or_insert(what);
    }

    fn count(&mut self, rule: Rule) {
        let index = Rule::ALL.iter().position(|&r| r == rule).unwrap();
        self.counts.0[index] += 1;
    }

    pub(crate) fn expect(&mut self, rule: Rule, holds: bool, what: impl FnOnce() -> String) {
        self.count(rule);
        if !holds {
            self.fail(format!("{rule:?}: {}", what()));
        }
    }

    pub(crate) fn touch(&mut self, row: OutboxId) {
        self.rows.entry(row).or_default().is_touched = true;
    }

    pub(crate) fn overtake(&mut self, row: OutboxId) {
        self.rows.entry(row).or_default().is_overtaken = true;
    }

    /// Whether all rows that are left wait for the next start.
    pub(crate) fn waits_for_start(&self, database: &Database) -> bool {
        database.outbox.keys().all(|id| self.rows.get(id).is_some_and(|row| row.is_overtaken))
    }

    pub(crate) fn repeated(&mut self) {
        self.count(Rule::Repeated);
    }

    /// An update was taken in; without effect it may be only if its sender was told that they are too fast.
    pub(crate) fn answered(&mut self, id: UpdateId, sender: TelegramId, is_answered: bool, written: i64) {
        let wrote = self.wrote.entry(sender).or_default();
        wrote.push_back(written);
        if wrote.len() > REMEMBERED {
            wrote.pop_front();
        }
        let is_flood = wrote.iter().filter(|&&at| (written - FLOOD..=written).contains(&at)).count() > BURST;
        self.expect(Rule::Answered, is_answered || is_flood, || format!("update {id} had no effect"));
    }

    /// Before a batch is applied: what it may hold, given the tables as they are.
    pub(crate) fn before_commit(&mut self, database: &Database, telegram: &Telegram, request: &CommitRequest) {
        let batch = &request.batch;
        for &id in &request.carried {
            let times = self.carried.entry(id).or_default();
            *times += 1;
            let is_first = *times == 1;
            self.expect(Rule::OnceEach, is_first, || format!("update {id} took effect twice"));
        }
        for row in &batch.inbox {
            if let Some(UpdateKind::Message { message, .. }) = Database::update_of(row).map(|id| telegram.posted(id).update.kind)
            {
                self.written_in.insert((row.telegram, message), row.chat);
            }
        }
        for row in &request.rows {
            if let (OutboxBody::Relay(relay), Some(chat)) = (&row.body, row.chat) {
                let people = match database.chats.get(&chat) {
                    Some(row) if row.ended_at.is_none() => Some(row.people),
                    Some(_) => None,
                    None => batch.chats.iter().find(|change| change.chat == chat).and_then(|change| change.met),
                };
                let ends = people.map(|people| people.map(|person| database.known[&person]));
                let are_partners = ends == Some([relay.from, row.receiver]) || ends == Some([row.receiver, relay.from]);
                self.expect(Rule::PartnerOnly, are_partners, || format!("{row:?} is no relay between partners: {ends:?}"));
                let written_in = self.written_in.get(&(relay.from, relay.source)).copied();
                self.expect(Rule::PartnerOnly, written_in.is_none_or(|was| was == Some(chat)), || {
                    format!("{row:?} was written in another chat: {written_in:?}")
                });
            }
        }
        for row in &request.rows {
            let Some(chat) = row.chat else { continue };
            match &row.body {
                OutboxBody::Call(call) if numbers_of(&call.body).0 == "matched" => {
                    let opens = batch.chats.iter().any(|change| change.chat == chat && change.is_opened);
                    self.expect(Rule::PartnerOnly, opens, || format!("{row:?} tells of a chat that does not open"));
                }
                OutboxBody::Edit { .. } => {
                    let live = database.chats.get(&chat).filter(|row| row.ended_at.is_none()).map(|row| row.people);
                    let is_partner = live.is_some_and(|people| people.iter().any(|one| database.known[one] == row.receiver));
                    self.expect(Rule::Edits, is_partner, || format!("{row:?} is for nobody in a live chat: {live:?}"));
                }
                OutboxBody::Call(_) | OutboxBody::Relay(_) => {}
            }
        }
        for &Emitted { id, receiver, chat, .. } in &request.emitted {
            let is_kept = request.rows.iter().any(|row| row.id == id);
            let is_purged = batch.purges.iter().any(|&(who, which)| who == receiver && which.is_none_or(|c| c == chat));
            self.expect(Rule::NothingLost, is_kept || is_purged, || format!("relay {id} vanished in its batch"));
        }
        for (first, second) in batch.chats.iter().filter_map(|change| change.met).map(|[a, b]| (a, b)) {
            let is_blocked = database.blocks.contains(&(first, second)) || database.blocks.contains(&(second, first));
            let is_known = !database.commands.values().any(|(command, _)| {
                matches!(command, EngineCommand::Separate { by, other, .. }
                    if (*by, *other) == (first, second) || (*other, *by) == (first, second))
            });
            self.expect(Rule::BlockedApart, !(is_blocked && is_known), || format!("{first} meets {second}, blocked"));
        }
        for &(receiver, chat) in &batch.purges {
            let Some(chat) = chat else { continue };
            let change = batch.chats.iter().find(|change| change.chat == chat);
            let earned = change.and_then(|change| change.ended).is_some_and(|end| match end.by {
                Some(by) => database.known.get(&by) == Some(&receiver),
                None => matches!(end.reason, EndReason::Gone | EndReason::Sanctioned | EndReason::Deleted),
            });
            self.expect(Rule::PurgesEarned, earned, || format!("{receiver} lost rows of {chat}: {change:?}"));
        }
    }

    /// After a batch was applied.
    pub(crate) fn after_commit(&mut self, database: &Database, request: &CommitRequest, purged: &[Rc<OutboxRow>]) {
        let batch = &request.batch;
        self.latest = self.latest.max(request.latest);
        for row in purged {
            self.end(row.id, End::Dropped);
            if let Some(chat) = ended_chat(row) {
                self.close(row.receiver, chat, false);
            }
        }
        for row in &request.rows {
            let kind = if matches!(row.body, OutboxBody::Relay(_)) { RowKind::Relay } else { RowKind::Notice };
            self.rows.insert(row.id, RowRecord { kind, ..RowRecord::default() });
        }
        for change in batch.chats.iter().filter(|change| change.ended.is_some()) {
            for person in database.chats[&change.chat].people {
                let who = database.known[&person];
                if !request.rows.iter().any(|row| row.receiver == who && ended_chat(row) == Some(change.chat)) {
                    self.close(who, change.chat, false);
                }
            }
        }
        for &(person, seat) in &batch.seats {
            if seat.is_none() {
                continue;
            }
            let until = database.people.get(&person).and_then(|facts| facts.suspended_until);
            let is_known = !database
                .commands
                .values()
                .any(|(command, _)| matches!(command, EngineCommand::Sanction { person: whom, .. } if *whom == person));
            let is_forbidden = is_known && until.is_some_and(|until| until > self.latest);
            self.expect(Rule::Sanctions, !is_forbidden, || format!("{person} is suspended until {until:?} and has {seat:?}"));
        }
        if !batch.seats.is_empty() || !batch.chats.is_empty() {
            self.seats(database);
        }
    }

    /// Seats and chats agree.
    pub(crate) fn seats(&mut self, database: &Database) {
        let mut places: BTreeMap<ChatId, [Option<PersonId>; 2]> = BTreeMap::new();
        for (&person, seat) in &database.seats {
            if let Seat::Chatting { chat, side, .. } | Seat::Meeting { meeting: chat, side, .. } = *seat {
                let is_meeting = database.chats.get(&chat).is_some_and(|row| row.is_meeting);
                let fits = is_meeting == matches!(seat, Seat::Meeting { .. });
                self.expect(Rule::TwoSeatsAChat, fits, || format!("{person} has {seat:?}, is a meeting: {is_meeting}"));
                let index = usize::try_from(side.number()).unwrap();
                let before = places.entry(chat).or_default()[index].replace(person);
                self.expect(Rule::OneSeat, before.is_none(), || format!("{chat}: {person} and {before:?} on {side:?}"));
            } else {
                self.count(Rule::OneSeat);
            }
        }
        for (chat, row) in database.chats.iter().filter(|(_, row)| row.ended_at.is_none()) {
            let taken = places.remove(chat).unwrap_or_default();
            self.expect(Rule::TwoSeatsAChat, taken == row.people.map(Some), || format!("{chat} {row:?} has {taken:?}"));
        }
        self.expect(Rule::TwoSeatsAChat, places.is_empty(), || format!("seats without a live chat: {places:?}"));
    }

    pub(crate) fn finished(&mut self, request: &FinishRequest, database: &Database) {
        for row in &request.rows {
            self.rows.insert(row.id, RowRecord { kind: RowKind::Lanes, ..RowRecord::default() });
        }
        self.lanes_done.insert(request.inbox, request.epoch);
        self.seats(database);
    }

    /// A lane's work was done already: by the same owner, whose reply was lost, or something is wrong.
    pub(crate) fn finished_again(&mut self, request: &FinishRequest) {
        let by = self.lanes_done.get(&request.inbox).copied();
        self.expect(Rule::OnceEach, by == Some(request.epoch), || format!("row {} was done by {by:?}", request.inbox));
    }

    pub(crate) fn gone(&mut self, row: &OutboxRow) {
        self.end(row.id, End::Dropped);
        if let Some(chat) = ended_chat(row) {
            self.close(row.receiver, chat, false);
        }
    }

    fn end(&mut self, row: OutboxId, end: End) {
        let record = self.rows.entry(row).or_default();
        record.end = record.end.max(end);
    }

    /// A row is refused for good.
    pub(crate) fn refused(&mut self, row: OutboxId) {
        self.end(row, End::GivenUp);
    }

    /// A row is let go, wherever it arrived.
    pub(crate) fn let_go(&mut self, row: &OutboxRow) {
        self.gone(row);
        self.refused(row.id);
    }

    /// A message arrived at a person.
    pub(crate) fn delivered(&mut self, row: &OutboxRow, message: MessageId, reply_to: Option<MessageId>, is_tapped: bool) {
        let record = self.rows.entry(row.id).or_default();
        record.deliveries += 1;
        let (is_first, is_lanes) = (record.deliveries == 1 && record.end != End::GivenUp, record.kind == RowKind::Lanes);
        let receiver = row.receiver;
        if is_first && !is_lanes {
            let last = self.last_row.insert(receiver, row.id);
            self.expect(Rule::ReceiverOrder, last < Some(row.id), || format!("{row:?} came after row {last:?}"));
        }
        match (&row.body, row.chat) {
            (OutboxBody::Relay(relay), Some(chat)) => {
                if is_first {
                    // What was held back and sent by a tap comes after what has passed.
                    if !is_tapped {
                        let last = self.last_source.insert((relay.from, chat), relay.source);
                        self.expect(Rule::SenderOrder, last < Some(relay.source), || format!("{row:?} came after {last:?}"));
                    }
                    let was_told = self.closed.get(&(receiver, chat)) == Some(&true);
                    self.expect(Rule::NothingAfterEnd, !was_told, || format!("{row:?} came after the end notice"));
                    self.starts(receiver, chat);
                }
                self.reply(row, relay, reply_to);
                self.sources.insert((receiver, message), (relay.from, relay.source, row.id));
                self.copies.entry((relay.from, relay.source)).or_default().push((receiver, message, row.id));
            }
            (OutboxBody::Call(call), Some(chat)) if is_first && numbers_of(&call.body).0 == "matched" => {
                self.starts(receiver, chat);
                if !self.closed.contains_key(&(receiver, chat)) {
                    self.open.entry(receiver).or_default().insert(chat);
                }
            }
            (OutboxBody::Edit { .. }, Some(chat)) if is_first => {
                let was_told = self.closed.get(&(receiver, chat)) == Some(&true);
                self.expect(Rule::Edits, !was_told, || format!("{row:?} came after the end notice"));
            }
            (OutboxBody::Call(_), None) if is_first => {
                if let Some(chat) = ended_chat(row) {
                    self.close(receiver, chat, true);
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, who: TelegramId, chat: ChatId, is_told: bool) {
        self.closed.insert((who, chat), is_told);
        if let Some(open) = self.open.get_mut(&who) {
            open.remove(&chat);
        }
    }

    /// Something of this chat arrives: all earlier ones must be over for the receiver.
    fn starts(&mut self, who: TelegramId, chat: ChatId) {
        let earlier = self.open.get(&who).and_then(|open| open.first().copied()).filter(|&first| first < chat);
        self.expect(Rule::EndBeforeNext, earlier.is_none(), || format!("{chat} began for {who} before {earlier:?} ended"));
    }

    fn reply(&mut self, row: &OutboxRow, relay: &Relay, resolved: Option<MessageId>) {
        let Some(meant) = relay.reply_to else { return };
        let key = (relay.from, meant);
        let mut right = Vec::new();
        if let Some(&(from, source, id)) = self.sources.get(&key)
            && from == row.receiver
        {
            right.push((source, id));
        }
        let copies = self.copies.get(&key).into_iter().flatten();
        right.extend(copies.filter(|(to, _, _)| *to == row.receiver).map(|&(_, copy, id)| (copy, id)));
        let is_right = match resolved {
            Some(target) => right.iter().any(|&(message, _)| message == target),
            None => right.iter().all(|(_, id)| self.rows[id].is_touched),
        };
        self.expect(Rule::Replies, is_right, || format!("{row:?} points at {resolved:?}, not at one of {right:?}"));
    }

    /// Everything is quiet: nothing may be left, nothing may be missing.
    pub(crate) fn quiet(&mut self, database: &Database, telegram: &Telegram) {
        self.seats(database);
        for posted in telegram.all_posted() {
            let id = posted.update.id;
            let times = self.carried.get(&id).copied().unwrap_or(0);
            self.expect(Rule::OnceEach, times == 1, || format!("update {id} took effect {times} times"));
        }
        for (id, record) in std::mem::take(&mut self.rows) {
            let is_over = record.deliveries > 0 || record.end != End::None;
            if record.is_overtaken {
                continue;
            }
            self.expect(Rule::RowsEnd, is_over && !database.outbox.contains_key(&id), || {
                format!("row {id} never ended: {record:?}")
            });
            if record.kind == RowKind::Relay {
                self.expect(Rule::NothingLost, is_over, || format!("relay {id} is lost"));
            }
            if record.deliveries > 1 {
                self.expect(Rule::DuplicatesTouched, record.is_touched, || format!("row {id} came twice: {record:?}"));
            }
        }
    }

    pub(crate) fn memory(&mut self, person: PersonId, memory: Option<Seat>, truth: Option<Seat>) {
        self.expect(Rule::MemoryIsTruth, memory == truth, || format!("{person} has {truth:?}, remembered as {memory:?}"));
    }

    pub(crate) fn pending(&mut self, who: TelegramId, pending: u32) {
        self.expect(Rule::MemoryIsTruth, pending == 0, || format!("{pending} rows to {who} are thought to wait"));
    }
}

fn ended_chat(row: &OutboxRow) -> Option<ChatId> {
    match &row.body {
        OutboxBody::Call(call) => match numbers_of(&call.body) {
            ("ended", [chat, _]) => Some(ChatId::new(chat)),
            _ => None,
        },
        OutboxBody::Relay(_) | OutboxBody::Edit { .. } => None,
    }
}
