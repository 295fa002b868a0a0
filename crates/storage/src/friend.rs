//! Friends: requests, friendships, and the store that reads them.

use diesel::dsl::{count_star, exists, select};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::friend::{Friend, MOST_FRIENDS, Standing};
use luvhive_core::id::{ChatId, PersonId};
use luvhive_core::ports::{FriendStore, StoreError};
use luvhive_core::premium::Entitlement;
use luvhive_core::time::Timestamp;

use crate::error::of_run;
use crate::moment::Moment;
use crate::people::FullRow;
use crate::schema::{blocks, friend_requests, friendships, invitations, people, preferences};
use crate::store::PgStore;

/// Asks the other one of a chat at this moment, unless there is a reason not to; asking again moves the time.
pub(crate) async fn ask(
    conn: &mut AsyncPgConnection,
    bot: i64,
    chat: i64,
    ([by, of], at): ([i64; 2], Moment),
) -> QueryResult<()> {
    diesel::sql_query(include_str!("../sql/insert_friend_request.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<BigInt, _>(by)
        .bind::<BigInt, _>(of)
        .bind::<BigInt, _>(chat)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await
        .map(drop)
}

/// Makes two people friends, if the second one, `by`, had asked and nobody blocked anybody.
pub(crate) async fn befriend(conn: &mut AsyncPgConnection, bot: i64, [person, by]: [i64; 2], at: Moment) -> QueryResult<()> {
    // Both rows in their order, so that two acceptances cannot draw the same number or wait for each other.
    let both: Vec<i64> = people::table
        .filter(people::bot_id.eq(bot).and(people::id.eq_any([person, by])))
        .order(people::id)
        .select(people::id)
        .for_no_key_update()
        .load(conn)
        .await?;
    let chat: Option<i64> =
        friend_requests::table.find((bot, by, person)).select(friend_requests::chat_id).first(conn).await.optional()?;
    let (2, Some(chat)) = (both.len(), chat) else { return Ok(()) };
    if is_blocked(conn, bot, person, by).await? || is_blocked(conn, bot, by, person).await? {
        return Ok(());
    }
    delete_requests(conn, bot, person, by).await?;
    for (one, other) in [(person, by), (by, person)] {
        diesel::sql_query(include_str!("../sql/insert_friendship.sql"))
            .bind::<BigInt, _>(bot)
            .bind::<BigInt, _>(one)
            .bind::<BigInt, _>(other)
            .bind::<BigInt, _>(chat)
            .bind::<Timestamptz, _>(at)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Ends what is between two people, open requests included.
pub(crate) async fn unfriend(conn: &mut AsyncPgConnection, bot: i64, one: i64, other: i64) -> QueryResult<()> {
    for key in [(bot, one, other), (bot, other, one)] {
        diesel::delete(friendships::table.find(key)).execute(conn).await?;
    }
    delete_requests(conn, bot, one, other).await
}

/// Forgets a person's friends, requests and invitations.
pub(crate) async fn erase(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<()> {
    let mine = friendships::person_id.eq(person).or(friendships::friend_id.eq(person));
    diesel::delete(friendships::table.filter(friendships::bot_id.eq(bot)).filter(mine)).execute(conn).await?;
    let mine = friend_requests::asker_id.eq(person).or(friend_requests::asked_id.eq(person));
    diesel::delete(friend_requests::table.filter(friend_requests::bot_id.eq(bot)).filter(mine)).execute(conn).await?;
    // The engine forgets them before this runs; a row of an earlier program may be left.
    let mine = invitations::inviter_id.eq(person).or(invitations::invited_id.eq(person));
    diesel::delete(invitations::table.filter(invitations::bot_id.eq(bot)).filter(mine)).execute(conn).await.map(drop)
}

async fn delete_requests(conn: &mut AsyncPgConnection, bot: i64, one: i64, other: i64) -> QueryResult<()> {
    for key in [(bot, one, other), (bot, other, one)] {
        diesel::delete(friend_requests::table.find(key)).execute(conn).await?;
    }
    Ok(())
}

async fn is_blocked(conn: &mut AsyncPgConnection, bot: i64, by: i64, other: i64) -> QueryResult<bool> {
    select(exists(blocks::table.find((bot, by, other)))).get_result(conn).await
}

async fn find_request(conn: &mut AsyncPgConnection, bot: i64, by: i64, of: i64) -> QueryResult<Option<Timestamp>> {
    let at: Option<Moment> =
        friend_requests::table.find((bot, by, of)).select(friend_requests::asked_at).first(conn).await.optional()?;
    Ok(at.map(Timestamp::from))
}

async fn count_friends(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<u16> {
    let mine = friendships::bot_id.eq(bot).and(friendships::person_id.eq(person));
    let count: i64 = friendships::table.filter(mine).select(count_star()).first(conn).await?;
    Ok(u16::try_from(count).unwrap_or(u16::MAX))
}

async fn find_standing(conn: &mut AsyncPgConnection, bot: i64, me: i64, other: i64) -> QueryResult<Standing> {
    Ok(Standing {
        are_friends: select(exists(friendships::table.find((bot, me, other)))).get_result(conn).await?,
        asked_by_me: find_request(conn, bot, me, other).await?,
        asked_by_them: find_request(conn, bot, other, me).await?,
        blocked_by_me: is_blocked(conn, bot, me, other).await?,
        blocked_by_them: is_blocked(conn, bot, other, me).await?,
        mine: count_friends(conn, bot, me).await?,
        theirs: count_friends(conn, bot, other).await?,
    })
}

async fn list_friends(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<Vec<(i16, i64, Moment, FullRow)>> {
    friendships::table
        .inner_join(people::table.on(people::bot_id.eq(friendships::bot_id).and(people::id.eq(friendships::friend_id))))
        .inner_join(preferences::table.on(preferences::bot_id.eq(people::bot_id).and(preferences::person_id.eq(people::id))))
        .filter(friendships::bot_id.eq(bot).and(friendships::person_id.eq(person)))
        .order(friendships::number)
        .limit(i64::from(MOST_FRIENDS))
        .select((friendships::number, friendships::chat_id, friendships::since, FullRow::as_select()))
        .load(conn)
        .await
}

#[async_trait::async_trait]
impl FriendStore for PgStore {
    async fn find_standing(&self, me: PersonId, other: PersonId) -> Result<Standing, StoreError> {
        let (bot, me, other) = (self.bot.get(), me.get(), other.get());
        let find = async move |conn: &mut AsyncPgConnection| find_standing(conn, bot, me, other).await;
        self.pool.run(find).await.map_err(of_run)
    }

    async fn list_friends(&self, person: PersonId) -> Result<Vec<Friend>, StoreError> {
        let (bot, person) = (self.bot.get(), person.get());
        let list = async move |conn: &mut AsyncPgConnection| list_friends(conn, bot, person).await;
        let rows = self.pool.run(list).await.map_err(of_run)?;
        let friend = |(number, chat, since, row): (i16, i64, Moment, FullRow)| {
            let facts = row.opened(bot, &self.vault).facts(Entitlement::default())?;
            Ok(Friend { number: u16::try_from(number).unwrap_or(0), chat: ChatId::new(chat), facts, since: since.into() })
        };
        rows.into_iter().map(friend).collect()
    }
}
