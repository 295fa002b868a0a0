//! What is settled with Telegram before the first update: the token, and how updates come.

use std::time::Duration;

use frankenstein::AsyncTelegramApi;
use frankenstein::methods::{DeleteWebhookParams, SetWebhookParams};
use frankenstein::response::MethodResponse;
use serde::Deserialize;

use super::{ALLOWED_UPDATES, BotApi, ClientError};

/// Where Telegram is to post updates.
#[derive(Clone)]
pub struct WebhookSettings {
    /// The full public address of the route; https unless both ends are loopback.
    pub url: String,
    /// What Telegram sends along with each call: 1 to 256 letters, digits, `_` and `-`.
    pub secret: String,
    /// How many calls Telegram makes at once, 1 to 100.
    pub connections: u8,
}

impl std::fmt::Debug for WebhookSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookSettings").field("connections", &self.connections).finish_non_exhaustive()
    }
}

/// The bot as Telegram knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotAccount {
    /// Its name without `@`.
    pub username: String,
    /// Whether the other side says that it is a sandbox, and no real Telegram.
    pub is_in_sandbox: bool,
}

/// What `getMe` answers, as far as it counts here.
#[derive(Deserialize)]
struct Me {
    #[serde(default)]
    username: String,
    #[serde(default)]
    is_luvhive_sandbox: bool,
}

/// Why the bot cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Telegram does not know the token.
    #[error("token is refused by Telegram; ask BotFather for the present one and set BOT_TOKEN")]
    TokenRefused,
    /// The webhook's address is not https, and one of the ends is not loopback.
    #[error("webhook address must begin with https://")]
    InsecureWebhook,
    /// The webhook's secret is empty, too long or holds other characters than letters, digits, `_` and `-`.
    #[error("webhook secret must be 1 to 256 letters, digits, _ and -")]
    WebhookSecret,
    /// Telegram cannot be reached or refused something else.
    #[error("Telegram did not answer as expected")]
    Client(#[source] ClientError),
}

impl SetupError {
    /// Returns how long Telegram wants to be left alone, if that is what it said.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Client(error) => error.retry_after(),
            Self::TokenRefused | Self::InsecureWebhook | Self::WebhookSecret => None,
        }
    }
}

impl From<ClientError> for SetupError {
    fn from(error: ClientError) -> Self {
        if error.is_token_refused() { Self::TokenRefused } else { Self::Client(error) }
    }
}

impl BotApi {
    /// Asks Telegram who this bot is, which also tells whether the token is right.
    ///
    /// # Errors
    /// [`SetupError::TokenRefused`], [`SetupError::Client`].
    pub async fn get_account(&self) -> Result<BotAccount, SetupError> {
        let reply: MethodResponse<Me> = self.request("getMe", None::<()>).await?;
        Ok(BotAccount { username: reply.result.username, is_in_sandbox: reply.result.is_luvhive_sandbox })
    }

    /// Has updates wait for polling. Pending ones are kept.
    ///
    /// # Errors
    /// [`SetupError::TokenRefused`], [`SetupError::Client`].
    pub async fn prepare_polling(&self) -> Result<(), SetupError> {
        self.delete_webhook(&DeleteWebhookParams { drop_pending_updates: Some(false) }).await?;
        Ok(())
    }

    /// Has updates posted to a webhook. Pending ones are kept.
    ///
    /// # Errors
    /// Any [`SetupError`].
    pub async fn prepare_webhook(&self, settings: &WebhookSettings) -> Result<(), SetupError> {
        let is_secure = settings.url.starts_with("https://") || (is_loopback(&settings.url) && is_loopback(self.root.as_str()));
        if !is_secure {
            return Err(SetupError::InsecureWebhook);
        }
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !(1..=256).contains(&settings.secret.len()) || !settings.secret.bytes().all(is_letter) {
            return Err(SetupError::WebhookSecret);
        }
        let params = SetWebhookParams::builder()
            .url(&settings.url)
            .max_connections(settings.connections.clamp(1, 100).into())
            .allowed_updates(ALLOWED_UPDATES.to_vec())
            .drop_pending_updates(false)
            .secret_token(&settings.secret)
            .build();
        self.set_webhook(&params).await?;
        Ok(())
    }
}

/// Reports whether an address is plain HTTP to this very machine.
fn is_loopback(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    if authority.contains('@') {
        return false;
    }
    let host = match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or(""),
        None => authority.split(':').next().unwrap_or(""),
    };
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_this_machine_is_loopback() {
        for url in ["http://127.0.0.1:80/x", "http://localhost", "http://[::1]:8/y", "http://127.9.9.9/"] {
            assert!(is_loopback(url), "{url}");
        }
        let foreign = ["https://localhost", "http://example.org/127.0.0.1", "http://localhost:1@example.org", "http://10.0.0.1"];
        for url in foreign {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
