//! The engine's notices as screens: searching, the match card, the end of a chat.

use luvhive_core::chat::{EndReason, Undelivered};
use luvhive_core::engine::event::Command;
use luvhive_core::engine::notice::{Ended, MatchCard, Notice};
use luvhive_core::filter::Filter;
use luvhive_core::id::{ChatId, MessageId};
use luvhive_core::tier::Capped;

use super::conduct;
use super::decision;
use super::friend;
use super::hold;
use super::meeting;
use super::menu::Menu;
use super::news;
use super::registration;
use super::screen::{Button, Keyboard, Screen};
use crate::callback::Callback;
use crate::locale::{Words, typed};

/// Shows a notice.
pub(super) fn screen(words: Words, notice: &Notice) -> Screen {
    let idle = || Keyboard::Menu(Menu::idle(words));
    let searching = || Keyboard::Menu(Menu::searching(words));
    let chatting = || Keyboard::Menu(Menu::chatting(words));
    let plain = |key: &str| Screen::plain(words.text(key));
    match notice {
        Notice::Searching { usual_wait_s } => {
            Screen::titled(words.text("searching-title"), estimate(words, *usual_wait_s)).with(searching())
        }
        Notice::AlreadySearching => plain("already-searching").with(searching()),
        Notice::AlreadyChatting => plain("already-chatting").with(chatting()),
        Notice::SearchCancelled => plain("search-cancelled").with(idle()),
        Notice::NothingToEnd => plain("nothing-to-end").with(idle()),
        Notice::OfferWiden { filter, would_fit } => offer_widen(words, *filter, *would_fit),
        Notice::Widened { filter } => Screen::plain(words.with("widened", &[("filter", words.filter(*filter, "wish").into())])),
        Notice::SearchPaused => Screen::titled(words.text("search-paused-title"), words.text("search-paused-body")).with(idle()),
        Notice::Meeting { card, standing, lasts_s, .. } => meeting::card(words, card, *standing, *lasts_s),
        Notice::MeetingFailed { searching } => meeting::failed(words, *searching),
        Notice::Declined { searching: true } => plain("meeting-declined").with(searching()),
        Notice::Declined { searching: false } => plain("meeting-declined-idle").with(idle()),
        Notice::MeetingMissed => meeting::missed(words),
        Notice::MeetingFirst => plain("meeting-first"),
        Notice::WrittenBefore { chat, message, content } => meeting::written_before(words, *chat, *message, *content),
        Notice::SentNow { .. } => plain("written-before-sent"),
        Notice::AskAgain { command } => meeting::ask_again(words, *command),
        Notice::Matched(card) => matched(words, card).with(chatting()),
        Notice::ChatEnded { chat, how, searching, can_rate, undelivered } => {
            let after = After { is_searching: *searching, can_rate: *can_rate, undelivered: *undelivered };
            ended(words, *chat, *how, after)
        }
        Notice::NotRelayed { content } => Screen::plain(words.not_relayed(*content)),
        Notice::NotDelivered { message, why } => undelivered(words, *message, *why),
        Notice::MediaRefused => plain("media-refused"),
        Notice::TextOnly => plain("text-only"),
        Notice::TooEarly { left_s } => Screen::plain(words.with("too-early", &[("left", (*left_s).into())])),
        Notice::Withheld { content } => Screen::plain(words.withheld(*content)),
        Notice::Held { message } => hold::below(words, *message, "held"),
        Notice::TooManyHeld => plain("too-many-held"),
        Notice::Released { message, .. } => hold::below(words, *message, "released"),
        Notice::AskLeak { hold, message, leaks } => hold::ask_leak(words, *hold, (*message, *leaks)),
        Notice::AskAge { hold, message } => hold::ask_age(words, *hold, *message),
        Notice::AskSeemsMinor { chat } => hold::ask_seems_minor(words, *chat),
        Notice::WaitsToo { message } => hold::below(words, *message, "waits-too"),
        Notice::TakenBack { has_copy: true, .. } => plain("not-relayed-edit-taken-back"),
        Notice::TakenBack { has_copy: false, .. } => plain("not-relayed-taken-back"),
        Notice::LinkTooNew => plain("link-too-new"),
        Notice::Enough { of: Capped::Partners, left_h } => enough(words, "enough-partners", *left_h).with(idle()),
        Notice::Enough { of: Capped::Links, left_h } => enough(words, "enough-links", *left_h),
        Notice::Enough { of: Capped::Media, left_h } => enough(words, "enough-media", *left_h),
        Notice::AskMedia { hold } => hold::ask_media(words, *hold),
        Notice::Media { chat, is_on, .. } => hold::media(words, *chat, *is_on),
        Notice::MediaAllowed => plain("media-allowed"),
        Notice::PartnerSlow => plain("partner-slow"),
        Notice::InvoiceUnclear => plain("invoice-unclear"),
        Notice::TooFast { lost } => Screen::plain(words.with("too-fast", &[("lost", (*lost).into())])),
        Notice::Suspended { until } => decision::suspended(words, *until, None),
        Notice::Sanctioned { until, reason, news } => match news {
            Some(news) => decision::sanctioned(words, *until, reason, *news),
            None => decision::sanctioned_before(words, *until, reason).with(idle()),
        },
        Notice::Warned { reason, news } => decision::warned(words, reason, *news),
        Notice::Appealed(news) => decision::appealed(words, news),
        Notice::SanctionLifted { reason } => {
            let reason = words.with("sanction-reason", &[("reason", typed(reason).into())]);
            Screen::titled(words.text("sanction-lifted-title"), words.text("sanction-lifted-body"))
                .with_paragraph(&reason)
                .with(idle())
        }
        Notice::Corrected { news } => registration::corrected(words, *news),
        Notice::News { news, premium_until } => news::screen(words, news, *premium_until),
        Notice::Invitation { news, .. } => friend::invitation(words, news),
        Notice::NotUnderstood => plain("not-understood"),
    }
}

/// Why a message or a change to it did not reach the partner, said below it.
pub(crate) fn undelivered(words: Words, message: MessageId, why: Undelivered) -> Screen {
    Screen::plain(words.undelivered(why)).replying(message)
}

/// What somebody hears who has done so much that they go on in some hours.
fn enough(words: Words, key: &str, left_h: u32) -> Screen {
    Screen::plain(words.with(key, &[("hours", left_h.into())]))
}

/// An honest estimate: none without figures, never less than "under a minute".
fn estimate(words: Words, usual_wait_s: Option<u32>) -> String {
    match usual_wait_s {
        None => words.text("searching-unknown"),
        Some(seconds) if seconds < 60 => words.with("searching-usual", &[("minutes", 0.into())]),
        Some(seconds) => words.with("searching-usual", &[("minutes", (seconds.saturating_add(30) / 60).into())]),
    }
}

fn offer_widen(words: Words, filter: Filter, would_fit: u32) -> Screen {
    let name = words.filter(filter, "wish");
    let body = words.with("widen-body", &[("filter", name.clone().into()), ("count", would_fit.into())]);
    let button = words.with("widen-button", &[("filter", name.into())]);
    Screen::titled(words.text("widen-title"), body)
        .with_buttons(vec![vec![Button::new(button, Callback::Command(Command::Widen(filter)))]])
}

/// What a match card says about the partner, line by line.
pub(super) fn who(words: Words, card: &MatchCard) -> Vec<String> {
    let ages = card.ages.map(|(low, high)| words.with("matched-ages", &[("low", low.into()), ("high", high.into())]));
    let city = card.city.as_ref().map(|city| typed(city.as_str()));
    let country = card.country.map(|country| words.country(country));
    let parts = [Some(words.gender(card.gender)), ages, city, country];
    let mut lines = vec![words.list(parts.into_iter().flatten())];
    if !card.interests.is_empty() {
        lines.push(words.with("matched-interests", &[("interests", words.interest_set(card.interests).into())]));
    }
    if !card.languages.is_empty() {
        lines.push(words.with("matched-languages", &[("languages", words.spoken_set(card.languages).into())]));
    }
    if card.is_verified {
        lines.push(words.text("matched-verified"));
    }
    if let Some(percent) = card.good_ratings_percent {
        lines.push(words.with("matched-rating", &[("percent", percent.into())]));
    }
    lines.extend(card.bio.as_ref().map(|bio| words.with("matched-bio", &[("bio", typed(bio.as_str()).into())])));
    lines
}

fn matched(words: Words, card: &MatchCard) -> Screen {
    let question = words.with("matched-icebreaker", &[("question", words.icebreaker(card.icebreaker).into())]);
    Screen::titled(words.text("matched-title"), who(words, card).join("\n"))
        .with_paragraph(&question)
        .with_paragraph(&words.text("matched-closing"))
}

/// What can still be said about a partner after a chat.
#[derive(Clone, Copy)]
enum Aftermath {
    /// Rate, report, block.
    All,
    /// The person was blocked: a report is still possible.
    ReportOnly,
    /// Nothing.
    Nothing,
}

/// What the end of a chat leaves open.
#[derive(Clone, Copy)]
struct After {
    /// Whether the next partner is looked for already.
    is_searching: bool,
    can_rate: bool,
    undelivered: u32,
}

fn ended(words: Words, chat: ChatId, how: Ended, after: After) -> Screen {
    let (key, aftermath) = match how {
        Ended::ByYou(EndReason::Stopped | EndReason::Next) => ("ended-stopped", Aftermath::All),
        Ended::ByYou(EndReason::Blocked) => ("ended-blocked", Aftermath::ReportOnly),
        Ended::ByYou(EndReason::Reported) => ("ended-reported", Aftermath::Nothing),
        Ended::ByYou(EndReason::Sanctioned) => ("ended-sanctioned", Aftermath::Nothing),
        Ended::ByYou(EndReason::Deleted) => ("ended-deleted", Aftermath::Nothing),
        Ended::ByYou(EndReason::Gone | EndReason::Declined | EndReason::Unanswered) | Ended::ByPartner => {
            ("ended-by-partner", Aftermath::All)
        }
        Ended::PartnerGone => ("ended-partner-gone", Aftermath::All),
    };
    let mut body = words.text(key);
    if after.is_searching {
        body = format!("{body} {}", words.text("ended-searching"));
    }
    let mut screen = Screen::titled(words.text("ended-title"), body);
    if after.undelivered > 0 {
        screen = screen.with_paragraph(&words.with("ended-undelivered", &[("count", after.undelivered.into())]));
    }
    // The menu comes with the next message; inline buttons and a menu cannot stand below one message.
    let search = if after.is_searching {
        Button::new(words.text("button-cancel-search"), Callback::Command(Command::CancelSearch))
    } else {
        Button::new(words.text("button-find"), Callback::Command(Command::Find))
    };
    match aftermath {
        Aftermath::All => {
            let mut rows = conduct::rating_rows(words, chat, after.can_rate);
            rows.push(vec![search]);
            if after.can_rate {
                screen = screen.with_paragraph(&words.text("ended-ask"));
            }
            screen.with_buttons(rows)
        }
        Aftermath::ReportOnly => {
            let report = Button::new(words.text("button-report"), Callback::AskReport { chat, message: None });
            screen.with_buttons(vec![vec![report], vec![search]])
        }
        Aftermath::Nothing if after.is_searching => screen.with(Keyboard::Menu(Menu::searching(words))),
        Aftermath::Nothing => screen.with(Keyboard::Menu(Menu::idle(words))),
    }
}
