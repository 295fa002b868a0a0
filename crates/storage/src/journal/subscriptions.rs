//! Subscriptions that would be charged again while their owner cannot use them: each becomes work for the engine.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::PersonId;
use luvhive_core::ports::StoreError;
use luvhive_core::time::Timestamp;

use super::PgJournal;
use crate::command::{self, Sender};
use crate::error::{Stopped, transact};
use crate::moment::Moment;
use crate::schema::{payments, people, refunds};

/// How many subscriptions one call takes up.
const AT_ONCE: i64 = 100;

impl PgJournal {
    /// Leaves a command for every person who is suspended past the day on which their subscription renews, at most 100, by
    /// their numbers; returns how many.
    ///
    /// Safe to repeat: a lane that finds the subscription ended does nothing. So nobody is missed, no matter when and how
    /// they were suspended, or whether Telegram could be asked then.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn take_up_subscriptions(&self, now: Timestamp) -> Result<usize, StoreError> {
        let bot = self.bot.get();
        transact!(self.pool, conn => take_up(conn, bot, Moment(now)))
    }
}

async fn take_up(conn: &mut AsyncPgConnection, bot: i64, now: Moment) -> Result<usize, Stopped> {
    let owner = people::bot_id.eq(payments::bot_id).and(people::id.nullable().eq(payments::payer_id));
    let back =
        refunds::bot_id.eq(payments::bot_id).and(refunds::telegram_payment_charge_id.eq(payments::telegram_payment_charge_id));
    let payers: Vec<i64> = payments::table
        .inner_join(people::table.on(owner))
        .left_join(refunds::table.on(back))
        .filter(payments::bot_id.eq(bot).and(payments::canceled_at.is_null()))
        .filter(payments::subscription_until.gt(now))
        .filter(people::suspended_until.gt(payments::subscription_until))
        .filter(refunds::refunded_at.is_null())
        .order(people::id)
        .distinct()
        .limit(AT_ONCE)
        .select(people::id)
        .load(conn)
        .await?;
    for &payer in &payers {
        let command = EngineCommand::Subscription { payer: PersonId::new(payer) };
        command::insert(conn, bot, &command, Sender::operator(now)).await?;
    }
    Ok(payers.len())
}
