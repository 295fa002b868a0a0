//! What lanes and operators do to the ledger and to coins, applied to the rows in memory.

use std::collections::BTreeMap;

use super::tables::{Tables, conflict};
use crate::coins::{CoinAccount, CoinStanding, Coins, House, Invite, InviteCode, Movement};
use crate::engine::event::{Finished, RatingsShift};
use crate::id::PersonId;
use crate::ports::StoreError;
use crate::ports::journal::Change;
use crate::premium::{
    ChargeId, ChargeRecord, Entitlement, Entry, Grant, GrantKey, LedgerRow, Payment, Plan, Refund, RefundRequest,
};
use crate::time::Timestamp;

#[derive(Clone, Debug)]
pub(super) struct PaymentRow {
    pub(super) payment: Payment,
    pub(super) changes: u32,
}

#[derive(Clone, Debug, Default)]
pub(super) struct RefundRow {
    pub(super) request: Option<RefundRequest>,
    pub(super) refund: Option<Refund>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ResetRow {
    pub(super) person: PersonId,
    pub(super) up: u32,
    pub(super) down: u32,
}

/// Everything about money.
#[derive(Clone, Debug, Default)]
pub(super) struct Money {
    pub(super) payments: BTreeMap<ChargeId, PaymentRow>,
    pub(super) refunds: BTreeMap<ChargeId, RefundRow>,
    pub(super) grants: BTreeMap<GrantKey, Grant>,
    pub(super) resets: BTreeMap<ChargeId, ResetRow>,
    pub(super) balances: BTreeMap<PersonId, u32>,
    /// By order of booking.
    pub(super) movements: Vec<Movement>,
    pub(super) invite_codes: BTreeMap<PersonId, InviteCode>,
    pub(super) invites: BTreeMap<PersonId, Invite>,
    /// How many of the first transactions in Telegram's list are booked.
    pub(super) reconciled: u64,
}

impl Money {
    fn is_refunded(&self, charge: &ChargeId) -> bool {
        self.refunds.get(charge).is_some_and(|row| row.refund.is_some())
    }

    pub(super) fn entitlement(&self, person: PersonId) -> Entitlement {
        let paid = self.payments.values().filter(|row| row.payment.receiver == Some(person)).map(|row| Entry {
            is_refunded: self.is_refunded(&row.payment.charge),
            changes: row.changes,
            ..Entry::from(&row.payment)
        });
        let granted = self.grants.values().filter(|grant| grant.person == person).map(Entry::from);
        Entitlement::fold(paid.chain(granted).collect())
    }

    pub(super) fn rows(&self, person: PersonId) -> Vec<LedgerRow> {
        let payments = self.payments.values().map(|row| &row.payment);
        let mut rows = Vec::new();
        for payment in payments.filter(|payment| payment.payer == Some(person) || payment.receiver == Some(person)) {
            rows.push(LedgerRow::Payment(payment.clone()));
            let refund = self.refunds.get(&payment.charge).and_then(|row| row.refund.clone());
            rows.extend(refund.map(LedgerRow::Refund));
        }
        rows.extend(self.grants.values().filter(|grant| grant.person == person).cloned().map(LedgerRow::Grant));
        rows.sort_by(|one, other| (one.at(), one.key()).cmp(&(other.at(), other.key())));
        rows
    }

    pub(super) fn charge(&self, charge: &ChargeId, used_at: impl Fn(PersonId) -> Option<Timestamp>) -> Option<ChargeRecord> {
        let payment = self.payments.get(charge);
        let refund = self.refunds.get(charge);
        if payment.is_none() && refund.is_none() {
            return None;
        }
        Some(ChargeRecord {
            payment: payment.map(|row| row.payment.clone()),
            used_at: payment.and_then(|row| row.payment.receiver).and_then(used_at),
            request: refund.filter(|row| row.refund.is_none()).and_then(|row| row.request.clone()),
            refund: refund.and_then(|row| row.refund.clone()),
        })
    }

    pub(super) fn standing(&self, person: PersonId) -> CoinStanding {
        let of = |house| {
            let account = (CoinAccount::House(house), CoinAccount::Person(person));
            self.movements.iter().filter(move |row| (row.debit, row.credit) == account)
        };
        CoinStanding {
            balance: Coins::new(self.balances.get(&person).copied().unwrap_or(0)),
            daily_at: of(House::Daily).map(|row| row.moved_at).max(),
            spun_at: of(House::Spin).map(|row| row.moved_at).max(),
            spins: u32::try_from(of(House::Spin).count()).unwrap_or(u32::MAX),
        }
    }

    fn move_coins(&mut self, movement: &Movement) -> Result<(), StoreError> {
        if self.movements.iter().any(|row| row.key == movement.key) {
            return Ok(());
        }
        let coins = movement.coins.get();
        if let CoinAccount::Person(person) = movement.debit {
            let balance = self.balances.entry(person).or_default();
            *balance = balance.checked_sub(coins).ok_or_else(|| conflict("coin_accounts_balance_check"))?;
        }
        if let CoinAccount::Person(person) = movement.credit {
            let balance = self.balances.entry(person).or_default();
            *balance = balance.saturating_add(coins);
        }
        self.movements.push(movement.clone());
        Ok(())
    }

    /// Forgets a person: what was paid stays without them, everything else of theirs goes.
    pub(super) fn erase(&mut self, person: PersonId) {
        for row in self.payments.values_mut() {
            row.payment.payer = row.payment.payer.filter(|other| *other != person);
            row.payment.receiver = row.payment.receiver.filter(|other| *other != person);
        }
        let is_orphan = |charge: &ChargeId| self.payments.get(charge).is_some_and(|row| row.payment.payer.is_none());
        self.refunds.retain(|charge, row| row.refund.is_some() || !is_orphan(charge));
        self.grants.retain(|_, grant| grant.person != person);
        self.resets.retain(|_, row| row.person != person);
        self.balances.remove(&person);
        for row in &mut self.movements {
            for account in [&mut row.debit, &mut row.credit] {
                if *account == CoinAccount::Person(person) {
                    *account = CoinAccount::Erased;
                }
            }
        }
        self.invite_codes.remove(&person);
        self.invites.remove(&person);
        for invite in self.invites.values_mut() {
            invite.inviter = invite.inviter.filter(|other| *other != person);
        }
    }
}

impl Tables {
    fn known(&self, person: Option<PersonId>) -> Option<PersonId> {
        person.filter(|person| self.people.contains_key(person))
    }

    /// Applies a change about money; any other is left alone.
    pub(super) fn apply_money(
        &mut self,
        change: &Change,
        registered: Option<PersonId>,
        finished: &mut Finished,
    ) -> Result<(), StoreError> {
        match change {
            Change::BookPayment(payment) => self.book_payment(payment, finished),
            Change::RequestRefund(request) => {
                let row = self.money.refunds.entry(request.charge.clone()).or_default();
                if row.refund.is_none() {
                    row.request.get_or_insert_with(|| request.clone());
                }
            }
            Change::WithdrawRefund(of) => {
                self.money.refunds.retain(|key, row| key != of || row.refund.is_some());
            }
            Change::BookRefund(refund) => self.book_refund(refund, finished),
            Change::CloseSubscription { charge, canceled_at } => {
                if let Some(row) = self.money.payments.get_mut(charge)
                    && row.payment.canceled_at.is_some() != canceled_at.is_some()
                {
                    row.payment.canceled_at = *canceled_at;
                    row.changes = row.changes.saturating_add(1);
                }
                let receiver = self.money.payments.get(charge).and_then(|row| row.payment.receiver);
                self.refresh_entitlement(receiver, finished);
            }
            Change::Grant(grant) if self.people.contains_key(&grant.person) => {
                self.money.grants.entry(grant.key.clone()).or_insert_with(|| grant.as_ref().clone());
                self.refresh_entitlement(Some(grant.person), finished);
            }
            Change::MoveCoins(movement) => {
                let is_there = |account| match account {
                    CoinAccount::Person(person) => self.people.contains_key(&person),
                    CoinAccount::House(_) => true,
                    CoinAccount::Erased => false,
                };
                if is_there(movement.debit) && is_there(movement.credit) {
                    self.money.move_coins(movement)?;
                }
            }
            Change::OpenInvites { person, code } => {
                if self.money.invite_codes.values().any(|other| other == code) {
                    return Err(conflict("invite_codes_bot_id_code_key"));
                }
                if self.people.contains_key(person) {
                    self.money.invite_codes.entry(*person).or_insert_with(|| code.clone());
                }
            }
            Change::RecordInvite { code, at } => {
                let inviter = self.money.invite_codes.iter().find(|(_, other)| *other == code).map(|(person, _)| *person);
                if let (Some(invited), Some(inviter)) = (registered, inviter)
                    && inviter != invited
                {
                    let invite = Invite { inviter: Some(inviter), invited, invited_at: *at };
                    self.money.invites.entry(invited).or_insert(invite);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn book_payment(&mut self, payment: &Payment, finished: &mut Finished) {
        if !self.money.payments.contains_key(&payment.charge) {
            let (payer, receiver) = (self.known(payment.payer), self.known(payment.receiver));
            let payment = Payment { payer, receiver, canceled_at: None, ..payment.clone() };
            let (charge, receiver) = (payment.charge.clone(), payment.receiver);
            let resets = payment.plan == Plan::RatingReset && !self.money.is_refunded(&charge);
            self.money.payments.insert(charge.clone(), PaymentRow { payment, changes: 0 });
            if let Some(person) = receiver.filter(|_| resets)
                && let Some(row) = self.people.get_mut(&person)
            {
                let (up, down) = (row.facts.ratings_up, row.facts.ratings_down);
                (row.facts.ratings_up, row.facts.ratings_down) = (0, 0);
                self.money.resets.insert(charge, ResetRow { person, up, down });
                finished.ratings.push(RatingsShift { person, up: -i64::from(up), down: -i64::from(down) });
            }
        }
        let receiver = self.money.payments.get(&payment.charge).and_then(|row| row.payment.receiver);
        self.refresh_entitlement(receiver, finished);
    }

    fn book_refund(&mut self, refund: &Refund, finished: &mut Finished) {
        let row = self.money.refunds.entry(refund.charge.clone()).or_default();
        if row.refund.is_none() {
            // The person who asked for it caused it, no matter who reports it.
            let cause = row.request.as_ref().map_or(refund.cause, |request| request.cause);
            row.refund = Some(Refund { cause, ..refund.clone() });
            if let Some(ResetRow { person, up, down }) = self.money.resets.remove(&refund.charge)
                && let Some(row) = self.people.get_mut(&person)
            {
                row.facts.ratings_up = row.facts.ratings_up.saturating_add(up);
                row.facts.ratings_down = row.facts.ratings_down.saturating_add(down);
                finished.ratings.push(RatingsShift { person, up: i64::from(up), down: i64::from(down) });
            }
        }
        let receiver = self.money.payments.get(&refund.charge).and_then(|row| row.payment.receiver);
        self.refresh_entitlement(receiver, finished);
    }

    /// Puts what a person is entitled to now into their facts and tells the engine.
    pub(super) fn refresh_entitlement(&mut self, person: Option<PersonId>, finished: &mut Finished) {
        let Some(person) = person else { return };
        let entitlement = self.money.entitlement(person);
        if let Some(row) = self.people.get_mut(&person) {
            row.facts.entitle(entitlement);
            finished.entitlements.retain(|(other, _)| *other != person);
            finished.entitlements.push((person, entitlement));
        }
    }
}
