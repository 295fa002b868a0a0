//! Messages that wait for an answer: released once, after what has passed, to people who agreed, or their writer is told.

use std::collections::{BTreeMap, BTreeSet};

use luvhive_core::chat::Hold;
use luvhive_core::engine::{Command, Effect, OutboxBody, OutboxRow, Relay, UpdateKind};
use luvhive_core::id::{ChatId, HoldId, MessageId, OutboxId, TelegramId};

use super::check::{Check, Rule};
use super::database::{CommitRequest, Database, Emitted};
use super::lane::LEAKY_EDIT;
use super::telegram::{Telegram, numbers_of};

/// Everything that was held so far.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// Messages that were held at any time, by each hold, since a change can be held too, and whether that one was released.
    messages: BTreeMap<(TelegramId, MessageId), BTreeMap<HoldId, bool>>,
    /// The last row of each writer in each chat.
    last: BTreeMap<(TelegramId, ChatId), OutboxId>,
    /// Who said yes to photos at any time.
    agreed: BTreeSet<TelegramId>,
    /// Who said yes to a message of theirs at any time.
    insisted: BTreeSet<TelegramId>,
}

impl Held {
    /// Whether a row passes on what was held.
    pub(crate) fn was_held(&self, row: &OutboxRow) -> bool {
        matches!(row.body, OutboxBody::Relay(relay) if self.messages.contains_key(&(relay.from, relay.source)))
    }

    /// Somebody presses a button.
    pub(crate) fn press(&mut self, who: TelegramId, kind: UpdateKind) {
        if let UpdateKind::Command(Command::TakeMedia { is_on: true, .. } | Command::TurnMedia { is_on: true, .. }) = kind {
            self.agreed.insert(who);
        }
        if let UpdateKind::Command(Command::SendAnyway { is_yes: true, .. } | Command::SayAdult { is_yes: true, .. }) = kind {
            self.insisted.insert(who);
        }
    }

    /// A step holds something; a batch does not tell of what it releases itself.
    pub(crate) fn note(&mut self, database: &Database, effect: &Effect) {
        if let Effect::Hold { hold: Some(hold), .. } = effect {
            for &message in &hold.messages {
                self.messages.entry((database.known[&hold.writer], message)).or_default().entry(hold.id).or_default();
            }
        }
    }

    /// Before a batch is applied.
    pub(crate) fn before_commit(&mut self, check: &mut Check, database: &Database, telegram: &Telegram, request: &CommitRequest) {
        for emitted in &request.emitted {
            self.passes(check, telegram, emitted);
            let hold = holding(database, &emitted.relay);
            if let Some(hold) = hold {
                let is_removed = request.batch.holds.iter().any(|(id, new)| *id == hold.id && new.is_none());
                check.expect(Rule::HeldOnce, is_removed, || format!("{hold:?} is released and waits on"));
            }
            let last = self.last.get(&(emitted.relay.from, emitted.chat)).copied();
            check
                .expect(Rule::HeldAfterPassed, last < Some(emitted.id), || format!("{emitted:?} goes before {last:?}: {hold:?}"));
        }
        for emitted in &request.emitted {
            let last = self.last.entry((emitted.relay.from, emitted.chat)).or_insert(emitted.id);
            *last = emitted.id.max(*last);
        }
        for row in &request.rows {
            if let OutboxBody::Edit { original, call } = &row.body
                && call.body == LEAKY_EDIT
            {
                self.insists(check, original.from, row);
            }
        }
        for (id, new) in &request.batch.holds {
            if let (None, Some(hold)) = (new, database.holds.get(id)) {
                ends(check, database, request, hold);
            }
        }
    }

    fn passes(&mut self, check: &mut Check, telegram: &Telegram, emitted: &Emitted) {
        let &Emitted { id, relay, receiver, .. } = emitted;
        if telegram.is_photo(relay.from, relay.source) {
            let has_agreed = self.agreed.contains(&receiver);
            check.expect(Rule::MediaByConsent, has_agreed, || format!("{relay:?} goes to {receiver}, who never said yes"));
        }
        if telegram.is_secret(relay.from, relay.source) {
            self.insists(check, relay.from, &relay);
        }
        // Holds and rows are numbered alike.
        let before = HoldId::new(id.get());
        let holds = self.messages.get_mut(&(relay.from, relay.source));
        if let Some((_, is_released)) = holds.and_then(|holds| holds.range_mut(..before).next_back()) {
            let was_released = std::mem::replace(is_released, true);
            check.expect(Rule::HeldOnce, !was_released, || format!("{relay:?} is released twice"));
        }
    }

    fn insists(&self, check: &mut Check, writer: TelegramId, goes: &impl std::fmt::Debug) {
        let has_insisted = self.insisted.contains(&writer);
        check.expect(Rule::LeakByConsent, has_insisted, || format!("{goes:?} goes, and its writer never said yes"));
    }
}

fn holding<'a>(database: &'a Database, relay: &Relay) -> Option<&'a Hold> {
    let is_of = |hold: &&Hold| database.known[&hold.writer] == relay.from && hold.messages.contains(&relay.source);
    database.holds.values().find(is_of)
}

/// A message does not wait any more: it is released whole, its writer is told, or the chat is over, which is told by a number.
fn ends(check: &mut Check, database: &Database, request: &CommitRequest, hold: &Hold) {
    let writer = database.known[&hold.writer];
    let is_released =
        |message: &MessageId| request.emitted.iter().any(|one| one.relay.from == writer && one.relay.source == *message);
    let is_over = database.chats[&hold.chat].ended_at.is_some()
        || request.batch.chats.iter().any(|change| change.chat == hold.chat && change.ended.is_some());
    let first = i64::from(hold.messages[0].get());
    let is_told = request.rows.iter().any(|row| {
        let OutboxBody::Call(call) = &row.body else { return false };
        let told = numbers_of(&call.body);
        row.receiver == writer && (told == ("undelivered", [first, 0]) || told.0 == "refused")
    });
    let reachable = database.people.get(&hold.writer).is_some_and(|facts| facts.is_reachable);
    let is_right = hold.messages.iter().all(is_released) || is_over || is_told || !reachable;
    check.expect(Rule::HeldTold, is_right, || format!("{hold:?} is gone without a word"));
}

/// Counts a writer's waiting messages that a batch drops because their chat ends. It returns 0 if the batch also tells the
/// writer about a single message: then the others may have been dropped earlier.
pub(super) fn dropped(database: &Database, request: &CommitRequest, (writer, chat): (TelegramId, ChatId)) -> usize {
    let is_word = |row: &OutboxRow| match &row.body {
        OutboxBody::Call(call) => matches!(numbers_of(&call.body).0, "refused" | "undelivered"),
        OutboxBody::Relay(_) | OutboxBody::Edit { .. } => false,
    };
    if request.rows.iter().any(|row| row.receiver == writer && is_word(row)) {
        return 0;
    }
    let is_gone = |id: &HoldId| request.batch.holds.iter().any(|(of, new)| of == id && new.is_none());
    let is_theirs = |hold: &&Hold| hold.chat == chat && database.known[&hold.writer] == writer && is_gone(&hold.id);
    let passes =
        |message: &&MessageId| request.emitted.iter().any(|one| one.relay.from == writer && one.relay.source == **message);
    database.holds.values().filter(is_theirs).flat_map(|hold| &hold.messages).filter(|message| !passes(message)).count()
}
