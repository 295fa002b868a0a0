//! The channel: a private one of which the bot is an administrator, with Telegram's limits and rules.

use std::time::Duration;

use luvhive_sandbox::{Membership, SandboxSettings};
use serde_json::{Value, json};

use crate::kit::{Answer, Bot, folder};

impl Bot {
    /// Calls a method with the channel as its chat.
    async fn in_channel(&self, method: &str, mut params: Value) -> Answer {
        params["chat_id"] = json!(self.sandbox.channel_id());
        self.call(method, params).await
    }

    async fn posts(&self, text: &str) -> i64 {
        self.in_channel("sendMessage", json!({"text": text})).await.result()["message_id"].as_i64().unwrap()
    }

    fn texts(&self) -> Vec<String> {
        self.sandbox.channel_posts().into_iter().map(|post| post.text).collect()
    }
}

fn refused(status: u16, description: &str) -> (u16, String) {
    (status, description.to_owned())
}

#[tokio::test]
async fn channel_is_private_and_the_bot_may_post() {
    let bot = Bot::new().await;
    let id = bot.sandbox.channel_id();
    assert!(id < -1_000_000_000_000, "{id}");
    let chat = bot.in_channel("getChat", json!({})).await.result();
    assert_eq!((&chat["id"], &chat["type"], &chat["title"]), (&json!(id), &json!("channel"), &json!("Evidence")));
    for absent in ["username", "active_usernames", "linked_chat_id", "message_auto_delete_time", "first_name"] {
        assert_eq!(chat.get(absent), None, "{absent}");
    }
    let member = bot.in_channel("getChatMember", json!({"user_id": bot.sandbox.bot_id()})).await.result();
    assert_eq!((&member["status"], &member["user"]["is_bot"]), (&json!("administrator"), &json!(true)));
    assert_eq!((&member["can_post_messages"], &member["can_delete_messages"]), (&json!(true), &json!(true)));
    let asha = bot.person("Asha");
    let status = async |user: i64| bot.in_channel("getChatMember", json!({"user_id": user})).await;
    assert_eq!(status(asha.get()).await.result()["status"], json!("left"));
    assert_eq!(status(5).await.refusal(), refused(400, "Bad Request: user not found"));
    assert_eq!(status(0).await.refusal(), refused(400, "Bad Request: invalid user_id specified"));
    let own = bot.call("getChatMember", json!({"chat_id": asha.get(), "user_id": asha.get()})).await.result();
    assert_eq!(own["status"], json!("member"));
}

#[tokio::test]
async fn posts_are_the_channels_and_have_ids_of_their_own() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let first = bot.in_channel("sendMessage", json!({"text": "one"})).await.result();
    assert_eq!(first["sender_chat"]["id"], json!(bot.sandbox.channel_id()));
    assert_eq!((first.get("from"), &first["message_id"]), (None, &json!(2)), "the first one says that the channel was made");
    let private = bot.sandbox.send_text(asha, "hello", None).unwrap();
    let copy = json!({"from_chat_id": asha.get(), "message_id": private, "protect_content": true});
    assert_eq!(bot.in_channel("copyMessage", copy).await.result()["message_id"], json!(3));
    let missing = json!({"from_chat_id": asha.get(), "message_id": 999});
    assert_eq!(bot.in_channel("copyMessage", missing).await.refusal(), refused(400, "Bad Request: message to copy not found"));
    let several = json!({"from_chat_id": asha.get(), "message_ids": [private, 999]});
    assert_eq!(bot.in_channel("copyMessages", several).await.result(), json!([{"message_id": 4}]));
    assert_eq!(bot.texts(), ["one", "hello", "hello"]);
    assert!(bot.sandbox.channel_posts()[1].is_protected);
    assert_eq!(bot.sandbox.send_text(asha, "more", None).unwrap(), private + 1, "posts take no ids of private chats");
    let unknown = bot.in_channel("sendMessage", json!({"text": "x", "message_thread_id": 1})).await.refusal();
    assert_eq!(unknown, refused(400, "Bad Request: unknown field \"message_thread_id\" for sendMessage"));
}

#[tokio::test]
async fn channel_takes_twenty_a_minute() {
    let bot = Bot::new().await;
    for n in 0..20 {
        bot.posts(&format!("{n}")).await;
    }
    let refusal = bot.in_channel("sendMessage", json!({"text": "x"})).await;
    assert_eq!(refusal.status, 429);
    assert_eq!(refusal.json()["parameters"]["retry_after"], json!(3), "{}", refusal.body);
    // Looking and deleting are not posting, and people are not held up.
    bot.in_channel("getChat", json!({})).await.result();
    bot.in_channel("deleteMessage", json!({"message_id": 2})).await.result();
    bot.say(bot.person("Asha"), "x").await;
    assert_eq!(bot.texts().len(), 19);
}

#[tokio::test]
async fn posts_can_be_deleted_for_two_days_by_those_who_may() {
    let bot = Bot::new().await;
    let (own, other) = (bot.posts("own").await, bot.sandbox.post_in_channel("other").unwrap());
    let delete = async |id: i64| bot.in_channel("deleteMessage", json!({"message_id": id})).await;
    bot.sandbox.change_channel(|channel| channel.can_delete = false);
    assert_eq!(delete(other).await.refusal(), refused(400, "Bad Request: message can't be deleted"));
    delete(own).await.result();
    assert_eq!(delete(own).await.refusal(), refused(400, "Bad Request: message to delete not found"));
    bot.sandbox.change_channel(|channel| channel.can_delete = true);
    delete(other).await.result();
    let old = bot.posts("old").await;
    bot.sandbox.advance_clock(Duration::from_hours(49));
    assert_eq!(delete(old).await.refusal(), refused(400, "Bad Request: message can't be deleted"));
    bot.in_channel("deleteMessages", json!({"message_ids": [old]})).await.result();
    assert_eq!(bot.texts(), ["old"]);
}

#[tokio::test]
async fn own_posts_can_be_edited_and_those_of_others_not() {
    let bot = Bot::new().await;
    let (own, other) = (bot.posts("own").await, bot.sandbox.post_in_channel("other").unwrap());
    let edit = async |id: i64| bot.in_channel("editMessageReplyMarkup", json!({"message_id": id})).await.refusal();
    assert!(edit(own).await.1.starts_with("Bad Request: message is not modified"));
    assert_eq!(edit(other).await, refused(400, "Bad Request: message can't be edited"));
    assert_eq!(edit(99).await, refused(400, "Bad Request: message to edit not found"));
}

#[tokio::test]
async fn bot_that_was_removed_is_told_and_kept_out() {
    let bot = Bot::new().await;
    bot.call("getUpdates", json!({"offset": -1, "allowed_updates": ["my_chat_member", "channel_post"]})).await.result();
    let status = async || bot.in_channel("sendMessage", json!({"text": "x"})).await.refusal();
    bot.sandbox.post_in_channel("before").unwrap();
    bot.sandbox.change_channel(|channel| channel.can_post = false);
    assert_eq!(status().await, refused(400, "Bad Request: need administrator rights in the channel chat"));
    bot.sandbox.change_channel(|channel| channel.membership = Membership::Kicked);
    assert_eq!(status().await, refused(403, "Forbidden: bot was kicked from the channel chat"));
    for (method, params) in [("getChat", json!({})), ("getChatMember", json!({"user_id": 1}))] {
        let answer = bot.in_channel(method, params).await;
        assert_eq!(answer.refusal(), refused(403, "Forbidden: bot was kicked from the channel chat"));
    }
    bot.sandbox.change_channel(|channel| channel.membership = Membership::Left);
    assert_eq!(status().await, refused(403, "Forbidden: bot is not a member of the channel chat"));
    let updates = bot.updates(0).await;
    assert_eq!(updates[0]["channel_post"]["text"], json!("before"));
    let told: Vec<&Value> = updates[1..].iter().map(|update| &update["my_chat_member"]["new_chat_member"]["status"]).collect();
    assert_eq!(told, [&json!("administrator"), &json!("kicked"), &json!("left")]);
    assert_eq!(updates[1]["my_chat_member"]["chat"]["type"], json!("channel"));
}

#[tokio::test]
async fn what_makes_a_channel_less_private_is_seen() {
    let bot = Bot::new().await;
    bot.sandbox.change_channel(|channel| {
        channel.username = Some("everybody".to_owned());
        channel.linked_chat = Some(-1_001_234_567_890);
        channel.auto_delete_s = 86_400;
    });
    let chat = bot.in_channel("getChat", json!({})).await.result();
    assert_eq!((&chat["username"], &chat["active_usernames"]), (&json!("everybody"), &json!(["everybody"])));
    assert_eq!(chat["linked_chat_id"], json!(-1_001_234_567_890_i64));
    assert_eq!(chat["message_auto_delete_time"], json!(86_400));
    let old = bot.posts("old").await;
    bot.sandbox.advance_clock(Duration::from_hours(25));
    let gone = bot.in_channel("deleteMessage", json!({"message_id": old})).await.refusal();
    assert_eq!(gone, refused(400, "Bad Request: message to delete not found"));
    assert!(bot.texts().is_empty());
}

#[tokio::test]
async fn channel_outlives_a_kill() {
    let path = folder("channel");
    let settings = || SandboxSettings::stored_in(path.clone());
    let bot = Bot::with(settings()).await;
    let id = bot.sandbox.channel_id();
    bot.posts("kept").await;
    let last = bot.posts("gone").await;
    bot.in_channel("deleteMessage", json!({"message_id": last})).await.result();
    bot.sandbox.change_channel(|channel| channel.auto_delete_s = 3_600);
    drop(bot);
    for round in 0..2 {
        let bot = Bot::with(settings()).await;
        assert_eq!((bot.sandbox.channel_id(), bot.sandbox.channel().auto_delete_s), (id, 3_600));
        assert_eq!(bot.texts()[0], "kept");
        assert_eq!(bot.posts("new").await, last + 1 + round, "no id comes twice");
    }
}

#[tokio::test]
async fn channel_is_changed_over_http() {
    let bot = Bot::new().await;
    bot.posts("hello").await;
    let mut info = serde_json::to_value(bot.sandbox.channel()).unwrap();
    info["membership"] = json!("kicked");
    let answer = bot.post("/control/channel", "application/json", info.to_string()).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!((&answer.json()["info"]["membership"], &answer.json()["posts"][0]["text"]), (&json!("kicked"), &json!("hello")));
    assert_eq!(bot.sandbox.channel().membership, Membership::Kicked);
}
