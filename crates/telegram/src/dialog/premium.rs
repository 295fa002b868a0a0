//! Premium by buttons: what it is, buying it, giving it, ending a subscription, having a payment back.

use std::time::Duration;

use luvhive_core::engine::checkout::{CheckoutRefusal, Invoice};
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::PersonId;
use luvhive_core::person::PersonFacts;
use luvhive_core::ports::{Change, StoreError};
use luvhive_core::premium::{ChargeId, LedgerRow, Plan, RefundCause, RefundRequest, may_buyer_refund, run};

use super::trade::{payments_of, shown};
use super::{Dialogs, Done, Talk};
use crate::callback::{ChargeMark, PremiumAction};
use crate::payments::{Offer, Renewal, TillError};
use crate::view::premium as view;
use crate::view::premium::{PLANS, Standing, Subscription};
use crate::view::{checkout, invoice};

/// How long an invoice can be paid.
const INVOICE_LASTS: Duration = Duration::from_hours(24);

impl Dialogs {
    pub(super) async fn hear_premium(&self, talk: &mut Talk<'_>, facts: &PersonFacts) -> Done {
        let standing = self.standing(talk, facts).await?;
        talk.say(&view::overview(talk.words, &standing));
        Ok(())
    }

    pub(super) async fn press_premium(&self, talk: &mut Talk<'_>, facts: &PersonFacts, action: PremiumAction) -> Done {
        let words = talk.words;
        match action {
            PremiumAction::Open => {
                let standing = self.standing(talk, facts).await?;
                talk.show(&view::overview(words, &standing));
            }
            // A person without ratings would pay for nothing.
            PremiumAction::Buy(Plan::RatingReset) if facts.ratings_up == 0 && facts.ratings_down == 0 => {
                talk.answer_with(words.text("old-button"));
            }
            PremiumAction::Buy(plan) if PLANS.contains(&plan) || plan == Plan::RatingReset => {
                self.send_invoice(talk, facts, (plan, facts.person));
            }
            PremiumAction::Subscribe => self.subscribe(talk, facts).await?,
            PremiumAction::AskCancel => {
                let rows = self.trade.ledger.list_rows(facts.person).await?;
                match run::running(&rows, facts.person, talk.now).filter(|run| !run.is_canceled()) {
                    Some(run) => talk.show(&view::ask_cancel(words, run.until())),
                    None => talk.answer_with(words.text("premium-no-subscription")),
                }
            }
            PremiumAction::Cancel => self.edit_subscription(talk, facts, Renewal::Off).await?,
            PremiumAction::Resume => self.edit_subscription(talk, facts, Renewal::On).await?,
            PremiumAction::Gifts(to) => {
                if self.receiver_or_say(talk, facts, to).await?.is_some() {
                    talk.show(&view::gifts(words, to));
                }
            }
            PremiumAction::Give(plan, to) if plan.is_gift() => {
                if let Some(receiver) = self.receiver_or_say(talk, facts, to).await? {
                    self.send_invoice(talk, facts, (plan, receiver));
                }
            }
            PremiumAction::Buy(_) | PremiumAction::Give(..) => talk.answer_with(words.text("old-button")),
            PremiumAction::Payments => {
                let rows = self.trade.ledger.list_rows(facts.person).await?;
                let refundable = self.refundable(&rows, facts.person, talk.now).await?;
                talk.show(&view::payments(words, &refundable, self.trade.refund_days));
            }
            PremiumAction::AskRefund(ChargeMark(mark)) => {
                let rows = self.trade.ledger.list_rows(facts.person).await?;
                let refundable = self.refundable(&rows, facts.person, talk.now).await?;
                match refundable.iter().find(|one| one.mark == mark) {
                    Some(one) => talk.show(&view::ask_refund(words, one)),
                    None => self.refuse_refund(talk, facts, &rows, mark).await?,
                }
            }
            PremiumAction::Refund(ChargeMark(mark)) => self.refund(talk, facts, mark).await?,
        }
        Ok(())
    }

    async fn standing(&self, talk: &Talk<'_>, facts: &PersonFacts) -> Result<Standing, StoreError> {
        let rows = self.trade.ledger.list_rows(facts.person).await?;
        Ok(Standing {
            until: facts.premium_until.filter(|until| *until > talk.now),
            subscription: run::running(&rows, facts.person, talk.now).as_ref().map(shown),
            refund_days: self.trade.refund_days,
            chat: self.find_giftable(talk, facts.person).await?,
            has_refundable: !self.refundable(&rows, facts.person, talk.now).await?.is_empty(),
        })
    }

    fn offer(&self, talk: &Talk<'_>, facts: &PersonFacts, (plan, receiver): (Plan, PersonId)) -> Offer {
        // The same press makes the same invoice, however often it is worked on.
        let nonce = self.key.marks().draw(talk.query.as_deref().unwrap_or_default());
        let expires_at = talk.now.plus(INVOICE_LASTS);
        let payload =
            self.key.invoices().seal(&Invoice { plan, price: plan.price(), payer: facts.person, receiver, nonce, expires_at });
        invoice::offer(talk.words, plan, payload)
    }

    fn send_invoice(&self, talk: &mut Talk<'_>, facts: &PersonFacts, what: (Plan, PersonId)) {
        if facts.is_suspended(talk.now) {
            return talk.alert(checkout::refusal(talk.words, CheckoutRefusal::Suspended));
        }
        let offer = self.offer(talk, facts, what);
        talk.show(&view::invoiced(talk.words));
        talk.call(invoice::send(talk.telegram, &offer));
    }

    async fn subscribe(&self, talk: &mut Talk<'_>, facts: &PersonFacts) -> Done {
        let rows = self.trade.ledger.list_rows(facts.person).await?;
        if run::running(&rows, facts.person, talk.now).is_some() {
            talk.answer_with(talk.words.text("already-done"));
            return Ok(());
        }
        let offer = self.offer(talk, facts, (Plan::Monthly, facts.person));
        match self.trade.till.create_link(&offer).await {
            Ok(link) => talk.show(&view::subscribe(talk.words, &link)),
            Err(_) => talk.alert(talk.words.text("premium-busy")),
        }
        Ok(())
    }

    async fn edit_subscription(&self, talk: &mut Talk<'_>, facts: &PersonFacts, renewal: Renewal) -> Done {
        let words = talk.words;
        let is_canceled = renewal == Renewal::Off;
        let rows = self.trade.ledger.list_rows(facts.person).await?;
        let running = run::running(&rows, facts.person, talk.now);
        let Some(run) = running.filter(|run| run.is_canceled() != is_canceled) else {
            talk.answer_with(words.text("premium-no-subscription"));
            return Ok(());
        };
        match self.trade.edit_subscription(talk.telegram, &run, renewal).await {
            // This lets the person renew it and renews nothing directly: Telegram tells when they have done so.
            Ok(()) if renewal == Renewal::On => talk.alert(words.text("premium-resumable")),
            Ok(()) => {
                talk.change(Change::CloseSubscription { charge: run.last().charge.clone(), canceled_at: Some(talk.now) });
                talk.answer_with(words.text("premium-canceled"));
                let subscription = Some(Subscription { is_canceled, ..shown(&run) });
                let standing = Standing { subscription, ..self.standing(talk, facts).await? };
                talk.show(&view::overview(words, &standing));
            }
            Err(TillError::Refused { .. }) => talk.alert(words.text("premium-no-subscription")),
            Err(TillError::Unavailable { .. }) => talk.alert(words.text("premium-busy")),
        }
        Ok(())
    }

    async fn refund(&self, talk: &mut Talk<'_>, facts: &PersonFacts, mark: u64) -> Done {
        let rows = self.trade.ledger.list_rows(facts.person).await?;
        let Some(charge) = self.find_marked(&rows, facts.person, mark) else {
            talk.alert(talk.words.text("refund-unknown"));
            return Ok(());
        };
        let record = self.trade.ledger.find_charge(&charge).await?;
        if record.is_none_or(|record| may_buyer_refund(&record, facts.person, self.trade.refund_days, talk.now).is_err()) {
            return self.refuse_refund(talk, facts, &rows, mark).await;
        }
        talk.change(Change::RequestRefund(RefundRequest {
            charge: charge.clone(),
            cause: RefundCause::Buyer,
            reason: String::new(),
            requested_at: talk.now,
        }));
        talk.command(EngineCommand::Refund { payer: facts.person, charge });
        talk.show(&view::refund_begun(talk.words));
        Ok(())
    }

    /// Says why a payment is not given back.
    async fn refuse_refund(&self, talk: &mut Talk<'_>, facts: &PersonFacts, rows: &[LedgerRow], mark: u64) -> Done {
        let record = match self.find_marked(rows, facts.person, mark) {
            Some(charge) => self.trade.ledger.find_charge(&charge).await?,
            None => None,
        };
        let refusal = record.and_then(|record| may_buyer_refund(&record, facts.person, self.trade.refund_days, talk.now).err());
        talk.alert(match refusal {
            Some(refusal) => view::refund_refused(talk.words, refusal),
            None => talk.words.text("refund-unknown"),
        });
        Ok(())
    }

    fn find_marked(&self, rows: &[LedgerRow], payer: PersonId, mark: u64) -> Option<ChargeId> {
        payments_of(rows, payer).map(|payment| &payment.charge).find(|charge| self.mark(charge) == mark).cloned()
    }
}
