//! Money that came or went back: booked once by its charge, no matter who reports it or how often.
//! What cannot be given to anybody is given back at once, and noted.

use std::time::Duration;

use luvhive_core::coins;
use luvhive_core::engine::checkout::{Invoice, STARS};
use luvhive_core::engine::effect::Task;
use luvhive_core::engine::{EngineCommand, News};
use luvhive_core::id::PersonId;
use luvhive_core::ports::{Change, StoreError};
use luvhive_core::premium::{
    Book, ChargeId, ChargeRecord, Grant, GrantKey, GrantSource, LedgerRow, Payment, Plan, PremiumNews, Price, Refund,
    RefundCause, RefundRequest, Run, Stars, run,
};
use luvhive_core::time::Timestamp;
use tracing::{error, warn};

use super::trade::payments_of;
use super::{Dialogs, Done, Talk};
use crate::payments::{self, Renewal, TillError};
use crate::view::premium as view;
use crate::view::{coins as coins_view, menu};

/// Among so many last movements that of an invitation is looked for.
const LOOKED_AT: u16 = 100;

/// A payment as Telegram tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Paid {
    pub(super) charge: ChargeId,
    pub(super) currency: String,
    pub(super) amount: i64,
    pub(super) payload: String,
    pub(super) at: Timestamp,
    /// Whether Telegram charged it for a subscription.
    pub(super) is_recurring: bool,
    /// Whether a subscription began with it; `None` = Telegram did not say, or there is none.
    pub(super) is_first: Option<bool>,
    pub(super) subscription_until: Option<Timestamp>,
    /// Whether it was found in Telegram's list instead of being told.
    pub(super) is_found: bool,
}

impl Paid {
    /// Whether Telegram charged it again, for what was agreed on before.
    fn is_renewal(&self) -> bool {
        self.is_recurring && self.is_first != Some(true)
    }
}

/// A payment that was given back, as Telegram tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GivenBack {
    pub(super) charge: ChargeId,
    pub(super) at: Timestamp,
}

/// Whether the subscription behind a refunded payment is still renewed.
enum Renewals {
    /// It is not, or there is none.
    Over,
    /// It is, because Telegram could not be asked.
    GoOn {
        /// How long Telegram wants to be left alone, if it said so.
        retry_after: Option<Duration>,
    },
}

impl Dialogs {
    /// Books a payment, unless it is booked already.
    pub(super) async fn book_payment(&self, talk: &mut Talk<'_>, paid: &Paid) -> Done {
        let known = self.trade.ledger.find_charge(&paid.charge).await?;
        if known.as_ref().is_some_and(|record| record.payment.is_some()) {
            return Ok(());
        }
        let was_refunded = known.is_some_and(|record| record.refund.is_some());
        let me = talk.visitor.person.as_ref().map(|person| person.facts.person);
        let Some(invoice) = self.find_sold(paid, me).await? else {
            return self.give_back(talk, paid, me, was_refunded).await;
        };
        let plan = invoice.plan;
        let days = invoice.price.days;
        let refund_days = self.trade.refund_days;
        let payment = Payment { days, receiver: Some(invoice.receiver), refund_days, ..payment_of(paid, plan, me) };
        let rows = self.trade.ledger.list_rows(invoice.receiver).await?;
        talk.change(Change::BookPayment(Box::new(payment.clone())));
        if was_refunded {
            return Ok(());
        }
        // Somebody who blocked the giver gets it and hears nothing of it, and the giver does not learn of the block.
        let is_blocked = match me {
            Some(me) => self.chats.has_block(me, invoice.receiver).await?,
            None => false,
        };
        if plan.is_gift() && !is_blocked {
            let news = News::Premium { news: PremiumNews::Gift { days }, entitlement: None };
            talk.command(EngineCommand::Tell { person: invoice.receiver, news });
        }
        let until = until_after(rows, LedgerRow::Payment(payment), invoice.receiver, talk.now);
        let receipt = view::Receipt { plan, until, is_renewal: paid.is_renewal(), refund_days };
        talk.say(&view::paid(talk.words, &receipt));
        Ok(())
    }

    /// What a payment is for, if that can still be given.
    ///
    /// What was sold stays sold: a renewal, and a payment that is found later, count as they were agreed on, whatever the
    /// price list says today.
    async fn find_sold(&self, paid: &Paid, me: Option<PersonId>) -> Result<Option<Invoice>, StoreError> {
        let invoice = match self.key.invoices().open(&paid.payload) {
            Some(invoice) => Some(invoice),
            None if paid.is_renewal() => self.find_agreed(paid, me).await?,
            None => None,
        };
        let is_agreed = paid.is_renewal() || paid.is_found;
        let Some(invoice) = invoice.filter(|invoice| {
            let is_price = paid.amount == i64::from(invoice.price.stars.get());
            me == Some(invoice.payer) && paid.currency == STARS && (is_agreed || is_price)
        }) else {
            return Ok(None);
        };
        let is_there = Some(invoice.receiver) == me || self.people.has_person(invoice.receiver).await?;
        Ok(is_there.then_some(invoice))
    }

    /// What a renewal is for whose payload is of an older token: Telegram renews only what it once let us check.
    async fn find_agreed(&self, paid: &Paid, me: Option<PersonId>) -> Result<Option<Invoice>, StoreError> {
        if let Some(signed) = payments::read_signed(&paid.payload) {
            return Ok(Some(signed));
        }
        let Some(me) = me else { return Ok(None) };
        let rows = self.trade.ledger.list_rows(me).await?;
        let known = run::runs(&rows, me).into_iter().next_back();
        Ok(known.map(|run| Invoice {
            plan: Plan::Monthly,
            price: Price { stars: run.last().stars, days: run.last().days },
            payer: me,
            receiver: me,
            nonce: 0,
            expires_at: paid.at,
        }))
    }

    /// Books a payment that nobody can be given anything for, and has Telegram give it back.
    async fn give_back(&self, talk: &mut Talk<'_>, paid: &Paid, me: Option<PersonId>, was_refunded: bool) -> Done {
        let ours = self.key.invoices().open(&paid.payload);
        let plan = ours.clone().or_else(|| payments::read_signed(&paid.payload)).map_or(Plan::Week, |invoice| invoice.plan);
        talk.change(Change::BookPayment(Box::new(payment_of(paid, plan, me))));
        if was_refunded {
            return Ok(());
        }
        let is_ours = ours.is_some_and(|invoice| me == Some(invoice.payer));
        if paid.is_found && !is_ours {
            // A database that was lost, or is new to this token, knows nothing of what was sold before it.
            let case = paid.charge.as_str();
            warn!(case, "Telegram's list holds a payment of nobody known here; it is recorded, and an operator decides about it");
            return Ok(());
        }
        if paid.is_recurring
            && let Err(failure) = self.trade.till.edit_subscription(talk.telegram, &paid.charge, Renewal::Off).await
        {
            // It is charged again in a month, and given back again.
            warn!(cause = luvhive_core::error::chain(&failure), "a subscription that nobody can use could not be ended");
        }
        let is_refunded = match self.trade.till.refund(talk.telegram, &paid.charge).await {
            Ok(()) => true,
            Err(TillError::Unavailable { retry_after, .. }) if me.is_some() => {
                postponed(retry_after);
                let (charge, cause) = (paid.charge.clone(), RefundCause::Telegram);
                talk.change(Change::RequestRefund(RefundRequest {
                    charge,
                    cause,
                    reason: String::new(),
                    requested_at: talk.now,
                }));
                return Ok(());
            }
            Err(failure) => {
                let refusal = failure.into_retry()?;
                error!(
                    case = paid.charge.as_str(),
                    cause = luvhive_core::error::chain(&refusal),
                    "a payment can be neither used nor given back; see the ledger"
                );
                false
            }
        };
        if is_refunded {
            let (charge, cause) = (paid.charge.clone(), RefundCause::Telegram);
            talk.change(Change::BookRefund(Refund { charge, cause, refunded_at: talk.now }));
        }
        talk.say(&view::unusable(talk.words, is_refunded));
        Ok(())
    }

    /// Books that a payment was given back, unless that is booked already.
    pub(super) async fn book_refund(&self, talk: &mut Talk<'_>, back: &GivenBack) -> Done {
        let record = self.trade.ledger.find_charge(&back.charge).await?;
        if record.as_ref().is_some_and(|record| record.refund.is_some()) {
            return Ok(());
        }
        let refund = Refund { charge: back.charge.clone(), cause: RefundCause::Telegram, refunded_at: back.at };
        self.settle_refund(talk, record.as_ref(), refund).await
    }

    /// A subscription was cancelled, goes on, or could not be renewed.
    pub(super) async fn book_subscription(&self, talk: &mut Talk<'_>, is_active: bool) -> Done {
        let Some(person) = &talk.visitor.person else { return Ok(()) };
        let payer = person.facts.person;
        let rows = self.trade.ledger.list_rows(payer).await?;
        let runs = run::runs(&rows, payer);
        if let Some(run) = runs.iter().rfind(|run| run.is_paid(talk.now) && run.is_canceled() == is_active) {
            let canceled_at = (!is_active).then_some(talk.now);
            talk.change(Change::CloseSubscription { charge: run.last().charge.clone(), canceled_at });
        }
        Ok(())
    }

    /// Does what no update asked for.
    pub(super) async fn work_on(&self, talk: &mut Talk<'_>, errand: &Task) -> Done {
        match errand {
            Task::Refund { charge } => self.carry_out_refund(talk, charge).await,
            Task::Subscription { person } => self.fit_subscription(talk, *person).await,
            Task::FirstChat { person } => self.reward_first_chat(talk, *person).await,
        }
    }

    /// Has Telegram give a payment back. A crash in between does it again, and Telegram says that it was done.
    async fn carry_out_refund(&self, talk: &mut Talk<'_>, charge: &ChargeId) -> Done {
        let Some(record) = self.trade.ledger.find_charge(charge).await? else { return Ok(()) };
        let Some(request) = record.request.as_ref().filter(|_| record.refund.is_none()) else { return Ok(()) };
        let cause = request.cause;
        if let Some(payment) = record.payment.as_ref().filter(|payment| payment.plan == Plan::Monthly)
            && let Renewals::GoOn { retry_after } = self.end_refunded(talk, payment).await?
        {
            postponed(retry_after);
            return Ok(());
        }
        if let Err(failure) = self.trade.till.refund(talk.telegram, charge).await {
            let refusal = match failure {
                // The request stays, and is taken up again by and by: nothing waits for it meanwhile.
                TillError::Unavailable { retry_after, .. } => {
                    postponed(retry_after);
                    return Ok(());
                }
                refusal @ TillError::Refused { .. } => refusal,
            };
            error!(
                case = charge.as_str(),
                cause = luvhive_core::error::chain(&refusal),
                "Telegram refuses to give a payment back"
            );
            talk.change(Change::WithdrawRefund(charge.clone()));
            talk.say(&menu::sentence(talk.words, "refund-failed"));
            return Ok(());
        }
        let refund = Refund { charge: charge.clone(), cause, refunded_at: talk.now };
        self.settle_refund(talk, Some(&record), refund).await
    }

    /// Ends the subscription that a payment belongs to, so that it is not charged again after its refund.
    async fn end_refunded(&self, talk: &mut Talk<'_>, payment: &Payment) -> Result<Renewals, StoreError> {
        let Some(payer) = payment.payer else { return Ok(Renewals::Over) };
        let rows = self.trade.ledger.list_rows(payer).await?;
        let mut paid = run::runs(&rows, payer).into_iter().filter(|run| run.is_paid(talk.now) && !run.is_canceled());
        let Some(run) = paid.find(|run| run.holds(&payment.charge)) else { return Ok(Renewals::Over) };
        Ok(match self.trade.end_subscription(talk, &run).await {
            Err(TillError::Unavailable { retry_after, .. }) => Renewals::GoOn { retry_after },
            Ok(()) | Err(TillError::Refused { .. }) => Renewals::Over,
        })
    }

    /// Settles what Telegram still has to do for somebody who leaves: afterwards nobody knows any more whose it was.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] while Telegram cannot be asked, too: the erasure waits for it.
    pub(super) async fn settle_leaver(&self, talk: &mut Talk<'_>, person: PersonId) -> Done {
        let rows = self.trade.ledger.list_rows(person).await?;
        // One that the person cancelled too: what we end nobody can renew by a tap in Telegram.
        for run in run::runs(&rows, person).iter().filter(|run| run.is_paid(talk.now)) {
            if let Err(failure) = self.trade.edit_subscription(talk.telegram, run, Renewal::Off).await {
                let refusal = failure.into_retry()?;
                warn!(
                    cause = luvhive_core::error::chain(&refusal),
                    "Telegram does not end the subscription of somebody who leaves"
                );
            }
        }
        for payment in payments_of(&rows, person) {
            let record = self.trade.ledger.find_charge(&payment.charge).await?;
            let Some(record) = record.filter(|record| record.refund.is_none()) else { continue };
            let Some(request) = record.request else { continue };
            match self.trade.till.refund(talk.telegram, &payment.charge).await {
                Ok(()) => {
                    let refund = Refund { charge: payment.charge.clone(), cause: request.cause, refunded_at: talk.now };
                    talk.change(Change::BookRefund(refund));
                }
                Err(failure) => {
                    let refusal = failure.into_retry()?;
                    error!(
                        case = payment.charge.as_str(),
                        cause = luvhive_core::error::chain(&refusal),
                        "Telegram refuses to give a payment back"
                    );
                }
            }
        }
        Ok(())
    }

    /// Ends subscriptions that would be charged while their owner is suspended, or says how to renew one that ended so.
    /// While Telegram cannot be asked, the lane ends: the job that looks for such subscriptions finds them again.
    async fn fit_subscription(&self, talk: &mut Talk<'_>, person: PersonId) -> Done {
        let Some(known) = &talk.visitor.person else { return Ok(()) };
        let suspended_until = known.facts.suspended_until.filter(|until| *until > talk.now);
        let rows = self.trade.ledger.list_rows(person).await?;
        let runs = run::runs(&rows, person);
        let Some(suspended_until) = suspended_until else {
            return self.offer_renewal(talk, person, runs.last()).await;
        };
        let mut ended = None;
        let now = talk.now;
        let is_meant = |run: &&Run<'_>| run.is_paid(now) && !run.is_canceled() && run::is_wasted(run.until(), suspended_until);
        for run in runs.iter().filter(is_meant) {
            match self.trade.end_subscription(talk, run).await {
                Ok(()) => ended = Some(run.until()),
                Err(failure) => {
                    warn!(cause = luvhive_core::error::chain(&failure), "a subscription of a suspended person goes on for now");
                }
            }
        }
        if let Some(until) = ended {
            talk.say(&view::ended_by_suspension(talk.words, until));
        }
        Ok(())
    }

    /// Says to somebody who is not suspended any more how a subscription goes on that ended while they were. One that they
    /// cancelled before, or that a refund ended, is over.
    async fn offer_renewal(&self, talk: &mut Talk<'_>, person: PersonId, last: Option<&Run<'_>>) -> Done {
        let Some(run) = last.filter(|run| run.is_canceled()) else { return Ok(()) };
        let since = self.people.find_suspended_since(person).await?;
        if !since.is_some_and(|since| run.is_canceled_since(since)) {
            return Ok(());
        }
        let can_resume = run.is_paid(talk.now) && self.trade.edit_subscription(talk.telegram, run, Renewal::On).await.is_ok();
        talk.say(&view::renewable(talk.words, can_resume));
        Ok(())
    }

    async fn settle_refund(&self, talk: &mut Talk<'_>, record: Option<&ChargeRecord>, refund: Refund) -> Done {
        talk.change(Change::BookRefund(refund.clone()));
        let Some(payment) = record.and_then(|record| record.payment.as_ref()) else { return Ok(()) };
        let me = talk.visitor.person.as_ref().map(|person| person.facts.person);
        if let Some(receiver) = payment.receiver.filter(|receiver| payment.plan.is_gift() && Some(*receiver) != me) {
            let news = News::Premium { news: PremiumNews::GiftTakenBack { days: payment.days }, entitlement: None };
            talk.command(EngineCommand::Tell { person: receiver, news });
        }
        let until = match me {
            Some(me) => until_after(self.trade.ledger.list_rows(me).await?, LedgerRow::Refund(refund), me, talk.now),
            None => None,
        };
        talk.say(&view::refunded(talk.words, payment.stars.get(), until));
        Ok(())
    }

    /// A trial for the person, coins for them and the person who invited them; each once, even if something happens twice.
    async fn reward_first_chat(&self, talk: &mut Talk<'_>, person: PersonId) -> Done {
        // Once a person, and never for somebody who was here before: an erasure makes nobody new.
        if self.find_former(talk).await?.is_some() {
            return Ok(());
        }
        let key = GrantKey::trial(person);
        let rows = self.trade.ledger.list_rows(person).await?;
        if self.trade.trial_days > 0 && !rows.iter().any(|row| row.key() == key.as_str()) {
            talk.change(Change::Grant(Box::new(Grant {
                key,
                person,
                source: GrantSource::Trial,
                days: self.trade.trial_days,
                granted_at: talk.now,
                granted_by: None,
                reason: None,
            })));
            let news = News::Premium { news: PremiumNews::Trial { days: self.trade.trial_days }, entitlement: None };
            talk.command(EngineCommand::Tell { person, news });
        }
        let invite = self.trade.ledger.find_invite(person).await?;
        if let Some(inviter) = invite.and_then(|invite| invite.inviter)
            && let Ok(mut movements) = coins::referral(inviter, person, talk.now)
        {
            // A lane that takes two accounts takes the lower number first, or two such lanes could wait for each other.
            if person < inviter {
                movements.reverse();
            }
            let paid = coins::rule::REFERRAL;
            let made = self.trade.ledger.list_movements(person, LOOKED_AT).await?;
            let is_news = !made.iter().any(|one| movements.iter().any(|movement| movement.key == one.key));
            for movement in movements {
                talk.change(Change::MoveCoins(Box::new(movement)));
            }
            if is_news {
                talk.command(EngineCommand::Tell { person: inviter, news: News::InvitePaid(paid) });
                talk.say(&coins_view::invite_paid(talk.words, paid));
            }
        }
        Ok(())
    }
}

/// A receipt is never talk: one that names no charge can be neither booked nor given back, so a person has to look.
pub(super) fn note_unreadable(talk: &mut Talk<'_>, is_refund: bool) {
    let payer = talk.visitor.person.as_ref().map(|person| &person.pseudonym);
    error!(
        case = "receipt",
        person = payer.map(tracing::field::display),
        is_refund,
        "a receipt of Telegram's names no charge that can be booked; look for the payment in Telegram's own list of Stars"
    );
    talk.say(&view::unreadable_receipt(talk.words, is_refund));
}

fn postponed(retry_after: Option<Duration>) {
    let wait_ms = retry_after.map(|wait| wait.as_millis());
    warn!(tg.retry_after_ms = wait_ms, "a refund has to wait; it is started again later");
}

/// A payment that brings nobody anything.
fn payment_of(paid: &Paid, plan: Plan, payer: Option<PersonId>) -> Payment {
    Payment {
        charge: paid.charge.clone(),
        payer,
        receiver: None,
        plan,
        stars: Stars::new(u32::try_from(paid.amount).unwrap_or(0)),
        days: 0,
        paid_at: paid.at,
        is_recurring: paid.is_recurring,
        is_first: paid.is_first,
        subscription_until: paid.subscription_until,
        canceled_at: None,
        refund_days: 0,
    }
}

/// Until when somebody is premium once this row is among theirs.
fn until_after(rows: Vec<LedgerRow>, row: LedgerRow, person: PersonId, now: Timestamp) -> Option<Timestamp> {
    let mut book: Book = rows.into_iter().collect();
    book.take(row);
    book.entitlement(person).premium_until(now)
}
