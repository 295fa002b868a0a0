//! How long a person waits for the bot, step by step: register, match, opening of the chat, first message.
//!
//! Everything is real but Telegram, which is the sandbox in the same process; its own time and HTTP's are in the
//! figures. The database is a private cluster with fsync on. Couples go one after another, so nobody waits in a queue.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::time::Duration;

use luvhive_benches::ground::{Ground, part};
use luvhive_core::person::Gender;
use luvhive_phone::{Answers, Menu, Phone, Step};
use luvhive_sandbox::{PersonSpec, Sandbox, SandboxSettings};
use tokio::time::Instant;

const PATIENCE: Duration = Duration::from_secs(30);
/// Couples that go through before measuring begins.
const WARM_UP: usize = 2;

fn main() -> Result<(), Box<dyn Error>> {
    let couples = if std::env::args().any(|argument| argument == "--quick") { 25 } else { 200 };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let steps = runtime.block_on(run(couples))?;
    let mut all: Vec<Duration> = steps.iter().map(|(_, took)| *took).collect();
    all.sort_unstable();
    let mut out = std::io::stdout().lock();
    let mut by_kind: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for (kind, took) in &steps {
        by_kind.entry(kind).or_default().push(*took);
    }
    for (kind, mut times) in by_kind {
        times.sort_unstable();
        writeln!(out, "journey/{kind}: {} steps, p50 {:.2} ms, p99 {:.2} ms", times.len(), part(&times, 50), part(&times, 99))?;
    }
    writeln!(out, "bar step_p50_ms {:.2} ms", part(&all, 50))?;
    writeln!(out, "bar step_p99_ms {:.2} ms", part(&all, 99))?;
    Ok(())
}

async fn run(couples: usize) -> Result<Vec<(&'static str, Duration)>, Box<dyn Error>> {
    let ground = Ground::lay("journey", SandboxSettings::default()).await?;
    let bot = ground.start_bot().await?;
    let mut steps = Vec::new();
    for couple in 0..WARM_UP + couples {
        let walked = walk(&ground.sandbox).await?;
        if couple >= WARM_UP {
            steps.extend(walked);
        }
    }
    bot.stop().await?;
    ground.clear().await;
    Ok(steps)
}

/// Sends one couple through everything; both leave at the end.
async fn walk(sandbox: &Sandbox) -> Result<Vec<(&'static str, Duration)>, Box<dyn Error>> {
    let asha = Phone::new(sandbox, &PersonSpec::new("Asha", "en"), PATIENCE);
    let ravi = Phone::new(sandbox, &PersonSpec::new("Ravi", "hi"), PATIENCE);
    let mut steps = Vec::new();
    let registration = |step: Step| ("registration", step.took);
    steps.extend(asha.register(&Answers::of(Gender::Woman)).await?.into_iter().map(registration));
    steps.extend(ravi.register(&Answers::of(Gender::Man)).await?.into_iter().map(registration));
    steps.push(("search", asha.send_until("/find", Menu::Searching).await?.took));
    let met = meet(asha, ravi).await?;
    steps.push(("match", met.matched));
    steps.push(("opened", met.opened));
    for (from, to) in [(asha, ravi), (ravi, asha)] {
        let mark = sandbox.mark();
        let began = Instant::now();
        sandbox.send_text(from.person(), "hello", None)?;
        to.wait_for_text(mark, "hello").await?;
        steps.push(("message", began.elapsed()));
    }
    let mark = sandbox.mark();
    steps.push(("stop", asha.send_until("/stop", Menu::Idle).await?.took));
    ravi.wait_for_menu(mark, Menu::Idle).await?;
    Ok(steps)
}

/// How long two people waited for their chat.
struct Met {
    /// From the search until the searching person knows of a partner.
    matched: Duration,
    /// From the last press or text that the chat needs until the first of the two is told that it is open.
    opened: Duration,
}

/// Has `ravi` search while `asha` waits, and both press "Chat"; returns when both know that their chat is open.
async fn meet(asha: Phone<'_>, ravi: Phone<'_>) -> Result<Met, Box<dyn Error>> {
    let matched = ravi.send_until("/find", Menu::Meeting).await?.took;
    let opened = ravi.open_chat(asha).await?.took;
    Ok(Met { matched, opened })
}
