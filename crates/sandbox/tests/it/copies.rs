//! Copies as Telegram makes them, what cannot be deleted, and files under their unique ids: read from the bytes of the wire.

use std::collections::BTreeSet;
use std::time::Duration;

use luvhive_sandbox::{Media, MediaOptions, PersonId};
use serde_json::{Value, json};

use crate::kit::{Bot, ids};

impl Bot {
    /// What a person's message tells the bot.
    async fn hears(&self, person: PersonId, media: &Media) -> Value {
        self.sandbox.send_media(person, media, &MediaOptions::default()).unwrap();
        self.newest().await["message"].clone()
    }

    /// The newest update, read from the wire and confirmed.
    async fn newest(&self) -> Value {
        let update = self.updates(-1).await.remove(0);
        self.call("getUpdates", json!({"offset": ids(std::slice::from_ref(&update))[0] + 1})).await.result();
        update
    }

    /// Copies a message to `to`; returns the copy as the bot sees it when the receiver replies to it.
    async fn copies(&self, from: PersonId, message: &Value, to: PersonId) -> Value {
        let params = json!({"chat_id": to.get(), "from_chat_id": from.get(), "message_id": message["message_id"]});
        let copy = self.call("copyMessage", params).await.result();
        self.sandbox.send_text(to, "what is this?", copy["message_id"].as_i64()).unwrap();
        self.newest().await["message"]["reply_to_message"].clone()
    }
}

#[tokio::test]
async fn dice_is_rolled_again_in_a_copy() {
    let bot = Bot::new().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let dice = bot.hears(asha, &Media::Dice { value: 6 }).await;
    assert_eq!(dice["dice"], json!({"emoji": "🎲", "value": 6}));
    let mut values = BTreeSet::new();
    for _ in 0..20 {
        let copy = bot.copies(asha, &dice, bruno).await;
        assert_eq!(copy["dice"]["emoji"], json!("🎲"));
        values.insert(copy["dice"]["value"].as_u64().unwrap());
    }
    assert!(values.len() > 1 && values.iter().all(|value| (1..=6).contains(value)), "{values:?}");
}

#[tokio::test]
async fn live_location_stands_still_in_a_copy() {
    let bot = Bot::new().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let live = bot.hears(asha, &Media::Location { latitude: 1.5, longitude: 2.5, live_period: Some(900) }).await;
    assert_eq!(live["location"]["live_period"], json!(900));
    assert_eq!(bot.copies(asha, &live, bruno).await["location"], json!({"latitude": 1.5, "longitude": 2.5}));
}

#[tokio::test]
async fn poll_begins_anew_in_a_copy() {
    let bot = Bot::new().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let options = vec!["yes".to_owned(), "no".to_owned()];
    let poll = bot.hears(asha, &Media::Poll { question: "Tea?".to_owned(), options, is_anonymous: true }).await;
    let copy = bot.copies(asha, &poll, bruno).await;
    assert_ne!(copy["poll"]["id"], poll["poll"]["id"]);
    assert_eq!((&copy["poll"]["question"], &copy["poll"]["options"]), (&json!("Tea?"), &poll["poll"]["options"]));
}

#[tokio::test]
async fn protected_message_can_be_copied_by_a_bot() {
    let bot = Bot::new().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let sent = bot.call("sendMessage", json!({"chat_id": asha.get(), "text": "x", "protect_content": true})).await.result();
    assert_eq!(sent["has_protected_content"], json!(true));
    assert_eq!(bot.copies(asha, &sent, bruno).await["text"], json!("x"));
    // People cannot pass it on.
    assert!(bot.sandbox.forward(bruno, asha, sent["message_id"].as_i64().unwrap()).is_err());
}

#[tokio::test]
async fn dice_cannot_be_deleted_for_a_day() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let dice = bot.hears(asha, &Media::Dice { value: 2 }).await["message_id"].clone();
    let text = bot.sandbox.send_text(asha, "x", None).unwrap();
    let delete = json!({"chat_id": asha.get(), "message_id": dice});
    let refused = (400, "Bad Request: message can't be deleted for everyone".to_owned());
    assert_eq!(bot.call("deleteMessage", delete.clone()).await.refusal(), refused);
    // Several at once: those that can be deleted are.
    bot.call("deleteMessages", json!({"chat_id": asha.get(), "message_ids": [dice, text]})).await.result();
    let left: Vec<i64> = bot.sandbox.messages(asha).iter().map(|message| message.id).collect();
    assert_eq!(json!(left), json!([dice]));
    assert!(bot.sandbox.delete_message(asha, left[0]).is_err(), "nor does its sender");
    bot.sandbox.advance_clock(Duration::from_hours(24));
    bot.call("deleteMessage", delete).await.result();
}

#[tokio::test]
async fn file_has_one_unique_id_wherever_it_is_shown() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let mut seen = BTreeSet::new();
    let own = |name: &str| Media::Document { file_name: name.to_owned() };
    let all = [Media::Photo, Media::Sticker, Media::Voice, Media::Video, own("notes.pdf"), own("a.pdf"), own("b.pdf")];
    for media in all {
        let message = bot.hears(asha, &media).await;
        let field = ["photo", "sticker", "voice", "video", "document"].iter().find(|name| !message[**name].is_null()).unwrap();
        let files = message[*field].as_array().cloned().unwrap_or_else(|| vec![message[*field].clone()]);
        for file in files {
            let got = bot.call("getFile", json!({"file_id": file["file_id"]})).await.result();
            assert_eq!(got["file_unique_id"], file["file_unique_id"], "{media:?}");
            assert!(seen.insert(got["file_unique_id"].to_string()), "two files share {}", got["file_unique_id"]);
        }
    }
}
