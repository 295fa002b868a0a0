//! `luvhive doctor`: looks at settings, database and Bot API, and says how each is. It changes nothing.

use std::fmt;

use luvhive_core::error::chain;
use luvhive_storage::migrate;
use luvhive_telegram::client::BotApi;

use crate::cli::say;
use crate::database;
use crate::error::AppError;
use crate::settings::{Settings, SettingsError};

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Well,
    /// Not looked at, because something it needs is not set or not there.
    Skipped,
    Warning,
    Fault,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Well => "ok",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Fault => "fault",
        })
    }
}

/// One thing that was looked at.
struct Check {
    name: &'static str,
    state: State,
    detail: String,
}

impl Check {
    fn new(name: &'static str, state: State, detail: impl Into<String>) -> Self {
        Self { name, state, detail: detail.into() }
    }

    fn of<E: std::error::Error>(name: &'static str, outcome: Result<String, E>) -> Self {
        match outcome {
            Ok(detail) => Self::new(name, State::Well, detail),
            Err(error) => Self::new(name, State::Fault, chain(&error)),
        }
    }
}

/// Looks at everything, prints it, and returns the exit code: 0 well, 1 warnings, 2 faults.
pub(crate) async fn examine(settings: Result<Settings, SettingsError>, is_sandbox: bool, json: bool) -> u8 {
    let mut checks = Vec::new();
    match settings {
        Ok(settings) => {
            checks.push(Check::new("settings", State::Well, format!("{} keys", settings.shown.len())));
            examine_database(&settings, &mut checks).await;
            checks.push(examine_bot_api(&settings, is_sandbox).await);
        }
        Err(error) => {
            checks.extend(error.0.iter().map(|fault| Check::new("settings", State::Fault, fault.to_string())));
        }
    }
    let line = |check: &Check| format!("{:<8} {:<10} {}", check.state, check.name, check.detail);
    let object =
        |check: &Check| serde_json::json!({"check": check.name, "state": check.state.to_string(), "detail": check.detail});
    if json {
        say(&checks.iter().map(object).collect::<serde_json::Value>().to_string());
    } else {
        for check in &checks {
            say(&line(check));
        }
    }
    match checks.iter().map(|check| check.state).max() {
        Some(State::Fault) => 2,
        Some(State::Warning) => 1,
        _ => 0,
    }
}

async fn examine_database(settings: &Settings, checks: &mut Vec<Check>) {
    if settings.database_url.is_none() && !database::cluster_dir(settings).exists() {
        checks.push(Check::new("database", State::Skipped, "the first start makes the private database"));
        return;
    }
    let opened = match database::open(settings, |_| {}).await {
        Ok(opened) => opened,
        Err(error) => {
            checks.push(Check::new("database", State::Fault, chain(&error)));
            return;
        }
    };
    let answered = async {
        let pool = opened.pool(settings).await?;
        pool.ping().await?;
        Ok::<_, AppError>(if opened.is_private() { "private cluster answers" } else { "server answers" }.to_owned())
    };
    checks.push(Check::of("database", answered.await));
    checks.push(match migrate::pending(&opened.database).await {
        Ok(pending) if pending.is_empty() => Check::new("schema", State::Well, "of this version"),
        Ok(pending) if opened.is_private() => {
            Check::new("schema", State::Warning, format!("{} migrations run at the next start", pending.len()))
        }
        Ok(pending) => {
            Check::new("schema", State::Warning, format!("{} migrations are pending; run `luvhive migrate`", pending.len()))
        }
        Err(error) => Check::new("schema", State::Fault, chain(&error)),
    });
}

async fn examine_bot_api(settings: &Settings, is_sandbox: bool) -> Check {
    match &settings.token {
        Some(token) if !is_sandbox => {
            let account = async {
                let api = BotApi::new(&settings.api_url, token.expose())?;
                Ok::<_, AppError>(format!("@{} answers", api.get_account().await?.username))
            };
            Check::of("bot_api", account.await)
        }
        _ => Check::new("bot_api", State::Skipped, "no token is set; the sandbox is used"),
    }
}
