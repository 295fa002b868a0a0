//! Encrypting what lies in clear or under an older key, some rows at a time: the upgrade and the rotation of keys. It may be
//! broken off anywhere and begun again, beside a running bot: a row that somebody changed meanwhile is left to them.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bytea, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::ports::StoreError;

use super::column::{ALL, Column};
use super::{Row, Vault};
use crate::database::{Database, DatabaseError};
use crate::error::of_run;
use crate::pool::Pool;

const LIST: &str = include_str!("../../sql/list_texts.sql");
const REPLACE: &str = include_str!("../../sql/seal_texts.sql");

/// How many rows one portion reads.
const ROWS: usize = 500;

/// How far the portions have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    column: usize,
    row: Row,
}

impl Mark {
    /// Before the first row of all.
    pub const START: Self = Self { column: 0, row: (i64::MIN, i64::MIN) };
}

/// What a portion did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portion {
    /// How many texts were encrypted.
    pub sealed: u64,
    /// How many cannot be decrypted, and were left.
    pub unreadable: u64,
    /// Where to go on; `None` = that was the last one.
    pub next: Option<Mark>,
}

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = BigInt)]
    bot_id: i64,
    #[diesel(sql_type = BigInt)]
    row_id: i64,
    #[diesel(sql_type = Nullable<Text>)]
    text: Option<String>,
    #[diesel(sql_type = Nullable<Bytea>)]
    sealed: Option<Vec<u8>>,
}

/// Texts to replace, column by column.
#[derive(Clone, Default)]
struct Replaced {
    bot: Vec<i64>,
    row: Vec<i64>,
    text: Vec<Option<String>>,
    before: Vec<Option<Vec<u8>>>,
    sealed: Vec<Vec<u8>>,
}

/// Encrypts the next rows after `mark`, of every bot, in one statement. Without a key nothing is done.
///
/// # Errors
/// [`StoreError::Unavailable`]; then the portion is to be taken again.
pub async fn seal_portion(pool: &Pool, vault: &Vault, mark: Mark) -> Result<Portion, StoreError> {
    let mut portion = Portion { sealed: 0, unreadable: 0, next: None };
    let Some(&column) = ALL.get(mark.column).filter(|_| !vault.keys().is_empty()) else { return Ok(portion) };
    let next = async move |conn: &mut AsyncPgConnection| list(conn, column, mark.row).await;
    let rows = pool.run(next).await.map_err(of_run)?;
    portion.next = match rows.last().filter(|_| rows.len() >= ROWS) {
        Some(last) => Some(Mark { row: (last.bot_id, last.row_id), ..mark }),
        None => Some(Mark { column: mark.column.saturating_add(1), ..Mark::START }).filter(|mark| mark.column < ALL.len()),
    };
    let mut replaced = Replaced::default();
    for Stored { bot_id, row_id, text, sealed } in rows {
        let is_clear = text.as_deref().is_some_and(|text| !text.is_empty());
        if !is_clear && sealed.as_deref().is_none_or(|sealed| vault.is_current(sealed)) {
            continue;
        }
        let row = (bot_id, row_id);
        let found = vault.get(column, row, (text.clone(), sealed.as_deref()));
        let Some(new) = vault.put(column, row, found.as_deref()).sealed else {
            portion.unreadable = portion.unreadable.saturating_add(1);
            continue;
        };
        replaced.bot.push(bot_id);
        replaced.row.push(row_id);
        replaced.text.push(text);
        replaced.before.push(sealed);
        replaced.sealed.push(new);
    }
    if !replaced.row.is_empty() {
        let replace = async move |conn: &mut AsyncPgConnection| replace(conn, column, replaced).await;
        portion.sealed = u64::try_from(pool.run(replace).await.map_err(of_run)?).unwrap_or(u64::MAX);
    }
    Ok(portion)
}

/// Reports whether somebody holds the right to write for any bot, by the clock of the database.
///
/// # Errors
/// [`DatabaseError::Unavailable`].
pub async fn is_bot_running(database: &Database) -> Result<bool, DatabaseError> {
    let sql = "SELECT EXISTS (SELECT FROM shard_leases WHERE owner IS NOT NULL AND expires_at > clock_timestamp())";
    let row = database.client().await?.query_one(sql, &[]).await.map_err(DatabaseError::unavailable)?;
    row.try_get(0).map_err(DatabaseError::unavailable)
}

/// The statements of the portions, filled in for each column: for tests of their plans.
pub fn statements() -> Vec<String> {
    ALL.iter().flat_map(|column| [column.fill(LIST), column.fill(REPLACE)]).collect()
}

async fn list(conn: &mut AsyncPgConnection, column: &'static Column, (bot, row): Row) -> QueryResult<Vec<Stored>> {
    diesel::sql_query(column.fill(LIST))
        .bind::<BigInt, _>(bot)
        .bind::<BigInt, _>(row)
        .bind::<BigInt, _>(i64::try_from(ROWS).unwrap_or(i64::MAX))
        .load(conn)
        .await
}

async fn replace(conn: &mut AsyncPgConnection, column: &'static Column, replaced: Replaced) -> QueryResult<usize> {
    diesel::sql_query(column.fill(REPLACE))
        .bind::<Array<BigInt>, _>(replaced.bot)
        .bind::<Array<BigInt>, _>(replaced.row)
        .bind::<Array<Nullable<Text>>, _>(replaced.text)
        .bind::<Array<Nullable<Bytea>>, _>(replaced.before)
        .bind::<Array<Bytea>, _>(replaced.sealed)
        .execute(conn)
        .await
}
