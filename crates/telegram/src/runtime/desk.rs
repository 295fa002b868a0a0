//! The desk at the till: answers every pre-checkout query at once, from memory, past everything that waits.
//! While the database is unavailable it says so instead, because then nobody could be given what they pay for.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use frankenstein::methods::AnswerPreCheckoutQueryParams;
use luvhive_core::engine::checkout::{Checkout, CheckoutRefusal, CheckoutVerdict, check};
use luvhive_core::engine::effect::OutboxBody;
use luvhive_core::engine::{Rendered, State};
use luvhive_core::error::chain;
use luvhive_core::person::UiLanguage;
use luvhive_core::ports::{Messenger, MessengerError};
use luvhive_core::time::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

use crate::intake::checkout::CheckoutQuery;
use crate::key::BotKey;
use crate::locale::Words;
use crate::rendered::render;
use crate::signal::LeaseTerm;
use crate::signal::health::Health;
use crate::view::checkout as view;

/// How long a query waits for a database that is unavailable before it is refused. It may have waited already until it was
/// looked for, and is to be answered within a second.
const OUTAGE_PATIENCE: Duration = Duration::from_millis(200);
/// How long it waits for the engine, which may be reading what is stored. With [`FENCE_PATIENCE`], 300 ms of the second are
/// left for the way to Telegram.
const ENGINE_PATIENCE: Duration = Duration::from_millis(500);
/// How long an answer is tried; Telegram takes it for 10 s (Bot API 10.3, `answerPreCheckoutQuery`).
const ANSWER_LASTS: Duration = Duration::from_secs(9);
/// The pause after an answer that did not get through.
const RETRY_PAUSE: Duration = Duration::from_millis(150);
/// How often it is looked whether the database is back.
const HEALTH_PAUSE: Duration = Duration::from_millis(50);
/// How long it waits for word that another process took over, once the lease has run out: the heartbeat of a process that
/// was frozen comes at once.
const FENCE_PATIENCE: Duration = Duration::from_millis(200);
/// How many queries are remembered, because an update that cannot be confirmed comes again and again.
const REMEMBERED: usize = 10_000;

/// A question to the engine, which answers it between two batches.
#[derive(Debug)]
pub(crate) struct Ask {
    checkout: Checkout,
    verdict: oneshot::Sender<CheckoutVerdict>,
}

impl Ask {
    /// Answers from memory.
    pub(crate) fn answer(self, state: &State, now: Timestamp) {
        // The person who asked may have given up.
        let _ = self.verdict.send(check(state, &self.checkout, now));
    }
}

/// The engine's end of the desk.
pub(crate) type Asks = mpsc::UnboundedReceiver<Ask>;

/// What the desk needs.
pub(crate) struct DeskParts {
    pub(crate) key: BotKey,
    pub(crate) messenger: Arc<dyn Messenger>,
    pub(crate) health: Arc<Health>,
    pub(crate) term: Arc<LeaseTerm>,
    /// True once another process owns the shard.
    pub(crate) fenced: watch::Receiver<bool>,
}

impl DeskParts {
    /// Reports whether the query is for this process to answer: another one that took over was asked too.
    async fn may_answer(&self) -> bool {
        if self.term.is_running() {
            return true;
        }
        let mut fenced = self.fenced.clone();
        timeout(FENCE_PATIENCE, fenced.wait_for(|&is_fenced| is_fenced)).await.is_err()
    }
}

/// Opens the desk. It closes once no door is left.
pub(crate) fn open(parts: DeskParts, queries: mpsc::UnboundedReceiver<CheckoutQuery>) -> (JoinHandle<()>, Asks) {
    let (asks, engine) = mpsc::unbounded_channel();
    (tokio::spawn(serve(Arc::new(parts), asks, queries)), engine)
}

async fn serve(parts: Arc<DeskParts>, asks: mpsc::UnboundedSender<Ask>, mut queries: mpsc::UnboundedReceiver<CheckoutQuery>) {
    let mut known = Known::default();
    let mut served = JoinSet::new();
    loop {
        tokio::select! {
            query = queries.recv() => match query {
                Some(query) if known.is_new(&query.id) => {
                    served.spawn(one(parts.clone(), asks.clone(), query));
                }
                Some(_again) => {}
                None => break,
            },
            Some(_) = served.join_next() => {}
        }
    }
    while served.join_next().await.is_some() {}
}

/// Queries that were handed in lately.
#[derive(Default)]
struct Known {
    set: HashSet<Box<str>>,
    order: VecDeque<Box<str>>,
}

impl Known {
    fn is_new(&mut self, id: &str) -> bool {
        if !self.set.insert(id.into()) {
            return false;
        }
        self.order.push_back(id.into());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.set.remove(&oldest);
        }
        true
    }
}

async fn one(parts: Arc<DeskParts>, asks: mpsc::UnboundedSender<Ask>, query: CheckoutQuery) {
    let came = Instant::now();
    let CheckoutQuery { id, from, language, currency, amount, payload } = query;
    let guessed = language.as_deref().map_or(UiLanguage::English, UiLanguage::from_tag);
    let checkout = Checkout { from, language, currency, amount, invoice: parts.key.invoices().open(&payload) };
    let verdict = decide(&parts, &asks, checkout).await;
    let verdict = verdict.unwrap_or(CheckoutVerdict { language: guessed, refusal: Some(CheckoutRefusal::TryLater) });
    if let Some(refusal) = verdict.refusal {
        info!(refusal = ?refusal, "a payment is refused before it is made");
    }
    let body = OutboxBody::Call(reply(&id, verdict));
    // In this order: whether it may be answered can take a moment to learn.
    while parts.may_answer().await && came.elapsed() < ANSWER_LASTS {
        let pause = match parts.messenger.deliver(from, &body, None).await {
            Ok(_delivered) => return,
            // Too late, or answered before: nobody waits any more.
            Err(MessengerError::Rejected { .. } | MessengerError::Gone) => return,
            Err(MessengerError::RetryAfter(pause)) => pause,
            Err(error @ (MessengerError::NotSent(_) | MessengerError::Unknown(_))) => {
                warn!(cause = chain(&error), "a pre-checkout query could not be answered; trying again");
                RETRY_PAUSE
            }
        };
        sleep(pause.min(ANSWER_LASTS)).await;
    }
}

/// Asks the engine. `None` = it cannot answer, or what it says could not be kept, because the database is unavailable.
async fn decide(parts: &DeskParts, asks: &mpsc::UnboundedSender<Ask>, checkout: Checkout) -> Option<CheckoutVerdict> {
    let (verdict, answered) = oneshot::channel();
    asks.send(Ask { checkout, verdict }).ok()?;
    let decided = async {
        let verdict = answered.await.ok()?;
        while verdict.refusal.is_none() && !parts.health.is_well() {
            sleep(HEALTH_PAUSE).await;
        }
        Some(verdict)
    };
    let outage = async {
        // Once the lease is over the database has been unavailable for long.
        if parts.term.is_running() {
            sleep(OUTAGE_PATIENCE).await;
        }
        while parts.health.is_well() {
            sleep(HEALTH_PAUSE).await;
        }
    };
    tokio::select! {
        biased;
        decided = timeout(ENGINE_PATIENCE, decided) => decided.ok().flatten(),
        () = outage => None,
    }
}

fn reply(id: &str, verdict: CheckoutVerdict) -> Rendered {
    let words = Words::new(verdict.language);
    let error_message = verdict.refusal.map(|refusal| view::refusal(words, refusal));
    let answer = AnswerPreCheckoutQueryParams::builder()
        .pre_checkout_query_id(id)
        .ok(error_message.is_none())
        .maybe_error_message(error_message)
        .build();
    render("answerPreCheckoutQuery", &answer)
}

#[cfg(test)]
mod tests;
