//! Debian's Chromium and its driver, and what the tests of the page ask of them.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

/// A browser on a busy machine takes its time.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// A running `chromedriver` and, in its process group, the browser.
pub(super) struct Driver {
    child: Child,
    url: String,
}

impl Driver {
    /// Starts it on a free port; tells why it cannot.
    pub(super) fn start() -> Result<Self, String> {
        let has_browser = Command::new("chromium").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !has_browser.is_ok_and(|status| status.success()) {
            return Err("no chromium on PATH (Debian: chromium, chromium-driver)".to_owned());
        }
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .process_group(0)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("no chromedriver on PATH (Debian: chromium-driver): {error}"))?;
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let url = format!("http://127.0.0.1:{}", port.expect("chromedriver says its port"));
        Ok(Self { child, url })
    }

    pub(super) async fn open(&self, profile: &Path) -> Client {
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--no-first-run".to_owned(),
            // Letters without coloured edges, which suit one kind of screen only and would show in pictures.
            "--disable-lcd-text".to_owned(),
            "--window-size=1280,860".to_owned(),
            format!("--user-data-dir={}", profile.display()),
        ];
        let Value::Object(capabilities) = json!({"goog:chromeOptions": {"args": arguments}}) else { unreachable!() };
        ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&self.url).await.unwrap()
    }
}

impl Driver {
    /// Has the browser prefer dark colours, or its usual ones again.
    pub(super) async fn prefer_dark(&self, browser: &Client, is_dark: bool) {
        let session = browser.session_id().await.unwrap().expect("a session");
        let value = if is_dark { "dark" } else { "" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        let body = json!({"cmd": "Emulation.setEmulatedMedia", "params": media}).to_string();
        let request =
            Request::post(format!("{}/session/{session}/goog/cdp/execute", self.url)).body(Full::new(Bytes::from(body)));
        let client: legacy::Client<HttpConnector, Full<Bytes>> = legacy::Client::builder(TokioExecutor::new()).build_http();
        let answer = client.request(request.unwrap()).await.unwrap();
        assert!(answer.status().is_success(), "{:?}", answer.into_body().collect().await.unwrap().to_bytes());
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The group, because a browser outlives its driver when a test fails in the middle.
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.child.id())]).status();
        let _ = self.child.wait();
    }
}

pub(super) async fn find(browser: &Client, css: &str) -> Element {
    match browser.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await {
        Ok(element) => element,
        Err(error) => panic!("no {css}: {error}\n{}", browser.source().await.unwrap_or_default()),
    }
}

/// Waits until an expression is true; one that fails is not true yet.
pub(super) async fn until(browser: &Client, script: &str) {
    luvhive_tests::eventually(script, PATIENCE, async || {
        let script = format!("try {{ return Boolean({script}) }} catch {{ return false }}");
        browser.execute(&script, Vec::new()).await.unwrap() == json!(true)
    })
    .await;
}

/// Writes a screenshot to the target folder for people to look at; returns its size in bytes.
pub(super) async fn shoot(browser: &Client, name: &str) -> usize {
    let picture = browser.screenshot().await.unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.png")), &picture).unwrap();
    picture.len()
}
