//! Messages that wait for an answer before they are passed on: ids and the question, never content.

use super::Content;
use crate::code::{bit_set, coded_enum};
use crate::guard::LeakSet;
use crate::id::{AlbumId, ChatId, HoldId, MessageId, PersonId};
use crate::time::Timestamp;

coded_enum! {
    /// What somebody is asked before a message is passed on: whether they take photos and videos (the receiver), whether they
    /// are under 18, as it says (the writer), or whether it shall go although something in it can identify its writer (the
    /// writer, by the codes of [`Leak`](crate::guard::Leak)).
    Question {
        Media = "media", Age = "age",
        Phone = "phone", Handle = "handle", Link = "link", Email = "email", Service = "service", FileName = "file_name",
        FileFacts = "file_facts",
    }
}

bit_set! {
    /// Questions of one person or one message.
    Questions of Question as u16
}

impl Questions {
    /// Those that a message's writer answers.
    #[must_use]
    pub fn leaks(self) -> Self {
        self.without(Question::Media)
    }

    /// What in a message can identify its writer.
    #[must_use]
    pub fn identifying(self) -> Self {
        self.leaks().without(Question::Age)
    }

    /// Whether its writer is under 18, if it says so.
    #[must_use]
    pub fn age(self) -> Self {
        self.intersection(Self::EMPTY.with(Question::Age))
    }

    /// What a message's writer is asked now: about their age when nothing else is left to ask them.
    #[must_use]
    pub fn asked_of_writer(self) -> Self {
        let identifying = self.identifying();
        if identifying.is_empty() { self.age() } else { identifying }
    }

    /// Returns what is in one of the two.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self::from_bits(self.bits() | other.bits())
    }

    /// Returns what is in this one alone.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self::from_bits(self.bits() & !other.bits())
    }
}

impl From<LeakSet> for Questions {
    fn from(leaks: LeakSet) -> Self {
        leaks.iter().filter_map(|leak| Question::from_code(leak.code())).collect()
    }
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
    /// Whether the partner has a copy from before it was changed; that one goes when this is released.
    pub has_copy: bool,
    /// When its time is over: it is dropped then, and its writer told.
    pub expires_at: Timestamp,
}
