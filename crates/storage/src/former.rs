//! What outlives an erasure: accounts that were left, under a keyed hash, with their pseudonyms, their suspension, what
//! they took that can be had once, who blocked whom, and the chats in which they can still be reported.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Bytea, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::conduct::{Former, REPORTED_MESSAGES, Subject, SubjectHash};
use luvhive_core::time::Timestamp;

use crate::block;
use crate::corrections;
use crate::ledger;
use crate::moment::Moment;
use crate::schema::{blocks, chat_leavers, chats, former_accounts, former_blocks, former_people, people, sanctions, visitors};

/// One side of a block: a person's number in 8 bytes, or the hash of an account in 32.
#[derive(Clone, Debug, PartialEq, Eq)]
struct End(Vec<u8>);

impl End {
    fn person(id: i64) -> Self {
        Self(id.to_be_bytes().to_vec())
    }

    fn account(hash: &[u8]) -> Self {
        Self(hash.to_vec())
    }

    fn as_person(&self) -> Option<i64> {
        self.0.as_slice().try_into().ok().map(i64::from_be_bytes)
    }
}

#[derive(QueryableByName)]
struct FormerRow {
    #[diesel(sql_type = BigInt)]
    found: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    suspended_until: Option<Moment>,
    #[diesel(sql_type = Bool)]
    is_older: bool,
}

/// Finds what is known of an account.
pub(crate) async fn find(conn: &mut AsyncPgConnection, bot: i64, subject: &Subject) -> QueryResult<Option<Former>> {
    let row: FormerRow = diesel::sql_query(include_str!("../sql/find_former.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<Bytea, _>(subject.hash.as_bytes())
        .bind::<Nullable<Bytea>, _>(subject.older.as_ref().map(SubjectHash::as_bytes))
        .get_result(conn)
        .await?;
    Ok((row.found > 0)
        .then(|| Former { suspended_until: row.suspended_until.map(Timestamp::from), is_under_older_key: row.is_older }))
}

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
    subject: &Subject,
    at: Moment,
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
    let suspended_until = match corrections::before_refusal(conn, bot, person, refused_at.flatten()).await? {
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
    keep_blocks(conn, bot, person, hash, at).await
}

/// A block of which at least one end is, or was, an account.
#[derive(Clone)]
struct Block {
    blocker: End,
    blocked: End,
    blocked_at: Moment,
    left_at: Moment,
}

impl Block {
    fn with(self, before: &End, after: &End) -> Self {
        let replaced = |end: End| if end == *before { after.clone() } else { end };
        Self { blocker: replaced(self.blocker), blocked: replaced(self.blocked), ..self }
    }
}

/// Keeps the blocks by and of somebody who leaves.
async fn keep_blocks(conn: &mut AsyncPgConnection, bot: i64, person: i64, hash: &[u8], at: Moment) -> QueryResult<()> {
    // In this order: somebody who comes back at this moment turns rows of one table into rows of the other.
    let mut kept = take_blocks(conn, bot, &End::person(person)).await?;
    let mine: Vec<(i64, i64, Moment)> = blocks::table
        .filter(blocks::bot_id.eq(bot).and(blocks::blocker_id.eq(person).or(blocks::blocked_id.eq(person))))
        .select((blocks::blocker_id, blocks::blocked_id, blocks::blocked_at))
        .load(conn)
        .await?;
    kept.extend(mine.into_iter().map(|(by, other, blocked_at)| Block {
        blocker: End::person(by),
        blocked: End::person(other),
        blocked_at,
        left_at: at,
    }));
    for block in kept {
        put_block(conn, bot, Block { left_at: at, ..block }.with(&End::person(person), &End::account(hash))).await?;
    }
    Ok(())
}

/// Takes the blocks of which this is an end out of the table.
async fn take_blocks(conn: &mut AsyncPgConnection, bot: i64, end: &End) -> QueryResult<Vec<Block>> {
    let is_theirs = former_blocks::blocker.eq(&end.0).or(former_blocks::blocked.eq(&end.0));
    let rows: Vec<(Vec<u8>, Vec<u8>, Moment, Moment)> =
        diesel::delete(former_blocks::table.filter(former_blocks::bot_id.eq(bot)).filter(is_theirs))
            .returning((former_blocks::blocker, former_blocks::blocked, former_blocks::blocked_at, former_blocks::left_at))
            .get_results(conn)
            .await?;
    let block = |(by, other, blocked_at, left_at)| Block { blocker: End(by), blocked: End(other), blocked_at, left_at };
    Ok(rows.into_iter().map(block).collect())
}

async fn put_block(conn: &mut AsyncPgConnection, bot: i64, block: Block) -> QueryResult<()> {
    diesel::insert_into(former_blocks::table)
        .values((
            former_blocks::bot_id.eq(bot),
            former_blocks::blocker.eq(block.blocker.0),
            former_blocks::blocked.eq(block.blocked.0),
            former_blocks::blocked_at.eq(block.blocked_at),
            former_blocks::left_at.eq(block.left_at),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
        .map(drop)
}

/// Notes that a person blocks an account that was left; a second time changes nothing.
pub(crate) async fn insert_block(conn: &mut AsyncPgConnection, bot: i64, by: i64, account: &[u8], at: Moment) -> QueryResult<()> {
    let block = Block { blocker: End::person(by), blocked: End::account(account), blocked_at: at, left_at: at };
    put_block(conn, bot, block).await
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
        for block in take_blocks(conn, bot, &before).await? {
            put_block(conn, bot, block.with(&before, &after)).await?;
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
    subject: &Subject,
    at: Moment,
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
    for block in take_blocks(conn, bot, &account).await? {
        let block = block.with(&account, &me);
        match (block.blocker.as_person(), block.blocked.as_person()) {
            (Some(by), Some(other)) => {
                if block::insert_row(conn, bot, by, other, block.blocked_at).await? {
                    met.push((by, other));
                }
            }
            _ => put_block(conn, bot, block).await?,
        }
    }
    Ok(met)
}
