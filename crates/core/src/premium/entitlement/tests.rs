//! What the fold makes of payments, refunds and grants.

use super::*;
use crate::id::PersonId;
use crate::premium::{Book, ChargeId, Grant, GrantKey, GrantSource, LedgerRow, Payment, Plan, Refund, RefundCause};

const ME: PersonId = PersonId::new(1);

fn day(number: u64) -> Timestamp {
    Timestamp::EPOCH.plus(Duration::from_hours(24 * number))
}

fn paid(charge: &str, plan: Plan, on: u64) -> LedgerRow {
    LedgerRow::Payment(Payment {
        charge: ChargeId::new(charge).unwrap(),
        payer: Some(ME),
        receiver: Some(ME),
        plan,
        stars: plan.stars(),
        days: plan.days(),
        paid_at: day(on),
        is_recurring: plan == Plan::Monthly,
        subscription_until: plan.renews_every().map(|every| day(on).plus(every)),
        is_first: None,
        canceled_at: None,
        refund_days: 14,
    })
}

fn refunded(charge: &str, on: u64) -> LedgerRow {
    LedgerRow::Refund(Refund { charge: ChargeId::new(charge).unwrap(), cause: RefundCause::Operator, refunded_at: day(on) })
}

fn trial(on: u64) -> LedgerRow {
    let (source, granted_at) = (GrantSource::Trial, day(on));
    LedgerRow::Grant(Grant { key: GrantKey::trial(ME), person: ME, source, days: 3, granted_at, granted_by: None, reason: None })
}

fn until(rows: &[LedgerRow]) -> Option<Timestamp> {
    rows.iter().cloned().collect::<Book>().entitlement(ME).until
}

#[test]
fn time_is_added_to_what_remains() {
    assert_eq!(until(&[]), None);
    assert_eq!(until(&[paid("a", Plan::Week, 0)]), Some(day(7)));
    assert_eq!(until(&[paid("a", Plan::Week, 0), paid("b", Plan::Week, 2)]), Some(day(14)));
    assert_eq!(until(&[paid("b", Plan::Week, 2), paid("a", Plan::Week, 0)]), Some(day(14)), "whatever came first");
    assert_eq!(until(&[paid("a", Plan::Week, 0), paid("b", Plan::Week, 20)]), Some(day(27)), "a gap is nobody's");
    assert_eq!(until(&[trial(1), paid("a", Plan::Month, 2)]), Some(day(34)));
    assert_eq!(until(&[paid("a", Plan::RatingReset, 0)]), None);
}

#[test]
fn a_duplicate_gives_nothing() {
    assert_eq!(until(&[paid("a", Plan::Week, 0), paid("a", Plan::Week, 0)]), Some(day(7)));
    assert_eq!(until(&[trial(0), trial(9)]), Some(day(3)));
}

#[test]
fn a_refund_takes_back_what_its_payment_gave() {
    let (week, month) = (paid("a", Plan::Week, 0), paid("b", Plan::Month, 1));
    assert_eq!(until(&[week.clone(), month.clone()]), Some(day(37)));
    // Of the week one day is over: the six that remained are taken back.
    assert_eq!(until(&[week.clone(), month.clone(), refunded("a", 5)]), Some(day(31)));
    assert_eq!(until(&[refunded("a", 5), month, week.clone()]), Some(day(31)), "word of the refund came first");
    assert_eq!(until(&[week, refunded("a", 5), refunded("a", 6)]), None);
}

#[test]
fn a_subscription_renews_and_lapses() {
    let rows = [paid("a", Plan::Monthly, 0), paid("b", Plan::Monthly, 30)];
    let entitlement = rows.iter().cloned().collect::<Book>().entitlement(ME);
    assert_eq!((entitlement.until, entitlement.renews_at), (Some(day(60)), Some(day(60))));
    assert_eq!(entitlement.premium_until(day(59)), Some(day(60)));
    assert_eq!(entitlement.premium_until(day(60)), None, "no row, no premium: nothing has to be switched off");
}

#[test]
fn more_rows_are_newer() {
    let rows = [paid("a", Plan::Week, 0), refunded("a", 1), trial(2)];
    let counts: Vec<_> = (0..=3).map(|n| rows.iter().take(n).cloned().collect::<Book>().entitlement(ME).rows).collect();
    assert_eq!(counts, [0, 1, 2, 3]);
}
