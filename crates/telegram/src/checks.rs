//! A look at Telegram's side of a bot: does it answer, how do updates come, does the token stand in a log.

mod evidence;
mod logs;

use std::time::Duration;

use frankenstein::AsyncTelegramApi;
use frankenstein::response::MethodResponse;
use luvhive_core::check::Check;
use luvhive_core::error::chain;
use luvhive_core::time::Timestamp;
use serde::Deserialize;

use crate::client::{BotApi, ClientError};

pub use evidence::{evidence, evidence_skipped};
pub use logs::logs;

/// So many updates that wait at Telegram are a jam; a hundred times as many are a flood.
const JAM: u64 = 1_000;
/// How long an error of Telegram's calls to us counts as recent.
const RECENT: Duration = Duration::from_mins(10);

/// Telegram's view of how updates come. It leaves out the kinds of updates that are asked for: another program may have set
/// one that frankenstein does not know, and then the check could say nothing at all.
#[derive(Debug, Default, Deserialize)]
struct WebhookInfo {
    #[serde(default)]
    url: String,
    #[serde(default)]
    pending_update_count: u64,
    last_error_date: Option<i64>,
    last_error_message: Option<String>,
}

/// Looks at the Bot API with a bot's token; `expected` is the webhook's address unless updates are polled for.
pub async fn examine(api: &BotApi, expected: Option<&str>, now: Timestamp) -> Vec<Check> {
    let account = match api.get_account().await {
        Ok(account) => account,
        Err(error) => {
            let remedy = "check BOT_TOKEN with @BotFather, the network, and telegram.api_url";
            let failed = Check::fail("bot_api", chain(&error), remedy);
            return vec![failed, Check::skipped("updates", "the Bot API does not answer")];
        }
    };
    let info: Result<MethodResponse<WebhookInfo>, ClientError> = api.request("getWebhookInfo", None::<()>).await;
    let updates = match info {
        Ok(reply) => judge(&reply.result, expected, now),
        Err(error) => Check::fail("updates", chain(&error), "ask again; if it stays, look at Telegram's status"),
    };
    vec![Check::ok("bot_api", format!("@{} answers", account.username)), updates]
}

/// The checks of [`examine`], not made for this reason.
pub fn skipped(why: &str) -> Vec<Check> {
    ["bot_api", "updates"].map(|name| Check::skipped(name, why)).to_vec()
}

fn judge(info: &WebhookInfo, expected: Option<&str>, now: Timestamp) -> Check {
    let name = "updates";
    let waiting = format!("{} updates wait at Telegram", info.pending_update_count);
    if info.url != expected.unwrap_or_default() {
        let (found, remedy) = match expected {
            None => ("a webhook is set, and settings say polling", "`luvhive run` removes it; or set RUN_MODE=webhook"),
            Some(_) if info.url.is_empty() => ("no webhook is set, and settings say webhook", "`luvhive run` sets it"),
            Some(_) => (
                "the webhook leads to another address than EXTERNAL_URL",
                "`luvhive run` sets it anew; see who else has the token",
            ),
        };
        return Check::warn(name, format!("{found}; {waiting}"), remedy);
    }
    let failed_at = info.last_error_date.map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1_000)));
    if let Some(failed_at) = failed_at.filter(|at| now.since(*at) < RECENT) {
        let said: String = info.last_error_message.as_deref().unwrap_or("no reason").chars().take(200).collect();
        let remedy = "reach EXTERNAL_URL from outside; look at the proxy, its certificate, and webhook.listen";
        return Check::warn(name, format!("Telegram could not reach us at {failed_at} ({said}); {waiting}"), remedy);
    }
    let remedy = "is the bot running? If it is, look at `inbox`, `outbox` and `slow_statements`";
    match info.pending_update_count {
        count if count >= JAM * 100 => Check::fail(name, waiting, remedy),
        count if count >= JAM => Check::warn(name, waiting, remedy),
        _ => Check::ok(name, waiting),
    }
}

#[cfg(test)]
mod tests {
    use luvhive_core::check::Status;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    #[track_caller]
    fn check(info: &WebhookInfo, expected: Option<&str>, status: Status) {
        let found = judge(info, expected, NOW);
        assert_eq!(found.status, status, "{found:?}");
    }

    #[test]
    fn updates_must_come_the_way_that_is_set() {
        let hook = "https://example.org/hook";
        let set = || WebhookInfo { url: hook.to_owned(), ..WebhookInfo::default() };
        check(&WebhookInfo::default(), None, Status::Ok);
        check(&set(), Some(hook), Status::Ok);
        check(&set(), None, Status::Warn);
        check(&WebhookInfo::default(), Some(hook), Status::Warn);
        check(&set(), Some("https://example.org/other"), Status::Warn);
        check(&WebhookInfo { pending_update_count: 5_000, ..set() }, Some(hook), Status::Warn);
        check(&WebhookInfo { pending_update_count: 100_000, ..set() }, Some(hook), Status::Fail);
        check(&WebhookInfo { last_error_date: Some(1_799_999_990), ..set() }, Some(hook), Status::Warn);
        check(&WebhookInfo { last_error_date: Some(1_799_000_000), ..set() }, Some(hook), Status::Ok);
    }
}
