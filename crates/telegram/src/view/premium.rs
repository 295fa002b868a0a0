//! Premium: what it changes and costs, seen before anything is bought; gifts, the subscription, money back.

use luvhive_core::conduct::Pseudonym;
use luvhive_core::id::ChatId;
use luvhive_core::premium::{Plan, RefundRefusal};
use luvhive_core::time::Timestamp;

use super::coins;
use super::screen::{Button, Screen, rows};
use crate::callback::{Callback, ChargeMark, CoinAction, PremiumAction, Receiver};
use crate::locale::{Words, typed};

/// What is sold for oneself by invoice, in the order shown.
pub(crate) const PLANS: [Plan; 4] = [Plan::Week, Plan::Month, Plan::HalfYear, Plan::Year];
/// What is sold for somebody else.
pub(crate) const GIFTS: [Plan; 2] = [Plan::GiftWeek, Plan::GiftMonth];

/// How somebody stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Standing {
    /// Premium until then.
    pub(crate) until: Option<Timestamp>,
    /// The subscription, if there is one.
    pub(crate) subscription: Option<Subscription>,
    /// The chat to whose partner something can be given.
    pub(crate) chat: Option<ChatId>,
    /// Whether something can be given back.
    pub(crate) has_refundable: bool,
}

/// A subscription that is paid until a moment to come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subscription {
    /// Paid until then.
    pub(crate) until: Timestamp,
    /// Whether it ends there.
    pub(crate) is_canceled: bool,
}

/// A payment that can be given back.
#[derive(Clone, Debug)]
pub(crate) struct Refundable {
    /// How its button names it.
    pub(crate) mark: u64,
    /// What was bought.
    pub(crate) plan: Plan,
    /// When.
    pub(crate) paid_at: Timestamp,
}

/// Everything at a glance.
pub(crate) fn overview(words: Words, standing: &Standing) -> Screen {
    let mut buttons = rows(PLANS.iter().map(|&plan| to(priced(words, plan), PremiumAction::Buy(plan))), 2);
    match standing.subscription {
        None => buttons.push(vec![to(priced(words, Plan::Monthly), PremiumAction::Subscribe)]),
        Some(Subscription { is_canceled: false, .. }) => {
            buttons.push(vec![to(words.text("premium-cancel"), PremiumAction::AskCancel)]);
        }
        Some(Subscription { is_canceled: true, .. }) => {
            buttons.push(vec![to(words.text("premium-resume"), PremiumAction::Resume)]);
        }
    }
    if let Some(chat) = standing.chat {
        buttons.push(vec![to(words.text("premium-gifts"), PremiumAction::Gifts(Receiver::Partner(chat)))]);
    }
    buttons.push(vec![Button::new(words.text("coins-open"), Callback::Coins(CoinAction::Open))]);
    if standing.has_refundable {
        buttons.push(vec![to(words.text("premium-payments"), PremiumAction::Payments)]);
    }
    Screen::titled(words.text("premium-title"), status(words, standing))
        .with_paragraph(&words.text("premium-changes"))
        .with_paragraph(&words.text("premium-free"))
        .with_paragraph(&words.text("premium-note"))
        .with_buttons(buttons)
}

fn status(words: Words, standing: &Standing) -> String {
    let until = match standing.until {
        Some(until) => words.with("premium-until", &[("until", words.moment(until).into())]),
        None => words.text("premium-none"),
    };
    let Some(subscription) = standing.subscription else { return until };
    let key = if subscription.is_canceled { "premium-ends" } else { "premium-renews" };
    let stars = Plan::Monthly.stars().get();
    let renewal = words.with(key, &[("until", words.moment(subscription.until).into()), ("stars", stars.into())]);
    format!("{until}\n{renewal}")
}

/// The subscription, with the button that leads to it.
pub(crate) fn subscribe(words: Words, link: &str) -> Screen {
    let price = [("stars", Plan::Monthly.stars().get().into()), ("days", Plan::Monthly.days().into())];
    Screen::titled(words.text("subscribe-title"), words.with("subscribe-body", &price))
        .with_buttons(vec![vec![Button::link(words.with("subscribe-open", &price), link)], vec![back(words)]])
}

/// Asks whether the subscription shall end.
pub(crate) fn ask_cancel(words: Words, until: Timestamp) -> Screen {
    let until = [("until", words.moment(until).into())];
    Screen::titled(words.text("cancel-title"), words.with("cancel-body", &until))
        .with_buttons(vec![vec![to(words.text("cancel-yes"), PremiumAction::Cancel)], vec![back(words)]])
}

/// What can be given to a partner or friend.
pub(crate) fn gifts(words: Words, receiver: Receiver) -> Screen {
    let mut buttons = rows(GIFTS.iter().map(|&plan| to(priced(words, plan), PremiumAction::Give(plan, receiver))), 1);
    let (title, body, back) = match receiver {
        Receiver::Partner(_) => ("gifts-title", "gifts-body", back(words)),
        Receiver::Friend(chat) => ("gifts-friend-title", "gifts-friend-body", coins::back_to_friend(words, chat)),
    };
    buttons.push(vec![back]);
    Screen::titled(words.text(title), words.text(body)).with_buttons(buttons)
}

/// What stands on the screen once an invoice was sent.
pub(crate) fn invoiced(words: Words) -> Screen {
    Screen::plain(words.text("premium-invoiced")).with_buttons(vec![vec![back(words)]])
}

/// What can be given back.
pub(crate) fn payments(words: Words, refundable: &[Refundable]) -> Screen {
    let line = |one: &Refundable| {
        let parts = [("plan", named(words, one.plan).into()), ("at", words.moment(one.paid_at).into())];
        to(words.with("payments-one", &parts), PremiumAction::AskRefund(ChargeMark(one.mark)))
    };
    let mut buttons = rows(refundable.iter().map(line), 1);
    buttons.push(vec![back(words)]);
    let body = if refundable.is_empty() { "payments-none" } else { "payments-body" };
    Screen::titled(words.text("payments-title"), words.text(body)).with_buttons(buttons)
}

/// Asks whether a payment shall be given back.
pub(crate) fn ask_refund(words: Words, one: &Refundable) -> Screen {
    let parts = [("plan", named(words, one.plan).into()), ("stars", one.plan.stars().get().into())];
    Screen::titled(words.text("refund-title"), words.with("refund-body", &parts)).with_buttons(vec![
        vec![to(words.text("refund-yes"), PremiumAction::Refund(ChargeMark(one.mark)))],
        vec![to(words.text("button-back"), PremiumAction::Payments)],
    ])
}

/// A refund is on its way.
pub(crate) fn refund_begun(words: Words) -> Screen {
    Screen::plain(words.text("refund-begun")).with_buttons(vec![vec![back(words)]])
}

/// Why a payment is not given back.
pub(crate) fn refund_refused(words: Words, refusal: RefundRefusal) -> String {
    words.text(match refusal {
        RefundRefusal::TooLate { .. } => "refund-too-late",
        RefundRefusal::Used => "refund-used",
        RefundRefusal::UnderWay => "refund-under-way",
        RefundRefusal::AlreadyRefunded => "refund-done-before",
        RefundRefusal::Unknown | RefundRefusal::NotTheBuyer | RefundRefusal::PayerErased => "refund-unknown",
    })
}

/// Thanks for a payment.
pub(crate) fn paid(words: Words, plan: Plan, until: Option<Timestamp>, is_renewal: bool) -> Screen {
    let parts = [("plan", named(words, plan).into())];
    let body = match plan {
        Plan::GiftWeek => words.text("paid-gift-week"),
        Plan::GiftMonth => words.text("paid-gift-month"),
        Plan::RatingReset => words.text("paid-reset"),
        Plan::Monthly => words.text(if is_renewal { "paid-renewal" } else { "paid-subscription" }),
        Plan::Week | Plan::Month | Plan::HalfYear | Plan::Year => words.with("paid-premium", &parts),
    };
    let mut screen = Screen::titled(words.text("paid-title"), body);
    if let Some(until) = until.filter(|_| !plan.is_gift() && plan.days() > 0) {
        screen = screen.with_paragraph(&words.with("premium-until", &[("until", words.moment(until).into())]));
    }
    if plan.days() > 0 {
        screen = screen.with_paragraph(&words.text("paid-note"));
    }
    screen.with_buttons(vec![vec![to(words.text("premium-open"), PremiumAction::Open)]])
}

/// A payment could not be used and was given back, or cannot be.
pub(crate) fn unusable(words: Words, is_refunded: bool) -> Screen {
    Screen::plain(words.text(if is_refunded { "paid-unusable" } else { "paid-stuck" }))
}

/// A payment was given back.
pub(crate) fn refunded(words: Words, stars: u32, until: Option<Timestamp>) -> Screen {
    let screen = Screen::titled(words.text("refunded-title"), words.with("refunded-body", &[("stars", stars.into())]));
    match until {
        Some(until) => screen.with_paragraph(&words.with("premium-until", &[("until", words.moment(until).into())])),
        None => screen.with_paragraph(&words.text("premium-none")),
    }
}

/// How to reach us about payments, with the name under which staff find the person who asks; the contact may be empty.
pub(crate) fn pay_support(words: Words, me: Option<&Pseudonym>, contact: &str) -> Screen {
    let mut screen = Screen::titled(words.text("paysupport-title"), words.text("paysupport-body")).with_paragraph(&reach(
        words,
        "paysupport-contact",
        contact,
    ));
    if let Some(me) = me {
        screen = screen.with_paragraph(&words.with("paysupport-number", &[("number", me.as_str().into())]));
    }
    screen.with_buttons(vec![vec![to(words.text("premium-payments"), PremiumAction::Payments)]])
}

/// How to reach us about anything else; the contact may be empty.
pub(crate) fn support(words: Words, contact: &str) -> Screen {
    Screen::titled(words.text("support-title"), words.text("support-body")).with_paragraph(&reach(
        words,
        "support-contact",
        contact,
    ))
}

fn reach(words: Words, key: &str, contact: &str) -> String {
    if contact.is_empty() { words.text("support-no-contact") } else { words.with(key, &[("contact", typed(contact).into())]) }
}

fn named(words: Words, plan: Plan) -> String {
    words.with(&format!("plan-{plan}"), &[("days", plan.days().into())])
}

fn priced(words: Words, plan: Plan) -> String {
    words.with("plan-priced", &[("plan", named(words, plan).into()), ("stars", plan.stars().get().into())])
}

fn to(text: String, action: PremiumAction) -> Button {
    Button::new(text, Callback::Premium(action))
}

fn back(words: Words) -> Button {
    to(words.text("button-back"), PremiumAction::Open)
}
