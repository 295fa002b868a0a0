//! Settings: compiled-in defaults, a file, the environment, in this order, checked as a whole before anything starts.
//! This is the only place that knows where a setting comes from; the layers get plain values.

mod place;
mod reader;
mod secret;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

pub use reader::Fault;
pub use secret::Secret;

use reader::Reader;

/// Everything that can be set, valid as a whole.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where private database and sandbox lie; absolute.
    pub data_dir: PathBuf,
    /// The bot's token, of the right form; `None` = the sandbox is used.
    pub token: Option<Secret>,
    /// The Bot API server, without a slash at the end.
    pub api_url: String,
    /// How updates come in.
    pub run_mode: RunMode,
    /// Where a supervisor asks how far we are; `None` = nowhere.
    pub ops_listen: Option<SocketAddr>,
    /// How long one `getUpdates` call waits, at most 50 s.
    pub poll_timeout: Duration,
    /// How long Telegram must refuse the token before that is believed, at most an hour; zero = at once.
    pub token_refused_after: Duration,
    /// How many Bot API calls may be in flight at once, 1 to 500.
    pub max_in_flight: u32,
    /// The database server; `None` = the private cluster.
    pub database_url: Option<Secret>,
    /// How long a start waits for a named database that does not answer, at most an hour.
    pub start_wait: Duration,
    /// How many connections the pool holds, 1 to 64.
    pub max_connections: u32,
    /// How long a task waits for a connection.
    pub checkout_timeout: Duration,
    /// How long one statement may run.
    pub statement_timeout: Duration,
    /// How long the right to write lasts without a sign of life.
    pub lease: Duration,
    /// How many people's slower work runs at once, 1 to 1,024.
    pub max_lanes: u32,
    /// How a chat opens.
    pub opening: Opening,
    /// How long two people have to answer in a meeting, 20 s to 10 min.
    pub meeting: Duration,
    /// How long the tap that began a search counts as consent when chats open directly, 1 s to 2 min.
    pub consent: Duration,
    /// How long an invitation to a friend stands, 1 min to 1 h.
    pub invitation: Duration,
    /// How many days of premium the first completed chat brings; 0 = none.
    pub trial_days: u32,
    /// Whom people write to for help, as it stands in the bot's texts; may be empty.
    pub support_contact: String,
    /// The key of former people's hashes, 64 lower-case hexadecimal digits; `None` = a private installation keeps one as a
    /// file, a named database goes by the token.
    pub subject_key: Option<Secret>,
    /// How long a graceful stop may take to send what is committed.
    pub drain: Duration,
    /// The sandbox's port on 127.0.0.1; 0 = a free one.
    pub sandbox_port: u16,
    /// How many people a new sandbox holds.
    pub sandbox_people: u32,
    /// Which messages are logged, in tracing's filter syntax.
    pub log_filter: String,
    /// In which form they are logged.
    pub log_format: LogFormat,
    /// Every key with its value as `key = "value"`, by key, secrets as `***`.
    pub shown: Vec<String>,
}

/// How updates come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunMode {
    /// We ask for them.
    Polling,
    /// Telegram calls us.
    Webhook {
        /// The address Telegram calls: https, or any on this machine.
        external_url: String,
        /// Where we listen.
        listen: SocketAddr,
    },
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
        let ms = |number: u32| Duration::from_millis(u64::from(number));
        let settings = Self {
            data_dir: place::data_dir(read.text("data_dir"), environment),
            token: {
                let form = "the token that @BotFather gave: digits, a colon, 35 letters, digits, _ or -";
                read.parsed("telegram.token", form, |text| is_token(text).then(|| Secret::new(text)))
            },
            api_url: read
                .parsed("telegram.api_url", "http(s)://host without a path", |text| is_url(text).then(|| text.to_owned()))
                .unwrap_or_default()
                .trim_end_matches('/')
                .to_owned(),
            run_mode: run_mode(&mut read),
            ops_listen: read.parsed("ops.listen", "address:port", |text| text.parse().ok()),
            poll_timeout: Duration::from_secs(u64::from(read.number("telegram.poll_timeout_s", 0..=50))),
            token_refused_after: Duration::from_secs(u64::from(read.number("telegram.token_refused_after_s", 0..=3_600))),
            max_in_flight: read.number("telegram.max_in_flight", 1..=500),
            database_url: {
                let form = "postgres://user:password@host:port/name";
                let is_postgres = |text: &str| text.starts_with("postgres://") || text.starts_with("postgresql://");
                read.parsed("database.url", form, |text| is_postgres(text).then(|| Secret::new(text)))
            },
            start_wait: Duration::from_secs(u64::from(read.number("database.start_wait_s", 0..=3_600))),
            max_connections: read.number("database.max_connections", 1..=64),
            checkout_timeout: ms(read.number("database.checkout_timeout_ms", 100..=60_000)),
            statement_timeout: ms(read.number("database.statement_timeout_ms", 100..=600_000)),
            lease: ms(read.number("engine.lease_ms", 1_000..=60_000)),
            max_lanes: read.number("engine.max_lanes", 1..=1_024),
            opening: read
                .parsed("search.opening", "both_accept or direct", |text| match text {
                    "both_accept" => Some(Opening::BothAccept),
                    "direct" => Some(Opening::Direct),
                    _ => None,
                })
                .unwrap_or(Opening::BothAccept),
            meeting: Duration::from_secs(u64::from(read.number("search.meeting_s", 20..=600))),
            consent: Duration::from_secs(u64::from(read.number("search.consent_s", 1..=120))),
            invitation: Duration::from_secs(u64::from(read.number("search.invitation_s", 60..=3_600))),
            trial_days: read.number("premium.trial_days", 0..=365),
            support_contact: read
                .parsed("support.contact", "one line of at most 200 characters", |text| is_line(text).then(|| text.to_owned()))
                .unwrap_or_default(),
            subject_key: read.parsed(
                "subject.key",
                "64 hexadecimal digits, as `openssl rand -hex 32` writes them",
                read_subject_key,
            ),
            drain: ms(read.number("engine.drain_ms", 0..=60_000)),
            sandbox_port: u16::try_from(read.number("sandbox.port", 0..=65_535)).unwrap_or(0),
            sandbox_people: read.number("sandbox.people", 0..=100),
            log_filter: read.text("log.filter").unwrap_or_default(),
            log_format: read
                .parsed("log.format", "auto, pretty or json", |text| match text {
                    "auto" => Some(LogFormat::Auto),
                    "pretty" => Some(LogFormat::Pretty),
                    "json" => Some(LogFormat::Json),
                    _ => None,
                })
                .unwrap_or(LogFormat::Auto),
            shown: Vec::new(),
        };
        if settings.api_url.is_empty() && read.text("telegram.api_url").is_none() {
            read.fault("telegram.api_url", "it is not set", "expected http(s)://host without a path");
        }
        if let RunMode::Webhook { external_url, .. } = &settings.run_mode
            && settings.token.is_some()
            && external_url.starts_with("http://")
            && !split_url(&settings.api_url).is_some_and(|(_, host)| is_this_machine(host))
        {
            let problem = "it is not https, and the Bot API is not on this machine";
            read.fault("webhook.external_url", problem, "expected https://host[:443|80|88|8443][/path] in EXTERNAL_URL");
        }
        let form = "a level (error, warn, info, debug, trace) or target=level pairs separated by commas";
        read.parsed("log.filter", form, |text| tracing_subscriber::EnvFilter::try_new(text).ok());
        let (shown, faults) = read.finish();
        if faults.is_empty() { Ok(Self { shown, ..settings }) } else { Err(SettingsError(faults)) }
    }
}

fn run_mode(read: &mut Reader<'_>) -> RunMode {
    let is_webhook = read.parsed("telegram.run_mode", "polling or webhook", |text| match text {
        "polling" => Some(false),
        "webhook" => Some(true),
        _ => None,
    });
    let key = "webhook.external_url";
    let form = "https://host[:443|80|88|8443][/path], or http on this machine's own address";
    let external_url = read.parsed(key, form, |text| is_webhook_url(text).then(|| text.to_owned()));
    let listen = read.parsed("webhook.listen", "address:port", |text| text.parse().ok());
    match (is_webhook, external_url, listen) {
        (Some(true), Some(external_url), Some(listen)) => RunMode::Webhook { external_url, listen },
        (Some(true), None, _) if read.text(key).is_none() => {
            read.fault(key, "it is not set, and run_mode is webhook", &format!("expected {form} in EXTERNAL_URL"));
            RunMode::Polling
        }
        (Some(true), _, None) if read.text("webhook.listen").is_none() => {
            read.fault("webhook.listen", "it is not set, and run_mode is webhook", "expected address:port");
            RunMode::Polling
        }
        _ => RunMode::Polling,
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

/// Reports whether a text is one line that fits into a message.
fn is_line(text: &str) -> bool {
    text.chars().count() <= 200 && !text.contains(char::is_control)
}

fn is_url(text: &str) -> bool {
    split_url(text).is_some()
}

/// Reports whether Telegram, or a sandbox on this machine, may call this address.
///
/// The path becomes a route of ours, where some signs mean something else.
fn is_webhook_url(text: &str) -> bool {
    let path = text.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    if text.contains(['?', '#', '{', '}']) || path.split('/').any(|part| part.starts_with([':', '*'])) {
        return false;
    }
    match split_url(text) {
        Some(("https", _)) => is_webhook_port(text),
        Some((_, host)) => is_this_machine(host),
        None => false,
    }
}

/// Reports whether Telegram posts to the port of this https address (Bot API 10.3, `setWebhook`, notes).
fn is_webhook_port(text: &str) -> bool {
    let authority = text.trim_start_matches("https://").split(['/', '?', '#']).next().unwrap_or_default();
    let port = authority.rsplit(']').next().and_then(|rest| rest.rsplit_once(':')).map(|(_, port)| port);
    port.is_none_or(|port| ["443", "80", "88", "8443"].contains(&port))
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Splits an address into scheme and host, both non-empty; the port, if any, is a number.
fn split_url(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => v6.split_once(']').map(|(host, rest)| (host, rest.strip_prefix(':')))?,
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    let is_sound = !host.is_empty() && !text.contains(char::is_whitespace) && !authority.contains('@');
    (is_sound && port.is_none_or(|port| port.parse::<u16>().is_ok())).then_some((scheme, host))
}

#[cfg(test)]
mod tests;
