//! The checker: judges a bot by what reached whom, and when, with nothing but this sandbox's own log.
//!
//! Every message of the driver carries a number. A person is in a chat from the message that shows them the keyboard of a
//! chat to the one whose inline buttons name that chat, which is its end. Two people were partners if both saw the same
//! chat named; so a run ends with everybody leaving their chat.

use std::collections::HashMap;
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
    pub(super) delivered_ms: i64,
    pub(super) receiver: i64,
    pub(super) deliveries: u32,
}

/// The end of a chat as one person saw it.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) chat: ChatMark,
    pub(super) at_ms: i64,
}

/// What one person saw.
#[derive(Debug, Default)]
pub(super) struct Trace {
    /// In the order of time.
    pub(super) ends: Vec<End>,
    pub(super) is_chatting: bool,
    /// When the bot said something of its own that names no chat: refusals, hints, menus.
    pub(super) told_ms: Vec<i64>,
    /// The last number first delivered to them, by sender and chat.
    last: HashMap<i64, u64>,
}

impl Trace {
    /// The first chat that ended for this person at `ms` or later.
    pub(super) fn chat_at(&self, ms: i64) -> Option<End> {
        self.ends.iter().find(|end| end.at_ms >= ms).copied()
    }
}

/// Everything seen so far.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) messages: Vec<Sent>,
    pub(super) people: HashMap<i64, Trace>,
    /// Commands that wait for their first answer: who sent them, and when they were due.
    pub(super) commands: HashMap<i64, i64>,
    /// When a command was due, and when it was answered.
    pub(super) answered: Vec<(i64, i64)>,
    pub(super) reordered: u64,
    pub(super) duplicated: u64,
    pub(super) unnumbered: u64,
    pub(super) worst_gap_ms: i64,
    pub(super) outstanding: i64,
    pub(super) last_delivery_ms: i64,
    /// Deliveries count towards the gap until then.
    pub(super) window_end_ms: i64,
    /// When everybody was made to leave; ends from then on excuse nothing.
    pub(super) leaving_ms: i64,
}

/// Takes note of everything that reaches anybody. Hang it on a sandbox as its observer.
#[derive(Debug)]
pub struct Checker {
    log: Mutex<Log>,
    chat_buttons: Vec<String>,
}

/// How many messages must wait for a stretch without a delivery to count as a gap.
const GAP_WAITING: i64 = 20;

impl Checker {
    /// Makes a checker that has seen nothing. The bot shows each of `chat_buttons`, one a language, to people in a chat alone.
    pub fn new(chat_buttons: &[&str]) -> Self {
        let log = Log { leaving_ms: i64::MAX, ..Log::default() };
        Self { log: Mutex::new(log), chat_buttons: chat_buttons.iter().map(|&button| button.to_owned()).collect() }
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells of a person who is in a chat before the run.
    pub fn seat(&self, person: i64) {
        self.log().people.entry(person).or_default().is_chatting = true;
    }

    /// Whether a person is in a chat now, as far as they know.
    pub(super) fn is_chatting(&self, person: i64) -> bool {
        self.log().people.get(&person).is_some_and(|trace| trace.is_chatting)
    }

    /// Lists the people who are in a chat now, as far as they know.
    pub fn list_chatting(&self) -> Vec<i64> {
        self.log().people.iter().filter(|(_, trace)| trace.is_chatting).map(|(&person, _)| person).collect()
    }

    /// Notes a message about to be sent and gives it its number.
    pub(super) fn send(&self, from: i64, scheduled_ms: i64) -> u64 {
        let is_chatting = self.is_chatting(from);
        let mut log = self.log();
        let number = log.messages.len();
        log.messages.push(Sent { from, scheduled_ms, update: i64::MAX, delivered_ms: 0, receiver: 0, deliveries: 0 });
        if is_chatting {
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
            told(log, delivery, &self.chat_buttons);
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

fn told(log: &mut Log, delivery: &Delivery<'_>, chat_buttons: &[String]) {
    if let Some(due_ms) = log.commands.remove(&delivery.person) {
        log.answered.push((due_ms, delivery.at_ms));
    }
    let trace = log.people.entry(delivery.person).or_default();
    if let Some(chat) = delivery.markup.and_then(mark_of) {
        if !trace.ends.iter().any(|end| end.chat == chat) {
            trace.ends.push(End { chat, at_ms: delivery.at_ms });
            trace.is_chatting = false;
        }
    } else if delivery.markup.is_some_and(|markup| shows(markup, chat_buttons)) {
        trace.is_chatting = true;
    } else {
        trace.told_ms.push(delivery.at_ms);
    }
}

/// Whether a reply keyboard has one of these buttons.
fn shows(markup: &Value, buttons: &[String]) -> bool {
    let rows = markup.get("keyboard").and_then(Value::as_array);
    let keys = rows.into_iter().flatten().filter_map(Value::as_array).flatten();
    keys.filter_map(|key| key.get("text").unwrap_or(key).as_str()).any(|text| buttons.iter().any(|button| button == text))
}

/// The chat named in a message's inline buttons.
fn mark_of(markup: &Value) -> Option<ChatMark> {
    let rows = markup.get("inline_keyboard").and_then(Value::as_array);
    rows.into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|button| button.get("callback_data")?.as_str())
        .flat_map(|data| data.split(|c: char| !c.is_ascii_digit()))
        .filter(|run| run.len() >= 10)
        .find_map(|run| run.parse().ok())
}
