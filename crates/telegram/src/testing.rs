//! What this crate's tests share: a messenger and a till that do what they are asked, and fail as they are told.

mod till;

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use hmac::Mac as _;
use luvhive_core::chat::Undelivered;
use luvhive_core::engine::checkout::Invoice;
use luvhive_core::engine::effect::OutboxBody;
use luvhive_core::id::{MessageId, TelegramId};
use luvhive_core::ports::{Delivery, Messenger, MessengerError};
use luvhive_core::time::TelegramTime;
use tokio::time::{Instant, sleep};

use crate::key::BotKey;

pub(crate) use till::FakeTill;

/// A payload as the release before wrote it.
pub(crate) fn signed(key: &BotKey, invoice: &Invoice) -> String {
    let Invoice { plan, payer, receiver, nonce, expires_at, .. } = invoice;
    let body = format!("1:{plan}:{payer}:{receiver}:{nonce:016x}:{}", expires_at.as_micros() / 1_000_000);
    let mut mac = key.mac();
    mac.update(body.as_bytes());
    let tag: [u8; 16] = mac.finalize().into_bytes().first_chunk().copied().unwrap();
    format!("{body}:{:032x}", u128::from_be_bytes(tag))
}

/// What a send comes to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Fine,
    Throttled,
    Unknown,
    NotSent,
    Gone,
    Refused(Undelivered),
}

/// One send.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) receiver: TelegramId,
    pub(crate) body: OutboxBody,
    /// The message it replies to.
    pub(crate) quote: Option<MessageId>,
    /// When it began.
    pub(crate) at: Instant,
}

impl Sent {
    /// The message that a relay copies; 0 for a call.
    pub(crate) fn source(&self) -> i32 {
        match &self.body {
            OutboxBody::Relay(relay) => relay.source.get(),
            OutboxBody::Call(_) | OutboxBody::Edit { .. } => 0,
        }
    }
}

/// A messenger that writes down what it is asked for. Every send succeeds unless a script says otherwise.
#[derive(Debug, Default)]
pub(crate) struct FakeMessenger {
    /// What sends come to, by receiver; a list's last answer goes on forever.
    script: HashMap<TelegramId, Mutex<Vec<Answer>>>,
    takes: Mutex<Duration>,
    clock: Option<TelegramTime>,
    tries: Mutex<Vec<Sent>>,
    delivered: Mutex<Vec<Sent>>,
    answered: Mutex<Vec<String>>,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
    deaths: AtomicU32,
    is_silent: AtomicBool,
    loses_answers: AtomicBool,
    pings: AtomicUsize,
}

impl FakeMessenger {
    /// Sends to this receiver come to these answers in turn.
    pub(crate) fn scripted(receiver: i64, answers: Vec<Answer>) -> Self {
        Self { script: HashMap::from([(TelegramId::new(receiver), Mutex::new(answers))]), ..Self::default() }
    }

    /// Every message is stamped with this time.
    pub(crate) fn stamping(clock: TelegramTime) -> Self {
        Self { clock: Some(clock), ..Self::default() }
    }

    /// From now on each send takes so long.
    pub(crate) fn take(&self, time: Duration) {
        *self.takes.lock().unwrap() = time;
    }

    /// The process that sends has died: what it had under way comes to nothing.
    pub(crate) fn cut_off(&self) {
        self.deaths.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether from now on no call has a clear outcome, whatever the script says.
    pub(crate) fn be_silent(&self, is_silent: bool) {
        self.is_silent.store(is_silent, Ordering::SeqCst);
    }

    /// From now on no send has a clear outcome, but a sign of life is given.
    pub(crate) fn lose_answers(&self) {
        self.loses_answers.store(true, Ordering::SeqCst);
    }

    /// How often it was asked for a sign of life.
    pub(crate) fn pings(&self) -> usize {
        self.pings.load(Ordering::SeqCst)
    }

    /// Every send, in the order in which they began.
    pub(crate) fn tries(&self) -> Vec<Sent> {
        self.tries.lock().unwrap().clone()
    }

    /// Every send that arrived, in order.
    pub(crate) fn delivered(&self) -> Vec<Sent> {
        self.delivered.lock().unwrap().clone()
    }

    /// The buttons whose spinner was stopped, in order.
    pub(crate) fn answered(&self) -> Vec<String> {
        self.answered.lock().unwrap().clone()
    }

    /// How many sends were under way at once.
    pub(crate) fn most_under_way(&self) -> usize {
        self.most_under_way.load(Ordering::SeqCst)
    }

    fn next_answer(&self, receiver: TelegramId) -> Answer {
        let Some(answers) = self.script.get(&receiver) else { return Answer::Fine };
        let mut answers = answers.lock().unwrap();
        if answers.len() > 1 { answers.remove(0) } else { answers[0] }
    }
}

#[async_trait::async_trait]
impl Messenger for FakeMessenger {
    async fn deliver(
        &self,
        receiver: TelegramId,
        body: &OutboxBody,
        reply_to: Option<MessageId>,
    ) -> Result<Delivery, MessengerError> {
        let sent = Sent { receiver, body: body.clone(), quote: reply_to, at: Instant::now() };
        self.tries.lock().unwrap().push(sent.clone());
        let (takes, deaths) = (*self.takes.lock().unwrap(), self.deaths.load(Ordering::SeqCst));
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_under_way.fetch_max(now, Ordering::SeqCst);
        sleep(takes).await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        if self.deaths.load(Ordering::SeqCst) != deaths {
            return Err(MessengerError::Unknown("dead".into()));
        }
        if self.is_silent.load(Ordering::SeqCst) || self.loses_answers.load(Ordering::SeqCst) {
            return Err(MessengerError::Unknown("silent".into()));
        }
        match self.next_answer(receiver) {
            Answer::Fine => {}
            Answer::Throttled => return Err(MessengerError::RetryAfter(Duration::from_secs(30))),
            Answer::Unknown => return Err(MessengerError::Unknown("cut".into())),
            Answer::NotSent => return Err(MessengerError::NotSent("no way".into())),
            Answer::Gone => return Err(MessengerError::Gone),
            Answer::Refused(why) => return Err(MessengerError::Rejected { code: 400, why }),
        }
        // A copy's number follows from its source, so that tests know it.
        let message = MessageId::new(sent.source() + 10_000);
        self.delivered.lock().unwrap().push(sent);
        Ok(Delivery { message: Some(message), at: self.clock })
    }

    async fn answer(&self, callback: &str) -> Result<(), MessengerError> {
        self.answered.lock().unwrap().push(callback.to_owned());
        Ok(())
    }

    async fn ping(&self) -> Result<(), MessengerError> {
        self.pings.fetch_add(1, Ordering::SeqCst);
        if self.is_silent.load(Ordering::SeqCst) { Err(MessengerError::Unknown("silent".into())) } else { Ok(()) }
    }
}
