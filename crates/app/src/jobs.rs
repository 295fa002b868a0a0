//! Regular work beside the bot. Each job may run at any time, be broken off, and run again.

mod evidence;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use self::evidence::Evidence;
use luvhive_core::error::chain;
use luvhive_core::id::BotId;
use luvhive_core::ports::Clock;
use luvhive_core::ports::ledger::Ledger;
use luvhive_storage::audit;
use luvhive_storage::case;
use luvhive_storage::journal::Cleaned;
use luvhive_storage::retention::Kept;
use luvhive_storage::vault::{Mark, seal_portion};
use luvhive_storage::{PgJournal, Pool, Vault};
use luvhive_telegram::client::BotApi;
use luvhive_telegram::locale;
use luvhive_telegram::payments::Till;
use luvhive_telegram::runtime::RuntimeHandle;
use luvhive_telegram::runtime::reconcile::{self, Found};
use metrics::gauge;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tracing::{debug, info, warn};

/// How often what has had its time is removed.
const CLEAN_EVERY: Duration = Duration::from_mins(10);

/// How often refunds that had to wait, and subscriptions that are to end, are taken up again.
const REFUNDS_EVERY: Duration = Duration::from_mins(1);

/// How often Telegram's list of transactions is compared with the ledger.
const RECONCILE_EVERY: Duration = Duration::from_hours(24);
/// The pause after a comparison that failed.
const RECONCILE_AGAIN: Duration = Duration::from_mins(5);

/// The pause after a list of commands that Telegram did not take, unless it said how long to wait.
const COMMANDS_AGAIN: Duration = Duration::from_mins(1);

/// How often reports that cannot wait are looked for.
const URGENT_EVERY: Duration = Duration::from_secs(3);

/// How often the end of the audit log is logged.
const HEAD_EVERY: Duration = Duration::from_hours(24);
/// The pause after it could not be read.
const HEAD_AGAIN: Duration = Duration::from_mins(5);

/// The pause between two portions of texts that are encrypted.
const PORTION_EVERY: Duration = Duration::from_millis(20);
/// The pause after a portion that failed.
const PORTION_AGAIN: Duration = Duration::from_secs(10);

/// What the jobs work on.
pub(crate) struct JobParts {
    pub(crate) journal: Arc<PgJournal>,
    pub(crate) pool: Pool,
    pub(crate) vault: Vault,
    pub(crate) bot: BotId,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) api: Arc<BotApi>,
    pub(crate) till: Arc<dyn Till>,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) handle: RuntimeHandle,
    pub(crate) kept: Kept,
    /// Where evidence is posted, if anywhere.
    pub(crate) evidence: Option<Evidence>,
}

/// Runs the jobs forever, each the first time at once.
pub(crate) async fn run(parts: JobParts) {
    tokio::join!(
        clean(&parts),
        compare(&parts),
        take_up(&parts),
        offer_commands(&parts),
        seal(&parts),
        tell_head(&parts),
        tell_urgent(&parts),
        evidence::run(&parts)
    );
}

/// Tells Telegram once which commands to offer. People write to a bot whose commands are not listed as well, so nothing
/// waits for it.
async fn offer_commands(parts: &JobParts) {
    if !parts.handle.ready().await {
        return;
    }
    loop {
        let mut pause = COMMANDS_AGAIN;
        // A process that was frozen meanwhile leaves it to the one that took over.
        if parts.handle.is_owner() {
            match parts.api.set_command_lists(&locale::commands()).await {
                Ok(()) => return,
                Err(error) => {
                    warn!(job.name = "commands", cause = chain(&error), "commands could not be listed; trying again");
                    pause = error.retry_after().unwrap_or(COMMANDS_AGAIN);
                }
            }
        }
        sleep(pause).await;
    }
}

/// Encrypts once what lies in clear or under an older key, some rows at a time: the upgrade, and each change of the key.
/// Whatever stops it, the next start goes on with it.
async fn seal(parts: &JobParts) {
    if !parts.handle.ready().await {
        return;
    }
    let (mut sealed, mut unreadable, mut mark) = (0_u64, 0_u64, Some(Mark::START));
    while let Some(at) = mark {
        // The release before cannot read what is encrypted, so its owner's rows are left alone.
        if !parts.handle.is_owner() {
            sleep(PORTION_AGAIN).await;
            continue;
        }
        match seal_portion(&parts.pool, &parts.vault, at).await {
            Ok(portion) => {
                sealed = sealed.saturating_add(portion.sealed);
                unreadable = unreadable.saturating_add(portion.unreadable);
                mark = portion.next;
                sleep(PORTION_EVERY).await;
            }
            Err(error) => {
                warn!(job.name = "seal", cause = chain(&error), "texts could not be encrypted; trying again");
                sleep(PORTION_AGAIN).await;
            }
        }
    }
    match (sealed, unreadable) {
        (0, 0) => debug!(job.name = "seal", "every text is encrypted by today's key"),
        (_, 0) => info!(job.name = "seal", count = sealed, "texts were encrypted by today's key"),
        _ => warn!(job.name = "seal", count = sealed, unreadable, "texts were encrypted, but some cannot be decrypted"),
    }
}

/// Compares the ledger with Telegram's list: at every start, because nobody knows how long the bot was down, and daily.
async fn compare(parts: &JobParts) {
    if !parts.handle.ready().await {
        return;
    }
    loop {
        let pause = match reconcile::run(parts.till.as_ref(), parts.ledger.as_ref(), &parts.handle, parts.clock.as_ref()).await {
            Ok(found) if found == Found::default() => {
                debug!(job.name = "reconcile", "the ledger is complete");
                RECONCILE_EVERY
            }
            Ok(Found { payments, refunds }) => {
                warn!(job.name = "reconcile", payments, refunds, "payments that had never arrived were found and booked");
                RECONCILE_EVERY
            }
            Err(error) => {
                warn!(job.name = "reconcile", cause = chain(&error), "the ledger could not be compared; trying again later");
                RECONCILE_AGAIN
            }
        };
        sleep(pause).await;
    }
}

/// Has refunds carried out that had to wait, and subscriptions ended that suspended people would be charged for: at every
/// start, and every minute what waits for a while.
async fn take_up(parts: &JobParts) {
    if !parts.handle.ready().await {
        return;
    }
    let mut waited = Duration::ZERO;
    loop {
        let now = parts.clock.now();
        match parts.journal.take_up_refunds(now.minus(waited), now).await {
            Ok(0) => debug!(job.name = "refunds", "no refund is waiting"),
            Ok(count) => info!(job.name = "refunds", count, "refunds that had to wait were started again"),
            Err(error) => warn!(job.name = "refunds", cause = chain(&error), "refunds could not be started again; trying again"),
        }
        match parts.journal.find_oldest_refund().await {
            Ok(oldest) => {
                let age = oldest.map_or(0.0, |oldest| now.since(oldest).as_secs_f64());
                gauge!("luvhive_oldest_refund_seconds").set(age);
            }
            Err(error) => warn!(job.name = "refunds", cause = chain(&error), "open refunds could not be looked at"),
        }
        match parts.journal.take_up_subscriptions(now).await {
            Ok(0) => debug!(job.name = "subscriptions", "nobody would be charged while they are suspended"),
            Ok(count) => info!(job.name = "subscriptions", count, "subscriptions of suspended people are being ended"),
            Err(error) => {
                warn!(job.name = "subscriptions", cause = chain(&error), "subscriptions could not be looked at; trying again");
            }
        }
        waited = REFUNDS_EVERY;
        sleep(REFUNDS_EVERY).await;
    }
}

/// Logs where the audit log ends, so that a cut or a chain made anew shows where the log is kept apart from the database.
async fn tell_head(parts: &JobParts) {
    if !parts.handle.ready().await {
        return;
    }
    loop {
        let pause = match audit::find_head(&parts.pool, parts.bot).await {
            Ok(head) => {
                let head = head.map(|head| head.to_string());
                info!(
                    job.name = "audit",
                    head = head.as_deref().unwrap_or("nothing"),
                    "this is where the audit log ends; `luvhive audit verify --head` compares with it"
                );
                if let Some(head) = head {
                    evidence::tell_head(parts, &head).await;
                }
                HEAD_EVERY
            }
            Err(error) => {
                warn!(job.name = "audit", cause = chain(&error), "the end of the audit log could not be read; trying again");
                HEAD_AGAIN
            }
        };
        sleep(pause).await;
    }
}

/// Tells the staff of reports that cannot wait, by the log and a gauge, whatever else waits to be sent.
async fn tell_urgent(parts: &JobParts) {
    if !parts.handle.ready().await {
        return;
    }
    let mut told = None;
    loop {
        match case::find_urgent(&parts.pool, parts.bot).await {
            Ok(urgent) => {
                let count = urgent.map_or(0, |urgent| urgent.count);
                gauge!("luvhive_urgent_reports").set(f64::from(count));
                if let Some(urgent) = urgent.filter(|urgent| told < Some(urgent.newest)) {
                    warn!(job.name = "urgent", count, "a report waits that is about a child or a threat: `luvhive case list`");
                    told = Some(urgent.newest);
                }
            }
            Err(error) => debug!(job.name = "urgent", cause = chain(&error), "reports could not be looked at; trying again"),
        }
        sleep(URGENT_EVERY).await;
    }
}

async fn clean(parts: &JobParts) {
    let (journal, clock) = (&parts.journal, &parts.clock);
    let mut ticks = interval(CLEAN_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match journal.clean(clock.now(), parts.kept).await {
            Ok(cleaned) if cleaned == Cleaned::default() => debug!(job.name = "clean", "nothing has expired"),
            Ok(cleaned) => info!(
                job.name = "clean",
                chats = cleaned.chats,
                pairs = cleaned.pairs,
                seen = cleaned.seen,
                dead = cleaned.dead,
                refusals = cleaned.refusals,
                former = cleaned.former,
                invitations = cleaned.invitations,
                holds = cleaned.holds,
                evidence = cleaned.evidence,
                former_words = cleaned.former_words,
                registrations = cleaned.registrations,
                "expired rows were removed"
            ),
            Err(error) => warn!(job.name = "clean", cause = chain(&error), "cleaning up failed; trying again later"),
        }
    }
}
