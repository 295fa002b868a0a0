//! The routes over a real socket, with a stand-in for the runtime.

use luvhive_core::id::UpdateId;
use luvhive_telegram::intake::webhook::{self, WebhookUpdates};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use super::*;

struct Server {
    address: std::net::SocketAddr,
    readiness: watch::Sender<Readiness>,
    updates: WebhookUpdates,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (readiness, watching) = watch::channel(Readiness::Starting);
        let (intake, updates) = webhook::channel("");
        let webhook = Webhook { path: "/hook".to_owned(), secret: "right".to_owned(), intake };
        let (stop, stopped) = oneshot::channel();
        let metrics = Some(Metrics::new(|| "luvhive_ready 1\n".to_owned()));
        let readiness_now = Probe::new(move || *watching.borrow());
        let parts = WebParts { readiness: readiness_now, metrics, webhook: Some(webhook) };
        let task = tokio::spawn(serve(listener, parts, async {
            let _ = stopped.await;
        }));
        Self { address, readiness, updates, stop, task }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        drop(self.updates);
        self.task.await.unwrap().unwrap();
    }
}

/// Asks once and returns status and body.
async fn ask(address: std::net::SocketAddr, request: String) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may answer and close before everything is written.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
}

fn post(secret: &str, body: &str) -> String {
    format!(
        "POST /hook HTTP/1.1\r\nhost: x\r\nconnection: close\r\nX-Telegram-Bot-Api-Secret-Token: {secret}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

const UPDATE: &str = r#"{"update_id":31,"telepathy":{}}"#;

#[tokio::test]
async fn readiness_follows_the_runtime() {
    let server = Server::start().await;
    assert_eq!(ask(server.address, get("/livez")).await.0, 200);
    let words = ["starting", "standby", "ready", "database", "lease", "updates", "stopping"];
    for (readiness, word) in Readiness::ALL.into_iter().zip(words).chain([(Readiness::Ready, "ready")]) {
        server.readiness.send_replace(readiness);
        let status = if word == "ready" { 200 } else { 503 };
        assert_eq!(ask(server.address, get("/readyz")).await, (status, format!("{word}\n")));
    }
    server.stop().await;
}

#[tokio::test]
async fn what_is_counted_is_one_page() {
    let server = Server::start().await;
    assert_eq!(ask(server.address, get("/metrics")).await, (200, "luvhive_ready 1\n".to_owned()));
    server.stop().await;
}

#[tokio::test]
async fn a_posted_update_is_answered_after_its_commit() {
    let mut server = Server::start().await;
    let asking = tokio::spawn(ask(server.address, post("right", UPDATE)));
    let intake = server.updates.recv().await.unwrap();
    assert_eq!(intake.updates[0].id, UpdateId::new(31));
    assert!(!asking.is_finished());
    intake.committed.send(()).unwrap();
    assert_eq!(asking.await.unwrap().0, 200);
    server.stop().await;
}

#[tokio::test]
async fn an_update_that_did_not_commit_comes_again() {
    let mut server = Server::start().await;
    let asking = tokio::spawn(ask(server.address, post("right", UPDATE)));
    drop(server.updates.recv().await.unwrap());
    assert_eq!(asking.await.unwrap().0, 503);
    server.stop().await;
}

#[tokio::test]
async fn forged_calls_reach_nobody() {
    let server = Server::start().await;
    for secret in ["wrong", "", "righ", "rightt"] {
        assert_eq!(ask(server.address, post(secret, UPDATE)).await.0, 401, "{secret}");
    }
    let without =
        format!("POST /hook HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{UPDATE}", UPDATE.len());
    assert_eq!(ask(server.address, without).await.0, 401);
    let mut updates = server.updates;
    server.stop.send(()).unwrap();
    server.task.await.unwrap().unwrap();
    assert!(updates.recv().await.is_none());
}

#[tokio::test]
async fn what_is_no_update_is_not_asked_for_again() {
    let server = Server::start().await;
    assert_eq!(ask(server.address, post("right", "<html>")).await.0, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_body_without_end_is_refused() {
    let server = Server::start().await;
    let request = post("right", "").replace("content-length: 0", "content-length: 5000000") + &"x".repeat(4_300_000);
    assert_eq!(ask(server.address, request).await.0, 413);
    server.stop().await;
}

#[test]
fn the_secret_is_in_no_text_of_ours() {
    let (intake, _updates) = webhook::channel("");
    let webhook = Webhook { path: "/hook".to_owned(), secret: "right".to_owned(), intake };
    assert!(!format!("{webhook:?}").contains("right"));
}

/// Sends this and waits; returns whether the server has closed the connection by the end of `time`.
async fn is_closed_within(stream: &mut TcpStream, time: std::time::Duration) -> bool {
    let mut rest = Vec::new();
    tokio::time::timeout(time, stream.read_to_end(&mut rest)).await.is_ok()
}

#[tokio::test(start_paused = true)]
async fn a_slow_caller_is_let_go_and_a_patient_one_is_served_again() {
    use std::time::Duration;
    let server = Server::start().await;
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    assert!(!is_closed_within(&mut silent, Duration::from_secs(25)).await);
    assert!(is_closed_within(&mut silent, Duration::from_secs(10)).await, "nothing was said");
    // A byte now and then is no request.
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    for byte in b"GET /livez" {
        let _ = slow.write_all(&[*byte]).await;
        tokio::time::sleep(Duration::from_secs(4)).await;
    }
    assert!(is_closed_within(&mut slow, Duration::from_secs(1)).await);
    // One that asks is given time for the next request.
    let mut patient = TcpStream::connect(server.address).await.unwrap();
    for _ in 0..3 {
        patient.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut answer = [0; 12];
        patient.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        assert!(!is_closed_within(&mut patient, Duration::from_secs(20)).await);
    }
    assert!(is_closed_within(&mut patient, Duration::from_secs(40)).await);
    server.stop().await;
}
