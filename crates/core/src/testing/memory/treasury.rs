//! The ledger's ports over the rows in memory.

use std::collections::BTreeMap;

use super::MemoryStore;
use crate::coins::{CoinStanding, Invite, InviteCode, Movement};
use crate::conduct::Pseudonym;
use crate::engine::event::{EngineCommand, Finished};
use crate::engine::news::News;
use crate::id::{BotId, PersonId};
use crate::ports::StoreError;
use crate::ports::ledger::{ChargeLedger, GrantOutcome, Ledger, NewGrant, NewRefund, PersonLedger, RefundOutcome, Treasury};
use crate::premium::reconcile::Known;
use crate::premium::{
    ChargeId, ChargeRecord, Entitlement, LedgerRow, PremiumNews, RefundCause, RefundRefusal, RefundRequest, may_operator_refund,
};
use crate::time::Timestamp;

use super::tables::Tables;
use crate::coins::CoinAccount;

fn movements(tables: &Tables, person: PersonId) -> impl DoubleEndedIterator<Item = &Movement> {
    let mine = CoinAccount::Person(person);
    tables.money.movements.iter().filter(move |row| row.debit == mine || row.credit == mine)
}

fn record(tables: &Tables, charge: &ChargeId) -> Option<ChargeRecord> {
    tables.money.charge(charge, |person| tables.people.get(&person).and_then(|row| row.facts.premium_used_at))
}

#[async_trait::async_trait]
impl Ledger for MemoryStore {
    async fn list_rows(&self, person: PersonId) -> Result<Vec<LedgerRow>, StoreError> {
        Ok(self.tables().money.rows(person))
    }

    async fn find_charge(&self, charge: &ChargeId) -> Result<Option<ChargeRecord>, StoreError> {
        Ok(record(&self.tables(), charge))
    }

    async fn list_known(&self, charges: &[ChargeId]) -> Result<BTreeMap<ChargeId, Known>, StoreError> {
        let tables = self.tables();
        let known = |charge: &ChargeId| {
            let record = record(&tables, charge)?;
            let known = Known { is_paid: record.payment.is_some(), is_refunded: record.refund.is_some() };
            Some((charge.clone(), known))
        };
        Ok(charges.iter().filter_map(known).collect())
    }

    async fn count_reconciled(&self) -> Result<u64, StoreError> {
        Ok(self.tables().money.reconciled)
    }

    async fn mark_reconciled(&self, count: u64, _now: Timestamp) -> Result<(), StoreError> {
        self.tables().money.reconciled = count;
        Ok(())
    }

    async fn get_coins(&self, person: PersonId) -> Result<CoinStanding, StoreError> {
        Ok(self.tables().standing(person))
    }

    async fn list_movements(&self, person: PersonId, limit: u16) -> Result<Vec<Movement>, StoreError> {
        let tables = self.tables();
        Ok(movements(&tables, person).rev().take(usize::from(limit.clamp(1, 1000))).cloned().collect())
    }

    async fn find_invite_code(&self, person: PersonId) -> Result<Option<InviteCode>, StoreError> {
        Ok(self.tables().money.invite_codes.get(&person).cloned())
    }

    async fn find_invite(&self, invited: PersonId) -> Result<Option<Invite>, StoreError> {
        Ok(self.tables().money.invites.get(&invited).copied())
    }
}

impl Tables {
    fn find_by_pseudonym(&self, pseudonym: &Pseudonym) -> Option<PersonId> {
        self.people.values().find(|row| row.pseudonym == *pseudonym).map(|row| row.facts.person)
    }

    /// Gives a person days of premium, and tells them.
    pub(super) fn give(&mut self, person: PersonId, new: NewGrant) -> Entitlement {
        let grant = new.to_grant(person);
        self.money.grants.entry(grant.key.clone()).or_insert(grant);
        self.refresh_entitlement(Some(person), &mut Finished::default());
        let entitlement = self.money.entitlement(person);
        let news = PremiumNews::Granted { days: new.days, reason: new.reason };
        let news = News::Premium { news, entitlement: Some(entitlement) };
        self.insert_command(None, EngineCommand::Tell { person, news });
        entitlement
    }
}

#[async_trait::async_trait]
impl Treasury for MemoryStore {
    async fn insert_grant(&self, bot: BotId, new: NewGrant) -> Result<GrantOutcome, StoreError> {
        let mut tables = self.tables();
        let Some(person) = tables.find_by_pseudonym(&new.pseudonym).filter(|_| bot == self.bot) else {
            return Ok(GrantOutcome::UnknownPseudonym);
        };
        let granted_at = new.granted_at;
        Ok(GrantOutcome::Stored(tables.give(person, new).until.unwrap_or(granted_at)))
    }

    async fn request_refund(&self, bot: BotId, new: NewRefund) -> Result<RefundOutcome, StoreError> {
        let mut tables = self.tables();
        let Some(found) = record(&tables, &new.charge).filter(|_| bot == self.bot) else {
            return Ok(RefundOutcome::Refused(RefundRefusal::Unknown));
        };
        if let Err(refusal) = may_operator_refund(&found) {
            return Ok(RefundOutcome::Refused(refusal));
        }
        let Some(payer) = found.payment.and_then(|payment| payment.payer) else {
            return Ok(RefundOutcome::Refused(RefundRefusal::PayerErased));
        };
        let charge = new.charge.clone();
        let request = RefundRequest {
            charge: new.charge,
            cause: RefundCause::Operator,
            reason: new.reason,
            requested_at: new.requested_at,
        };
        tables.money.refunds.entry(charge.clone()).or_default().request.get_or_insert(request);
        tables.insert_command(None, EngineCommand::Refund { payer, charge });
        Ok(RefundOutcome::Requested)
    }

    async fn read_ledger(
        &self,
        bot: BotId,
        pseudonym: &Pseudonym,
        _read_by: &str,
        now: Timestamp,
    ) -> Result<Option<PersonLedger>, StoreError> {
        let tables = self.tables();
        let Some(person) = tables.find_by_pseudonym(pseudonym).filter(|_| bot == self.bot) else { return Ok(None) };
        Ok(Some(PersonLedger {
            rows: tables.money.rows(person),
            movements: movements(&tables, person).cloned().collect(),
            person,
            premium_until: tables.money.entitlement(person).premium_until(now),
            coins: tables.standing(person),
        }))
    }

    async fn read_charge(
        &self,
        bot: BotId,
        charge: &ChargeId,
        _read_by: &str,
        _now: Timestamp,
    ) -> Result<Option<ChargeLedger>, StoreError> {
        let tables = self.tables();
        let name = |person: PersonId| tables.people.get(&person).map(|row| row.pseudonym.clone());
        let Some(record) = record(&tables, charge).filter(|_| bot == self.bot) else { return Ok(None) };
        let payment = record.payment.as_ref();
        let payer = payment.and_then(|payment| payment.payer).and_then(name);
        let receiver = payment.and_then(|payment| payment.receiver).and_then(name);
        Ok(Some(ChargeLedger { record, payer, receiver }))
    }
}
