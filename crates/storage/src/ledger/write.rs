//! Booking: payments, refunds and grants as rows, each once.
//!
//! Who books something for a person first locks their row of preferences: two bookings for one person follow each other,
//! so the later one folds the rows of both. The row of people is left alone, for the engine's one statement writes it.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::engine::event::RatingsShift;
use luvhive_core::id::PersonId;
use luvhive_core::ports::journal::Change;
use luvhive_core::premium::{ChargeId, Grant, Payment, Plan, Refund, RefundRequest};

use crate::codes::storable;
use crate::moment::Moment;
use crate::schema::{entitlement_grants, payments, people, preferences, rating_resets, reconciliations, refunds};

/// Whose entitlement a booking touches, and whose ratings it shifts.
#[derive(Clone, Copy, Default)]
pub(crate) struct Booked {
    pub(crate) receiver: Option<i64>,
    pub(crate) ratings: Option<RatingsShift>,
}

impl Booked {
    fn of(receiver: Option<i64>) -> Self {
        Self { receiver, ratings: None }
    }
}

/// Makes bookings for these people wait for one another; returns who of them is still there.
pub(super) async fn lock(conn: &mut AsyncPgConnection, bot: i64, persons: &[i64]) -> QueryResult<Vec<i64>> {
    // An erasure that is under way is waited for here, and its people are gone then.
    let there: Vec<i64> = people::table
        .filter(people::bot_id.eq(bot).and(people::id.eq_any(persons)))
        .order(people::id)
        .select(people::id)
        .for_key_share()
        .load(conn)
        .await?;
    preferences::table
        .filter(preferences::bot_id.eq(bot).and(preferences::person_id.eq_any(&there)))
        .order(preferences::person_id)
        .select(preferences::person_id)
        .for_no_key_update()
        .load::<i64>(conn)
        .await?;
    Ok(there)
}

async fn is_refunded(conn: &mut AsyncPgConnection, bot: i64, charge: &str) -> QueryResult<bool> {
    let refunded = refunds::table.find((bot, charge)).filter(refunds::refunded_at.is_not_null());
    diesel::select(diesel::dsl::exists(refunded)).get_result(conn).await
}

async fn receiver_of(conn: &mut AsyncPgConnection, bot: i64, charge: &str) -> QueryResult<Option<i64>> {
    let found = payments::table.find((bot, charge)).select(payments::receiver_id).first(conn).await.optional()?;
    Ok(found.flatten())
}

/// Books a payment once.
pub(crate) async fn book_payment(conn: &mut AsyncPgConnection, bot: i64, payment: &Payment) -> QueryResult<Booked> {
    let wanted: Vec<i64> = payment.payer.into_iter().chain(payment.receiver).map(PersonId::get).collect();
    let there = lock(conn, bot, &wanted).await?;
    let known = |person: Option<PersonId>| person.map(PersonId::get).filter(|person| there.contains(person));
    let receiver = known(payment.receiver);
    let charge = payment.charge.as_str();
    let rows = diesel::insert_into(payments::table)
        .values((
            payments::bot_id.eq(bot),
            payments::telegram_payment_charge_id.eq(charge),
            payments::payer_id.eq(known(payment.payer)),
            payments::receiver_id.eq(receiver),
            payments::plan.eq(payment.plan.code()),
            payments::stars.eq(i32::try_from(payment.stars.get()).unwrap_or(i32::MAX)),
            payments::days.eq(i32::from(payment.days)),
            payments::paid_at.eq(Moment(payment.paid_at)),
            payments::is_recurring.eq(payment.is_recurring),
            payments::is_first_recurring.eq(payment.is_first),
            payments::subscription_until.eq(payment.subscription_until.map(Moment)),
            payments::refund_days.eq(i32::from(payment.refund_days)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if rows == 0 {
        return Ok(Booked::of(receiver_of(conn, bot, charge).await?));
    }
    let mut booked = Booked::of(receiver);
    if let Some(person) = receiver.filter(|_| payment.plan == Plan::RatingReset)
        && !is_refunded(conn, bot, charge).await?
    {
        booked.ratings = Some(reset_ratings(conn, bot, person, charge).await?);
    }
    Ok(booked)
}

async fn reset_ratings(conn: &mut AsyncPgConnection, bot: i64, person: i64, charge: &str) -> QueryResult<RatingsShift> {
    let (up, down): (i32, i32) = people::table
        .find((bot, person))
        .select((people::ratings_up, people::ratings_down))
        .for_no_key_update()
        .first(conn)
        .await?;
    diesel::insert_into(rating_resets::table)
        .values((
            rating_resets::bot_id.eq(bot),
            rating_resets::telegram_payment_charge_id.eq(charge),
            rating_resets::person_id.eq(person),
            rating_resets::ratings_up.eq(up),
            rating_resets::ratings_down.eq(down),
        ))
        .execute(conn)
        .await?;
    diesel::update(people::table.find((bot, person)))
        .set((people::ratings_up.eq(0), people::ratings_down.eq(0)))
        .execute(conn)
        .await?;
    Ok(RatingsShift { person: PersonId::new(person), up: -i64::from(up), down: -i64::from(down) })
}

/// Brings back what a reset wiped out.
async fn undo_reset(conn: &mut AsyncPgConnection, bot: i64, charge: &str) -> QueryResult<Option<RatingsShift>> {
    let undone: Option<(i64, i32, i32)> = diesel::delete(rating_resets::table.find((bot, charge)))
        .returning((rating_resets::person_id, rating_resets::ratings_up, rating_resets::ratings_down))
        .get_result(conn)
        .await
        .optional()?;
    let Some((person, up, down)) = undone else { return Ok(None) };
    diesel::update(people::table.find((bot, person)))
        .set((people::ratings_up.eq(people::ratings_up + up), people::ratings_down.eq(people::ratings_down + down)))
        .execute(conn)
        .await?;
    Ok(Some(RatingsShift { person: PersonId::new(person), up: i64::from(up), down: i64::from(down) }))
}

/// Notes that a refund is wanted, once per charge; returns how many rows that made.
pub(crate) async fn request_refund(conn: &mut AsyncPgConnection, bot: i64, request: &RefundRequest) -> QueryResult<usize> {
    diesel::insert_into(refunds::table)
        .values((
            refunds::bot_id.eq(bot),
            refunds::telegram_payment_charge_id.eq(request.charge.as_str()),
            refunds::cause.eq(request.cause.code()),
            refunds::reason.eq(storable(&request.reason)),
            refunds::requested_at.eq(Moment(request.requested_at)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

/// Forgets a request that Telegram refuses for good.
pub(crate) async fn withdraw_refund(conn: &mut AsyncPgConnection, bot: i64, charge: &ChargeId) -> QueryResult<()> {
    diesel::delete(refunds::table.find((bot, charge.as_str())).filter(refunds::refunded_at.is_null()))
        .execute(conn)
        .await
        .map(drop)
}

/// Books a refund once; the person who asked for it before stays its cause.
pub(crate) async fn book_refund(conn: &mut AsyncPgConnection, bot: i64, refund: &Refund) -> QueryResult<Booked> {
    let charge = refund.charge.as_str();
    let receiver = receiver_of(conn, bot, charge).await?;
    lock(conn, bot, receiver.as_slice()).await?;
    let fresh = diesel::insert_into(refunds::table)
        .values((
            refunds::bot_id.eq(bot),
            refunds::telegram_payment_charge_id.eq(charge),
            refunds::cause.eq(refund.cause.code()),
            refunds::reason.eq(""),
            refunds::refunded_at.eq(Moment(refund.refunded_at)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let asked = diesel::update(refunds::table.find((bot, charge)).filter(refunds::refunded_at.is_null()))
        .set(refunds::refunded_at.eq(Moment(refund.refunded_at)))
        .execute(conn)
        .await?;
    // A payment that was booked meanwhile is seen now, and it saw nothing of this refund.
    let receiver = receiver_of(conn, bot, charge).await?;
    let mut booked = Booked::of(receiver);
    if fresh + asked > 0 {
        booked.ratings = undo_reset(conn, bot, charge).await?;
    }
    Ok(booked)
}

/// Notes that a subscription was cancelled, or goes on again.
pub(crate) async fn close_subscription(
    conn: &mut AsyncPgConnection,
    bot: i64,
    charge: &ChargeId,
    canceled_at: Option<Moment>,
) -> QueryResult<Booked> {
    let receiver = receiver_of(conn, bot, charge.as_str()).await?;
    lock(conn, bot, receiver.as_slice()).await?;
    let row = payments::table.find((bot, charge.as_str()));
    let set = (payments::canceled_at.eq(canceled_at), payments::subscription_changes.eq(payments::subscription_changes + 1));
    if canceled_at.is_some() {
        diesel::update(row.filter(payments::canceled_at.is_null())).set(set).execute(conn).await?;
    } else {
        diesel::update(row.filter(payments::canceled_at.is_not_null())).set(set).execute(conn).await?;
    }
    Ok(Booked::of(receiver))
}

/// Gives days once.
pub(crate) async fn grant(conn: &mut AsyncPgConnection, bot: i64, grant: &Grant) -> QueryResult<Booked> {
    let person = grant.person.get();
    if lock(conn, bot, &[person]).await?.is_empty() {
        return Ok(Booked::default());
    }
    diesel::insert_into(entitlement_grants::table)
        .values((
            entitlement_grants::bot_id.eq(bot),
            entitlement_grants::key.eq(grant.key.as_str()),
            entitlement_grants::person_id.eq(person),
            entitlement_grants::source.eq(grant.source.code()),
            entitlement_grants::days.eq(i32::from(grant.days)),
            entitlement_grants::granted_at.eq(Moment(grant.granted_at)),
            entitlement_grants::granted_by.eq(grant.granted_by.as_deref().map(storable)),
            entitlement_grants::reason.eq(grant.reason.as_deref().map(storable)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(Booked::of(Some(person)))
}

/// Remembers how many of the first transactions in Telegram's list are booked.
pub(super) async fn mark_reconciled(conn: &mut AsyncPgConnection, bot: i64, count: i64, now: Moment) -> QueryResult<()> {
    let known = (reconciliations::known_count.eq(count), reconciliations::read_at.eq(now));
    diesel::insert_into(reconciliations::table)
        .values((reconciliations::bot_id.eq(bot), known))
        .on_conflict(reconciliations::bot_id)
        .do_update()
        .set(known)
        .execute(conn)
        .await
        .map(drop)
}

/// Forgets a person. Bookkeeping and refunds need what was paid and when, by Telegram's identifier, not by whom: the rows
/// stay without the people, and Telegram's own list still knows the account behind a charge. Requests that nobody can
/// carry out any more go, and grants with them, since no money is behind those.
pub(crate) async fn erase(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<()> {
    let paid = payments::table.filter(payments::bot_id.eq(bot).and(payments::payer_id.eq(person)));
    let charges = paid.select(payments::telegram_payment_charge_id);
    let open = refunds::table.filter(refunds::bot_id.eq(bot).and(refunds::refunded_at.is_null()));
    diesel::delete(open.filter(refunds::telegram_payment_charge_id.eq_any(charges))).execute(conn).await?;
    diesel::update(paid).set(payments::payer_id.eq(None::<i64>)).execute(conn).await?;
    diesel::update(payments::table.filter(payments::bot_id.eq(bot).and(payments::receiver_id.eq(person))))
        .set(payments::receiver_id.eq(None::<i64>))
        .execute(conn)
        .await?;
    diesel::delete(rating_resets::table.filter(rating_resets::bot_id.eq(bot).and(rating_resets::person_id.eq(person))))
        .execute(conn)
        .await?;
    let grants = entitlement_grants::table;
    diesel::delete(grants.filter(entitlement_grants::bot_id.eq(bot).and(entitlement_grants::person_id.eq(person))))
        .execute(conn)
        .await
        .map(drop)
}

/// Returns whose entitlement these changes touched, for a transaction of which only the rows are left.
pub(crate) async fn touched(conn: &mut AsyncPgConnection, bot: i64, changes: &[Change]) -> QueryResult<Vec<i64>> {
    let mut people = Vec::new();
    let mut booked = Vec::new();
    for change in changes {
        match change {
            Change::Grant(grant) => people.push(grant.person.get()),
            Change::BookPayment(payment) => booked.push(payment.charge.as_str()),
            Change::BookRefund(refund) => booked.push(refund.charge.as_str()),
            Change::CloseSubscription { charge, .. } => booked.push(charge.as_str()),
            _ => {}
        }
    }
    for charge in booked {
        people.extend(receiver_of(conn, bot, charge).await?);
    }
    Ok(people)
}

/// Returns what these people are entitled to now, in the order of their numbers.
pub(super) async fn entitlements(
    conn: &mut AsyncPgConnection,
    bot: i64,
    persons: &[i64],
) -> QueryResult<BTreeMap<PersonId, luvhive_core::premium::Entitlement>> {
    super::entitlement::of_people(conn, bot, persons).await
}
