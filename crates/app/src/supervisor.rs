//! What systemd is told: the steps of the start, ready, at work, stopping. Without a supervisor that listens nothing happens.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// How long one step of a start may take unless it is watched; the private server's own start is given up after 120 s.
const STEP: Duration = Duration::from_secs(150);
/// How often to check that the work moves on, and how much more time to ask for if it does.
const LOOK_EVERY: Duration = Duration::from_secs(5);
const WORK: Duration = Duration::from_secs(40);

/// Says which step of the start begins, and asks for the time that it may take.
pub(crate) fn step(what: &str) {
    ask_for_time(STEP, what);
}

/// Waits for work whose length nobody knows, and asks for time as long as a look from beside says that it goes on.
pub(crate) async fn while_it_moves<T, F>(work: impl Future<Output = T>, look: impl Fn() -> F) -> T
where
    F: Future<Output = Option<String>>,
{
    let mut work = Box::pin(work);
    loop {
        if let Ok(done) = timeout(LOOK_EVERY, &mut work).await {
            return done;
        }
        // The work goes on meanwhile: a look may wait for the same server.
        tokio::select! {
            done = &mut work => return done,
            seen = Box::pin(look()) => if let Some(seen) = seen {
                tracing::info!("{seen}");
                ask_for_time(WORK, &seen);
            },
        }
    }
}

/// Says that the process waits for the running one to end; it has started all the same.
pub(crate) fn stand_by() {
    tell(&[NotifyState::Ready, NotifyState::Status("standing by")]);
}

/// Says that updates are taken.
pub(crate) fn be_ready() {
    tell(&[NotifyState::Ready, NotifyState::Status("at work")]);
}

/// Says that the start takes longer, by at least so much from now on, and why. A start that is over hears of it no more.
pub(crate) fn ask_for_time(length: Duration, why: &str) {
    let us = u32::try_from(length.as_micros()).unwrap_or(u32::MAX);
    tell(&[NotifyState::ExtendTimeoutUsec(us), NotifyState::Status(why)]);
}

/// Says that the end has begun.
pub(crate) fn stop() {
    tell(&[NotifyState::Stopping, NotifyState::Status("finishing what was begun")]);
}

/// Feeds the watchdog, if there is one, with the intake loop's own heartbeat: each beat that is heard is a sign of life,
/// at most four in the time that the watchdog waits. A loop that hangs beats no more, and no timer speaks in its place.
pub(crate) fn feed(mut beats: watch::Receiver<Instant>) -> Option<JoinHandle<()>> {
    let gap = sd_notify::watchdog_enabled()? / 4;
    Some(tokio::spawn(async move {
        let mut told: Option<Instant> = None;
        while beats.changed().await.is_ok() {
            let beat = *beats.borrow_and_update();
            if told.is_none_or(|told| beat.duration_since(told) >= gap) {
                told = Some(beat);
                tell(&[NotifyState::Watchdog]);
            }
        }
    }))
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "the supervisor cannot be notified");
    }
}
