//! A runtime as it looks from outside: how far it is, what it counted, what may be handed to it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use metrics::gauge;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::Core;
use super::readiness::{Readiness, Signs, Stage};
use crate::intake::{Incoming, decode};
use crate::signal::counters::Counters;
use crate::signal::measure;

/// Watches a runtime from outside.
#[derive(Clone)]
pub struct RuntimeHandle {
    pub(super) core: Arc<Core>,
    pub(super) found: mpsc::UnboundedSender<Incoming>,
}

impl fmt::Debug for RuntimeHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeHandle").field("readiness", &self.readiness()).finish_non_exhaustive()
    }
}

impl RuntimeHandle {
    /// Reports whether updates are handled, and what is in the way if they are not.
    pub fn readiness(&self) -> Readiness {
        let signs = Signs {
            is_database_down: self.core.health.is_down(),
            is_lease_held: self.is_owner(),
            is_deaf: self.core.hearing.is_deaf(),
        };
        Readiness::of(*self.core.stage.borrow(), signs)
    }

    /// Says at once that the runtime is to stop, before its current work is done.
    pub fn announce_stop(&self) {
        Stage::Stopping.announce(&self.core.stage);
    }

    /// Returns a watch on how far the runtime is.
    pub fn watch(&self) -> watch::Receiver<Stage> {
        self.core.stage.subscribe()
    }

    /// Waits until the runtime is at work. Returns false if it has ended instead.
    pub async fn ready(&self) -> bool {
        let mut stage = self.core.stage.subscribe();
        let reached = stage.wait_for(|now| matches!(now, Stage::Working | Stage::Stopped)).await;
        reached.is_ok_and(|now| *now == Stage::Working)
    }

    /// Hands in an update that never came, as raw JSON with a negative number. Unlike one that came it is not asked
    /// for again when this process ends before its commit: the next process finds it again.
    pub(crate) fn hand_in(&self, raw: &str) {
        if let Some(incoming) = decode::read(raw, "") {
            let _ = self.found.send(incoming);
        }
    }

    /// Returns what was counted so far.
    pub fn counters(&self) -> &Arc<Counters> {
        &self.core.counters
    }

    /// Returns a watch on the time at which the intake loop turned last: at least once a second while all is well, and
    /// never while it hangs.
    pub fn heartbeat(&self) -> watch::Receiver<Instant> {
        self.core.pulse.watch()
    }

    /// Reports whether this process certainly owns the shard now.
    pub fn is_owner(&self) -> bool {
        self.core.term.is_running()
    }

    /// Hands everything that is counted to the metrics facade, as it is now; readiness has its own [`Readiness::publish`].
    pub fn publish(&self) {
        self.core.counters.publish();
        gauge!("luvhive_lease_held").set(f64::from(u8::from(self.is_owner())));
        let watermark_age = self.core.watermark.age(self.core.clock.now()).unwrap_or_default();
        gauge!("luvhive_watermark_age_seconds").set(watermark_age);
        // Before it takes updates the loop does not turn, and is not meant to.
        let is_turning = matches!(*self.core.stage.borrow(), Stage::Working | Stage::Stopping);
        let heartbeat_age = if is_turning { self.heartbeat().borrow().elapsed() } else { Duration::ZERO };
        gauge!("luvhive_heartbeat_age_seconds").set(heartbeat_age);
    }

    /// Explains every metric to the facade's recorder; once is enough.
    pub fn describe(&self) {
        measure::describe();
    }
}
