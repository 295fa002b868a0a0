//! Who gets a charge back.

use std::time::Duration;

use super::*;
use crate::premium::{ChargeId, Payment, Plan, Refund, RefundRequest};

const HOUR: u64 = 3_600;
const BUYER: PersonId = PersonId::new(1);

fn at(seconds: u64) -> Timestamp {
    Timestamp::EPOCH.plus(Duration::from_secs(seconds))
}

fn record(change: impl FnOnce(&mut ChargeRecord)) -> ChargeRecord {
    let plan = Plan::GiftWeek;
    let payment = Payment {
        charge: ChargeId::new("c").unwrap(),
        payer: Some(BUYER),
        receiver: Some(PersonId::new(2)),
        plan,
        stars: plan.stars(),
        days: plan.days(),
        paid_at: at(HOUR),
        is_recurring: false,
        is_first: None,
        subscription_until: None,
        canceled_at: None,
        refund_days: 1,
    };
    let mut record = ChargeRecord { payment: Some(payment), used_at: None, request: None, refund: None };
    change(&mut record);
    record
}

fn refund() -> Refund {
    Refund { charge: ChargeId::new("c").unwrap(), cause: RefundCause::Telegram, refunded_at: at(9) }
}

fn request() -> RefundRequest {
    let charge = ChargeId::new("c").unwrap();
    RefundRequest { charge, cause: RefundCause::Buyer, reason: String::new(), requested_at: at(9) }
}

#[test]
fn a_buyer_has_a_day_while_nothing_was_used() {
    let ask = |record: ChargeRecord, buyer, now| may_buyer_refund(&record, PersonId::new(buyer), 1, at(now));
    assert_eq!(ask(record(|_| {}), 1, 25 * HOUR), Ok(()));
    assert_eq!(ask(record(|_| {}), 1, 25 * HOUR + 1), Err(RefundRefusal::TooLate { until: at(25 * HOUR) }));
    assert_eq!(ask(record(|_| {}), 2, 2 * HOUR), Err(RefundRefusal::NotTheBuyer), "the receiver of a gift did not pay");
    assert_eq!(ask(record(|record| record.used_at = Some(at(HOUR - 1))), 1, 2 * HOUR), Ok(()), "used before it was bought");
    assert_eq!(ask(record(|record| record.used_at = Some(at(HOUR))), 1, 2 * HOUR), Err(RefundRefusal::Used));
    assert_eq!(ask(record(|record| record.payment.as_mut().unwrap().days = 0), 1, 2 * HOUR), Err(RefundRefusal::Used));
    let left = record(|record| record.payment.as_mut().unwrap().receiver = None);
    assert_eq!(ask(left, 1, 2 * HOUR), Err(RefundRefusal::Used), "the receiver has left, maybe after using it");
    assert_eq!(ask(record(|record| record.refund = Some(refund())), 1, 2 * HOUR), Err(RefundRefusal::AlreadyRefunded));
    assert_eq!(ask(record(|record| record.request = Some(request())), 1, 2 * HOUR), Err(RefundRefusal::UnderWay));
    assert_eq!(ask(record(|record| record.payment = None), 1, 2 * HOUR), Err(RefundRefusal::Unknown));
}

#[test]
fn a_buyer_has_what_they_were_told_and_what_holds_today() {
    let ask = |told: u16, today: u16, hours: u64| {
        let sold = record(|record| record.payment.as_mut().unwrap().refund_days = told);
        may_buyer_refund(&sold, BUYER, today, at(HOUR * (1 + hours)))
    };
    for (told, today, days) in [(14, 14, 14), (1, 14, 14), (30, 14, 30), (1, 1, 1)] {
        assert_eq!(ask(told, today, days * 24), Ok(()), "told {told}, today {today}");
        assert!(matches!(ask(told, today, days * 24 + 1), Err(RefundRefusal::TooLate { .. })), "told {told}, today {today}");
    }
}

#[test]
fn an_operator_may_any_time_once() {
    let used = record(|record| record.used_at = Some(at(2 * HOUR)));
    assert_eq!(may_operator_refund(&used), Ok(()));
    assert_eq!(may_operator_refund(&record(|record| record.refund = Some(refund()))), Err(RefundRefusal::AlreadyRefunded));
    assert_eq!(may_operator_refund(&record(|record| record.request = Some(request()))), Err(RefundRefusal::UnderWay));
    let orphan = record(|record| record.payment.as_mut().unwrap().payer = None);
    assert_eq!(may_operator_refund(&orphan), Err(RefundRefusal::PayerErased));
    let early = record(|record| {
        record.payment = None;
        record.refund = Some(refund());
    });
    assert_eq!(may_operator_refund(&early), Err(RefundRefusal::AlreadyRefunded), "word of the refund came first");
}
