//! Refunds that were asked for and had to wait: each becomes work for the engine again.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::PersonId;
use luvhive_core::ports::StoreError;
use luvhive_core::premium::ChargeId;
use luvhive_core::time::Timestamp;

use super::PgJournal;
use crate::codes::read;
use crate::command::{self, Sender};
use crate::error::{Stopped, of_run, transact};
use crate::moment::Moment;
use crate::schema::{payments, refunds};

/// How many refunds one call takes up.
const AT_ONCE: i64 = 100;

impl PgJournal {
    /// Leaves a command for every refund that was asked for up to `asked_by` and that Telegram has not confirmed, the
    /// oldest first, at most 100; returns how many.
    ///
    /// Safe to repeat: a lane that finds a refund done does nothing, and Telegram gives a payment back once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    pub async fn take_up_refunds(&self, asked_by: Timestamp, now: Timestamp) -> Result<usize, StoreError> {
        let bot = self.bot.get();
        transact!(self.pool, conn => take_up(conn, bot, Moment(asked_by), Moment(now)))
    }

    /// Finds when the oldest refund was asked for that Telegram has not confirmed and whose payer is still here.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn find_oldest_refund(&self) -> Result<Option<Timestamp>, StoreError> {
        let bot = self.bot.get();
        let oldest: Option<Moment> =
            self.pool.run(async move |conn: &mut AsyncPgConnection| oldest(conn, bot).await).await.map_err(of_run)?;
        Ok(oldest.map(Timestamp::from))
    }
}

async fn oldest(conn: &mut AsyncPgConnection, bot: i64) -> QueryResult<Option<Moment>> {
    let same =
        payments::bot_id.eq(refunds::bot_id).and(payments::telegram_payment_charge_id.eq(refunds::telegram_payment_charge_id));
    refunds::table
        .inner_join(payments::table.on(same))
        .filter(refunds::bot_id.eq(bot).and(refunds::refunded_at.is_null()))
        .filter(payments::payer_id.is_not_null().and(refunds::requested_at.is_not_null()))
        .order(refunds::requested_at)
        .select(refunds::requested_at.assume_not_null())
        .first(conn)
        .await
        .optional()
}

async fn take_up(conn: &mut AsyncPgConnection, bot: i64, asked_by: Moment, now: Moment) -> Result<usize, Stopped> {
    let same =
        payments::bot_id.eq(refunds::bot_id).and(payments::telegram_payment_charge_id.eq(refunds::telegram_payment_charge_id));
    let open: Vec<(Option<i64>, String)> = refunds::table
        .inner_join(payments::table.on(same))
        .filter(refunds::bot_id.eq(bot).and(refunds::refunded_at.is_null()))
        // One that was asked for later than now: the clock was set back since.
        .filter(refunds::requested_at.le(asked_by).or(refunds::requested_at.gt(now)))
        .filter(payments::payer_id.is_not_null())
        .order((refunds::requested_at, refunds::telegram_payment_charge_id))
        .limit(AT_ONCE)
        .select((payments::payer_id, refunds::telegram_payment_charge_id))
        .load(conn)
        .await?;
    for (payer, charge) in &open {
        let Some(payer) = payer.map(PersonId::new) else { continue };
        let charge = read(ChargeId::new(charge), "charge")?;
        command::insert(conn, bot, &EngineCommand::Refund { payer, charge }, Sender::operator(now)).await?;
    }
    Ok(open.len())
}
