//! What Telegram refuses for good or answers unclearly: who has to hear of it, and how often a row may be sent again.

use std::collections::BTreeMap;

use luvhive_core::chat::Undelivered;
use luvhive_core::engine::{OutboxBody, OutboxRow};
use luvhive_core::id::{MessageId, OutboxId, TelegramId};

use super::check::{Check, Rule};
use super::database::{CommitRequest, Database};
use super::message::Origin;
use super::telegram::{Telegram, index_of};
use super::watch::Watch;

/// How often a row is sent in all while other sends succeed.
pub(crate) const MOST_TRIES: u32 = 3;

/// A writer who has to hear what became of their message.
#[derive(Debug)]
struct Owed {
    writer: TelegramId,
    message: MessageId,
    why: Undelivered,
    since: i64,
}

/// Everything that was refused or unclear so far.
#[derive(Debug, Default)]
pub(crate) struct Refused {
    owed: BTreeMap<OutboxId, Owed>,
    /// Unclear answers to a row of one process while Telegram was well.
    unclear: BTreeMap<(OutboxId, usize, u32), u32>,
    /// How often unclear answers did not count: rows may be sent once more each time.
    uncounted: u32,
}

impl Refused {
    /// Telegram refused a row for good, or it was let go. A writer who has blocked the bot, as far as either side knows, is
    /// not told.
    pub(crate) fn owe(&mut self, (telegram, database): (&Telegram, &Database), row: &OutboxRow, why: Undelivered, since: i64) {
        if let OutboxBody::Relay(relay) = row.body
            && !telegram.privates[index_of(relay.from)].is_blocked
            && database.accounts.get(&relay.from).is_some_and(|person| database.people[person].is_reachable)
        {
            self.owed.insert(row.id, Owed { writer: relay.from, message: relay.source, why, since });
        }
    }

    /// A send was answered unclearly although Telegram is well.
    pub(crate) fn unclear(&mut self, check: &mut Check, row: OutboxId, origin: Origin) {
        let tries = self.unclear.entry((row, origin.instance, origin.life)).or_default();
        *tries += 1;
        let (tries, most) = (*tries, MOST_TRIES + self.uncounted);
        check.expect(Rule::RepeatsBounded, tries <= most, || format!("row {row} was sent {tries} times, all unclear"));
    }

    /// Unclear answers do not count.
    pub(crate) fn forgive(&mut self) {
        self.uncounted += 1;
    }

    /// A row is let go.
    pub(crate) fn let_go(&mut self, check: &mut Check, row: &OutboxRow, origin: Origin) {
        let tries = self.unclear.get(&(row.id, origin.instance, origin.life)).copied().unwrap_or(0);
        let id = row.id;
        // One that began in an outage may count: others succeed before it is known to be unclear.
        check.expect(Rule::OutageCountsNothing, tries + 1 >= MOST_TRIES, || format!("row {id} was let go after {tries} tries"));
        check.let_go(row);
    }

    /// A batch was applied: who is told what, and who cannot be told any more.
    pub(crate) fn after_commit(&mut self, check: &mut Check, request: &CommitRequest) {
        for row in &request.rows {
            let OutboxBody::Call(call) = &row.body else { continue };
            let before = self.owed.len();
            self.owed.retain(|_, owed| {
                owed.writer != row.receiver || call.body != format!("undelivered {} {}", owed.message, owed.why)
            });
            if self.owed.len() < before {
                check.expect(Rule::ReasonTold, true, String::new);
            }
        }
        for &(receiver, chat) in &request.batch.purges {
            if chat.is_none() {
                self.owed.retain(|_, owed| owed.writer != receiver);
            }
        }
    }

    /// A process ends: what it had heard of its sends is lost.
    pub(crate) fn forget(&mut self) {
        self.owed.clear();
    }

    /// Everything is quiet: everybody who could be told has been told.
    pub(crate) fn quiet(&self, check: &mut Check, database: &Database, watch: &Watch) {
        for (row, owed) in &self.owed {
            let person = database.accounts.get(&owed.writer);
            let facts = person.and_then(|person| database.people.get(person));
            let is_new = person.is_some_and(|person| watch.registered.get(person).is_some_and(|&at| at > owed.since));
            if facts.is_some_and(|facts| facts.is_reachable) && !is_new {
                check.expect(Rule::ReasonTold, false, || format!("row {row}: {owed:?} was not told"));
            }
        }
    }
}
