//! What can go wrong with a call, told without token, address or anybody's words.

use std::time::Duration;

use luvhive_core::chat::Undelivered;
use luvhive_core::error::Cause;
use luvhive_core::ports::MessengerError;
use serde::Deserialize;
use serde_json::Value;

/// How long to wait when Telegram says "too many requests" without saying how long.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(1);
/// How much of Telegram's explanation is kept, in characters.
const MAX_DESCRIPTION_CHARS: usize = 200;

/// Why a call to the Bot API failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The token is not `digits:letters`.
    #[error("token does not have the form that BotFather gives")]
    TokenForm,
    /// The HTTP client could not be made.
    #[error("HTTP client cannot be built")]
    Build(#[source] Cause),
    /// The parameters could not be written as JSON.
    #[error("parameters cannot be written")]
    Encode(#[source] Cause),
    /// Files are sent by id only.
    #[error("uploads are not supported")]
    Upload,
    /// No connection came about; repeating the call is safe.
    #[error("call was not sent")]
    NotSent(#[source] Cause),
    /// The call may or may not have taken effect.
    #[error("outcome of the call is unknown")]
    Unknown(#[source] Cause),
    /// Telegram refused the call.
    #[error("call is refused with code {code}: {description}")]
    Refused {
        /// Telegram's error code, an HTTP status from 400 to 499.
        code: u16,
        /// Telegram's explanation, at most 200 characters.
        description: String,
        /// How long to wait, with code 429.
        retry_after: Option<Duration>,
    },
}

/// Why a reply could not be used; says nothing of what it held.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    /// Telegram or something before it is in trouble.
    #[error("server answered with status {0}")]
    Status(u16),
    /// Not the JSON that was expected.
    #[error("reply is not readable at line {line}, column {column}")]
    Json {
        /// Line of the first odd character, from 1.
        line: usize,
        /// Column of it.
        column: usize,
    },
    /// More than a reply ever holds.
    #[error("reply is too long")]
    TooLong,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    ok: bool,
    #[serde(default)]
    error_code: Option<u16>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    #[serde(default)]
    retry_after: Option<Value>,
}

impl ClientError {
    /// Maps a failure of the transport. Only a failed connection is known not to have reached anybody.
    pub(super) fn from_transport(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let is_harmless = error.is_connect() || error.is_builder();
        if is_harmless { Self::NotSent(Box::new(error)) } else { Self::Unknown(Box::new(error)) }
    }

    /// Maps a reply with a status other than success. `header` is the value of `Retry-After`.
    pub(super) fn from_reply(status: u16, header: Option<&str>, body: &str) -> Self {
        if !(400..500).contains(&status) {
            return Self::Unknown(Box::new(Unreadable::Status(status)));
        }
        match serde_json::from_str::<Refusal>(body) {
            Ok(refusal) => refusal.into_error(status, header),
            // Somebody on the way, not Telegram; only "slow down" is clear enough to act on.
            Err(_unreadable) if status == 429 => {
                Self::Refused { code: 429, description: String::new(), retry_after: Some(wait(None, header)) }
            }
            Err(_unreadable) => Self::Unknown(Box::new(Unreadable::Status(status))),
        }
    }

    /// Maps a reply with a status of success that is not what the method returns.
    pub(super) fn from_undecodable(error: &serde_json::Error, body: &str) -> Self {
        match serde_json::from_str::<Refusal>(body) {
            Ok(refusal) if !refusal.ok && refusal.error_code.is_some() => refusal.into_error(400, None),
            _ => Self::Unknown(Box::new(Unreadable::Json { line: error.line(), column: error.column() })),
        }
    }

    /// Reports whether Telegram does not know the token.
    pub fn is_token_refused(&self) -> bool {
        // A token of impossible form gives 404 (Bot API server, `HttpConnection::on_error`).
        matches!(self, Self::Refused { code: 401, .. })
            || matches!(self, Self::Refused { code: 404, description, .. } if description == "Not Found")
    }

    /// Tells the sender what this means for the row.
    pub(super) fn into_messenger(self) -> MessengerError {
        match self {
            Self::Refused { code: 429, retry_after, .. } => {
                MessengerError::RetryAfter(retry_after.unwrap_or(DEFAULT_RETRY_AFTER))
            }
            // The token was taken back: nothing is wrong with the row, and a new token may come.
            Self::Refused { code: 401, .. } => MessengerError::NotSent(Box::new(self)),
            Self::Refused { code, description, .. } => meaning(code, &description),
            Self::TokenForm | Self::Encode(_) | Self::Upload => MessengerError::Rejected { code: 400, why: Undelivered::Unknown },
            Self::Build(source) | Self::NotSent(source) => MessengerError::NotSent(source),
            Self::Unknown(source) => MessengerError::Unknown(source),
        }
    }

    /// Reports whether Telegram refused the call with an explanation that holds `words`.
    pub(super) fn is_refused_with(&self, words: &str) -> bool {
        matches!(self, Self::Refused { code: 400, description, .. } if description.contains(words))
    }

    /// Reports that the message to change is not there any more, or holds no text.
    pub(super) fn is_of_lost_message(&self) -> bool {
        let Self::Refused { code: 400, description, .. } = self else { return false };
        reason_of(&description.to_lowercase()) == Some(Undelivered::SourceGone)
            || UNFIT.iter().any(|words| description.contains(words))
    }

    /// Returns how long Telegram wants to be left alone, if it said so.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl Refusal {
    fn into_error(self, status: u16, header: Option<&str>) -> ClientError {
        let code = self.error_code.filter(|code| (400..500).contains(code)).unwrap_or(status);
        let retry_after = (code == 429).then(|| wait(self.parameters.and_then(|p| p.retry_after).as_ref(), header));
        let description = self.description.chars().take(MAX_DESCRIPTION_CHARS).collect();
        ClientError::Refused { code, description, retry_after }
    }
}

/// Reads a wait of seconds leniently: a number of any size, a fraction, a text, the header, else one second.
fn wait(value: Option<&Value>, header: Option<&str>) -> Duration {
    let seconds = match value {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    let seconds = seconds.or_else(|| header?.trim().parse().ok());
    seconds.and_then(|seconds: f64| Duration::try_from_secs_f64(seconds).ok()).unwrap_or(DEFAULT_RETRY_AFTER)
}

/// Words by which Telegram says, with 403 or 400 alike, that the receiver cannot be reached; in lower case. Of a copy's
/// two chats it says "chat not found" in the same words (`TdOnCheckChatCallback` of `Client.cpp` answers for both), so they
/// cannot be told apart. It is taken for the receiver's, for the writer's is known: they have just written in it.
const GONE: [&str; 5] = ["blocked", "deactivated", "can't initiate", "chat not found", "peer_id_invalid"];

/// Words by which Telegram says why a message does not pass; in lower case. Those of its servers are one word, the others
/// are the Bot API server's own (`Client.cpp`, `MessagesManager.cpp`).
const REASONS: [(&str, Undelivered); 11] = [
    ("message to copy not found", Undelivered::SourceGone),
    // The partner deleted the copy that a change is about.
    ("message to edit not found", Undelivered::SourceGone),
    ("message_id_invalid", Undelivered::SourceGone),
    ("message caption is too long", Undelivered::TooLong),
    ("media_caption_too_long", Undelivered::TooLong),
    ("message is too long", Undelivered::TooLong),
    ("message_too_long", Undelivered::TooLong),
    ("_messages_forbidden", Undelivered::Setting),
    ("restricted receiving of", Undelivered::Setting),
    ("can't be copied", Undelivered::Kind),
    ("can't be forwarded", Undelivered::Kind),
];

/// Words by which Telegram says that a message is there and cannot take a text.
const UNFIT: [&str; 2] = ["message can't be edited", "there is no text in the message to edit"];

/// Sorts a refusal for good.
fn meaning(code: u16, description: &str) -> MessengerError {
    let description = description.to_lowercase();
    let says = |words: &str| description.contains(words);
    if matches!(code, 400 | 403) && GONE.into_iter().any(says) {
        return MessengerError::Gone;
    }
    MessengerError::Rejected { code, why: reason_of(&description).unwrap_or(Undelivered::Unknown) }
}

/// The reason in an explanation in lower case, if it is a known one.
fn reason_of(description: &str) -> Option<Undelivered> {
    REASONS.into_iter().find(|(words, _)| description.contains(words)).map(|(_, why)| why)
}
