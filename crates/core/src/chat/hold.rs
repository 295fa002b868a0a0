//! Messages that wait for an answer before they are passed on: ids and the question, never content.

use super::Content;
use crate::code::{bit_set, coded_enum};
use crate::id::{AlbumId, ChatId, HoldId, MessageId, PersonId};
use crate::time::Timestamp;

coded_enum! {
    /// What somebody is asked before a message is passed on: whether they take photos and videos (the receiver).
    Question { Media = "media" }
}

bit_set! {
    /// Questions of one person or one message.
    Questions of Question as u16
}

/// What a person has answered in this chat; it goes with their seat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// What they said yes to.
    pub passes: Questions,
    /// Whether they were asked for photos and videos; they are asked once.
    pub is_media_asked: bool,
}

/// A message that waits, or an album, which is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Its number. Those of one chat are released in this order.
    pub id: HoldId,
    /// The chat.
    pub chat: ChatId,
    /// Who wrote it.
    pub writer: PersonId,
    /// The messages in the writer's private chat, in their order; more than one in an album.
    pub messages: Vec<MessageId>,
    /// The album.
    pub album: Option<AlbumId>,
    /// What the first one holds.
    pub content: Content,
    /// The message that it replies to.
    pub reply_to: Option<MessageId>,
    /// What has to be answered first; never empty.
    pub questions: Questions,
    /// When its time is over: it is dropped then, and its writer told.
    pub expires_at: Timestamp,
}
