//! Which charges make one subscription.

use super::*;
use crate::premium::{Refund, RefundCause};

const ME: PersonId = PersonId::new(1);

fn day(number: u64) -> Timestamp {
    Timestamp::EPOCH.plus(Duration::from_hours(24 * number))
}

fn charge(name: &str) -> ChargeId {
    ChargeId::new(name).unwrap()
}

fn paid(name: &str, on: u64, is_first: Option<bool>) -> Payment {
    Payment {
        charge: charge(name),
        payer: Some(ME),
        receiver: Some(ME),
        plan: Plan::Monthly,
        stars: Plan::Monthly.stars(),
        days: 30,
        paid_at: day(on),
        is_recurring: true,
        is_first,
        subscription_until: Some(day(on + 30)),
        canceled_at: None,
        refund_days: 14,
    }
}

fn canceled(payment: Payment) -> Payment {
    Payment { canceled_at: Some(payment.paid_at), ..payment }
}

fn back(name: &str) -> LedgerRow {
    LedgerRow::Refund(Refund { charge: charge(name), cause: RefundCause::Buyer, refunded_at: day(1) })
}

/// The names of the charges of each run.
#[track_caller]
fn check(rows: Vec<LedgerRow>, expected: &[&str]) {
    for rows in [rows.clone(), rows.into_iter().rev().collect()] {
        let found = runs(&rows, ME);
        let names = found.iter().map(|run| {
            let charges = std::iter::once(run.first).chain(run.later.iter().copied());
            charges.map(|one| one.charge.as_str()).collect::<Vec<_>>().join(" ")
        });
        assert_eq!(names.collect::<Vec<_>>(), expected);
    }
}

fn rows(payments: impl IntoIterator<Item = Payment>) -> Vec<LedgerRow> {
    payments.into_iter().map(LedgerRow::Payment).collect()
}

#[test]
fn renewals_go_on_with_what_began() {
    let (first, later) = (Some(true), Some(false));
    check(rows([paid("a", 0, first), paid("b", 30, later), paid("c", 60, later)]), &["a b c"]);
    check(rows([paid("a", 0, None), paid("b", 30, None), paid("c", 60, later)]), &["a b c"]);
    check(rows([paid("b", 30, later)]), &["b"]);
}

#[test]
fn a_new_beginning_is_a_run_of_its_own_even_while_the_last_is_paid() {
    check(rows([paid("a", 0, Some(true)), paid("b", 1, Some(true))]), &["a", "b"]);
    let both = rows([paid("a", 0, Some(true)), paid("b", 5, Some(true)), paid("c", 30, Some(false)), paid("d", 35, Some(false))]);
    check(both, &["a c", "b d"]);
}

#[test]
fn where_telegram_did_not_say_a_refund_or_cancellation_ends_a_run() {
    check(rows([paid("a", 0, None), paid("b", 29, None)]), &["a b"]);
    check(rows([paid("a", 0, None), paid("b", 31, None)]), &["a", "b"]);
    check([rows([paid("a", 0, None), paid("b", 1, None)]), vec![back("a")]].concat(), &["a", "b"]);
    check(rows([canceled(paid("a", 0, None)), paid("b", 1, None)]), &["a", "b"]);
}

#[test]
fn a_renewal_of_one_that_was_resumed_unheard_stays_with_it() {
    check(rows([canceled(paid("a", 0, Some(true))), paid("b", 30, Some(false))]), &["a b"]);
}

#[test]
fn what_goes_on_is_shown_before_what_ends() {
    let both = rows([canceled(paid("a", 5, Some(true))), paid("b", 0, Some(true))]);
    assert_eq!(running(&both, ME, day(6)).unwrap().first().charge.as_str(), "b");
    let ends = rows([canceled(paid("a", 5, Some(true)))]);
    assert!(running(&ends, ME, day(6)).unwrap().is_canceled());
    assert_eq!(running(&ends, ME, day(35)), None, "its time is over");
    let returned = [rows([paid("a", 0, Some(true))]), vec![back("a")]].concat();
    assert_eq!(running(&returned, ME, day(1)), None);
    assert_eq!(running(&ends, PersonId::new(2), day(6)), None, "somebody else's");
}
