//! What enters the engine: updates in slim form, what lanes and the sender report, time.

use crate::chat::{ChatText, Content, Questions, Undelivered};
use crate::code::coded_enum;
use crate::correction::CorrectionNews;
use crate::decision::{AppealNews, DecisionNews};
use crate::engine::effect::{Original, Rendered};
use crate::engine::news::News;
use crate::filter::Filter;
use crate::id::{AlbumId, ChatId, CommandId, HoldId, InboxId, MessageId, OutboxId, PersonId, TelegramId, UpdateId};
use crate::person::{PersonFacts, UiLanguage};
use crate::premium::{ChargeId, Entitlement};
use crate::tier::Upheld;
use crate::time::{TelegramTime, Timestamp};

/// One Telegram update, as far as the engine needs to know. The raw JSON stays with the runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Telegram's number of the update.
    pub id: UpdateId,
    /// Who caused it.
    pub from: TelegramId,
    /// The language tag Telegram gave for them, such as `hi-IN`.
    pub language: Option<Box<str>>,
    /// The query to answer, if it came from a button.
    pub callback: Option<Box<str>>,
    /// When it was written, on Telegram's clock; `None` for what carries no time, such as a press of an inline button.
    pub written_at: Option<TelegramTime>,
    /// The button, if it came from one.
    pub press: Option<Press>,
    /// Whether it may have waited with Telegram for any time, because nobody fetched updates before.
    pub is_belated: bool,
    /// What a message says in words, empty if it has none.
    pub words: Option<ChatText>,
    /// What happened.
    pub kind: UpdateKind,
}

impl Update {
    /// An update that came at once and carries no time.
    pub fn new(id: UpdateId, from: TelegramId, kind: UpdateKind) -> Self {
        let (language, callback, written_at, press, words) = (None, None, None, None, None);
        Self { id, from, language, callback, written_at, press, is_belated: false, words, kind }
    }
}

/// A press of an inline button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Press {
    /// The message that holds the button, in the private chat, unless it is too old for Telegram to name it.
    pub message: Option<MessageId>,
    /// A fingerprint of what the button carries: the same for the same button.
    pub button: u64,
}

/// What an update is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateKind {
    /// A message that is no command and no menu button.
    Message {
        /// Its id in the sender's private chat.
        message: MessageId,
        /// What it holds.
        content: Content,
        /// The message in the same private chat that it replies to.
        reply_to: Option<MessageId>,
        /// The album it belongs to.
        album: Option<AlbumId>,
        /// What in it can identify its writer.
        leaks: Questions,
    },
    /// A command, menu button or inline button that the engine decides at once.
    Command(Command),
    /// Anything that needs a lane: registration, settings, help, forged buttons.
    Other,
    /// A message was changed: a lane's work, in order behind the messages.
    Edit,
    /// Report, block, or leave for good: a lane's work that nothing may keep out.
    Safety,
    /// Money came, went back, or a subscription changed: a lane books it for anybody, no matter how much else they sent.
    Payment,
    /// The person blocked the bot.
    BotBlocked,
    /// The person unblocked the bot.
    BotUnblocked,
}

/// What people can ask of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Search for a partner.
    Find,
    /// Stop searching.
    CancelSearch,
    /// End this chat and search again; when searching, go on searching.
    Next,
    /// End this chat; when searching, stop searching.
    Stop,
    /// Drop one filter for this search.
    Widen(Filter),
    /// "Chat" in this meeting.
    Agree(ChatId),
    /// Takes "Chat" back.
    TakeBack(ChatId),
    /// "Not now" in this meeting; the search goes on.
    Decline(ChatId),
    /// "Yes" to the invitation of the friend met in this chat.
    AcceptInvitation(ChatId),
    /// "Not now" to the invitation of the friend met in this chat.
    DeclineInvitation(ChatId),
    /// Passes on, in this chat, a message that was written before the chat opened.
    SendNow {
        /// The chat.
        chat: ChatId,
        /// The message.
        message: MessageId,
        /// What it holds.
        content: Content,
    },
    /// Answers whether a message of theirs goes although something in it can identify them.
    SendAnyway {
        /// The message that waits for it.
        hold: HoldId,
        /// Whether it goes.
        is_yes: bool,
    },
    /// Says that they are not under 18, although a message of theirs reads so.
    SayAdult {
        /// The message that waits for it.
        hold: HoldId,
        /// Whether it goes; if not, they take it back.
        is_yes: bool,
    },
    /// Answers whether photos and videos pass to this person, asked because of this message.
    TakeMedia {
        /// The message that waits, or waited.
        hold: HoldId,
        /// Whether they pass.
        is_on: bool,
    },
    /// Has photos and videos pass to this person in this chat from now on, or not.
    TurnMedia {
        /// The chat.
        chat: ChatId,
        /// Whether they pass.
        is_on: bool,
    },
}

impl Command {
    /// Reports whether it ends something, so that it must get through no matter what else the person sent.
    pub const fn is_way_out(self) -> bool {
        matches!(self, Self::Stop | Self::CancelSearch | Self::Decline(_))
    }
}

/// An event for [`super::step`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An update from Telegram, or one read again from the inbox after a restart (then with its row).
    Update {
        /// The update.
        update: Update,
        /// Its inbox row, when it comes from there.
        inbox: Option<InboxId>,
    },
    /// An update that could not be decoded: recorded and passed over.
    Undecodable {
        /// Telegram's number of the update.
        id: UpdateId,
        /// Its sender, if at least that could be read; they are told.
        from: Option<TelegramId>,
        /// What was wrong, without any content.
        reason: Box<str>,
    },
    /// A lane has finished an inbox row, and its transaction has committed.
    LaneDone {
        /// The row; gone by now.
        inbox: InboxId,
        /// Whose lane.
        telegram: TelegramId,
        /// What it means for the engine.
        finished: Finished,
    },
    /// A command addressed to the engine by an operator, or one left over from before a restart.
    Command {
        /// Its row, deleted by the batch that carries its effects.
        id: CommandId,
        /// What to do.
        command: EngineCommand,
    },
    /// A lane has committed rows to this receiver; told before any of them can leave.
    Queued {
        /// The receiver.
        receiver: TelegramId,
        /// How many rows.
        count: u32,
    },
    /// Rows to this receiver left the outbox (delivered, refused or purged).
    Settled {
        /// The receiver.
        receiver: TelegramId,
        /// How many rows.
        count: u32,
        /// Of which chat these were messages passed on, how many of them, and the last one: all before it have left too.
        relayed: Option<(ChatId, u32, OutboxId)>,
    },
    /// A row that belongs to a chat and is no passed-on message reached its receiver, or never will: the first one is the
    /// notice that opened the chat.
    Heard {
        /// The receiver.
        receiver: TelegramId,
        /// The chat.
        chat: ChatId,
        /// When, on Telegram's clock; `None` = that stays unclear.
        at: Option<TelegramTime>,
    },
    /// A send found that the person cannot be reached any more.
    Gone {
        /// Who.
        telegram: TelegramId,
    },
    /// A stored row of work that is no update, read again after a restart.
    Task {
        /// The row.
        inbox: InboxId,
        /// Whose lane.
        telegram: TelegramId,
    },
    /// What this person sent was not passed on, or nobody knows whether it was; it is not tried again.
    NotRelayed {
        /// The sender.
        telegram: TelegramId,
        /// The message, in the sender's private chat.
        message: MessageId,
        /// Why.
        why: Undelivered,
    },
    /// An invoice may not have reached this person, and is not sent again because two of them could be paid twice.
    InvoiceUnclear {
        /// Who asked for it.
        telegram: TelegramId,
    },
    /// Time passed.
    Tick {
        /// Whether updates are being fetched, as far as is known.
        is_listening: bool,
    },
}

/// What a finished lane gives back to the engine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finished {
    /// The person's facts, if a change touched them.
    pub facts: Option<FactsChange>,
    /// What people are entitled to now whose ledger a change touched, receivers of gifts included.
    pub entitlements: Vec<(PersonId, Entitlement)>,
    /// Ratings that a change wiped out or brought back.
    pub ratings: Vec<RatingsShift>,
    /// Commands for the engine that were stored, with their rows.
    pub commands: Vec<(CommandId, EngineCommand)>,
}

/// How the counts of a person's ratings change: relative, so that ratings given meanwhile are not lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RatingsShift {
    /// Whose.
    pub person: PersonId,
    /// Added to the good ones.
    pub up: i64,
    /// Added to the bad ones.
    pub down: i64,
}

/// What a lane learned about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactsChange {
    /// Registered, with these facts now.
    Registered(Box<PersonFacts>),
    /// Not registered any more.
    Erased,
}

coded_enum! {
    /// Why somebody's chat is ended by a lane's command.
    EndCause { Block = "block", Report = "report" }
}

/// Work that only the engine may do, left in the inbox by a lane or an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineCommand {
    /// These two never meet again; a chat between them ends now.
    Separate {
        /// Who asked for it.
        by: PersonId,
        /// The other one.
        other: PersonId,
        /// Block or report.
        cause: EndCause,
    },
    /// This person agrees to today's documents.
    Consented {
        /// Who.
        person: PersonId,
    },
    /// This person took their consents back: their search ends, and they are asked again before the next one.
    Unconsented {
        /// Who.
        person: PersonId,
    },
    /// This person leaves now: end chat and search, forget them, then erase their rows (a lane does).
    Leave {
        /// Who.
        person: PersonId,
    },
    /// This person asked to leave, or stays after all: until the time comes nobody meets them, and nothing is brought up.
    Leaving {
        /// Who.
        person: PersonId,
        /// When they are erased; `None` = they stay.
        at: Option<Timestamp>,
    },
    /// A sanction was stored; end chat and search if it forbids them, and tell the person.
    Sanction {
        /// Whom.
        person: PersonId,
        /// Until when, [`Timestamp::MAX`] forever; `None` = lifted, or it does not suspend.
        until: Option<Timestamp>,
        /// The reason the person reads.
        reason: String,
        /// What else they read; `None` for a lift, and from a release before.
        news: Option<DecisionNews>,
    },
    /// An appeal was decided; the account, registered or not, is told.
    Appealed {
        /// Whose account.
        telegram: TelegramId,
        /// The language in which they are told if they are not registered.
        language: UiLanguage,
        /// How it ended.
        news: AppealNews,
        /// When the decision was made that it is against.
        decided_at: Timestamp,
        /// Until when they are suspended now, [`Timestamp::MAX`] forever; `None` = they are not.
        suspended_until: Option<Timestamp>,
    },
    /// A report about this person led to a sanction, whose command follows.
    Upheld {
        /// Whom.
        person: PersonId,
        /// What was decided.
        upheld: Upheld,
    },
    /// Support corrected what is known of an account, registered or not; they are told.
    Corrected {
        /// Whose account.
        telegram: TelegramId,
        /// The language in which they are told if they are not registered.
        language: UiLanguage,
        /// What is right now.
        news: CorrectionNews,
        /// Until when they are suspended now, [`Timestamp::MAX`] forever; `None` = they are not.
        suspended_until: Option<Timestamp>,
    },
    /// A chat was rated; the rated person's counts are refreshed.
    Rated {
        /// Whom.
        person: PersonId,
        /// Good or bad.
        is_good: bool,
        /// In which chat.
        chat: ChatId,
    },
    /// A person is told something.
    Tell {
        /// Whom.
        person: PersonId,
        /// What.
        news: News,
    },
    /// Somebody changed a message that was relayed: the copy follows, if the two still chat when the engine reads this.
    PassOn {
        /// In which chat.
        chat: ChatId,
        /// The message.
        original: Original,
        /// The call that changes the copy, without its place.
        call: Rendered,
        /// What in it can identify its writer now.
        leaks: Questions,
        /// When it was changed, if that is known.
        edited_at: Option<TelegramTime>,
        /// Whether a copy of it is known.
        is_copied: bool,
        /// What it says in words now. In memory alone: it is not stored with the command.
        words: Option<ChatText>,
    },
    /// A friend is invited to chat.
    Invite {
        /// Who invites.
        inviter: PersonId,
        /// Who is invited.
        invited: PersonId,
        /// The chat the two met in.
        chat: ChatId,
        /// The number by which the inviter knows the invited person, and the one by which they know the inviter.
        numbers: [u16; 2],
    },
    /// Two people are not friends any more: what they invited each other to is over.
    Unfriended {
        /// Who ended it.
        by: PersonId,
        /// The other one.
        other: PersonId,
    },
    /// A refund was asked for: a lane of the payer has Telegram carry it out.
    Refund {
        /// Who paid.
        payer: PersonId,
        /// What.
        charge: ChargeId,
    },
    /// A subscription renews although its owner is suspended past that day: a lane of theirs ends it.
    Subscription {
        /// Whose.
        payer: PersonId,
    },
}
