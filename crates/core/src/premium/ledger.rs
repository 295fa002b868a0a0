//! The ledger's rows: payments, refunds and grants, each known by a key of its own.
//! A [`Book`] holds each row once, no matter what came twice or in which order.

use std::collections::BTreeMap;
use std::fmt;

use super::entitlement::{Entitlement, Entry};
use super::plan::{Plan, Stars};
use super::refund::RefundCause;
use crate::code::coded_enum;
use crate::id::PersonId;
use crate::time::Timestamp;

/// The longest key of a ledger row, in bytes.
pub const LONGEST_KEY: usize = 255;

/// Checks a key: 1 to [`LONGEST_KEY`] bytes without control characters.
fn is_key(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_KEY && !text.chars().any(char::is_control)
}

/// Telegram's identifier of a payment (`telegram_payment_charge_id`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChargeId(Box<str>);

impl ChargeId {
    /// Checks an identifier; `None` unless it has 1 to [`LONGEST_KEY`] bytes and no control characters.
    pub fn new(text: &str) -> Option<Self> {
        is_key(text).then(|| Self(text.into()))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChargeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The key of a grant: the same grant has the same key, however often it is tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GrantKey(Box<str>);

impl GrantKey {
    /// Checks a key; `None` unless it has 1 to [`LONGEST_KEY`] bytes and no control characters.
    pub fn new(text: &str) -> Option<Self> {
        is_key(text).then(|| Self(text.into()))
    }

    /// The key of a person's trial: one per person.
    pub fn trial(person: PersonId) -> Self {
        Self(format!("trial:{person}").into())
    }

    /// The key of an operator's grant to a person at a time.
    pub fn operator(person: PersonId, at: Timestamp) -> Self {
        Self(format!("operator:{person}:{}", at.as_micros()).into())
    }

    /// The key of a grant for coins: that of the movement that paid for it.
    pub(crate) fn coins(movement: &str) -> Self {
        Self(movement.into())
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

coded_enum! {
    /// Why days were given without a payment. A gift is a payment whose payer and receiver differ.
    GrantSource { Trial = "trial", Coins = "coins", Operator = "operator" }
}

/// A payment as Telegram told of it. Every value but the plan's meaning is Telegram's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Telegram's identifier.
    pub charge: ChargeId,
    /// Who paid; `None` = erased since.
    pub payer: Option<PersonId>,
    /// Who gets what was bought: the payer, or for a gift somebody else; `None` = erased since.
    pub receiver: Option<PersonId>,
    /// What was bought.
    pub plan: Plan,
    /// What was paid.
    pub stars: Stars,
    /// How many days it gives.
    pub days: u16,
    /// When: the date of Telegram's message, so that a duplicate says the same.
    pub paid_at: Timestamp,
    /// Whether Telegram charged it for a subscription, the first time or again.
    pub is_recurring: bool,
    /// Whether a subscription began with it; `None` = Telegram did not say, or the row is older than the question.
    pub is_first: Option<bool>,
    /// Until when the subscription is paid by it.
    pub subscription_until: Option<Timestamp>,
    /// When the subscription behind it was cancelled; `None` = not cancelled, or no subscription.
    pub canceled_at: Option<Timestamp>,
    /// Within how many days its buyer was told they can have it back.
    pub refund_days: u16,
}

/// A refund that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The payment that was given back.
    pub charge: ChargeId,
    /// Who brought it about.
    pub cause: RefundCause,
    /// When.
    pub refunded_at: Timestamp,
}

/// A refund that was asked for and that Telegram has not confirmed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRequest {
    /// The payment.
    pub charge: ChargeId,
    /// Who asked.
    pub cause: RefundCause,
    /// Why: empty for a buyer, 1 to 500 characters for an operator.
    pub reason: String,
    /// When.
    pub requested_at: Timestamp,
}

/// Days given without a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its key.
    pub key: GrantKey,
    /// To whom.
    pub person: PersonId,
    /// Why.
    pub source: GrantSource,
    /// How many days.
    pub days: u16,
    /// When.
    pub granted_at: Timestamp,
    /// The operator's account name, for an operator's grant.
    pub granted_by: Option<String>,
    /// The reason that the person reads, for an operator's grant.
    pub reason: Option<String>,
}

/// A row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerRow {
    /// Somebody paid.
    Payment(Payment),
    /// A payment was given back.
    Refund(Refund),
    /// Days were given.
    Grant(Grant),
}

impl LedgerRow {
    /// Returns when it happened.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Payment(payment) => payment.paid_at,
            Self::Refund(refund) => refund.refunded_at,
            Self::Grant(grant) => grant.granted_at,
        }
    }

    /// Returns its key: the charge or the grant's key.
    pub fn key(&self) -> &str {
        match self {
            Self::Payment(payment) => payment.charge.as_str(),
            Self::Refund(refund) => refund.charge.as_str(),
            Self::Grant(grant) => grant.key.as_str(),
        }
    }
}

/// Everything known about one charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeRecord {
    /// The payment; `None` = only its refund is known so far.
    pub payment: Option<Payment>,
    /// When the receiver last searched with what premium gives.
    pub used_at: Option<Timestamp>,
    /// The open request for a refund.
    pub request: Option<RefundRequest>,
    /// The refund, if it happened.
    pub refund: Option<Refund>,
}

/// What happened when a row was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is new.
    New,
    /// It was there already; nothing changed.
    Again,
}

/// Rows of the ledger, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    payments: BTreeMap<ChargeId, Payment>,
    refunds: BTreeMap<ChargeId, Refund>,
    grants: BTreeMap<GrantKey, Grant>,
}

impl Book {
    /// Takes a row in. A second one with the same key changes nothing; a refund may come before its payment.
    pub fn take(&mut self, row: LedgerRow) -> Taken {
        fn put<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: V) -> Taken {
            let before = map.len();
            map.entry(key).or_insert(value);
            if map.len() > before { Taken::New } else { Taken::Again }
        }
        match row {
            LedgerRow::Payment(payment) => put(&mut self.payments, payment.charge.clone(), payment),
            LedgerRow::Refund(refund) => put(&mut self.refunds, refund.charge.clone(), refund),
            LedgerRow::Grant(grant) => put(&mut self.grants, grant.key.clone(), grant),
        }
    }

    /// Returns a payment.
    pub fn payment(&self, charge: &ChargeId) -> Option<&Payment> {
        self.payments.get(charge)
    }

    /// Returns a refund.
    pub fn refund(&self, charge: &ChargeId) -> Option<&Refund> {
        self.refunds.get(charge)
    }

    /// Returns the Stars that are ours: paid and not given back.
    pub fn kept_stars(&self) -> u64 {
        let kept = self.payments.values().filter(|payment| !self.refunds.contains_key(&payment.charge));
        kept.map(|payment| u64::from(payment.stars.get())).sum()
    }

    /// Returns what a person is entitled to by these rows.
    pub fn entitlement(&self, person: PersonId) -> Entitlement {
        let paid = self
            .payments
            .values()
            .filter(|payment| payment.receiver == Some(person))
            .map(|payment| Entry { is_refunded: self.refunds.contains_key(&payment.charge), ..Entry::from(payment) });
        let granted = self.grants.values().filter(|grant| grant.person == person).map(Entry::from);
        Entitlement::fold(paid.chain(granted).collect())
    }
}

impl Extend<LedgerRow> for Book {
    fn extend<T: IntoIterator<Item = LedgerRow>>(&mut self, rows: T) {
        for row in rows {
            self.take(row);
        }
    }
}

impl FromIterator<LedgerRow> for Book {
    fn from_iter<T: IntoIterator<Item = LedgerRow>>(rows: T) -> Self {
        let mut book = Self::default();
        book.extend(rows);
        book
    }
}
