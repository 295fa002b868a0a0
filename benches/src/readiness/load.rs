//! What the bot does under load, as a real process against the local Telegram: latency, capacity, memory, processor,
//! connections, start and stop.

use super::Args;
use super::row::{Claim, Row, float};
use crate::load::{self, LoadError, Report};

/// How many people chat while all others are registered.
const CHATTING: u32 = 10_000;

/// Of the plan: 5,000 live chats among 100,000 people are back within 3 s.
const BACK_WITHIN_MS: f64 = 3_000.0;

fn plan(args: &Args, rate: u32, seconds: u32, chatting: u32) -> load::Args {
    let people = chatting.min(args.people / 2).max(200);
    load::Args {
        people,
        idle_people: args.people.saturating_sub(people),
        rate,
        seconds,
        kill: 0,
        freeze: 0,
        db_crash: 0,
        throttle: 0.0,
        throttle_one: 0,
        unknown: 0.0,
        // Whether the rate was reached is judged row by row, see `Row::given`.
        saturate: true,
        settings: Vec::new(),
        json: true,
    }
}

async fn run(args: &load::Args) -> Result<Report, LoadError> {
    tracing::info!(rate = args.rate, seconds = args.seconds, people = args.people, "load");
    // A load run holds much on its stack.
    Box::pin(load::run(args)).await
}

/// Runs 1,000 and 500 events a second, then as many as can be done.
pub(super) async fn measure(args: &Args) -> Result<Vec<Row>, LoadError> {
    let people = args.people;
    let busy = plan(args, 1_000, args.seconds, CHATTING);
    let chatting = busy.people;
    let at = format!("{people} people, {} chatting, 1,000 updates/s", busy.people);
    let busy = run(&busy).await?;
    let usual = run(&plan(args, 500, args.seconds, CHATTING)).await?;
    let most = run(&plan(args, 20_000, args.seconds.min(10), 4 * CHATTING)).await?;
    let ms = float;
    let wrong: u64 =
        [&busy, &usual, &most].iter().map(|run| run.verdict.lost + run.verdict.misdelivered + run.verdict.reordered).sum();
    let largest = [&busy, &usual, &most].iter().map(|run| run.peak_rss_mb).fold(0.0, f64::max);
    let connections = [&busy, &usual, &most].iter().map(|run| run.connections).max().unwrap_or_default();
    Ok(vec![
        Claim::new(&format!("command, p99, {at}"), "< 100 to 200 ms")
            .at_most(ms(busy.verdict.command_p99_ms), 50.0, "ms")
            .given(busy.relayed_percent),
        Claim::new(&format!("message relayed, p99, {at}"), "32 parallel updates")
            .at_most(ms(busy.verdict.p99_ms), 50.0, "ms")
            .given(busy.relayed_percent),
        Claim::new("updates that are relayed at saturation", "100 to 500/s").at_least(
            most.verdict.relayed_per_s,
            5_000.0,
            "updates/s",
        ),
        Claim::new("messages lost, misdelivered or reordered in all runs", "not said").at_most(
            ms(i64::try_from(wrong)?),
            0.0,
            "messages",
        ),
        Claim::new("memory of the bot's process, largest", "2 to 4 GB").at_most(largest, 300.0, "MB"),
        Claim::new("processor at 500 updates/s", "10 to 20 % of a machine")
            .at_most(usual.cpu_percent, 15.0, "% of one core")
            .given(usual.relayed_percent),
        Claim::new("connections the bot holds", "10 to 100, max_connections 500").at_most(ms(connections), 60.0, "connections"),
        Claim::new(
            &format!("from the process's start to the first relayed message, {} live chats", chatting / 2),
            "auto-restart, 10 retries",
        )
        .at_most(ms(usual.first_relay_after_start_ms), BACK_WITHIN_MS, "ms"),
        Claim::new("graceful stop", "30 s").at_most(ms(usual.stop_ms.max(busy.stop_ms)) / 1e3, 30.0, "s"),
    ])
}
