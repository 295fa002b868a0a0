//! What operators read of a ledger, letter by letter.

use luvhive_core::coins::{CoinStanding, Coins, House, MovementKey};
use luvhive_core::premium::{ChargeRecord, Grant, GrantKey, GrantSource, Plan, Refund, RefundCause, RefundRequest};
use luvhive_core::time::Timestamp;

use super::*;

const ME: PersonId = PersonId::new(17);
const OTHER: PersonId = PersonId::new(18);

fn at(hours: u64) -> Timestamp {
    Timestamp::EPOCH.plus(std::time::Duration::from_hours(hours))
}

fn charge(name: &str) -> ChargeId {
    ChargeId::new(name).unwrap()
}

fn payment(name: &str, plan: Plan, payer: PersonId, receiver: PersonId) -> Payment {
    let is_recurring = plan == Plan::Month;
    Payment {
        charge: charge(name),
        payer: Some(payer),
        receiver: Some(receiver),
        plan,
        stars: plan.stars(),
        days: plan.days(),
        paid_at: at(1),
        is_recurring,
        is_first: is_recurring.then_some(true),
        subscription_until: is_recurring.then(|| at(721)),
        canceled_at: None,
        refund_days: 14,
    }
}

fn movement(debit: CoinAccount, credit: CoinAccount, coins: u32) -> Movement {
    Movement { key: MovementKey::new("key").unwrap(), debit, credit, coins: Coins::new(coins), moved_at: at(5) }
}

fn ledger() -> PersonLedger {
    let grant = Grant {
        key: GrantKey::operator(ME, at(3)),
        person: ME,
        source: GrantSource::Operator,
        days: 30,
        granted_at: at(3),
        granted_by: Some("ann".to_owned()),
        reason: Some("sorry, \"all\" of it".to_owned()),
    };
    let trial = Grant { source: GrantSource::Trial, granted_by: None, reason: None, days: 3, ..grant.clone() };
    let (me, other) = (CoinAccount::Person(ME), CoinAccount::Person(OTHER));
    PersonLedger {
        rows: vec![
            LedgerRow::Payment(payment("c-1", Plan::Month, ME, ME)),
            LedgerRow::Payment(payment("c-2", Plan::GiftWeek, ME, OTHER)),
            LedgerRow::Payment(payment("c-3", Plan::GiftWeek, OTHER, ME)),
            LedgerRow::Refund(Refund { charge: charge("c-2"), cause: RefundCause::Buyer, refunded_at: at(2) }),
            LedgerRow::Grant(grant),
            LedgerRow::Grant(trial),
        ],
        movements: vec![
            movement(CoinAccount::House(House::Daily), me, 10),
            movement(me, CoinAccount::House(House::Redeem), 5),
            movement(me, other, 2),
            movement(CoinAccount::Erased, me, 1),
        ],
        person: ME,
        premium_until: Some(at(9)),
        coins: CoinStanding { balance: Coins::new(4), ..CoinStanding::default() },
    }
}

fn nothing() -> PersonLedger {
    PersonLedger { rows: Vec::new(), movements: Vec::new(), premium_until: None, ..ledger() }
}

fn open_charge() -> ChargeLedger {
    let request =
        RefundRequest { charge: charge("c-1"), cause: RefundCause::Operator, reason: "asked".to_owned(), requested_at: at(2) };
    ChargeLedger {
        record: ChargeRecord {
            payment: Some(Payment { canceled_at: Some(at(4)), ..payment("c-1", Plan::Month, ME, ME) }),
            used_at: None,
            request: Some(request),
            refund: None,
        },
        payer: Pseudonym::new("abcdefghjk"),
        receiver: None,
    }
}

fn refunded_charge() -> ChargeLedger {
    let refund = Refund { charge: charge("c-1"), cause: RefundCause::Telegram, refunded_at: at(6) };
    let record = ChargeRecord { payment: None, used_at: None, request: None, refund: Some(refund) };
    ChargeLedger { record, payer: None, receiver: None }
}

#[test]
fn a_ledger_as_text() {
    insta::assert_snapshot!(format!("{}\n---\n{}", super::text(&ledger()), super::text(&nothing())));
}

#[test]
fn a_ledger_as_json() {
    insta::assert_snapshot!(format!("{}\n{}", as_json(&ledger()), as_json(&nothing())));
}

#[test]
fn a_charge_as_text() {
    let text = |known| charge_text(&charge("c-1"), known);
    insta::assert_snapshot!(format!("{}\n---\n{}", text(&open_charge()), text(&refunded_charge())));
}

#[test]
fn a_charge_as_json() {
    let json = |known| charge_json(&charge("c-1"), known);
    insta::assert_snapshot!(format!("{}\n{}", json(&open_charge()), json(&refunded_charge())));
}
