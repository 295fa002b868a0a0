//! Erasing a person, table by table.
//!
//! Kept on purpose: what [`crate::former`] remembers under a keyed hash before; a minor's refusal; sanctions, without the person; reports by the person about somebody else and open ones about them, under the
//! pseudonym alone; chats, without the person; payments and movements of coins, without the person (why: see ledger); the audit log, which knows pseudonyms only. Work under way (`inbox`,
//! `outbox`, `commands`) holds ids until it is done. `RESTRICT` on every foreign key makes a forgotten table fail here.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::friend;
use crate::ledger;
use crate::moment::Moment;
use crate::schema::{
    appeals, blocks, case_claims, chats, consents, dialogs, former_accounts, holds, message_map, people, preferences, ratings,
    report_messages, reports, sanctions, visitors,
};

/// Removes everything about a person who has no seat any more; somebody already gone is no error.
pub(crate) async fn person(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<()> {
    let telegram: Option<i64> =
        people::table.find((bot, person)).select(people::telegram_id).for_update().first(conn).await.optional()?;
    let Some(telegram) = telegram else { return Ok(()) };
    erase_conduct(conn, bot, person).await?;
    friend::erase(conn, bot, person).await?;
    ledger::erase(conn, bot, person).await?;
    ledger::erase_coins(conn, bot, person).await?;
    ledger::erase_invites(conn, bot, person).await?;
    diesel::update(chats::table.filter(chats::bot_id.eq(bot).and(chats::first_person_id.eq(person))))
        .set(chats::first_person_id.eq(None::<i64>))
        .execute(conn)
        .await?;
    diesel::update(chats::table.filter(chats::bot_id.eq(bot).and(chats::second_person_id.eq(person))))
        .set(chats::second_person_id.eq(None::<i64>))
        .execute(conn)
        .await?;
    diesel::update(former_accounts::table.filter(former_accounts::bot_id.eq(bot).and(former_accounts::person_id.eq(person))))
        .set(former_accounts::person_id.eq(None::<i64>))
        .execute(conn)
        .await?;
    // The engine drops them with the chat before this runs; a row of an earlier program may be left.
    diesel::delete(holds::table.filter(holds::bot_id.eq(bot).and(holds::writer_id.eq(person)))).execute(conn).await?;
    account(conn, bot, telegram).await?;
    diesel::delete(preferences::table.find((bot, person))).execute(conn).await?;
    diesel::delete(people::table.find((bot, person))).execute(conn).await?;
    Ok(())
}

async fn erase_conduct(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<()> {
    let of_bot = ratings::bot_id.eq(bot);
    diesel::delete(ratings::table.filter(of_bot).filter(ratings::rater_id.eq(person).or(ratings::rated_id.eq(person))))
        .execute(conn)
        .await?;
    let of_bot = blocks::bot_id.eq(bot);
    diesel::delete(blocks::table.filter(of_bot).filter(blocks::blocker_id.eq(person).or(blocks::blocked_id.eq(person))))
        .execute(conn)
        .await?;
    let about = reports::table.filter(reports::bot_id.eq(bot).and(reports::reported_id.eq(person)));
    let closed = about.filter(reports::closed_at.is_not_null());
    let numbers: Vec<i64> = closed.select(reports::id).load(conn).await?;
    let of_closed = report_messages::bot_id.eq(bot).and(report_messages::report_id.eq_any(&numbers));
    diesel::delete(report_messages::table.filter(of_closed)).execute(conn).await?;
    let of_closed = case_claims::bot_id.eq(bot).and(case_claims::report_id.eq_any(&numbers));
    diesel::delete(case_claims::table.filter(of_closed)).execute(conn).await?;
    diesel::delete(closed).execute(conn).await?;
    let of_open = about.select(reports::id);
    diesel::update(
        report_messages::table.filter(report_messages::bot_id.eq(bot).and(report_messages::report_id.eq_any(of_open))),
    )
    .set(report_messages::reported_message_id.eq(None::<i32>))
    .execute(conn)
    .await?;
    let pseudonym: String = people::table.find((bot, person)).select(people::pseudonym).first(conn).await?;
    diesel::update(about)
        .set((reports::reported_id.eq(None::<i64>), reports::reported_pseudonym.eq(pseudonym)))
        .execute(conn)
        .await?;
    let by = reports::table.filter(reports::bot_id.eq(bot).and(reports::reporter_id.eq(person))).select(reports::id);
    diesel::update(report_messages::table.filter(report_messages::bot_id.eq(bot).and(report_messages::report_id.eq_any(by))))
        .set(report_messages::reporter_message_id.eq(None::<i32>))
        .execute(conn)
        .await?;
    diesel::update(reports::table.filter(reports::bot_id.eq(bot).and(reports::reporter_id.eq(person))))
        .set((
            reports::reporter_id.eq(None::<i64>),
            reports::message_id.eq(None::<i32>),
            reports::message_ids.eq(Vec::<i32>::new()),
        ))
        .execute(conn)
        .await?;
    diesel::update(sanctions::table.filter(sanctions::bot_id.eq(bot).and(sanctions::person_id.eq(person))))
        .set(sanctions::person_id.eq(None::<i64>))
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes what is stored about an account beside its person; a minor's refusal stays.
pub(crate) async fn account(conn: &mut AsyncPgConnection, bot: i64, telegram: i64) -> QueryResult<()> {
    let of_bot = message_map::bot_id.eq(bot);
    diesel::delete(message_map::table.filter(of_bot).filter(message_map::from_telegram_id.eq(telegram))).execute(conn).await?;
    diesel::delete(message_map::table.filter(of_bot).filter(message_map::to_telegram_id.eq(telegram))).execute(conn).await?;
    diesel::delete(dialogs::table.find((bot, telegram))).execute(conn).await?;
    let open = appeals::bot_id.eq(bot).and(appeals::telegram_id.eq(telegram));
    diesel::delete(appeals::table.filter(open)).execute(conn).await?;
    diesel::delete(consents::table.filter(consents::bot_id.eq(bot).and(consents::telegram_id.eq(telegram))))
        .execute(conn)
        .await?;
    diesel::delete(visitors::table.find((bot, telegram)).filter(visitors::refused_at.is_null())).execute(conn).await?;
    let nothing = (visitors::ui_language.eq(None::<String>), visitors::data_sent_at.eq(None::<Moment>));
    diesel::update(visitors::table.find((bot, telegram))).set(nothing).execute(conn).await?;
    Ok(())
}
