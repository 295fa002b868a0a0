//! Premium by buttons: what it is, buying it, giving it, ending a subscription, having a payment back.

use std::time::Duration;

use luvhive_core::engine::checkout::{CheckoutRefusal, Invoice};
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::PersonId;
use luvhive_core::person::PersonFacts;
use luvhive_core::ports::{Change, StoreError};
use luvhive_core::premium::{ChargeId, LedgerRow, Plan, RefundCause, RefundRequest, may_buyer_refund};

use super::heard::Press;
use super::trade::{Charged, payments_of};
use super::{Dialogs, Scene, Turn};
use crate::callback::{ChargeMark, PremiumAction};
use crate::payments::{Offer, Renewal, TillError};
use crate::view::premium as view;
use crate::view::premium::{PLANS, Standing, Subscription};
use crate::view::{checkout, invoice};

/// How long an invoice can be paid.
const INVOICE_LASTS: Duration = Duration::from_hours(24);

impl Dialogs {
    pub(super) async fn hear_premium(&self, scene: &Scene<'_>, facts: &PersonFacts, turn: &mut Turn) -> Result<(), StoreError> {
        let standing = self.standing(scene, facts).await?;
        turn.say(scene, &view::overview(scene.words, &standing));
        Ok(())
    }

    pub(super) async fn press_premium(
        &self,
        scene: &Scene<'_>,
        facts: &PersonFacts,
        press: &Press,
        action: PremiumAction,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let words = scene.words;
        match action {
            PremiumAction::Open => {
                let standing = self.standing(scene, facts).await?;
                turn.show(scene, press.message, &view::overview(words, &standing));
            }
            // Whoever has no ratings any more would pay for nothing.
            PremiumAction::Buy(Plan::RatingReset) if facts.ratings_up == 0 && facts.ratings_down == 0 => {
                turn.answer_with(words.text("old-button"));
            }
            PremiumAction::Buy(plan) if PLANS.contains(&plan) || plan == Plan::RatingReset => {
                self.send_invoice(scene, facts, press, (plan, facts.person), turn);
            }
            PremiumAction::Subscribe => self.subscribe(scene, facts, press, turn).await?,
            PremiumAction::AskCancel => match self.charged(scene, facts).await? {
                Some(Charged { shown: Subscription { until, is_canceled: false }, .. }) => {
                    turn.show(scene, press.message, &view::ask_cancel(words, until));
                }
                _ => turn.answer_with(words.text("premium-no-subscription")),
            },
            PremiumAction::Cancel => self.edit_subscription(scene, facts, press, Renewal::Off, turn).await?,
            PremiumAction::Resume => self.edit_subscription(scene, facts, press, Renewal::On, turn).await?,
            PremiumAction::Gifts(to) => {
                if self.receiver_or_say(scene, facts, to, turn).await?.is_some() {
                    turn.show(scene, press.message, &view::gifts(words, to));
                }
            }
            PremiumAction::Give(plan, to) if plan.is_gift() => {
                if let Some(receiver) = self.receiver_or_say(scene, facts, to, turn).await? {
                    self.send_invoice(scene, facts, press, (plan, receiver), turn);
                }
            }
            PremiumAction::Buy(_) | PremiumAction::Give(..) => turn.answer_with(words.text("old-button")),
            PremiumAction::Payments => {
                let rows = self.trade.ledger.list_rows(facts.person).await?;
                let refundable = self.refundable(&rows, facts.person, scene.now).await?;
                turn.show(scene, press.message, &view::payments(words, &refundable));
            }
            PremiumAction::AskRefund(ChargeMark(mark)) => {
                let rows = self.trade.ledger.list_rows(facts.person).await?;
                let refundable = self.refundable(&rows, facts.person, scene.now).await?;
                match refundable.iter().find(|one| one.mark == mark) {
                    Some(one) => turn.show(scene, press.message, &view::ask_refund(words, one)),
                    None => self.refuse_refund(scene, facts, &rows, mark, turn).await?,
                }
            }
            PremiumAction::Refund(ChargeMark(mark)) => self.refund(scene, facts, press, mark, turn).await?,
        }
        Ok(())
    }

    async fn standing(&self, scene: &Scene<'_>, facts: &PersonFacts) -> Result<Standing, StoreError> {
        let rows = self.trade.ledger.list_rows(facts.person).await?;
        Ok(Standing {
            until: facts.premium_until.filter(|until| *until > scene.now),
            subscription: self.trade.subscription(&rows, facts.person, scene.now).await?.map(|charged| charged.shown),
            chat: self.find_giftable(scene, facts.person).await?,
            has_refundable: !self.refundable(&rows, facts.person, scene.now).await?.is_empty(),
        })
    }

    async fn charged(&self, scene: &Scene<'_>, facts: &PersonFacts) -> Result<Option<Charged>, StoreError> {
        let rows = self.trade.ledger.list_rows(facts.person).await?;
        self.trade.subscription(&rows, facts.person, scene.now).await
    }

    fn offer(&self, scene: &Scene<'_>, facts: &PersonFacts, press: &Press, (plan, receiver): (Plan, PersonId)) -> Offer {
        // The same press makes the same invoice, however often it is worked on.
        let nonce = self.key.marks().draw(&press.query);
        let expires_at = scene.now.plus(INVOICE_LASTS);
        let payload = self.key.invoices().sign(&Invoice { plan, payer: facts.person, receiver, nonce, expires_at });
        invoice::offer(scene.words, plan, payload)
    }

    fn send_invoice(&self, scene: &Scene<'_>, facts: &PersonFacts, press: &Press, what: (Plan, PersonId), turn: &mut Turn) {
        if facts.is_suspended(scene.now) {
            return turn.alert(checkout::refusal(scene.words, CheckoutRefusal::Suspended));
        }
        let offer = self.offer(scene, facts, press, what);
        turn.show(scene, press.message, &view::invoiced(scene.words));
        turn.call(invoice::send(scene.telegram, &offer));
    }

    async fn subscribe(&self, scene: &Scene<'_>, facts: &PersonFacts, press: &Press, turn: &mut Turn) -> Result<(), StoreError> {
        if self.charged(scene, facts).await?.is_some() {
            turn.answer_with(scene.words.text("already-done"));
            return Ok(());
        }
        let offer = self.offer(scene, facts, press, (Plan::Monthly, facts.person));
        match self.trade.till.create_link(&offer).await {
            Ok(link) => turn.show(scene, press.message, &view::subscribe(scene.words, &link)),
            Err(_) => turn.alert(scene.words.text("premium-busy")),
        }
        Ok(())
    }

    async fn edit_subscription(
        &self,
        scene: &Scene<'_>,
        facts: &PersonFacts,
        press: &Press,
        renewal: Renewal,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let words = scene.words;
        let is_canceled = renewal == Renewal::Off;
        let Some(charged) = self.charged(scene, facts).await?.filter(|charged| charged.shown.is_canceled != is_canceled) else {
            turn.answer_with(words.text("premium-no-subscription"));
            return Ok(());
        };
        match self.trade.edit_subscription(scene.telegram, &charged, renewal).await {
            // This lets the person renew it and renews nothing by itself: Telegram tells when they have done so.
            Ok(()) if renewal == Renewal::On => turn.alert(words.text("premium-resumable")),
            Ok(()) => {
                turn.change(Change::CloseSubscription { charge: charged.last, canceled_at: Some(scene.now) });
                turn.answer_with(words.text("premium-canceled"));
                let subscription = Some(Subscription { is_canceled, ..charged.shown });
                let standing = Standing { subscription, ..self.standing(scene, facts).await? };
                turn.show(scene, press.message, &view::overview(words, &standing));
            }
            Err(TillError::Refused { .. }) => turn.alert(words.text("premium-no-subscription")),
            Err(TillError::Unavailable { .. }) => turn.alert(words.text("premium-busy")),
        }
        Ok(())
    }

    async fn refund(
        &self,
        scene: &Scene<'_>,
        facts: &PersonFacts,
        press: &Press,
        mark: u64,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let rows = self.trade.ledger.list_rows(facts.person).await?;
        let Some(charge) = self.find_marked(&rows, facts.person, mark) else {
            turn.alert(scene.words.text("refund-unknown"));
            return Ok(());
        };
        let record = self.trade.ledger.find_charge(&charge).await?;
        if record.is_none_or(|record| may_buyer_refund(&record, facts.person, scene.now).is_err()) {
            return self.refuse_refund(scene, facts, &rows, mark, turn).await;
        }
        turn.change(Change::RequestRefund(RefundRequest {
            charge: charge.clone(),
            cause: RefundCause::Buyer,
            reason: String::new(),
            requested_at: scene.now,
        }));
        turn.change(Change::ToEngine(EngineCommand::Refund { payer: facts.person, charge }));
        turn.show(scene, press.message, &view::refund_begun(scene.words));
        Ok(())
    }

    /// Says why a payment is not given back.
    async fn refuse_refund(
        &self,
        scene: &Scene<'_>,
        facts: &PersonFacts,
        rows: &[LedgerRow],
        mark: u64,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let record = match self.find_marked(rows, facts.person, mark) {
            Some(charge) => self.trade.ledger.find_charge(&charge).await?,
            None => None,
        };
        let refusal = record.and_then(|record| may_buyer_refund(&record, facts.person, scene.now).err());
        turn.alert(match refusal {
            Some(refusal) => view::refund_refused(scene.words, refusal),
            None => scene.words.text("refund-unknown"),
        });
        Ok(())
    }

    fn find_marked(&self, rows: &[LedgerRow], payer: PersonId, mark: u64) -> Option<ChargeId> {
        payments_of(rows, payer).map(|payment| &payment.charge).find(|charge| self.mark(charge) == mark).cloned()
    }
}
