//! The Bot API: `/bot<token>/<method>` in, Telegram's JSON out.
//! This file finds the method, applies scripted faults and writes the answer.

pub(crate) mod callbacks;
pub(crate) mod copies;
pub(crate) mod edits;
pub(crate) mod files;
pub(crate) mod invoices;
pub(crate) mod messages;
pub(crate) mod places;
pub(crate) mod profile;
pub(crate) mod send;
pub(crate) mod stars;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use serde_json::json;

use crate::deliver::{poll, webhook};
use crate::faults::FaultAction;
use crate::host::is_allowed;
use crate::people::channel;
use crate::refusal::{ApiError, Outcome};
use crate::shared::Shared;
use crate::strict::params::Params;
use crate::strict::tables::{METHODS, Method};

/// A request's body may be this long: a file of 50 MB and some parameters (Bot API, "Sending files").
const BODY_MAX: usize = 51 << 20;
/// What the front server sends while Telegram is down.
const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
     <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n";

/// Answers everything that no other route took.
pub(crate) async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if !is_allowed(&parts.headers) {
        return refuse(&ApiError::new(421, "this host is not served here: use 127.0.0.1 or localhost"));
    }
    let path = parts.uri.path();
    if let Some(path) = path.strip_prefix("/file/bot") {
        return files::serve(&shared, path);
    }
    let Some((token, name)) = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/')) else {
        return refuse(&ApiError { description: "Not Found".to_owned(), ..ApiError::new(404, "") });
    };
    let Ok(body) = to_bytes(body, BODY_MAX).await else {
        return refuse(&ApiError { description: "Request Entity Too Large".to_owned(), ..ApiError::new(413, "") });
    };
    if shared.token != token {
        return refuse(&ApiError::unauthorized());
    }
    let Some(method) = METHODS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) else {
        return refuse(&ApiError::new(404, "method not found"));
    };
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let params = Params::read(method, parts.uri.query(), content_type.unwrap_or_default(), &body);
    if shared.has_log()
        && let Ok(params) = &params
    {
        let host = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok());
        shared.log_line(json!({"host": host, "method": method.0, "params": params.0}).to_string());
    }
    answer(&shared, method, params).await
}

async fn answer(shared: &Arc<Shared>, method: &Method, params: Result<Params, ApiError>) -> Response {
    let params = match params {
        Ok(params) => params,
        Err(error) => return refuse(&error),
    };
    let fault = shared.faults.for_request(method.0, &params);
    if !fault.latency.is_zero() {
        tokio::time::sleep(fault.latency).await;
    }
    match &fault.action {
        Some(FaultAction::TooManyRequests { retry_after }) => {
            return refuse(&ApiError::too_many_requests(retry_after.unwrap_or(1)));
        }
        Some(FaultAction::Error { status, description }) => {
            return refuse(&ApiError::new(*status, description.as_deref().unwrap_or("scripted fault")));
        }
        Some(FaultAction::BadGateway) => return bad_gateway(),
        Some(FaultAction::CutBefore) => return cut(),
        _ => {}
    }
    let outcome = run(shared, method.0, &params).await;
    if shared.is_dead.load(Ordering::Acquire) {
        return cut();
    }
    match (fault.action, outcome) {
        (Some(FaultAction::CutAfter), _) => cut(),
        (Some(FaultAction::BadGatewayAfter), _) => bad_gateway(),
        (Some(FaultAction::TornReply), Ok(result)) => torn(&success(&result)),
        (Some(FaultAction::TornReply), Err(error)) => torn(&error.to_json()),
        (_, Ok(result)) => reply(StatusCode::OK, success(&result)),
        (_, Err(error)) => refuse(&error),
    }
}

async fn run(shared: &Arc<Shared>, method: &str, params: &Params) -> Outcome {
    if params.chat("chat_id").is_ok_and(|chat| chat < 0) {
        shared.with(|world| channel::expire(world, shared.now_ms()));
    }
    match method {
        "copyMessage" => copies::copy_message(shared, params),
        "copyMessages" => copies::copy_messages(shared, params),
        "sendMessage" => messages::send_message(shared, params),
        "getUpdates" => poll::get_updates(shared, params).await,
        "answerCallbackQuery" => callbacks::answer(shared, params),
        "editMessageText" => edits::edit_text(shared, params),
        "editMessageCaption" => edits::edit_caption(shared, params),
        "editMessageMedia" => edits::edit_media(shared, params),
        "editMessageLiveLocation" => edits::edit_live(shared, params, Some(places::read_location(params)?)),
        "stopMessageLiveLocation" => edits::edit_live(shared, params, None),
        "editMessageReplyMarkup" => edits::edit_markup(shared, params),
        "deleteMessage" => edits::delete(shared, params),
        "deleteMessages" => edits::delete_many(shared, params),
        "setMessageReaction" => edits::react(shared, params),
        "sendChatAction" => messages::send_chat_action(shared, params),
        "sendMediaGroup" => files::send_group(shared, params),
        "sendLocation" => places::send_location(shared, params),
        "sendVenue" => places::send_venue(shared, params),
        "sendContact" => places::send_contact(shared, params),
        "sendDice" => places::send_dice(shared, params),
        "forwardMessage" => copies::forward_message(shared, params),
        "getChat" => profile::get_chat(shared, params),
        "getChatMember" => profile::get_member(shared, params),
        "sendInvoice" => invoices::send_invoice(shared, params),
        "createInvoiceLink" => invoices::create_link(shared, params),
        "answerPreCheckoutQuery" => invoices::answer(shared, params),
        "refundStarPayment" => stars::refund(shared, params),
        "editUserStarSubscription" => stars::edit_subscription(shared, params),
        "getStarTransactions" => stars::transactions(shared, params),
        "getMyStarBalance" => stars::balance(shared),
        "getMe" => profile::get_me(shared),
        "getFile" => files::get_file(shared, params),
        "setWebhook" => webhook::set(shared, params),
        "deleteWebhook" => webhook::delete(shared, params),
        "getWebhookInfo" => webhook::info(shared),
        "setMyCommands" => profile::set_commands(shared, params),
        "getMyCommands" => profile::get_commands(shared, params),
        "deleteMyCommands" => profile::delete_commands(shared, params),
        "setChatMenuButton" => profile::set_menu(shared, params),
        "getChatMenuButton" => profile::get_menu(shared, params),
        _ if method.starts_with("setMy") => profile::set_text(shared, method, params),
        _ if method.starts_with("getMy") => profile::get_text(shared, method, params),
        _ => files::send_file(shared, method, params),
    }
}

/// A JSON answer.
fn reply(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

/// A refusal.
pub(crate) fn refuse(error: &ApiError) -> Response {
    reply(StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST), error.to_json())
}

fn bad_gateway() -> Response {
    let mut response = reply(StatusCode::BAD_GATEWAY, BAD_GATEWAY.to_owned());
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html"));
    response
}

fn success(result: &str) -> String {
    format!("{{\"ok\":true,\"result\":{result}}}")
}

/// A connection that drops before even the head of an answer is sent.
fn cut() -> Response {
    Response::new(Body::from_stream(stream::once(async { broken() })))
}

/// The head of a good answer with its whole length, half of the body, and then nothing more.
fn torn(body: &str) -> Response {
    let half = body.as_bytes().iter().take(body.len() / 2).copied().collect::<Vec<u8>>();
    let break_off = async {
        // The server sends what it has when the body makes it wait; without that it would drop the half as well.
        tokio::task::yield_now().await;
        broken()
    };
    let parts = stream::once(async { Ok(half) }).chain(stream::once(break_off));
    let mut response = Response::new(Body::from_stream(parts));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    headers.insert(header::CONTENT_LENGTH, header::HeaderValue::from(body.len()));
    response
}

fn broken() -> Result<Vec<u8>, std::io::Error> {
    Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted))
}
