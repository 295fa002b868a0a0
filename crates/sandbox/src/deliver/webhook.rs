//! Webhooks: set, described and delivered. The updates of a queue go in order and one at a time, different queues side by
//! side; a failure pauses that queue alone, longer each time. [`crate::world::queue::webhook_queue`] says which are one queue.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::refusal::{ApiError, Outcome, to_result};
use crate::shared::Shared;
use crate::strict::params::Params;
use crate::world::record::{Pending, Record};

/// Pauses double up to this many times the first one.
const PAUSE_FACTOR_MAX: u32 = 64;
/// Deliveries at a time unless the bot says otherwise (Bot API, `setWebhook`).
const CONNECTIONS: i64 = 40;
/// A bot that has not answered by then has failed.
const ANSWER_WITHIN: Duration = Duration::from_mins(1);

/// `setWebhook`
pub(crate) fn set(shared: &Shared, params: &Params) -> Outcome {
    let url = params.text("url").unwrap_or_default();
    if url.is_empty() {
        return delete(shared, params);
    }
    check_url(url)?;
    let secret = params.text("secret_token").unwrap_or_default();
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if secret.len() > 256 || !secret.bytes().all(is_letter) {
        return Err(ApiError::bad_request("secret token contains unallowed characters"));
    }
    let connections = params.int("max_connections").unwrap_or(CONNECTIONS).clamp(1, 100);
    shared.poller.lock().end("terminated by setWebhook request");
    shared.with(|world| {
        if params.is_on("drop_pending_updates") {
            world.commit(Record::Confirmed { below: world.next.update });
        }
        if let Some(allowed) = params.value("allowed_updates") {
            world.set("allowed_updates", Some(allowed.clone()));
        }
        world.set("webhook", Some(json!({"url": url, "secret": secret, "max_connections": connections})));
        world.set("webhook_error", None);
    });
    shared.queued.notify_waiters();
    described("Webhook was set")
}

/// `true` with a description beside it, as these two methods answer.
#[expect(clippy::unnecessary_wraps, reason = "it stands where an outcome is returned")]
fn described(description: &str) -> Outcome {
    Ok(format!("true,\"description\":\"{description}\""))
}

fn check_url(url: &str) -> Result<(), ApiError> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, port.parse::<u16>().ok()),
        None => (authority, Some(if scheme == "https" { 443 } else { 80 })),
    };
    let Some(port) = port.filter(|_| !host.is_empty()) else {
        return Err(ApiError::bad_request("bad webhook: invalid URL specified"));
    };
    match scheme {
        "http" if is_loopback(host) => Ok(()),
        "https" if is_loopback(host) || matches!(port, 443 | 80 | 88 | 8443) => Ok(()),
        "https" => Err(ApiError::bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")),
        _ => Err(ApiError::bad_request("bad webhook: An HTTPS URL must be provided for webhook")),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "[::1]" || host.parse().is_ok_and(|ip: std::net::Ipv4Addr| ip.is_loopback())
}

/// `deleteWebhook`
pub(crate) fn delete(shared: &Shared, params: &Params) -> Outcome {
    let was_set = shared.with(|world| {
        if params.is_on("drop_pending_updates") {
            world.commit(Record::Confirmed { below: world.next.update });
        }
        let was_set = world.settings.contains_key("webhook");
        if was_set {
            world.set("webhook", None);
            world.set("webhook_error", None);
        }
        was_set
    });
    described(if was_set { "Webhook was deleted" } else { "Webhook is already deleted" })
}

/// `getWebhookInfo`
pub(crate) fn info(shared: &Shared) -> Outcome {
    let now = shared.now_ms();
    shared.with(|world| {
        world.expire(now);
        let webhook = world.settings.get("webhook");
        let mut info = json!({
            "url": webhook.and_then(|w| w.get("url")).cloned().unwrap_or_else(|| "".into()),
            "has_custom_certificate": false,
            "pending_update_count": world.queue.waiting.len(),
        });
        if let Some(map) = info.as_object_mut() {
            if let Some(connections) = webhook.and_then(|w| w.get("max_connections")) {
                map.insert("max_connections".to_owned(), connections.clone());
            }
            if let Some(Value::Object(error)) = world.settings.get("webhook_error") {
                map.extend(error.clone());
            }
            if let Some(allowed) = world.settings.get("allowed_updates").filter(|list| **list != json!([])) {
                map.insert("allowed_updates".to_owned(), allowed.clone());
            }
        }
        to_result(&info)
    })
}

/// One delivery's end.
struct Delivered {
    id: i64,
    key: i64,
    failure: Option<String>,
}

/// Brings updates to the webhook while one is set; ends when the sandbox stops.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut stopping = shared.stopping.subscribe();
    let mut tasks: JoinSet<Delivered> = JoinSet::new();
    let mut busy = BTreeSet::new();
    // Queues that wait after a failure: until when, and the pause after the next one.
    let mut paused: BTreeMap<i64, (Instant, u32)> = BTreeMap::new();
    while !*stopping.borrow() {
        let queued = shared.queued.notified();
        tokio::pin!(queued);
        queued.as_mut().enable();
        let now = Instant::now();
        let held: BTreeSet<i64> = paused.iter().filter(|(_, (until, _))| *until > now).map(|(key, _)| *key).collect();
        let mut taken: BTreeSet<i64> = busy.union(&held).copied().collect();
        while let Some((target, update)) = next(&shared, &taken, tasks.len()) {
            taken.insert(update.key);
            busy.insert(update.key);
            if shared.has_log() {
                let mut line = String::new();
                update.write(&mut line);
                shared.log_line(format!("{{\"updates\":[{line}]}}"));
            }
            let twice = shared.faults.is_duplicated();
            tasks.spawn(async move {
                let mut failure = deliver(&target, &update).await.err();
                if twice && failure.is_none() {
                    failure = deliver(&target, &update).await.err();
                }
                Delivered { id: update.id, key: update.key, failure }
            });
        }
        let wake = paused.values().map(|(until, _)| *until).filter(|until| *until > now).min();
        tokio::select! {
            () = queued => {}
            Some(ended) = tasks.join_next() => {
                let Ok(ended) = ended else { continue };
                busy.remove(&ended.key);
                finish(&shared, ended, &mut paused);
            }
            () = tokio::time::sleep_until(wake.unwrap_or(now + Duration::from_hours(1))) => {}
            _ = stopping.changed() => {}
        }
    }
    tasks.shutdown().await;
}

/// The next update to be brought, and where to.
fn next(shared: &Shared, taken: &BTreeSet<i64>, running: usize) -> Option<(Value, Pending)> {
    let now = shared.now_ms();
    shared.with(|world| {
        let webhook = world.settings.get("webhook")?.clone();
        let most = webhook.get("max_connections").and_then(Value::as_i64).unwrap_or(CONNECTIONS);
        if i64::try_from(running).unwrap_or(i64::MAX) >= most {
            return None;
        }
        world.expire(now);
        world.queue.find_free(taken).cloned().map(|update| (webhook, update))
    })
}

fn finish(shared: &Shared, ended: Delivered, paused: &mut BTreeMap<i64, (Instant, u32)>) {
    match ended.failure {
        None => {
            paused.remove(&ended.key);
            shared.with(|world| {
                world.commit(Record::Done { id: ended.id });
            });
        }
        Some(message) => {
            let factor = paused.get(&ended.key).map_or(1, |(_, factor)| (factor * 2).min(PAUSE_FACTOR_MAX));
            paused.insert(ended.key, (Instant::now() + shared.webhook_retry * factor, factor));
            let at = shared.now_ms() / 1000;
            let error = json!({"last_error_date": at, "last_error_message": message});
            shared.with(|world| world.set("webhook_error", Some(error)));
        }
    }
}

/// One POST; anything but a 2xx is a failure, told in Telegram's words.
async fn deliver(webhook: &Value, update: &Pending) -> Result<(), String> {
    let url = webhook.get("url").and_then(Value::as_str).unwrap_or_default();
    let rest = url.strip_prefix("http://").ok_or("the sandbox brings updates over http on loopback only")?;
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let address = if authority.contains(':') { authority.to_owned() } else { format!("{authority}:80") };
    let send = async {
        let stream = TcpStream::connect(&address).await.map_err(|_refused| "Connection refused".to_owned())?;
        let failed = |_error: hyper::Error| "Connection reset by peer".to_owned();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
        let mut body = String::new();
        update.write(&mut body);
        let mut request = Request::post(path)
            .header(header::HOST, authority)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONNECTION, "close");
        let secret = webhook.get("secret").and_then(Value::as_str).unwrap_or_default();
        if !secret.is_empty() {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|error| error.to_string())?;
        let exchange = async {
            let response = sender.send_request(request).await.map_err(failed)?;
            let status = response.status();
            response.into_body().collect().await.map_err(failed)?;
            Ok::<_, String>(status)
        };
        tokio::pin!(connection, exchange);
        let status = tokio::select! {
            status = &mut exchange => status?,
            // The connection may end together with the answer.
            _ = &mut connection => exchange.await?,
        };
        if status.is_success() { Ok(()) } else { Err(format!("Wrong response from the webhook: {status}")) }
    };
    tokio::time::timeout(ANSWER_WITHIN, send).await.map_err(|_late| "Read timeout expired".to_owned())?
}
