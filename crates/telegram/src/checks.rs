//! A look at Telegram's side of a bot: does it answer, how do updates come, does the token stand in a log.

use std::path::Path;
use std::time::Duration;

use frankenstein::AsyncTelegramApi;
use frankenstein::response::MethodResponse;
use luvhive_core::check::Check;
use luvhive_core::error::chain;
use luvhive_core::time::Timestamp;
use serde::Deserialize;

use crate::client::{BotApi, ClientError};

/// So many updates that wait at Telegram are a jam; a hundred times as many are a flood.
const JAM: u64 = 1_000;
/// How long an error of Telegram's calls to us counts as recent.
const RECENT: Duration = Duration::from_mins(10);
/// How deep below a folder logs are looked for.
const DEPTH: u8 = 4;
/// How much of a log is read, in bytes: its newest part.
const READ_BYTES: u64 = 64 << 20;

/// Telegram's view of how updates come.
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

/// Whether people are told whom to write to about payments, as Telegram asks of whoever takes Stars.
pub fn contact(contact: &str) -> Check {
    let name = "support_contact";
    if contact.is_empty() {
        let remedy = "set support.contact: a @name or an address that /support and /paysupport show";
        Check::warn(name, "people are told no contact", remedy)
    } else {
        Check::ok(name, "people are told whom to write to")
    }
}

/// Looks for a bot's token in every log below a folder. Reads files, so call it from a blocking thread.
pub fn logs(token: &str, folder: &Path) -> Check {
    let name = "token_in_logs";
    // The part behind the colon: a log may hold the bot's number in good right.
    let secret = token.rsplit(':').next().unwrap_or(token).as_bytes();
    let mut looked = 0_u32;
    let mut found = Vec::new();
    for_each_log(folder, DEPTH, &mut |path| {
        looked += 1;
        if secret.len() >= 8 && newest_part(path).is_some_and(|bytes| bytes.windows(secret.len()).any(|part| part == secret)) {
            found.push(path.strip_prefix(folder).unwrap_or(path).display().to_string());
        }
    });
    match (found.is_empty(), looked) {
        (true, 0) => Check::skipped(name, "there are no logs in the data directory; journald's are not looked at"),
        (true, _) => Check::ok(name, format!("not in {looked} logs of the data directory")),
        (false, _) => Check::fail(
            name,
            format!("the token stands in {}", found.join(", ")),
            "revoke it with /revoke at @BotFather, set the new one, remove those files, and report this",
        ),
    }
}

fn for_each_log(folder: &Path, depth: u8, visit: &mut dyn FnMut(&Path)) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
        if kind.is_dir() && depth > 0 {
            for_each_log(&path, depth - 1, visit);
        } else if kind.is_file() && entry.file_name().to_string_lossy().contains(".log") {
            visit(&path);
        }
    }
}

fn newest_part(path: &Path) -> Option<Vec<u8>> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let mut file = std::fs::File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(READ_BYTES))).ok()?;
    let mut bytes = Vec::new();
    file.take(READ_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
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
    fn a_missing_contact_is_pointed_out() {
        assert_eq!(contact("").status, Status::Warn);
        assert_eq!(contact("@LuvHiveHelp").status, Status::Ok);
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

    #[test]
    fn a_token_in_a_log_is_found_and_not_repeated() {
        let folder = std::env::temp_dir().join(format!("luvhive-checks-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("postgres/log")).unwrap();
        let (token, log) = (format!("{}:{}", 4_242_424, "s".repeat(35)), folder.join("postgres/log/server.log.1"));
        assert_eq!(logs(&token, &folder).status, Status::Skipped);
        std::fs::write(&log, "bot 4242424 is well").unwrap();
        assert_eq!(logs(&token, &folder).status, Status::Ok);
        std::fs::write(&log, format!("POST /bot{token}/getMe")).unwrap();
        let found = logs(&token, &folder);
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found.status, Status::Fail);
        assert!(found.found.contains("server.log.1") && !format!("{found:?}").contains("sss"), "{found:?}");
    }
}
