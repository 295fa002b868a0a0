//! What dialogs about money need beside people and chats, and how somebody stands by the ledger's rows.

use std::sync::Arc;

use luvhive_core::id::{PersonId, TelegramId};
use luvhive_core::ports::ledger::Ledger;
use luvhive_core::ports::{Change, StoreError};
use luvhive_core::premium::{ChargeId, LedgerRow, Payment, Run, may_buyer_refund, refundable_until};
use luvhive_core::time::Timestamp;
use tracing::warn;

use super::{Dialogs, Talk};
use crate::payments::{Renewal, Till, TillError};
use crate::view::premium::{Refundable, Subscription};

/// The parts about money.
#[derive(Clone)]
pub struct Trade {
    /// What was paid and given.
    pub ledger: Arc<dyn Ledger>,
    /// Telegram's till.
    pub till: Arc<dyn Till>,
    /// How many days of premium the first completed chat brings; 0 = none.
    pub trial_days: u16,
    /// Within how many days an unused payment is given back, 1 to 365.
    pub refund_days: u16,
}

impl Trade {
    /// Has Telegram end a subscription, or let its owner renew it again. Telegram knows it by its first charge; one that
    /// came before our books began may go by a later one.
    pub(super) async fn edit_subscription(&self, payer: TelegramId, run: &Run<'_>, renewal: Renewal) -> Result<(), TillError> {
        let (first, last) = (&run.first().charge, &run.last().charge);
        let done = self.till.edit_subscription(payer, first, renewal).await;
        if matches!(done, Err(TillError::Refused { .. })) && first != last {
            return self.till.edit_subscription(payer, last, renewal).await;
        }
        done
    }

    /// Ends a subscription for good and notes that. What Telegram does not know any more is over too.
    ///
    /// # Errors
    /// [`TillError::Unavailable`]: it goes on, and nothing is noted.
    pub(super) async fn end_subscription(&self, talk: &mut Talk<'_>, run: &Run<'_>) -> Result<(), TillError> {
        match self.edit_subscription(talk.telegram, run, Renewal::Off).await {
            Ok(()) => {}
            Err(refusal @ TillError::Refused { .. }) => {
                warn!(cause = luvhive_core::error::chain(&refusal), "Telegram knows nothing of a subscription that is to end");
            }
            Err(away @ TillError::Unavailable { .. }) => return Err(away),
        }
        talk.change(Change::CloseSubscription { charge: run.last().charge.clone(), canceled_at: Some(talk.now) });
        Ok(())
    }
}

/// A subscription as a screen shows it.
pub(super) fn shown(run: &Run<'_>) -> Subscription {
    Subscription { until: run.until(), is_canceled: run.is_canceled(), stars: run.last().stars }
}

impl Dialogs {
    /// Lists what a buyer may have given back, the last first.
    pub(super) async fn refundable(
        &self,
        rows: &[LedgerRow],
        buyer: PersonId,
        now: Timestamp,
    ) -> Result<Vec<Refundable>, StoreError> {
        let days = self.trade.refund_days;
        let mut found = Vec::new();
        for payment in payments_of(rows, buyer).filter(|one| now <= refundable_until(one, days)) {
            let record = self.trade.ledger.find_charge(&payment.charge).await?;
            if record.is_some_and(|record| may_buyer_refund(&record, buyer, days, now).is_ok()) {
                let Payment { charge, plan, stars, paid_at, .. } = payment;
                found.push(Refundable { mark: self.mark(charge), plan: *plan, stars: *stars, paid_at: *paid_at });
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
