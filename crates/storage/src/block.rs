//! Blocks: between people who are there, and of accounts that were left.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::conduct::SubjectHash;

use crate::former;
use crate::friend;
use crate::moment::Moment;
use crate::schema::people;

/// Keeps two people apart for good. Of somebody who left meanwhile the account that was in the chat is blocked.
pub(crate) async fn insert(
    conn: &mut AsyncPgConnection,
    bot: i64,
    (by, other): (i64, i64),
    chat: i64,
    at: Moment,
) -> QueryResult<()> {
    friend::unfriend(conn, bot, by, other).await?;
    if insert_row(conn, bot, by, other, at).await? {
        return Ok(());
    }
    match former::leaver_of(conn, bot, chat, by).await? {
        Some(account) => former::insert_block(conn, bot, by, &account, at).await,
        None => Ok(()),
    }
}

/// Blocks an account that was left. If somebody is back with it, they are blocked, and their number is returned.
pub(crate) async fn insert_account(
    conn: &mut AsyncPgConnection,
    bot: i64,
    by: i64,
    account: &SubjectHash,
    at: Moment,
) -> QueryResult<Option<i64>> {
    let person = former::lock_person_of(conn, bot, account.as_bytes()).await?;
    let there = lock(conn, bot, &[Some(by), person].into_iter().flatten().collect::<Vec<_>>()).await?;
    if !there.contains(&by) {
        return Ok(None);
    }
    if let Some(person) = person.filter(|person| there.contains(person) && *person != by) {
        friend::unfriend(conn, bot, by, person).await?;
        insert_row(conn, bot, by, person, at).await?;
        return Ok(Some(person));
    }
    former::insert_block(conn, bot, by, account.as_bytes(), at).await?;
    Ok(None)
}

/// Locks people against erasure, in the order of their numbers, and returns who is there.
pub(crate) async fn lock(conn: &mut AsyncPgConnection, bot: i64, persons: &[i64]) -> QueryResult<Vec<i64>> {
    people::table
        .filter(people::bot_id.eq(bot).and(people::id.eq_any(persons)))
        .order(people::id)
        .select(people::id)
        .for_key_share()
        .load(conn)
        .await
}

/// Keeps two people apart, if both are there, and reports whether they are.
pub(crate) async fn insert_row(conn: &mut AsyncPgConnection, bot: i64, by: i64, other: i64, at: Moment) -> QueryResult<bool> {
    if lock(conn, bot, &[by, other]).await?.len() < 2 {
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
