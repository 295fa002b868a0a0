//! A batch, applied to the rows: all of it or, by an error, nothing.

use super::tables::{ChatRow, FormerWordsRow, Tables, conflict};
use crate::engine::batch::{Batch, ChatChange};
use crate::engine::effect::FormerWords;
use crate::id::PersonId;
use crate::ports::StoreError;
use crate::time::Timestamp;

impl Tables {
    /// Applies a batch to a copy and keeps the copy if no rule is broken.
    pub(super) fn apply_batch(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let mut after = self.clone();
        after.apply(batch)?;
        *self = after;
        Ok(())
    }

    fn apply(&mut self, batch: &Batch) -> Result<(), StoreError> {
        if let Some(watermark) = batch.watermark {
            self.lease.watermark = Some(watermark);
            self.lease.watermark_at = Some(batch.at);
        }
        for (receiver, chat) in &batch.purges {
            self.outbox.retain(|_, row| row.receiver != *receiver || (chat.is_some() && row.chat != *chat));
        }
        for id in &batch.inbox_done {
            self.inbox.remove(id);
        }
        for id in &batch.commands_done {
            self.commands.remove(id);
        }
        for change in &batch.chats {
            self.change_chat(change, batch.at)?;
        }
        for (person, seat) in &batch.seats {
            match seat {
                Some(seat) => self.seats.insert(*person, *seat),
                None => self.seats.remove(person),
            };
        }
        self.check_seats()?;
        for row in &batch.outbox {
            self.insert_outbox(row)?;
        }
        for row in &batch.inbox {
            if self.inbox.insert(row.id, row.clone()).is_some() {
                return Err(conflict("inbox_bot_id_id_pkey"));
            }
        }
        for (person, is_reachable) in &batch.reachable {
            if let Some(row) = self.people.get_mut(person) {
                row.facts.is_reachable = *is_reachable;
            }
        }
        for person in &batch.premium_used {
            if let Some(row) = self.people.get_mut(person) {
                row.facts.premium_used_at = Some(batch.at);
            }
        }
        for (people, invitation) in &batch.invitations {
            match invitation {
                Some(invitation) => drop(self.invitations.insert(*people, *invitation)),
                None => drop(self.invitations.remove(people)),
            }
        }
        for (id, hold) in &batch.holds {
            match hold {
                Some(hold) => drop(self.holds.insert(*id, hold.clone())),
                None => drop(self.holds.remove(id)),
            }
        }
        for FormerWords { id, original, pair, words } in &batch.former {
            let by_pair = self.pairs.iter().filter(|(_, pair)| (pair.from, pair.source) == (original.from, original.message));
            let found = pair.or(by_pair.map(|((_, id), _)| *id).max());
            if let Some(pair) = found {
                self.former_words.insert(*id, FormerWordsRow { pair, words: words.clone() });
            }
        }
        for dead in &batch.dead {
            self.dead.entry(dead.update).or_insert_with(|| dead.reason.clone());
        }
        for update in &batch.seen {
            self.seen.entry(*update).or_insert(batch.at);
        }
        Ok(())
    }

    fn change_chat(&mut self, change: &ChatChange, at: Timestamp) -> Result<(), StoreError> {
        if let Some(people) = change.met {
            let constraints = ["chats_bot_id_first_person_id_fkey", "chats_bot_id_second_person_id_fkey"];
            for (person, constraint) in people.iter().zip(constraints) {
                if !self.people.contains_key(person) {
                    return Err(conflict(constraint));
                }
            }
            let row = ChatRow { people: people.map(Some), started_at: at, is_meeting: true, wrote: [true, true], ended: None };
            if self.chats.insert(change.chat, row).is_some() {
                return Err(conflict("chats_bot_id_id_pkey"));
            }
        }
        let Some(row) = self.chats.get_mut(&change.chat).filter(|row| row.ended.is_none()) else { return Ok(()) };
        if change.is_opened {
            row.is_meeting = false;
            row.started_at = at;
        }
        if let Some(end) = change.ended {
            row.ended = Some((at, end.reason, end.by));
            row.wrote = end.wrote;
            let people = row.people;
            if end.wrote == [true, true] {
                self.count_chat(people);
            }
        }
        Ok(())
    }

    fn count_chat(&mut self, people: [Option<PersonId>; 2]) {
        for person in people.into_iter().flatten() {
            if let Some(row) = self.people.get_mut(&person) {
                row.facts.chats_count = row.facts.chats_count.saturating_add(1);
            }
        }
    }
}
