//! Updates on their way to the bot: which kinds it wants, which wait, which came too late.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::record::Pending;

/// Telegram keeps updates for a day.
pub(crate) const KEPT_MS: i64 = 24 * 60 * 60 * 1000;
/// Callback queries can be answered for 150 s.
pub(crate) const CALLBACK_KEPT_MS: i64 = 150 * 1000;
/// One answer holds at most this many bytes of updates.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Kinds left out unless the bot asks for them.
const LEFT_OUT: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// The queue in which a webhook brings an update of this kind; updates of different queues go side by side.
///
/// The numbers are those of the Bot API server (`Client.cpp`, the last argument of `add_update`). Messages and edits of a
/// chat share a queue, and so do the presses of a person; a press does not wait for a message. The published server does not
/// know `subscription` yet: it gets a queue of its own, which promises the least.
pub(crate) fn webhook_queue(kind: &str, chat: i64) -> i64 {
    let class: i64 = match kind {
        "callback_query" => 3,
        "pre_checkout_query" | "shipping_query" => 4,
        "my_chat_member" => 5,
        "chat_member" => 6,
        "message_reaction" => 8,
        "message_reaction_count" => 9,
        "subscription" => 12,
        _ => 0,
    };
    chat + (class << 33)
}

/// The waiting updates, by id.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    pub(crate) waiting: BTreeMap<i64, Pending>,
    /// The kinds asked for; empty stands for the default.
    pub(crate) allowed: Vec<String>,
    /// No waiting update expires before this; 0 while none waits.
    earliest_ms: i64,
}

impl Queue {
    /// Whether the bot wants updates of this kind.
    pub(crate) fn is_wanted(&self, kind: &str) -> bool {
        if self.allowed.is_empty() { !LEFT_OUT.contains(&kind) } else { self.allowed.iter().any(|allowed| allowed == kind) }
    }

    /// Puts an update behind the others.
    pub(crate) fn insert(&mut self, update: Pending) {
        self.earliest_ms = match self.earliest_ms {
            0 => update.expires_ms,
            earliest => earliest.min(update.expires_ms),
        };
        self.waiting.insert(update.id, update);
    }

    /// The ids of updates that nobody came for in time.
    pub(crate) fn list_expired(&mut self, now_ms: i64) -> Vec<i64> {
        if self.earliest_ms == 0 || now_ms < self.earliest_ms {
            return Vec::new();
        }
        let (late, kept): (Vec<&Pending>, Vec<&Pending>) = self.waiting.values().partition(|update| update.expires_ms <= now_ms);
        self.earliest_ms = kept.iter().map(|update| update.expires_ms).min().unwrap_or(0);
        late.iter().map(|update| update.id).collect()
    }

    /// The first `limit` updates as a JSON list, and how many those are.
    pub(crate) fn batch(&self, from: i64, limit: usize) -> (String, usize) {
        let mut out = String::from("[");
        let mut count = 0;
        for update in self.waiting.range(from..).map(|(_, update)| update).take(limit) {
            if count > 0 {
                if out.len() + update.payload.len() > BATCH_BYTES {
                    break;
                }
                out.push(',');
            }
            update.write(&mut out);
            count += 1;
        }
        out.push(']');
        (out, count)
    }

    /// The first update whose queue is not in `busy`.
    pub(crate) fn find_free(&self, busy: &BTreeSet<i64>) -> Option<&Pending> {
        self.waiting.values().find(|update| !busy.contains(&update.key))
    }
}

/// An update about to be queued.
pub(crate) struct NewUpdate {
    pub(crate) kind: Cow<'static, str>,
    pub(crate) key: i64,
    pub(crate) payload: Arc<str>,
    pub(crate) kept_ms: i64,
}
