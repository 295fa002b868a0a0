//! Each call that we store, as it stands in its row: rows outlive the version that wrote them, so their form is kept.

use luvhive_core::id::MessageId;
use luvhive_core::id::TelegramId;
use luvhive_core::person::{Photo, UiLanguage};
use luvhive_core::premium::Plan;
use serde_json::{Value, json};

use super::*;
use crate::callback::{Callback, PremiumAction};
use crate::locale::Words;
use crate::payments::Offer;
use crate::view::invoice;
use crate::view::menu::Menu;
use crate::view::screen::{Button, Keyboard, Screen, delete};

const RECEIVER: TelegramId = TelegramId::new(5_000_000_007);
const MESSAGE: MessageId = MessageId::new(9);

/// Checks a call against its method and parameters, with nothing beside them.
#[track_caller]
fn check(rendered: &Rendered, method: &str, params: &Value) {
    assert_eq!(rendered.version, 1);
    let body: Value = serde_json::from_str(&rendered.body).unwrap();
    let mut params = params.clone();
    if params.get("text").is_some() {
        // No link in a text of ours opens a picture.
        params["link_preview_options"] = json!({ "is_disabled": true });
    }
    assert_eq!(body, json!({ "method": method, "params": params }));
}

/// A title of four letters and a sign outside of the basic plane: six UTF-16 units.
fn titled() -> Screen {
    Screen::titled("Tea 🫖".to_owned(), "<b>&\"".to_owned())
}

fn buttons() -> Keyboard {
    let open = Callback::Premium(PremiumAction::Open);
    let row = vec![Button::new("Ask", open), Button::link("Look", "https://t.me/$abc")];
    Keyboard::Inline(vec![row, vec![Button::new("Back", open)]])
}

fn button_params() -> Value {
    let ask = Callback::Premium(PremiumAction::Open).encode();
    json!({ "inline_keyboard": [
        [{ "text": "Ask", "callback_data": ask }, { "text": "Look", "url": "https://t.me/$abc" }],
        [{ "text": "Back", "callback_data": ask }],
    ] })
}

#[test]
fn a_screen_without_anything_is_its_text() {
    let plain = Screen::plain("hi".to_owned());
    check(&plain.send(RECEIVER), "sendMessage", &json!({ "chat_id": 5_000_000_007_i64, "text": "hi" }));
    let edited = json!({ "chat_id": 5_000_000_007_i64, "message_id": 9, "text": "hi" });
    check(&plain.edit(RECEIVER, MESSAGE), "editMessageText", &edited);
}

#[test]
fn a_title_is_bold_and_buttons_stand_below() {
    let screen = titled().with(buttons());
    let mut params = json!({
        "chat_id": 5_000_000_007_i64,
        "text": "Tea 🫖\n\n<b>&\"",
        "entities": [{ "type": "bold", "offset": 0, "length": 6 }],
        "reply_markup": button_params(),
    });
    check(&screen.send(RECEIVER), "sendMessage", &params);
    params["message_id"] = json!(9);
    check(&screen.edit(RECEIVER, MESSAGE), "editMessageText", &params);
}

#[test]
fn a_reply_is_sent_even_if_what_it_replies_to_is_gone() {
    let screen = Screen::plain("hi".to_owned()).replying(MessageId::new(3));
    let quote = json!({ "message_id": 3, "allow_sending_without_reply": true });
    let params = json!({ "chat_id": 5_000_000_007_i64, "text": "hi", "reply_parameters": quote });
    check(&screen.send(RECEIVER), "sendMessage", &params);
    let edited = json!({ "chat_id": 5_000_000_007_i64, "message_id": 9, "text": "hi" });
    check(&screen.edit(RECEIVER, MESSAGE), "editMessageText", &edited);
}

#[test]
fn a_menu_comes_and_goes_with_a_new_message_only() {
    let words = Words::new(UiLanguage::English);
    let menu = Menu::chatting(words);
    let row = |row: &Vec<String>| row.iter().map(|text| json!({ "text": text })).collect::<Vec<_>>();
    let rows: Vec<_> = menu.rows().iter().map(row).collect();
    let markup = json!({ "keyboard": rows, "resize_keyboard": true, "is_persistent": true });
    let edited = json!({ "chat_id": 5_000_000_007_i64, "message_id": 9, "text": "hi" });
    for (keyboard, markup) in [(Keyboard::Menu(menu.clone()), markup), (Keyboard::Remove, json!({ "remove_keyboard": true }))] {
        let screen = Screen::plain("hi".to_owned()).with(keyboard);
        let sent = json!({ "chat_id": 5_000_000_007_i64, "text": "hi", "reply_markup": markup });
        check(&screen.send(RECEIVER), "sendMessage", &sent);
        check(&screen.edit(RECEIVER, MESSAGE), "editMessageText", &edited);
    }
}

#[test]
fn a_photo_carries_the_screen_as_its_caption() {
    let photo = Photo::new("AgACAgQAAx").unwrap();
    let params = json!({
        "chat_id": 5_000_000_007_i64,
        "photo": "AgACAgQAAx",
        "caption": "Tea 🫖\n\n<b>&\"",
        "caption_entities": [{ "type": "bold", "offset": 0, "length": 6 }],
        "reply_markup": button_params(),
    });
    check(&titled().with(buttons()).send_photo(RECEIVER, &photo), "sendPhoto", &params);
    let plain = json!({ "chat_id": 5_000_000_007_i64, "photo": "AgACAgQAAx", "caption": "hi" });
    check(&Screen::plain("hi".to_owned()).send_photo(RECEIVER, &photo), "sendPhoto", &plain);
}

#[test]
fn a_message_is_taken_away_by_its_number() {
    check(&delete(RECEIVER, MESSAGE), "deleteMessage", &json!({ "chat_id": 5_000_000_007_i64, "message_id": 9 }));
}

#[test]
fn an_invoice_has_one_price_in_stars() {
    let (title, description, payload) = ("Premium".to_owned(), "A month".to_owned(), "signed".to_owned());
    let offer = Offer { plan: Plan::Month, title, description, payload };
    let params = json!({
        "chat_id": 5_000_000_007_i64,
        "title": "Premium",
        "description": "A month",
        "payload": "signed",
        "currency": "XTR",
        "prices": [{ "label": "Premium", "amount": Plan::Month.stars().get() }],
    });
    check(&invoice::send(RECEIVER, &offer), "sendInvoice", &params);
}
