//! A runtime as it looks from outside: how far it is, what it counted, what may be handed to it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use luvhive_core::ports::Clock;
use metrics::gauge;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::counters::Counters;
use super::lease::LeaseTerm;
use super::measure;
use super::pulse::Pulse;
use crate::intake::poll::Watermark;
use crate::intake::{Incoming, decode};

/// How far the runtime is. It never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Readiness {
    /// Waiting for the lease.
    Standby,
    /// Reading what is stored.
    Loading,
    /// At work.
    Ready,
    /// Finishing what was begun.
    Stopping,
    /// At an end.
    Stopped,
}

impl Readiness {
    /// Announces this, unless something later was announced before.
    pub(crate) fn announce(self, readiness: &watch::Sender<Self>) {
        readiness.send_if_modified(|known| {
            let is_later = self > *known;
            if is_later {
                *known = self;
            }
            is_later
        });
    }
}

/// Watches a runtime from outside.
#[derive(Clone)]
pub struct RuntimeHandle {
    pub(super) found: mpsc::UnboundedSender<Incoming>,
    pub(super) readiness: watch::Sender<Readiness>,
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
    /// Returns how far the runtime is.
    pub fn readiness(&self) -> Readiness {
        *self.readiness.borrow()
    }

    /// Says at once that the runtime is to stop, before whatever it is in the middle of is done.
    pub fn announce_stop(&self) {
        Readiness::Stopping.announce(&self.readiness);
    }

    /// Returns a watch on how far the runtime is.
    pub fn watch(&self) -> watch::Receiver<Readiness> {
        self.readiness.subscribe()
    }

    /// Waits until the runtime is at work. Returns false if it has ended instead.
    pub async fn ready(&self) -> bool {
        let mut readiness = self.readiness.subscribe();
        let reached = readiness.wait_for(|now| matches!(now, Readiness::Ready | Readiness::Stopped)).await;
        reached.is_ok_and(|now| *now == Readiness::Ready)
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

    /// Hands everything that is counted to the metrics facade, as it is now.
    pub fn publish(&self) {
        self.counters.publish();
        let is_ready = self.readiness() == Readiness::Ready;
        gauge!("luvhive_ready").set(f64::from(u8::from(is_ready)));
        gauge!("luvhive_lease_held").set(f64::from(u8::from(self.is_owner())));
        let watermark_age = self.watermark.age(self.clock.now()).unwrap_or_default();
        gauge!("luvhive_watermark_age_seconds").set(watermark_age);
        gauge!("luvhive_heartbeat_age_seconds").set(self.heartbeat().borrow().elapsed());
    }

    /// Explains every metric to the facade's recorder; once is enough.
    pub fn describe(&self) {
        measure::describe();
    }
}
