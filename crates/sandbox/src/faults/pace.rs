//! How fast a bot may send. Telegram names these limits in its FAQ for bots ("My bot is hitting limits"): one message a second
//! to a chat with short bursts above it, 20 a minute to a group, about 30 a second in all.
//! How long a burst may be, and what Telegram's servers count beside messages, is not published.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::strict::params::Params;

/// One limit: this many at once, and one more after each pause.
#[derive(Debug, Clone, Copy)]
struct Limit {
    burst: u32,
    pause: Duration,
}

const CHAT: Limit = Limit { burst: 5, pause: Duration::from_secs(1) };
const GROUP: Limit = Limit { burst: 20, pause: Duration::from_secs(3) };
const ALL: Limit = Limit { burst: 30, pause: Duration::from_millis(33) };
/// Between two webhooks (Bot API server, `process_set_webhook_query`).
const WEBHOOK_PAUSE: Duration = Duration::from_secs(1);
/// Chats remembered before those that are at rest are forgotten.
const REMEMBERED: usize = 10_000;

/// What the bot has sent lately: for each chat and for all, when the last message would have been due at an even pace.
#[derive(Debug, Default)]
pub(super) struct Pace {
    chats: HashMap<i64, Instant>,
    all: Option<Instant>,
    /// When a webhook was last set.
    webhook: Option<Instant>,
}

impl Pace {
    /// Counts a request that sends messages or sets the webhook, unless it comes too early: then it tells for how many
    /// seconds to wait.
    pub(super) fn wait(&mut self, now: Instant, method: &str, params: &Params) -> Option<u64> {
        if method == "setWebhook" {
            let is_early = self.webhook.is_some_and(|last| now < last + WEBHOOK_PAUSE);
            self.webhook = self.webhook.filter(|_| is_early).or(Some(now));
            return is_early.then_some(1);
        }
        let all = ALL.due(self.all, now, count(params));
        let wait = self.wait_in_chat(now, (method, params), ALL.excess(all, now));
        if wait.is_none() && is_sending(method) {
            self.all = Some(all);
        }
        wait
    }

    /// As [`Self::wait`], for a group or channel alone: without the limit of all chats together.
    pub(super) fn wait_for_group(&mut self, now: Instant, method: &str, params: &Params) -> Option<u64> {
        self.wait_in_chat(now, (method, params), Duration::ZERO)
    }

    fn wait_in_chat(&mut self, now: Instant, (method, params): (&str, &Params), at_least: Duration) -> Option<u64> {
        let chat = params.chat("chat_id").ok().filter(|_| is_sending(method))?;
        let limit = if chat < 0 { GROUP } else { CHAT };
        let own = limit.due(self.chats.get(&chat).copied(), now, count(params));
        let wait = limit.excess(own, now).max(at_least);
        if !wait.is_zero() {
            return Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
        }
        if self.chats.len() >= REMEMBERED {
            self.chats.retain(|_, due| *due > now);
        }
        self.chats.insert(chat, own);
        None
    }
}

/// How many messages a request sends.
fn count(params: &Params) -> usize {
    params.list("message_ids").map_or(1, Vec::len)
}

impl Limit {
    /// When the last of `count` more messages would be due.
    fn due(self, last: Option<Instant>, now: Instant, count: usize) -> Instant {
        // A request of more than a whole burst counts as one, or it could never be sent.
        let count = u32::try_from(count).unwrap_or(u32::MAX).min(self.burst);
        last.map_or(now, |last| last.max(now)) + self.pause * count
    }

    /// How much too early that is.
    fn excess(self, due: Instant, now: Instant) -> Duration {
        (due - now).saturating_sub(self.pause * self.burst)
    }
}

fn is_sending(method: &str) -> bool {
    method.starts_with("copyMessage") || (method.starts_with("send") && method != "sendChatAction")
}
