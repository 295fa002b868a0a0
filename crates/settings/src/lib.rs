#![doc = include_str!("../README.md")]

mod address;
mod form;
mod place;
mod reader;
mod secret;
mod table;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;

pub use form::Kind;
pub use reader::{Fault, Origin, Shown, defaults};
pub use secret::Secret;
pub use table::{Row, Settings, rows};

use address::is_this_machine;
use reader::Reader;
use tracing_subscriber::filter::Targets;

/// How updates come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunMode {
    /// We ask for them.
    Polling,
    /// Telegram calls us.
    Webhook,
}

/// Where updates come in when Telegram calls us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Webhook<'a> {
    /// The address Telegram calls: https, or any on this machine.
    pub external_url: &'a str,
    /// Where we listen.
    pub listen: SocketAddr,
}

/// How a chat opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Once both have pressed "Chat".
    BothAccept,
    /// At once between two who have just asked for it.
    Direct,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// Settings that cannot be used: every fault, none of them a secret's value.
#[derive(Debug)]
pub struct SettingsError(pub Vec<Fault>);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "settings are wrong in {} place{}:", self.0.len(), if self.0.len() == 1 { "" } else { "s" })?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for SettingsError {}

impl Settings {
    /// Reads and checks all settings from the environment's variables and the file that they name.
    ///
    /// # Errors
    /// [`SettingsError`] with every fault found.
    pub fn load(environment: &BTreeMap<String, String>) -> Result<Self, SettingsError> {
        let mut read = Reader::new(environment);
        let settings = Self::read(&mut read);
        check_webhook(&mut read);
        check_weights(&mut read);
        let (shown, faults) = read.finish();
        match settings {
            Some(settings) if faults.is_empty() => Ok(Self { shown, ..settings }),
            _ => Err(SettingsError(faults)),
        }
    }

    /// Where updates come in when Telegram calls us; `None` = we ask for them.
    pub fn webhook(&self) -> Option<Webhook<'_>> {
        // `load` has made sure of both.
        let (external_url, listen) = (self.external_url.as_deref()?, self.webhook_listen?);
        (self.run_mode == RunMode::Webhook).then_some(Webhook { external_url, listen })
    }
}

/// Checks that a webhook has its two addresses, and that the outer one can be called from where the Bot API is.
fn check_webhook(read: &mut Reader<'_>) {
    if read.text("telegram.run_mode") != Some("webhook") {
        return;
    }
    for (key, place) in [("webhook.external_url", " in EXTERNAL_URL"), ("webhook.listen", "")] {
        if read.text(key).is_none() {
            let remedy = format!("expected {}{place}", read.words(key));
            read.fault(key, "it is not set, and run_mode is webhook", &remedy);
        }
    }
    let is_open = read.text("webhook.external_url").is_some_and(|url| url.starts_with("http://") && is_this_machine(url));
    let is_far = !read.text("telegram.api_url").is_some_and(is_this_machine);
    if is_open && is_far && read.text("telegram.token").is_some() {
        let problem = "it is not https, and the Bot API is not on this machine";
        let remedy = "expected https://host[:443|80|88|8443][/path] in EXTERNAL_URL";
        read.fault("webhook.external_url", problem, remedy);
    }
}

/// Checks that waiting can bring more points than premium.
fn check_weights(read: &mut Reader<'_>) {
    let points = |read: &Reader<'_>, key| read.text(key).and_then(|text| text.parse::<u16>().ok());
    let (premium, waiting) = (points(read, "search.points_for_premium"), points(read, "search.points_for_waiting"));
    if let (Some(premium), Some(waiting)) = (premium, waiting)
        && premium >= waiting
    {
        let remedy = format!("give fewer than search.points_for_waiting, which is {waiting}");
        read.fault("search.points_for_premium", "a person who waits without premium could starve", &remedy);
    }
}

/// Reports whether a text looks like a bot's token (form: Bot API, "Authorizing your bot").
fn is_token(text: &str) -> bool {
    let Some((bot, key)) = text.split_once(':') else { return false };
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    bot.parse::<i64>().is_ok_and(|id| id > 0) && key.len() == 35 && key.bytes().all(is_letter)
}

/// Reads the key of former people's hashes: 64 hexadecimal digits in either case. `None` for anything else.
pub fn read_subject_key(text: &str) -> Option<Secret> {
    let is_key = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_key.then(|| Secret::new(text.to_ascii_lowercase()))
}

/// Reads the keys of stored texts: each of 64 hexadecimal digits, with white space between them. `None` for anything else.
pub fn read_data_keys(text: &str) -> Option<Secret> {
    let keys: Vec<&str> = text.split_whitespace().collect();
    let is_whole = !keys.is_empty() && keys.iter().all(|key| read_subject_key(key).is_some());
    is_whole.then(|| Secret::new(keys.join("\n")))
}

/// Reads which messages are logged: levels and `target=level` pairs between commas; an empty text asks for errors only.
/// `None` for anything else, also for spans and fields in brackets.
pub fn read_log_filter(text: &str) -> Option<Targets> {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.join(",").parse().ok().filter(|_| !text.contains('['))
}

/// Reports whether a text is one line that fits into a message.
fn is_line(text: &str) -> bool {
    text.chars().count() <= 200 && !text.contains(char::is_control)
}

/// Reports whether a text can be the name of an account on the machine.
fn is_account(text: &str) -> bool {
    text.chars().count() <= 100 && !text.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}

/// Reads codes of countries, with commas or white space between them; `None` unless each has two letters. Which codes there
/// are is not known here.
fn read_countries(text: &str) -> Option<Vec<String>> {
    let codes = text.split(|letter: char| letter == ',' || letter.is_whitespace()).filter(|code| !code.is_empty());
    let is_code = |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    codes.map(|code| is_code(code).then(|| code.to_ascii_uppercase())).collect()
}

/// Reports whether a text is the address of a PostgreSQL server.
fn is_postgres(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

#[cfg(test)]
mod tests;
