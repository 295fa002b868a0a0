//! `run --smoke`: two people from `/start` to an exchanged message, against a database of their own that is gone
//! afterwards. It is the check of a fresh machine, and touches nothing of a running LuvHive.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use luvhive_phone::rehearse;
use luvhive_sandbox::{Sandbox, SandboxSettings};
use luvhive_telegram::client::BotApi;
use luvhive_telegram::dialog::Entry;
use luvhive_telegram::runtime::Standby;
use tokio::time::Instant;

use crate::bot::{Bot, BotParts, Intake};
use crate::console::say;
use crate::database;
use crate::error::AppError;
use crate::ops::Ops;
use crate::settings::Settings;

/// How long the bot may take for any answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Tells what took how long.
struct Stopwatch {
    began: Instant,
    lap: Instant,
}

impl Stopwatch {
    fn start() -> Self {
        Self { began: Instant::now(), lap: Instant::now() }
    }

    fn tell(&mut self, step: &str) {
        say(&format!("{:>6} ms  {step}", self.lap.elapsed().as_millis()));
        self.lap = Instant::now();
    }
}

/// A folder that is removed in any case.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Drives the two people, a line per step with its time.
///
/// # Errors
/// Any [`AppError`]; [`AppError::Smoke`] when the bot does not answer.
pub(crate) async fn run(settings: &Settings) -> Result<(), AppError> {
    let mut watch = Stopwatch::start();
    let path = std::env::temp_dir().join(format!("luvhive-smoke-{}", std::process::id()));
    let folder = Folder(path);
    let opened = database::throwaway(&folder.0.join("postgres"), say).await?;
    watch.tell("a throwaway database");
    opened.migrate().await?;
    watch.tell("migrations");
    let sandbox = Sandbox::start(SandboxSettings::default()).await?;
    let api = Arc::new(BotApi::new(&sandbox.base_url(), &sandbox.token())?);
    let pool = opened.pool(settings).await?;
    let (database, intake, ops, entry) = (opened.database.clone(), Intake::Polling, Ops::closed(), Entry::default());
    let parts = BotParts { api, database, pool, intake, ops, entry };
    let bot = Bot::start(settings, parts, Standby::No).await?;
    watch.tell("local Telegram and bot");
    let driven = rehearse(&sandbox, PATIENCE, &mut |step| watch.tell(step)).await;
    bot.stop().await?;
    sandbox.stop().await;
    drop(opened);
    watch.tell("stopped");
    driven?;
    say(&format!("{:>6} ms  in all: this machine runs LuvHive", watch.began.elapsed().as_millis()));
    Ok(())
}
