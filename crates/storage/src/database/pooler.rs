//! Whether a session stays ours. A pooler in transaction mode gives the server's session to the next client after each
//! transaction, with our locks, settings and prepared statements.

use std::time::Duration;

use tokio::time::{Instant, timeout};
use tokio_postgres::{Client, SimpleQueryMessage};

use super::refusal::{Obstacle, sort};
use super::{Database, DatabaseError};

/// Names the server's process behind a session so that no other is meant, on whatever server.
const WHO: &str = "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()";
/// How often two sessions are compared: on a busy pooler others may step in between.
const ROUNDS: u32 = 3;
/// How much longer than the first the second session may take; a pooler may have one only.
const PATIENCE: Duration = Duration::from_secs(5);

impl Database {
    /// Makes sure that sessions are sessions: that no pooler of transactions or statements stands before the server.
    ///
    /// Two sessions are opened. While the second holds a transaction, the first must still be the server's process that it
    /// was before, and another one than the second.
    ///
    /// # Errors
    /// [`DatabaseError::Refused`] with [`Obstacle::Pooler`]; as [`Self::reach`].
    pub async fn require_sessions(&self) -> Result<(), DatabaseError> {
        let since = Instant::now();
        let first = self.client().await?;
        // Hosts before this one may have taken their time, and take it again.
        let patience = since.elapsed().saturating_add(PATIENCE);
        match timeout(patience, Box::pin(self.shares_sessions(&first))).await {
            Ok(Ok(false)) => Ok(()),
            Ok(Ok(true)) => Err(DatabaseError::Refused {
                obstacle: Obstacle::Pooler,
                seen: "it lends a session for one transaction only".to_owned(),
            }),
            Ok(Err(error)) => Err(error),
            Err(_elapsed) => Err(DatabaseError::Refused {
                obstacle: Obstacle::Room,
                seen: format!("no second session could be opened within {} s", patience.as_secs()),
            }),
        }
    }

    async fn shares_sessions(&self, first: &Client) -> Result<bool, DatabaseError> {
        let second = self.client().await?;
        for _ in 0..ROUNDS {
            let before = who(first).await?;
            second.batch_execute("BEGIN").await.map_err(sort)?;
            let other = who(&second).await?;
            // Asked only where it cannot wait for the second, which may have the pooler's last session.
            if before == other || who(first).await? != before {
                return Ok(true);
            }
            second.batch_execute("ROLLBACK").await.map_err(sort)?;
        }
        Ok(false)
    }
}

/// Asks without preparing anything: a pooler would stumble over that first.
async fn who(client: &Client) -> Result<Vec<Option<String>>, DatabaseError> {
    let said = client.simple_query(WHO).await.map_err(sort)?;
    let row = said.into_iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect()),
        _ => None,
    });
    row.ok_or_else(|| DatabaseError::unavailable("the server did not say who it is"))
}
