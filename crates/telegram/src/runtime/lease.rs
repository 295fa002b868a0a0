//! Holding the lease: taking it, prolonging it on a timer of its own, and extending its term.

use std::sync::Arc;
use std::time::Duration;

use luvhive_core::error::chain;
use luvhive_core::ports::{JournalError, Lease};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::{info, warn};

use super::{Core, RuntimeSettings};

/// How often a held lease is asked for again.
const ACQUIRE_PAUSE: Duration = Duration::from_millis(200);
/// How often a heartbeat that goes on failing is told again.
const TOLD_EVERY: Duration = Duration::from_secs(10);
/// The pause after a heartbeat that failed.
const FAILED_PAUSE: Duration = Duration::from_millis(100);

/// Whether to wait for the lease of a living owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standby {
    /// Wait until its lease would have run out once, then give up: only a crashed owner is waited for.
    No,
    /// Wait as long as it takes, ready to take over.
    Wait,
}

/// Takes the lease; its term runs from then on.
///
/// # Errors
/// [`JournalError::Held`] if a living owner keeps it and the settings say [`Standby::No`]; [`JournalError::Store`] if the
/// database fails at the first try (later failures are waited out).
pub(crate) async fn acquire(core: &Core) -> Result<Lease, JournalError> {
    let RuntimeSettings { owner, lease: length, standby, .. } = &core.settings;
    let give_up_at = Instant::now() + length.saturating_mul(2);
    let mut is_told = false;
    loop {
        let (asked, asked_in_term) = (Instant::now(), core.term.now());
        match core.journal.acquire(owner, *length).await {
            Ok(lease) => {
                info!(epoch = lease.epoch.get(), "this process owns the shard");
                core.term.extend(asked_in_term + *length);
                return Ok(lease);
            }
            Err(error @ JournalError::Held { .. }) => {
                if *standby == Standby::No && asked >= give_up_at {
                    return Err(error);
                }
                if !is_told {
                    info!(cause = chain(&error), "waiting for the shard");
                    is_told = true;
                }
            }
            Err(error) if is_told => warn!(cause = chain(&error), "the shard cannot be asked for; trying again"),
            Err(error) => return Err(error),
        }
        sleep(ACQUIRE_PAUSE).await;
    }
}

/// Prolongs the lease until it is lost. Never ends otherwise.
pub(crate) async fn keep(core: Arc<Core>, lease: Lease, fenced: watch::Sender<bool>) {
    let length = core.settings.lease;
    let mut next = Instant::now() + length / 3;
    let mut told: Option<Instant> = None;
    loop {
        sleep_until(next).await;
        let (asked, asked_in_term) = (Instant::now(), core.term.now());
        // Counted from the question: an answer that waited for a frozen process says nothing of now.
        next = asked + length / 3;
        let mut answer = core.journal.heartbeat(&lease, length);
        let answer = match timeout(length / 3, &mut answer).await {
            Ok(answer) => answer,
            Err(_late) => {
                // A database that hangs says nothing for long; people at the till cannot wait for it.
                core.health.missed();
                answer.await
            }
        };
        match answer {
            Ok(()) => {
                core.term.extend(asked_in_term + length);
                core.health.heard();
                if told.take().is_some() {
                    info!("the lease is extended again");
                }
            }
            Err(JournalError::Fenced | JournalError::Held { .. }) => {
                fenced.send_replace(true);
                return;
            }
            Err(error) => {
                core.health.missed();
                if told.is_none_or(|told| told.elapsed() >= TOLD_EVERY) {
                    warn!(cause = chain(&error), "the lease could not be extended; trying again");
                    told = Some(Instant::now());
                }
                next = Instant::now() + FAILED_PAUSE;
            }
        }
    }
}
