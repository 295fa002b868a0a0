//! A bot of a few lines: it asks the Bot API and reads the answers, byte by byte if need be.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use luvhive_sandbox::{PersonId, PersonSpec, Sandbox, SandboxSettings};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Long enough for a state to come about on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(5);

/// An answer as it came.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

impl Answer {
    /// The answer as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    /// The result, which must be there.
    #[track_caller]
    pub(crate) fn result(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()["result"].clone()
    }

    /// Status and description of a refusal.
    #[track_caller]
    pub(crate) fn refusal(&self) -> (u16, String) {
        let json = self.json();
        assert_eq!(json["ok"], json!(false), "{json}");
        assert_eq!(json["error_code"], json!(self.status));
        (self.status, json["description"].as_str().unwrap().to_owned())
    }
}

/// A sandbox and the bot that talks to it.
pub(crate) struct Bot {
    pub(crate) sandbox: Sandbox,
}

impl Bot {
    /// A world in memory with repeatable ids.
    pub(crate) async fn new() -> Self {
        Self::with(SandboxSettings { seed: Some(7), ..SandboxSettings::default() }).await
    }

    pub(crate) async fn with(settings: SandboxSettings) -> Self {
        Self { sandbox: Sandbox::start(settings).await.unwrap() }
    }

    /// Somebody whom the bot may write to.
    pub(crate) fn person(&self, name: &str) -> PersonId {
        self.sandbox.add_person(&PersonSpec { has_started: true, ..PersonSpec::new(name, "en") })
    }

    /// Calls a method with a JSON body.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Answer {
        let path = format!("/bot{}/{method}", self.sandbox.token());
        self.post(&path, "application/json", params.to_string()).await.expect("an answer")
    }

    /// Posts anything anywhere; an error when the connection was cut.
    pub(crate) async fn post(&self, path: &str, content_type: &str, body: String) -> Result<Answer, hyper::Error> {
        exchange(self.sandbox.port(), Post { host: "127.0.0.1", path, content_type, body: &body }).await
    }

    /// `getUpdates` without waiting, with this offset.
    pub(crate) async fn updates(&self, offset: i64) -> Vec<Value> {
        let answer = self.call("getUpdates", json!({"offset": offset, "timeout": 3})).await;
        answer.result().as_array().unwrap().clone()
    }

    /// Sends a text; returns the message's id.
    pub(crate) async fn say(&self, to: PersonId, text: &str) -> i64 {
        let answer = self.call("sendMessage", json!({"chat_id": to.get(), "text": text})).await;
        answer.result()["message_id"].as_i64().unwrap()
    }
}

/// A POST, to the sandbox by one of its names.
#[derive(Clone, Copy)]
pub(crate) struct Post<'a> {
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) body: &'a str,
}

/// One request on a connection of its own.
pub(crate) async fn exchange(port: u16, request: Post<'_>) -> Result<Answer, hyper::Error> {
    let Post { host, path, content_type, body } = request;
    let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the sandbox listens");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let request = Request::post(path)
        .header("host", format!("{host}:{port}"))
        .header("content-type", content_type)
        .body(Full::new(Bytes::from(body.to_owned())))
        .unwrap();
    let response = sender.send_request(request).await?;
    let status = response.status().as_u16();
    let header = response.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
    let body = response.into_body().collect().await?.to_bytes();
    drop(sender);
    driver.abort();
    Ok(Answer { status, content_type: header.unwrap_or_default(), body: String::from_utf8(body.to_vec()).unwrap() })
}

/// Every byte that comes back for a POST, also when the answer breaks off.
pub(crate) async fn bytes(bot: &Bot, method: &str, params: &Value) -> String {
    let body = params.to_string();
    let head = format!(
        "POST /bot{}/{method} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        bot.sandbox.token(),
        bot.sandbox.port(),
        body.len()
    );
    let mut stream = TcpStream::connect(("127.0.0.1", bot.sandbox.port())).await.expect("the sandbox listens");
    stream.write_all(format!("{head}{body}").as_bytes()).await.expect("the sandbox reads");
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(SOON, stream.read_to_end(&mut answer)).await.expect("the connection ends");
    String::from_utf8(answer).expect("text")
}

/// The update ids of a batch.
pub(crate) fn ids(updates: &[Value]) -> Vec<i64> {
    updates.iter().map(|update| update["update_id"].as_i64().unwrap()).collect()
}

/// The texts of a batch of messages.
pub(crate) fn texts(updates: &[Value]) -> Vec<&str> {
    updates.iter().filter_map(|update| update["message"]["text"].as_str()).collect()
}

/// A folder of its own below the target directory, emptied first.
pub(crate) fn folder(name: &str) -> std::path::PathBuf {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}
