//! What a bot sends beside texts: places, contacts, dice, albums, forwards; and what it learns of a chat.

use luvhive_sandbox::{Media, MediaOptions, PersonSpec};
use serde_json::{Value, json};

use crate::kit::Bot;

#[tokio::test]
async fn places_contacts_and_dice_read_as_telegram_writes_them() {
    let bot = Bot::new().await;
    let chat = bot.person("Asha").get();
    let place = json!({"latitude": 1.5, "longitude": 2.5});
    let venue = json!({"chat_id": chat, "latitude": 1.5, "longitude": 2.5, "title": "Park", "address": "Street"});
    let shown = bot.call("sendVenue", venue).await.result();
    assert_eq!(shown["venue"], json!({"location": place, "title": "Park", "address": "Street"}));
    assert_eq!(shown["location"], place);
    let contact = json!({"chat_id": chat, "phone_number": "+100", "first_name": "X", "last_name": "Y"});
    let shown = bot.call("sendContact", contact).await.result();
    assert_eq!(shown["contact"], json!({"phone_number": "+100", "first_name": "X", "last_name": "Y"}));
    let nameless = bot.call("sendContact", json!({"chat_id": chat, "phone_number": "+100"})).await.refusal();
    assert_eq!(nameless, (400, "Bad Request: parameter \"first_name\" is required".to_owned()));
    for (emoji, most) in [(None, 6), (Some("⚽"), 5), (Some("🎰"), 64)] {
        let dice = bot.call("sendDice", json!({"chat_id": chat, "emoji": emoji})).await.result()["dice"].clone();
        assert_eq!(dice["emoji"], json!(emoji.unwrap_or("🎲")));
        assert!((1..=most).contains(&dice["value"].as_u64().unwrap()), "{dice}");
    }
}

#[tokio::test]
async fn album_is_sent_as_one() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let mut files = Vec::new();
    for (media, kind) in [(Media::Photo, "photo"), (Media::Video, "video"), (Media::Audio, "audio")] {
        bot.sandbox.send_media(asha, &media, &MediaOptions::default()).unwrap();
        let told = bot.updates(-1).await[0]["message"][kind].clone();
        let id = if kind == "photo" { &told[0]["file_id"] } else { &told["file_id"] };
        files.push(json!({"type": kind, "media": id, "caption": format!("a {kind}")}));
    }
    let send = |media: &[Value]| bot.call("sendMediaGroup", json!({"chat_id": asha.get(), "media": media}));
    let shown = send(&files[..2]).await.result();
    let album = shown[0]["media_group_id"].clone();
    assert!(album.is_string() && shown[1]["media_group_id"] == album, "{shown}");
    assert_eq!((&shown[0]["caption"], shown[1]["video"].is_object()), (&json!("a photo"), true));
    let other = send(&files[..2]).await.result();
    assert_ne!(other[0]["media_group_id"], album);
    assert_eq!(send(&files).await.refusal(), (400, "Bad Request: audio can't be mixed with other media types".to_owned()));
    assert_eq!(send(&[]).await.refusal(), (400, "Bad Request: there are no messages to send".to_owned()));
}

#[tokio::test]
async fn bots_forward_with_the_origin_and_not_what_is_protected() {
    let bot = Bot::new().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let said = bot.sandbox.send_text(asha, "from her", None).unwrap();
    let forward =
        |id: &Value| bot.call("forwardMessage", json!({"chat_id": bruno.get(), "from_chat_id": asha.get(), "message_id": id}));
    let shown = forward(&json!(said)).await.result();
    assert_eq!((&shown["text"], &shown["forward_origin"]["sender_user"]["id"]), (&json!("from her"), &json!(asha.get())));
    let own = bot.call("sendMessage", json!({"chat_id": asha.get(), "text": "x", "protect_content": true})).await.result();
    let refused = forward(&own["message_id"]).await.refusal();
    assert_eq!(refused, (400, "Bad Request: the message can't be forwarded".to_owned()));
}

#[tokio::test]
async fn chat_of_a_person_is_told_once_they_wrote() {
    let bot = Bot::new().await;
    let spec =
        PersonSpec { username: Some("asha_r".to_owned()), last_name: Some("Rao".to_owned()), ..PersonSpec::new("Asha", "en") };
    let asha = bot.sandbox.add_person(&spec);
    let ask = json!({"chat_id": asha.get()});
    assert_eq!(bot.call("getChat", ask.clone()).await.refusal(), (400, "Bad Request: chat not found".to_owned()));
    bot.sandbox.send_text(asha, "/start", None).unwrap();
    let chat = bot.call("getChat", ask).await.result();
    let named = [&chat["type"], &chat["first_name"], &chat["last_name"], &chat["active_usernames"]];
    assert_eq!(named, [&json!("private"), &json!("Asha"), &json!("Rao"), &json!(["asha_r"])]);
    assert!(chat["accepted_gift_types"]["unique_gifts"].is_boolean() && chat["max_reaction_count"].is_i64(), "{chat}");
}
