//! The same rules where they show in the tables and at the people: what is watched at each commit and each delivery.

use std::rc::Rc;
use std::time::Duration;

use luvhive_core::chat::{EndReason, Seat};
use luvhive_core::engine::batch::{ChatChange, InboxWork};
use luvhive_core::engine::{OutboxBody, OutboxRow, Relay, UpdateKind};
use luvhive_core::id::{ChatId, InboxId, PersonId, TelegramId};
use luvhive_core::time::TelegramTime;

use super::check::{Check, Rule};
use super::database::{CommitRequest, Database, Emitted, FinishRequest, LaneChange};
use super::held;
use super::telegram::{Telegram, numbers_of};
use super::watch::{GUESS_S, Told, Watch};
use super::world::{REACHES_TELEGRAM, timestamp};

/// For so long two people are kept apart of whom one said "Not now".
const FIRM: Duration = Duration::from_hours(24);

/// The tables as they are, Telegram, and what is about to be committed.
#[derive(Clone, Copy)]
struct Tables<'a> {
    database: &'a Database,
    telegram: &'a Telegram,
    request: &'a CommitRequest,
}

impl Watch {
    /// Before a batch is applied: what it may hold, given the tables as they are.
    pub(crate) fn before_commit(&mut self, check: &mut Check, database: &Database, telegram: &Telegram, request: &CommitRequest) {
        let tables = Tables { database, telegram, request };
        for row in &request.rows {
            if let (OutboxBody::Relay(relay), Some(chat)) = (&row.body, row.chat) {
                self.relay(check, &tables, relay, chat);
            }
        }
        for change in &request.batch.chats {
            let Some(people) = people_of(database, change) else { continue };
            let pair = sorted(people);
            if change.met.is_some() {
                let is_firm = self.firm.get(&pair).is_some_and(|at| self.passed.saturating_sub(*at) < FIRM);
                check.expect(Rule::FirmApart, !is_firm, || format!("{pair:?} meet again, though one of them did not want to"));
            }
            match change.ended {
                Some(end) if end.reason == EndReason::Declined => {
                    let at = self.declined.get(&change.chat).copied().unwrap_or(self.passed);
                    self.firm.insert(pair, at);
                }
                Some(_) => self.ends(&tables, change.chat, people),
                None => {}
            }
        }
    }

    /// A message is passed on: into a chat, and it was written in it.
    fn relay(&self, check: &mut Check, tables: &Tables<'_>, relay: &Relay, chat: ChatId) {
        let Tables { database, telegram, request } = *tables;
        let opens = request.batch.chats.iter().any(|change| change.chat == chat && change.is_opened);
        let is_open = opens || database.chats.get(&chat).is_some_and(|row| !row.is_meeting);
        check.expect(Rule::NothingBeforeOpening, is_open, || format!("{relay:?} is passed on in the meeting {chat}"));
        let written_at = telegram.written_at(relay.from, relay.source);
        let (Some(written_at), Some(&opened)) = (written_at, self.opened.get(&chat)) else { return };
        if self.tapped.contains(&(relay.from, relay.source)) {
            return;
        }
        let known = known_to(database, request, relay.from, chat);
        let heard = self.heard.get(&(relay.from, chat)).map_or(&[][..], Vec::as_slice);
        let from = match (known, heard) {
            (Some(known), [first, ..]) if heard.contains(&known) => *first,
            // When they heard of it stayed unclear: the opening decides, by a clock that is only roughly known.
            _ => {
                let at = TelegramTime::at(timestamp(opened), telegram.ahead_s * super::world::SECOND);
                let person = database.accounts.get(&relay.from);
                let is_guessed = person.is_some_and(|&person| self.guessed.contains(&(person, chat)));
                let unknown_s = if is_guessed { telegram.ahead_s.max(0) } else { 0 };
                TelegramTime::from_seconds(at.as_seconds() - GUESS_S - unknown_s)
            }
        };
        check.expect(Rule::NothingBeforeOpening, written_at >= from, || {
            format!("{relay:?} was written at {written_at:?}, before {chat} was open to them at {from:?}: {known:?} {heard:?}")
        });
    }

    /// A chat ends: what is dropped of what each one wrote, and what they are told of it.
    fn ends(&mut self, tables: &Tables<'_>, chat: ChatId, people: [PersonId; 2]) {
        let Tables { database, request, .. } = *tables;
        for who in people.map(|person| database.known[&person]) {
            let told = request.rows.iter().filter(|row| row.receiver == who).find_map(|row| end_of(row, chat));
            let Some(undelivered) = told else { continue };
            let is_theirs = |relay: &Relay, of: ChatId| relay.from == who && of == chat;
            let is_lost = |one: &&Emitted| is_theirs(&one.relay, one.chat) && falls_with(request, one.receiver, chat);
            let emitted = request.emitted.iter().filter(is_lost);
            let is_kept = |id| request.rows.iter().any(|row| row.id == id);
            let dropped = emitted.map(|one| one.id).filter(|&id| !is_kept(id)).collect();
            let is_waiting = |inbox: &&InboxId| is_dropped(tables, **inbox, (who, chat));
            let waiting = request.batch.inbox_done.iter().filter(is_waiting).count();
            let waiting = waiting + held::dropped(database, request, (who, chat));
            self.told.push(Told { who, chat, undelivered, dropped, waiting: i64::try_from(waiting).unwrap() });
        }
    }

    /// After a batch was applied: what was purged of earlier ones.
    pub(crate) fn after_commit(&mut self, request: &CommitRequest, purged: &[Rc<OutboxRow>]) {
        for row in purged {
            let (OutboxBody::Relay(relay), Some(chat)) = (&row.body, row.chat) else { continue };
            if falls_with(request, row.receiver, chat)
                && let Some(told) = self.told.iter_mut().rev().find(|told| told.who == relay.from && told.chat == chat)
            {
                told.dropped.push(row.id);
            }
        }
    }

    /// A lane's work is true.
    pub(crate) fn finished(&mut self, request: &FinishRequest, database: &Database, now: i64) {
        if request.changes.iter().any(|change| matches!(change, LaneChange::Register(_))) {
            self.registered.insert(database.accounts[&request.telegram], now);
        }
    }

    /// A message of ours or a partner's arrived at a person at this time.
    pub(crate) fn delivered(
        &mut self,
        check: &mut Check,
        database: &Database,
        telegram: &Telegram,
        (row, now): (&OutboxRow, i64),
    ) {
        let is_first = self.delivered.insert(row.id);
        let Some(chat) = row.chat else { return };
        if let OutboxBody::Call(call) = &row.body
            && numbers_of(&call.body).0 == "matched"
        {
            self.heard.entry((row.receiver, chat)).or_default().push(telegram.clock(now));
        }
        let Some(record) = database.chats.get(&chat) else { return };
        let meant = record.people.into_iter().find(|person| database.known[person] == row.receiver);
        let is_new = database.accounts.get(&row.receiver).copied();
        // What was under way when they left cannot be called back.
        let may_be_late = |person| self.registered.get(&person).is_some_and(|&at| now - at < REACHES_TELEGRAM);
        if is_first
            && let (Some(meant), Some(is_now)) = (meant, is_new)
            && !may_be_late(is_now)
        {
            check.expect(Rule::ReturnersFresh, meant == is_now, || format!("{row:?} was meant for {meant}, not {is_now}"));
        }
    }

    /// Everything is quiet: who was not told enough of what never arrived?
    pub(crate) fn quiet(&self, check: &mut Check) {
        for told in &self.told {
            let lost = told.dropped.iter().filter(|id| !self.delivered.contains(id)).count();
            let lost = i64::try_from(lost).unwrap() + told.waiting;
            if lost > 0 {
                check.expect(Rule::UndeliveredTold, told.undelivered >= lost, || format!("{lost} did not arrive: {told:?}"));
            }
        }
    }
}

/// When a writer heard of their chat, as far as the engine knows.
fn known_to(database: &Database, request: &CommitRequest, who: TelegramId, chat: ChatId) -> Option<TelegramTime> {
    let person = database.accounts.get(&who)?;
    let after = request.batch.seats.iter().find(|(of, _)| of == person).and_then(|(_, seat)| *seat);
    let known = |seat: Seat| match seat {
        Seat::Chatting { chat: of, heard_at, .. } if of == chat => heard_at,
        _ => None,
    };
    after.and_then(known).or_else(|| database.seats.get(person).copied().and_then(known))
}

/// Whether a message that waited is done without having been passed on, refused or put off.
fn is_dropped(tables: &Tables<'_>, inbox: InboxId, (who, chat): (TelegramId, ChatId)) -> bool {
    let Tables { database, telegram, request } = *tables;
    let Some(row) = database.inbox.get(&inbox).filter(|row| row.telegram == who && row.chat == Some(chat)) else { return false };
    let InboxWork::Update { update, .. } = row.work else { return false };
    let UpdateKind::Message { message, content, leaks, .. } = telegram.posted(update).update.kind else { return false };
    let is_passed_on = request.emitted.iter().any(|one| one.relay.from == who && one.relay.source == message);
    let is_put_off = |row: &OutboxRow| match &row.body {
        // "First" answers what was written in the meeting before.
        OutboxBody::Call(call) => {
            numbers_of(&call.body) == ("before", [chat.get(), i64::from(message.get())])
                || call.body == "first"
                || (call.body == "refused" && (!content.is_plain() || !leaks.is_empty()))
        }
        OutboxBody::Relay(_) | OutboxBody::Edit { .. } => false,
    };
    content.is_relayed() && !is_passed_on && !request.rows.iter().any(|row| row.receiver == who && is_put_off(row))
}

/// Whether what a batch drops for a receiver falls with the end of this chat, and not because they left or went after it.
fn falls_with(request: &CommitRequest, receiver: TelegramId, chat: ChatId) -> bool {
    let end = request.batch.chats.iter().find(|change| change.chat == chat).and_then(|change| change.ended);
    end.is_some_and(|end| end.reason == EndReason::Gone || !request.batch.purges.contains(&(receiver, None)))
}

fn end_of(row: &OutboxRow, chat: ChatId) -> Option<i64> {
    let OutboxBody::Call(call) = &row.body else { return None };
    match numbers_of(&call.body) {
        ("ended", [of, undelivered]) if of == chat.get() => Some(undelivered),
        _ => None,
    }
}

fn people_of(database: &Database, change: &ChatChange) -> Option<[PersonId; 2]> {
    change.met.or_else(|| database.chats.get(&change.chat).map(|row| row.people))
}

fn sorted([first, second]: [PersonId; 2]) -> [PersonId; 2] {
    if first < second { [first, second] } else { [second, first] }
}
