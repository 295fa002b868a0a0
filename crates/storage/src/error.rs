//! What PostgreSQL says, sorted into what core knows: conflicts by constraint name, everything else "later".

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as QueryError};
use diesel_async::AsyncPgConnection;
use luvhive_core::ports::StoreError;

use crate::database::DatabaseError;
use crate::pool::{RunFailure, is_gone, is_stale_plan};

/// How often a transaction that lost against another one is tried in all.
pub(crate) const ATTEMPTS: u32 = 3;

/// What the server told, without its details and hints: they hold values.
#[derive(Debug, thiserror::Error)]
#[error("{message} ({code})")]
struct Told {
    code: String,
    message: String,
}

/// Why a transaction did not commit.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// A value could not be stored or read.
    Store(StoreError),
    /// A statement failed.
    Query(QueryError),
}

impl From<QueryError> for Stopped {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Runs a transaction on a connection of a pool, again if it lost against another one.
macro_rules! transact {
    ($pool:expr, $conn:ident => $work:expr) => {{
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut conn = $pool.get().await.map_err($crate::error::of_connection)?;
            let fault = match diesel_async::AsyncConnection::transaction(&mut *conn, async |$conn| $work.await).await {
                Ok(done) => break Ok(done),
                Err($crate::error::Stopped::Query(error)) => $crate::error::Fault::of_transaction(error, &mut conn).await,
                Err($crate::error::Stopped::Store(error)) => break Err(error),
            };
            match fault {
                $crate::error::Fault::Contention(_) if attempt < $crate::error::ATTEMPTS => {}
                fault => break Err(luvhive_core::ports::StoreError::from(fault)),
            }
        }
    }};
}
pub(crate) use transact;

/// What a failed statement means for its caller.
#[derive(Debug)]
pub(crate) enum Fault {
    /// A rule of the database refused it; nothing is stored.
    Conflict(String),
    /// It lost against another transaction; nothing is stored, and the next try may win.
    Contention(StoreError),
    /// The session is gone or of no use any more; whether it took effect is unknown.
    Lost(StoreError),
    /// The server refused it for a reason of its own; nothing is stored.
    Refused(StoreError),
}

impl Fault {
    /// Sorts what the driver of the dedicated connections says.
    pub(crate) fn of_driver(error: tokio_postgres::Error) -> Self {
        let Some(database) = error.as_db_error() else { return Self::Lost(StoreError::Unavailable(Box::new(error))) };
        let code = database.code().code();
        let constraint = database.constraint().unwrap_or(code);
        let told = || StoreError::Unavailable(Box::new(Told { code: code.to_owned(), message: database.message().to_owned() }));
        match code {
            "40001" | "40P01" | "55P03" => Self::Contention(told()),
            // A query cancelled by its time limit was rolled back; the other codes of this class end the session.
            "57014" => Self::Refused(told()),
            _ => match code.get(..2) {
                Some("22" | "23") => Self::Conflict(constraint.to_owned()),
                // 25: a session that is read-only or in a state that it should not be in. 26: one that does not know a
                // statement any more. Neither says anything about the next session.
                Some("08" | "25" | "26" | "57") => Self::Lost(told()),
                _ if is_stale_plan(database.message()) => Self::Lost(told()),
                _ => Self::Refused(told()),
            },
        }
    }

    /// Sorts what Diesel says about a transaction, which may have been cut off with its connection.
    pub(crate) async fn of_transaction(error: QueryError, connection: &mut AsyncPgConnection) -> Self {
        if is_gone(&error, connection).await {
            Self::Lost(StoreError::Unavailable(Box::new(error)))
        } else {
            Self::of_query(error)
        }
    }

    /// Sorts what Diesel says about a statement on a connection that stands.
    pub(crate) fn of_query(error: QueryError) -> Self {
        match error {
            QueryError::NotFound => Self::Refused(StoreError::NotFound),
            QueryError::DeserializationError(_) => Self::Refused(StoreError::Corrupt { what: "row" }),
            QueryError::DatabaseError(kind, information) => of_database(kind, information),
            error => Self::Refused(StoreError::Unavailable(Box::new(error))),
        }
    }
}

fn of_database(kind: DatabaseErrorKind, information: Box<dyn DatabaseErrorInformation + Send + Sync>) -> Fault {
    match kind {
        DatabaseErrorKind::UniqueViolation
        | DatabaseErrorKind::ForeignKeyViolation
        | DatabaseErrorKind::NotNullViolation
        | DatabaseErrorKind::CheckViolation
        | DatabaseErrorKind::RestrictViolation
        | DatabaseErrorKind::ExclusionViolation => {
            Fault::Conflict(information.constraint_name().or(information.column_name()).unwrap_or("unnamed").to_owned())
        }
        // Diesel does not pass the code of a deadlock on, only its text.
        kind => {
            let is_contention = matches!(kind, DatabaseErrorKind::SerializationFailure)
                || information.message().contains("deadlock")
                || information.message().contains("lock timeout");
            let error = StoreError::Unavailable(Box::new(QueryError::DatabaseError(kind, information)));
            if is_contention { Fault::Contention(error) } else { Fault::Refused(error) }
        }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Conflict(constraint) => Self::Conflict { constraint },
            Fault::Contention(error) | Fault::Lost(error) | Fault::Refused(error) => error,
        }
    }
}

/// Maps a pool or connection failure.
pub(crate) fn of_connection(error: DatabaseError) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

/// Maps the failure of a single statement or read.
pub(crate) fn of_run(failure: RunFailure) -> StoreError {
    match failure {
        RunFailure::Database(error) => of_connection(error),
        RunFailure::Query(error) => Fault::of_query(error).into(),
    }
}
