//! Faults on schedule: kills, freezes and database crashes, spread evenly over the run.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::LoadError;
use super::args::Args;
use super::bots::{Bot, is_process_alive};
use super::database::LoadDatabase;

/// How long a frozen process stands still.
const FREEZE: Duration = Duration::from_secs(7);
/// How long after its death a process is started again.
const REVIVE_AFTER: Duration = Duration::from_secs(1);
/// How often processes are looked at.
const BEAT: Duration = Duration::from_millis(50);

/// What was done.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done {
    pub(super) kills: u32,
    pub(super) freezes: u32,
    pub(super) db_crashes: u32,
}

/// Keeps the processes alive and their counters fresh, until aborted.
pub(super) async fn keep_alive(bots: Vec<Arc<Bot>>) {
    let mut dead_since: Vec<Option<Instant>> = vec![None; bots.len()];
    loop {
        for (bot, since) in bots.iter().zip(&mut dead_since) {
            bot.sample();
            let is_dead = !is_process_alive(&bot.pid().to_string());
            let died = if is_dead { Some(since.unwrap_or_else(Instant::now)) } else { None };
            *since = died;
            if died.is_some_and(|at| at.elapsed() >= REVIVE_AFTER) {
                if let Err(error) = bot.revive() {
                    tracing::error!(%error, "a bot process cannot be started again");
                }
                *since = None;
            }
        }
        sleep(BEAT).await;
    }
}

/// Which process owns the shard: the one that the lease's owner names by its process number.
pub(super) async fn find_active(database: &LoadDatabase, bots: &[Arc<Bot>]) -> Result<Arc<Bot>, LoadError> {
    let owner = database.owner().await?;
    let named = bots.iter().find(|bot| owner.split(|c: char| !c.is_ascii_digit()).any(|run| run == bot.pid().to_string()));
    named.or(bots.first()).cloned().ok_or_else(|| "there is no bot process".into())
}

/// Does all faults that were asked for, spread over the run.
pub(super) async fn strike(args: &Args, database: &mut LoadDatabase, bots: &[Arc<Bot>]) -> Result<Done, LoadError> {
    let total = args.kill + args.freeze + args.db_crash;
    let mut done = Done::default();
    let start = Instant::now();
    let length = Duration::from_secs(u64::from(args.seconds));
    for number in 0..total {
        // Between the first and the last tenth of the run.
        let share = f64::from(number + 1) / f64::from(total + 1);
        sleep_until(start + length.mul_f64(share)).await;
        if number < args.kill {
            find_active(database, bots).await?.signal("-KILL")?;
            done.kills += 1;
        } else if number < args.kill + args.freeze {
            let bot = find_active(database, bots).await?;
            bot.signal("-STOP")?;
            sleep(FREEZE).await;
            bot.signal("-CONT")?;
            done.freezes += 1;
        } else {
            database.crash().await?;
            done.db_crashes += 1;
        }
    }
    Ok(done)
}
