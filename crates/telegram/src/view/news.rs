//! News as screens: what a person is told without having asked.

use luvhive_core::engine::News;
use luvhive_core::premium::PremiumNews;
use luvhive_core::time::Timestamp;

use super::friend;
use super::screen::Screen;
use crate::locale::{Words, typed};

/// Shows a piece of news; `premium_until` is how long the person is premium, `None` = they are not.
pub(super) fn screen(words: Words, news: &News, premium_until: Option<Timestamp>) -> Screen {
    match news {
        News::Coins(coins) => Screen::plain(words.with("coins-received", &[("coins", coins.get().into())])),
        News::InvitePaid(coins) => Screen::plain(words.with("invite-paid-host", &[("coins", coins.get().into())])),
        News::Friend { news, chat } => friend::news(words, *news, *chat),
        News::Report { is_upheld: true } => Screen::plain(words.text("report-upheld")),
        News::Report { is_upheld: false } => Screen::plain(words.text("report-dismissed")),
        News::Premium { news, .. } => premium(words, news, premium_until),
    }
}

/// What happened to somebody's premium without their doing.
fn premium(words: Words, news: &PremiumNews, until: Option<Timestamp>) -> Screen {
    let (title, body, reason) = match news {
        PremiumNews::Gift { days } => {
            ("premium-news-gift-title", words.with("premium-news-gift", &[("days", (*days).into())]), None)
        }
        PremiumNews::GiftTakenBack { days } => {
            ("premium-news-taken-title", words.with("premium-news-taken", &[("days", (*days).into())]), None)
        }
        PremiumNews::Granted { days, reason } => {
            ("premium-news-granted-title", words.with("premium-news-granted", &[("days", (*days).into())]), Some(reason))
        }
        PremiumNews::Trial { days } => {
            ("premium-news-trial-title", words.with("premium-news-trial", &[("days", (*days).into())]), None)
        }
    };
    let mut screen = Screen::titled(words.text(title), body);
    if let Some(reason) = reason {
        screen = screen.with_paragraph(&words.with("sanction-reason", &[("reason", typed(reason).into())]));
    }
    if let Some(until) = until {
        screen = screen.with_paragraph(&words.with("premium-news-until", &[("until", words.moment(until).into())]));
    }
    screen
}
