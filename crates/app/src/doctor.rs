//! `luvhive doctor`: has settings, database and Bot API looked at, and prints how each is. It changes nothing.

use luvhive_core::check::{Check, exit_code};
use luvhive_core::error::chain;
use luvhive_core::id::TelegramId;
use luvhive_core::ports::Clock as _;
use luvhive_core::premium::entitlement::days;
use luvhive_storage::checks::{self, Limits, Subject};
use luvhive_telegram::client::BotApi;

use crate::admission;
use crate::console::say;
use crate::data_key;
use crate::database;
use crate::error::AppError;
use crate::settings::{Settings, SettingsError};
use crate::side::Side;
use crate::staff::{audit, member};
use crate::subject;
use crate::system::SystemClock;

/// Looks at everything, prints it, and returns the exit code: 0 well, 1 warnings, 2 faults.
pub(crate) async fn examine(settings: Result<Settings, SettingsError>, wants_sandbox: bool, json: bool) -> u8 {
    let mut checks = Vec::new();
    match settings {
        Ok(settings) => {
            checks.push(Check::ok("settings", format!("{} keys", settings.shown.len())));
            checks.push(subject::check(&settings));
            checks.push(data_key::check(&settings));
            checks.push(member::check_owner(&settings));
            checks.extend(admission::checks(&settings, wants_sandbox || settings.token.is_none()));
            checks.extend(examine_database(&settings, wants_sandbox).await);
            checks.extend(examine_telegram(&settings, wants_sandbox).await);
        }
        Err(error) => {
            let faults = error
                .0
                .iter()
                .map(|fault| Check::fail("settings", format!("{}: {}", fault.key, fault.problem), fault.remedy.clone()));
            checks.extend(faults);
            checks.extend(checks::skipped("the settings are wrong"));
            checks.extend(luvhive_telegram::checks::skipped("the settings are wrong"));
        }
    }
    print(&checks, json);
    exit_code(&checks)
}

fn print(checks: &[Check], json: bool) {
    if json {
        let object = |check: &Check| {
            let Check { name, status, found, remedy } = check;
            serde_json::json!({"name": name, "status": status.code(), "found": found, "remedy": remedy})
        };
        say(&checks.iter().map(object).collect::<serde_json::Value>().to_string());
        return;
    }
    for check in checks {
        say(&format!("{:<8} {:<22} {}", check.status.code(), check.name, check.found));
        if !check.remedy.is_empty() {
            say(&format!("{:<31} → {}", "", check.remedy));
        }
    }
}

async fn examine_database(settings: &Settings, wants_sandbox: bool) -> Vec<Check> {
    if settings.database_url.is_none() && !database::cluster_dir(settings).exists() {
        return checks::skipped("the first start makes the private database");
    }
    match database::open(settings, |_| {}).await {
        Ok(opened) => {
            let side = Side::choose(settings, wants_sandbox).ok();
            let bot = side.as_ref().and_then(|side| side.bot_id(settings).ok());
            let (database, is_private) = (&opened.database, opened.is_private());
            let subject = Subject { database, is_private, bot, clock: &SystemClock, limits: Limits::default() };
            let mut checks = checks::examine(&subject).await;
            checks.push(data_key::check_texts(settings, database).await);
            checks.push(audit::check_log(settings, &opened, bot).await);
            checks.push(admission::check_moderator(settings, &opened, side.as_ref().zip(bot)).await);
            checks.push(opened.check_copier().await);
            checks.push(opened.check_certificate());
            checks
        }
        Err(error) => {
            let mut checks = checks::skipped("the database cannot be opened");
            if let Some(first) = checks.first_mut() {
                *first = Check::fail(first.name, chain(&error), "do what the message says; `luvhive run` says the same");
            }
            checks
        }
    }
}

async fn examine_telegram(settings: &Settings, wants_sandbox: bool) -> Vec<Check> {
    let no_token = "no token is set; the sandbox is used";
    let Some(token) = settings.token.as_ref().filter(|_| !wants_sandbox) else {
        let mut checks = luvhive_telegram::checks::skipped(no_token);
        checks.push(Check::skipped("token_in_logs", no_token));
        checks.extend(luvhive_telegram::checks::evidence_skipped(no_token));
        return checks;
    };
    let expected = settings.webhook().map(|webhook| webhook.external_url);
    let mut checks = match BotApi::new(&settings.api_url, token.expose()).map_err(AppError::Client) {
        Ok(api) => {
            let mut checks = luvhive_telegram::checks::examine(&api, expected, SystemClock.now()).await;
            let channel = settings.evidence_chat.map(TelegramId::new);
            checks.extend(luvhive_telegram::checks::evidence(&api, channel, days(settings.evidence_kept_days)).await);
            checks
        }
        Err(error) => vec![Check::fail("bot_api", chain(&error), "install the system's certificates (ca-certificates)")],
    };
    let (token, folder) = (token.clone(), settings.data_dir.clone());
    let looked = tokio::task::spawn_blocking(move || luvhive_telegram::checks::logs(token.expose(), &folder)).await;
    checks.extend(looked.ok());
    checks
}
