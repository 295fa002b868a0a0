//! The messages that wait for an answer, found by their chat and by when their time is over.

use std::collections::{BTreeMap, BTreeSet};

use crate::chat::Hold;
use crate::id::{ChatId, HoldId, MessageId, PersonId};
use crate::time::Timestamp;

/// Messages that wait, by number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holds {
    rows: BTreeMap<HoldId, Hold>,
    of_chats: BTreeSet<(ChatId, HoldId)>,
    ends: BTreeSet<(Timestamp, HoldId)>,
}

impl Holds {
    /// Puts a message in the place of what was known of it.
    pub(crate) fn put(&mut self, hold: Hold) {
        self.remove(hold.id);
        self.of_chats.insert((hold.chat, hold.id));
        self.ends.insert((hold.expires_at, hold.id));
        self.rows.insert(hold.id, hold);
    }

    pub(crate) fn remove(&mut self, id: HoldId) -> Option<Hold> {
        let hold = self.rows.remove(&id)?;
        self.of_chats.remove(&(hold.chat, id));
        self.ends.remove(&(hold.expires_at, id));
        Some(hold)
    }

    /// Those of a chat, in the order in which they were held.
    pub(crate) fn of(&self, chat: ChatId) -> impl Iterator<Item = &Hold> {
        let keys = self.of_chats.range((chat, HoldId::new(i64::MIN))..=(chat, HoldId::new(i64::MAX)));
        keys.filter_map(|(_, id)| self.rows.get(id))
    }

    /// Reports whether a message waits.
    pub(crate) fn holds(&self, chat: ChatId, writer: PersonId, message: MessageId) -> bool {
        self.of(chat).any(|hold| hold.writer == writer && hold.messages.contains(&message))
    }

    /// All, by number.
    pub(crate) fn all(&self) -> Vec<Hold> {
        self.rows.values().cloned().collect()
    }

    /// One whose time is over.
    pub(crate) fn first_old(&self, now: Timestamp) -> Option<Hold> {
        let (at, id) = self.ends.first()?;
        if *at > now { None } else { self.rows.get(id).cloned() }
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.ends.first().map(|&(at, _)| at)
    }
}
