//! The dashboard: every query of it names figures that a running bot gives on `/metrics`.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use luvhive_core::person::Gender;
use luvhive_phone::{Answers, Phone};
use luvhive_sandbox::{PersonSpec, Sandbox, SandboxSettings};
use serde_json::Value;

use super::program::program;
use super::row::{Claim, Row, float};
use crate::load::LoadError;

const PATIENCE: Duration = Duration::from_secs(30);

/// A bot that is ended with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the real program in `folder`, has somebody register, since what was never measured is not told, and counts the
/// queries that ask for a figure which the program does not give.
pub(super) async fn measure(folder: &Path) -> Result<Row, LoadError> {
    let sandbox = Sandbox::start(SandboxSettings::default()).await?;
    let mut command = program(folder, &["run"])?;
    command.env("BOT_TOKEN", sandbox.token()).env("LUVHIVE__TELEGRAM__API_URL", sandbox.base_url());
    command.env("LUVHIVE__OPS__LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut bot = Running(command.spawn()?);
    let said = BufReader::new(bot.0.stdout.take().ok_or("no output")?).lines();
    let mut door = None;
    for line in said {
        let line = line?;
        door = door.or_else(|| Some(line.strip_prefix("how far it is: http://")?.strip_suffix("/readyz")?.to_owned()));
        if line.starts_with("LuvHive is ready") {
            break;
        }
    }
    let phone = Phone::new(&sandbox, &PersonSpec::new("Asha", "en"), PATIENCE);
    phone.register(&Answers::of(Gender::Woman)).await?;
    let page = fetch(&door.ok_or("the bot did not start")?)?;
    let given: BTreeSet<&str> = page.lines().filter_map(|line| line.split(['{', ' ']).next()).collect();
    let queries = queries()?;
    let is_unknown = |query: &&String| {
        let names = names(query);
        names.is_empty() || !names.iter().all(|name| given.contains(name))
    };
    let unknown: Vec<&String> = queries.iter().filter(is_unknown).collect();
    if !unknown.is_empty() {
        tracing::error!(?unknown, "queries ask for what is not there");
    }
    drop(bot);
    sandbox.stop().await;
    let claim =
        format!("queries of the Grafana dashboard, {} of them, that ask for a figure missing from /metrics", queries.len());
    Ok(Claim::new(&claim, "no dashboard").at_most(float(i64::try_from(unknown.len())?), 0.0, "queries"))
}

fn fetch(host: &str) -> Result<String, LoadError> {
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Every query of the dashboard.
pub(super) fn queries() -> Result<Vec<String>, LoadError> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/grafana/luvhive.json");
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let array = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let targets = array(&dashboard, "panels").into_iter().flat_map(|panel| array(&panel, "targets"));
    Ok(targets.filter_map(|target| target.get("expr")?.as_str().map(str::to_owned)).collect())
}

/// The figures of ours that a query names.
pub(super) fn names(query: &str) -> Vec<&str> {
    let words = query.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| word.starts_with("luvhive_") || word.starts_with("process_")).collect()
}
