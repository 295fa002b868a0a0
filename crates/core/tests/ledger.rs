//! The ledger under any stream of payment updates: duplicates, replays, any order, refunds before their payments,
//! renewals. Whatever comes how often and when, the books say what really happened. Bugs are planted to see that the test
//! would notice.
#![cfg(feature = "testing")]
#![expect(clippy::unwrap_used, reason = "a model may stop where a program must not")]

use std::collections::{BTreeMap, BTreeSet};

use luvhive_core::id::PersonId;
use luvhive_core::premium::entitlement::Entry;
use luvhive_core::premium::ledger::Taken;
use luvhive_core::premium::{
    Book, ChargeId, ChargeRecord, Entitlement, Grant, GrantKey, GrantSource, LedgerRow, Payment, Plan, Refund, RefundCause,
    RefundRefusal, may_operator_refund,
};
use luvhive_core::time::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

const CASES: u32 = 10_000;
const PEOPLE: i64 = 4;
const HOUR: i64 = 3_600_000_000;

fn person(number: i64) -> PersonId {
    PersonId::new(number)
}

fn hour(number: i64) -> Timestamp {
    Timestamp::from_micros(number * HOUR)
}

/// What really happened, in the order in which it did: each row once.
#[derive(Clone, Debug)]
struct History {
    rows: Vec<LedgerRow>,
}

/// One thing that happens: who pays, for whom, what, how many hours after the last, and whether it is refunded.
fn happening() -> impl Strategy<Value = (i64, i64, usize, i64, Option<i64>)> {
    (1..=PEOPLE, 1..=PEOPLE, 0..Plan::ALL.len() + 2, 0..900_i64, proptest::option::weighted(0.3, 0..500_i64))
}

fn history() -> impl Strategy<Value = History> {
    vec(happening(), 0..12).prop_map(|happenings| {
        let mut rows = Vec::new();
        let mut now = 0;
        for (number, (payer, other, what, later, refund)) in happenings.into_iter().enumerate() {
            now += later;
            let Some(&plan) = Plan::ALL.get(what) else {
                // Two in ten are grants: a trial, once for each person, or an operator's.
                let is_trial = what == Plan::ALL.len();
                let key = if is_trial { GrantKey::trial(person(payer)) } else { GrantKey::operator(person(payer), hour(now)) };
                if rows.iter().any(|row: &LedgerRow| row.key() == key.as_str()) {
                    continue;
                }
                let source = if is_trial { GrantSource::Trial } else { GrantSource::Operator };
                let (granted_by, reason) = (None, None);
                rows.push(LedgerRow::Grant(Grant {
                    key,
                    person: person(payer),
                    source,
                    days: 3,
                    granted_at: hour(now),
                    granted_by,
                    reason,
                }));
                continue;
            };
            // A subscription is charged again and again, each time as a charge of its own.
            let charges = if plan == Plan::Monthly { 1 + number % 3 } else { 1 };
            for renewal in 0..charges {
                let charge = ChargeId::new(&format!("charge-{number}-{renewal}")).unwrap();
                let paid_at = hour(now + i64::try_from(renewal).unwrap() * 720);
                rows.push(LedgerRow::Payment(Payment {
                    charge: charge.clone(),
                    payer: Some(person(payer)),
                    receiver: Some(person(if plan.is_gift() { other } else { payer })),
                    plan,
                    stars: plan.stars(),
                    days: plan.days(),
                    paid_at,
                    is_recurring: plan == Plan::Monthly,
                    subscription_until: plan.renews_every().map(|every| paid_at.plus(every)),
                    is_first: None,
                    canceled_at: None,
                    refund_days: 14,
                }));
                if let Some(after) = refund {
                    let refunded_at = paid_at.plus(std::time::Duration::from_hours(after.unsigned_abs()));
                    rows.push(LedgerRow::Refund(Refund { charge, cause: RefundCause::Telegram, refunded_at }));
                }
            }
        }
        History { rows }
    })
}

/// What arrives: every row at least once, some more often, in any order.
fn arrival(history: History) -> impl Strategy<Value = (History, Vec<LedgerRow>)> {
    let count = history.rows.len();
    vec(1..=3_usize, count).prop_flat_map(move |times| {
        let rows: Vec<_> =
            history.rows.iter().zip(times).flat_map(|(row, times)| std::iter::repeat_n(row.clone(), times)).collect();
        (Just(history.clone()), Just(rows).prop_shuffle())
    })
}

fn case() -> impl Strategy<Value = (History, Vec<LedgerRow>)> {
    history().prop_flat_map(arrival)
}

/// What a ledger must be able to do to be tested here.
trait Books: Default {
    fn take(&mut self, row: LedgerRow) -> Taken;
    fn entitlement(&self, person: PersonId) -> Entitlement;
    fn kept_stars(&self) -> u64;
    fn record(&self, charge: &ChargeId) -> ChargeRecord;
}

impl Books for Book {
    fn take(&mut self, row: LedgerRow) -> Taken {
        self.take(row)
    }

    fn entitlement(&self, person: PersonId) -> Entitlement {
        self.entitlement(person)
    }

    fn kept_stars(&self) -> u64 {
        self.kept_stars()
    }

    fn record(&self, charge: &ChargeId) -> ChargeRecord {
        let (payment, refund) = (self.payment(charge).cloned(), self.refund(charge).cloned());
        ChargeRecord { payment, used_at: None, request: None, refund }
    }
}

/// The end of each person's premium, by the rule as the product page words it and by nothing of ours: in the order in
/// which things were paid, each that was not given back begins where the last ends, or at once.
fn ends(history: &History) -> BTreeMap<PersonId, Timestamp> {
    let refunded: BTreeSet<_> = history
        .rows
        .iter()
        .filter_map(|row| if let LedgerRow::Refund(refund) = row { Some(&refund.charge) } else { None })
        .collect();
    let mut spans: Vec<(Timestamp, PersonId, u16)> = Vec::new();
    for row in &history.rows {
        match row {
            LedgerRow::Payment(payment) if payment.days > 0 && !refunded.contains(&payment.charge) => {
                spans.push((payment.paid_at, payment.receiver.unwrap(), payment.days));
            }
            LedgerRow::Grant(grant) => spans.push((grant.granted_at, grant.person, grant.days)),
            LedgerRow::Payment(_) | LedgerRow::Refund(_) => {}
        }
    }
    spans.sort();
    let mut ends: BTreeMap<PersonId, Timestamp> = BTreeMap::new();
    for (at, whose, days) in spans {
        let begin = ends.get(&whose).copied().filter(|end| *end > at).unwrap_or(at);
        ends.insert(whose, Timestamp::from_micros(begin.as_micros() + i64::from(days) * 24 * HOUR));
    }
    ends
}

/// The promises, for one history and one arrival of it.
fn keep<B: Books>((history, arrived): (History, Vec<LedgerRow>)) -> Result<(), TestCaseError> {
    let mut books = B::default();
    let mut news = 0;
    for row in arrived.iter().cloned() {
        news += usize::from(books.take(row) == Taken::New);
    }
    prop_assert_eq!(news, history.rows.len(), "each row is taken in once, nothing is granted twice");
    // The ledger balances: what is ours is what was paid and not given back.
    let (mut paid, mut returned) = (0_u64, 0_u64);
    for row in &history.rows {
        match row {
            LedgerRow::Payment(payment) => paid += u64::from(payment.stars.get()),
            LedgerRow::Refund(refund) => {
                let whole = history.rows.iter().find_map(|row| match row {
                    LedgerRow::Payment(payment) if payment.charge == refund.charge => Some(payment.stars),
                    _ => None,
                });
                returned += u64::from(whole.unwrap().get());
            }
            LedgerRow::Grant(_) => {}
        }
    }
    prop_assert_eq!(books.kept_stars(), paid - returned);
    // The entitlement is that of the clean order, and that of the rule.
    let mut clean = B::default();
    for row in history.rows.iter().cloned() {
        clean.take(row);
    }
    let ends = ends(&history);
    for number in 1..=PEOPLE {
        let entitlement = books.entitlement(person(number));
        prop_assert_eq!(entitlement, clean.entitlement(person(number)));
        prop_assert_eq!(entitlement.until, ends.get(&person(number)).copied());
        // Nothing has to happen for premium to end.
        let end = entitlement.until.unwrap_or_default();
        prop_assert_eq!(entitlement.premium_until(end), None);
    }
    // Every charge can be refunded once, and then no more.
    for row in &history.rows {
        let LedgerRow::Payment(payment) = row else { continue };
        let charge = payment.charge.clone();
        let refund = Refund { charge: charge.clone(), cause: RefundCause::Operator, refunded_at: hour(0) };
        let may = may_operator_refund(&books.record(&charge));
        let was_refunded =
            history.rows.iter().any(|row| matches!(row, LedgerRow::Refund(refund) if refund.charge == payment.charge));
        prop_assert_eq!(may, if was_refunded { Err(RefundRefusal::AlreadyRefunded) } else { Ok(()) });
        let before = books.kept_stars();
        let taken = books.take(LedgerRow::Refund(refund.clone()));
        prop_assert_eq!(taken, if was_refunded { Taken::Again } else { Taken::New });
        let lost = if was_refunded { 0 } else { u64::from(payment.stars.get()) };
        prop_assert_eq!(before - books.kept_stars(), lost);
        prop_assert_eq!(books.take(LedgerRow::Refund(refund)), Taken::Again);
        prop_assert_eq!(may_operator_refund(&books.record(&charge)), Err(RefundRefusal::AlreadyRefunded));
    }
    Ok(())
}

fn run<B: Books>(cases: u32) -> Result<(), String> {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    TestRunner::new(config).run(&case(), keep::<B>).map_err(|failure| failure.to_string())
}

#[test]
fn the_books_say_what_happened_whatever_comes_when() {
    run::<Book>(CASES).unwrap();
}

/// What happens to a subscription: it is paid, paid again, cancelled, resumed, given back.
#[derive(Clone, Copy, Debug)]
enum Step {
    Paid,
    Changed { is_canceled: bool },
    Refunded,
}

fn steps() -> impl Strategy<Value = Vec<(usize, Step)>> {
    let step =
        prop_oneof![Just(Step::Paid), any::<bool>().prop_map(|is_canceled| Step::Changed { is_canceled }), Just(Step::Refunded),];
    vec((0..4_usize, step), 0..40)
}

/// One charge as the database keeps it.
#[derive(Clone, Copy, Debug, Default)]
struct Charged {
    is_canceled: bool,
    changes: u32,
    is_refunded: bool,
}

/// The promises about cancelling and resuming: premium that is paid stays, what renews is what is neither cancelled nor
/// given back, and the one who knows more counts more rows, so that the engine can tell the newer word.
fn keep_changes(steps: Vec<(usize, Step)>) -> Result<(), TestCaseError> {
    let mut charges: BTreeMap<usize, Charged> = BTreeMap::new();
    let mut last = Entitlement::default();
    for (charge, step) in steps {
        let known = charges.get(&charge).copied();
        let next = match (step, known) {
            (Step::Paid, None) => Charged::default(),
            (Step::Changed { is_canceled }, Some(known)) if known.is_canceled != is_canceled => {
                Charged { is_canceled, changes: known.changes + 1, ..known }
            }
            (Step::Refunded, Some(known)) if !known.is_refunded => Charged { is_refunded: true, ..known },
            // Told again, or of a charge that nobody knows.
            _ => continue,
        };
        charges.insert(charge, next);
        let number = |charge: usize| i64::try_from(charge).unwrap();
        let renewal = |charge: usize| hour(720 * (number(charge) + 1));
        let entries: Vec<Entry> = charges
            .iter()
            .map(|(&charge, known)| Entry {
                at: hour(720 * number(charge)),
                key: format!("charge-{charge}").into(),
                days: Plan::Monthly.days(),
                renews_at: (!known.is_canceled).then(|| renewal(charge)),
                is_refunded: known.is_refunded,
                changes: known.changes,
            })
            .collect();
        let now = Entitlement::fold(entries.iter().rev().cloned().collect());
        prop_assert_eq!(now, Entitlement::fold(entries), "the order of rows does not matter");
        prop_assert_eq!(now.rows, last.rows + 1, "each thing that happens is seen to be newer");
        if let Step::Changed { .. } = step {
            prop_assert_eq!(now.until, last.until, "what is paid stays");
        }
        let renews = charges.iter().filter(|(_, known)| !known.is_canceled && !known.is_refunded).map(|(&of, _)| renewal(of));
        prop_assert_eq!(now.renews_at, renews.max());
        last = now;
    }
    Ok(())
}

#[test]
fn cancelling_and_resuming_change_the_renewal_alone() {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    TestRunner::new(config).run(&steps(), keep_changes).map_err(|failure| failure.to_string()).unwrap();
}

/// Ledgers with a mistake that people really make.
mod planted {
    use super::*;

    macro_rules! delegate {
        () => {
            fn kept_stars(&self) -> u64 {
                self.0.kept_stars()
            }

            fn record(&self, charge: &ChargeId) -> ChargeRecord {
                Books::record(&self.0, charge)
            }
        };
    }

    /// Forgets to look whether a row is there already.
    #[derive(Default)]
    pub(super) struct NoDuplicates(Book, Vec<LedgerRow>);

    impl Books for NoDuplicates {
        delegate!();

        fn take(&mut self, row: LedgerRow) -> Taken {
            self.1.push(row.clone());
            self.0.take(row);
            Taken::New
        }

        fn entitlement(&self, person: PersonId) -> Entitlement {
            by_arrival(&self.1, person)
        }
    }

    /// Adds time as payments come instead of when they were made.
    #[derive(Default)]
    pub(super) struct ByArrival(Book, Vec<LedgerRow>);

    impl Books for ByArrival {
        delegate!();

        fn take(&mut self, row: LedgerRow) -> Taken {
            let taken = self.0.take(row.clone());
            if taken == Taken::New {
                self.1.push(row);
            }
            taken
        }

        fn entitlement(&self, person: PersonId) -> Entitlement {
            by_arrival(&self.1, person)
        }
    }

    /// Forgets a refund whose payment is not there yet.
    #[derive(Default)]
    pub(super) struct EarlyRefundLost(Book);

    impl Books for EarlyRefundLost {
        delegate!();

        fn take(&mut self, row: LedgerRow) -> Taken {
            match &row {
                LedgerRow::Refund(refund) if self.0.payment(&refund.charge).is_none() => Taken::Again,
                _ => self.0.take(row),
            }
        }

        fn entitlement(&self, person: PersonId) -> Entitlement {
            self.0.entitlement(person)
        }
    }

    /// Gives a gift to the person who paid for it.
    #[derive(Default)]
    pub(super) struct GiftToPayer(Book);

    impl Books for GiftToPayer {
        delegate!();

        fn take(&mut self, row: LedgerRow) -> Taken {
            self.0.take(match row {
                LedgerRow::Payment(payment) => LedgerRow::Payment(Payment { receiver: payment.payer, ..payment }),
                other => other,
            })
        }

        fn entitlement(&self, person: PersonId) -> Entitlement {
            self.0.entitlement(person)
        }
    }

    fn by_arrival(rows: &[LedgerRow], person: PersonId) -> Entitlement {
        let refunded: BTreeSet<_> = rows.iter().filter(|row| matches!(row, LedgerRow::Refund(_))).map(LedgerRow::key).collect();
        let mut until: Option<Timestamp> = None;
        for row in rows {
            let days = match row {
                LedgerRow::Payment(payment) if payment.receiver == Some(person) && !refunded.contains(row.key()) => payment.days,
                LedgerRow::Grant(grant) if grant.person == person => grant.days,
                _ => continue,
            };
            if days > 0 {
                let from = until.map_or(row.at(), |until| until.max(row.at()));
                until = Some(from.plus(luvhive_core::premium::entitlement::days(days)));
            }
        }
        Entitlement { until, ..Entitlement::default() }
    }
}

#[test]
fn planted_bugs_are_seen() {
    for (bug, seen) in [
        ("duplicates count", run::<planted::NoDuplicates>(CASES).is_err()),
        ("time is added by arrival", run::<planted::ByArrival>(CASES).is_err()),
        ("early refunds are lost", run::<planted::EarlyRefundLost>(CASES).is_err()),
        ("gifts go to the payer", run::<planted::GiftToPayer>(CASES).is_err()),
    ] {
        assert!(seen, "not seen: {bug}");
    }
}
