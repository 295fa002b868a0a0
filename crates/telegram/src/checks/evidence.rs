//! A look at the evidence chat: may the bot post, can strangers read it, and do its posts vanish in time but not before.

use std::time::Duration;

use luvhive_core::check::Check;
use luvhive_core::error::chain;
use luvhive_core::id::TelegramId;

use crate::client::{BotApi, ChannelView};

const ACCESS: &str = "evidence_access";
const PRIVACY: &str = "evidence_privacy";
const TIMER: &str = "evidence_timer";
const DAY_S: u64 = 24 * 60 * 60;

/// Looks at the evidence chat; its posts are kept for `kept`.
pub async fn evidence(api: &BotApi, channel: Option<TelegramId>, kept: Duration) -> Vec<Check> {
    let Some(channel) = channel else {
        let found = "no evidence chat is set: staff decide without seeing what was reported";
        let remedy = "make a private channel, make the bot an administrator that may post and delete, and set evidence.chat";
        return with_others_skipped(Check::warn(ACCESS, found, remedy), "no evidence chat is set");
    };
    match api.look_at_channel(channel).await {
        Ok(view) => judge(&view, kept).to_vec(),
        Err(error) => {
            let found = format!("the evidence chat cannot be looked at: {}", chain(&error));
            let remedy = "add the bot to the channel as an administrator, or correct evidence.chat; reports are kept meanwhile";
            with_others_skipped(Check::fail(ACCESS, found, remedy), "the evidence chat cannot be looked at")
        }
    }
}

/// The checks of [`evidence`], not made for this reason.
pub fn evidence_skipped(why: &str) -> Vec<Check> {
    [ACCESS, PRIVACY, TIMER].map(|name| Check::skipped(name, why)).to_vec()
}

fn with_others_skipped(first: Check, why: &str) -> Vec<Check> {
    std::iter::once(first).chain([PRIVACY, TIMER].map(|name| Check::skipped(name, why))).collect()
}

fn judge(view: &ChannelView, kept: Duration) -> [Check; 3] {
    [access(view), privacy(view), timer(view, kept)]
}

fn access(view: &ChannelView) -> Check {
    let member = &view.member;
    if view.kind != "channel" {
        let found = format!("evidence.chat is a {}, not a channel", view.kind);
        return Check::fail(ACCESS, found, "make a private channel for evidence and set its id");
    }
    if !view.can_post() {
        let remedy = "make the bot an administrator of the channel, with the rights to post and to delete messages";
        return Check::fail(ACCESS, "the bot may not post in the evidence chat", remedy);
    }
    if !member.can_delete_messages {
        let remedy = "give it the right to delete messages of others too, so that nothing stays that it does not know of";
        return Check::warn(ACCESS, "the bot may post in the evidence chat, but not delete", remedy);
    }
    if member.can_edit_messages {
        let remedy = "take the right to edit messages of others away: it takes a post of somebody else for its own";
        return Check::warn(ACCESS, "the bot may edit what others post in the evidence chat", remedy);
    }
    Check::ok(ACCESS, "the bot may post and delete in the evidence chat")
}

fn privacy(view: &ChannelView) -> Check {
    if view.username.is_some() || !view.active_usernames.is_empty() {
        let remedy = "make the channel private at once: everybody on Telegram can read what was reported";
        return Check::fail(PRIVACY, "the evidence chat is public: it has a username", remedy);
    }
    if view.linked_chat_id.is_some() {
        let remedy = "unlink the group: Telegram forwards every post to it";
        return Check::fail(PRIVACY, "the evidence chat has a discussion group", remedy);
    }
    Check::ok(PRIVACY, "the evidence chat is private")
}

fn timer(view: &ChannelView, kept: Duration) -> Check {
    let days = kept.as_secs() / DAY_S;
    match view.message_auto_delete_time {
        None => {
            let found =
                "posts in the evidence chat do not vanish by themselves, and a bot can delete only what is younger than 48 hours";
            let remedy = format!("set the channel's auto-delete timer to {days} days or somewhat more (\"1 month\")");
            Check::warn(TIMER, found, remedy)
        }
        Some(seconds) if seconds < kept.as_secs() => {
            let found =
                format!("posts in the evidence chat vanish after {} hours, evidence is kept for {days} days", seconds / 3_600);
            Check::fail(TIMER, found, format!("set the channel's auto-delete timer to {days} days or somewhat more"))
        }
        Some(seconds) => Check::ok(TIMER, format!("posts in the evidence chat vanish after {} days", seconds / DAY_S)),
    }
}

#[cfg(test)]
mod tests {
    use luvhive_core::check::Status;

    use super::*;
    use crate::client::MemberView;

    const KEPT: Duration = Duration::from_hours(24 * 30);

    fn good() -> ChannelView {
        let member = MemberView {
            status: "administrator".to_owned(),
            can_post_messages: true,
            can_delete_messages: true,
            can_edit_messages: false,
        };
        ChannelView { kind: "channel".to_owned(), message_auto_delete_time: Some(31 * DAY_S), member, ..ChannelView::default() }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut ChannelView), expected: [Status; 3]) {
        let mut view = good();
        change(&mut view);
        let found = judge(&view, KEPT);
        assert_eq!(found.clone().map(|check| check.status), expected, "{found:?}");
        for one in found.iter().filter(|check| check.status > Status::Ok) {
            assert!(!one.remedy.is_empty(), "{one:?}");
        }
    }

    #[test]
    fn a_channel_is_as_it_should_be() {
        check(|_| {}, [Status::Ok; 3]);
    }

    #[test]
    fn a_bot_that_cannot_post_is_a_fault() {
        check(|view| view.kind = "supergroup".to_owned(), [Status::Fail, Status::Ok, Status::Ok]);
        check(|view| view.member.status = "left".to_owned(), [Status::Fail, Status::Ok, Status::Ok]);
        check(|view| view.member.can_post_messages = false, [Status::Fail, Status::Ok, Status::Ok]);
        check(|view| view.member.can_delete_messages = false, [Status::Warn, Status::Ok, Status::Ok]);
        check(|view| view.member.can_edit_messages = true, [Status::Warn, Status::Ok, Status::Ok]);
    }

    #[test]
    fn a_channel_that_others_can_read_is_a_fault() {
        check(|view| view.username = Some("x".to_owned()), [Status::Ok, Status::Fail, Status::Ok]);
        check(|view| view.active_usernames = vec!["x".to_owned()], [Status::Ok, Status::Fail, Status::Ok]);
        check(|view| view.linked_chat_id = Some(-100), [Status::Ok, Status::Fail, Status::Ok]);
    }

    #[test]
    fn posts_vanish_in_time_and_not_before() {
        check(|view| view.message_auto_delete_time = None, [Status::Ok, Status::Ok, Status::Warn]);
        check(|view| view.message_auto_delete_time = Some(30 * DAY_S - 1), [Status::Ok, Status::Ok, Status::Fail]);
        check(|view| view.message_auto_delete_time = Some(30 * DAY_S), [Status::Ok; 3]);
    }
}
