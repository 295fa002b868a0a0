//! What is refused, and in which words.

use serde_json::{Value, json};

use crate::kit::Bot;

#[track_caller]
fn check(answer: &crate::kit::Answer, status: u16, description: &str) {
    assert_eq!(answer.refusal(), (status, description.to_owned()));
}

#[tokio::test]
async fn token_and_method_are_checked_first() {
    let bot = Bot::new().await;
    let token = bot.sandbox.token();
    let bot = &bot;
    let post = |path: String| async move { bot.post(&path, "application/json", "{}".to_owned()).await.unwrap() };
    check(&post(format!("/bot{token}/sendTelepathy")).await, 404, "Not Found: method not found");
    let forged = format!("{}:{}", bot.sandbox.bot_id(), "A".repeat(35));
    check(&post(format!("/bot{forged}/getMe")).await, 401, "Unauthorized");
    check(&post("/nothing".to_owned()).await, 404, "Not Found");
    // Method names are not case-sensitive.
    assert_eq!(post(format!("/bot{token}/GETME")).await.result()["id"], json!(bot.sandbox.bot_id()));
    assert_eq!(token.len() - token.find(':').unwrap(), 36);
}

#[tokio::test]
async fn fields_and_types_are_checked() {
    let bot = Bot::new().await;
    let chat = bot.person("Asha").get();
    let table = [
        ("sendMessage", json!({"chat_id": chat, "text": "x", "colour": 1}), r#"unknown field "colour" for sendMessage"#),
        ("sendMessage", json!({"chat_id": chat, "text": 5}), r#"Field "text" must be of type String"#),
        ("sendMessage", json!({"chat_id": 1.5, "text": "x"}), r#"Field "chat_id" must be of type String"#),
        ("sendMessage", json!({"text": "x"}), "chat_id is empty"),
        ("sendMessage", json!({"chat_id": "@nobody", "text": "x"}), "chat not found"),
        ("sendMessage", json!({"chat_id": chat}), "message text is empty"),
        ("sendMessage", json!({"chat_id": chat, "text": " \n\t"}), "text must be non-empty"),
        (
            "sendMessage",
            json!({"chat_id": chat, "text": "x", "protect_content": "yes"}),
            r#"Field "protect_content" must be of type Boolean"#,
        ),
        (
            "sendMessage",
            json!({"chat_id": chat, "text": "x", "link_preview_options": {"off": true}}),
            r#"unknown field "off" in "link_preview_options""#,
        ),
        (
            "sendMessage",
            json!({"chat_id": chat, "text": "x", "reply_parameters": {}}),
            r#"can't parse reply_parameters: Can't find field "message_id""#,
        ),
        (
            "sendMessage",
            json!({"chat_id": chat, "text": "x", "reply_parameters": {"message_id": 77}}),
            "message to be replied not found",
        ),
        ("sendMessage", json!({"chat_id": chat, "text": "x", "parse_mode": "Word"}), "unsupported parse_mode"),
        (
            "sendMessage",
            json!({"chat_id": chat, "text": "<q>x</q>", "parse_mode": "HTML"}),
            r#"can't parse entities: Unsupported start tag "q" at byte offset 0"#,
        ),
        (
            "sendMessage",
            json!({"chat_id": chat, "text": "<b>x", "parse_mode": "HTML"}),
            r#"can't parse entities: Can't find end tag corresponding to start tag "b""#,
        ),
        (
            "sendMessage",
            json!({"chat_id": chat, "text": "<b><i>x</b></i>", "parse_mode": "HTML"}),
            r#"can't parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>""#,
        ),
        (
            "sendMessage",
            json!({"chat_id": chat, "text": "ab", "entities": [{"type": "bold", "offset": 1, "length": 5}]}),
            "entity is out of the text or in the middle of a UTF-16 symbol",
        ),
        ("copyMessage", json!({"chat_id": chat, "from_chat_id": chat, "message_id": 9}), "message to copy not found"),
        ("copyMessage", json!({"chat_id": chat, "from_chat_id": chat}), "message identifier is not specified"),
        ("copyMessage", json!({"chat_id": chat, "message_id": 9}), "from_chat_id is empty"),
        ("sendPhoto", json!({"chat_id": chat}), "there is no photo in the request"),
        ("sendPhoto", json!({"chat_id": chat, "photo": "nonsense"}), "wrong file identifier/HTTP URL specified"),
        ("sendChatAction", json!({"chat_id": chat, "action": "dancing"}), "wrong parameter action in request"),
        (
            "setMessageReaction",
            json!({"chat_id": chat, "message_id": 9, "reaction": [{"type": "emoji", "emoji": "x"}]}),
            "REACTION_INVALID",
        ),
        ("setMyCommands", json!({"commands": [{"command": "Start!", "description": "x"}]}), "BOT_COMMAND_INVALID"),
        ("setMyDescription", json!({"description": "x".repeat(513)}), "description is too long"),
        ("setWebhook", json!({"url": "http://example.org/"}), "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            "setWebhook",
            json!({"url": "https://example.org:99/"}),
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
    ];
    for (method, params, expected) in table {
        check(&bot.call(method, params).await, 400, &format!("Bad Request: {expected}"));
    }
    assert!(bot.sandbox.messages(chat.into()).is_empty(), "nothing refused may take effect");
}

#[tokio::test]
async fn what_says_nothing_is_refused_in_telegrams_words() {
    let bot = Bot::new().await;
    let chat = bot.person("Asha").get();
    let text = |text: &str| json!({"chat_id": chat, "text": text, "parse_mode": "HTML"});
    let table = [
        ("sendMessage", text("\u{200b}\u{200d}"), "text must be non-empty"),
        ("sendMessage", text("<b></b>"), "text must be non-empty"),
        ("sendLocation", json!({"chat_id": chat, "longitude": 1}), "latitude is empty"),
        ("copyMessages", json!({"chat_id": chat, "from_chat_id": chat, "message_ids": [9]}), "there are no messages to forward"),
    ];
    for (method, params, expected) in table {
        check(&bot.call(method, params).await, 400, &format!("Bad Request: {expected}"));
    }
}

#[tokio::test]
async fn keyboards_are_checked() {
    let bot = Bot::new().await;
    let chat = bot.person("Asha").get();
    let button = |fields: Value| json!({"inline_keyboard": [[fields]]});
    let table = [
        (button(json!({"text": "x", "callback_data": "d".repeat(65)})), "BUTTON_DATA_INVALID"),
        (button(json!({"text": "x", "callback_data": "é".repeat(33)})), "BUTTON_DATA_INVALID"),
        (button(json!({"text": "x"})), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        (button(json!({"callback_data": "x"})), r#"can't parse inline_keyboard: Can't find field "text""#),
        (button(json!({"text": "x", "callback_data": "x", "shape": "round"})), r#"unknown field "shape" in "inline_keyboard""#),
        (
            button(json!({"text": "x", "url": "javascript:1"})),
            "inline keyboard button URL 'javascript:1' is invalid: Unsupported URL protocol",
        ),
        (json!({"inline_keyboard": "x"}), r#"Field "inline_keyboard" must be of type Array"#),
        (json!({"keyboard": [[]]}), "reply keyboard must have at least one button"),
        (json!("x"), "object expected as reply markup"),
    ];
    for (markup, expected) in table {
        let params = json!({"chat_id": chat, "text": "x", "reply_markup": markup});
        check(&bot.call("sendMessage", params).await, 400, &format!("Bad Request: {expected}"));
    }
    let longest = button(json!({"text": "x", "callback_data": "d".repeat(64)}));
    bot.call("sendMessage", json!({"chat_id": chat, "text": "x", "reply_markup": longest})).await.result();
}

#[tokio::test]
async fn lengths_are_counted_in_utf16_units_after_parsing() {
    let bot = Bot::new().await;
    let person = bot.person("Asha");
    let chat = person.get();
    let send = |text: String| bot.call("sendMessage", json!({"chat_id": chat, "text": text, "parse_mode": "HTML"}));
    send(format!("<b>{}</b>", "x".repeat(4096))).await.result();
    check(&send("x".repeat(4097)).await, 400, "Bad Request: message is too long");
    // One emoji is two units.
    send("😀".repeat(2048)).await.result();
    check(&send("😀".repeat(2049)).await, 400, "Bad Request: message is too long");
    bot.sandbox.send_media(person, &luvhive_sandbox::Media::Photo, &luvhive_sandbox::MediaOptions::default()).unwrap();
    let photo = bot.updates(-1).await[0]["message"]["photo"][0]["file_id"].clone();
    let caption = |length: usize| json!({"chat_id": chat, "photo": photo, "caption": "x".repeat(length)});
    bot.call("sendPhoto", caption(1024)).await.result();
    check(&bot.call("sendPhoto", caption(1025)).await, 400, "Bad Request: message caption is too long");
}

#[tokio::test]
async fn forms_and_queries_are_read_like_json() {
    let bot = Bot::new().await;
    let person = bot.person("Asha");
    let path = format!("/bot{}/sendMessage?chat_id={person}&disable_notification=true", bot.sandbox.token());
    let form = "text=one+%26%20two&reply_markup=%7B%22force_reply%22%3Atrue%7D".to_owned();
    let answer = bot.post(&path, "application/x-www-form-urlencoded", form).await.unwrap();
    assert_eq!(answer.result()["text"], json!("one & two"));
    let answer = bot.post(&path, "application/x-www-form-urlencoded", "text=x&mood=good".to_owned()).await.unwrap();
    check(&answer, 400, r#"Bad Request: unknown field "mood" for sendMessage"#);
    let answer = bot.post(&path, "application/json", "{\"text\":".to_owned()).await.unwrap();
    check(&answer, 400, "Bad Request: can't parse JSON object");
}

#[tokio::test]
async fn profile_is_kept_for_each_language() {
    let bot = Bot::new().await;
    let person = bot.sandbox.add_person(&luvhive_sandbox::PersonSpec::new("Devi", "hi-IN"));
    let commands = |word: &str| json!([{"command": "start", "description": word}]);
    bot.call("setMyCommands", json!({"commands": commands("Begin")})).await.result();
    bot.call("setMyCommands", json!({"commands": commands("शुरू"), "language_code": "hi"})).await.result();
    assert_eq!(bot.call("getMyCommands", json!({"language_code": "hi"})).await.result(), commands("शुरू"));
    assert_eq!(bot.call("getMyCommands", json!({"language_code": "ru"})).await.result(), json!([]));
    assert_eq!(bot.sandbox.commands(person), commands("शुरू"));
    bot.call("deleteMyCommands", json!({"language_code": "hi"})).await.result();
    assert_eq!(bot.sandbox.commands(person), commands("Begin"));
    bot.call("setMyShortDescription", json!({"short_description": "Hi"})).await.result();
    assert_eq!(
        bot.call("getMyShortDescription", json!({"language_code": "de"})).await.result(),
        json!({"short_description": "Hi"})
    );
    bot.call("setChatMenuButton", json!({"menu_button": {"type": "commands"}})).await.result();
    assert_eq!(bot.call("getChatMenuButton", json!({})).await.result(), json!({"type": "commands"}));
}
