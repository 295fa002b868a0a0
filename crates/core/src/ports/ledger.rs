//! Reading the ledger, and what operators do to it. Lanes write through the journal; how far Telegram's own list was read
//! is written here.

use std::collections::BTreeMap;

use crate::coins::{CoinStanding, Invite, InviteCode, Movement};
use crate::conduct::Pseudonym;
use crate::id::{BotId, PersonId};
use crate::ports::StoreError;
use crate::premium::reconcile::Known;
use crate::premium::{ChargeId, ChargeRecord, Grant, GrantKey, GrantSource, LedgerRow, RefundRefusal};
use crate::time::Timestamp;

/// Reads payments, grants and coins of one bot.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait::async_trait]
pub trait Ledger: Send + Sync {
    /// Lists what a person paid, was given and was refunded, by time and key; the last 1,000 rows.
    ///
    /// One consistent read.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn list_rows(&self, person: PersonId) -> Result<Vec<LedgerRow>, StoreError>;

    /// Finds everything about a charge.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn find_charge(&self, charge: &ChargeId) -> Result<Option<ChargeRecord>, StoreError>;

    /// Reads what is known of these charges (at most 1,000); unknown ones are left out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn list_known(&self, charges: &[ChargeId]) -> Result<BTreeMap<ChargeId, Known>, StoreError>;

    /// Reads how many of the first transactions in Telegram's list are known to be booked; 0 for a list never read.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn count_reconciled(&self) -> Result<u64, StoreError>;

    /// Remembers that so many of the first transactions in Telegram's list are booked. Idempotent; the last word counts.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn mark_reconciled(&self, count: u64, now: Timestamp) -> Result<(), StoreError>;

    /// Reads where a person stands with coins; somebody without an account has none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn get_coins(&self, person: PersonId) -> Result<CoinStanding, StoreError>;

    /// Lists a person's movements of coins, the last first, at most `limit` (1 to 1,000).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn list_movements(&self, person: PersonId, limit: u16) -> Result<Vec<Movement>, StoreError>;

    /// Finds the code of a person's invitations.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn find_invite_code(&self, person: PersonId) -> Result<Option<InviteCode>, StoreError>;

    /// Finds by whom a person was invited.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn find_invite(&self, invited: PersonId) -> Result<Option<Invite>, StoreError>;
}

/// Premium that an operator gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// To whom.
    pub pseudonym: Pseudonym,
    /// How many days, 1 to 3,650.
    pub days: u16,
    /// The reason that the person reads: 1 to 500 characters.
    pub reason: String,
    /// The operator's account name on the machine.
    pub granted_by: String,
    /// When.
    pub granted_at: Timestamp,
}

impl NewGrant {
    /// The grant's row, for the person behind the pseudonym; of the operator's name 100 characters are kept.
    pub fn to_grant(&self, person: PersonId) -> Grant {
        Grant {
            key: GrantKey::operator(person, self.granted_at),
            person,
            source: GrantSource::Operator,
            days: self.days,
            granted_at: self.granted_at,
            granted_by: Some(self.granted_by.chars().take(100).collect()),
            reason: Some(self.reason.clone()),
        }
    }
}

/// A refund that an operator asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRefund {
    /// The charge.
    pub charge: ChargeId,
    /// Why: 1 to 500 characters.
    pub reason: String,
    /// The operator's account name on the machine.
    pub requested_by: String,
    /// When.
    pub requested_at: Timestamp,
}

/// Why a grant cannot be written down.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadGrant {
    /// This is no pseudonym.
    #[error("{0:?} is no pseudonym: 10 letters and digits")]
    Pseudonym(String),
    /// A reason is missing or too long.
    #[error("reason does not have 1 to 500 characters")]
    Reason,
}

/// Why a refund cannot be written down.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRefund {
    /// This is no identifier of a charge.
    #[error("{0:?} is no charge")]
    Charge(String),
    /// A reason is missing or too long.
    #[error("reason does not have 1 to 500 characters")]
    Reason,
}

/// Returns a reason without blanks around it; `None` unless it has 1 to 500 characters.
fn reason_of(text: &str) -> Option<String> {
    let reason = text.trim();
    (!reason.is_empty() && reason.chars().count() <= 500).then(|| reason.to_owned())
}

impl NewGrant {
    /// Writes a grant down; `granted_by` is cut to 100 characters.
    ///
    /// # Errors
    /// [`BadGrant`].
    pub fn new(pseudonym: &str, days: u16, reason: &str, granted_by: &str, now: Timestamp) -> Result<Self, BadGrant> {
        let pseudonym = Pseudonym::new(pseudonym).ok_or_else(|| BadGrant::Pseudonym(pseudonym.to_owned()))?;
        let reason = reason_of(reason).ok_or(BadGrant::Reason)?;
        let granted_by = granted_by.chars().take(100).collect();
        Ok(Self { pseudonym, days, reason, granted_by, granted_at: now })
    }
}

impl NewRefund {
    /// Writes a refund down; `requested_by` is cut to 100 characters.
    ///
    /// # Errors
    /// [`BadRefund`].
    pub fn new(charge: &str, reason: &str, requested_by: &str, now: Timestamp) -> Result<Self, BadRefund> {
        let charge = ChargeId::new(charge).ok_or_else(|| BadRefund::Charge(charge.to_owned()))?;
        let reason = reason_of(reason).ok_or(BadRefund::Reason)?;
        let requested_by = requested_by.chars().take(100).collect();
        Ok(Self { charge, reason, requested_by, requested_at: now })
    }
}

/// What became of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantOutcome {
    /// It is stored, and a running bot takes it up within a second; premium until then.
    Stored(Timestamp),
    /// Nobody has this pseudonym.
    UnknownPseudonym,
}

/// What became of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundOutcome {
    /// It is asked for; the running bot, or the next one, has Telegram carry it out.
    Requested,
    /// It is not possible.
    Refused(RefundRefusal),
}

/// Everything the ledger knows about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLedger {
    /// Payments, refunds and grants, by time and key.
    pub rows: Vec<LedgerRow>,
    /// Movements of coins, oldest first.
    pub movements: Vec<Movement>,
    /// The person, to tell the two ends of a row apart.
    pub person: PersonId,
    /// Until when they are premium; `None` = they are not.
    pub premium_until: Option<Timestamp>,
    /// Where they stand with coins.
    pub coins: CoinStanding,
}

/// Everything known of one charge, people by the names that staff see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeLedger {
    /// The payment, its refund and what lies between.
    pub record: ChargeRecord,
    /// Who paid; `None` = not a person of ours, or erased since.
    pub payer: Option<Pseudonym>,
    /// Who got what was bought; `None` = not a person of ours, or erased since.
    pub receiver: Option<Pseudonym>,
}

/// What operators do beside a running bot, for any bot of the database. Each act is one row of the audit log.
#[async_trait::async_trait]
pub trait Treasury: Send + Sync {
    /// Gives days and leaves a command for the engine, which tells the person.
    ///
    /// Atomic: all or nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn insert_grant(&self, bot: BotId, grant: NewGrant) -> Result<GrantOutcome, StoreError>;

    /// Notes that a refund is wanted and leaves a command for the engine, which has it carried out.
    ///
    /// Atomic: all or nothing. Once per charge.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn request_refund(&self, bot: BotId, refund: NewRefund) -> Result<RefundOutcome, StoreError>;

    /// Reads a person's whole ledger and notes in the audit log who did; `None` if nobody has this pseudonym.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn read_ledger(
        &self,
        bot: BotId,
        pseudonym: &Pseudonym,
        read_by: &str,
        now: Timestamp,
    ) -> Result<Option<PersonLedger>, StoreError>;

    /// Reads what is known of a charge and notes in the audit log who did; `None` if nothing is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn read_charge(
        &self,
        bot: BotId,
        charge: &ChargeId,
        read_by: &str,
        now: Timestamp,
    ) -> Result<Option<ChargeLedger>, StoreError>;
}
