//! What dialogs about money need beside people and chats, and how somebody stands by the ledger's rows.

use std::sync::Arc;

use luvhive_core::id::{PersonId, TelegramId};
use luvhive_core::ports::StoreError;
use luvhive_core::ports::ledger::Ledger;
use luvhive_core::premium::{BUYER_REFUND_WITHIN, ChargeId, LedgerRow, Payment, Plan, may_buyer_refund};
use luvhive_core::time::Timestamp;

use super::Dialogs;
use crate::payments::{Renewal, Till, TillError};
use crate::view::premium::{Refundable, Subscription};

/// How much later than its end a subscription may be renewed and still be the same one.
const RENEWAL_SLACK: std::time::Duration = std::time::Duration::from_hours(1);

/// The parts about money.
#[derive(Clone)]
pub struct Trade {
    /// What was paid and given.
    pub ledger: Arc<dyn Ledger>,
    /// Telegram's till.
    pub till: Arc<dyn Till>,
    /// How many days of premium the first completed chat brings; 0 = none.
    pub trial_days: u16,
}

/// A subscription by its charges.
pub(super) struct Charged {
    /// The first charge, by which Telegram knows it.
    pub(super) first: ChargeId,
    /// The last one.
    pub(super) last: ChargeId,
    /// When the first one was paid.
    pub(super) since: Timestamp,
    pub(super) shown: Subscription,
}

impl Trade {
    /// Finds the subscription that is paid until a moment to come.
    pub(super) async fn subscription(
        &self,
        rows: &[LedgerRow],
        payer: PersonId,
        now: Timestamp,
    ) -> Result<Option<Charged>, StoreError> {
        let mut mine: Vec<&Payment> = payments_of(rows, payer).filter(|one| one.plan == Plan::Monthly).collect();
        mine.sort_by_key(|one| one.paid_at);
        let mut first: Option<&Payment> = None;
        let mut paid_until = None;
        for &one in &mine {
            let goes_on = paid_until.is_some_and(|until: Timestamp| until.plus(RENEWAL_SLACK) >= one.paid_at);
            if !goes_on {
                first = Some(one);
            }
            paid_until = one.subscription_until;
        }
        let (Some(first), Some(last), Some(until)) = (first, mine.last(), paid_until) else { return Ok(None) };
        let record = self.ledger.find_charge(&last.charge).await?;
        let is_over = until <= now || record.as_ref().is_some_and(|record| record.refund.is_some());
        let is_canceled = record.is_some_and(|record| record.canceled_at.is_some());
        Ok((!is_over).then(|| Charged {
            first: first.charge.clone(),
            last: last.charge.clone(),
            since: first.paid_at,
            shown: Subscription { until, is_canceled },
        }))
    }

    /// Has Telegram end a subscription, or let its owner renew it again. Telegram knows it by its first charge; one that
    /// came before our books began may go by a later one.
    pub(super) async fn edit_subscription(
        &self,
        payer: TelegramId,
        charged: &Charged,
        renewal: Renewal,
    ) -> Result<(), TillError> {
        let done = self.till.edit_subscription(payer, &charged.first, renewal).await;
        if matches!(done, Err(TillError::Refused { .. })) && charged.first != charged.last {
            return self.till.edit_subscription(payer, &charged.last, renewal).await;
        }
        done
    }
}

impl Dialogs {
    /// Lists what a buyer may have given back, the last first.
    pub(super) async fn refundable(
        &self,
        rows: &[LedgerRow],
        buyer: PersonId,
        now: Timestamp,
    ) -> Result<Vec<Refundable>, StoreError> {
        let mut found = Vec::new();
        for payment in payments_of(rows, buyer).filter(|one| now.since(one.paid_at) <= BUYER_REFUND_WITHIN) {
            let record = self.trade.ledger.find_charge(&payment.charge).await?;
            if record.is_some_and(|record| may_buyer_refund(&record, buyer, now).is_ok()) {
                found.push(Refundable { mark: self.mark(&payment.charge), plan: payment.plan, paid_at: payment.paid_at });
            }
        }
        found.sort_by_key(|one| std::cmp::Reverse(one.paid_at));
        Ok(found)
    }

    /// How a button names a charge, whose own name is too long for one. Nobody else can make it up.
    pub(super) fn mark(&self, charge: &ChargeId) -> u64 {
        self.key.marks().draw(&format!("charge {charge}"))
    }
}

/// What a person paid for, themselves or others.
pub(super) fn payments_of(rows: &[LedgerRow], payer: PersonId) -> impl Iterator<Item = &Payment> {
    rows.iter().filter_map(move |row| match row {
        LedgerRow::Payment(payment) if payment.payer == Some(payer) => Some(payment),
        _ => None,
    })
}
