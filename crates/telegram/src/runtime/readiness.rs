//! How far the runtime is, and whether updates are handled now: a stage that only goes on, and a state that comes and goes.

use metrics::gauge;
use tokio::sync::watch;

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

    pub(super) fn of(stage: Stage, signs: Signs) -> Self {
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
pub(super) struct Signs {
    pub(super) is_database_down: bool,
    pub(super) is_lease_held: bool,
    pub(super) is_deaf: bool,
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
