//! One database as an address: its connection string checked, TLS chosen, ready to make connections.
//! TLS is rustls; what it checks of the server's certificate is what `psql` would check.

mod certificate;
mod hosts;
mod pooler;
mod refusal;
mod tls;
mod url;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use luvhive_core::error::Cause;
use tokio_postgres::config::{Config, Host, SslMode, TargetSessionAttrs};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

pub use refusal::Obstacle;

/// How long one attempt to connect may take, unless the connection string says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the system keeps sending to a silent peer before the connection counts as lost.
const SILENT_PEER_TIMEOUT: Duration = Duration::from_secs(30);

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The connection string does not parse; the text never repeats it, since it may hold a password.
    #[error("DATABASE_URL is no connection string ({reason}); use postgres://user:password@host:5432/name")]
    Url {
        /// What is wrong.
        reason: String,
    },
    /// The trusted certificates cannot be read.
    #[error("TLS certificates cannot be read ({reason})")]
    Certificates {
        /// Which, and why.
        reason: String,
    },
    /// The server cannot be reached, or does not answer as one.
    #[error("database cannot be reached")]
    Unavailable(#[source] Cause),
    /// Somebody answers at the address, and we do not get in.
    #[error("{}", Told(*.obstacle, .seen))]
    Refused {
        /// What stands in the way.
        obstacle: Obstacle,
        /// What was seen of it, without values.
        seen: String,
    },
    /// Sessions may only read: the server is a standby, or told to let nobody write.
    #[error("database lets nobody write (the server is a standby, or default_transaction_read_only is on)")]
    ReadOnly,
    /// No connection of the pool became free in time.
    #[error("no database connection was free within {waited_ms} ms")]
    Busy {
        /// How long the caller waited.
        waited_ms: u64,
    },
}

impl DatabaseError {
    /// Reports whether waiting may help: nobody answers, or the server is still starting, has no connection free, or lets
    /// nobody write for now.
    /// A server that refuses the password or knows no such database says the same tomorrow.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unavailable(cause) => {
                let answer = cause.downcast_ref::<tokio_postgres::Error>().and_then(tokio_postgres::Error::code);
                answer.is_none_or(|code| *code == SqlState::CANNOT_CONNECT_NOW)
            }
            Self::Busy { .. } | Self::ReadOnly | Self::Refused { obstacle: Obstacle::Room, .. } => true,
            Self::Url { .. } | Self::Certificates { .. } | Self::Refused { .. } => false,
        }
    }

    /// Wraps what the driver said.
    pub(crate) fn unavailable(source: impl Into<Cause>) -> Self {
        Self::Unavailable(source.into())
    }
}

/// An obstacle as a sentence.
struct Told<'a>(Obstacle, &'a str);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.tell(self.1, f)
    }
}

/// A database that can be connected to.
#[derive(Clone)]
pub struct Database {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    /// Whether the server's certificate is checked.
    is_checked: bool,
}

impl Database {
    /// Reads a connection string, as URL or as `key=value` words; nothing is connected yet.
    ///
    /// A Unix socket is used without TLS. Over TCP, `sslmode=disable` means none, `prefer` (the default) TLS if the server
    /// offers it, `require`, `verify-ca` and `verify-full` TLS always. As with `psql`, only the last two look at the server's
    /// certificate: who signed it, and with `verify-full` the name in it. `sslrootcert` (or `root_certificate`) names a PEM
    /// file that is trusted alone, in place of the system's certificates, and turns `prefer` and `require` into `verify-ca`.
    ///
    /// # Errors
    /// [`DatabaseError::Url`], [`DatabaseError::Certificates`].
    pub fn parse(text: &str, root_certificate: Option<&Path>) -> Result<Self, DatabaseError> {
        let url::Parts { plain, root, check } = url::split(text);
        let mut config: Config =
            plain.parse().map_err(|error: tokio_postgres::Error| DatabaseError::Url { reason: url::reason(&error) })?;
        if config.get_hosts().is_empty() {
            return Err(DatabaseError::Url { reason: "it names no host".to_owned() });
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        config.keepalives_idle(SILENT_PEER_TIMEOUT);
        config.tcp_user_timeout(SILENT_PEER_TIMEOUT);
        if config.get_application_name().is_none() {
            config.application_name("luvhive");
        }
        let is_remote = config.get_hosts().iter().any(|host| matches!(host, Host::Tcp(_)));
        let root = root.as_deref().or(root_certificate);
        let check = if check == tls::Check::Nothing && root.is_some() { tls::Check::Chain } else { check };
        let has_tls = is_remote && config.get_ssl_mode() != SslMode::Disable;
        let tls = has_tls.then(|| tls::connector(check, root)).transpose()?;
        let is_checked = has_tls && check != tls::Check::Nothing;
        Ok(Self { config, tls, is_checked })
    }

    /// Returns the same database under another `application_name`, which `pg_stat_activity` shows.
    #[must_use]
    pub fn named(mut self, application_name: &str) -> Self {
        self.config.application_name(application_name);
        self
    }

    /// Returns the same database for sessions that write: a server that lets them only read is refused at the connect,
    /// and where several hosts are named the next one is asked.
    #[must_use]
    pub fn for_writing(mut self) -> Self {
        self.config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        self
    }

    /// Names the first host on another machine whose certificate nobody checks. Any server that answers in its place gets the
    /// password.
    pub fn unchecked_host(&self) -> Option<&str> {
        let is_here =
            |name: &str| name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
        self.config.get_hosts().iter().find_map(|host| match host {
            Host::Tcp(name) if !self.is_checked && !is_here(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The database's name, if the connection string gives one.
    pub fn name(&self) -> Option<&str> {
        self.config.get_dbname()
    }

    /// The password of the connection string, for programs that must not get it as an argument.
    #[cfg(feature = "local")]
    pub(crate) fn password(&self) -> Option<String> {
        self.config.get_password().map(|password| String::from_utf8_lossy(password).into_owned())
    }

    /// Makes one connection with a limit on each statement (zero: none), in ms.
    pub(crate) async fn connect(&self, statement_timeout_ms: u64) -> Result<AsyncPgConnection, DatabaseError> {
        let made = match &self.tls {
            None => {
                let (client, connection) = hosts::connect(&self.config, &NoTls).await?;
                AsyncPgConnection::try_from_client_and_connection(client, connection).await
            }
            Some(tls) => {
                let (client, connection) = hosts::connect(&self.config, tls).await?;
                AsyncPgConnection::try_from_client_and_connection(client, connection).await
            }
        };
        let mut connection = made.map_err(DatabaseError::unavailable)?;
        let limit = format!("SET statement_timeout = {statement_timeout_ms}");
        connection.batch_execute(&limit).await.map_err(DatabaseError::unavailable)?;
        Ok(connection)
    }

    /// Makes one connection and closes it.
    ///
    /// # Errors
    /// [`DatabaseError::Unavailable`], [`DatabaseError::Refused`]; [`DatabaseError::ReadOnly`] after [`Self::for_writing`].
    pub async fn reach(&self) -> Result<(), DatabaseError> {
        self.client().await.map(drop)
    }

    /// Asks the server for its major version, such as 15.
    ///
    /// # Errors
    /// [`DatabaseError::Unavailable`].
    pub async fn major(&self) -> Result<u32, DatabaseError> {
        major(&self.client().await?).await.map_err(DatabaseError::unavailable)
    }

    /// Makes one plain connection, for statements that are prepared once; its driver runs as a task of the runtime.
    pub(crate) async fn client(&self) -> Result<Client, DatabaseError> {
        match &self.tls {
            None => {
                let (client, connection) = hosts::connect(&self.config, &NoTls).await?;
                tokio::spawn(connection);
                Ok(client)
            }
            Some(tls) => {
                let (client, connection) = hosts::connect(&self.config, tls).await?;
                tokio::spawn(connection);
                Ok(client)
            }
        }
    }
}

impl fmt::Debug for Database {
    /// Shows host and name, never user or password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("hosts", &self.config.get_hosts())
            .field("name", &self.name())
            .field("is_encrypted", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}

/// Asks a server for its major version.
pub(crate) async fn major(client: &Client) -> Result<u32, tokio_postgres::Error> {
    let row = client.query_one("SELECT current_setting('server_version_num')::integer / 10000", &[]).await?;
    row.try_get::<_, i32>(0).map(i32::unsigned_abs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_go_without_tls_and_hosts_with() {
        let socket = Database::parse("postgres://app@%2Frun%2Fpg/luvhive", None).unwrap();
        assert!(socket.tls.is_none());
        let host = Database::parse("postgres://app@db.example/luvhive?sslmode=verify-full", None);
        assert!(host.unwrap().tls.is_some());
        let plain = Database::parse("postgres://app@db.example/luvhive?sslmode=disable", None);
        assert!(plain.unwrap().tls.is_none());
    }

    #[test]
    fn secrets_of_the_connection_string_are_shown_nowhere() {
        let good = Database::parse("postgres://someone:hunter2@%2Frun%2Fpg/luvhive", None).unwrap();
        assert!(!format!("{good:?}").contains("hunter2"));
        for bad in ["postgres://u:hunter2@h:port/x", "mysql://u:hunter2@h/x", "hunter2"] {
            let error = Database::parse(bad, None).unwrap_err();
            assert!(matches!(error, DatabaseError::Url { .. }), "{error:?}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn a_host_elsewhere_that_nobody_checks_is_named() {
        for (address, named) in [
            ("db.example/x", Some("db.example")),
            ("127.0.0.1,db.example/x?sslmode=require", Some("db.example")),
            ("db.example/x?sslmode=disable", Some("db.example")),
            ("db.example/x?sslmode=verify-full", None),
            ("localhost/x", None),
            ("[::1]/x", None),
            ("%2Frun%2Fpg/x", None),
        ] {
            let database = Database::parse(&format!("postgres://app@{address}"), None).unwrap();
            assert_eq!(database.unchecked_host(), named, "{address}");
        }
    }

    #[test]
    fn a_missing_certificate_file_is_named() {
        let text = "postgres://app@db.example/x?sslrootcert=/nonexistent/ca.pem";
        let error = Database::parse(text, None).unwrap_err();
        assert!(error.to_string().contains("/nonexistent/ca.pem"), "{error}");
    }
}
