//! The verdict on a run: latencies, and every message accounted for.

use std::collections::HashMap;

use serde::Serialize;

use super::checker::{ChatMark, Checker, End, Log, Sent, Trace};

/// How long after the window's end a message of it may still be on its way, beside the longest gap.
const IN_FLIGHT_MS: i64 = 1_000;

/// How many messages a process that dies or hangs may have sent and not settled.
const DUPLICATES_A_LOSS: u64 = 60;

/// What a run came to. Times in milliseconds, counts of messages.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Verdict {
    /// Texts that people wrote to their partners, a second of the window. What they wrote after asking for the next one
    /// counts for no rate and no latency.
    pub offered_per_s: f64,
    /// First deliveries inside the window, a second.
    pub relayed_per_s: f64,
    /// Texts of the window that its end found on their way, or that were refused: first deliveries up to a second (and the
    /// longest gap) later, and words to the sender; a second of the window.
    pub excused_per_s: f64,
    /// Median latency from the scheduled time of sending.
    pub p50_ms: i64,
    /// 99th percentile.
    pub p99_ms: i64,
    /// 99.9th percentile.
    pub p999_ms: i64,
    /// 99th percentile from the scheduled time of a command to the first answer to it.
    pub command_p99_ms: i64,
    /// Numbered messages that the bot confirmed to Telegram.
    pub accepted: u64,
    /// Of those, delivered at least once.
    pub delivered: u64,
    /// Of those, refused to the sender with a message, or dropped by the end of the chat.
    pub refused: u64,
    /// Of those, neither.
    pub lost: u64,
    /// Delivered to anybody but the partner they were written to.
    pub misdelivered: u64,
    /// Of those, delivered into a chat of which its writer was told later than they wrote, by Telegram's seconds: the
    /// message's `date` lies before that of the notice.
    pub written_before_opening: u64,
    /// Deliveries beyond the first.
    pub duplicated: u64,
    /// First deliveries that came after a later message of the same sender.
    pub reordered: u64,
    /// The longest stretch inside the window without a delivery while at least 20 waited.
    pub worst_gap_ms: i64,
}

impl Verdict {
    /// Whether a message was lost, reached the wrong person or came out of order.
    pub fn is_broken(&self) -> bool {
        self.lost + self.misdelivered + self.reordered > 0
    }

    /// Whether messages came twice only where a fault explains it: a lost reply explains exactly one as long as nothing
    /// else went wrong, a process that died or hung up to 60.
    pub fn explains_duplicates(&self, lost_processes: u32, lost_replies: u64) -> bool {
        if lost_processes == 0 {
            return self.duplicated == lost_replies;
        }
        self.duplicated <= lost_replies + u64::from(lost_processes) * DUPLICATES_A_LOSS
    }
}

/// The time span whose messages count for rates and latencies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// Its begin.
    pub(super) from_ms: i64,
    /// Its end.
    pub(super) until_ms: i64,
}

impl Checker {
    /// Judges the run. `confirmed_below` is the offset that the bot confirmed last: updates below it were accepted.
    pub(super) fn judge(&self, window: Window, confirmed_below: i64) -> Verdict {
        let log = self.log();
        let seconds = millis_to_seconds(window.until_ms - window.from_ms).max(0.001);
        let in_window = |ms: i64| ms >= window.from_ms && ms < window.until_ms;
        let awaited = || log.messages.iter().filter(|sent| sent.is_awaited);
        let offered = awaited().filter(|sent| in_window(sent.scheduled_ms)).count();
        let relayed = awaited().filter(|sent| sent.deliveries > 0 && in_window(sent.delivered_ms)).count();
        let late_until_ms = window.until_ms + IN_FLIGHT_MS + log.worst_gap_ms;
        let is_late = |sent: &&Sent| {
            sent.deliveries > 0
                && in_window(sent.scheduled_ms)
                && sent.delivered_ms >= window.until_ms
                && sent.delivered_ms < late_until_ms
        };
        let late = awaited().filter(is_late).count();
        let mut latencies: Vec<i64> = awaited()
            .filter(|sent| sent.deliveries > 0 && in_window(sent.scheduled_ms))
            .map(|sent| sent.delivered_ms - sent.scheduled_ms)
            .collect();
        latencies.sort_unstable();
        let due = log.answered.iter().filter(|(due_ms, _)| in_window(*due_ms));
        let mut commands: Vec<i64> = due.map(|(due_ms, at_ms)| at_ms - due_ms).collect();
        commands.sort_unstable();
        let accepted: Vec<(usize, &Sent)> =
            log.messages.iter().enumerate().filter(|(_, sent)| sent.update < confirmed_below).collect();
        let delivered = accepted.iter().filter(|(_, sent)| sent.deliveries > 0).count();
        let lost = list_lost(&log, &accepted);
        let refused = accepted.len().saturating_sub(delivered).saturating_sub(lost.len());
        let refused_awaited = refused.saturating_sub(accepted.iter().filter(|(_, sent)| is_hasty_and_undelivered(sent)).count());
        let misdelivered = log.messages.iter().filter(|sent| sent.deliveries > 0 && !is_rightly_delivered(&log, sent)).count();
        let before_opening = log.messages.iter().filter(|sent| sent.deliveries > 0 && was_written_before_opening(&log, sent));
        Verdict {
            offered_per_s: count_to_f64(offered) / seconds,
            relayed_per_s: count_to_f64(relayed) / seconds,
            excused_per_s: count_to_f64(late + refused_awaited) / seconds,
            p50_ms: percentile(&latencies, 0.5),
            p99_ms: percentile(&latencies, 0.99),
            p999_ms: percentile(&latencies, 0.999),
            command_p99_ms: percentile(&commands, 0.99),
            accepted: to_u64(accepted.len()),
            delivered: to_u64(delivered),
            refused: to_u64(refused),
            lost: to_u64(lost.len()),
            misdelivered: to_u64(misdelivered),
            written_before_opening: to_u64(before_opening.count()),
            duplicated: log.duplicated,
            reordered: log.reordered,
            worst_gap_ms: log.worst_gap_ms,
        }
    }

    /// Returns the 99th percentile of latencies of messages scheduled in a span and delivered to others than `except`.
    pub(super) fn p99_of_others(&self, window: Window, except: &[i64]) -> i64 {
        let log = self.log();
        let mut latencies: Vec<i64> = log
            .messages
            .iter()
            .filter(|sent| sent.is_awaited && sent.scheduled_ms >= window.from_ms && sent.scheduled_ms < window.until_ms)
            .filter(|sent| sent.deliveries > 0 && !except.contains(&sent.receiver))
            .map(|sent| sent.delivered_ms - sent.scheduled_ms)
            .collect();
        latencies.sort_unstable();
        percentile(&latencies, 0.99)
    }

    /// Tells what is known of the first lost and the first misdelivered messages, at most ten of each.
    pub(super) fn explain(&self, confirmed_below: i64) -> Vec<String> {
        let log = self.log();
        let accepted: Vec<(usize, &Sent)> =
            log.messages.iter().enumerate().filter(|(_, sent)| sent.update < confirmed_below).collect();
        let lost = list_lost(&log, &accepted).into_iter().map(|at| ("lost", at));
        let numbered = log.messages.iter().enumerate();
        let wrong = numbered.filter(|(_, sent)| sent.deliveries > 0 && !is_rightly_delivered(&log, sent));
        let ends = |person: i64| log.people.get(&person).map(|trace| trace.ends.clone());
        lost.take(10)
            .chain(wrong.map(|(at, _)| ("misdelivered", at)).take(10))
            .filter_map(|(fault, at)| Some((fault, at, log.messages.get(at)?)))
            .map(|(fault, at, sent)| {
                format!(
                    "{fault} #{at}: {sent:?}; the sender's chats ended {:?}; the receiver's {:?}",
                    ends(sent.from),
                    ends(sent.receiver)
                )
            })
            .collect()
    }

    /// Returns how many numbered messages that somebody still waits for have not arrived.
    pub(super) fn undelivered(&self, confirmed_below: i64) -> usize {
        let log = self.log();
        log.messages.iter().filter(|sent| sent.update < confirmed_below && sent.deliveries == 0).count()
    }
}

/// Whether somebody wrote it after asking for the next partner, and nobody received it.
fn is_hasty_and_undelivered(sent: &Sent) -> bool {
    !sent.is_awaited && sent.deliveries == 0
}

/// A delivery is right if the chat that ended next for the receiver ended for the sender too, not before they sent, and if
/// it was not written before that chat opened.
fn is_rightly_delivered(log: &Log, sent: &Sent) -> bool {
    let is_partner = sent.from != sent.receiver && end_for_sender(log, sent).is_some_and(|end| end.at_ms >= sent.scheduled_ms);
    is_partner && !was_written_before_opening(log, sent)
}

/// Whether a message arrived in a chat of which its sender was told in a later second than that in which they wrote. The
/// bot can see no more of Telegram's time than that, so what was written in the same second may pass.
fn was_written_before_opening(log: &Log, sent: &Sent) -> bool {
    end_for_sender(log, sent).is_some_and(|end| sent.date_s < end.opened_ms.div_euclid(1_000))
}

/// The chat in which a message arrived, as its sender saw it.
fn end_for_sender(log: &Log, sent: &Sent) -> Option<End> {
    let chat = chat_of(log, sent)?;
    log.people.get(&sent.from)?.ends.iter().find(|end| end.chat == chat).copied()
}

/// The chat in which a message arrived.
fn chat_of(log: &Log, sent: &Sent) -> Option<ChatMark> {
    log.people.get(&sent.receiver)?.chat_at(sent.delivered_ms).map(|end| end.chat)
}

/// Accepted messages that neither arrived nor were refused nor fell to the end of their chat.
///
/// An undelivered message is excused if its sender's chat ended after it was sent, before everybody was made to leave, and
/// nothing sent later arrived in that chat; or if the sender was told something of its own after it, each such word
/// excusing one message.
fn list_lost(log: &Log, accepted: &[(usize, &Sent)]) -> Vec<usize> {
    let mut last_delivered: HashMap<(i64, ChatMark), usize> = HashMap::new();
    for &(at, sent) in accepted.iter().filter(|(_, sent)| sent.deliveries > 0) {
        if let Some(chat) = chat_of(log, sent) {
            last_delivered.insert((sent.from, chat), at);
        }
    }
    let mut words: HashMap<i64, usize> = HashMap::new();
    let empty = Trace::default();
    let mut lost = Vec::new();
    for &(at, sent) in accepted.iter().filter(|(_, sent)| sent.deliveries == 0) {
        let trace = log.people.get(&sent.from).unwrap_or(&empty);
        let end = trace.chat_at(sent.scheduled_ms).filter(|end| end.at_ms < log.leaving_ms);
        if end.is_some_and(|end| last_delivered.get(&(sent.from, end.chat)).is_none_or(|&last| last < at)) {
            continue;
        }
        let used = words.entry(sent.from).or_insert(0);
        let next = trace.told_ms.iter().enumerate().skip(*used).find(|&(_, &told)| told >= sent.scheduled_ms);
        match next {
            Some((word, _)) => *used = word + 1,
            None => lost.push(at),
        }
    }
    lost
}

fn percentile(sorted: &[i64], share: f64) -> i64 {
    let last = sorted.len().saturating_sub(1);
    let at = (count_to_f64(last) * share).ceil();
    sorted.get(float_to_index(at)).copied().unwrap_or(0)
}

fn to_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "counts here stay far below 2^52")]
fn count_to_f64(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a run lasts minutes, not 2^52 ms")]
fn millis_to_seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index computed from a length"
)]
fn float_to_index(at: f64) -> usize {
    at as usize
}
