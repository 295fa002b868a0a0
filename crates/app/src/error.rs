//! Why the program ends other than well, and with which exit code.

mod staff;

use std::net::SocketAddr;
use std::path::PathBuf;

use luvhive_core::ports::StoreError;
use luvhive_sandbox::SandboxError;
use luvhive_storage::local::LocalError;
use luvhive_storage::migrate::MigrateError;
use luvhive_storage::tuning::TuningError;
use luvhive_storage::{DatabaseError, Obstacle};
use luvhive_telegram::client::{ClientError, SetupError};
use luvhive_telegram::runtime::RuntimeError;

use crate::settings::SettingsError;
pub use staff::StaffError;

/// Exit code for words on the command line that cannot be followed (`EX_USAGE`).
pub const USAGE: u8 = 64;
/// Exit code for wrong settings (`EX_CONFIG`).
pub const CONFIGURATION: u8 = 78;
/// Exit code for something that cannot be reached or is in use (`EX_UNAVAILABLE`).
pub const UNAVAILABLE: u8 = 69;
/// Exit code for anything else (`EX_SOFTWARE`).
pub const SOFTWARE: u8 = 70;

/// Every exit code and when the program exits with it, for the reference in `docs/`.
pub const EXIT_CODES: [(u8, &str); 7] = [
    (0, "It is done; for `doctor`, all is well."),
    (1, "`doctor` found warnings, and no fault."),
    (2, "`doctor` found faults."),
    (
        USAGE,
        "The words on the command line cannot be followed: an unknown command or argument, a pseudonym, charge or support \
         code that nobody has, a decision that the rules or the roles of the staff refuse, or a question without a terminal and without `--yes`.",
    ),
    (
        UNAVAILABLE,
        "Something cannot be reached or is in use: Telegram, a port, the data directory, or a database that was there before.",
    ),
    (SOFTWARE, "Anything else, such as a question that was answered with no, or an audit log that is not whole."),
    (CONFIGURATION, "Settings are wrong, or no database answers at the address in `DATABASE_URL` or lets LuvHive in."),
];

/// Why a command failed. One variant per step; each message names the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// Settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A database was named, but no token: play people must not enter a real database.
    #[error(
        "DATABASE_URL is set but BOT_TOKEN is not; set BOT_TOKEN (digits, a colon, 35 characters, from @BotFather), or unset \
         DATABASE_URL to use a private database, or add --sandbox if play people may enter that database"
    )]
    SandboxOnRealDatabase,
    /// The data directory cannot be used.
    #[error("data directory {path} cannot be written; make it writable or name another in LUVHIVE_DATA_DIR")]
    DataDir {
        /// Which.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: std::io::Error,
    },
    /// Another LuvHive works in the data directory.
    #[error("data directory {path} is in use by process {holder}; stop it, name another in LUVHIVE_DATA_DIR, or add --standby")]
    Held {
        /// Which.
        path: PathBuf,
        /// The holder's process number, or `unknown`.
        holder: String,
    },
    /// The file holds no key, and another one would make everybody who left unknown.
    #[error(
        "{path} does not hold the 64 hexadecimal digits of a key; bring back its copy: another key would forget the bans and \
         blocks of everybody who left"
    )]
    SubjectKey {
        /// Which.
        path: PathBuf,
    },
    /// The file holds no keys, and with another one its texts could not be read.
    #[error(
        "{path} does not hold keys of 64 hexadecimal digits, one a line; bring back its copy: without them the texts that they \
         encrypted stay empty"
    )]
    DataKey {
        /// Which.
        path: PathBuf,
    },
    /// There is no key to encrypt by.
    #[error("there is no data key; `luvhive key new` makes one")]
    NoDataKey,
    /// Texts cannot be decrypted.
    #[error("texts need {keys}, which is not here; {remedy}")]
    KeysMissing {
        /// Which.
        keys: String,
        /// What to do.
        remedy: String,
    },
    /// A running bot may not know the key, and would find the texts empty.
    #[error("a bot is running, and encrypts by its first key itself; to change the key, start it anew, or stop it first")]
    BotRuns,
    /// The private cluster cannot be had.
    #[error(transparent)]
    Cluster(#[from] LocalError),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The named database cannot be reached.
    #[error(
        "the database of DATABASE_URL does not answer; check the address (postgres://user:password@host/name) and that its \
         server runs"
    )]
    DatabaseAway(#[source] DatabaseError),
    /// The schema cannot be brought to this version.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// A named database is of an older version, and nobody allowed to change it.
    #[error(
        "{count} migrations are pending in the database of DATABASE_URL (postgres://user:password@host/name); run \
         `luvhive migrate`, or start with --migrate"
    )]
    PendingMigrations {
        /// How many.
        count: usize,
    },
    /// Made-up people would meet real ones.
    #[error("{count} real people are registered in this database; name another one, or add --among-real-people")]
    RealPeople {
        /// How many.
        count: u64,
    },
    /// A copy must not be mixed with what is there.
    #[error(
        "the database is not empty, and a copy is brought back into an empty one; name another in DATABASE_URL or LUVHIVE_DATA_DIR"
    )]
    NotEmpty,
    /// The sandbox's port is taken.
    #[error("port {port} on 127.0.0.1 is taken; free it, or name another (0 for any) in LUVHIVE__SANDBOX__PORT")]
    Port {
        /// Which.
        port: u16,
        /// The system's answer.
        #[source]
        source: std::io::Error,
    },
    /// The webhook's address cannot be listened on.
    #[error("{address} cannot be listened on for the webhook; free it, or name another in LUVHIVE__WEBHOOK__LISTEN")]
    WebhookListen {
        /// Which.
        address: SocketAddr,
        /// The system's answer.
        #[source]
        source: std::io::Error,
    },
    /// A door that was open has failed.
    #[error("HTTP is not served any more")]
    Listen(#[source] std::io::Error),
    /// The address for supervisors cannot be listened on.
    #[error("{address} cannot be listened on; free it, or name another in LUVHIVE__OPS__LISTEN")]
    OpsListen {
        /// Which.
        address: SocketAddr,
        /// The system's answer.
        #[source]
        source: std::io::Error,
    },
    /// The sandbox's world cannot be used.
    #[error("the sandbox does not start")]
    Sandbox(#[source] SandboxError),
    /// The token has the wrong form, or certificates are missing.
    #[error("the Bot API client cannot be made")]
    Client(#[from] ClientError),
    /// Telegram does not answer.
    #[error("Telegram cannot be reached; check the network and LUVHIVE__TELEGRAM__API_URL")]
    Unreachable(#[source] ClientError),
    /// Telegram refuses the token or something else.
    #[error(transparent)]
    Setup(SetupError),
    /// The bot ended without being asked.
    #[error("the bot cannot go on")]
    Runtime(#[source] RuntimeError),
    /// The bot ended although nobody asked it to.
    #[error("the bot has ended")]
    Ended,
    /// No bot has run in this data directory, so there is nobody to report or sanction.
    #[error("no bot has run here yet; start luvhive once, or set BOT_TOKEN to name the bot")]
    NoBot,
    /// A store failed.
    #[error("the database did not do what it was asked")]
    Store(#[from] StoreError),
    /// A command of the staff is not followed.
    #[error(transparent)]
    Staff(#[from] StaffError),
    /// The audit log is not whole.
    #[error("the audit log is not whole: {count} findings")]
    AuditLog {
        /// How many.
        count: usize,
    },
    /// No settings are written for such a server.
    #[error(transparent)]
    Tuning(#[from] TuningError),
    /// Signals cannot be listened to.
    #[error("signals cannot be received")]
    Signals(#[source] std::io::Error),
    /// The asynchronous runtime does not start.
    #[error("threads cannot be started")]
    Threads(#[source] std::io::Error),
    /// A piece of work ended by a panic.
    #[error("a task ended unexpectedly")]
    Task(#[source] tokio::task::JoinError),
}

impl From<SandboxError> for AppError {
    fn from(error: SandboxError) -> Self {
        match error {
            SandboxError::Bind { port, source } => Self::Port { port, source },
            other => Self::Sandbox(other),
        }
    }
}

impl From<SetupError> for AppError {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::Client(error @ (ClientError::NotSent(_) | ClientError::Unknown(_))) => Self::Unreachable(error),
            other => Self::Setup(other),
        }
    }
}

impl AppError {
    /// Returns the exit code: 64, 78, 69 or 70.
    pub fn code(&self) -> u8 {
        match self {
            Self::Staff(StaffError::Declined) => SOFTWARE,
            Self::Staff(_) | Self::RealPeople { .. } | Self::Tuning(_) | Self::Cluster(LocalError::Copy { .. }) => USAGE,
            Self::Database(DatabaseError::Refused { obstacle: Obstacle::Room, .. }) => UNAVAILABLE,
            Self::Settings(_)
            | Self::SandboxOnRealDatabase
            | Self::DataDir { .. }
            | Self::SubjectKey { .. }
            | Self::DataKey { .. }
            | Self::NoDataKey
            | Self::KeysMissing { .. }
            | Self::Cluster(
                LocalError::Directory { .. }
                | LocalError::Owner { .. }
                | LocalError::OpenToOthers { .. }
                | LocalError::Version { .. }
                | LocalError::Nameless { .. },
            )
            | Self::Database(DatabaseError::Url { .. } | DatabaseError::Certificates { .. } | DatabaseError::Refused { .. })
            | Self::Migrate(MigrateError::Newer { .. })
            | Self::DatabaseAway(_)
            | Self::PendingMigrations { .. }
            | Self::Client(ClientError::TokenForm)
            | Self::Setup(SetupError::TokenRefused | SetupError::InsecureWebhook | SetupError::WebhookSecret)
            | Self::Runtime(RuntimeError::TokenRefused)
            | Self::NoBot
            | Self::NotEmpty => CONFIGURATION,
            Self::Held { .. }
            | Self::BotRuns
            | Self::Cluster(_)
            | Self::Database(_)
            | Self::Migrate(MigrateError::Database(_))
            | Self::Port { .. }
            | Self::Listen(_)
            | Self::OpsListen { .. }
            | Self::WebhookListen { .. }
            | Self::Client(_)
            | Self::Unreachable(_)
            | Self::Setup(_)
            | Self::Runtime(RuntimeError::Journal(_) | RuntimeError::Fenced)
            | Self::Sandbox(SandboxError::InUse { .. })
            | Self::Store(StoreError::Unavailable(_)) => UNAVAILABLE,
            _ => SOFTWARE,
        }
    }
}

#[cfg(test)]
mod tests;
