//! People as Telegram shows them: with a last name, without a language, as the origin of a forward, as a contact, mentioned.

use luvhive_sandbox::{Media, MediaOptions, PersonSpec};
use serde_json::json;

use crate::kit::Bot;

#[tokio::test]
async fn last_name_and_missing_language_read_as_telegram_writes_them() {
    let bot = Bot::new().await;
    let spec = PersonSpec { last_name: Some("Rao".to_owned()), ..PersonSpec::new("Asha", "") };
    let asha = bot.sandbox.add_person(&spec);
    bot.sandbox.send_text(asha, "hi", None).unwrap();
    let answer = bot.call("getUpdates", json!({})).await;
    let user = format!(r#""from":{{"id":{asha},"is_bot":false,"first_name":"Asha","last_name":"Rao"}},"#);
    let chat = format!(r#""chat":{{"id":{asha},"first_name":"Asha","last_name":"Rao","type":"private"}},"#);
    assert!(answer.body.contains(&format!("{user}{chat}")), "{}", answer.body);
    // Half of the people nobody named have a last name.
    let spec = PersonSpec { has_started: true, ..PersonSpec::default() };
    let people: Vec<_> = (0..4).map(|_| bot.sandbox.add_person(&spec)).collect();
    let last = |person: &luvhive_sandbox::Person| people.contains(&person.id.into()) && person.last_name.is_some();
    assert_eq!(bot.sandbox.people().iter().filter(|person| last(person)).count(), 2);
}

#[tokio::test]
async fn forward_tells_who_wrote_it() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let shy = PersonSpec { hides_forwards: true, last_name: Some("Rao".to_owned()), ..PersonSpec::new("Devi", "hi") };
    let (bruno, devi) = (bot.person("Bruno"), bot.sandbox.add_person(&shy));
    let said = bot.sandbox.send_text(bruno, "/stop", None).unwrap();
    let hidden = bot.sandbox.send_text(devi, "hush", None).unwrap();
    let bots = bot.say(asha, "from the bot").await;
    bot.updates(-1).await;
    let mut origins = Vec::new();
    for (from, id) in [(bruno, said), (devi, hidden), (asha, bots)] {
        bot.sandbox.forward(asha, from, id).unwrap();
        let mut origin = bot.updates(-1).await[0]["message"]["forward_origin"].clone();
        assert!(origin.as_object_mut().unwrap().remove("date").unwrap().is_i64());
        origins.push(origin);
    }
    let name = bot.call("getMe", json!({})).await.result()["username"].clone();
    let user = json!({"id": bruno.get(), "is_bot": false, "first_name": "Bruno", "language_code": "en"});
    assert_eq!(origins[0], json!({"type": "user", "sender_user": user}));
    assert_eq!(origins[1], json!({"type": "hidden_user", "sender_user_name": "Devi Rao"}));
    assert_eq!((&origins[2]["type"], &origins[2]["sender_user"]["username"]), (&json!("user"), &name));
    // Who forwards a forward is not named.
    let again = bot.sandbox.messages(asha).iter().find(|message| message.text == "/stop").unwrap().id;
    bot.sandbox.forward(devi, asha, again).unwrap();
    assert_eq!(bot.updates(-1).await[0]["message"]["forward_origin"]["sender_user"], origins[0]["sender_user"]);
    assert_eq!(bot.sandbox.messages(devi).pop().unwrap().forwarded_from.as_deref(), Some("Bruno"));
}

#[tokio::test]
async fn only_the_senders_own_contact_names_an_account() {
    let bot = Bot::new().await;
    let spec = PersonSpec { last_name: Some("Rao".to_owned()), ..PersonSpec::new("Asha", "en") };
    let asha = bot.sandbox.add_person(&spec);
    bot.sandbox.send_media(asha, &Media::OwnContact, &MediaOptions::default()).unwrap();
    let contact = bot.updates(-1).await[0]["message"]["contact"].clone();
    let expected = json!({"phone_number": "9996600001", "first_name": "Asha", "last_name": "Rao", "user_id": asha.get()});
    assert_eq!(contact, expected);
    let other = Media::Contact { phone_number: "+100".to_owned(), first_name: "X".to_owned() };
    bot.sandbox.send_media(asha, &other, &MediaOptions::default()).unwrap();
    assert_eq!(bot.updates(-1).await[0]["message"]["contact"], json!({"phone_number": "+100", "first_name": "X"}));
}

#[tokio::test]
async fn link_to_an_account_is_a_mention_of_the_whole_user() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let new = bot.sandbox.add_person(&PersonSpec::new("Never wrote", "en"));
    let html =
        |id: i64| json!({"chat_id": asha.get(), "text": format!("<a href=\"tg://user?id={id}\">her</a>"), "parse_mode": "HTML"});
    let user = json!({"id": asha.get(), "is_bot": false, "first_name": "Asha", "language_code": "en"});
    let mention = json!([{"type": "text_mention", "offset": 0, "length": 3, "user": user}]);
    assert_eq!(bot.call("sendMessage", html(asha.get())).await.result()["entities"], mention);
    // The same as an entity, with or without more than the id.
    for entity in [
        json!({"type": "text_link", "offset": 0, "length": 3, "url": format!("TG://User/?x=1&id={asha}#y")}),
        json!({"type": "text_mention", "offset": 0, "length": 3, "user": {"id": asha.get(), "first_name": "Other"}}),
    ] {
        let params = json!({"chat_id": asha.get(), "text": "her", "entities": [entity]});
        assert_eq!(bot.call("sendMessage", params).await.result()["entities"], mention);
    }
    // People the bot never met are not mentioned.
    for id in [1, new.get()] {
        assert_eq!(bot.call("sendMessage", html(id)).await.result()["entities"], json!(null));
    }
    let id = bot.say(asha, "old").await;
    let mut edit = html(asha.get());
    edit["message_id"] = json!(id);
    assert_eq!(bot.call("editMessageText", edit).await.result()["entities"], mention);
    // What a person mentions, the bot is told whole, and its copy keeps it.
    let own = json!({"type": "text_mention", "offset": 0, "length": 2, "user": {"id": asha.get()}});
    bot.sandbox.send_formatted(asha, "me", &[own], None).unwrap();
    let told = bot.updates(-1).await[0]["message"].clone();
    assert_eq!(told["entities"][0]["user"], user);
    let copy = json!({"chat_id": asha.get(), "from_chat_id": asha.get(), "message_id": told["message_id"]});
    bot.call("copyMessage", copy).await.result();
    assert_eq!(json!(bot.sandbox.messages(asha).pop().unwrap().entities), told["entities"]);
}

#[tokio::test]
async fn live_location_moves_by_edits_until_it_ends() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let live = Media::Location { latitude: 1.0, longitude: 2.0, live_period: Some(900) };
    let id = bot.sandbox.send_media(asha, &live, &MediaOptions::default()).unwrap();
    bot.sandbox.move_location(asha, id, Some((1.5, 2.5))).unwrap();
    let told = bot.updates(-1).await[0]["edited_message"].clone();
    assert_eq!(told["location"], json!({"latitude": 1.5, "longitude": 2.5, "live_period": 900}));
    assert!(told["edit_date"].is_i64());
    bot.sandbox.move_location(asha, id, None).unwrap();
    assert_eq!(bot.updates(-1).await[0]["edited_message"]["location"], json!({"latitude": 1.5, "longitude": 2.5}));
    assert!(bot.sandbox.move_location(asha, id, Some((1.0, 2.0))).is_err(), "it stands still");
    // The bot's own moves the same way.
    let place = json!({"chat_id": asha.get(), "latitude": 1.0, "longitude": 2.0, "live_period": 60});
    let mut own = json!({"chat_id": asha.get(), "message_id": bot.call("sendLocation", place).await.result()["message_id"]});
    let mut moved = own.clone();
    (moved["latitude"], moved["longitude"]) = (json!(3.0), json!(4.0));
    let shown = bot.call("editMessageLiveLocation", moved.clone()).await.result();
    assert_eq!(shown["location"], json!({"latitude": 3.0, "longitude": 4.0, "live_period": 60}));
    assert_eq!(bot.call("stopMessageLiveLocation", own.clone()).await.result()["location"]["live_period"], json!(null));
    let over = (400, "Bad Request: there is no live location in the message to edit".to_owned());
    assert_eq!(bot.call("editMessageLiveLocation", moved).await.refusal(), over);
    own["message_id"] = json!(bot.say(asha, "no place").await);
    assert_eq!(bot.call("stopMessageLiveLocation", own).await.refusal(), over);
}

#[tokio::test]
async fn media_is_put_in_place_of_media() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let options = MediaOptions { caption: Some("look".to_owned()), ..MediaOptions::default() };
    let id = bot.sandbox.send_media(asha, &Media::Photo, &options).unwrap();
    bot.sandbox.edit_media(asha, id, &Media::Video, None).unwrap();
    let told = bot.updates(-1).await[0]["edited_message"].clone();
    assert_eq!((&told["caption"], told["photo"].is_null()), (&json!("look"), true));
    assert!(bot.sandbox.edit_media(asha, id, &Media::Sticker, None).is_err());
    let video = told["video"]["file_id"].clone();
    let sent = bot.call("sendVideo", json!({"chat_id": asha.get(), "video": video, "caption": "old"})).await.result();
    bot.sandbox.send_media(asha, &Media::Photo, &MediaOptions::default()).unwrap();
    let photo = bot.updates(-1).await[0]["message"]["photo"][0]["file_id"].clone();
    let media = json!({"type": "photo", "media": photo, "caption": "<b>new</b>", "parse_mode": "HTML"});
    let edit = json!({"chat_id": asha.get(), "message_id": sent["message_id"], "media": media});
    let shown = bot.call("editMessageMedia", edit.clone()).await.result();
    assert_eq!((&shown["caption"], shown["video"].is_null(), shown["photo"].is_array()), (&json!("new"), true, true));
    let mut text = edit;
    text["message_id"] = json!(bot.say(asha, "a text").await);
    let refused = bot.call("editMessageMedia", text).await.refusal();
    assert_eq!(refused, (400, "Bad Request: there is no media in the message to edit".to_owned()));
}
