//! What can go wrong with the sandbox itself.
//! Refusals of Bot API requests are not here: those are answers, see `refusal`.

use std::path::PathBuf;

use crate::person::PersonId;

/// Why the sandbox could not do what its driver asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The port could not be bound.
    #[error("bind 127.0.0.1:{port}")]
    Bind {
        /// The port asked for.
        port: u16,
        /// The system's answer.
        #[source]
        source: std::io::Error,
    },
    /// A file of the world or of the request log could not be read or written.
    #[error("use {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: std::io::Error,
    },
    /// A line of the stored world other than the last one cannot be read.
    #[error("read line {line} of {path}")]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What the decoder says.
        #[source]
        source: serde_json::Error,
    },
    /// Another sandbox holds this data directory.
    #[error("another sandbox uses {path}")]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// No such person in this world.
    #[error("find person {0}")]
    UnknownPerson(PersonId),
    /// No such message in this person's chat (or it has left the kept history).
    #[error("find message {message_id} in the chat of person {person}")]
    UnknownMessage {
        /// Whose chat.
        person: PersonId,
        /// The message asked for.
        message_id: i64,
    },
    /// The message has no such button.
    #[error("find button {button} under message {message_id}")]
    NoSuchButton {
        /// The message looked at; 0 for a reply keyboard.
        message_id: i64,
        /// The button asked for.
        button: String,
    },
    /// No such invoice in this person's chat or behind this link, or no such subscription.
    #[error("find invoice {0}")]
    NoInvoice(String),
    /// A person who blocked the bot or was deactivated cannot act in the chat.
    #[error("act as person {0}, who blocked the bot or was deactivated")]
    CutOff(PersonId),
    /// What the person tried cannot be done in Telegram.
    #[error("do what Telegram does not allow: {0}")]
    NotAllowed(&'static str),
    /// Nothing that fits arrived in time.
    #[error("see what was expected within {0:?}; the chat holds: {1}")]
    TimedOut(std::time::Duration, String),
    /// The JSON given is not an object with exactly one update kind.
    #[error("read the raw update")]
    BadUpdate,
}
