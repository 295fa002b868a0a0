//! The staff's sub-commands: reading open reports, deciding about people. They run beside a running bot.

use std::time::Duration;

use luvhive_core::conduct::{NewSanction, OpenReport, Pseudonym, SanctionKind};
use luvhive_core::id::BotId;
use luvhive_core::ports::{Clock as _, ConductStore, SanctionOutcome};
use luvhive_core::time::Timestamp;
use luvhive_storage::PgConductStore;

use crate::cli::{SanctionArgs, say};
use crate::database;
use crate::error::AppError;
use crate::settings::Settings;
use crate::system::SystemClock;
use crate::wiring::Side;

/// How many reports one call lists.
const REPORTS_LISTED: u16 = 1_000;

/// The staff's view of one bot's database.
pub(crate) struct Desk {
    store: PgConductStore,
    bot: BotId,
    _opened: database::Opened,
}

impl Desk {
    /// Opens the database, which must be of this version.
    ///
    /// # Errors
    /// [`AppError::NoBot`] and whatever opening a database gives.
    pub(crate) async fn open(settings: &Settings, wants_sandbox: bool) -> Result<Self, AppError> {
        let bot = Side::choose(settings, wants_sandbox)?.bot_id(settings)?;
        let opened = database::open(settings, |_| {}).await?;
        opened.prepare(false).await?;
        Ok(Self { store: PgConductStore::new(opened.pool(settings).await?), bot, _opened: opened })
    }

    /// Prints open reports, oldest first: a line each, or one JSON array.
    ///
    /// # Errors
    /// [`AppError::Store`].
    pub(crate) async fn list_reports(&self, json: bool) -> Result<(), AppError> {
        let reports = self.store.list_open_reports(self.bot, REPORTS_LISTED).await?;
        if json {
            say(&reports.iter().map(as_json).collect::<serde_json::Value>().to_string());
        } else if reports.is_empty() {
            say("no open reports");
        } else {
            say("report  reported    open  about       messages  reporter    since");
            for report in &reports {
                say(&as_line(report));
            }
        }
        Ok(())
    }

    /// Stores a decision; a running bot takes it up within a second.
    ///
    /// # Errors
    /// [`AppError::Pseudonym`], [`AppError::Reason`], [`AppError::NothingToLift`], [`AppError::Store`].
    pub(crate) async fn sanction(&self, args: SanctionArgs, decided_by: &str) -> Result<(), AppError> {
        let Some(pseudonym) = Pseudonym::new(&args.pseudonym) else {
            return Err(AppError::Pseudonym(args.pseudonym));
        };
        let reason = args.reason.trim().to_owned();
        if reason.is_empty() || reason.chars().count() > 500 {
            return Err(AppError::Reason);
        }
        let now = SystemClock.now();
        let (kind, until) = match args.decision.suspend {
            Some(days) => (SanctionKind::Suspend, now.plus(Duration::from_hours(24).saturating_mul(days))),
            None if args.decision.ban => (SanctionKind::Ban, Timestamp::MAX),
            None => (SanctionKind::Lift, now),
        };
        let decided_by = decided_by.chars().take(100).collect();
        let sanction = NewSanction { pseudonym, kind, until, reason, decided_by, decided_at: now };
        match self.store.insert_sanction(self.bot, sanction).await? {
            SanctionOutcome::Stored => {
                say("stored; a running bot takes it up within a second");
                Ok(())
            }
            SanctionOutcome::UnknownPseudonym => Err(AppError::Pseudonym(args.pseudonym)),
            SanctionOutcome::NothingToLift => Err(AppError::NothingToLift),
        }
    }
}

fn as_line(report: &OpenReport) -> String {
    format!(
        "{:<7} {}  {:<4}  {:<10}  {:<8}  {}  {}",
        report.report.get(),
        report.reported,
        report.open_about_same,
        report.reason.code(),
        report.messages_count,
        report.reporter,
        report.reported_at,
    )
}

fn as_json(report: &OpenReport) -> serde_json::Value {
    serde_json::json!({
        "report": report.report.get(),
        "reported": report.reported.as_str(),
        "open_about_same": report.open_about_same,
        "reason": report.reason.code(),
        "messages_count": report.messages_count,
        "reporter": report.reporter.as_str(),
        "reported_at": report.reported_at.to_string(),
    })
}
