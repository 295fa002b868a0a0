//! The checker: judges a bot by what reached whom, and when, with nothing but this sandbox's own log.
//!
//! Every message of the driver carries a number. A person is in a chat from the message that shows them the keyboard of a
//! chat, which is its opening, to the one whose inline buttons name that chat, which is its end. Two people were partners
//! if both saw the same chat named; so a run ends with everybody leaving their chat.

use std::collections::HashMap;

use luvhive_sandbox::{Delivery, Observer};
use parking_lot::{Mutex, MutexGuard};
use serde_json::Value;

/// A chat as named in callback data: a run of at least ten digits.
pub(super) type ChatMark = u64;

/// By what the messages of a bot are known, of which the sandbox knows nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs<'a> {
    /// Labels of the reply keyboard, one a language, that the bot shows to people in a chat alone.
    pub(super) chat_buttons: &'a [&'a str],
    /// How callback data begins that names a chat which is over, and no other.
    pub(super) over: &'a [&'a str],
    /// How callback data begins that agrees to a chat with the person shown; people press such a button when they see it.
    pub(super) agree: &'a [&'a str],
}

/// The same, owned.
#[derive(Debug)]
struct OwnedSigns {
    chat_buttons: Vec<String>,
    over: Vec<String>,
    agree: Vec<String>,
}

/// One numbered message on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    pub(super) from: i64,
    pub(super) scheduled_ms: i64,
    /// The date it got from this Telegram, in seconds; the largest number while it has none.
    pub(super) date_s: i64,
    /// Written in a chat, so that somebody has to receive it; not so what follows a command to end the chat.
    pub(super) is_awaited: bool,
    pub(super) update: i64,
    pub(super) delivered_ms: i64,
    pub(super) receiver: i64,
    pub(super) deliveries: u32,
}

impl Sent {
    /// A message that has not gone out and that nobody has to receive.
    fn new(from: i64, scheduled_ms: i64) -> Self {
        let (date_s, update) = (i64::MAX, i64::MAX);
        Self { from, scheduled_ms, date_s, is_awaited: false, update, delivered_ms: 0, receiver: 0, deliveries: 0 }
    }
}

/// The end of a chat as one person saw it.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) chat: ChatMark,
    pub(super) at_ms: i64,
    /// When they were told that it is open; the smallest number for a chat from before the run.
    pub(super) opened_ms: i64,
}

/// What one person saw.
#[derive(Debug, Default)]
pub(super) struct Trace {
    /// In the order of time.
    pub(super) ends: Vec<End>,
    pub(super) is_chatting: bool,
    /// When they were told of the opening of the chat that goes on, or of the one before.
    opened_ms: i64,
    /// The callback data that agrees to the chat they were asked about last: the same once more is no new question.
    asked: Option<String>,
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
    /// Who was asked whether they agree to a chat: the person, the message and the callback data that agrees.
    pub(super) asked: Vec<(i64, i64, String)>,
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
pub(super) struct Checker {
    log: Mutex<Log>,
    signs: OwnedSigns,
}

/// How many messages must wait for a stretch without a delivery to count as a gap.
const GAP_WAITING: i64 = 20;

impl Checker {
    /// Makes a checker that has seen nothing.
    pub(super) fn new(signs: Signs<'_>) -> Self {
        let log = Log { leaving_ms: i64::MAX, ..Log::default() };
        let own = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let signs = OwnedSigns { chat_buttons: own(signs.chat_buttons), over: own(signs.over), agree: own(signs.agree) };
        Self { log: Mutex::new(log), signs }
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock()
    }

    /// Tells of a person who is in a chat before the run.
    pub(super) fn seat(&self, person: i64) {
        let mut log = self.log();
        let trace = log.people.entry(person).or_default();
        (trace.is_chatting, trace.opened_ms) = (true, i64::MIN);
    }

    /// Whether a person is in a chat now, as far as they know.
    pub(super) fn is_chatting(&self, person: i64) -> bool {
        self.log().people.get(&person).is_some_and(|trace| trace.is_chatting)
    }

    /// Lists the people who are in a chat now, as far as they know.
    pub(super) fn list_chatting(&self) -> Vec<i64> {
        self.log().people.iter().filter(|(_, trace)| trace.is_chatting).map(|(&person, _)| person).collect()
    }

    /// Notes a message about to be sent and gives it its number.
    pub(super) fn send(&self, from: i64, scheduled_ms: i64) -> u64 {
        let is_awaited = self.is_chatting(from);
        self.number(Sent { is_awaited, ..Sent::new(from, scheduled_ms) })
    }

    /// Notes a message of somebody who has just asked for the next partner: nobody has to receive it.
    pub(super) fn send_hastily(&self, from: i64, scheduled_ms: i64) -> u64 {
        self.number(Sent::new(from, scheduled_ms))
    }

    fn number(&self, sent: Sent) -> u64 {
        let mut log = self.log();
        let number = log.messages.len();
        log.outstanding += i64::from(sent.is_awaited);
        log.messages.push(sent);
        u64::try_from(number).unwrap_or(u64::MAX)
    }

    /// Notes under which update, and with which date in seconds, a message went out.
    pub(super) fn sent(&self, number: u64, update: i64, date_s: i64) {
        let mut log = self.log();
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        if let Some(message) = log.messages.get_mut(at) {
            (message.update, message.date_s) = (update, date_s);
        }
    }

    /// Takes who was asked whether they agree to a chat since the last call: person, message, callback data.
    pub(super) fn take_asked(&self) -> Vec<(i64, i64, String)> {
        std::mem::take(&mut self.log().asked)
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
            told(log, delivery, &self.signs);
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
    let (from, is_awaited) = (message.from, message.is_awaited);
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
    log.outstanding -= i64::from(is_awaited);
}

fn told(log: &mut Log, delivery: &Delivery<'_>, signs: &OwnedSigns) {
    if let Some(due_ms) = log.commands.remove(&delivery.person) {
        log.answered.push((due_ms, delivery.at_ms));
    }
    let trace = log.people.entry(delivery.person).or_default();
    if let Some(chat) = delivery.markup.and_then(|markup| mark_of(markup, &signs.over)) {
        if !trace.ends.iter().any(|end| end.chat == chat) {
            trace.ends.push(End { chat, at_ms: delivery.at_ms, opened_ms: trace.opened_ms });
            trace.is_chatting = false;
        }
    } else if delivery.markup.is_some_and(|markup| shows(markup, &signs.chat_buttons)) {
        if !trace.is_chatting {
            (trace.is_chatting, trace.opened_ms) = (true, delivery.at_ms);
        }
    } else if let Some(data) = delivery.markup.and_then(|markup| data_that_begins(markup, &signs.agree).next())
        && trace.asked.as_deref() != Some(data)
    {
        trace.asked = Some(data.to_owned());
        log.asked.push((delivery.person, delivery.message_id, data.to_owned()));
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

/// The chat named in a message's inline buttons, by data that begins in one of these ways.
fn mark_of(markup: &Value, beginnings: &[String]) -> Option<ChatMark> {
    data_that_begins(markup, beginnings)
        .flat_map(|data| data.split(|c: char| !c.is_ascii_digit()))
        .filter(|run| run.len() >= 10)
        .find_map(|run| run.parse().ok())
}

/// The callback data of a message's inline buttons that begins in one of these ways.
fn data_that_begins<'a>(markup: &'a Value, beginnings: &[String]) -> impl Iterator<Item = &'a str> {
    let rows = markup.get("inline_keyboard").and_then(Value::as_array);
    rows.into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|button| button.get("callback_data")?.as_str())
        .filter(|data| beginnings.iter().any(|beginning| data.starts_with(beginning.as_str())))
}
