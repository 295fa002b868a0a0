//! What the engine decided, as data. Nothing leaves memory before the batch that carries it has committed.

use crate::chat::{ChatText, EndReason, Hold, Seat, Sent};
use crate::engine::notice::Notice;
use crate::id::{ChatId, CommandId, FormerWordsId, HoldId, InboxId, MessageId, OutboxId, PersonId, TelegramId, UpdateId};
use crate::invitation::Invitation;
use crate::person::UiLanguage;
use crate::premium::ChargeId;

/// One message's way across: ids only, no content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relay {
    /// In whose private chat the source message lies.
    pub from: TelegramId,
    /// The source message.
    pub source: MessageId,
    /// The message it replies to, by its id on the sender's side; resolved when it is sent.
    pub reply_to: Option<MessageId>,
    /// Whether the receiver is kept from saving and forwarding the copy.
    pub is_protected: bool,
    /// What it is, for a report; not known of a row that an older program left.
    pub sent: Option<Sent>,
}

/// What stood in a message before it was changed or taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerWords {
    /// Its row's number.
    pub id: FormerWordsId,
    /// The message.
    pub original: Original,
    /// The row that passed the message on; `None` = the store finds it by the message's pair, or has none and keeps nothing.
    pub pair: Option<OutboxId>,
    /// The words, empty where there were none; `None` = not known.
    pub words: Option<ChatText>,
}

/// A message of ours, ready to send: a Bot API call in a versioned form that only the Telegram side reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The form's version, written beside it.
    pub version: i16,
    /// The call.
    pub body: String,
}

/// A message, by where its writer wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Original {
    /// In whose private chat it lies.
    pub from: TelegramId,
    /// Its id there.
    pub message: MessageId,
}

/// What an outbox row sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutboxBody {
    /// A partner's message.
    Relay(Relay),
    /// A message of ours.
    Call(Rendered),
    /// A partner's change to a message of theirs.
    Edit {
        /// The message; its copy is found when the change is sent, behind the copy itself.
        original: Original,
        /// The call, without the place of the copy.
        call: Rendered,
    },
}

impl OutboxBody {
    /// Reports whether it is a partner's, not ours.
    pub const fn is_partners(&self) -> bool {
        matches!(self, Self::Relay(_) | Self::Edit { .. })
    }

    /// Returns the message that it changes, if it is a change.
    pub const fn edited(&self) -> Option<Original> {
        match self {
            Self::Edit { original, .. } => Some(*original),
            Self::Relay(_) | Self::Call(_) => None,
        }
    }
}

/// A row of the outbox. Rows to one receiver are sent in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its number.
    pub id: OutboxId,
    /// Whose private chat it goes to.
    pub receiver: TelegramId,
    /// The chat it belongs to; relays always have one.
    pub chat: Option<ChatId>,
    /// What is sent.
    pub body: OutboxBody,
}

/// A stored row whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Which row.
    pub inbox: InboxId,
    /// Whose.
    pub telegram: TelegramId,
    /// The chat the person is in now, if any.
    pub chat: Option<ChatId>,
    /// The chat or meeting the person was in when the update came: what a report or a block is about.
    pub about: Option<ChatId>,
}

/// Work of a lane that no update asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Telegram gives a payment back, and that is booked.
    Refund {
        /// Which.
        charge: ChargeId,
    },
    /// A person was suspended past the day on which their subscription renews, or no longer is: it ends with that, or they
    /// hear how to renew it.
    Subscription {
        /// Whose.
        person: PersonId,
    },
    /// A person has completed their first chat: a trial begins, and the person who invited them is thanked.
    FirstChat {
        /// Who.
        person: PersonId,
    },
}

/// What one step decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A person's seat is now this; `None` = idle.
    Seat {
        /// Who.
        person: PersonId,
        /// The new seat.
        seat: Option<Seat>,
    },
    /// Two people meet.
    Meet {
        /// The number of the meeting and, if it opens, of the chat.
        chat: ChatId,
        /// The person on the first and on the second side.
        people: [PersonId; 2],
    },
    /// A meeting became a chat.
    OpenChat {
        /// Its number.
        chat: ChatId,
    },
    /// A chat or a meeting ended.
    EndChat {
        /// Which.
        chat: ChatId,
        /// Why.
        reason: EndReason,
        /// Who ended it, unless nobody did.
        by: Option<PersonId>,
        /// Whether the person on the first and on the second side wrote in it.
        wrote: [bool; 2],
    },
    /// A message goes to the partner.
    Relay {
        /// Its row's number.
        id: OutboxId,
        /// The chat.
        chat: ChatId,
        /// The partner.
        receiver: TelegramId,
        /// What.
        relay: Relay,
    },
    /// A change to a message goes to the partner: its copy follows.
    Edit {
        /// Its row's number.
        id: OutboxId,
        /// The chat.
        chat: ChatId,
        /// The partner.
        receiver: TelegramId,
        /// The message.
        original: Original,
        /// What changes its copy.
        call: Rendered,
    },
    /// The copy of a message goes from the partner, and one that has not left yet does not leave.
    Unsend {
        /// Its row's number.
        id: OutboxId,
        /// The chat.
        chat: ChatId,
        /// The partner.
        receiver: TelegramId,
        /// The message.
        original: Original,
    },
    /// A message of ours goes to a person.
    Notice {
        /// Its row's number.
        id: OutboxId,
        /// To whom.
        receiver: TelegramId,
        /// In which language.
        language: UiLanguage,
        /// What.
        notice: Notice,
    },
    /// Rows of this chat that still wait for this receiver are dropped.
    Purge {
        /// To whom.
        receiver: TelegramId,
        /// Of which chat; `None` = everything to them.
        chat: Option<ChatId>,
    },
    /// The update is stored in the inbox, because work on it outlives the batch.
    Store {
        /// Its row's number.
        inbox: InboxId,
        /// Whose.
        telegram: TelegramId,
        /// Which update; the runtime adds its raw JSON.
        update: UpdateId,
        /// The chat or meeting the person is in now, if any.
        chat: Option<ChatId>,
    },
    /// A lane starts on a stored row once the batch has committed.
    Work(Work),
    /// A lane erases everything about a person once the batch has committed.
    Erase {
        /// The row that carries this work.
        inbox: InboxId,
        /// Who.
        person: PersonId,
        /// Their account.
        telegram: TelegramId,
    },
    /// Work that is no update is stored in the inbox; [`Effect::Work`] starts it.
    Task {
        /// The row that carries it.
        inbox: InboxId,
        /// Whose lane.
        telegram: TelegramId,
        /// What.
        task: Task,
    },
    /// An inbox row is done.
    Done {
        /// Which.
        inbox: InboxId,
    },
    /// A command row is done.
    CommandDone {
        /// Which.
        command: CommandId,
    },
    /// A button press is answered, with a short text or none. Not durable: it only stops the button's spinner.
    Answer {
        /// The query.
        callback: Box<str>,
    },
    /// The person cannot be reached, or can again.
    Reachable {
        /// Who.
        person: PersonId,
        /// Whether they can be reached.
        is_reachable: bool,
    },
    /// A person searches with what premium gives, so the last payment for it counts as used.
    PremiumUsed {
        /// Who.
        person: PersonId,
    },
    /// An invitation stands like this now; `None` = it is over.
    Invitation {
        /// Who invites, and who is invited.
        people: [PersonId; 2],
        /// How it stands.
        invitation: Option<Invitation>,
    },
    /// A message that waits for an answer stands like this now; `None` = it does not wait any more.
    Hold {
        /// Which.
        id: HoldId,
        /// How it stands.
        hold: Option<Hold>,
    },
    /// A message was changed or taken back: what stood in it before is kept for a report.
    Former(FormerWords),
    /// An update is set aside as unusable.
    Dead {
        /// Which.
        update: UpdateId,
        /// Why, without any content.
        reason: Box<str>,
    },
}
