//! Why a database lets nobody in, told apart: address, TLS, certificate, password, account, name, pooler, room.

use std::error::Error as _;
use std::fmt;
use std::io;

use tokio_postgres::error::{DbError, SqlState};

use super::{DatabaseError, certificate};

/// What stands between us and a database that answers. Displayed as a sentence with the way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The server offers no TLS, or not as asked for.
    Tls,
    /// Its certificate does not pass.
    Certificate,
    /// The password is wrong or missing.
    Password,
    /// The account is unknown or not allowed in.
    Account,
    /// There is no database of that name.
    Name,
    /// A pooler lends sessions for less than their life, or refuses the address's settings.
    Pooler,
    /// Every connection is taken.
    Room,
}

impl Obstacle {
    /// What is wrong, and the way out.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Tls => (
                "TLS to the server of DATABASE_URL does not work",
                "turn ssl on there, or set sslmode in the address: prefer takes what there is, disable goes without",
            ),
            Self::Certificate => (
                "the server of DATABASE_URL shows a certificate that does not pass",
                "name the file of the certificate that signed it in sslrootcert, or set sslmode in the address: verify-ca \
                 does not look at the name, require encrypts without a check",
            ),
            Self::Password => (
                "the server of DATABASE_URL does not take the password",
                "correct it in the address (postgres://user:password@host/name; %40 stands for @, %2F for /)",
            ),
            Self::Account => (
                "the server of DATABASE_URL does not let the account in",
                "correct the user in the address (postgres://user:password@host/name), create it there (CREATE ROLE … LOGIN), or \
                 allow it in the server's pg_hba.conf",
            ),
            Self::Name => (
                "the server of DATABASE_URL has no such database",
                "create it there (CREATE DATABASE …), or correct the name in the address (postgres://user:password@host/name)",
            ),
            Self::Pooler => (
                "a pooler such as PgBouncer stands before the server of DATABASE_URL, and LuvHive cannot work through it",
                "give the server's direct address (its own port, 5432 unless changed), or set pool_mode = session in the pooler",
            ),
            Self::Room => (
                "the server of DATABASE_URL has no connection free",
                "close some, or raise max_connections there; LuvHive needs database.max_connections + 3",
            ),
        }
    }

    /// Writes the sentence with what was seen.
    pub(super) fn tell(self, seen: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, remedy) = self.words();
        write!(f, "{what} ({seen}); {remedy}")
    }

    fn seen(self, seen: impl Into<String>) -> DatabaseError {
        DatabaseError::Refused { obstacle: self, seen: seen.into() }
    }
}

/// Sorts what the driver says of a connect that failed. It tells much by words alone.
pub(super) fn sort(error: tokio_postgres::Error) -> DatabaseError {
    if let Some(told) = error.as_db_error() {
        return match obstacle(told) {
            Some(obstacle) => obstacle.seen(told.message()),
            None => DatabaseError::unavailable(error),
        };
    }
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    let what = error.to_string();
    if cause.contains("does not allow writes") {
        DatabaseError::ReadOnly
    } else if cause == "password missing" {
        Obstacle::Password.seen("the address has none, and the server asks for one")
    } else if what.starts_with("error performing TLS handshake") {
        of_tls(&error, cause)
    } else if what.starts_with("authentication error") {
        Obstacle::Account.seen(cause)
    } else {
        DatabaseError::unavailable(error)
    }
}

fn of_tls(error: &tokio_postgres::Error, cause: String) -> DatabaseError {
    let inner = error.source().and_then(|cause| cause.downcast_ref::<io::Error>()).and_then(io::Error::get_ref);
    match inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(refused)) => Obstacle::Certificate.seen(certificate::words(refused)),
        _ => Obstacle::Tls.seen(cause),
    }
}

fn obstacle(told: &DbError) -> Option<Obstacle> {
    let code = told.code();
    // PgBouncer has one code for everything of its own.
    let of_pooler = [
        ("unsupported startup parameter", Obstacle::Pooler),
        ("transaction blocks not allowed in statement pooling", Obstacle::Pooler),
        ("no such database", Obstacle::Name),
        ("no such user", Obstacle::Account),
    ];
    let known = [
        (SqlState::INVALID_PASSWORD, Obstacle::Password),
        (SqlState::INVALID_AUTHORIZATION_SPECIFICATION, Obstacle::Account),
        (SqlState::INSUFFICIENT_PRIVILEGE, Obstacle::Account),
        (SqlState::INVALID_CATALOG_NAME, Obstacle::Name),
        (SqlState::TOO_MANY_CONNECTIONS, Obstacle::Room),
    ];
    let by_words = of_pooler.into_iter().find(|(words, _)| told.message().starts_with(words)).map(|(_, obstacle)| obstacle);
    by_words.or_else(|| known.into_iter().find(|(known, _)| known == code).map(|(_, obstacle)| obstacle))
}
