//! What the engine starts from: everything the journal holds for it, consistent with one another.

use std::collections::{HashMap, HashSet};

use crate::chat::{Hold, Seat};
use crate::engine::batch::InboxRow;
use crate::engine::effect::OutboxRow;
use crate::engine::event::EngineCommand;
use crate::id::{ChatId, CommandId, OutboxId, PersonId, TelegramId, UpdateId};
use crate::invitation::Invitation;
use crate::person::PersonFacts;
use crate::tier::Upheld;
use crate::time::Timestamp;

/// Two people whose chat ended, or of whom one said "Not now".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parting {
    /// Both.
    pub people: [PersonId; 2],
    /// When their chat opened, or their meeting began.
    pub since: Timestamp,
    /// When they parted.
    pub at: Timestamp,
    /// Whether nothing brings them together for a day: one of them said "Not now".
    pub is_firm: bool,
}

/// Everything the engine needs to start, consistent with one another.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The watermark, which may have moved since the lease was taken.
    pub watermark: Option<UpdateId>,
    /// Facts of every registered person, by person.
    pub people: Vec<PersonFacts>,
    /// People who have not agreed to today's documents, by person.
    pub lapsed: Vec<PersonId>,
    /// Seats, by person.
    pub seats: Vec<(PersonId, Seat)>,
    /// Blocked pairs.
    pub blocks: Vec<(PersonId, PersonId)>,
    /// People who parted within the last 24 hours, by when.
    pub recent: Vec<Parting>,
    /// Reports that led to a sanction, by whom they were about and when.
    pub upheld: Vec<(PersonId, Upheld)>,
    /// Invitations, by inviter and invited.
    pub invitations: Vec<Invitation>,
    /// Messages that wait for an answer, by number.
    pub holds: Vec<Hold>,
    /// Open work, by id: the order in which it came.
    pub inbox: Vec<InboxRow>,
    /// Open commands to the engine, by id.
    pub commands: Vec<(CommandId, EngineCommand)>,
    /// Rows to send, by id.
    pub outbox: Vec<OutboxRow>,
    /// Updates that came by webhook within the last 48 hours, by number.
    pub seen: Vec<UpdateId>,
}

impl Loaded {
    /// Takes out what partners wrote in chats that ended long enough ago for their receiver to know it: nobody is in the chat, and
    /// nothing waits for the receiver behind it, not even the notice of its end. Rows to one person leave in the
    /// order of their numbers, so such a relay has left before, and the database has forgotten it.
    pub fn take_stale_rows(&mut self) -> Vec<OutboxRow> {
        let live: HashSet<ChatId> = self.seats.iter().filter_map(|(_, seat)| seat.chat()).collect();
        let mut last_call: HashMap<TelegramId, OutboxId> = HashMap::new();
        for row in &self.outbox {
            if !row.body.is_partners() {
                let last = last_call.entry(row.receiver).or_insert(row.id);
                *last = row.id.max(*last);
            }
        }
        let is_stale = |row: &OutboxRow| {
            row.body.is_partners()
                && row.chat.is_some_and(|chat| !live.contains(&chat))
                && last_call.get(&row.receiver).is_none_or(|&last| last < row.id)
        };
        let (stale, kept) = std::mem::take(&mut self.outbox).into_iter().partition(is_stale);
        self.outbox = kept;
        stale
    }
}

#[cfg(test)]
mod tests;
