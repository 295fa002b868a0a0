//! What outlives an erasure: accounts that were left, under a keyed hash, with their pseudonyms, their suspension, what
//! they took that can be had once, who blocked whom, and the chats in which they can still be reported.

mod blocks;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bytea, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::conduct::{REPORTED_MESSAGES, Subject};

use crate::block;
use crate::ledger;
use crate::moment::Moment;
use crate::sanction;
use crate::schema::{chat_leavers, chats, former_accounts, former_people, people, sanctions, visitors};
use blocks::End;

pub(crate) use blocks::{block_account, block_partner};

/// Finds the account with which a person came back.
pub(crate) async fn account_of(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<Option<Vec<u8>>> {
    former_accounts::table
        .filter(former_accounts::bot_id.eq(bot).and(former_accounts::person_id.eq(person)))
        .order(former_accounts::subject_hash)
        .select(former_accounts::subject_hash)
        .first(conn)
        .await
        .optional()
}

/// Finds the account of the other one of a person's chat, who has left.
pub(crate) async fn leaver_of(conn: &mut AsyncPgConnection, bot: i64, chat: i64, person: i64) -> QueryResult<Option<Vec<u8>>> {
    let sides: Option<(Option<i64>, Option<i64>)> =
        chats::table.find((bot, chat)).select((chats::first_person_id, chats::second_person_id)).first(conn).await.optional()?;
    let side: i16 = match sides {
        Some((Some(first), None)) if first == person => 1,
        Some((None, Some(second))) if second == person => 0,
        _ => return Ok(None),
    };
    chat_leavers::table.find((bot, chat, side)).select(chat_leavers::subject_hash).first(conn).await.optional()
}

/// Locks an account's row and returns the person it is again.
pub(crate) async fn lock_person_of(conn: &mut AsyncPgConnection, bot: i64, account: &[u8]) -> QueryResult<Option<i64>> {
    let row: Option<Option<i64>> = former_accounts::table
        .find((bot, account))
        .select(former_accounts::person_id)
        .for_update()
        .first(conn)
        .await
        .optional()?;
    Ok(row.flatten())
}

/// Keeps of a person who is about to be erased what this file says, under their account's hash.
pub(crate) async fn remember(
    conn: &mut AsyncPgConnection,
    bot: i64,
    person: i64,
    (subject, at): (&Subject, Moment),
) -> QueryResult<()> {
    let row: Option<(i64, String, Option<Moment>)> = people::table
        .find((bot, person))
        .select((people::telegram_id, people::pseudonym, people::suspended_until))
        .for_update()
        .first(conn)
        .await
        .optional()?;
    let Some((telegram, pseudonym, suspended_until)) = row else { return Ok(()) };
    let refused_at: Option<Option<Moment>> =
        visitors::table.find((bot, telegram)).select(visitors::refused_at).first(conn).await.optional()?;
    // A minor's refusal stays with the account and holds without the suspension that came with it.
    let suspended_until = match sanction::before_refusal(conn, bot, person, refused_at.flatten()).await? {
        Some((_, before)) => before,
        None => suspended_until,
    };
    let standing = ledger::standing(conn, bot, person).await?;
    take_over(conn, bot, subject, at).await?;
    let hash = subject.hash.as_bytes();
    diesel::sql_query(include_str!("../sql/remember_account.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<Bytea, _>(hash)
        .bind::<Nullable<Timestamptz>, _>(suspended_until)
        .bind::<Nullable<Timestamptz>, _>(standing.daily_at.map(Moment))
        .bind::<Nullable<Timestamptz>, _>(standing.spun_at.map(Moment))
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    diesel::insert_into(former_people::table)
        .values((
            former_people::bot_id.eq(bot),
            former_people::pseudonym.eq(&pseudonym),
            former_people::subject_hash.eq(hash),
            former_people::suspended_until.eq(suspended_until),
            former_people::is_adopted.eq(true),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    diesel::update(sanctions::table.filter(sanctions::bot_id.eq(bot).and(sanctions::person_id.eq(person))))
        .set(sanctions::subject_hash.eq(hash))
        .execute(conn)
        .await?;
    diesel::sql_query(include_str!("../sql/insert_chat_leavers.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<BigInt, _>(person)
        .bind::<Bytea, _>(hash)
        .bind::<Text, _>(&pseudonym)
        .bind::<BigInt, _>(telegram)
        .bind::<BigInt, _>(i64::try_from(REPORTED_MESSAGES).unwrap_or(i64::MAX))
        .execute(conn)
        .await?;
    keep_for_child_safety(conn, bot, hash).await?;
    blocks::keep(conn, bot, person, (hash, at)).await
}

/// Keeps what is known of an account for ten years that was banned for the sake of children.
pub(crate) async fn keep_for_child_safety(conn: &mut AsyncPgConnection, bot: i64, account: &[u8]) -> QueryResult<()> {
    diesel::sql_query(include_str!("../sql/keep_for_child_safety.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<Bytea, _>(account)
        .execute(conn)
        .await
        .map(drop)
}

/// Moves what is stored under the older hash to today's, and takes over what the release before wrote.
async fn take_over(conn: &mut AsyncPgConnection, bot: i64, subject: &Subject, at: Moment) -> QueryResult<()> {
    if let Some(older) = &subject.older {
        diesel::sql_query(include_str!("../sql/rekey_former.sql"))
            .bind::<BigInt, _>(bot)
            .bind::<Bytea, _>(older.as_bytes())
            .bind::<Bytea, _>(subject.hash.as_bytes())
            .execute(conn)
            .await?;
        let (before, after) = (End::account(older.as_bytes()), End::account(subject.hash.as_bytes()));
        for block in blocks::take(conn, bot, &before).await? {
            blocks::put(conn, bot, block.with(&before, &after)).await?;
        }
    }
    diesel::sql_query(include_str!("../sql/adopt_former.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<Bytea, _>(subject.hash.as_bytes())
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await
        .map(drop)
}

/// Takes over what the release before wrote of accounts that have no row yet.
pub(crate) async fn adopt_all(conn: &mut AsyncPgConnection, bot: i64, at: Moment) -> QueryResult<()> {
    diesel::sql_query(include_str!("../sql/adopt_all_former.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await
        .map(drop)
}

/// An account came by: see `Change::Recall`. Returns who blocked whom, if they are to be kept apart now.
pub(crate) async fn recall(
    conn: &mut AsyncPgConnection,
    bot: i64,
    telegram: i64,
    (subject, at): (&Subject, Moment),
) -> QueryResult<Vec<(i64, i64)>> {
    take_over(conn, bot, subject, at).await?;
    let person: Option<i64> = people::table
        .filter(people::bot_id.eq(bot).and(people::telegram_id.eq(telegram)))
        .select(people::id)
        .first(conn)
        .await
        .optional()?;
    let Some(person) = person else { return Ok(Vec::new()) };
    let hash = subject.hash.as_bytes();
    let suspended: Option<Option<Moment>> = diesel::update(former_accounts::table.find((bot, hash)))
        .set(former_accounts::person_id.eq(person))
        .returning(former_accounts::suspended_until)
        .get_result(conn)
        .await
        .optional()?;
    // A ban that came between the last look and this.
    if let Some(until) = suspended.flatten() {
        let is_shorter = people::suspended_until.is_null().or(people::suspended_until.lt(until));
        diesel::update(people::table.find((bot, person)).filter(is_shorter))
            .set(people::suspended_until.eq(until))
            .execute(conn)
            .await?;
    }
    let (account, me) = (End::account(hash), End::person(person));
    let mut met = Vec::new();
    for block in blocks::take(conn, bot, &account).await? {
        let block = block.with(&account, &me);
        match (block.blocker.as_person(), block.blocked.as_person()) {
            (Some(by), Some(other)) => {
                if block::insert(conn, bot, [by, other], block.blocked_at).await? {
                    met.push((by, other));
                }
            }
            _ => blocks::put(conn, bot, block).await?,
        }
    }
    Ok(met)
}
