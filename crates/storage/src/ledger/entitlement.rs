//! What people are entitled to, folded from their rows each time it is asked.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::try_join;
use luvhive_core::id::PersonId;
use luvhive_core::premium::{Entitlement, Entry};

use crate::moment::Moment;
use crate::schema::{entitlement_grants, payments, refunds};

type PaidColumns = ((Option<i64>, String, i32, Moment, Option<Moment>, Option<Moment>, i32), Option<Moment>);
type GrantedColumns = (i64, String, i32, Moment);

/// Folds rows, person by person.
fn fold(paid: Vec<PaidColumns>, granted: Vec<GrantedColumns>) -> BTreeMap<PersonId, Entitlement> {
    let mut entries: BTreeMap<PersonId, Vec<Entry>> = BTreeMap::new();
    for ((person, key, days, at, renews_at, canceled_at, changes), refunded_at) in paid {
        let Some(person) = person else { continue };
        entries.entry(PersonId::new(person)).or_default().push(Entry {
            at: at.into(),
            key: key.into(),
            days: u16::try_from(days).unwrap_or(0),
            renews_at: renews_at.filter(|_| canceled_at.is_none()).map(Into::into),
            is_refunded: refunded_at.is_some(),
            changes: u32::try_from(changes).unwrap_or(0),
        });
    }
    for (person, key, days, at) in granted {
        entries.entry(PersonId::new(person)).or_default().push(Entry {
            at: at.into(),
            key: key.into(),
            days: u16::try_from(days).unwrap_or(0),
            renews_at: None,
            is_refunded: false,
            changes: 0,
        });
    }
    entries.into_iter().map(|(person, entries)| (person, Entitlement::fold(entries))).collect()
}

const PAID: (
    payments::receiver_id,
    payments::telegram_payment_charge_id,
    payments::days,
    payments::paid_at,
    payments::subscription_until,
    payments::canceled_at,
    payments::subscription_changes,
) = (
    payments::receiver_id,
    payments::telegram_payment_charge_id,
    payments::days,
    payments::paid_at,
    payments::subscription_until,
    payments::canceled_at,
    payments::subscription_changes,
);
const GRANTED: (
    entitlement_grants::person_id,
    entitlement_grants::key,
    entitlement_grants::days,
    entitlement_grants::granted_at,
) = (entitlement_grants::person_id, entitlement_grants::key, entitlement_grants::days, entitlement_grants::granted_at);

/// Returns what each of these people is entitled to; those without rows are left out.
pub(crate) async fn of_people(
    conn: &AsyncPgConnection,
    bot: i64,
    people: &[i64],
) -> QueryResult<BTreeMap<PersonId, Entitlement>> {
    let refunded =
        refunds::bot_id.eq(payments::bot_id).and(refunds::telegram_payment_charge_id.eq(payments::telegram_payment_charge_id));
    let paid = async {
        payments::table
            .left_join(refunds::table.on(refunded))
            .filter(payments::bot_id.eq(bot).and(payments::receiver_id.eq_any(people)))
            .select((PAID, refunds::refunded_at.nullable()))
            .load(&mut &*conn)
            .await
    };
    let granted = async {
        entitlement_grants::table
            .filter(entitlement_grants::bot_id.eq(bot).and(entitlement_grants::person_id.eq_any(people)))
            .select(GRANTED)
            .load(&mut &*conn)
            .await
    };
    let (paid, granted) = try_join(paid, granted).await?;
    Ok(fold(paid, granted))
}

/// Returns what everybody is entitled to. At start only.
pub(crate) async fn list_all(conn: &mut AsyncPgConnection, bot: i64) -> QueryResult<BTreeMap<PersonId, Entitlement>> {
    let refunded =
        refunds::bot_id.eq(payments::bot_id).and(refunds::telegram_payment_charge_id.eq(payments::telegram_payment_charge_id));
    let paid = payments::table
        .left_join(refunds::table.on(refunded))
        .filter(payments::bot_id.eq(bot))
        .select((PAID, refunds::refunded_at.nullable()))
        .load(conn)
        .await?;
    let granted = entitlement_grants::table.filter(entitlement_grants::bot_id.eq(bot)).select(GRANTED).load(conn).await?;
    Ok(fold(paid, granted))
}
