//! The client against a bare TCP server that answers what it is told: statuses, odd replies, cut connections.

use std::sync::{Arc, Mutex};

use luvhive_core::chat::Undelivered;
use luvhive_core::engine::effect::{Original, OutboxBody, Relay, Rendered};
use luvhive_core::id::{MessageId, TelegramId};
use luvhive_core::ports::{Delivery, Messenger, MessengerError};
use luvhive_core::premium::ChargeId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;
use crate::payments::{Renewal, Till as _};
use crate::rendered;
use crate::signal::LeaseTerm;
use crate::view::screen::Screen;

/// Answers every request with the same bytes and keeps what was asked.
struct Server {
    url: String,
    requests: std::sync::Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(answer: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = std::sync::Arc::<Mutex<Vec<String>>>::default();
        let log = requests.clone();
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                let mut buffer = [0; 4096];
                // A request is whole once its body has as many bytes as announced.
                loop {
                    let read = stream.read(&mut buffer).await.unwrap();
                    request.extend_from_slice(&buffer[..read]);
                    let text = String::from_utf8_lossy(&request).to_lowercase();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                    if read == 0 || body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                        break;
                    }
                }
                log.lock().unwrap().push(String::from_utf8(request).unwrap());
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { url, requests, task }
    }

    async fn stop(self) -> Vec<String> {
        self.task.abort();
        let _ = self.task.await;
        self.requests.lock().unwrap().clone()
    }
}

fn reply(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn refusal(code: u16, description: &str, parameters: &str) -> String {
    let body = format!(r#"{{"ok":false,"error_code":{code},"description":"{description}"{parameters}}}"#);
    reply(&format!("{code} No"), &body)
}

/// A token made here, so that no text of this repository looks like one.
fn token() -> String {
    format!("{}:{}", 4242, "s".repeat(35))
}

fn messenger(url: &str) -> BotApiMessenger {
    BotApiMessenger::new(std::sync::Arc::new(BotApi::new(url, &token()).unwrap()))
}

fn relay() -> OutboxBody {
    OutboxBody::Relay(Relay {
        from: TelegramId::new(5),
        source: MessageId::new(6),
        reply_to: None,
        is_protected: false,
        sent: None,
    })
}

fn call() -> OutboxBody {
    let body = r#"{"method":"sendMessage","params":{"chat_id":8,"text":"hi"}}"#.to_owned();
    OutboxBody::Call(Rendered { version: rendered::VERSION, body })
}

async fn deliver(answer: String, body: &OutboxBody) -> Result<Delivery, MessengerError> {
    let server = Server::start(answer).await;
    let result = messenger(&server.url).deliver(TelegramId::new(8), body, None).await;
    server.stop().await;
    result
}

async fn check(answer: String, expected: &str) {
    check_of(answer, &call(), expected).await;
}

async fn check_of(answer: String, body: &OutboxBody, expected: &str) {
    let result = deliver(answer, body).await;
    let found = match &result {
        Ok(delivery) => format!("ok {:?}", delivery.message.map(MessageId::get)),
        Err(MessengerError::Gone) => "gone".to_owned(),
        Err(MessengerError::RetryAfter(wait)) => format!("retry {}", wait.as_millis()),
        Err(MessengerError::Rejected { code, why }) => format!("rejected {code} {why}"),
        Err(MessengerError::NotSent(_)) => "not sent".to_owned(),
        Err(MessengerError::Unknown(_)) => "unknown".to_owned(),
    };
    assert_eq!(found, expected, "{result:?}");
}

#[tokio::test]
async fn success_gives_the_messages_id() {
    check(reply("200 OK", r#"{"ok":true,"result":{"message_id":77,"new":[1]}}"#), "ok Some(77)").await;
    check(reply("200 OK", r#"{"ok":true,"result":true}"#), "ok None").await;
}

#[tokio::test]
async fn waits_of_any_form_are_understood() {
    check(refusal(429, "Too Many Requests", r#","parameters":{"retry_after":100000}"#), "retry 100000000").await;
    check(refusal(429, "x", r#","parameters":{"retry_after":0.5}"#), "retry 500").await;
    check(refusal(429, "x", r#","parameters":{"retry_after":"7"}"#), "retry 7000").await;
    check(refusal(429, "x", r#","parameters":{"retry_after":-3}"#), "retry 1000").await;
    check(refusal(429, "x", ""), "retry 1000").await;
    check(reply("429 Slow\r\nretry-after: 9", "<html>"), "retry 9000").await;
}

#[tokio::test]
async fn people_who_left_are_gone() {
    check(refusal(403, "Forbidden: bot was blocked by the user", ""), "gone").await;
    check(refusal(403, "Forbidden: user is deactivated", ""), "gone").await;
    check(refusal(403, "Forbidden: bot can't initiate conversation with a user", ""), "gone").await;
    check(refusal(400, "Bad Request: chat not found", ""), "gone").await;
}

#[tokio::test]
async fn refusals_mean_the_same_with_either_code_and_for_copies_as_for_calls() {
    let reasons = [
        ("bot was blocked by the user", "gone"),
        ("USER_IS_BLOCKED", "gone"),
        ("chat not found", "gone"),
        ("PEER_ID_INVALID", "gone"),
        ("INPUT_USER_DEACTIVATED", "gone"),
        ("user is deactivated", "gone"),
        ("message to copy not found", "gone"),
        ("message to edit not found", "gone"),
        ("MESSAGE_ID_INVALID", "gone"),
        ("message caption is too long", "long"),
        ("MEDIA_CAPTION_TOO_LONG", "long"),
        ("VOICE_MESSAGES_FORBIDDEN", "setting"),
        ("user restricted receiving of voice messages", "setting"),
        ("message can't be copied", "other"),
        ("not enough rights to send photos to the chat", "unknown"),
        ("something that is new", "unknown"),
    ];
    for (at, (description, means)) in reasons.into_iter().enumerate() {
        for (code, title) in [(400, "Bad Request"), (403, "Forbidden")] {
            let expected = if at < 6 { means.to_owned() } else { format!("rejected {code} {means}") };
            for body in [call(), relay()] {
                check_of(refusal(code, &format!("{title}: {description}"), ""), &body, &expected).await;
            }
        }
    }
}

#[tokio::test]
async fn any_clear_answer_is_a_sign_of_life() {
    let good = r#"{"ok":true,"result":{"id":7,"is_bot":true}}"#;
    for (answer, is_alive) in [
        (reply("200 OK", good), true),
        (refusal(400, "Bad Request: whatever", ""), true),
        (refusal(429, "Too Many Requests", ""), false),
        (reply("502 Bad Gateway", "<html>"), false),
    ] {
        let server = Server::start(answer).await;
        assert_eq!(messenger(&server.url).ping().await.is_ok(), is_alive);
        assert!(server.stop().await[0].contains("/getMe "));
    }
}

#[tokio::test]
async fn refusals_for_good_keep_their_code() {
    check(refusal(400, "Bad Request: message text is empty", ""), "rejected 400 unknown").await;
    check(refusal(403, "Forbidden: not enough rights", ""), "rejected 403 unknown").await;
    check(refusal(413, "Request Entity Too Large", ""), "rejected 413 unknown").await;
}

#[tokio::test]
async fn what_changed_nothing_or_came_too_late_is_success() {
    check(refusal(400, "Bad Request: message is not modified: same", ""), "ok None").await;
    check(refusal(400, "Bad Request: query is too old and response timeout expired", ""), "ok None").await;
}

#[tokio::test]
async fn a_token_taken_back_harms_no_row() {
    check(refusal(401, "Unauthorized", ""), "not sent").await;
}

#[tokio::test]
async fn trouble_on_the_way_leaves_the_outcome_unknown() {
    check(reply("502 Bad Gateway", "<html><h1>502</h1></html>"), "unknown").await;
    check(refusal(500, "Internal Server Error", ""), "unknown").await;
    check(reply("200 OK", "<html>maintenance</html>"), "unknown").await;
    check(reply("404 Not Found", "<html>proxy</html>"), "unknown").await;
    check("HTTP/1.1 200 OK\r\ncontent-length: 500\r\nconnection: close\r\n\r\n{\"ok\"".to_owned(), "unknown").await;
    check(String::new(), "unknown").await;
}

#[tokio::test]
async fn no_connection_means_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let result = messenger(&url).deliver(TelegramId::new(8), &relay(), None).await;
    assert!(matches!(result, Err(MessengerError::NotSent(_))), "{result:?}");
}

#[tokio::test]
async fn a_relay_is_a_copy_that_may_lose_its_quote() {
    let server = Server::start(reply("200 OK", r#"{"ok":true,"result":{"message_id":9}}"#)).await;
    let delivery = messenger(&server.url).deliver(TelegramId::new(8), &relay(), Some(MessageId::new(3))).await.unwrap();
    assert_eq!(delivery.message, Some(MessageId::new(9)));
    let requests = server.stop().await;
    let body = requests[0].split_once("\r\n\r\n").unwrap().1;
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let expected = serde_json::json!({
        "chat_id": 8, "from_chat_id": 5, "message_id": 6,
        "reply_parameters": { "message_id": 3, "allow_sending_without_reply": true }
    });
    assert_eq!(body, expected);
    assert!(requests[0].starts_with(&format!("POST /bot{}/copyMessage ", token())), "{}", requests[0]);
}

#[tokio::test]
async fn a_stored_call_is_sent_as_it_was_rendered() {
    let server = Server::start(reply("200 OK", r#"{"ok":true,"result":{"message_id":9}}"#)).await;
    messenger(&server.url).deliver(TelegramId::new(8), &call(), None).await.unwrap();
    let requests = server.stop().await;
    assert!(requests[0].contains("/sendMessage "), "{}", requests[0]);
    assert!(requests[0].ends_with(r#"{"chat_id":8,"text":"hi"}"#), "{}", requests[0]);
}

#[tokio::test]
async fn a_screen_whose_message_is_gone_comes_anew_and_a_partners_words_do_not() {
    for description in [
        "Bad Request: message to edit not found",
        "Bad Request: message can't be edited",
        "Bad Request: MESSAGE_ID_INVALID",
        "Bad Request: there is no text in the message to edit",
    ] {
        let server = Server::start(refusal(400, description, "")).await;
        let messenger = messenger(&server.url);
        let screen = Screen::plain("hi".to_owned()).edit(TelegramId::new(8), MessageId::new(3));
        for params in [
            r#"{"chat_id":8,"message_id":3,"reply_markup":{},"text":"hi"}"#,
            screen.body.strip_prefix(r#"{"method":"editMessageText","params":"#).unwrap().strip_suffix('}').unwrap(),
            r#"{"chat_id":8,"message_id":3,"text":"hi"}"#,
        ] {
            let body = format!(r#"{{"method":"editMessageText","params":{params}}}"#);
            let body = OutboxBody::Call(Rendered { version: rendered::VERSION, body });
            let result = messenger.deliver(TelegramId::new(8), &body, None).await;
            assert!(matches!(result, Err(MessengerError::Rejected { code: 400, .. })), "{result:?}");
        }
        let requests = server.stop().await;
        let methods: Vec<_> = requests.iter().map(|request| request.contains("/sendMessage ")).collect();
        assert_eq!(methods, [false, true, false, true, false], "{requests:?}");
        assert!(requests[1].ends_with(r#"{"chat_id":8,"reply_markup":{},"text":"hi"}"#), "{}", requests[1]);
        // A screen without buttons is one as well.
        let anew = r#"{"chat_id":8,"link_preview_options":{"is_disabled":true},"text":"hi"}"#;
        assert!(requests[3].ends_with(anew), "{}", requests[3]);
    }
}

#[tokio::test]
async fn a_change_goes_to_its_copy_and_never_comes_anew() {
    let server = Server::start(refusal(400, "Bad Request: message to edit not found", "")).await;
    let original = Original { from: TelegramId::new(5), message: MessageId::new(6) };
    let body = r#"{"method":"editMessageText","params":{"text":"hi","link_preview_options":{}}}"#.to_owned();
    let body = OutboxBody::Edit { original, call: Rendered { version: rendered::VERSION, body } };
    let result = messenger(&server.url).deliver(TelegramId::new(8), &body, Some(MessageId::new(3))).await;
    let Err(MessengerError::Rejected { code: 400, why }) = result else { panic!("{result:?}") };
    assert_eq!(why.of_edit(), Undelivered::EditMissing, "the partner deleted it");
    let requests = server.stop().await;
    assert!(requests.len() == 1 && requests[0].contains("/editMessageText "), "{requests:?}");
    let sent = r#"{"chat_id":8,"link_preview_options":{},"message_id":3,"text":"hi"}"#;
    assert!(requests[0].ends_with(sent), "{}", requests[0]);
}

#[tokio::test]
async fn a_stored_call_of_another_form_never_leaves() {
    let server = Server::start(reply("200 OK", r#"{"ok":true,"result":true}"#)).await;
    let messenger = messenger(&server.url);
    for (version, body) in [
        (99, r#"{"method":"sendMessage","params":{}}"#),
        (rendered::VERSION, r#"{"method":"../sendMessage","params":{}}"#),
        (rendered::VERSION, "not json"),
    ] {
        let body = OutboxBody::Call(Rendered { version, body: body.to_owned() });
        let result = messenger.deliver(TelegramId::new(8), &body, None).await;
        assert!(matches!(result, Err(MessengerError::Rejected { code: 400, .. })), "{result:?}");
    }
    assert!(server.stop().await.is_empty());
}

#[tokio::test]
async fn every_poll_names_the_kinds_it_wants() {
    let server = Server::start(reply("200 OK", r#"{"ok":true,"result":[]}"#)).await;
    let api = BotApi::new(&server.url, &token()).unwrap();
    api.get_raw_updates(Some(UpdateId::new(12)), Duration::from_secs(1)).await.unwrap();
    api.get_raw_updates(None, Duration::ZERO).await.unwrap();
    let requests = server.stop().await;
    let kinds =
        r#""allowed_updates":["message","edited_message","callback_query","my_chat_member","pre_checkout_query","subscription"]"#;
    assert!(requests[0].ends_with(&format!(r#"{{"offset":12,"limit":100,"timeout":1,{kinds}}}"#)), "{}", requests[0]);
    assert!(requests[1].ends_with(&format!(r#"{{"limit":100,"timeout":0,{kinds}}}"#)), "{}", requests[1]);
}

#[tokio::test]
async fn a_refused_token_is_told_by_the_setup() {
    let server = Server::start(refusal(401, "Unauthorized", "")).await;
    let refused = BotApi::new(&server.url, &token()).unwrap().get_account().await;
    assert!(matches!(refused, Err(SetupError::TokenRefused)), "{refused:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_webhook_must_be_https_unless_both_ends_are_here() {
    let settings = |url: &str| WebhookSettings { url: url.to_owned(), secret: "abc".to_owned(), connections: 40 };
    let official = BotApi::new("http://example.invalid", &token()).unwrap();
    for url in ["http://example.org/x", "http://127.0.0.1/x"] {
        let refused = official.prepare_webhook(&settings(url)).await;
        assert!(matches!(refused, Err(SetupError::InsecureWebhook)), "{url}: {refused:?}");
    }
    let server = Server::start(reply("200 OK", r#"{"ok":true,"result":true}"#)).await;
    let local = BotApi::new(&server.url, &token()).unwrap();
    local.prepare_webhook(&settings("http://127.0.0.1:1/x")).await.unwrap();
    let requests = server.stop().await;
    assert!(requests[0].contains(r#""drop_pending_updates":false"#), "{}", requests[0]);
}

#[tokio::test]
async fn the_token_is_in_no_text_of_ours() {
    let secret = token();
    let api = BotApi::new("http://127.0.0.1:1", &secret).unwrap();
    let error = api.get_account().await.unwrap_err();
    let texts = [
        format!("{api:?}"),
        format!("{error:?}"),
        luvhive_core::error::chain(&error),
        format!("{:?}", messenger("http://127.0.0.1:1")),
    ];
    for text in texts {
        assert!(!text.contains(&"s".repeat(10)) && !text.contains("/bot"), "{text}");
    }
}

#[test]
fn a_token_of_another_form_is_refused() {
    for token in ["", "abc", "12", "12:", ":abc", "12:a/b", "x:abc", "-3:abc", "12:a b"] {
        assert!(matches!(BotApi::new(OFFICIAL_BASE_URL, token), Err(ClientError::TokenForm)), "{token}");
    }
}

#[tokio::test]
async fn an_undecodable_reply_is_told_without_its_content() {
    let result = deliver(reply("200 OK", r#"{"ok":true,"result":{"message_id":"private words"}}"#), &call()).await;
    let result = match result {
        // Something else than a message came back: nothing of it is kept.
        Ok(delivery) => return assert_eq!(delivery.message, None),
        Err(error) => error,
    };
    assert!(!luvhive_core::error::chain(&result).contains("private"));
}

#[tokio::test]
async fn the_till_is_asked_only_while_the_lease_runs() {
    let server = Server::start(reply("200 OK", r#"{"ok":true,"result":{"transactions":[]}}"#)).await;
    let term = LeaseTerm::of(Duration::from_mins(1));
    let till = BotApiTill::new(Arc::new(BotApi::new(&server.url, &token()).unwrap()), term.clone());
    assert_eq!(till.list_transactions(0).await.unwrap().count, 0);
    term.extend_by(Duration::ZERO);
    let charge = ChargeId::new("charge").unwrap();
    till.list_transactions(0).await.unwrap_err();
    till.refund(TelegramId::new(8), &charge).await.unwrap_err();
    till.edit_subscription(TelegramId::new(8), &charge, Renewal::Off).await.unwrap_err();
    assert_eq!(server.stop().await.len(), 1, "asked without the lease");
}

/// Has a till make calls against a server that answers with this result. Returns the method and body of each.
async fn till_calls(result: &str, ask: impl AsyncFnOnce(BotApiTill)) -> Vec<(String, serde_json::Value)> {
    let server = Server::start(reply("200 OK", &format!(r#"{{"ok":true,"result":{result}}}"#))).await;
    let term = LeaseTerm::of(Duration::from_mins(1));
    ask(BotApiTill::new(Arc::new(BotApi::new(&server.url, &token()).unwrap()), term)).await;
    calls(server.stop().await)
}

/// The method and body of each request; an empty body is null.
fn calls(requests: Vec<String>) -> Vec<(String, serde_json::Value)> {
    let call = |request: String| {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let method = head.split(' ').nth(1).unwrap().rsplit('/').next().unwrap();
        let body = if body.is_empty() { serde_json::Value::Null } else { serde_json::from_str(body).unwrap() };
        (method.to_owned(), body)
    };
    requests.into_iter().map(call).collect()
}

#[tokio::test]
async fn the_till_names_payer_and_charge() {
    let (payer, charge) = (TelegramId::new(5_000_000_007), ChargeId::new("charge").unwrap());
    let found = till_calls("true", async |till| {
        till.refund(payer, &charge).await.unwrap();
        till.edit_subscription(payer, &charge, Renewal::Off).await.unwrap();
        till.edit_subscription(payer, &charge, Renewal::On).await.unwrap();
    });
    let of = |is_canceled: bool| {
        serde_json::json!({
            "user_id": 5_000_000_007_i64, "telegram_payment_charge_id": "charge", "is_canceled": is_canceled
        })
    };
    let expected = [
        (
            "refundStarPayment".to_owned(),
            serde_json::json!({ "user_id": 5_000_000_007_i64, "telegram_payment_charge_id": "charge" }),
        ),
        ("editUserStarSubscription".to_owned(), of(true)),
        ("editUserStarSubscription".to_owned(), of(false)),
    ];
    assert_eq!(found.await, expected);
}

#[tokio::test]
async fn a_link_to_an_offer_says_whether_it_renews() {
    use luvhive_core::premium::Plan;
    let found = till_calls(r#""https://t.me/$abc""#, async |till| {
        for plan in [Plan::Monthly, Plan::Week] {
            let (title, description, payload) = ("Premium".to_owned(), "For you".to_owned(), "signed".to_owned());
            let offer = crate::payments::Offer { plan, title, description, payload };
            assert_eq!(till.create_link(&offer).await.unwrap(), "https://t.me/$abc");
        }
    });
    let of = |plan: Plan| {
        serde_json::json!({
            "title": "Premium", "description": "For you", "payload": "signed", "currency": "XTR",
            "prices": [{ "label": "Premium", "amount": plan.stars().get() }],
        })
    };
    let mut renewed = of(Plan::Monthly);
    renewed["subscription_period"] = serde_json::json!(2_592_000);
    let expected = [("createInvoiceLink".to_owned(), renewed), ("createInvoiceLink".to_owned(), of(Plan::Week))];
    assert_eq!(found.await, expected);
}

#[tokio::test]
async fn one_odd_transaction_spoils_no_page() {
    let of = |id: &str, partner: &str| format!(r#"{{"id":"{id}","amount":50,"date":1700000000,"source":{partner}}}"#);
    let known = r#"{"type":"user","transaction_type":"invoice_payment","user":{"id":8},"invoice_payload":"p"}"#;
    let odd = r#"{"type":"user","transaction_type":"from_the_future","user":8}"#;
    let page = format!(r#"{{"transactions":[{},{}]}}"#, of("a", odd), of("b", known));
    let found = till_calls(&page, async |till| {
        let page = till.list_transactions(100).await.unwrap();
        assert_eq!((page.count, page.transactions.len(), page.first), (2, 1, None));
        assert_eq!(page.transactions[0].telegram, TelegramId::new(8));
    });
    let expected = [("getStarTransactions".to_owned(), serde_json::json!({ "offset": 100, "limit": 100 }))];
    assert_eq!(found.await, expected);
}

#[tokio::test]
async fn a_protected_copy_and_a_silent_answer_are_written_as_telegram_names_them() {
    let server = Server::start(reply("200 OK", r#"{"ok":true,"result":{"message_id":9}}"#)).await;
    let messenger = messenger(&server.url);
    let of = |is_protected| {
        OutboxBody::Relay(Relay { from: TelegramId::new(5), source: MessageId::new(6), reply_to: None, is_protected, sent: None })
    };
    for is_protected in [false, true] {
        messenger.deliver(TelegramId::new(8), &of(is_protected), None).await.unwrap();
    }
    messenger.answer("77").await.unwrap();
    let expected = [
        ("copyMessage".to_owned(), serde_json::json!({ "chat_id": 8, "from_chat_id": 5, "message_id": 6 })),
        (
            "copyMessage".to_owned(),
            serde_json::json!({ "chat_id": 8, "from_chat_id": 5, "message_id": 6, "protect_content": true }),
        ),
        ("answerCallbackQuery".to_owned(), serde_json::json!({ "callback_query_id": "77" })),
    ];
    assert_eq!(calls(server.stop().await), expected);
}

#[tokio::test]
async fn what_is_settled_before_the_first_update_is_written_as_telegram_names_it() {
    let server = Server::start(reply("200 OK", r#"{"ok":true,"result":true}"#)).await;
    let api = BotApi::new(&server.url, &token()).unwrap();
    api.prepare_polling().await.unwrap();
    let (url, secret) = ("https://example.org/hook".to_owned(), "abc".to_owned());
    api.prepare_webhook(&WebhookSettings { url, secret, connections: 40 }).await.unwrap();
    let commands = vec![("next", "Someone new".to_owned())];
    for language in [None, Some(luvhive_core::person::UiLanguage::English)] {
        let list = crate::locale::CommandList { language, commands: commands.clone() };
        api.set_command_lists(&[list]).await.unwrap();
    }
    let kinds = ["message", "edited_message", "callback_query", "my_chat_member", "pre_checkout_query", "subscription"];
    let commands = serde_json::json!([{ "command": "next", "description": "Someone new" }]);
    let expected = [
        ("deleteWebhook".to_owned(), serde_json::json!({ "drop_pending_updates": false })),
        (
            "setWebhook".to_owned(),
            serde_json::json!({
                "url": "https://example.org/hook", "max_connections": 40, "allowed_updates": kinds,
                "drop_pending_updates": false, "secret_token": "abc",
            }),
        ),
        ("setMyCommands".to_owned(), serde_json::json!({ "commands": commands })),
        ("setMyCommands".to_owned(), serde_json::json!({ "commands": commands, "language_code": "en" })),
    ];
    assert_eq!(calls(server.stop().await), expected);
}
