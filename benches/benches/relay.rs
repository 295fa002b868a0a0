//! How much one relayed message costs: in the engine, in the commit, and from one phone to the other.
//! `--quick` runs each part for a few seconds.

use std::hint::black_box;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use luvhive_benches::load::{self, LoadError};
use luvhive_core::chat::{Content, Questions};
use luvhive_core::engine::batch::{BATCH_UPDATES, Render, Taken, fold};
use luvhive_core::engine::{Event, Notice, Rendered, Rules, State, Update, UpdateKind, step};
use luvhive_core::id::{BotId, MessageId, Shard, TelegramId, UpdateId};
use luvhive_core::person::UiLanguage;
use luvhive_core::ports::{Entropy, Journal};
use luvhive_core::time::Timestamp;
use luvhive_storage::local::{ClusterSettings, Durability, LocalCluster};
use luvhive_storage::{Database, MadeUp, PgJournal, Pool, PoolSettings, migrate, seed_chats, seed_people};

const PEOPLE: i64 = 10_000;
const FIRST: i64 = 5_000_000_000;
const BOT: BotId = BotId::new(1);

struct Plain;

impl Render for Plain {
    fn render(&self, _receiver: TelegramId, _language: UiLanguage, _notice: &Notice) -> Rendered {
        Rendered { version: 1, body: String::new() }
    }

    fn removal(&self) -> Rendered {
        Rendered { version: 1, body: "removal".to_owned() }
    }
}

struct Counter(u64);

impl Entropy for Counter {
    fn next_u64(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

/// People who write in turn, each well below the flood guard.
struct Traffic {
    state: State,
    now: Timestamp,
    next: i64,
    random: Counter,
}

impl Traffic {
    fn update(&mut self) -> (Event, Event) {
        let from = TelegramId::new(FIRST + self.next % PEOPLE);
        let receiver = TelegramId::new(FIRST + ((self.next % PEOPLE) ^ 1));
        self.next += 1;
        self.now = Timestamp::from_micros(self.now.as_micros() + 100);
        let message = MessageId::new(i32::try_from(self.next % 1_000_000_000).unwrap_or(1));
        let kind = UpdateKind::Message { message, content: Content::Text, reply_to: None, album: None, leaks: Questions::EMPTY };
        let update = Update::new(UpdateId::new(self.next), from, kind);
        (Event::Update { update, inbox: None }, Event::Settled { receiver, count: 1, relayed: None })
    }
}

fn main() -> ExitCode {
    if let Some(code) = load::run_hidden() {
        return code;
    }
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = runtime.map_err(LoadError::from).and_then(|runtime| runtime.block_on(measure(is_quick)));
    let mut out = std::io::stdout().lock();
    match outcome {
        Ok(bars) => {
            for (name, value, unit) in bars {
                let _ = writeln!(out, "bar {name} {value:.3} {unit}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "relay: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(is_quick: bool) -> Result<Vec<(&'static str, f64, &'static str)>, LoadError> {
    let dir = std::env::temp_dir().join(format!("luvhive-relay-{}", std::process::id()));
    let settings = ClusterSettings { durability: Durability::Durable, ..ClusterSettings::throwaway(dir) };
    let cluster = tokio::task::spawn_blocking(move || LocalCluster::start(&settings, &|_| {})).await??;
    cluster.ensure_database("relay").await?;
    let database = Database::parse(&cluster.url("relay"), None)?;
    migrate::run(&database).await?;
    let start = Timestamp::from_millis(1_800_000_000_000);
    seed_people(&database, BOT, MadeUp::new(u32::try_from(PEOPLE)?, TelegramId::new(FIRST), start)).await?;
    seed_chats(&database, BOT, MadeUp::new(u32::try_from(PEOPLE / 2)?, TelegramId::new(FIRST), start)).await?;
    let pool = Pool::open(&database, &pool_settings()).await?;
    let journal = Arc::new(PgJournal::new(&database, pool, BOT, Shard::new(0)));
    let lease = journal.acquire("bench", Duration::from_hours(1)).await?;
    let loaded = journal.load(&lease, start).await?;
    let state = State::load(lease.epoch, Rules::default(), &loaded, start);
    let mut traffic = Traffic { state, now: start, next: 0, random: Counter(0) };

    let steps = if is_quick { 500_000 } else { 3_000_000 };
    let ns_per_relay = time_steps(&mut traffic, steps);
    let updates_per_s = time_batches(&mut traffic, steps);
    let commits = if is_quick { 400 } else { 2_000 };
    let (rows_per_s, p99_ms) = time_commits(&mut traffic, journal.as_ref(), &lease, commits).await?;
    drop((journal, cluster));

    let seconds = if is_quick { "8" } else { "30" };
    let arguments = ["load", "--people", "2000", "--rate", "500", "--seconds", seconds];
    let report = load::run(&clap::Parser::try_parse_from(arguments)?).await?;
    Ok(vec![
        ("step_updates_per_s", updates_per_s, "updates/s"),
        ("step_ns_per_relay", ns_per_relay, "ns"),
        ("commit_rows_per_s", rows_per_s, "rows/s"),
        ("commit_p99_ms", p99_ms, "ms"),
        ("e2e_p99_ms", f64::from(i32::try_from(report.verdict.p99_ms)?), "ms"),
    ])
}

fn pool_settings() -> PoolSettings {
    PoolSettings {
        max_connections: 4,
        min_idle_connections: 1,
        checkout_timeout_ms: 2_000,
        statement_timeout_ms: 10_000,
        application_name: "luvhive-bench".to_owned(),
    }
}

/// The engine's step alone, for one relayed message.
fn time_steps(traffic: &mut Traffic, count: u32) -> f64 {
    let mut spent = Duration::ZERO;
    for _ in 0..count / 1_000 {
        let events: Vec<_> = (0..1_000).map(|_| traffic.update()).collect();
        let now = traffic.now;
        let clock = tokio::time::Instant::now();
        let mut settled = Vec::with_capacity(1_000);
        for (update, done) in events {
            black_box(step(&mut traffic.state, update, now, &mut traffic.random));
            settled.push(done);
        }
        spent += clock.elapsed();
        for done in settled {
            step(&mut traffic.state, done, now, &mut traffic.random);
        }
    }
    spent.as_secs_f64() * 1e9 / f64::from(count / 1_000 * 1_000)
}

/// Step and fold in batches of a hundred, deliveries included.
fn time_batches(traffic: &mut Traffic, count: u32) -> f64 {
    let clock = tokio::time::Instant::now();
    let batches = count / u32::try_from(BATCH_UPDATES).unwrap_or(100);
    for _ in 0..batches {
        black_box(make_batch(traffic));
    }
    f64::from(batches) * 100.0 / clock.elapsed().as_secs_f64()
}

fn make_batch(traffic: &mut Traffic) -> luvhive_core::engine::Folded {
    let mut effects = Vec::with_capacity(BATCH_UPDATES);
    let mut settled = Vec::with_capacity(BATCH_UPDATES);
    for _ in 0..BATCH_UPDATES {
        let (update, done) = traffic.update();
        effects.append(&mut step(&mut traffic.state, update, traffic.now, &mut traffic.random));
        settled.push(done);
    }
    for done in settled {
        step(&mut traffic.state, done, traffic.now, &mut traffic.random);
    }
    let taken = Taken { watermark: Some(UpdateId::new(traffic.next)), at: traffic.now };
    fold(effects, taken, &Plain, &|_| None)
}

/// Commits of a hundred relays each, one after the other, with fsync on.
async fn time_commits(
    traffic: &mut Traffic,
    journal: &PgJournal,
    lease: &luvhive_core::ports::Lease,
    count: u32,
) -> Result<(f64, f64), LoadError> {
    let mut times = Vec::new();
    let mut previous = None;
    let clock = tokio::time::Instant::now();
    for _ in 0..count {
        let folded = make_batch(traffic);
        let start = tokio::time::Instant::now();
        journal.commit(lease, previous, &folded.batch).await?;
        times.push(start.elapsed());
        previous = folded.batch.watermark;
    }
    let rows_per_s = f64::from(count) * 100.0 / clock.elapsed().as_secs_f64();
    times.sort_unstable();
    let p99 = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    Ok((rows_per_s, p99.as_secs_f64() * 1e3))
}
