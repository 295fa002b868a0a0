//! The evidence chat: reported messages are copied into it, alerts come at once, and posts are taken away when their time is over.
//! Nothing waits for any of it, and what goes wrong with the chat is its own trouble: people are served all the same.

use std::time::Duration;

use luvhive_core::error::chain;
use luvhive_core::evidence::PostOutcome;
use luvhive_core::id::{MessageId, ReportId, TelegramId};
use luvhive_core::ports::{MessengerError, StoreError};
use luvhive_storage::evidence::{NextPost, PgEvidence, PostKey, Turn};
use luvhive_telegram::client::Removal;
use tokio::sync::Mutex;
use tokio::time::sleep;
use tracing::{debug, info, warn};

use super::JobParts;

/// The pause while nothing waits to be copied.
const IDLE: Duration = Duration::from_secs(2);
/// The pause between two copies, so that what people wait for goes first.
const BETWEEN: Duration = Duration::from_millis(200);
/// The pause after a call or a query that failed.
const AGAIN: Duration = Duration::from_secs(5);
/// The pause while the bot cannot post in the chat.
const CLOSED: Duration = Duration::from_mins(1);
/// How often reports that cannot wait are looked for.
const ALERTS_EVERY: Duration = Duration::from_secs(2);
/// How often posts are looked for that are to be taken away.
const REMOVE_EVERY: Duration = Duration::from_mins(1);
/// How long Telegram is not asked again about a post that it refused to take away.
const REMOVE_AGAIN: Duration = Duration::from_hours(24);
/// How many numbers after the last known post are looked at for one of which no answer came.
const PROBED: i32 = 5;

/// The evidence chat of a bot.
pub(crate) struct Evidence {
    channel: TelegramId,
    kept: Duration,
    posts: PgEvidence,
    /// Held while something is posted, so that of all posts at most one is not noted.
    one_at_a_time: Mutex<()>,
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("posts could not be read or noted")]
    Store(#[from] StoreError),
    #[error("Telegram did not take or answer it")]
    Telegram(#[source] MessengerError),
    #[error("the bot may not post there")]
    Closed,
}

impl From<MessengerError> for Fault {
    /// What a refusal means where no person's message is involved.
    fn from(error: MessengerError) -> Self {
        match error {
            MessengerError::Gone | MessengerError::Rejected { .. } => Self::Closed,
            MessengerError::RetryAfter(_) | MessengerError::NotSent(_) | MessengerError::Unknown(_) => Self::Telegram(error),
        }
    }
}

impl Fault {
    /// How long to wait after it.
    fn pause(&self) -> Duration {
        match self {
            Self::Telegram(MessengerError::RetryAfter(wait)) => *wait,
            Self::Store(_) | Self::Telegram(_) => AGAIN,
            Self::Closed => CLOSED,
        }
    }

    fn tell(&self) {
        let cause = chain(self);
        match self {
            Self::Telegram(MessengerError::RetryAfter(_)) => {
                debug!(job.name = "evidence", cause, "the evidence chat is throttled");
            }
            Self::Closed => warn!(
                job.name = "evidence",
                "the bot may not post in the evidence chat, so nothing is copied; `luvhive doctor` says what to do"
            ),
            Self::Store(_) | Self::Telegram(_) => {
                warn!(job.name = "evidence", cause, "something failed in the evidence chat; trying again");
            }
        }
    }
}

impl Evidence {
    /// Makes it.
    pub(crate) fn new(channel: TelegramId, kept: Duration, posts: PgEvidence) -> Self {
        Self { channel, kept, posts, one_at_a_time: Mutex::const_new(()) }
    }

    /// Posts an alert and notes it.
    async fn alert(&self, parts: &JobParts, report: Option<ReportId>, text: &str) -> Result<(), Fault> {
        let _turn = self.one_at_a_time.lock().await;
        let message = parts.api.post_text(self.channel, text).await?;
        Ok(self.posts.insert_alert(report, (self.channel, message), parts.clock.now()).await?)
    }

    /// Posts what is next. Returns how long to wait then.
    async fn copy_next(&self, parts: &JobParts) -> Result<Duration, Fault> {
        let _turn = self.one_at_a_time.lock().await;
        let now = parts.clock.now();
        match self.posts.begin(self.channel, now).await? {
            Turn::Idle => Ok(IDLE),
            // Not longer: a clock may be set back.
            Turn::Later(at) => Ok(at.since(now).clamp(BETWEEN, IDLE)),
            Turn::Post(next) => self.post(parts, &next).await.map(|()| BETWEEN),
            Turn::Unclear(key, channel, last) => self.clear_up(parts, key, (channel, last)).await.map(|()| BETWEEN),
        }
    }

    async fn post(&self, parts: &JobParts, next: &NextPost) -> Result<(), Fault> {
        let posted = match next.source {
            Some(source) => parts.api.copy_to_channel(self.channel, source).await,
            None => parts.api.post_text(self.channel, &head(next)).await,
        };
        match posted {
            Ok(message) => Ok(self.posts.finish(next.key, PostOutcome::Posted, Some(message)).await?),
            // It may have arrived: the next turn looks.
            Err(error @ MessengerError::Unknown(_)) => Err(Fault::Telegram(error)),
            Err(error @ (MessengerError::RetryAfter(_) | MessengerError::NotSent(_))) => {
                self.posts.forget(next.key).await?;
                Err(Fault::Telegram(error))
            }
            Err(refusal @ (MessengerError::Gone | MessengerError::Rejected { .. })) => {
                // Telegram refuses a copy in the same words for the channel and for the chat that it comes from.
                match parts.api.look_at_channel(self.channel).await {
                    Ok(view) if view.can_post() => {
                        let outcome = match refusal {
                            MessengerError::Rejected { why, .. } => PostOutcome::of_refusal(why),
                            _ => PostOutcome::Refused,
                        };
                        info!(job.name = "evidence", why = outcome.code(), "a reported message could not be copied");
                        Ok(self.posts.finish(next.key, outcome, None).await?)
                    }
                    _ => {
                        self.posts.forget(next.key).await?;
                        Err(Fault::Closed)
                    }
                }
            }
        }
    }

    /// Finds out whether a post arrived of which no answer came: it would be the bot's own, next after the last known one.
    async fn clear_up(
        &self,
        parts: &JobParts,
        key: PostKey,
        (channel, last): (TelegramId, Option<MessageId>),
    ) -> Result<(), Fault> {
        let last = last.map_or(0, MessageId::get);
        for number in last.saturating_add(1)..=last.saturating_add(PROBED) {
            let message = MessageId::new(number);
            if parts.api.is_own_post(channel, message).await? {
                return Ok(self.posts.finish(key, PostOutcome::Posted, Some(message)).await?);
            }
        }
        Ok(self.posts.forget(key).await?)
    }

    async fn remove_due(&self, parts: &JobParts) -> Result<(), Fault> {
        let now = parts.clock.now();
        let mut refused = 0_u32;
        for due in self.posts.list_due(now.minus(self.kept), now.minus(REMOVE_AGAIN)).await? {
            match parts.api.remove_post(due.channel, due.message).await {
                Ok(Removal::Gone) => self.posts.finish(due.key, PostOutcome::Removed, None).await?,
                Err(error @ (MessengerError::RetryAfter(_) | MessengerError::NotSent(_) | MessengerError::Unknown(_))) => {
                    return Err(Fault::Telegram(error));
                }
                Ok(Removal::Refused) | Err(MessengerError::Gone | MessengerError::Rejected { .. }) => {
                    refused = refused.saturating_add(1);
                    self.posts.keep(due.key, now).await?;
                }
            }
            sleep(BETWEEN).await;
        }
        if refused > 0 {
            warn!(
                job.name = "evidence",
                count = refused,
                "posts in the evidence chat have had their time, and Telegram does not let a bot delete what is older than 48 \
                 hours; delete them by hand, and set the channel's auto-delete timer"
            );
        }
        Ok(())
    }
}

/// The words above the copies of a report: no name, no number of a person.
fn head(next: &NextPost) -> String {
    let NextPost { case, reason, reported_at, .. } = next;
    format!("Case {case}\nReason: {reason}\nReported: {reported_at}\n\nluvhive case show {case}")
}

/// Copies what waits, alerts and takes away, as long as the bot runs.
pub(super) async fn run(parts: &JobParts) {
    let Some(evidence) = &parts.evidence else { return };
    if !parts.handle.ready().await {
        return;
    }
    tokio::join!(copy(parts, evidence), alert(parts, evidence), remove(parts, evidence));
}

async fn copy(parts: &JobParts, evidence: &Evidence) {
    loop {
        let pause = if parts.handle.is_owner() { evidence.copy_next(parts).await } else { Ok(IDLE) };
        sleep(rested(pause)).await;
    }
}

async fn alert(parts: &JobParts, evidence: &Evidence) {
    let mut is_told = false;
    loop {
        let alerted = if parts.handle.is_owner() { alert_all(parts, evidence).await } else { Ok(()) };
        let pause = match alerted {
            // What cannot wait is tried more often, and told once.
            Err(fault @ Fault::Closed) => {
                if !std::mem::replace(&mut is_told, true) {
                    fault.tell();
                }
                AGAIN
            }
            alerted => {
                is_told = false;
                rested(alerted.map(|()| ALERTS_EVERY))
            }
        };
        sleep(pause).await;
    }
}

async fn alert_all(parts: &JobParts, evidence: &Evidence) -> Result<(), Fault> {
    for alert in evidence.posts.list_unalerted().await? {
        let text = format!("Urgent: case {0}\nReason: {1}\n\nluvhive case show {0}", alert.case, alert.reason);
        evidence.alert(parts, Some(alert.report), &text).await?;
    }
    Ok(())
}

async fn remove(parts: &JobParts, evidence: &Evidence) {
    loop {
        let removed = if parts.handle.is_owner() { evidence.remove_due(parts).await } else { Ok(()) };
        sleep(rested(removed.map(|()| REMOVE_EVERY))).await;
    }
}

/// How long to wait after a turn; tells of a fault.
fn rested(pause: Result<Duration, Fault>) -> Duration {
    pause.unwrap_or_else(|fault| {
        fault.tell();
        fault.pause()
    })
}

/// Tells where the audit log ends, best effort: the log has it as well.
pub(super) async fn tell_head(parts: &JobParts, head: &str) {
    if let Some(evidence) = parts.evidence.as_ref().filter(|_| parts.handle.is_owner()) {
        let text = format!("The audit log ends at {head}\n\nluvhive audit verify --head {head}");
        if let Err(fault) = evidence.alert(parts, None, &text).await {
            fault.tell();
        }
    }
}
