//! One run from an empty folder to a verdict.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use luvhive_core::id::BotId;
use luvhive_core::time::Timestamp;
use luvhive_sandbox::{Fault, FaultAction, Observer, PersonId, PersonSpec, Sandbox, SandboxSettings};
use tokio::time::{Instant, sleep};

use super::LoadError;
use super::args::Args;
use super::bots::{Bot, BotSettings};
use super::checker::{Checker, Signs};
use super::database::LoadDatabase;
use super::driver::{Driver, Plan, leave_all};
use super::faults::{self, Done};
use super::report::Report;
use super::verdict::{Verdict, Window};

/// What the keyboard of a chat shows and no other: the labels of `button-next` in English and Hindi.
const CHAT_BUTTONS: [&str; 2] = ["⏭ Next partner", "⏭ अगला साथी"];
/// How the buttons of the bot begin, of which the checker needs to know: a rating and the question whether to be friends
/// stand below the end of a chat alone, and "Chat" on the card of a meeting.
const OVER: [&str; 2] = ["1rate:", "1f:ask:"];
const AGREE: [&str; 1] = ["1c:chat:"];
/// What people write to leave a chat.
const STOP: &str = "/stop";
/// How long after the window a message may still arrive before it counts as lost.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long the bots may take to relay the first message.
const START_PATIENCE: Duration = Duration::from_secs(30);

/// A folder for the run, gone with this value.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Everything a run needs, with thousands of people in chats.
struct Stage {
    // Fields end in this order.
    bots: Vec<Arc<Bot>>,
    sandbox: Sandbox,
    database: LoadDatabase,
    checker: Arc<Checker>,
    people: Vec<PersonId>,
    first_relay_after_start_ms: i64,
    scratch: Scratch,
}

/// What happened between the first and the last act.
struct Played {
    window: Window,
    struck: Done,
    throttled_chat: Option<PersonId>,
    /// Copies throttled, replies lost.
    hits: (u64, u64),
    cpu_s: f64,
    peak_rss_kb: u64,
}

/// Runs it all.
///
/// # Errors
/// What keeps the run from happening; the report lists what the bot does wrong.
pub async fn run(args: &Args) -> Result<Report, LoadError> {
    let mut stage = set_up(args).await?;
    let played = play(args, &mut stage).await?;
    let mut report = judge(args, &stage, &played)?;
    report.connections = stage.database.count_connections().await?;
    let stopping = stage.bots.clone();
    let asked = Instant::now();
    tokio::task::spawn_blocking(move || stopping.iter().try_for_each(|bot| bot.stop())).await??;
    report.stop_ms = i64::try_from(asked.elapsed().as_millis())?;
    if report.is_broken() {
        keep_logs(&stage.bots);
    }
    stage.bots.clear();
    stage.sandbox.stop().await;
    Ok(report)
}

async fn set_up(args: &Args) -> Result<Stage, LoadError> {
    let scratch = Scratch(std::env::temp_dir().join(format!("luvhive-load-{}", std::process::id())));
    std::fs::create_dir_all(&scratch.0)?;
    let database = LoadDatabase::start(&scratch.0.join("postgres")).await?;
    let checker = Arc::new(Checker::new(Signs { chat_buttons: &CHAT_BUTTONS, over: &OVER, agree: &AGREE }));
    let observer: Arc<dyn Observer> = checker.clone();
    let settings =
        SandboxSettings { observer: Some(observer), history_per_chat: 30, seed: Some(1), ..SandboxSettings::default() };
    let sandbox = Sandbox::start(settings).await?;
    let spec = PersonSpec { has_started: true, ..PersonSpec::default() };
    let people: Vec<PersonId> = (0..args.people / 2 * 2).map(|_| sandbox.add_person(&spec)).collect();
    let first = people.first().ok_or("a run needs people")?.get();
    let seated = u32::try_from(people.len())?;
    database.seed(BotId::new(sandbox.bot_id()), first, seated, args.idle_people).await?;
    for person in &people {
        checker.seat(person.get());
    }
    let settings = |name: &str, standby| BotSettings {
        token: sandbox.token(),
        api_url: sandbox.base_url(),
        database_url: database.url(),
        dir: scratch.0.join(name),
        standby,
        more: args.settings.clone(),
    };
    let started = Instant::now();
    let bot = Bot::start(settings("bot-1", false))?;
    let first_relay = wait_for_first_relay(&sandbox, &checker, &people, started).await;
    let waited = first_relay.map_err(|error| {
        let log = std::fs::read_to_string(bot.log_path()).unwrap_or_default();
        format!("{error}; the bot said:\n{log}")
    })?;
    let mut bots = vec![bot];
    if args.needs_standby() {
        bots.push(Bot::start(settings("bot-2", true))?);
        sleep(Duration::from_secs(1)).await;
    }
    let first_relay_after_start_ms = i64::try_from(waited.as_millis())?;
    Ok(Stage { bots, sandbox, database, checker, people, first_relay_after_start_ms, scratch })
}

async fn play(args: &Args, stage: &mut Stage) -> Result<Played, LoadError> {
    tracing::info!("the bots are up; the run lies in {}", stage.scratch.0.display());
    let sandbox = &stage.sandbox;
    let cpu_before = sample(&stage.bots).0;
    let keeper = tokio::spawn(faults::keep_alive(stage.bots.clone()));
    script_faults(args, sandbox);
    let throttled_chat = stage.people.get(1).copied().filter(|_| args.throttle_one > 0);
    let length = Duration::from_secs(u64::from(args.seconds));
    let plan = Plan {
        rate: args.rate,
        length,
        commands_percent: 2,
        replies_percent: 1,
        hasty_percent: 25,
        next: "/next".to_owned(),
        stop: STOP.to_owned(),
        find: "/find".to_owned(),
        seed: 7,
    };
    let driver = Driver::new(stage.people.clone(), Arc::clone(&stage.checker), plan);
    let (window, struck, ()) = tokio::join!(
        driver.run(sandbox),
        faults::strike(args, &mut stage.database, &stage.bots),
        throttle_one(args, sandbox, throttled_chat, length),
    );
    let hits = count_hits(sandbox);
    sandbox.clear_faults();
    drain(args, sandbox, &stage.checker).await;
    let (cpu_after, peak_rss_kb) = sample(&stage.bots);
    leave_all(sandbox, &stage.checker, STOP, PATIENCE).await;
    keeper.abort();
    Ok(Played { window, struck: struck?, throttled_chat, hits, cpu_s: cpu_after - cpu_before, peak_rss_kb })
}

/// CPU seconds of all bots so far, and the largest resident size of one of them in kilobytes.
fn sample(bots: &[Arc<Bot>]) -> (f64, u64) {
    let usage = |bot: &Arc<Bot>| {
        bot.sample();
        bot.usage()
    };
    bots.iter().map(usage).fold((0.0, 0), |(cpu_s, peak), usage| (cpu_s + usage.cpu_s, peak.max(usage.peak_rss_kb)))
}

fn judge(args: &Args, stage: &Stage, played: &Played) -> Result<Report, LoadError> {
    let confirmed = stage.sandbox.confirmed_below();
    let verdict = stage.checker.judge(played.window, confirmed);
    for line in stage.checker.explain(confirmed) {
        tracing::error!("{line}");
    }
    let percent = |per_s: f64| round((per_s * 100.0 / f64::from(args.rate)).min(100.0));
    let (others_p99_before_ms, others_p99_during_ms) = others(args, &stage.checker, played.window, played.throttled_chat);
    let thousands = f64::from(u32::try_from(verdict.delivered)?.max(1)) / 1_000.0;
    Ok(Report {
        offered_percent: percent(verdict.offered_per_s),
        relayed_percent: percent(verdict.relayed_per_s),
        accounted_percent: percent(verdict.relayed_per_s + verdict.excused_per_s),
        verdict: Verdict {
            offered_per_s: round(verdict.offered_per_s),
            relayed_per_s: round(verdict.relayed_per_s),
            excused_per_s: round(verdict.excused_per_s),
            ..verdict
        },
        cpu_percent: round(played.cpu_s / f64::from(args.seconds) * 100.0),
        connections: 0,
        stop_ms: 0,
        kills: played.struck.kills,
        freezes: played.struck.freezes,
        db_crashes: played.struck.db_crashes,
        throttled: played.hits.0,
        unknown: played.hits.1,
        cpu_s_per_1000: (played.cpu_s / thousands * 1_000.0).round() / 1_000.0,
        peak_rss_mb: round(f64::from(u32::try_from(played.peak_rss_kb)?) * 1_024.0 / 1e6),
        others_p99_before_ms,
        others_p99_during_ms,
        first_relay_after_start_ms: stage.first_relay_after_start_ms,
    })
}

/// Sends one message and waits until it arrives: the bot is up and its chats are restored.
async fn wait_for_first_relay(
    sandbox: &Sandbox,
    checker: &Checker,
    people: &[PersonId],
    started: Instant,
) -> Result<Duration, LoadError> {
    let person = people.first().copied().ok_or("a run needs people")?;
    checker.send_probe(sandbox, person)?;
    while checker.undelivered(i64::MAX) > 0 {
        if started.elapsed() > START_PATIENCE {
            return Err(format!("no message was relayed within {START_PATIENCE:?} of the start").into());
        }
        sleep(Duration::from_millis(5)).await;
    }
    Ok(started.elapsed())
}

fn script_faults(args: &Args, sandbox: &Sandbox) {
    if args.throttle > 0.0 {
        let action = FaultAction::TooManyRequests { retry_after: Some(1) };
        sandbox.add_fault(Fault::new(action).method("copyMessage").percent(args.throttle));
    }
    if args.unknown > 0.0 {
        sandbox.add_fault(Fault::new(FaultAction::CutAfter).method("copyMessage").percent(args.unknown));
    }
}

async fn throttle_one(args: &Args, sandbox: &Sandbox, chat: Option<PersonId>, length: Duration) {
    let Some(chat) = chat else { return };
    sleep(length / 2).await;
    let action = FaultAction::TooManyRequests { retry_after: None };
    let time = Duration::from_secs(u64::from(args.throttle_one));
    sandbox.add_fault(Fault::new(action).chat(chat.get()).lasting(time));
}

/// How many copies were throttled and how many replies were lost, so far.
fn count_hits(sandbox: &Sandbox) -> (u64, u64) {
    let faults = sandbox.faults();
    let hits = |wanted: fn(&FaultAction) -> bool| faults.iter().filter(|f| wanted(&f.fault.action)).map(|f| f.hits).sum();
    (hits(|action| matches!(action, FaultAction::TooManyRequests { .. })), hits(|action| matches!(action, FaultAction::CutAfter)))
}

/// Waits until nothing accepted is on its way, at most as long as a message may take.
async fn drain(args: &Args, sandbox: &Sandbox, checker: &Checker) {
    let extra = Duration::from_secs(u64::from(args.throttle_one));
    let deadline = Instant::now() + PATIENCE + extra;
    let mut quiet_since = Instant::now();
    let mut last = usize::MAX;
    while Instant::now() < deadline {
        let left = checker.undelivered(i64::MAX);
        if left != last {
            quiet_since = Instant::now();
            last = left;
        }
        // What is left after five quiet seconds was refused, fell to the end of its chat, or is lost.
        if left == 0 || (sandbox.pending_updates() == 0 && quiet_since.elapsed() > Duration::from_secs(5) + extra) {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
}

fn others(args: &Args, checker: &Checker, window: Window, throttled: Option<PersonId>) -> (i64, i64) {
    let Some(chat) = throttled else { return (0, 0) };
    let middle = i64::midpoint(window.from_ms, window.until_ms);
    let until_ms = window.until_ms.min(middle + i64::from(args.throttle_one) * 1_000);
    let before = Window { from_ms: window.from_ms, until_ms: middle };
    let during = Window { from_ms: middle, until_ms };
    (checker.p99_of_others(before, &[chat.get()]), checker.p99_of_others(during, &[chat.get()]))
}

fn keep_logs(bots: &[Arc<Bot>]) {
    for (number, bot) in bots.iter().enumerate() {
        let kept = std::env::temp_dir().join(format!("luvhive-load-bot-{number}.log"));
        if std::fs::copy(bot.log_path(), &kept).is_ok() {
            tracing::error!("the log of bot {number} was kept: {}", kept.display());
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a load run is outside of the product and has no clock of its own")]
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(0))
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
