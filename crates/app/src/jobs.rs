//! Regular work beside the bot. Each job may run at any time, be broken off, and run again.

use std::sync::Arc;
use std::time::Duration;

use luvhive_core::error::chain;
use luvhive_core::ports::Clock;
use luvhive_storage::PgJournal;
use luvhive_storage::journal::Cleaned;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{debug, info, warn};

/// How often what has had its time is removed.
const CLEAN_EVERY: Duration = Duration::from_mins(10);

/// Runs the jobs for ever, the first time at once.
pub(crate) async fn run(journal: Arc<PgJournal>, clock: Arc<dyn Clock>) {
    let mut ticks = interval(CLEAN_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match journal.clean(clock.now()).await {
            Ok(cleaned) if cleaned == Cleaned::default() => debug!(job.name = "clean", "nothing had had its time"),
            Ok(cleaned) => info!(
                job.name = "clean",
                chats = cleaned.chats,
                pairs = cleaned.pairs,
                seen = cleaned.seen,
                dead = cleaned.dead,
                "what had had its time was removed"
            ),
            Err(error) => warn!(job.name = "clean", cause = chain(&error), "cleaning up failed and is tried again later"),
        }
    }
}
