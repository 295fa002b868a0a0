//! Friends: asking, the list, one of them. Nobody is named: a friend is a number and what the match card shows.

use luvhive_core::chat::Icebreaker;
use luvhive_core::engine::event::Command;
use luvhive_core::engine::notice::{InvitationNews, MatchCard};
use luvhive_core::friend::{Friend, FriendNews, FriendRefusal};
use luvhive_core::id::ChatId;
use luvhive_core::person::PersonFacts;
use luvhive_core::time::Timestamp;

use super::notice;
use super::screen::{Button, Screen, rows};
use crate::callback::{Callback, CoinAction, FriendAction, PremiumAction, ProfileAction, ProfilePage, Receiver};
use crate::locale::Words;

/// What a friend shows to a person.
fn card(me: &PersonFacts, friend: &Friend, now: Timestamp) -> MatchCard {
    MatchCard::between(friend.chat, [me, &friend.facts], Icebreaker::pick(0), now)
}

/// All friends.
pub(crate) fn list(words: Words, me: &PersonFacts, friends: &[Friend], now: Timestamp) -> Screen {
    let line = |friend: &Friend| {
        let who = notice::who(words, &card(me, friend, now)).into_iter().next().unwrap_or_default();
        let label = words.with("friends-label", &[("number", friend.number.into()), ("who", who.into())]);
        to(label, FriendAction::Show(friend.chat))
    };
    let mut buttons = rows(friends.iter().map(line), 1);
    buttons.push(vec![Button::new(words.text("button-back"), Callback::Profile(ProfileAction::Show(ProfilePage::Overview)))]);
    let body = if friends.is_empty() { "friends-none" } else { "friends-body" };
    Screen::titled(words.text("friends-title"), words.text(body)).with_buttons(buttons)
}

/// One friend, and what can be done.
pub(crate) fn one(words: Words, me: &PersonFacts, friend: &Friend, now: Timestamp) -> Screen {
    let receiver = Receiver::Friend(friend.chat);
    let title = words.with("friends-one", &[("number", friend.number.into())]);
    let since = words.with("friends-since", &[("date", words.day(friend.since.day()).into())]);
    Screen::titled(title, notice::who(words, &card(me, friend, now)).join("\n")).with_paragraph(&since).with_buttons(vec![
        vec![to(words.text("friends-invite"), FriendAction::Invite(friend.chat))],
        vec![
            Button::new(words.text("friends-give-premium"), Callback::Premium(PremiumAction::Gifts(receiver))),
            Button::new(words.text("friends-give-coins"), Callback::Coins(CoinAction::Gifts(receiver))),
        ],
        vec![to(words.text("friends-remove"), FriendAction::AskRemove(friend.chat))],
        vec![to(words.text("button-back"), FriendAction::Open)],
    ])
}

/// Asks whether a friend shall be removed.
pub(crate) fn ask_remove(words: Words, friend: &Friend) -> Screen {
    let title = words.with("friends-remove-title", &[("number", friend.number.into())]);
    Screen::titled(title, words.text("friends-remove-body")).with_buttons(vec![
        vec![to(words.text("friends-remove-yes"), FriendAction::Remove(friend.chat))],
        vec![to(words.text("button-back"), FriendAction::Show(friend.chat))],
    ])
}

/// What a person is told about friends without having asked.
pub(crate) fn news(words: Words, news: FriendNews, chat: ChatId) -> Screen {
    match news {
        FriendNews::Asked => {
            Screen::titled(words.text("friend-asked-title"), words.text("friend-asked-body")).with_buttons(vec![vec![
                to(words.text("friend-accept"), FriendAction::Accept(chat)),
                to(words.text("friend-decline"), FriendAction::Decline(chat)),
            ]])
        }
        FriendNews::Accepted => befriended(words, "friend-accepted", chat),
    }
}

/// What a person hears about an invitation to chat.
pub(super) fn invitation(words: Words, news: &InvitationNews) -> Screen {
    let named = |key: &str, number: u16| words.with(key, &[("number", number.into())]);
    let lasting = |key: &str, number: u16, lasts_s: u32| {
        // Nobody counts on the last seconds of a minute.
        let minutes = (lasts_s.saturating_add(30) / 60).max(1);
        words.with(key, &[("number", number.into()), ("minutes", minutes.into())])
    };
    match news {
        InvitationNews::Sent { number, lasts_s } => Screen::plain(lasting("invitation-sent", *number, *lasts_s)),
        InvitationNews::Asked { number, card, lasts_s } => {
            let press = |key: &str, command| Button::new(words.text(key), Callback::Command(command));
            Screen::titled(named("invitation-title", *number), notice::who(words, card).join("\n"))
                .with_paragraph(&lasting("invitation-asked", *number, *lasts_s))
                .with_buttons(vec![vec![
                    press("invitation-accept", Command::AcceptInvitation(card.chat)),
                    press("invitation-decline", Command::DeclineInvitation(card.chat)),
                ]])
        }
        InvitationNews::Busy => Screen::plain(words.text("invitation-busy")),
        InvitationNews::Held { lasts_s } => Screen::plain(lasting("invitation-held", 0, *lasts_s)),
        InvitationNews::Declined => Screen::plain(words.text("invitation-declined")),
        InvitationNews::Taken { number } => Screen::plain(named("invitation-taken", *number)),
        InvitationNews::Over { number, chat } => Screen::plain(named("invitation-over", *number))
            .with_buttons(vec![vec![to(words.text("friends-show"), FriendAction::Show(*chat))]]),
        InvitationNews::NeverFree => Screen::plain(words.text("invitation-never-free")),
    }
}

/// Two are friends now.
pub(crate) fn befriended(words: Words, key: &str, chat: ChatId) -> Screen {
    Screen::plain(words.text(key)).with_buttons(vec![vec![to(words.text("friends-show"), FriendAction::Show(chat))]])
}

/// Why nothing came of it, as the answer to a button or command.
pub(crate) fn refusal(words: Words, refusal: FriendRefusal) -> String {
    words.text(match refusal {
        FriendRefusal::Already => "friend-already",
        FriendRefusal::Asked => "friend-asked-before",
        FriendRefusal::Blocked => "friend-blocked",
        FriendRefusal::Full => "friend-full",
        FriendRefusal::NothingAsked => "friend-nothing-asked",
    })
}

/// The button that asks the partner of a chat.
pub(super) fn ask_button(words: Words, chat: ChatId) -> Button {
    to(words.text("friend-add"), FriendAction::Ask(chat))
}

fn to(text: String, action: FriendAction) -> Button {
    Button::new(text, Callback::Friends(action))
}
