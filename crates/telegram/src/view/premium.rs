//! Premium: what it changes and costs, seen before anything is bought; gifts, the subscription, money back.

use luvhive_core::conduct::Pseudonym;
use luvhive_core::id::ChatId;
use luvhive_core::premium::{Plan, RefundRefusal, Stars};
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
    /// Within how many days an unused payment is given back.
    pub(crate) refund_days: u16,
}

/// A subscription that is paid until a moment to come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subscription {
    /// Paid until then.
    pub(crate) until: Timestamp,
    /// Whether it ends there.
    pub(crate) is_canceled: bool,
    /// What it costs each time.
    pub(crate) stars: Stars,
}

/// A payment that can be given back.
#[derive(Clone, Debug)]
pub(crate) struct Refundable {
    /// How its button names it.
    pub(crate) mark: u64,
    /// What was bought.
    pub(crate) plan: Plan,
    /// For how much.
    pub(crate) stars: Stars,
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
        .with_paragraph(&window(words, "premium-note", standing.refund_days))
        .with_buttons(buttons)
}

fn status(words: Words, standing: &Standing) -> String {
    let until = match standing.until {
        Some(until) => words.with("premium-until", &[("until", words.moment(until).into())]),
        None => words.text("premium-none"),
    };
    let Some(subscription) = standing.subscription else { return until };
    let key = if subscription.is_canceled { "premium-ends" } else { "premium-renews" };
    let parts = [("until", words.moment(subscription.until).into()), ("stars", subscription.stars.get().into())];
    let renewal = words.with(key, &parts);
    format!("{until}\n{renewal}")
}

/// The subscription, with the button that leads to it.
pub(crate) fn subscribe(words: Words, link: &str) -> Screen {
    let price = [("stars", Plan::Monthly.stars().get().into()), ("days", Plan::Monthly.days().into())];
    Screen::titled(words.text("subscribe-title"), words.with("subscribe-body", &price))
        .with_paragraph(&words.text("invoice-consent"))
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
pub(crate) fn payments(words: Words, refundable: &[Refundable], refund_days: u16) -> Screen {
    let line = |one: &Refundable| {
        let parts = [("plan", named(words, one.plan).into()), ("at", words.moment(one.paid_at).into())];
        to(words.with("payments-one", &parts), PremiumAction::AskRefund(ChargeMark(one.mark)))
    };
    let mut buttons = rows(refundable.iter().map(line), 1);
    buttons.push(vec![back(words)]);
    let body = match refundable {
        [] => window(words, "payments-none", refund_days),
        _ => words.text("payments-body"),
    };
    Screen::titled(words.text("payments-title"), body).with_buttons(buttons)
}

/// Asks whether a payment shall be given back.
pub(crate) fn ask_refund(words: Words, one: &Refundable) -> Screen {
    let parts = [("plan", named(words, one.plan).into()), ("stars", one.stars.get().into())];
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
        RefundRefusal::TooLate { until } => return words.with("refund-too-late", &[("until", words.moment(until).into())]),
        RefundRefusal::Used => "refund-used",
        RefundRefusal::UnderWay => "refund-under-way",
        RefundRefusal::AlreadyRefunded => "refund-done-before",
        RefundRefusal::Unknown | RefundRefusal::NotTheBuyer | RefundRefusal::PayerErased => "refund-unknown",
    })
}

/// What a payment brought.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Receipt {
    /// What was bought.
    pub(crate) plan: Plan,
    /// Until when its buyer is premium now.
    pub(crate) until: Option<Timestamp>,
    /// Whether a subscription was renewed by it.
    pub(crate) is_renewal: bool,
    /// Within how many days it can be given back while it is unused.
    pub(crate) refund_days: u16,
}

/// Thanks for a payment.
pub(crate) fn paid(words: Words, receipt: &Receipt) -> Screen {
    let Receipt { plan, until, is_renewal, refund_days } = *receipt;
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
        screen = screen.with_paragraph(&window(words, "paid-note", refund_days));
    }
    screen.with_buttons(vec![vec![to(words.text("premium-open"), PremiumAction::Open)]])
}

/// A payment could not be used and was given back, or cannot be.
pub(crate) fn unusable(words: Words, is_refunded: bool) -> Screen {
    Screen::plain(words.text(if is_refunded { "paid-unusable" } else { "paid-stuck" }))
}

/// A receipt, of a payment or of a refund, came that names no payment.
pub(crate) fn unreadable_receipt(words: Words, is_refund: bool) -> Screen {
    Screen::plain(words.text(if is_refund { "refund-unreadable" } else { "paid-unreadable" }))
}

/// A subscription was ended, because its owner is suspended longer than it is paid.
pub(crate) fn ended_by_suspension(words: Words, until: Timestamp) -> Screen {
    Screen::plain(words.with("premium-ended-by-suspension", &[("until", words.moment(until).into())]))
}

/// How a subscription that was ended goes on, once its owner is not suspended any more.
pub(crate) fn renewable(words: Words, can_resume: bool) -> Screen {
    let how = if can_resume { "premium-resumable" } else { "premium-subscribe-again" };
    Screen::plain(words.text("premium-was-ended"))
        .with_paragraph(&words.text(how))
        .with_buttons(vec![vec![to(words.text("premium-open"), PremiumAction::Open)]])
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
pub(crate) fn pay_support(words: Words, me: Option<&Pseudonym>, contact: &str, refund_days: u16) -> Screen {
    let body = window(words, "paysupport-body", refund_days);
    let mut screen =
        Screen::titled(words.text("paysupport-title"), body).with_paragraph(&reach(words, "paysupport-contact", contact));
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

/// A text that says within how many days something is given back.
pub(super) fn window(words: Words, key: &str, refund_days: u16) -> String {
    let of = |key| words.with(key, &[("days", refund_days.into())]);
    words.with(key, &[("window", of("refund-window").into()), ("within", of("refund-within").into())])
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
