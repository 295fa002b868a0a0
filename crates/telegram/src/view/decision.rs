//! Decisions of the staff as the person reads them, and the way to appeal against them.

use luvhive_core::conduct::ProfileText;
use luvhive_core::conduct::SanctionKind;
use luvhive_core::decision::{AppealNews, Appealable, DecisionNews, MOST_APPEAL};
use luvhive_core::id::SanctionId;
use luvhive_core::time::Timestamp;

use super::screen::{Button, Screen};
use crate::callback::Callback;
use crate::locale::{Words, typed};

/// What somebody hears who is suspended or banned and asks for a partner; `appeal` is the decision they can appeal against.
pub(crate) fn suspended(words: Words, until: Timestamp, appeal: Option<Appealable>) -> Screen {
    let screen = until_when(words, until, ["suspended-body", "banned-body"]);
    match appeal {
        None => screen,
        Some(Appealable { is_appealed: true, .. }) => screen.with_paragraph(&words.text("appeal-waits")),
        Some(Appealable { sanction, is_appealed: false }) => with_appeal(words, screen, sanction),
    }
}

/// A decision that suspends.
pub(super) fn sanctioned(words: Words, until: Timestamp, reason: &str, news: DecisionNews) -> Screen {
    let screen = if news.kind == SanctionKind::Cooldown {
        let body = words.with("sanctioned-cooldown", &[("until", words.moment(until).into())]);
        Screen::titled(words.text("cooldown-title"), body)
    } else {
        sanctioned_screen(words, until)
    };
    let screen = if news.is_pending { screen.with_paragraph(&words.text("sanctioned-pending")) } else { screen };
    explained(words, screen, reason, news)
}

/// A decision of a release that told nothing else of it.
pub(super) fn sanctioned_before(words: Words, until: Timestamp, reason: &str) -> Screen {
    with_reason(words, sanctioned_screen(words, until), reason)
}

/// A decision that does not suspend.
pub(super) fn warned(words: Words, reason: &str, news: DecisionNews) -> Screen {
    let (title, body) = match news.text {
        Some(ProfileText::Bio) => ("removed-title", "removed-bio"),
        Some(ProfileText::City) => ("removed-title", "removed-city"),
        None => ("warned-title", "warned-body"),
    };
    explained(words, Screen::titled(words.text(title), words.text(body)), reason, news)
}

/// How an appeal ended.
pub(super) fn appealed(words: Words, news: &AppealNews) -> Screen {
    let (title, body) = if news.is_overturned {
        ("appeal-overturned-title", "appeal-overturned-body")
    } else {
        ("appeal-upheld-title", "appeal-upheld-body")
    };
    with_reason(words, Screen::titled(words.text(title), words.text(body)), &news.note)
}

/// Asks for the message in which somebody appeals.
pub(crate) fn ask_appeal(words: Words) -> Screen {
    let body = words.with("appeal-body", &[("most", MOST_APPEAL.into())]);
    let cancel = Button::new(words.text("appeal-cancel"), Callback::Dismiss);
    Screen::titled(words.text("appeal-title"), body).with_buttons(vec![vec![cancel]])
}

/// The appeal has reached the staff.
pub(crate) fn appeal_sent(words: Words) -> Screen {
    Screen::titled(words.text("appeal-sent-title"), words.text("appeal-sent-body"))
}

fn sanctioned_screen(words: Words, until: Timestamp) -> Screen {
    until_when(words, until, ["sanctioned-suspended", "sanctioned-banned"])
}

/// Says it by the first key for a while, by the other for good.
fn until_when(words: Words, until: Timestamp, [a_while, for_good]: [&str; 2]) -> Screen {
    if until == Timestamp::MAX {
        return Screen::titled(words.text("banned-title"), words.text(for_good));
    }
    let body = words.with(a_while, &[("until", words.moment(until).into())]);
    Screen::titled(words.text("suspended-title"), body)
}

/// Which rule it is about, what the staff say, and the way to appeal.
fn explained(words: Words, screen: Screen, reason: &str, news: DecisionNews) -> Screen {
    let screen = match news.rule {
        Some(rule) => screen.with_paragraph(&words.with("decision-rule", &[("rule", words.rule(rule).into())])),
        None => screen,
    };
    with_appeal(words, with_reason(words, screen, reason), news.sanction)
}

fn with_reason(words: Words, screen: Screen, reason: &str) -> Screen {
    screen.with_paragraph(&words.with("sanction-reason", &[("reason", typed(reason).into())]))
}

fn with_appeal(words: Words, screen: Screen, sanction: SanctionId) -> Screen {
    screen.with_buttons(vec![vec![Button::new(words.text("button-appeal"), Callback::Appeal { sanction })]])
}
