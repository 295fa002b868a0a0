//! A connection of the journal's own, made when it is needed and made again when it was lost.

use tokio_postgres::{Client, Statement};

use crate::database::Database;
use crate::error::{Fault, of_connection};

/// A dedicated connection and the one statement prepared on it.
pub(super) struct Line {
    database: Database,
    setup: &'static str,
    sql: Option<&'static str>,
    open: Option<Open>,
    is_new: bool,
}

/// An open connection.
pub(super) struct Open {
    pub(super) client: Client,
    statement: Option<Statement>,
}

impl Line {
    /// Describes a connection: `setup` runs at each connect, `sql` is prepared then.
    pub(super) fn new(database: Database, setup: &'static str, sql: Option<&'static str>) -> Self {
        Self { database, setup, sql, open: None, is_new: false }
    }

    /// Reports whether the connection stands, as far as the driver knows.
    pub(super) fn is_open(&self) -> bool {
        self.open.as_ref().is_some_and(|open| !open.client.is_closed())
    }

    /// Returns the connection, after connecting if need be.
    pub(super) async fn open(&mut self) -> Result<&mut Open, Fault> {
        if !self.is_open() {
            self.open = None;
        }
        match &mut self.open {
            Some(_) => {}
            closed => {
                let client = self.database.client().await.map_err(|error| Fault::Lost(of_connection(error)))?;
                client.batch_execute(self.setup).await.map_err(Fault::of_driver)?;
                let statement = match self.sql {
                    Some(sql) => Some(client.prepare(sql).await.map_err(Fault::of_driver)?),
                    None => None,
                };
                *closed = Some(Open { client, statement });
                self.is_new = true;
            }
        }
        self.open.as_mut().ok_or_else(|| Fault::Lost(of_connection(crate::DatabaseError::unavailable("not connected"))))
    }

    /// Reports whether a connection was made since this was asked last.
    pub(super) fn take_new(&mut self) -> bool {
        std::mem::take(&mut self.is_new)
    }

    /// Drops the connection, so that the next use makes a new one.
    pub(super) fn close(&mut self) {
        self.open = None;
    }
}

impl Open {
    /// Returns the prepared statement with the client.
    pub(super) fn prepared(&self) -> Result<(&Client, &Statement), Fault> {
        match &self.statement {
            Some(statement) => Ok((&self.client, statement)),
            None => Err(Fault::Lost(of_connection(crate::DatabaseError::unavailable("nothing is prepared")))),
        }
    }
}
