//! The checker: judges a bot by what reached whom, and when, with nothing but this sandbox's own log.
//!
//! Every message of the driver carries a number. Two people are partners while both hold a card of the bot whose buttons
//! name the same chat; the second time a person sees that chat named, it is over for them.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::observe::{Delivery, Observer};

/// A chat as named in callback data: a run of at least ten digits.
pub type ChatMark = u64;

/// One numbered message on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    pub(super) from: i64,
    pub(super) scheduled_ms: i64,
    pub(super) update: i64,
    pub(super) chat: Option<ChatMark>,
    pub(super) delivered_ms: i64,
    pub(super) receiver: i64,
    pub(super) deliveries: u32,
}

/// What one person saw of one chat.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) chat: ChatMark,
    pub(super) from_ms: i64,
    pub(super) until_ms: i64,
}

/// What one person saw.
#[derive(Debug, Default)]
pub(super) struct Trace {
    pub(super) spans: Vec<Span>,
    /// When the bot said something of its own that names no chat: refusals, hints, menus.
    pub(super) told_ms: Vec<i64>,
    /// The last number first delivered to them, by sender and chat.
    last: HashMap<i64, u64>,
    last_seen: Option<i64>,
}

impl Trace {
    pub(super) fn current(&self) -> Option<ChatMark> {
        self.spans.last().filter(|span| span.until_ms == i64::MAX).map(|span| span.chat)
    }
}

/// Everything seen so far.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) messages: Vec<Sent>,
    /// Everything people did in the plan, commands included.
    pub(super) events: usize,
    pub(super) people: HashMap<i64, Trace>,
    pub(super) reordered: u64,
    pub(super) duplicated: u64,
    pub(super) unnumbered: u64,
    pub(super) worst_gap_ms: i64,
    pub(super) outstanding: i64,
    pub(super) last_delivery_ms: i64,
    /// Deliveries count towards the gap until then.
    pub(super) window_end_ms: i64,
    /// Times of all first deliveries in a chat that is throttled on purpose are kept apart by receiver.
    pub(super) replies_resolved: u64,
}

/// Takes note of everything that reaches anybody. Hang it on a sandbox as its observer.
#[derive(Debug, Default)]
pub struct Checker {
    log: Mutex<Log>,
}

/// How many messages must wait for a stretch without a delivery to count as a gap.
const GAP_WAITING: i64 = 20;

impl Checker {
    /// Makes a checker that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells of a chat that exists before the run: its mark and its two people.
    pub fn seat(&self, chat: ChatMark, people: [i64; 2], now_ms: i64) {
        let mut log = self.log();
        for person in people {
            log.people.entry(person).or_default().spans.push(Span { chat, from_ms: now_ms, until_ms: i64::MAX });
        }
    }

    /// Notes a message about to be sent and gives it its number.
    pub(super) fn send(&self, from: i64, scheduled_ms: i64) -> u64 {
        let mut log = self.log();
        let chat = log.people.get(&from).and_then(Trace::current);
        let number = log.messages.len();
        log.messages.push(Sent { from, scheduled_ms, update: i64::MAX, chat, delivered_ms: 0, receiver: 0, deliveries: 0 });
        if chat.is_some() {
            log.outstanding += 1;
        }
        u64::try_from(number).unwrap_or(u64::MAX)
    }

    /// Notes under which update a message went out.
    pub(super) fn sent(&self, number: u64, update: i64) {
        let mut log = self.log();
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        if let Some(message) = log.messages.get_mut(at) {
            message.update = update;
        }
    }
}

/// The text of a numbered message.
pub(super) fn text_of(number: u64) -> String {
    format!("#{number} the quick brown fox")
}

fn number_of(text: &str) -> Option<usize> {
    let digits = text.strip_prefix('#')?;
    digits.split(' ').next()?.parse().ok()
}

impl Observer for Checker {
    fn delivered(&self, delivery: &Delivery<'_>) {
        let mut log = self.log();
        let log = &mut *log;
        if delivery.copied_from.is_some() {
            relayed(log, delivery);
        } else {
            told(log, delivery);
        }
    }
}

fn relayed(log: &mut Log, delivery: &Delivery<'_>) {
    let Some((at, message)) = number_of(delivery.text).and_then(|at| Some((at, log.messages.get_mut(at)?))) else {
        log.unnumbered += 1;
        return;
    };
    message.deliveries += 1;
    if message.deliveries > 1 {
        log.duplicated += 1;
        return;
    }
    message.delivered_ms = delivery.at_ms;
    message.receiver = delivery.person;
    let from = message.from;
    if delivery.reply_to.is_some() {
        log.replies_resolved += 1;
    }
    let number = u64::try_from(at).unwrap_or(u64::MAX);
    let trace = log.people.entry(delivery.person).or_default();
    let last = trace.last.entry(from).or_insert(number);
    if number < *last {
        log.reordered += 1;
    }
    *last = number.max(*last);
    if log.last_delivery_ms > 0 && log.outstanding >= GAP_WAITING && delivery.at_ms <= log.window_end_ms {
        log.worst_gap_ms = log.worst_gap_ms.max(delivery.at_ms - log.last_delivery_ms);
    }
    log.last_delivery_ms = delivery.at_ms;
    log.outstanding -= 1;
}

fn told(log: &mut Log, delivery: &Delivery<'_>) {
    let marks: HashSet<ChatMark> = delivery.markup.map(marks_of).unwrap_or_default();
    let trace = log.people.entry(delivery.person).or_default();
    trace.last_seen = Some(delivery.message_id);
    let Some(&chat) = marks.iter().next() else {
        trace.told_ms.push(delivery.at_ms);
        return;
    };
    match trace.spans.iter_mut().find(|span| span.chat == chat) {
        Some(span) => span.until_ms = span.until_ms.min(delivery.at_ms),
        None => trace.spans.push(Span { chat, from_ms: delivery.at_ms, until_ms: i64::MAX }),
    }
}

/// Chats named in a message's inline buttons.
fn marks_of(markup: &Value) -> HashSet<ChatMark> {
    let rows = markup.get("inline_keyboard").and_then(Value::as_array);
    rows.into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|button| button.get("callback_data")?.as_str())
        .flat_map(|data| data.split(|c: char| !c.is_ascii_digit()))
        .filter(|run| run.len() >= 10)
        .filter_map(|run| run.parse().ok())
        .collect()
}
