//! Reading chats and the pairs of messages in them. Writing goes through the journal.

use crate::conduct::SubjectHash;
use crate::id::{ChatId, MessageId, PersonId, TelegramId};
use crate::ports::StoreError;
use crate::time::Timestamp;

/// Who was on one side of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occupant {
    /// Somebody who is still there.
    Here(PersonId),
    /// Somebody who has left since. Until 48 hours after the chat's end the hash of their account is known.
    Left(Option<SubjectHash>),
}

impl From<PersonId> for Occupant {
    fn from(person: PersonId) -> Self {
        Self::Here(person)
    }
}

/// A chat or a meeting as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatRecord {
    /// Its number.
    pub chat: ChatId,
    /// Its people by side.
    pub people: [Occupant; 2],
    /// When it opened; while it is a meeting, when the two met.
    pub started_at: Timestamp,
    /// Whether it has not opened: two people who see each other's card, or saw it and came to nothing.
    pub is_meeting: bool,
    /// When it ended; `None` = still going on.
    pub ended_at: Option<Timestamp>,
}

impl ChatRecord {
    /// Returns who was on the other side; `None` if `person` was not in the chat.
    pub fn other_of(&self, person: PersonId) -> Option<Occupant> {
        match self.people {
            [first, second] if first == person.into() => Some(second),
            [first, second] if second == person.into() => Some(first),
            _ => None,
        }
    }

    /// Returns the other person; `None` if `person` was not in the chat, or the other one has left.
    pub fn partner_of(&self, person: PersonId) -> Option<PersonId> {
        match self.other_of(person)? {
            Occupant::Here(partner) => Some(partner),
            Occupant::Left(_) => None,
        }
    }
}

/// One message and its copy on the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessagePair {
    /// The chat.
    pub chat: ChatId,
    /// Who sent it.
    pub from: TelegramId,
    /// Its id on the sender's side.
    pub source: MessageId,
    /// Who got the copy.
    pub to: TelegramId,
    /// The copy's id.
    pub copy: MessageId,
}

impl MessagePair {
    /// Returns the id of this message on the side of `telegram`.
    pub fn on_side_of(&self, telegram: TelegramId) -> MessageId {
        if self.from == telegram { self.source } else { self.copy }
    }
}

/// Reads chats.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait::async_trait]
pub trait ChatStore: Send + Sync {
    /// Finds a chat or a meeting by number.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn find_chat(&self, chat: ChatId) -> Result<Option<ChatRecord>, StoreError>;

    /// Finds the chat this person is in or, failing that, the last one they were in, whether or not the other one has left
    /// since. Meetings are no chats.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn find_last_chat(&self, person: PersonId) -> Result<Option<ChatRecord>, StoreError>;

    /// Finds the pair that a message belongs to, by its id in the private chat of `telegram`, sent or received.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn find_pair(&self, telegram: TelegramId, message: MessageId) -> Result<Option<MessagePair>, StoreError>;

    /// Reports whether one of these two blocked the other.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn has_block(&self, one: PersonId, other: PersonId) -> Result<bool, StoreError>;

    /// Lists the last pairs of a chat, oldest first, at most `limit` (1 to 100).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn list_last_pairs(&self, chat: ChatId, limit: u16) -> Result<Vec<MessagePair>, StoreError>;
}
