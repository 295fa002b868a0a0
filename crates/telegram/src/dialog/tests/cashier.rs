//! Money in tests: a ledger over core's book, and a till that remembers what it was asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use luvhive_core::coins::{CoinAccount, CoinStanding, Coins, House, Invite, InviteCode, Movement};
use luvhive_core::id::{PersonId, TelegramId};
use luvhive_core::ports::ledger::Ledger;
use luvhive_core::ports::{Change, StoreError};
use luvhive_core::premium::reconcile::Known;
use luvhive_core::premium::{Book, ChargeId, ChargeRecord, LedgerRow, RefundRequest};
use luvhive_core::time::Timestamp;

use crate::key::BotKey;
use crate::payments::{Offer, Renewal, Till, TillError, TransactionPage};

pub(super) fn key() -> BotKey {
    BotKey::derive("7:test")
}

/// What the ledger holds.
#[derive(Clone, Default)]
pub(super) struct Books {
    pub(super) book: Book,
    pub(super) rows: Vec<LedgerRow>,
    pub(super) requests: BTreeMap<ChargeId, RefundRequest>,
    pub(super) canceled: BTreeMap<ChargeId, Timestamp>,
    pub(super) used_at: Option<Timestamp>,
    pub(super) movements: Vec<Movement>,
    pub(super) code: Option<InviteCode>,
    pub(super) invite: Option<Invite>,
}

#[derive(Default)]
pub(super) struct Cashier {
    pub(super) books: Mutex<Books>,
    /// Calls, in their order.
    pub(super) asked: Mutex<Vec<String>>,
    /// Charges that Telegram will not give back, or has never heard of.
    pub(super) refuses: Mutex<BTreeSet<String>>,
    /// Whether Telegram cannot be reached.
    pub(super) is_away: AtomicBool,
}

impl Cashier {
    /// Makes a change of a lane true; any other is left alone.
    pub(super) fn apply(&self, change: &Change) {
        let mut books = self.books.lock().unwrap();
        let row = match change {
            Change::BookPayment(payment) => LedgerRow::Payment((**payment).clone()),
            Change::BookRefund(refund) => {
                books.requests.remove(&refund.charge);
                LedgerRow::Refund(refund.clone())
            }
            Change::Grant(grant) => LedgerRow::Grant((**grant).clone()),
            Change::RequestRefund(request) => {
                books.requests.insert(request.charge.clone(), request.clone());
                return;
            }
            Change::WithdrawRefund(of) => {
                books.requests.remove(of);
                return;
            }
            Change::CloseSubscription { charge, canceled_at: Some(at) } => {
                books.canceled.insert(charge.clone(), *at);
                return;
            }
            Change::CloseSubscription { charge, canceled_at: None } => {
                books.canceled.remove(charge);
                return;
            }
            Change::MoveCoins(movement) => {
                if books.movements.iter().all(|other| other.key != movement.key) {
                    books.movements.push((**movement).clone());
                }
                return;
            }
            Change::OpenInvites { code, .. } => {
                books.code.get_or_insert_with(|| code.clone());
                return;
            }
            _ => return,
        };
        books.rows.push(row.clone());
        books.book.take(row);
    }

    fn ask(&self, what: String, charge: &str) -> Result<(), TillError> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(TillError::Unavailable { retry_after: None, source: "away".into() });
        }
        self.asked.lock().unwrap().push(what);
        if self.refuses.lock().unwrap().contains(charge) {
            return Err(TillError::Refused { code: 400, description: "CHARGE_ID_INVALID".to_owned() });
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl Till for Cashier {
    async fn refund(&self, payer: TelegramId, charge: &ChargeId) -> Result<(), TillError> {
        self.ask(format!("refund {charge} to {payer}"), charge.as_str())
    }

    async fn edit_subscription(&self, _: TelegramId, charge: &ChargeId, renewal: Renewal) -> Result<(), TillError> {
        self.ask(format!("subscription {charge} canceled {}", renewal == Renewal::Off), charge.as_str())
    }

    async fn create_link(&self, offer: &Offer) -> Result<String, TillError> {
        self.ask(offer.payload.clone(), "link")?;
        Ok("https://t.me/$abc".to_owned())
    }

    async fn list_transactions(&self, _: u32) -> Result<TransactionPage, TillError> {
        Ok(TransactionPage::default())
    }
}

#[async_trait::async_trait]
impl Ledger for Cashier {
    async fn list_rows(&self, person: PersonId) -> Result<Vec<LedgerRow>, StoreError> {
        let books = self.books.lock().unwrap();
        let concerns = |row: &&LedgerRow| match row {
            LedgerRow::Payment(one) => one.payer == Some(person) || one.receiver == Some(person),
            LedgerRow::Grant(one) => one.person == person,
            LedgerRow::Refund(one) => books.book.payment(&one.charge).is_some_and(|paid| paid.payer == Some(person)),
        };
        Ok(books.rows.iter().filter(concerns).cloned().collect())
    }

    async fn find_charge(&self, charge: &ChargeId) -> Result<Option<ChargeRecord>, StoreError> {
        let books = self.books.lock().unwrap();
        let (payment, refund) = (books.book.payment(charge).cloned(), books.book.refund(charge).cloned());
        Ok((payment.is_some() || refund.is_some()).then(|| ChargeRecord {
            payment,
            used_at: books.used_at,
            request: books.requests.get(charge).cloned(),
            refund,
            canceled_at: books.canceled.get(charge).copied(),
        }))
    }

    async fn list_known(&self, _: &[ChargeId]) -> Result<BTreeMap<ChargeId, Known>, StoreError> {
        Ok(BTreeMap::new())
    }

    async fn get_coins(&self, person: PersonId) -> Result<CoinStanding, StoreError> {
        let books = self.books.lock().unwrap();
        let mine = CoinAccount::Person(person);
        let mut standing = CoinStanding::default();
        let mut balance = 0;
        for movement in &books.movements {
            let coins = i64::from(movement.coins.get());
            balance += if movement.credit == mine { coins } else { 0 } - if movement.debit == mine { coins } else { 0 };
            match movement.debit {
                CoinAccount::House(House::Daily) if movement.credit == mine => standing.daily_at = Some(movement.moved_at),
                CoinAccount::House(House::Spin) if movement.credit == mine => {
                    standing.spun_at = Some(movement.moved_at);
                    standing.spins += 1;
                }
                _ => {}
            }
        }
        standing.balance = Coins::new(u32::try_from(balance).unwrap());
        Ok(standing)
    }

    async fn list_movements(&self, person: PersonId, _: u16) -> Result<Vec<Movement>, StoreError> {
        let mine = CoinAccount::Person(person);
        let books = self.books.lock().unwrap();
        Ok(books.movements.iter().rev().filter(|one| one.debit == mine || one.credit == mine).cloned().collect())
    }

    async fn find_invite_code(&self, _: PersonId) -> Result<Option<InviteCode>, StoreError> {
        Ok(self.books.lock().unwrap().code.clone())
    }

    async fn find_invite(&self, _: PersonId) -> Result<Option<Invite>, StoreError> {
        Ok(self.books.lock().unwrap().invite)
    }
}
