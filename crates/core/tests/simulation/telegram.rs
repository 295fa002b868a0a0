//! The model of Telegram: updates until they are confirmed, private chats with their message ids, blocks and limits.

use std::collections::VecDeque;
use std::rc::Rc;

use luvhive_core::engine::{OutboxBody, OutboxRow, Update, UpdateKind};
use luvhive_core::id::{MessageId, TelegramId, UpdateId};

/// The account number of the first simulated person; the others follow.
const FIRST_ACCOUNT: i64 = 1_000;
/// The number of the first update.
const FIRST_UPDATE: i64 = 500;

/// How long it takes to read a message before answering it, in microseconds.
const READING: i64 = 200_000;

/// What somebody wants of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Plain,
    Settings,
    Block,
    Report,
    Rate,
    Leave,
    Edit,
}

/// An update that was posted, and what a lane would read in it.
#[derive(Clone, Debug)]
pub(crate) struct Posted {
    pub(crate) update: Update,
    pub(crate) ask: Ask,
    pub(crate) is_undecodable: bool,
}

/// A call that reaches Telegram.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Poll { offset: UpdateId },
    Send { row: Rc<OutboxRow>, reply_to: Option<MessageId> },
}

/// What a send brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok(MessageId),
    RetryAfter(i64),
    Gone,
    NotSent,
    Unknown,
}

/// One private chat with the bot.
#[derive(Clone, Debug, Default)]
pub(crate) struct Private {
    pub(crate) last_message: i32,
    pub(crate) is_blocked: bool,
    pub(crate) throttled_until: i64,
    /// Own messages and copies, which may be replied to, and from when on: nobody answers what they have not read.
    pub(crate) talk: Vec<(i64, MessageId)>,
}

/// All of Telegram.
#[derive(Debug, Default)]
pub(crate) struct Telegram {
    posted: Vec<Posted>,
    unconfirmed: VecDeque<UpdateId>,
    pub(crate) privates: Vec<Private>,
    /// So many confirmed updates come once more with the next poll.
    pub(crate) repeat: usize,
}

pub(crate) fn account(index: usize) -> TelegramId {
    TelegramId::new(FIRST_ACCOUNT + i64::try_from(index).unwrap())
}

pub(crate) fn index_of(account: TelegramId) -> usize {
    usize::try_from(account.get() - FIRST_ACCOUNT).unwrap()
}

impl Telegram {
    pub(crate) fn new(people: usize) -> Self {
        Self { privates: vec![Private::default(); people], ..Self::default() }
    }

    pub(crate) fn has_unconfirmed(&self) -> bool {
        !self.unconfirmed.is_empty()
    }

    pub(crate) fn posted(&self, id: UpdateId) -> &Posted {
        &self.posted[usize::try_from(id.get() - FIRST_UPDATE).unwrap()]
    }

    pub(crate) fn all_posted(&self) -> &[Posted] {
        &self.posted
    }

    /// A person does something.
    pub(crate) fn post(&mut self, person: usize, kind: UpdateKind, ask: Ask) {
        let id = UpdateId::new(FIRST_UPDATE + i64::try_from(self.posted.len()).unwrap());
        let update = Update { id, from: account(person), language: None, callback: None, kind };
        self.posted.push(Posted { update, ask, is_undecodable: false });
        self.unconfirmed.push_back(id);
    }

    /// Makes the last update unreadable for us.
    pub(crate) fn spoil_last(&mut self) {
        if let Some(posted) = self.posted.last_mut() {
            posted.is_undecodable = true;
        }
    }

    /// A new message id in a person's private chat.
    pub(crate) fn new_message(&mut self, person: usize) -> MessageId {
        let private = &mut self.privates[person];
        private.last_message += 1;
        MessageId::new(private.last_message)
    }

    /// `getUpdates`: confirms everything below the offset for good, returns up to a hundred others.
    pub(crate) fn poll(&mut self, offset: UpdateId) -> Vec<UpdateId> {
        while self.unconfirmed.front().is_some_and(|&id| id < offset) {
            self.unconfirmed.pop_front();
        }
        let fresh = self.unconfirmed.front().map_or(FIRST_UPDATE + i64::try_from(self.posted.len()).unwrap(), |id| id.get());
        let repeated = i64::try_from(std::mem::take(&mut self.repeat)).unwrap();
        let again = (fresh - repeated).max(FIRST_UPDATE)..fresh;
        again.map(UpdateId::new).chain(self.unconfirmed.iter().copied()).take(100).collect()
    }

    /// `copyMessage` and `sendMessage`, when nothing goes wrong on the way.
    pub(crate) fn send(&mut self, row: &OutboxRow, now: i64) -> Outcome {
        let person = index_of(row.receiver);
        let private = &self.privates[person];
        if private.is_blocked {
            return Outcome::Gone;
        }
        if private.throttled_until > now {
            return Outcome::RetryAfter(private.throttled_until - now);
        }
        let message = self.new_message(person);
        if matches!(row.body, OutboxBody::Relay(_)) {
            self.privates[person].talk.push((now + READING, message));
        }
        Outcome::Ok(message)
    }
}
