//! Long polling: fetch, hand over, wait for the commit, and only then ask for what comes after.

use std::sync::Arc;
use std::time::Duration;

use luvhive_core::error::{Cause, chain};
use luvhive_core::id::UpdateId;
use luvhive_core::ports::Clock;
use luvhive_core::time::Timestamp;
use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until};
use tracing::{error, warn};

use super::behind::Behind;
use super::checkout::CheckoutDoor;
use super::hearing::Hearing;
use super::{Incoming, Intake, decode};
use crate::client::{BotApi, ClientError, POLL_LIMIT, Refusals};
use crate::signal::LeaseTerm;
use crate::signal::health::Health;
use crate::signal::pause::Pause;

/// How old a watermark may be: after a silent week Telegram's numbers begin anywhere (Bot API 10.3, `update_id`).
pub const WATERMARK_LIFE: Duration = Duration::from_hours(6 * 24);
/// The longest that Telegram waits for updates (Bot API 10.3, `getUpdates.timeout`).
const LONGEST_WAIT: Duration = Duration::from_secs(50);
/// Within so long Telegram answers a poll for which updates wait, the way there and back included. It can take three seconds
/// when the same poll was begun less than three seconds before, but then nothing has waited long.
const AT_ONCE: Duration = Duration::from_millis(500);
/// The shortest time between two fetches, unless the first brought a full batch: a busy moment's updates share a commit.
const PACE: Duration = Duration::from_millis(10);
/// The shortest time between two fetches that bring nothing: a server that answers at once is not flooded.
/// Within half a second after the same question Telegram gives one update only.
const EMPTY_PACE: Duration = Duration::from_millis(500);
/// The pause after a failed fetch.
const PAUSE: Pause = Pause::new(Duration::from_millis(200), Duration::from_secs(5));
/// How often an expired lease is looked at again.
const LEASE_CHECK: Duration = Duration::from_millis(20);
/// How often the till is looked after while nothing can be taken in. Telegram gives one update only to a caller who asks for
/// the same ones again within half a second.
const PEEK_EVERY: Duration = Duration::from_millis(600);
/// How often a lasting failure is told again, in failed fetches.
const TOLD_EVERY: u32 = 12;

/// Why no updates came.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// Telegram does not know the token.
    #[error("token is refused by Telegram")]
    TokenRefused,
    /// Another program polls with this token, or a webhook is set.
    #[error("another program takes this bot's updates")]
    Taken,
    /// Telegram asks to be left alone for so long.
    #[error("Telegram wants to be asked for updates again in {0:?}")]
    Throttled(Duration),
    /// Anything that may pass.
    #[error("updates cannot be fetched")]
    Failed(#[source] Cause),
}

/// Gives updates in batches. Implemented by the Bot API and, in tests, by a script.
#[async_trait::async_trait]
pub trait UpdateFeed: Send + Sync {
    /// Waits for updates from `offset` on, or for the oldest unconfirmed ones, and confirms all below `offset`.
    ///
    /// # Errors
    /// See [`FeedError`].
    async fn fetch(&self, offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError>;

    /// Fetches what is there without waiting for more, so that after a failure a good answer comes soon.
    ///
    /// # Errors
    /// See [`FeedError`].
    async fn fetch_now(&self, offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
        self.fetch(offset).await
    }

    /// Returns how long a fetch may wait for updates.
    fn longest_wait(&self) -> Duration {
        LONGEST_WAIT
    }

    /// Looks at what waits from `offset` on without waiting for more. Confirms nothing that `offset` did not.
    ///
    /// # Errors
    /// See [`FeedError`].
    async fn peek(&self, offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError>;
}

/// The Bot API's `getUpdates`.
#[derive(Debug)]
pub struct BotApiFeed {
    api: Arc<BotApi>,
    timeout: Duration,
    own: Box<str>,
}

impl BotApiFeed {
    /// Makes a feed whose fetches wait up to `timeout` (at most 50 s), for the bot with this user name.
    pub fn new(api: Arc<BotApi>, timeout: Duration, own: &str) -> Self {
        Self { api, timeout: timeout.min(LONGEST_WAIT), own: own.into() }
    }
}

/// A batch that is not JSON as a whole; says nothing of what it held.
#[derive(Debug, thiserror::Error)]
#[error("reply of {0} bytes is not a batch of updates")]
struct NotABatch(usize);

#[async_trait::async_trait]
impl UpdateFeed for BotApiFeed {
    async fn fetch(&self, offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
        self.ask(offset, self.timeout).await
    }

    async fn fetch_now(&self, offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
        self.ask(offset, Duration::ZERO).await
    }

    fn longest_wait(&self) -> Duration {
        self.timeout
    }

    async fn peek(&self, offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
        self.ask(offset, Duration::ZERO).await
    }
}

impl BotApiFeed {
    async fn ask(&self, offset: Option<UpdateId>, timeout: Duration) -> Result<Vec<Incoming>, FeedError> {
        let reply = self.api.get_raw_updates(offset, timeout).await.map_err(|error| match error {
            error if error.is_token_refused() => FeedError::TokenRefused,
            ClientError::Refused { code: 409, .. } => FeedError::Taken,
            ClientError::Refused { retry_after: Some(rest), .. } => FeedError::Throttled(rest),
            error => FeedError::Failed(Box::new(error)),
        })?;
        decode::read_batch(&reply, &self.own).ok_or_else(|| FeedError::Failed(Box::new(NotABatch(reply.len()))))
    }
}

/// How the update came that a watermark names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It was fetched. Fetches come in order, so every lower number was taken in as well.
    Polled,
    /// It was posted. Posts come in any order, so a lower one may still wait with Telegram.
    Posted,
}

/// The highest update number that has committed, when, and how it came; shared by crank and poller.
#[derive(Debug, Default)]
pub(crate) struct Watermark(Mutex<Option<(UpdateId, Timestamp, Way)>>);

impl Watermark {
    pub(crate) fn set(&self, id: UpdateId, at: Timestamp, way: Way) {
        *self.0.lock() = Some((id, at, way));
    }

    /// Notes the watermark that the journal holds, and how it came; its age is known unless it is another one.
    pub(crate) fn find(&self, id: UpdateId, now: Timestamp, way: Way) {
        let mut stored = self.0.lock();
        let at = stored.filter(|&(known, ..)| known == id).map_or(now, |(_, at, _)| at);
        *stored = Some((id, at, way));
    }

    /// Returns the number as the journal has it, however old.
    pub(crate) fn stored(&self) -> Option<UpdateId> {
        self.0.lock().map(|(id, ..)| id)
    }

    /// Returns how long ago the last update committed, in seconds.
    pub(crate) fn age(&self, now: Timestamp) -> Option<f64> {
        let stored = *self.0.lock();
        stored.map(|(_, at, _)| now.since(at).as_secs_f64())
    }

    /// Returns the number unless it is too old to compare others with.
    pub(crate) fn fresh(&self, now: Timestamp) -> Option<UpdateId> {
        self.fresh_way(now).map(|(id, _)| id)
    }

    /// Reports whether updates up to this number were posted, so that this one may not have been taken in.
    pub(crate) fn leaves_open(&self, id: UpdateId, now: Timestamp) -> bool {
        self.fresh_way(now).is_some_and(|(highest, way)| way == Way::Posted && id <= highest)
    }

    /// Returns the number, unless it is too old to compare others with, and how it came.
    fn fresh_way(&self, now: Timestamp) -> Option<(UpdateId, Way)> {
        let stored = *self.0.lock();
        stored.filter(|&(_, at, _)| now.since(at) < WATERMARK_LIFE).map(|(id, _, way)| (id, way))
    }
}

/// What a poller looks at and tells, beside its feed and the crank.
pub(crate) struct PollLine {
    pub(crate) watermark: Arc<Watermark>,
    pub(crate) term: Arc<LeaseTerm>,
    pub(crate) health: Arc<Health>,
    pub(crate) behind: Arc<Behind>,
    pub(crate) hearing: Arc<Hearing>,
    /// How long the token must be refused before that is believed.
    pub(crate) token_refused_after: Duration,
    pub(crate) clock: Arc<dyn Clock>,
    /// Where questions at the till are handed in.
    pub(crate) door: CheckoutDoor,
    /// The highest number that was fetched and has committed.
    pub(crate) reached: Mutex<Option<UpdateId>>,
}

impl PollLine {
    /// The number after the last one taken in. After posts what was fetched counts alone: asking for what comes after the
    /// watermark would drop the posts that have not arrived.
    fn offset(&self) -> Option<UpdateId> {
        let last = match self.watermark.fresh_way(self.clock.now())? {
            (watermark, Way::Polled) => watermark,
            (_, Way::Posted) => (*self.reached.lock())?,
        };
        Some(UpdateId::new(last.get().saturating_add(1)))
    }

    /// Hands the desk the questions at the till, as long as nothing can be taken in. Never ends.
    async fn watch_the_till(&self, feed: &dyn UpdateFeed) {
        loop {
            sleep(PEEK_EVERY).await;
            // Without the lease another process may be polling, unless what keeps us from it is that nobody can have it.
            if (self.term.is_running() || self.health.is_away())
                && let Ok(updates) = feed.peek(self.offset()).await
            {
                self.door.hand_in(&updates);
            }
        }
    }

    /// Fetches once, and notes how that went. After a failure it does not wait for updates.
    async fn fetch(&self, feed: &dyn UpdateFeed, has_failed: bool) -> Result<Vec<Incoming>, FeedError> {
        self.hearing.asks();
        let fetched = if has_failed { feed.fetch_now(self.offset()).await } else { feed.fetch(self.offset()).await };
        if fetched.is_ok() {
            self.behind.polled();
            self.hearing.hears();
        } else {
            self.hearing.fails();
        }
        fetched
    }

    async fn until_leased(&self, feed: &dyn UpdateFeed) {
        if self.term.is_running() {
            return;
        }
        self.hearing.hears();
        let leased = async {
            while !self.term.is_running() {
                sleep(LEASE_CHECK).await;
            }
        };
        tokio::select! {
            biased;
            () = leased => {}
            () = self.watch_the_till(feed) => {}
        }
    }
}

/// Polls until the crank is gone, and only while the lease runs.
///
/// # Errors
/// [`FeedError::TokenRefused`] once that was the only answer for long enough; everything else is waited out.
pub(crate) async fn run(feed: Arc<dyn UpdateFeed>, line: PollLine, crank: mpsc::Sender<Intake>) -> Result<(), FeedError> {
    let mut failures: u32 = 0;
    let mut refusals = Refusals::new(line.token_refused_after);
    loop {
        // Another process may be polling by now; a process that was frozen must not get in its way.
        line.until_leased(feed.as_ref()).await;
        let mut next = Instant::now() + PACE;
        let (began, is_late) = (Instant::now(), line.behind.is_late_poll());
        let fetched = line.fetch(feed.as_ref(), failures > 0).await;
        // What had waited is told at once; what comes later came while we asked.
        let was_behind = is_late && began.elapsed() < AT_ONCE;
        if !matches!(fetched, Err(FeedError::TokenRefused)) {
            refusals.end();
        }
        match fetched {
            Ok(updates) if updates.is_empty() => {
                failures = 0;
                next = began + EMPTY_PACE;
            }
            Ok(updates) => {
                failures = 0;
                if updates.len() >= usize::from(POLL_LIMIT) {
                    next = Instant::now();
                }
                line.door.hand_in(&updates);
                let highest = updates.iter().map(|update| update.id).max();
                let (committed, waiting) = oneshot::channel();
                if crank.send(Intake { updates, committed, was_behind }).await.is_err() {
                    return Ok(());
                }
                let outcome = tokio::select! {
                    biased;
                    outcome = waiting => outcome,
                    () = line.watch_the_till(feed.as_ref()) => Ok(()),
                };
                match outcome {
                    Ok(()) => *line.reached.lock() = highest,
                    // Dropped unconfirmed: the crank stops, or the same updates come again.
                    Err(_dropped) if crank.is_closed() => return Ok(()),
                    Err(_dropped) => {}
                }
            }
            Err(failure) => {
                if matches!(failure, FeedError::TokenRefused) && refusals.refused().is_none() {
                    return Err(failure);
                }
                tell(&failure, failures);
                let pause = match failure {
                    FeedError::Throttled(rest) => rest,
                    _ => PAUSE.after(failures.saturating_add(1)),
                };
                failures = failures.saturating_add(1);
                sleep(pause).await;
            }
        }
        sleep_until(next).await;
    }
}

fn tell(failure: &FeedError, failures: u32) {
    if !failures.is_multiple_of(TOLD_EVERY) {
        return;
    }
    match failure {
        FeedError::Taken => error!(
            "another program takes this bot's updates (a second poller or a webhook); stop it, or give this one its own token"
        ),
        FeedError::TokenRefused => error!("Telegram refuses the token; asking again, because it may accept it later"),
        failure => warn!(cause = chain(failure), "updates cannot be fetched; trying again"),
    }
}

#[cfg(test)]
mod tests;
