//! The staff's sub-commands: reading open reports, deciding about people. They run beside a running bot.

use luvhive_core::conduct::{BadSanction, Decision, NewSanction, OpenReport};
use luvhive_core::id::BotId;
use luvhive_core::ports::{Clock as _, ConductStore, SanctionOutcome};
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
            say(OpenReport::HEAD);
            for report in &reports {
                say(&report.to_string());
            }
        }
        Ok(())
    }

    /// Stores a decision; a running bot takes it up within a second.
    ///
    /// # Errors
    /// [`AppError::Sanction`], [`AppError::NothingToLift`], [`AppError::Store`].
    pub(crate) async fn sanction(&self, args: SanctionArgs, decided_by: &str) -> Result<(), AppError> {
        let decision = match args.decision.suspend {
            Some(days) => Decision::Suspend(days),
            None if args.decision.ban => Decision::Ban,
            None => Decision::Lift,
        };
        let sanction = NewSanction::new(&args.pseudonym, decision, &args.reason, decided_by, SystemClock.now())?;
        match self.store.insert_sanction(self.bot, sanction).await? {
            SanctionOutcome::Stored => {
                say("stored; a running bot takes it up within a second");
                Ok(())
            }
            SanctionOutcome::UnknownPseudonym => Err(BadSanction::Pseudonym(args.pseudonym).into()),
            SanctionOutcome::NothingToLift => Err(AppError::NothingToLift),
        }
    }
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
