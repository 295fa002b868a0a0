//! Rows that left the sender: deleted, with the pairs they made, without waiting for the disk.

use std::time::Duration;

use luvhive_core::ports::journal::{JournalError, Session, Settlement};

use super::PgJournal;
use super::line::Line;
use crate::database::Database;
use crate::error::{ATTEMPTS, Fault};

/// What a crash of the database takes back, the sender settles again.
const SETUP: &str = "SET statement_timeout = 10000; SET synchronous_commit = off; SET jit = off; \
     SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off";

/// Describes the connection.
pub(super) fn line(database: Database) -> Line {
    Line::new(database, SETUP, Some(include_str!("../../sql/settle.sql")))
}

#[derive(Default)]
struct Columns {
    done: Vec<i64>,
    chat: Vec<i64>,
    id: Vec<i64>,
    from: Vec<i64>,
    source: Vec<i32>,
    to: Vec<i64>,
    copy: Vec<i32>,
}

impl Columns {
    fn new(settlements: &[Settlement]) -> Self {
        let mut columns = Self::default();
        for settlement in settlements {
            columns.done.push(settlement.outbox.get());
            let Some(pair) = settlement.pair else { continue };
            columns.chat.push(pair.chat.get());
            columns.id.push(settlement.outbox.get());
            columns.from.push(pair.from.get());
            columns.source.push(pair.source.get());
            columns.to.push(pair.to.get());
            columns.copy.push(pair.copy.get());
        }
        columns
    }
}

impl PgJournal {
    pub(super) async fn settle_rows(&self, settlements: &[Settlement]) -> Result<Session, JournalError> {
        let columns = Columns::new(settlements);
        let mut line = self.settling.lock().await;
        let mut attempt = 0;
        loop {
            attempt += 1;
            match send(&mut line, self.bot.get(), &columns).await {
                Ok(()) => return Ok(if line.take_new() { Session::New } else { Session::Same }),
                Err(Fault::Lost(_)) if attempt < ATTEMPTS => {
                    line.close();
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(Fault::Contention(_)) if attempt < ATTEMPTS => {}
                Err(fault) => return Err(JournalError::Store(fault.into())),
            }
        }
    }
}

async fn send(line: &mut Line, bot: i64, columns: &Columns) -> Result<(), Fault> {
    let open = line.open().await?;
    let (client, statement) = open.prepared()?;
    let Columns { done, chat, id, from, source, to, copy } = columns;
    client.execute(statement, &[&bot, done, chat, id, from, source, to, copy]).await.map(drop).map_err(Fault::of_driver)
}
