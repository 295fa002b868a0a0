//! The journal: the one place where decisions of the engine and the lanes become durable.

use crate::coins::{InviteCode, Movement};
use crate::conduct::{NewReport, ReportWords, Subject, SubjectHash};
use crate::correction::SupportCode;
use crate::decision::NewAppeal;
use crate::engine::batch::Batch;
use crate::engine::effect::OutboxRow;
use crate::engine::event::{EndCause, EngineCommand, Finished};
use crate::engine::loaded::Loaded;
use crate::id::{BotId, ChatId, CommandId, Epoch, InboxId, OutboxId, PersonId, Shard, TelegramId, UpdateId};
use crate::person::preferences::Preferences;
use crate::person::registration::NewPerson;
use crate::person::{Consent, Profile, UiLanguage};
use crate::ports::StoreError;
use crate::ports::chats::MessagePair;
use crate::ports::people::DialogRecord;
use crate::premium::{ChargeId, Grant, Payment, Refund, RefundRequest};
use crate::time::{Day, Timestamp};

/// The right to write for one shard, until it expires or another process takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The bot.
    pub bot: BotId,
    /// The shard.
    pub shard: Shard,
    /// How many owners there were, this one included.
    pub epoch: Epoch,
    /// The watermark when the lease was taken: the highest update number taken in.
    pub watermark: Option<UpdateId>,
    /// When that watermark was written.
    pub watermark_at: Option<Timestamp>,
}

/// Why a journal did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another process owns the shard; the writer must stop at once.
    #[error("another process owns the shard")]
    Fenced,
    /// The lease is held by another process that is alive.
    #[error("lease is held by {owner}")]
    Held {
        /// The owner's self-chosen name: process number, host, and letters drawn at its start.
        owner: String,
    },
    /// The store failed.
    #[error("journal is not writable")]
    Store(#[from] StoreError),
}

/// Whether the session that settles is the one that settled before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// It is.
    Same,
    /// It was made since: a crash of the database may have taken back what the one before settled last.
    New,
}

/// A row that left the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The row.
    pub outbox: OutboxId,
    /// The pair it made, for a relay that arrived.
    pub pair: Option<MessagePair>,
}

/// A change that a lane makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The language of the bot's texts was chosen.
    SetLanguage(UiLanguage),
    /// Consent was given.
    Consent(Consent),
    /// The account is refused as a minor. The first refusal counts: of an account that is refused already only a missing
    /// code is added.
    RefuseMinor {
        /// When.
        at: Timestamp,
        /// The date that was typed; it decides how long the refusal is kept. `None` = it is not known any more.
        born: Option<Day>,
        /// The code by which support finds the account.
        code: SupportCode,
    },
    /// A registered person says that they are a minor: their account is refused and they are suspended forever, as by a
    /// correction. Of an account that is refused already nothing changes but a missing code.
    RefuseMember {
        /// Who.
        person: PersonId,
        /// When.
        at: Timestamp,
        /// The code by which support finds the account.
        code: SupportCode,
    },
    /// The unfinished conversation is now this; `None` = finished.
    Dialog(Option<DialogRecord>),
    /// An account that is not registered wants nothing kept: conversation, consents and language go, a refusal stays.
    Forget,
    /// The person is registered. The store draws a pseudonym.
    Register(Box<NewPerson>),
    /// The editable parts of the profile are now these (gender and date of birth are left alone).
    Profile(PersonId, Box<Profile>),
    /// Whom they want to meet is now this.
    Preferences(PersonId, Preferences),
    /// A rating; a second one for the same chat and rater changes nothing.
    Rate {
        /// The chat.
        chat: ChatId,
        /// Who rates.
        rater: PersonId,
        /// Who is rated.
        rated: PersonId,
        /// Good or bad.
        is_good: bool,
        /// When.
        at: Timestamp,
    },
    /// A block, forever; a second one changes nothing. Friendship and requests between the two end with it. Of somebody
    /// who left meanwhile, the account that was in the chat is blocked.
    Block {
        /// Who blocks.
        blocker: PersonId,
        /// Who is blocked.
        blocked: PersonId,
        /// In or after which chat.
        chat: ChatId,
        /// When.
        at: Timestamp,
    },
    /// A block of an account that was left: a person who comes back with it never meets the blocker. If somebody is back already,
    /// it is a [`Change::Block`] of that person, and the engine is told to separate the two.
    BlockAccount {
        /// Who blocks.
        blocker: PersonId,
        /// The account.
        blocked: SubjectHash,
        /// What the block comes with.
        cause: EndCause,
        /// When.
        at: Timestamp,
    },
    /// A request to become friends; a second one only moves its time. Of two where the asker blocked the other, who are
    /// friends or of whom one was erased meanwhile, nothing is stored. Where the other blocked the asker, it is stored and
    /// can never be accepted, so that asking twice is answered as it always is.
    AskFriend {
        /// Who asks.
        asker: PersonId,
        /// Who is asked.
        other: PersonId,
        /// In or after which chat.
        chat: ChatId,
        /// When.
        at: Timestamp,
    },
    /// A request is accepted: both are friends, known to each other by the next number of each. Without an open request of
    /// `asker`, or with a block, nothing changes.
    Befriend {
        /// Who accepts.
        person: PersonId,
        /// Who asked.
        asker: PersonId,
        /// When.
        at: Timestamp,
    },
    /// Friendship and requests between these two end.
    Unfriend {
        /// Who ends it.
        person: PersonId,
        /// The other one.
        friend: PersonId,
    },
    /// A report about the other person of a chat; a second one for the same chat and reporter changes nothing.
    Report(NewReport),
    /// What a reporter says in their own words of the chat that they have just reported; once a report, and only while it is open.
    ReportWords(ReportWords),
    /// The lane's own account appeals against a decision about it; a second appeal against the same one changes nothing.
    Appeal(NewAppeal),
    /// Of this person, who is about to be erased, it is kept that they were here, until when they are suspended, who
    /// blocked whom, what they took that can be had once, and which of the last chats they sat in.
    Remember {
        /// Who.
        person: PersonId,
        /// How they are known again.
        subject: Subject,
    },
    /// The lane's own account came by: what is stored under its older key is stored under today's from now on. If it is
    /// registered, maybe with a change before this one, it goes on where it left off: suspensions and blocks hold, and the
    /// engine is told whom to keep apart. An account that was never left changes nothing.
    Recall(Subject),
    /// The lane's own account takes its consents back: nothing says any more that it agreed.
    Unconsent,
    /// The lane's own account is sent the file of its data.
    DataSent {
        /// When.
        at: Timestamp,
    },
    /// The person is erased at this time and hidden until then; `None` = they stay after all.
    Leaving {
        /// Who.
        person: PersonId,
        /// When they are erased.
        at: Option<Timestamp>,
    },
    /// Everything about the person is removed, but for what safety requires: decisions, and open reports about them under
    /// their pseudonym.
    Erase(PersonId),
    /// A payment; a second one with the same charge changes nothing. Somebody erased meanwhile is left out of the row.
    /// A rating reset takes place with it, unless its refund was booked before.
    BookPayment(Box<Payment>),
    /// A refund was asked for; of a charge that was refunded or asked for already nothing changes.
    RequestRefund(RefundRequest),
    /// Telegram refuses the refund for good: the request is gone, the payment stands.
    WithdrawRefund(ChargeId),
    /// A refund happened; a second one of the same charge changes nothing. It may come before its payment.
    BookRefund(Refund),
    /// The subscription behind this charge was cancelled; `None` = it goes on again.
    CloseSubscription {
        /// The charge.
        charge: ChargeId,
        /// When it was cancelled.
        canceled_at: Option<Timestamp>,
    },
    /// Days without a payment; a second grant with the same key changes nothing.
    Grant(Box<Grant>),
    /// Coins move; a second movement with the same key changes nothing. A balance that would fall below zero is the
    /// conflict `coin_accounts_balance_check`. To or from somebody erased meanwhile nothing moves.
    MoveCoins(Box<Movement>),
    /// This is the code of a person's invitations, unless they have one.
    OpenInvites {
        /// Whose.
        person: PersonId,
        /// The code.
        code: InviteCode,
    },
    /// The lane's own account came by this invitation. Counts only together with its [`Change::Register`], and never for
    /// one's own code; an unknown code changes nothing.
    RecordInvite {
        /// The code of the link.
        code: InviteCode,
        /// When.
        at: Timestamp,
    },
    /// Work for the engine: a row of commands, answered by [`Finished::commands`].
    ToEngine(EngineCommand),
}

/// What a lane did about one row of the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneResult {
    /// The row.
    pub inbox: InboxId,
    /// Whose lane.
    pub telegram: TelegramId,
    /// What becomes true, in this order.
    pub changes: Vec<Change>,
    /// What is to be sent.
    pub outgoing: Vec<OutboxRow>,
    /// When.
    pub now: Timestamp,
}

/// Writes what happened. One journal serves one bot and shard.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait::async_trait]
pub trait Journal: Send + Sync {
    /// Takes the shard: epoch + 1, for a lease of `length`, by the store's own clock: those who ask may disagree about the
    /// time, and the store alone says whether a lease has run out.
    ///
    /// Waits for lanes of the former owner that are about to commit; afterwards none of them can.
    ///
    /// # Errors
    /// [`JournalError::Held`] while another living owner's lease runs, [`JournalError::Store`].
    async fn acquire(&self, owner: &str, length: std::time::Duration) -> Result<Lease, JournalError>;

    /// Prolongs the lease, by the store's own clock. Does not touch the watermark.
    ///
    /// # Errors
    /// [`JournalError::Fenced`] if another process owns it, [`JournalError::Store`].
    async fn heartbeat(&self, lease: &Lease, length: std::time::Duration) -> Result<(), JournalError>;

    /// Gives the lease back, so that the next owner need not wait.
    ///
    /// # Errors
    /// [`JournalError::Store`]; a lease that is not ours any more is no error.
    async fn release(&self, lease: &Lease) -> Result<(), JournalError>;

    /// Reads everything the engine needs.
    ///
    /// # Errors
    /// [`JournalError::Store`].
    async fn load(&self, lease: &Lease, now: Timestamp) -> Result<Loaded, JournalError>;

    /// Commits a batch by one statement, which also moves the watermark from `previous` to the batch's.
    ///
    /// Atomic. A lost reply is settled inside: the lease row tells whether it was committed; otherwise the same
    /// statement is sent again.
    ///
    /// # Errors
    /// [`JournalError::Fenced`]: stop at once. [`StoreError::Conflict`]: a constraint refused the batch, nothing of it
    /// is stored. [`StoreError::Unavailable`]: not committed; sending it again is right.
    async fn commit(&self, lease: &Lease, previous: Option<UpdateId>, batch: &Batch) -> Result<(), JournalError>;

    /// Commits a lane's result: applies the changes in order, stores the outgoing rows, deletes the inbox row.
    ///
    /// Atomic, under a lock on the lease row for this epoch. If the inbox row is not there any more nothing happens and
    /// the answer is [`StoreError::NotFound`].
    ///
    /// # Errors
    /// [`JournalError::Fenced`], [`StoreError::NotFound`], [`StoreError::Conflict`], [`StoreError::Unavailable`].
    async fn finish(&self, lease: &Lease, work: &LaneResult) -> Result<Finished, JournalError>;

    /// Deletes rows that left the sender and stores the pairs they made, on a connection that does not wait for the disk.
    ///
    /// Idempotent. A database crash may bring back rows of the last moments: the answer tells of a new session, and the
    /// sender settles those again. Without rows it only looks whether the session still stands.
    ///
    /// # Errors
    /// [`JournalError::Store`].
    async fn settle(&self, lease: &Lease, settlements: &[Settlement], now: Timestamp) -> Result<Session, JournalError>;

    /// Lists commands that operators left for the engine (not those of lanes), by id, at most 100.
    ///
    /// # Errors
    /// [`JournalError::Store`].
    async fn list_commands(&self, lease: &Lease) -> Result<Vec<(CommandId, EngineCommand)>, JournalError>;
}
