//! The staff's sub-commands: reading open reports, deciding about people, correcting them. They run beside a running bot.

use luvhive_core::conduct::{BadSanction, Decision, NewSanction, OpenReport};
use luvhive_core::correction::{Corrected, Fact, NewCorrection};
use luvhive_core::id::BotId;
use luvhive_core::ports::corrections::{CorrectionError, CorrectionStore as _};
use luvhive_core::ports::ledger::{NewGrant, NewRefund};
use luvhive_core::ports::{Clock as _, ConductStore, SanctionOutcome};
use luvhive_storage::ledger::Form;
use luvhive_storage::{PgConductStore, PgCorrectionStore, PgTreasury};

use crate::cli::{CorrectArgs, GrantArgs, LedgerArgs, RefundArgs, SanctionArgs, say};
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
    corrections: PgCorrectionStore,
    treasury: PgTreasury,
    bot: BotId,
    _opened: database::Opened,
}

impl Desk {
    /// Opens the database, which must be of this version.
    ///
    /// # Errors
    /// [`AppError::NoBot`] and every error of opening a database.
    pub(crate) async fn open(settings: &Settings, wants_sandbox: bool) -> Result<Self, AppError> {
        let bot = Side::choose(settings, wants_sandbox)?.bot_id(settings)?;
        let opened = database::open(settings, |_| {}).await?;
        opened.prepare().await?;
        let pool = opened.pool(settings).await?;
        let (store, corrections) = (PgConductStore::new(pool.clone()), PgCorrectionStore::new(pool.clone()));
        Ok(Self { store, corrections, treasury: PgTreasury::new(pool), bot, _opened: opened })
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

    /// Stores a correction; a running bot takes it up within a second.
    ///
    /// # Errors
    /// [`AppError::Correction`].
    pub(crate) async fn correct(&self, args: &CorrectArgs, decided_by: &str) -> Result<(), AppError> {
        // The command line has exactly one of the two.
        let Some(fact) = args.fact.birth_date.map(Fact::Born).or(args.fact.gender.map(Fact::Gender)) else { return Ok(()) };
        let second = args.second.as_deref();
        let correction = NewCorrection::new(&args.whom, fact, &args.reason, second, decided_by, SystemClock.now())
            .map_err(CorrectionError::from)?;
        say(match self.corrections.insert_correction(self.bot, correction).await? {
            Corrected::Gender(_) | Corrected::Born { was_refused: false, .. } => {
                "stored; a running bot takes it up and tells them within a second"
            }
            Corrected::Born { was_refused: true, .. } => {
                "stored; they are not refused any more; a running bot takes it up and tells them within a second"
            }
            Corrected::Refused(_) => {
                "stored; their account is refused and suspended for ever; a running bot tells them within a second"
            }
            Corrected::StaysRefused(_) => "stored; the account stays refused, with this date",
            Corrected::Admitted => "stored; they can register, with the right date; a running bot tells them within a second",
        });
        Ok(())
    }

    /// Prints a person's ledger, or one payment.
    ///
    /// # Errors
    /// [`AppError::Treasury`].
    pub(crate) async fn ledger(&self, args: &LedgerArgs, read_by: &str) -> Result<(), AppError> {
        let form = if args.output.json { Form::Json } else { Form::Text };
        let (bot, now) = (self.bot, SystemClock.now());
        if let Some(charge) = &args.of.charge {
            say(&self.treasury.print_charge(bot, charge, form, read_by, now).await?);
        } else if let Some(person) = &args.of.person {
            say(&self.treasury.print_ledger(bot, person, form, read_by, now).await?);
        }
        Ok(())
    }

    /// Gives days; a running bot takes it up within a second.
    ///
    /// # Errors
    /// [`AppError::Treasury`].
    pub(crate) async fn grant(&self, args: &GrantArgs, granted_by: &str) -> Result<(), AppError> {
        let grant = NewGrant::new(&args.pseudonym, args.days, &args.reason, granted_by, SystemClock.now())?;
        say(&self.treasury.grant(self.bot, grant).await?);
        Ok(())
    }

    /// Has a payment given back; a running bot takes it up within a second.
    ///
    /// # Errors
    /// [`AppError::Treasury`].
    pub(crate) async fn refund(&self, args: &RefundArgs, requested_by: &str) -> Result<(), AppError> {
        let refund = NewRefund::new(&args.charge, &args.reason, requested_by, SystemClock.now())?;
        say(&self.treasury.refund(self.bot, refund).await?);
        Ok(())
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
