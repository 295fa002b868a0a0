//! Blocks between people who are there.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::moment::Moment;
use crate::people;

/// Keeps two people apart, if both are there, and reports whether they are.
pub(crate) async fn insert(conn: &mut AsyncPgConnection, bot: i64, [by, other]: [i64; 2], at: Moment) -> QueryResult<bool> {
    if people::lock(conn, bot, &[by, other]).await?.len() < 2 {
        return Ok(false);
    }
    diesel::sql_query(include_str!("../sql/insert_block.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<BigInt, _>(by)
        .bind::<BigInt, _>(other)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(true)
}
