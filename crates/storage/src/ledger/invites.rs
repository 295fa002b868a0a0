//! Invitations: codes, and who came by which.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::coins::InviteCode;

use crate::moment::Moment;
use crate::schema::{invite_codes, invites, people};

/// Gives a person a code unless they have one.
pub(crate) async fn open_invites(conn: &mut AsyncPgConnection, bot: i64, person: i64, code: &InviteCode) -> QueryResult<()> {
    diesel::insert_into(invite_codes::table)
        .values((invite_codes::bot_id.eq(bot), invite_codes::person_id.eq(person), invite_codes::code.eq(code.as_str())))
        .on_conflict((invite_codes::bot_id, invite_codes::person_id))
        .do_nothing()
        .execute(conn)
        .await
        .map(drop)
}

/// Notes by whose code, and when, an account that has just registered came.
pub(crate) async fn record_invite(
    conn: &mut AsyncPgConnection,
    bot: i64,
    telegram: i64,
    (code, at): (&InviteCode, Moment),
) -> QueryResult<()> {
    let invited: Option<i64> = people::table
        .filter(people::bot_id.eq(bot).and(people::telegram_id.eq(telegram)))
        .select(people::id)
        .first(conn)
        .await
        .optional()?;
    let host: Option<i64> = invite_codes::table
        .inner_join(people::table.on(people::bot_id.eq(invite_codes::bot_id).and(people::id.eq(invite_codes::person_id))))
        .filter(invite_codes::bot_id.eq(bot).and(invite_codes::code.eq(code.as_str())))
        .select(people::id)
        .for_key_share()
        .first(conn)
        .await
        .optional()?;
    let (Some(invited), Some(host)) = (invited, host) else { return Ok(()) };
    if invited == host {
        return Ok(());
    }
    diesel::insert_into(invites::table)
        .values((
            invites::bot_id.eq(bot),
            invites::invited_id.eq(invited),
            invites::inviter_id.eq(host),
            invites::invited_at.eq(at),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
        .map(drop)
}

/// Finds a person's code.
pub(super) async fn find_code(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<Option<String>> {
    invite_codes::table.find((bot, person)).select(invite_codes::code).first(conn).await.optional()
}

/// Finds by whom a person was invited, and when.
pub(super) async fn find(conn: &mut AsyncPgConnection, bot: i64, invited: i64) -> QueryResult<Option<(Option<i64>, Moment)>> {
    invites::table.find((bot, invited)).select((invites::inviter_id, invites::invited_at)).first(conn).await.optional()
}

/// Forgets a person's code, by whom they came, and that others came by them.
pub(crate) async fn erase(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<()> {
    diesel::delete(invite_codes::table.find((bot, person))).execute(conn).await?;
    diesel::delete(invites::table.find((bot, person))).execute(conn).await?;
    diesel::update(invites::table.filter(invites::bot_id.eq(bot).and(invites::inviter_id.eq(person))))
        .set(invites::inviter_id.eq(None::<i64>))
        .execute(conn)
        .await
        .map(drop)
}
