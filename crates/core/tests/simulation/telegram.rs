//! The model of Telegram: updates until they are confirmed, private chats with their message ids, blocks and limits.

use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

use luvhive_core::chat::{Content, Undelivered};
use luvhive_core::engine::event::Press;
use luvhive_core::engine::{Command, OutboxBody, OutboxRow, Update, UpdateKind};
use luvhive_core::id::{ChatId, HoldId, MessageId, TelegramId, UpdateId};
use luvhive_core::time::TelegramTime;

use super::former;
use super::world::{SECOND, timestamp};

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
    /// The command that a forwarded message reads like.
    pub(crate) forwards: Option<Command>,
}

/// What a person is about to send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draft {
    pub(crate) kind: UpdateKind,
    pub(crate) ask: Ask,
    /// A press of an inline button, which carries no time.
    pub(crate) press: Option<Press>,
    /// So many seconds ago it was written: Telegram has kept it since.
    pub(crate) age_s: i64,
    pub(crate) forwards: Option<Command>,
}

impl Draft {
    pub(crate) fn new(kind: UpdateKind, ask: Ask) -> Self {
        Self { kind, ask, press: None, age_s: 0, forwards: None }
    }
}

/// A call that reaches Telegram.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Poll { offset: UpdateId },
    Send { row: Rc<OutboxRow>, reply_to: Option<MessageId> },
    Ping,
}

/// What a send brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok(MessageId, TelegramTime),
    RetryAfter(i64),
    Gone,
    Refused(Undelivered),
    NotSent,
    Unknown,
}

/// One private chat with the bot.
#[derive(Clone, Debug, Default)]
pub(crate) struct Private {
    pub(crate) last_message: i32,
    pub(crate) is_blocked: bool,
    pub(crate) throttled_until: i64,
    /// Until when what is passed on to this person arrives and is answered unclearly.
    pub(crate) unclear_until: i64,
    /// Own messages and copies, which may be replied to, and from when on: nobody answers what they have not read.
    pub(crate) talk: Vec<(i64, MessageId)>,
    /// Until when Telegram keeps back what this person sends.
    pub(crate) held_until: i64,
    /// The meeting whose card came last, and the message that shows it.
    pub(crate) card: Option<(ChatId, MessageId)>,
    /// Messages that were written before their chat opened and can be sent by a tap.
    pub(crate) offers: Vec<(ChatId, MessageId)>,
    /// The messages because of which they were asked for photos.
    pub(crate) asked: Vec<HoldId>,
    /// The messages of theirs about which they were asked whether they shall go.
    pub(crate) leaks: Vec<HoldId>,
    /// The messages of theirs about which they were asked whether they are under 18.
    pub(crate) ages: Vec<HoldId>,
}

/// All of Telegram.
#[derive(Debug, Default)]
pub(crate) struct Telegram {
    posted: Vec<Posted>,
    unconfirmed: VecDeque<UpdateId>,
    pub(crate) privates: Vec<Private>,
    /// So many confirmed updates come once more with the next poll.
    pub(crate) repeat: usize,
    /// How many seconds Telegram's clock is ahead of ours.
    pub(crate) ahead_s: i64,
    /// Until when no call but `getUpdates` is answered clearly, nor takes effect.
    pub(crate) silent_until: i64,
    /// Until when `getUpdates` gives nothing.
    pub(crate) deaf_until: i64,
    /// How long it gave nothing in all while people acted.
    pub(crate) deaf_for: i64,
    /// Updates that are kept back.
    held: Vec<(usize, Posted)>,
    photos: HashSet<(TelegramId, MessageId)>,
    secrets: HashSet<(TelegramId, MessageId)>,
    written: HashMap<(TelegramId, MessageId), TelegramTime>,
}

pub(crate) fn account(index: usize) -> TelegramId {
    TelegramId::new(FIRST_ACCOUNT + i64::try_from(index).unwrap())
}

pub(crate) fn index_of(account: TelegramId) -> usize {
    usize::try_from(account.get() - FIRST_ACCOUNT).unwrap()
}

impl Telegram {
    pub(crate) fn new(people: usize, ahead_s: i64) -> Self {
        Self { ahead_s, privates: vec![Private::default(); people], ..Self::default() }
    }

    /// `getUpdates` gives nothing until then; people act until `active_until`. A spell that begins within another one ends it.
    pub(crate) fn fall_deaf(&mut self, now: i64, until: i64, active_until: i64) {
        let within = |time: i64| time.clamp(now, active_until.max(now));
        self.deaf_for += within(until) - within(self.deaf_until);
        self.deaf_until = until;
    }

    pub(crate) fn has_unconfirmed(&self) -> bool {
        !self.unconfirmed.is_empty() || !self.held.is_empty()
    }

    /// Whether updates wait to be fetched.
    pub(crate) fn has_unpolled(&self) -> bool {
        !self.unconfirmed.is_empty()
    }

    pub(crate) fn posted(&self, id: UpdateId) -> &Posted {
        &self.posted[usize::try_from(id.get() - FIRST_UPDATE).unwrap()]
    }

    pub(crate) fn all_posted(&self) -> &[Posted] {
        &self.posted
    }

    /// What Telegram's clock shows.
    pub(crate) fn clock(&self, now: i64) -> TelegramTime {
        TelegramTime::at(timestamp(now), self.ahead_s * SECOND)
    }

    /// When a message was written.
    pub(crate) fn written_at(&self, who: TelegramId, message: MessageId) -> Option<TelegramTime> {
        self.written.get(&(who, message)).copied()
    }

    /// Whether a message is a photo.
    pub(crate) fn is_photo(&self, who: TelegramId, message: MessageId) -> bool {
        self.photos.contains(&(who, message))
    }

    /// Whether something in a message can identify its writer.
    pub(crate) fn is_secret(&self, who: TelegramId, message: MessageId) -> bool {
        self.secrets.contains(&(who, message))
    }

    /// A person does something.
    pub(crate) fn post(&mut self, person: usize, draft: Draft, now: i64) {
        let Draft { kind, ask, press, age_s, forwards } = draft;
        let who = account(person);
        let written_at = press.is_none().then(|| TelegramTime::from_seconds(self.clock(now).as_seconds() - age_s));
        if let (UpdateKind::Message { message, .. }, Some(at)) = (kind, written_at) {
            self.written.insert((who, message), at);
        }
        if let UpdateKind::Message { message, content: Content::Photo, .. } = kind {
            self.photos.insert((who, message));
        }
        if let UpdateKind::Message { message, leaks, .. } = kind
            && !leaks.is_empty()
        {
            self.secrets.insert((who, message));
        }
        let mut update = Update::new(UpdateId::new(0), who, kind);
        update.written_at = written_at;
        update.press = press;
        update.callback = press.map(|_| "query".into());
        update.is_belated = age_s > 0;
        if let UpdateKind::Message { message, .. } = update.kind {
            update.words = Some(former::words(update.from, message));
        }
        let posted = Posted { update, ask, is_undecodable: false, forwards };
        if self.privates[person].held_until > now {
            self.held.push((person, posted));
        } else {
            self.publish(posted);
        }
    }

    fn publish(&mut self, mut posted: Posted) {
        posted.update.id = UpdateId::new(FIRST_UPDATE + i64::try_from(self.posted.len()).unwrap());
        self.unconfirmed.push_back(posted.update.id);
        self.posted.push(posted);
    }

    /// Gives out what was kept back long enough.
    pub(crate) fn release(&mut self, now: i64) {
        let held = std::mem::take(&mut self.held);
        let (still, free): (Vec<_>, Vec<_>) = held.into_iter().partition(|(person, _)| self.privates[*person].held_until > now);
        self.held = still;
        for (_, mut posted) in free {
            posted.update.is_belated = true;
            self.publish(posted);
        }
    }

    /// Makes the last update unreadable for us.
    pub(crate) fn spoil_last(&mut self, person: usize) {
        if let Some(posted) = self.posted.last_mut().filter(|posted| posted.update.from == account(person)) {
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
        let at = self.clock(now);
        let private = &mut self.privates[person];
        match &row.body {
            OutboxBody::Relay(_) => private.talk.push((now + READING, message)),
            OutboxBody::Call(call) => match numbers_of(&call.body) {
                ("meeting", [meeting, ..]) => private.card = Some((ChatId::new(meeting), message)),
                ("leak", [hold, _]) => private.leaks.push(HoldId::new(hold)),
                ("age", [hold, _]) => private.ages.push(HoldId::new(hold)),
                ("asked", [hold, _]) => private.asked.push(HoldId::new(hold)),
                ("before", [chat, source]) => {
                    private.offers.push((ChatId::new(chat), MessageId::new(i32::try_from(source).unwrap())));
                }
                _ => {}
            },
            OutboxBody::Edit { .. } => {}
        }
        Outcome::Ok(message, at)
    }
}

/// The first word of a text of ours, and the numbers after it; missing ones are 0.
pub(crate) fn numbers_of(body: &str) -> (&str, [i64; 2]) {
    let mut words = body.split(' ');
    let word = words.next().unwrap_or("");
    let mut number = || words.next().and_then(|number| number.parse().ok()).unwrap_or(0);
    (word, [number(), number()])
}
