//! Blocks of which one end may have left: between a person and an account, or two accounts.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::conduct::SubjectHash;

use super::{leaver_of, lock_person_of};
use crate::block;
use crate::friend;
use crate::moment::Moment;
use crate::people;
use crate::schema::{blocks, former_blocks};

/// Keeps the two people of a chat apart for good, from this moment. Of somebody who left meanwhile the account that was in
/// the chat is blocked; a second time changes nothing.
pub(crate) async fn block_partner(
    conn: &mut AsyncPgConnection,
    bot: i64,
    chat: i64,
    ([by, other], at): ([i64; 2], Moment),
) -> QueryResult<()> {
    friend::unfriend(conn, bot, by, other).await?;
    if block::insert(conn, bot, [by, other], at).await? {
        return Ok(());
    }
    match leaver_of(conn, bot, chat, by).await? {
        Some(account) => put(conn, bot, Block::of_account(by, &account, at)).await,
        None => Ok(()),
    }
}

/// Has a person block an account that was left. If somebody is back with it, they are blocked, and their number is returned.
pub(crate) async fn block_account(
    conn: &mut AsyncPgConnection,
    bot: i64,
    (by, account): (i64, &SubjectHash),
    at: Moment,
) -> QueryResult<Option<i64>> {
    let person = lock_person_of(conn, bot, account.as_bytes()).await?;
    let there = people::lock(conn, bot, &[Some(by), person].into_iter().flatten().collect::<Vec<_>>()).await?;
    if !there.contains(&by) {
        return Ok(None);
    }
    if let Some(person) = person.filter(|person| there.contains(person) && *person != by) {
        friend::unfriend(conn, bot, by, person).await?;
        block::insert(conn, bot, [by, person], at).await?;
        return Ok(Some(person));
    }
    put(conn, bot, Block::of_account(by, account.as_bytes(), at)).await?;
    Ok(None)
}

/// One side of a block: a person's number in 8 bytes, or the hash of an account in 32.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct End(Vec<u8>);

impl End {
    /// A person.
    pub(super) fn person(id: i64) -> Self {
        Self(id.to_be_bytes().to_vec())
    }

    /// An account.
    pub(super) fn account(hash: &[u8]) -> Self {
        Self(hash.to_vec())
    }

    /// The person, if it is one.
    pub(super) fn as_person(&self) -> Option<i64> {
        self.0.as_slice().try_into().ok().map(i64::from_be_bytes)
    }
}

/// A block of which at least one end is, or was, an account.
#[derive(Clone)]
pub(super) struct Block {
    pub(super) blocker: End,
    pub(super) blocked: End,
    pub(super) blocked_at: Moment,
    left_at: Moment,
}

impl Block {
    /// A person blocks an account that was left.
    fn of_account(by: i64, account: &[u8], at: Moment) -> Self {
        Self { blocker: End::person(by), blocked: End::account(account), blocked_at: at, left_at: at }
    }

    /// The block with one end replaced.
    pub(super) fn with(self, before: &End, after: &End) -> Self {
        let replaced = |end: End| if end == *before { after.clone() } else { end };
        Self { blocker: replaced(self.blocker), blocked: replaced(self.blocked), ..self }
    }
}

/// Keeps the blocks by and of somebody who leaves.
pub(super) async fn keep(conn: &mut AsyncPgConnection, bot: i64, person: i64, (hash, at): (&[u8], Moment)) -> QueryResult<()> {
    // In this order: somebody who comes back at this moment turns rows of one table into rows of the other.
    let mut kept = take(conn, bot, &End::person(person)).await?;
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
        put(conn, bot, Block { left_at: at, ..block }.with(&End::person(person), &End::account(hash))).await?;
    }
    Ok(())
}

/// Takes the blocks of which this is an end out of the table.
pub(super) async fn take(conn: &mut AsyncPgConnection, bot: i64, end: &End) -> QueryResult<Vec<Block>> {
    let is_theirs = former_blocks::blocker.eq(&end.0).or(former_blocks::blocked.eq(&end.0));
    let rows: Vec<(Vec<u8>, Vec<u8>, Moment, Moment)> =
        diesel::delete(former_blocks::table.filter(former_blocks::bot_id.eq(bot)).filter(is_theirs))
            .returning((former_blocks::blocker, former_blocks::blocked, former_blocks::blocked_at, former_blocks::left_at))
            .get_results(conn)
            .await?;
    let block = |(by, other, blocked_at, left_at)| Block { blocker: End(by), blocked: End(other), blocked_at, left_at };
    Ok(rows.into_iter().map(block).collect())
}

pub(super) async fn put(conn: &mut AsyncPgConnection, bot: i64, block: Block) -> QueryResult<()> {
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
