//! Rows of payments, refunds and grants, and what they are in core.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::id::PersonId;
use luvhive_core::ports::StoreError;
use luvhive_core::premium::{
    ChargeId, ChargeRecord, FIRST_REFUND_DAYS, Grant, GrantKey, GrantSource, LedgerRow, Payment, Plan, Refund, RefundCause,
    RefundRequest, Stars,
};
use luvhive_core::time::Timestamp;

use crate::codes::{corrupt, read};
use crate::moment::Moment;
use crate::schema::{entitlement_grants, payments, people, reconciliations, refunds};

/// The most rows of a kind that one person's ledger lists.
const LIMIT: i64 = 1_000;

#[derive(Queryable, Selectable)]
#[diesel(table_name = payments, check_for_backend(diesel::pg::Pg))]
pub(super) struct PaymentRow {
    telegram_payment_charge_id: String,
    payer_id: Option<i64>,
    receiver_id: Option<i64>,
    plan: String,
    stars: i32,
    days: i32,
    paid_at: Moment,
    is_recurring: bool,
    subscription_until: Option<Moment>,
    canceled_at: Option<Moment>,
    is_first_recurring: Option<bool>,
    refund_days: Option<i32>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = refunds, check_for_backend(diesel::pg::Pg))]
pub(super) struct RefundRow {
    telegram_payment_charge_id: String,
    cause: String,
    reason: String,
    requested_at: Option<Moment>,
    refunded_at: Option<Moment>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = entitlement_grants, check_for_backend(diesel::pg::Pg))]
pub(super) struct GrantRow {
    key: String,
    source: String,
    days: i32,
    granted_at: Moment,
    granted_by: Option<String>,
    reason: Option<String>,
}

/// Reads a charge's identifier.
pub(super) fn charge(key: &str) -> Result<ChargeId, StoreError> {
    read(ChargeId::new(key), "charge")
}

fn days(number: i32) -> Result<u16, StoreError> {
    u16::try_from(number).map_err(|_out_of_range| corrupt("days"))
}

impl TryFrom<PaymentRow> for Payment {
    type Error = StoreError;

    fn try_from(row: PaymentRow) -> Result<Self, StoreError> {
        Ok(Self {
            charge: charge(&row.telegram_payment_charge_id)?,
            payer: row.payer_id.map(PersonId::new),
            receiver: row.receiver_id.map(PersonId::new),
            plan: read(Plan::from_code(&row.plan), "plan")?,
            stars: Stars::new(u32::try_from(row.stars).map_err(|_negative| corrupt("stars"))?),
            days: days(row.days)?,
            paid_at: row.paid_at.into(),
            is_recurring: row.is_recurring,
            is_first: row.is_first_recurring,
            subscription_until: row.subscription_until.map(Timestamp::from),
            canceled_at: row.canceled_at.map(Timestamp::from),
            refund_days: row.refund_days.map_or(Ok(FIRST_REFUND_DAYS), days)?,
        })
    }
}

impl RefundRow {
    fn refund(&self) -> Result<Option<Refund>, StoreError> {
        let Some(at) = self.refunded_at else { return Ok(None) };
        let cause = read(RefundCause::from_code(&self.cause), "refund's cause")?;
        Ok(Some(Refund { charge: charge(&self.telegram_payment_charge_id)?, cause, refunded_at: at.into() }))
    }

    fn request(self) -> Result<Option<RefundRequest>, StoreError> {
        let (None, Some(at)) = (self.refunded_at, self.requested_at) else { return Ok(None) };
        Ok(Some(RefundRequest {
            charge: charge(&self.telegram_payment_charge_id)?,
            cause: read(RefundCause::from_code(&self.cause), "refund's cause")?,
            reason: self.reason,
            requested_at: at.into(),
        }))
    }
}

impl GrantRow {
    fn into_grant(self, person: PersonId) -> Result<Grant, StoreError> {
        Ok(Grant {
            key: read(GrantKey::new(&self.key), "grant's key")?,
            person,
            source: read(GrantSource::from_code(&self.source), "grant's source")?,
            days: days(self.days)?,
            granted_at: self.granted_at.into(),
            granted_by: self.granted_by,
            reason: self.reason,
        })
    }
}

/// One person's rows.
pub(super) struct PersonRows {
    payments: Vec<PaymentRow>,
    refunds: Vec<RefundRow>,
    grants: Vec<GrantRow>,
}

impl PersonRows {
    /// Puts them into one list, by time and key.
    pub(super) fn into_rows(self, person: PersonId) -> Result<Vec<LedgerRow>, StoreError> {
        let mut rows = Vec::new();
        for row in self.payments {
            rows.push(LedgerRow::Payment(row.try_into()?));
        }
        for row in &self.refunds {
            rows.extend(row.refund()?.map(LedgerRow::Refund));
        }
        for row in self.grants {
            rows.push(LedgerRow::Grant(row.into_grant(person)?));
        }
        rows.sort_by(|one, other| (one.at(), one.key()).cmp(&(other.at(), other.key())));
        Ok(rows)
    }
}

/// Reads what a person paid, was given and was refunded, at one moment.
pub(super) async fn read_person(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<PersonRows> {
    let read = async move |conn: &mut AsyncPgConnection| list_person(conn, bot, person).await;
    conn.build_transaction().read_only().repeatable_read().run(read).await
}

/// Reads what a person paid, was given and was refunded.
pub(super) async fn list_person(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<PersonRows> {
    let is_theirs = payments::payer_id.eq(person).or(payments::receiver_id.eq(person));
    let payments: Vec<PaymentRow> = payments::table
        .filter(payments::bot_id.eq(bot))
        .filter(is_theirs)
        .order((payments::paid_at.desc(), payments::telegram_payment_charge_id.desc()))
        .limit(LIMIT)
        .select(PaymentRow::as_select())
        .load(conn)
        .await?;
    let charges: Vec<_> = payments.iter().map(|row| row.telegram_payment_charge_id.as_str()).collect();
    let refunds = refunds::table
        .filter(refunds::bot_id.eq(bot).and(refunds::telegram_payment_charge_id.eq_any(charges)))
        .order(refunds::telegram_payment_charge_id)
        .limit(LIMIT)
        .select(RefundRow::as_select())
        .load(conn)
        .await?;
    let grants = entitlement_grants::table
        .filter(entitlement_grants::bot_id.eq(bot).and(entitlement_grants::person_id.eq(person)))
        .order((entitlement_grants::granted_at.desc(), entitlement_grants::key.desc()))
        .limit(LIMIT)
        .select(GrantRow::as_select())
        .load(conn)
        .await?;
    Ok(PersonRows { payments, refunds, grants })
}

/// What is known of one charge.
pub(super) struct ChargeRows {
    payment: Option<PaymentRow>,
    refund: Option<RefundRow>,
    used_at: Option<Moment>,
}

impl ChargeRows {
    /// Puts it together; `None` = nothing is known.
    pub(super) fn into_record(self) -> Result<Option<ChargeRecord>, StoreError> {
        if self.payment.is_none() && self.refund.is_none() {
            return Ok(None);
        }
        let payment = self.payment.map(Payment::try_from).transpose()?;
        let (refund, request) = match self.refund {
            Some(row) => (row.refund()?, row.request()?),
            None => (None, None),
        };
        Ok(Some(ChargeRecord { payment, used_at: self.used_at.map(Timestamp::from), request, refund }))
    }
}

/// Reads what is known of a charge, at one moment.
pub(super) async fn read_charge(conn: &mut AsyncPgConnection, bot: i64, charge: String) -> QueryResult<ChargeRows> {
    let read = async move |conn: &mut AsyncPgConnection| find_charge(conn, bot, &charge).await;
    conn.build_transaction().read_only().repeatable_read().run(read).await
}

/// Reads what is known of a charge.
pub(super) async fn find_charge(conn: &mut AsyncPgConnection, bot: i64, charge: &str) -> QueryResult<ChargeRows> {
    let payment: Option<PaymentRow> =
        payments::table.find((bot, charge)).select(PaymentRow::as_select()).first(conn).await.optional()?;
    let refund = refunds::table.find((bot, charge)).select(RefundRow::as_select()).first(conn).await.optional()?;
    let used_at: Option<Option<Moment>> = match payment.as_ref().and_then(|row| row.receiver_id) {
        Some(receiver) => people::table.find((bot, receiver)).select(people::premium_used_at).first(conn).await.optional()?,
        None => None,
    };
    Ok(ChargeRows { payment, refund, used_at: used_at.flatten() })
}

/// Lists which of these charges are paid, and which are refunded.
pub(super) async fn list_known(
    conn: &mut AsyncPgConnection,
    bot: i64,
    charges: Vec<String>,
) -> QueryResult<(Vec<String>, Vec<String>)> {
    let paid = payments::table
        .filter(payments::bot_id.eq(bot).and(payments::telegram_payment_charge_id.eq_any(&charges)))
        .order(payments::telegram_payment_charge_id)
        .select(payments::telegram_payment_charge_id)
        .load(conn)
        .await?;
    let refunded = refunds::table
        .filter(refunds::bot_id.eq(bot).and(refunds::telegram_payment_charge_id.eq_any(&charges)))
        .filter(refunds::refunded_at.is_not_null())
        .order(refunds::telegram_payment_charge_id)
        .select(refunds::telegram_payment_charge_id)
        .load(conn)
        .await?;
    Ok((paid, refunded))
}

/// Reads how many of the first transactions in Telegram's list are booked.
pub(super) async fn count_reconciled(conn: &mut AsyncPgConnection, bot: i64) -> QueryResult<Option<i64>> {
    reconciliations::table.find(bot).select(reconciliations::known_count).first(conn).await.optional()
}
