//! What staff read of a ledger.

use crate::coins::{CoinStanding, Coins, daily};
use crate::id::PersonId;
use crate::ports::ledger::PersonLedger;
use crate::premium::{ChargeId, Grant, GrantKey, GrantSource, LedgerRow, Payment, Plan, Refund, RefundCause};
use crate::time::Timestamp;

#[test]
fn every_row_is_a_line() {
    let (me, other) = (PersonId::new(17), PersonId::new(18));
    let at = |hours: u64| Timestamp::EPOCH.plus(std::time::Duration::from_hours(hours));
    let charge = ChargeId::new("c-1").unwrap();
    let plan = Plan::GiftWeek;
    let payment = Payment {
        charge: charge.clone(),
        payer: Some(other),
        receiver: Some(me),
        plan,
        stars: plan.stars(),
        days: plan.days(),
        paid_at: at(1),
        is_recurring: false,
        subscription_until: None,
    };
    let grant = Grant {
        key: GrantKey::operator(me, at(3)),
        person: me,
        source: GrantSource::Operator,
        days: 30,
        granted_at: at(3),
        granted_by: Some("ann".to_owned()),
        reason: Some("sorry".to_owned()),
    };
    let refund = Refund { charge, cause: RefundCause::Buyer, refunded_at: at(2) };
    let ledger = PersonLedger {
        rows: vec![LedgerRow::Payment(payment), LedgerRow::Refund(refund), LedgerRow::Grant(grant)],
        movements: vec![daily(me, &CoinStanding::default(), at(4)).unwrap()],
        person: me,
        premium_until: Some(at(9)),
        coins: CoinStanding { balance: Coins::new(10), ..CoinStanding::default() },
    };
    let expected = "\
premium until 1970-01-01T09:00:00Z
10 coins
when                  row       what            stars  days  charge
1970-01-01T01:00:00Z  received  gift_week         100     7  c-1
1970-01-01T02:00:00Z  refund    buyer                        c-1
1970-01-01T03:00:00Z  grant     operator                 30  by ann: sorry
1970-01-01T04:00:00Z  coins     daily             +10";
    assert_eq!(ledger.to_string(), expected);
    let empty = PersonLedger { rows: Vec::new(), movements: Vec::new(), premium_until: None, ..ledger };
    assert_eq!(empty.to_string(), "no premium\n10 coins\nno rows");
}
