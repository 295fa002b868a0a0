//! What a message becomes on its way: copied, edited, deleted, pressed, refused by who is gone.

use std::sync::{Arc, Mutex};

use luvhive_sandbox::{Delivery, Kind, Media, MediaOptions, Observer, PersonSpec, SandboxSettings};
use serde_json::{Value, json};

use crate::kit::{Bot, SOON, ids};

#[tokio::test]
async fn sent_message_reads_as_telegram_writes_it() {
    let bot = Bot::new().await;
    let person = bot.person("Asha");
    let keyboard = json!({"inline_keyboard": [[{"text": "Go", "callback_data": "g"}]]});
    let params = json!({
        "chat_id": person.get(), "text": "<b>Hi</b> you", "parse_mode": "HTML",
        "reply_markup": keyboard, "protect_content": true,
    });
    let answer = bot.call("sendMessage", params).await;
    let date = answer.result()["date"].clone();
    let id = bot.sandbox.bot_id();
    assert_eq!(
        answer.body,
        format!(
            r#"{{"ok":true,"result":{{"message_id":1,"from":{{"id":{id},"is_bot":true,"first_name":"Sandbox bot","username":"sandbox_bot"}},"chat":{{"id":{person},"first_name":"Asha","type":"private"}},"date":{date},"has_protected_content":true,"text":"Hi you","entities":[{{"length":2,"offset":0,"type":"bold"}}],"reply_markup":{{"inline_keyboard":[[{{"callback_data":"g","text":"Go"}}]]}}}}}}"#
        )
    );
}

#[tokio::test]
async fn copy_keeps_everything_and_tells_nothing_of_its_origin() {
    let bot = Bot::new().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let bold = json!({"type": "bold", "offset": 0, "length": 2});
    let source = bot.sandbox.send_formatted(asha, "Hi @someone", std::slice::from_ref(&bold), None).unwrap();
    let earlier = bot.say(bruno, "earlier").await;
    let copy = bot
        .call(
            "copyMessage",
            json!({
                "chat_id": bruno.get(), "from_chat_id": asha.get(), "message_id": source,
                "reply_parameters": {"message_id": earlier}, "protect_content": true,
            }),
        )
        .await;
    assert_eq!(copy.body, format!(r#"{{"ok":true,"result":{{"message_id":{}}}}}"#, earlier + 1));
    let seen = bot.sandbox.messages(bruno).pop().unwrap();
    assert_eq!((seen.id, seen.text.as_str(), seen.from_bot), (earlier + 1, "Hi @someone", true));
    assert_eq!(seen.entities.len(), 2);
    assert_eq!((seen.reply_to, seen.is_protected), (Some(earlier), true));
    // The reply of the other side points at the copy.
    bot.sandbox.send_text(bruno, "hello back", Some(seen.id)).unwrap();
    let updates = bot.updates(-1).await;
    let reply = &updates[0]["message"]["reply_to_message"];
    assert_eq!(reply["message_id"], json!(seen.id));
    assert_eq!(reply["from"]["is_bot"], json!(true));
    assert!(!updates[0].to_string().contains("Asha"), "{updates:?}");
}

#[tokio::test]
async fn every_kind_a_person_sends_can_be_told_and_copied() {
    let bot = Bot::new().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let kinds = [
        (Media::Photo, Kind::Photo),
        (Media::Sticker, Kind::Sticker),
        (Media::Voice, Kind::Voice),
        (Media::Video, Kind::Video),
        (Media::Animation, Kind::Animation),
        (Media::Audio, Kind::Audio),
        (Media::Document { file_name: "my name.pdf".to_owned() }, Kind::Document),
        (Media::VideoNote, Kind::VideoNote),
        (Media::Location { latitude: 1.0, longitude: 2.0, live_period: None }, Kind::Location),
        (Media::Venue { title: "Cafe".to_owned(), address: "Here 1".to_owned() }, Kind::Venue),
        (Media::Contact { phone_number: "+100".to_owned(), first_name: "X".to_owned() }, Kind::Contact),
        (Media::Dice { value: 6 }, Kind::Dice),
        (Media::Poll { question: "?".to_owned(), options: vec!["a".to_owned(), "b".to_owned()], is_anonymous: true }, Kind::Poll),
    ];
    for (media, kind) in kinds {
        let options = MediaOptions { caption: Some("look".to_owned()), ..MediaOptions::default() };
        let id = bot.sandbox.send_media(asha, &media, &options).unwrap();
        let params = json!({"chat_id": bruno.get(), "from_chat_id": asha.get(), "message_id": id});
        bot.call("copyMessage", params).await.result();
        let seen = bot.sandbox.messages(bruno).pop().unwrap();
        assert_eq!(seen.kind, kind);
        let own = bot.sandbox.messages(asha).pop().unwrap();
        assert_eq!(seen.text, own.text);
        // A dice and a poll are sent anew: see `copies.rs`.
        if !matches!(kind, Kind::Dice | Kind::Poll) {
            assert_eq!(seen.media, own.media);
        }
    }
    let update = bot.updates(0).await.remove(0);
    assert_eq!(update["message"]["caption"], json!("look"));
    assert_eq!(update["message"]["photo"].as_array().unwrap().len(), 3);
    // What cannot be copied is refused.
    let other = Media::Other { fields: json!({"story": {"id": 1}}) };
    let id = bot.sandbox.send_media(asha, &other, &MediaOptions::default()).unwrap();
    let params = json!({"chat_id": bruno.get(), "from_chat_id": asha.get(), "message_id": id});
    assert_eq!(bot.call("copyMessage", params).await.refusal(), (400, "Bad Request: the message can't be copied".into()));
}

#[tokio::test]
async fn file_id_of_a_person_can_be_sent_on() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    for (media, method, field) in [
        (Media::Sticker, "sendSticker", "sticker"),
        (Media::Voice, "sendVoice", "voice"),
        (Media::Document { file_name: "cv.pdf".to_owned() }, "sendDocument", "document"),
    ] {
        bot.sandbox.send_media(asha, &media, &MediaOptions::default()).unwrap();
        let update = bot.updates(-1).await.remove(0);
        let file = &update["message"][field]["file_id"];
        let sent = bot.call(method, json!({"chat_id": asha.get(), field: file})).await.result();
        assert_eq!(sent[field], update["message"][field]);
        bot.call("getFile", json!({"file_id": file})).await.result();
    }
    bot.sandbox.send_media(asha, &Media::Photo, &MediaOptions::default()).unwrap();
    let update = bot.updates(-1).await.remove(0);
    for size in update["message"]["photo"].as_array().unwrap() {
        let params = json!({"chat_id": asha.get(), "photo": size["file_id"], "caption": "<i>c</i>", "parse_mode": "HTML"});
        assert_eq!(bot.call("sendPhoto", params).await.result()["caption_entities"][0]["type"], json!("italic"));
    }
    let wrong = json!({"chat_id": asha.get(), "sticker": update["message"]["photo"][0]["file_id"]});
    assert_eq!(bot.call("sendSticker", wrong).await.status, 400);
}

#[tokio::test]
async fn albums_are_copied_as_albums() {
    let bot = Bot::new().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let options = MediaOptions { album: Some("a1".to_owned()), caption: Some("c".to_owned()), ..MediaOptions::default() };
    let list: Vec<i64> = (0..3).map(|_| bot.sandbox.send_media(asha, &Media::Photo, &options).unwrap()).collect();
    let params = json!({"chat_id": bruno.get(), "from_chat_id": asha.get(), "message_ids": list});
    let copies = bot.call("copyMessages", params).await.result();
    assert_eq!(copies.as_array().unwrap().len(), 3);
    let seen = bot.sandbox.messages(bruno);
    let albums: Vec<_> = seen.iter().map(|message| message.album.clone().unwrap()).collect();
    assert!(albums.iter().all(|album| *album == albums[0] && album != "a1"), "{albums:?}");
    let falling = json!({"chat_id": bruno.get(), "from_chat_id": asha.get(), "message_ids": [2, 1]});
    assert_eq!(bot.call("copyMessages", falling).await.status, 400);
}

#[tokio::test]
async fn press_is_told_once_and_answered_once() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let keyboard = json!({"inline_keyboard": [[{"text": "Yes", "callback_data": "y1"}, {"text": "Go", "url": "https://x.org"}]]});
    let sent = bot.call("sendMessage", json!({"chat_id": asha.get(), "text": "?", "reply_markup": keyboard})).await.result();
    let message = sent["message_id"].as_i64().unwrap();
    assert!(bot.sandbox.press(asha, message, "Go").is_err(), "a link sends nothing to the bot");
    assert!(bot.sandbox.press(asha, message, "No").is_err());
    let id = bot.sandbox.press_latest(asha, "Yes").unwrap();
    let update = bot.updates(0).await.remove(0);
    let query = &update["callback_query"];
    assert_eq!((&query["id"], &query["data"]), (&json!(id), &json!("y1")));
    assert_eq!(query["message"], sent);
    assert_eq!(bot.sandbox.callback_answer(&id), None);
    let answer = json!({"callback_query_id": id, "text": "Noted", "show_alert": true});
    assert_eq!(bot.call("answerCallbackQuery", answer.clone()).await.body, r#"{"ok":true,"result":true}"#);
    let seen = bot.sandbox.wait_for_answer(&id, SOON).await.unwrap();
    assert_eq!((seen.text.as_deref(), seen.show_alert), (Some("Noted"), true));
    let late = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid".to_owned());
    assert_eq!(bot.call("answerCallbackQuery", answer).await.refusal(), late);
    let id = bot.sandbox.press_latest(asha, "Yes").unwrap();
    bot.sandbox.advance_clock(std::time::Duration::from_secs(150));
    assert_eq!(bot.call("answerCallbackQuery", json!({"callback_query_id": id})).await.refusal(), late);
}

#[tokio::test]
async fn edits_and_deletes_follow_telegrams_rules() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let chat = asha.get();
    let own = bot.sandbox.send_text(asha, "mine", None).unwrap();
    let id = bot.say(asha, "one").await;
    let edit = |id: i64, text: &str| json!({"chat_id": chat, "message_id": id, "text": text});
    let edited = bot.call("editMessageText", edit(id, "two")).await.result();
    assert_eq!(edited["text"], json!("two"));
    assert!(edited["edit_date"].is_i64());
    assert!(bot.sandbox.messages(asha)[1].is_edited);
    let (status, same) = bot.call("editMessageText", edit(id, "two")).await.refusal();
    assert_eq!(status, 400);
    assert_eq!(
        same,
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a \
         current content and reply markup of the message"
    );
    for (target, expected) in [(own, "message can't be edited"), (999, "message to edit not found")] {
        assert_eq!(bot.call("editMessageText", edit(target, "x")).await.refusal().1, format!("Bad Request: {expected}"));
    }
    let keyboard = json!({"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]});
    let markup = json!({"chat_id": chat, "message_id": id, "reply_markup": keyboard});
    bot.call("editMessageReplyMarkup", markup).await.result();
    assert!(bot.sandbox.messages(asha)[1].has_button("A"));
    // An edit without a keyboard takes it away.
    bot.call("editMessageText", edit(id, "three")).await.result();
    assert!(bot.sandbox.messages(asha)[1].buttons.is_empty());
    let delete = json!({"chat_id": chat, "message_id": id});
    assert_eq!(bot.call("deleteMessage", delete.clone()).await.result(), json!(true));
    let gone = (400, "Bad Request: message to delete not found".to_owned());
    assert_eq!(bot.call("deleteMessage", delete).await.refusal(), gone);
    bot.sandbox.advance_clock(std::time::Duration::from_hours(49));
    let old = (400, "Bad Request: message can't be deleted for everyone".to_owned());
    assert_eq!(bot.call("deleteMessage", json!({"chat_id": chat, "message_id": own})).await.refusal(), old);
}

#[tokio::test]
async fn persons_edit_is_told_and_their_deletion_is_not() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let id = bot.sandbox.send_text(asha, "teh", None).unwrap();
    bot.sandbox.edit_text(asha, id, "the").unwrap();
    bot.sandbox.delete_message(asha, id).unwrap();
    let updates = bot.updates(0).await;
    assert_eq!(updates.len(), 2);
    assert_eq!(updates[1]["edited_message"]["text"], json!("the"));
    let params = json!({"chat_id": asha.get(), "from_chat_id": asha.get(), "message_id": id});
    assert_eq!(bot.call("copyMessage", params).await.refusal().1, "Bad Request: message to copy not found");
}

#[tokio::test]
async fn who_is_gone_or_never_came_is_refused_as_telegram_does() {
    let bot = Bot::new().await;
    let send = |chat: i64| bot.call("sendMessage", json!({"chat_id": chat, "text": "hi"}));
    let fresh = bot.sandbox.add_person(&PersonSpec::new("Fresh", "hi"));
    assert_eq!(send(fresh.get()).await.refusal(), (403, "Forbidden: bot can't initiate conversation with a user".into()));
    assert_eq!(send(1).await.refusal(), (400, "Bad Request: chat not found".into()));
    let asha = bot.person("Asha");
    bot.sandbox.block_bot(asha).unwrap();
    assert_eq!(send(asha.get()).await.refusal(), (403, "Forbidden: bot was blocked by the user".into()));
    assert!(bot.sandbox.send_text(asha, "hi", None).is_err());
    bot.sandbox.unblock_bot(asha).unwrap();
    send(asha.get()).await.result();
    bot.sandbox.deactivate(asha).unwrap();
    assert_eq!(send(asha.get()).await.refusal(), (403, "Forbidden: user is deactivated".into()));
    let statuses: Vec<Value> =
        bot.updates(0).await.iter().map(|update| update["my_chat_member"]["new_chat_member"]["status"].clone()).collect();
    assert_eq!(statuses, [json!("kicked"), json!("member")]);
}

#[tokio::test]
async fn reply_keyboard_sends_its_text_until_removed() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let keyboard = json!({"keyboard": [["Find", {"text": "Stop"}]], "resize_keyboard": true});
    bot.call("sendMessage", json!({"chat_id": asha.get(), "text": "?", "reply_markup": keyboard})).await.result();
    bot.sandbox.press_reply_button(asha, "Find").unwrap();
    assert_eq!(bot.updates(-1).await[0]["message"]["text"], json!("Find"));
    let remove = json!({"chat_id": asha.get(), "text": "ok", "reply_markup": {"remove_keyboard": true}});
    bot.call("sendMessage", remove).await.result();
    assert!(bot.sandbox.press_reply_button(asha, "Find").is_err());
}

#[tokio::test]
async fn message_ids_grow_over_all_chats_of_the_bot() {
    let bot = Bot::new().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(bot.say(asha, "a").await);
        seen.push(bot.sandbox.send_text(bruno, "b", None).unwrap());
    }
    assert!(seen.is_sorted_by(|a, b| a < b), "{seen:?}");
}

#[tokio::test]
async fn history_is_bounded() {
    let bot = Bot::with(SandboxSettings { history_per_chat: 4, ..SandboxSettings::default() }).await;
    let asha = bot.person("Asha");
    for number in 0..10 {
        bot.say(asha, &number.to_string()).await;
    }
    let kept: Vec<String> = bot.sandbox.messages(asha).into_iter().map(|message| message.text).collect();
    assert_eq!(kept, ["6", "7", "8", "9"]);
}

/// Person, text and origin of a delivery.
type Note = (i64, String, Option<(i64, i64)>);

#[derive(Default)]
struct Notes(Mutex<Vec<Note>>);

impl Observer for Notes {
    fn delivered(&self, delivery: &Delivery<'_>) {
        self.0.lock().unwrap().push((delivery.person, delivery.text.to_owned(), delivery.copied_from));
    }
}

#[tokio::test]
async fn observer_hears_of_each_delivery_in_order() {
    let notes = Arc::new(Notes::default());
    let observer: Arc<dyn Observer> = notes.clone();
    let bot = Bot::with(SandboxSettings { observer: Some(observer), ..SandboxSettings::default() }).await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let source = bot.sandbox.send_text(asha, "n1", None).unwrap();
    let copy = json!({"chat_id": bruno.get(), "from_chat_id": asha.get(), "message_id": source});
    bot.call("copyMessage", copy).await.result();
    bot.say(asha, "n2").await;
    let heard = notes.0.lock().unwrap().clone();
    assert_eq!(heard, [(bruno.get(), "n1".to_owned(), Some((asha.get(), source))), (asha.get(), "n2".to_owned(), None),]);
}

#[tokio::test]
async fn waiting_sees_only_what_came_after_the_mark() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let id = bot.say(asha, "same").await;
    let mark = bot.sandbox.mark();
    let short = std::time::Duration::from_millis(20);
    assert!(bot.sandbox.wait_for(asha, mark, short, |message| message.text == "same").await.is_err());
    let edit = json!({"chat_id": asha.get(), "message_id": id, "text": "changed"});
    let (seen, _) = tokio::join!(
        bot.sandbox.wait_for(asha, mark, SOON, |message| message.text == "changed"),
        bot.call("editMessageText", edit)
    );
    assert_eq!(seen.unwrap().id, id);
}

#[tokio::test]
async fn raw_update_reaches_the_bot_whatever_its_kind() {
    let bot = Bot::new().await;
    let id = bot.sandbox.inject_raw_update(&json!({"update_id": 1, "from_the_future": {"x": "\u{0}"}})).unwrap();
    let updates = bot.updates(0).await;
    assert_eq!(ids(&updates), [id]);
    assert_eq!(updates[0]["from_the_future"]["x"], json!("\u{0}"));
    assert!(bot.sandbox.inject_raw_update(&json!({"update_id": 1})).is_err());
    assert!(bot.sandbox.inject_raw_update(&json!([1])).is_err());
}
