//! A runtime as it looks from outside: how far it is, what it counted, what may be handed to it.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use luvhive_core::ports::Clock;
use metrics::gauge;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::counters::Counters;
use super::health::Health;
use super::lease::LeaseTerm;
use super::measure;
use super::pulse::Pulse;
use crate::intake::hearing::Hearing;
use crate::intake::poll::Watermark;
use crate::intake::{Incoming, decode};

/// How far the runtime is on its way from start to end. It never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// On the way to the lease.
    Starting,
    /// Waiting for another process to lose the lease.
    Standby,
    /// Reading what is stored.
    Loading,
    /// At work.
    Working,
    /// Finishing what was begun.
    Stopping,
    /// At an end.
    Stopped,
}

impl Stage {
    /// Announces this, unless something later was announced before.
    pub(crate) fn announce(self, stage: &watch::Sender<Self>) {
        stage.send_if_modified(|known| {
            let is_later = self > *known;
            if is_later {
                *known = self;
            }
            is_later
        });
    }
}

/// Whether updates are handled, and what is in the way if they are not: computed whenever it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// The process is on its way to work.
    Starting,
    /// It waits for another process to lose the lease.
    Standby,
    /// Updates are handled.
    Ready,
    /// For some seconds the database did not answer, or took nothing.
    Database,
    /// The database answers, but the lease has run out.
    Lease,
    /// Telegram was asked for updates and did not answer well for [`crate::intake::DEAF_AFTER`].
    Updates,
    /// The process finishes what was begun, or has.
    Stopping,
}

impl Readiness {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Starting, Self::Standby, Self::Ready, Self::Database, Self::Lease, Self::Updates, Self::Stopping];

    /// Returns what is told of it, in one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Standby => "standby",
            Self::Ready => "ready",
            Self::Database => "database",
            Self::Lease => "lease",
            Self::Updates => "updates",
            Self::Stopping => "stopping",
        }
    }

    /// Hands it to the metrics facade.
    pub fn publish(self) {
        gauge!("luvhive_ready").set(f64::from(u8::from(self == Self::Ready)));
        for known in Self::ALL {
            gauge!("luvhive_state", "state" => known.word()).set(f64::from(u8::from(self == known)));
        }
    }

    fn of(stage: Stage, signs: Signs) -> Self {
        match stage {
            Stage::Loading | Stage::Working if signs.is_database_down => Self::Database,
            Stage::Starting | Stage::Loading => Self::Starting,
            Stage::Standby => Self::Standby,
            Stage::Working if !signs.is_lease_held => Self::Lease,
            Stage::Working if signs.is_deaf => Self::Updates,
            Stage::Working => Self::Ready,
            Stage::Stopping | Stage::Stopped => Self::Stopping,
        }
    }
}

impl From<Stage> for Readiness {
    /// What a process can say of itself before there is a runtime.
    fn from(stage: Stage) -> Self {
        Self::of(stage, Signs { is_database_down: false, is_lease_held: false, is_deaf: false })
    }
}

/// What is known of the runtime's surroundings.
#[derive(Clone, Copy)]
struct Signs {
    is_database_down: bool,
    is_lease_held: bool,
    is_deaf: bool,
}

/// Watches a runtime from outside.
#[derive(Clone)]
pub struct RuntimeHandle {
    pub(super) found: mpsc::UnboundedSender<Incoming>,
    pub(super) stage: watch::Sender<Stage>,
    pub(super) health: Arc<Health>,
    pub(super) hearing: Arc<Hearing>,
    pub(super) counters: Arc<Counters>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) watermark: Arc<Watermark>,
    pub(super) pulse: Arc<Pulse>,
    pub(super) term: Arc<OnceLock<Arc<LeaseTerm>>>,
}

impl fmt::Debug for RuntimeHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeHandle").field("readiness", &self.readiness()).finish_non_exhaustive()
    }
}

impl RuntimeHandle {
    /// Reports whether updates are handled, and what is in the way if they are not.
    pub fn readiness(&self) -> Readiness {
        let signs =
            Signs { is_database_down: self.health.is_down(), is_lease_held: self.is_owner(), is_deaf: self.hearing.is_deaf() };
        Readiness::of(*self.stage.borrow(), signs)
    }

    /// Says at once that the runtime is to stop, before whatever it is in the middle of is done.
    pub fn announce_stop(&self) {
        Stage::Stopping.announce(&self.stage);
    }

    /// Returns a watch on how far the runtime is.
    pub fn watch(&self) -> watch::Receiver<Stage> {
        self.stage.subscribe()
    }

    /// Waits until the runtime is at work. Returns false if it has ended instead.
    pub async fn ready(&self) -> bool {
        let mut stage = self.stage.subscribe();
        let reached = stage.wait_for(|now| matches!(now, Stage::Working | Stage::Stopped)).await;
        reached.is_ok_and(|now| *now == Stage::Working)
    }

    /// Hands in an update that never came, as raw JSON with a negative number. Unlike one that came it is not asked
    /// for again when this process ends before its commit: whoever found it finds it again.
    pub(crate) fn hand_in(&self, raw: &str) {
        if let Some(incoming) = decode::read(raw) {
            let _ = self.found.send(incoming);
        }
    }

    /// Returns what was counted so far.
    pub fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// Returns a watch on the time at which the intake loop turned last: at least once a second while all is well, and
    /// never while it hangs.
    pub fn heartbeat(&self) -> watch::Receiver<Instant> {
        self.pulse.watch()
    }

    /// Reports whether this process certainly owns the shard now.
    pub fn is_owner(&self) -> bool {
        self.term.get().is_some_and(|term| term.is_running())
    }

    /// Hands everything that is counted to the metrics facade, as it is now; readiness has its own [`Readiness::publish`].
    pub fn publish(&self) {
        self.counters.publish();
        gauge!("luvhive_lease_held").set(f64::from(u8::from(self.is_owner())));
        let watermark_age = self.watermark.age(self.clock.now()).unwrap_or_default();
        gauge!("luvhive_watermark_age_seconds").set(watermark_age);
        // Before it takes updates the loop does not turn, and is not meant to.
        let is_turning = matches!(*self.stage.borrow(), Stage::Working | Stage::Stopping);
        let heartbeat_age = if is_turning { self.heartbeat().borrow().elapsed() } else { Duration::ZERO };
        gauge!("luvhive_heartbeat_age_seconds").set(heartbeat_age);
    }

    /// Explains every metric to the facade's recorder; once is enough.
    pub fn describe(&self) {
        measure::describe();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Signs = Signs { is_database_down: false, is_lease_held: true, is_deaf: false };

    #[track_caller]
    fn check(stage: Stage, signs: Signs, word: &str) {
        assert_eq!(Readiness::of(stage, signs).word(), word);
    }

    #[test]
    fn what_is_in_the_way_is_named_by_its_root() {
        check(Stage::Working, WELL, "ready");
        check(Stage::Working, Signs { is_deaf: true, ..WELL }, "updates");
        check(Stage::Working, Signs { is_lease_held: false, is_deaf: true, ..WELL }, "lease");
        check(Stage::Working, Signs { is_database_down: true, is_lease_held: false, is_deaf: true }, "database");
        check(Stage::Loading, Signs { is_database_down: true, ..WELL }, "database");
    }

    #[test]
    fn on_the_way_the_stage_counts() {
        let ill = Signs { is_database_down: true, is_lease_held: false, is_deaf: true };
        for (stage, word) in [(Stage::Starting, "starting"), (Stage::Standby, "standby"), (Stage::Stopping, "stopping")] {
            check(stage, WELL, word);
            check(stage, ill, word);
        }
        check(Stage::Loading, WELL, "starting");
    }
}
