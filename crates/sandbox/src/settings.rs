//! How a sandbox is to be run: where it listens, where its world lies, how much it keeps.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::observe::Observer;

/// Settings of one sandbox. `Default` is a world in memory on a free port.
#[derive(Clone)]
pub struct SandboxSettings {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Where the world lies between runs; `None` keeps it in memory.
    pub data_dir: Option<PathBuf>,
    /// Writes every request, with the host under which it was asked, and every update as one JSON line to this file.
    pub request_log: Option<PathBuf>,
    /// Messages kept for each chat, at least 1; the oldest leave first.
    pub history_per_chat: usize,
    /// The pause after a webhook's first failure; it doubles up to 64 times this.
    pub webhook_retry: Duration,
    /// Told of each message of the bot that reaches a person.
    pub observer: Option<Arc<dyn Observer>>,
    /// Makes faults by percentage repeatable.
    pub seed: Option<u64>,
    /// People created in a world that has none yet.
    pub people_at_start: u32,
    /// What the bot is called, as its owner told BotFather.
    pub bot_name: String,
    /// The bot's username, without the `@`.
    pub bot_username: String,
    /// Keeps to itself that it is no real Telegram, which `getMe` says otherwise: for tests of what a bot does there.
    pub poses_as_real: bool,
}

impl SandboxSettings {
    /// A world for people to play in: kept in `data_dir`, with two of them at the start.
    pub fn stored_in(data_dir: impl Into<PathBuf>) -> Self {
        Self { data_dir: Some(data_dir.into()), people_at_start: 2, ..Self::default() }
    }
}

impl Default for SandboxSettings {
    fn default() -> Self {
        Self {
            port: 0,
            data_dir: None,
            request_log: None,
            history_per_chat: 1000,
            webhook_retry: Duration::from_secs(1),
            observer: None,
            seed: None,
            people_at_start: 0,
            bot_name: "Sandbox bot".to_owned(),
            bot_username: "sandbox_bot".to_owned(),
            poses_as_real: false,
        }
    }
}

impl std::fmt::Debug for SandboxSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SandboxSettings")
            .field("port", &self.port)
            .field("data_dir", &self.data_dir)
            .field("request_log", &self.request_log)
            .field("history_per_chat", &self.history_per_chat)
            .field("people_at_start", &self.people_at_start)
            .finish_non_exhaustive()
    }
}
