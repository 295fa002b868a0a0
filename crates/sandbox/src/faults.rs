//! Scripted faults: what goes wrong, for which requests, how often and how long.

mod pace;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fastrand::Rng;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use self::pace::Pace;
use crate::strict::params::Params;

/// What happens to a request or an update.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum FaultAction {
    /// 429 with this `retry_after` in seconds; without one, the seconds the rule still lasts.
    TooManyRequests {
        /// Seconds, at least 1.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// A Bot API error of this status, such as 500; nothing takes effect.
    Error {
        /// 400 to 599.
        status: u16,
        /// The description after the status's name.
        #[serde(default)]
        description: Option<String>,
    },
    /// 502 with an HTML page, as the front server sends it; nothing takes effect.
    BadGateway,
    /// The connection is cut; nothing took effect.
    CutBefore,
    /// The connection is cut after the request took effect: the outcome is unknown.
    CutAfter,
    /// The request takes effect; the reply is a 502 HTML page.
    BadGatewayAfter,
    /// The request takes effect; the reply is cut off in the middle of its JSON.
    TornReply,
    /// The answer comes this much later; other rules still apply.
    Latency {
        /// Milliseconds.
        ms: u64,
    },
    /// 429 for what is sent faster than Telegram allows: to one chat, to one group, and in all; see `faults/pace.rs`.
    RateLimits,
    /// Updates reach the queue this much later.
    LateUpdates {
        /// Milliseconds.
        ms: u64,
    },
    /// Updates are delivered once more after they were confirmed.
    DuplicateUpdates,
    /// The bot is told of a payment by two updates.
    DuplicatePayments,
    /// An agreed payment waits until [`crate::Sandbox::release_payments`].
    HoldPayments,
    /// The bot is never told of a payment; it stands in the transaction history alone.
    LosePayments,
    /// A payment is made at once, as if the bot's answer to the pre-checkout query were not needed.
    UnansweredPayments,
    /// The bot agrees to a payment, and the person does not go through with it.
    AbandonPayments,
}

/// One rule. Rules are tried in the order in which they were added; the first that applies decides.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What happens.
    pub action: FaultAction,
    /// Only this method; `None` stands for all but `getUpdates`.
    #[serde(default)]
    pub method: Option<String>,
    /// Only requests to this chat.
    #[serde(default)]
    pub chat: Option<i64>,
    /// Share of the fitting requests, 0 to 100.
    #[serde(default = "all")]
    pub percent: f64,
    /// How many times at most.
    #[serde(default)]
    pub times: Option<u32>,
    /// How long from now, in milliseconds.
    #[serde(default)]
    pub for_ms: Option<u64>,
}

fn all() -> f64 {
    100.0
}

impl Fault {
    /// A fault of every request but `getUpdates`, until it is removed.
    pub fn new(action: FaultAction) -> Self {
        Self { action, method: None, chat: None, percent: 100.0, times: None, for_ms: None }
    }

    /// Only for this method.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Only for requests to this chat.
    #[must_use]
    pub fn chat(mut self, chat: impl Into<i64>) -> Self {
        self.chat = Some(chat.into());
        self
    }

    /// Only for this share of requests, 0 to 100.
    #[must_use]
    pub fn percent(mut self, percent: f64) -> Self {
        self.percent = percent;
        self
    }

    /// At most this often.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Only for this long from now.
    #[must_use]
    pub fn lasting(mut self, time: Duration) -> Self {
        self.for_ms = Some(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// Whether its numbers are in their ranges.
    pub(crate) fn is_sound(&self) -> bool {
        let has_status = match self.action {
            FaultAction::Error { status, .. } => (400..600).contains(&status),
            _ => true,
        };
        has_status && (0.0..=100.0).contains(&self.percent)
    }

    fn concerns_requests(&self) -> bool {
        let is_of_updates = matches!(self.action, FaultAction::LateUpdates { .. } | FaultAction::DuplicateUpdates);
        !is_of_updates && PaymentFault::of(&self.action).is_none()
    }
}

/// A rule at work.
#[derive(Debug, Clone, Serialize)]
pub struct ActiveFault {
    /// Its id, for removing it.
    pub id: u64,
    /// The rule, with what is left of `times`.
    pub fault: Fault,
    /// How often it has applied.
    pub hits: u64,
    #[serde(skip)]
    until: Option<Instant>,
}

/// What was decided for one request.
#[derive(Debug, Default)]
pub(crate) struct RequestFault {
    pub(crate) latency: Duration,
    pub(crate) action: Option<FaultAction>,
}

/// What was decided for one payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PaymentFault {
    Twice,
    Held,
    Lost,
    Unanswered,
    Abandoned,
}

impl PaymentFault {
    fn of(action: &FaultAction) -> Option<Self> {
        match action {
            FaultAction::DuplicatePayments => Some(Self::Twice),
            FaultAction::HoldPayments => Some(Self::Held),
            FaultAction::LosePayments => Some(Self::Lost),
            FaultAction::UnansweredPayments => Some(Self::Unanswered),
            FaultAction::AbandonPayments => Some(Self::Abandoned),
            _ => None,
        }
    }
}

/// What was decided for one update.
#[derive(Debug)]
pub(crate) enum UpdateFault {
    Late(Duration),
}

/// All rules.
pub(crate) struct Faults {
    /// False while there are no rules, so that the usual request pays nothing.
    is_armed: AtomicBool,
    rules: Mutex<Rules>,
}

struct Rules {
    rng: Rng,
    next_id: u64,
    active: Vec<ActiveFault>,
    /// How fast the bot has sent, while limits are at work.
    pace: Pace,
}

impl Faults {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let rules =
            Rules { rng: seed.map_or_else(Rng::new, Rng::with_seed), next_id: 1, active: Vec::new(), pace: Pace::default() };
        Self { is_armed: AtomicBool::new(false), rules: Mutex::new(rules) }
    }

    /// Adds a rule; returns its id.
    pub(crate) fn add(&self, fault: Fault) -> u64 {
        let mut rules = self.rules.lock();
        let id = rules.next_id;
        rules.next_id += 1;
        let until = fault.for_ms.map(|ms| Instant::now() + Duration::from_millis(ms));
        rules.active.push(ActiveFault { id, fault, hits: 0, until });
        self.is_armed.store(true, Ordering::Release);
        id
    }

    /// Removes one rule, or all with `None`.
    pub(crate) fn remove(&self, id: Option<u64>) {
        let mut rules = self.rules.lock();
        rules.active.retain(|active| id.is_some_and(|id| id != active.id));
        self.is_armed.store(!rules.active.is_empty(), Ordering::Release);
    }

    /// The rules at work.
    pub(crate) fn list(&self) -> Vec<ActiveFault> {
        let mut rules = self.rules.lock();
        rules.drop_finished();
        rules.active.clone()
    }

    /// Decides about a request.
    pub(crate) fn for_request(&self, method: &str, params: &Params) -> RequestFault {
        let mut fault = RequestFault::default();
        let chat = params.chat("chat_id").ok();
        let is_group = chat.is_some_and(|chat| chat < 0);
        if !is_group && !self.is_armed.load(Ordering::Acquire) {
            return fault;
        }
        let mut rules = self.rules.lock();
        rules.drop_finished();
        let Rules { rng, active, pace, .. } = &mut *rules;
        for rule in active.iter_mut().filter(|rule| rule.fault.concerns_requests()) {
            let fits = match &rule.fault.method {
                Some(wanted) => wanted.eq_ignore_ascii_case(method),
                None => !method.eq_ignore_ascii_case("getUpdates"),
            };
            if !fits || rule.fault.chat.is_some_and(|wanted| chat != Some(wanted)) {
                continue;
            }
            let wait = match rule.fault.action {
                // Only what it refuses is a hit.
                FaultAction::RateLimits => match pace.wait(Instant::now(), method, params) {
                    Some(wait) => Some(wait),
                    None => continue,
                },
                _ => None,
            };
            if !rule.take(rng) {
                continue;
            }
            match &rule.fault.action {
                FaultAction::Latency { ms } => fault.latency += Duration::from_millis(*ms),
                FaultAction::TooManyRequests { retry_after: None } => {
                    let left = rule.until.map_or(1, |until| (until - Instant::now()).as_secs() + 1);
                    fault.action = Some(FaultAction::TooManyRequests { retry_after: Some(left) });
                    break;
                }
                action => {
                    let limited = wait.map(|wait| FaultAction::TooManyRequests { retry_after: Some(wait) });
                    fault.action = Some(limited.unwrap_or_else(|| action.clone()));
                    break;
                }
            }
        }
        // The channel has its limit at all times, unless the rule has counted already.
        let is_counted = active.iter().any(|rule| rule.fault.action == FaultAction::RateLimits);
        if is_group && fault.action.is_none() && !is_counted {
            let wait = pace.wait_for_group(Instant::now(), method, params);
            fault.action = wait.map(|wait| FaultAction::TooManyRequests { retry_after: Some(wait) });
        }
        fault
    }

    /// Decides about an update on its way into the queue.
    pub(crate) fn for_update(&self) -> Option<UpdateFault> {
        self.find(|fault| match fault.action {
            FaultAction::LateUpdates { ms } => Some(UpdateFault::Late(Duration::from_millis(ms))),
            _ => None,
        })
    }

    /// Whether a confirmed update is to be delivered once more.
    pub(crate) fn is_duplicated(&self) -> bool {
        self.find(|fault| (fault.action == FaultAction::DuplicateUpdates).then_some(())).is_some()
    }

    /// Decides about a payment of this person; only these faults come into question.
    pub(crate) fn for_payment(&self, person: i64, among: &[PaymentFault]) -> Option<PaymentFault> {
        self.find(|fault| {
            let is_theirs = fault.chat.is_none_or(|chat| chat == person);
            PaymentFault::of(&fault.action).filter(|known| is_theirs && among.contains(known))
        })
    }

    fn find<T>(&self, pick: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        if !self.is_armed.load(Ordering::Acquire) {
            return None;
        }
        let mut rules = self.rules.lock();
        rules.drop_finished();
        let Rules { rng, active, .. } = &mut *rules;
        active.iter_mut().find_map(|rule| pick(&rule.fault).filter(|_| rule.take(rng)))
    }
}

impl Rules {
    fn drop_finished(&mut self) {
        let now = Instant::now();
        self.active.retain(|rule| rule.until.is_none_or(|until| now < until) && rule.fault.times.is_none_or(|times| times > 0));
    }
}

impl ActiveFault {
    fn take(&mut self, rng: &mut Rng) -> bool {
        if self.fault.times == Some(0) || !hits(rng, self.fault.percent) {
            return false;
        }
        self.fault.times = self.fault.times.map(|times| times - 1);
        self.hits += 1;
        true
    }
}

/// Whether a chance of `percent` (0 to 100) comes true.
fn hits(rng: &mut Rng, percent: f64) -> bool {
    percent >= 100.0 || rng.f64() * 100.0 < percent
}
