//! Our small Bot API client over frankenstein's trait: two HTTP clients, the status kept, the token never shown.
//! Everything that speaks to Telegram goes through [`BotApi`].

mod commands;
mod error;
mod evidence;
mod messenger;
mod refusals;
mod setup;
mod till;
mod upload;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use frankenstein::AsyncTelegramApi;
use frankenstein::methods::GetUpdatesParams;
use frankenstein::types::AllowedUpdate;
use luvhive_core::id::{BotId, UpdateId};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Response, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

pub use error::ClientError;
pub use evidence::{ChannelView, MemberView, Removal};
pub use messenger::BotApiMessenger;
pub use refusals::Refusals;
pub use setup::{BotAccount, SetupError, WebhookSettings};
pub use till::BotApiTill;

use crate::key::BotKey;
use crate::rendered::File;
use error::Unreadable;

/// Where the official Bot API listens.
pub const OFFICIAL_BASE_URL: &str = "https://api.telegram.org";
/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a send may take in all.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a send with a file may take.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(50);
/// How much longer than its own time-out a long poll may take.
const POLL_SLACK: Duration = Duration::from_secs(10);
/// The longest reply that is read, in bytes: a full batch of updates is 4 MiB (Bot API server, `MAX_LENGTH`).
const MAX_REPLY_BYTES: usize = 16 << 20;
/// The most updates one `getUpdates` gives (Bot API 10.3, "limit").
pub(crate) const POLL_LIMIT: u8 = 100;
/// The kinds of updates asked for; named on every call, because the list sticks when it is left out.
const ALLOWED_UPDATES: [AllowedUpdate; 6] = [
    AllowedUpdate::Message,
    AllowedUpdate::EditedMessage,
    AllowedUpdate::CallbackQuery,
    AllowedUpdate::MyChatMember,
    AllowedUpdate::PreCheckoutQuery,
    AllowedUpdate::Subscription,
];

/// A client of one bot account. `Debug` shows neither token nor address.
pub struct BotApi {
    bot: BotId,
    /// Read once: every call adds its method's name.
    root: Url,
    key: BotKey,
    poll: Client,
    send: Client,
}

impl BotApi {
    /// Makes a client. `base_url` is scheme, host and port, such as [`OFFICIAL_BASE_URL`]; `token` is what `BotFather` gave.
    ///
    /// # Errors
    /// [`ClientError::TokenForm`] unless the token is `digits:letters`; [`ClientError::Build`] when no certificates of
    /// authorities are installed on this machine, which only an https address needs.
    pub fn new(base_url: &str, token: &str) -> Result<Self, ClientError> {
        let (number, rest) = token.split_once(':').ok_or(ClientError::TokenForm)?;
        let bot = number.parse().ok().filter(|&bot: &i64| bot > 0).map(BotId::new).ok_or(ClientError::TokenForm)?;
        if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
            return Err(ClientError::TokenForm);
        }
        // A second installation in one process is refused; the first one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let is_plain = base_url.starts_with("http://");
        let root = Url::parse(&format!("{}/bot{token}", base_url.trim_end_matches('/')))
            .map_err(|error| ClientError::Build(Box::new(error)))?;
        Ok(Self { bot, root, key: BotKey::derive(token), poll: build(is_plain)?, send: build(is_plain)? })
    }

    /// Returns the bot's number, the part of the token before the colon.
    pub fn bot_id(&self) -> BotId {
        self.bot
    }

    /// Returns the key that was derived from the token.
    pub fn key(&self) -> &BotKey {
        &self.key
    }

    /// Fetches updates from `offset` on, at most 100, waiting up to `timeout` (Telegram cuts it to 50 s).
    /// Returns the reply's raw JSON, because one unreadable update must not spoil the others.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn get_raw_updates(&self, offset: Option<UpdateId>, timeout: Duration) -> Result<String, ClientError> {
        let params = GetUpdatesParams {
            offset: offset.map(UpdateId::get),
            limit: Some(POLL_LIMIT.into()),
            timeout: Some(u32::try_from(timeout.as_secs()).unwrap_or(u32::MAX)),
            allowed_updates: Some(ALLOWED_UPDATES.to_vec()),
        };
        let body = encode(&params)?;
        self.post(&self.poll, "getUpdates", Some(body), timeout.saturating_add(POLL_SLACK)).await
    }

    /// Calls a method by name with parameters that are JSON already.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn call_raw(&self, method: &str, params: String) -> Result<String, ClientError> {
        self.post(&self.send, method, Some(params), SEND_TIMEOUT).await
    }

    /// Calls a method by name with a file.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn call_with(&self, method: &str, params: &RawValue, file: &File<'_>) -> Result<String, ClientError> {
        self.post_as(&self.send, method, Some(upload::form(params, file)), UPLOAD_TIMEOUT).await
    }

    async fn post(&self, client: &Client, method: &str, body: Option<String>, timeout: Duration) -> Result<String, ClientError> {
        self.post_as(client, method, body.map(|body| ("application/json".to_owned(), body)), timeout).await
    }

    /// Posts a body of this content type.
    async fn post_as(
        &self,
        client: &Client,
        method: &str,
        body: Option<(String, String)>,
        timeout: Duration,
    ) -> Result<String, ClientError> {
        let mut address = self.root.clone();
        if let Ok(mut path) = address.path_segments_mut() {
            path.push(method);
        }
        let mut request = client.post(address).timeout(timeout);
        if let Some((kind, body)) = body {
            request = request.header(CONTENT_TYPE, kind).body(body);
        }
        let response = request.send().await.map_err(ClientError::from_transport)?;
        let status = response.status();
        let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
        let body = read(response).await?;
        if status.is_success() { Ok(body) } else { Err(ClientError::from_reply(status.as_u16(), header.as_deref(), &body)) }
    }
}

impl fmt::Debug for BotApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BotApi").field("bot", &self.bot).finish_non_exhaustive()
    }
}

/// Lets frankenstein's typed methods be called on our client.
#[async_trait::async_trait]
impl AsyncTelegramApi for BotApi {
    type Error = ClientError;

    async fn request<Params, Output>(&self, method: &str, params: Option<Params>) -> Result<Output, ClientError>
    where
        Params: Serialize + fmt::Debug + Send,
        Output: DeserializeOwned,
    {
        let body = params.as_ref().map(encode).transpose()?;
        // The parameters need not live across the call.
        drop(params);
        let reply = self.post(&self.send, method, body, SEND_TIMEOUT).await?;
        decode(&reply)
    }

    async fn request_with_form_data<Params, Output>(
        &self,
        _method: &str,
        _params: Params,
        _files: Vec<(&str, PathBuf)>,
    ) -> Result<Output, ClientError>
    where
        Params: Serialize + fmt::Debug + Send,
        Output: DeserializeOwned,
    {
        Err(ClientError::Upload)
    }
}

fn build(is_plain: bool) -> Result<Client, ClientError> {
    let mut builder = ClientBuilder::new()
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy();
    if is_plain {
        // Without TLS no certificates need be installed, and none are read.
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(|error| ClientError::Build(Box::new(error.without_url())))
}

async fn read(mut response: Response) -> Result<String, ClientError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(ClientError::from_transport)? {
        if body.len().saturating_add(chunk.len()) > MAX_REPLY_BYTES {
            return Err(ClientError::Unknown(Box::new(Unreadable::TooLong)));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8(body).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

fn encode<T: Serialize>(params: &T) -> Result<String, ClientError> {
    serde_json::to_string(params).map_err(|error| ClientError::Encode(Box::new(error)))
}

/// Reads a reply that came with a status of success.
fn decode<T: DeserializeOwned>(reply: &str) -> Result<T, ClientError> {
    serde_json::from_str(reply).map_err(|error| ClientError::from_undecodable(&error, reply))
}

#[cfg(test)]
mod tests;
