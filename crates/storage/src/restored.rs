//! A database that was brought back from a copy: it must not give out numbers a second time.

use crate::database::{Database, DatabaseError};

/// Moves on the epoch and every counter, so that no number of the lost time is given a second time: buttons and unpaid
/// invoices of that time then lead nowhere, instead of to another chat or person. Repeating it does no harm; a bot that runs
/// loses its lease.
///
/// # Errors
/// [`DatabaseError::Unavailable`], also when the statement is refused; then nothing has changed.
pub async fn raise_numbers(database: &Database) -> Result<(), DatabaseError> {
    let client = database.clone().for_writing().client().await?;
    let sql = include_str!("../sql/raise_numbers.sql");
    client.query_one(sql, &[]).await.map(drop).map_err(DatabaseError::unavailable)
}
