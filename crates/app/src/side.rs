//! Which Telegram the bot talks to, by token and wish.

use luvhive_core::id::BotId;
use luvhive_telegram::client::BotApi;

use crate::error::AppError;
use crate::settings::{Secret, Settings};

/// The file in the data directory that holds the sandbox bot's number, for sub-commands beside a running sandbox.
pub(crate) const SANDBOX_BOT: &str = "sandbox.bot";

/// Which Telegram the bot talks to.
#[derive(Clone, Debug)]
pub(crate) enum Side {
    /// The one of a bot with this token.
    Telegram(Secret),
    /// The local one.
    Sandbox,
}

impl Side {
    /// Chooses by token and wish.
    ///
    /// # Errors
    /// [`AppError::SandboxOnRealDatabase`] if play people would enter a named database without anybody's wish.
    pub(crate) fn choose(settings: &Settings, wants_sandbox: bool) -> Result<Self, AppError> {
        match &settings.token {
            Some(token) if !wants_sandbox => Ok(Self::Telegram(token.clone())),
            None if settings.database_url.is_some() && !wants_sandbox => Err(AppError::SandboxOnRealDatabase),
            _ => Ok(Self::Sandbox),
        }
    }

    /// Finds the bot's number: in the token, or where the last sandbox left it.
    ///
    /// # Errors
    /// [`AppError::NoBot`], [`AppError::Client`].
    pub(crate) fn bot_id(&self, settings: &Settings) -> Result<BotId, AppError> {
        match self {
            Self::Telegram(token) => Ok(BotApi::new(&settings.api_url, token.expose())?.bot_id()),
            Self::Sandbox => {
                let stored = std::fs::read_to_string(settings.data_dir.join(SANDBOX_BOT)).ok();
                stored.and_then(|number| number.trim().parse().ok()).map(BotId::new).ok_or(AppError::NoBot)
            }
        }
    }
}
