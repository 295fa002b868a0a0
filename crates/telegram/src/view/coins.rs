//! Coins: how many there are, getting, giving and spending them, and inviting friends.

use luvhive_core::coins::rule::{DAILY, DAILY_EVERY, REDEEM, REDEEM_DAYS, REFERRAL, SPIN_EVERY};
use luvhive_core::coins::{CoinRefusal, CoinStanding, Coins, Deed, Gift};
use luvhive_core::id::ChatId;
use luvhive_core::time::Timestamp;

use super::screen::{Button, Screen, rows};
use crate::callback::{Callback, CoinAction, FriendAction, Receiver};
use crate::locale::Words;

/// How a person stands with coins.
pub(crate) struct Purse {
    /// What they have, and when they last got some.
    pub(crate) standing: CoinStanding,
    /// The chat to whose partner they can give.
    pub(crate) chat: Option<ChatId>,
    /// Now.
    pub(crate) now: Timestamp,
}

/// How many coins there are, and what can be done.
pub(crate) fn overview(words: Words, purse: &Purse) -> Screen {
    let CoinStanding { balance, daily_at, spun_at, .. } = purse.standing;
    let due = |last: Option<Timestamp>, every| last.map(|last| last.plus(every)).filter(|due| *due > purse.now);
    let lines = [
        words.with("coins-balance", &[("coins", balance.get().into())]),
        match due(daily_at, DAILY_EVERY) {
            Some(until) => waiting(words, "coins-daily-later", until, purse.now),
            None => words.with("coins-daily-now", &[("coins", DAILY.get().into())]),
        },
        match due(spun_at, SPIN_EVERY) {
            Some(until) => waiting(words, "coins-spin-later", until, purse.now),
            None => words.text("coins-spin-now"),
        },
    ];
    let note = words.with("coins-note", &[("coins", REDEEM.get().into()), ("days", REDEEM_DAYS.into())]);
    let mut buttons =
        vec![vec![to(words.text("coins-take-daily"), CoinAction::Daily), to(words.text("coins-spin"), CoinAction::Spin)]];
    buttons.extend(purse.chat.map(|chat| vec![to(words.text("coins-gifts"), CoinAction::Gifts(Receiver::Partner(chat)))]));
    buttons.push(vec![to(words.text("coins-redeem"), CoinAction::AskRedeem)]);
    buttons.push(vec![to(words.text("coins-invite"), CoinAction::Invite)]);
    Screen::titled(words.text("coins-title"), lines.join("\n")).with_paragraph(&note).with_buttons(buttons)
}

/// The same after something was done, of which a line above it tells.
pub(crate) fn done(words: Words, purse: &Purse, deed: Deed, coins: Coins) -> Screen {
    let counted = |key: &str| words.with(key, &[("coins", coins.get().into())]);
    let hint = match deed {
        Deed::Daily => counted("coins-daily-got"),
        Deed::Spin => counted("coins-spun"),
        Deed::Give { .. } => counted("coins-given"),
        Deed::Redeem(_) => words.with("coins-redeemed", &[("days", REDEEM_DAYS.into())]),
    };
    overview(words, purse).with_hint(&hint)
}

/// What can be given to a partner or friend.
pub(crate) fn gifts(words: Words, balance: Coins, receiver: Receiver, page_ms: u64) -> Screen {
    let gift = |&gift: &Gift| {
        let text = words.with("coins-give", &[("coins", gift.coins().get().into())]);
        to(text, CoinAction::Give { gift, to: receiver, page_ms })
    };
    let mut buttons = rows(Gift::ALL.iter().map(gift), 3);
    let (title, body, back) = match receiver {
        Receiver::Partner(_) => ("coins-gifts-title", "coins-gifts-body", back(words)),
        Receiver::Friend(chat) => ("coins-friend-title", "coins-friend-body", vec![back_to_friend(words, chat)]),
    };
    buttons.push(back);
    Screen::titled(words.text(title), words.text(body))
        .with_paragraph(&words.with("coins-balance", &[("coins", balance.get().into())]))
        .with_buttons(buttons)
}

/// Asks whether coins shall be turned into premium.
pub(crate) fn ask_redeem(words: Words, balance: Coins, page_ms: u64) -> Screen {
    let price = [("coins", REDEEM.get().into()), ("days", REDEEM_DAYS.into())];
    let yes = to(words.with("coins-redeem-yes", &price), CoinAction::Redeem { page_ms });
    Screen::titled(words.text("coins-redeem-title"), words.with("coins-redeem-body", &price))
        .with_paragraph(&words.text("premium-changes"))
        .with_paragraph(&words.with("coins-balance", &[("coins", balance.get().into())]))
        .with_buttons(vec![vec![yes], back(words)])
}

/// The link that invites friends.
pub(crate) fn invite(words: Words, link: &str) -> Screen {
    Screen::titled(words.text("invite-title"), words.with("invite-body", &[("coins", REFERRAL.get().into())]))
        .with_paragraph(link)
        .with_buttons(vec![back(words)])
}

/// What an invitation has brought the invited person.
pub(crate) fn invite_paid(words: Words, coins: Coins) -> Screen {
    Screen::plain(words.with("invite-paid-guest", &[("coins", coins.get().into())]))
}

/// Why coins do not move, as the answer to a button.
pub(crate) fn refusal(words: Words, refusal: CoinRefusal, now: Timestamp) -> String {
    match refusal {
        CoinRefusal::TooSoon { until } => waiting(words, "coins-too-soon", until, now),
        CoinRefusal::TooFew { have, need } => {
            words.with("coins-too-few", &[("have", have.get().into()), ("need", need.get().into())])
        }
        CoinRefusal::Oneself => words.text("old-button"),
    }
}

/// A text with the time until a moment, to the minute and never less than one.
fn waiting(words: Words, key: &str, until: Timestamp, now: Timestamp) -> String {
    let minutes = until.since(now).as_secs().div_ceil(60);
    words.with(key, &[("hours", (minutes / 60).into()), ("minutes", (minutes % 60).into())])
}

/// The way back from a gift to the friend it is for.
pub(super) fn back_to_friend(words: Words, chat: ChatId) -> Button {
    Button::new(words.text("button-back"), Callback::Friends(FriendAction::Show(chat)))
}

fn back(words: Words) -> Vec<Button> {
    vec![to(words.text("button-back"), CoinAction::Open)]
}

fn to(text: String, action: CoinAction) -> Button {
    Button::new(text, Callback::Coins(action))
}
