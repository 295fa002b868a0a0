//! The staff's sub-commands, one file each: its arguments, what it does, its words and its JSON. They run beside a running
//! bot.

pub(crate) mod appeal;
pub(crate) mod audit;
pub(crate) mod case;
mod consent;
pub(crate) mod correct;
pub(crate) mod db;
pub(crate) mod grant;
pub(crate) mod key;
pub(crate) mod ledger;
pub(crate) mod member;
pub(crate) mod person;
pub(crate) mod refund;
pub(crate) mod reports;
pub(crate) mod sanction;
pub(crate) mod seed;

use clap::{Args, Subcommand};
use luvhive_core::case::Queue;
use luvhive_core::conduct::Decision;
use luvhive_core::correction::Whom;
use luvhive_core::id::BotId;
use luvhive_core::ports::case::Reader;
use luvhive_core::ports::{Clock as _, ConductStore as _, StaffStore as _};
use luvhive_core::situation::Situation;
use luvhive_core::staff::{Act, Action, Staff, account_of};
use luvhive_core::time::Timestamp;
use luvhive_storage::{PgCaseStore, PgConductStore, PgCorrectionStore, PgStaffStore, PgTreasury, Pool, Vault};
use serde_json::Value;

use crate::actor;
use crate::data_key;
use crate::database;
use crate::error::{AppError, StaffError};
use crate::settings::Settings;
use crate::side::Side;
use crate::system::SystemClock;

use consent::Consent;

/// What the staff can do about people and payments.
#[derive(Debug, Subcommand)]
pub(crate) enum StaffCommand {
    /// Lists open reports, people by pseudonym.
    Reports(reports::Reports),
    /// Shows where a person stands: seat, premium, coins, sanctions, open reports; no name and no text of theirs.
    Person(person::Person),
    /// Bans or suspends a person, or lifts that; takes effect at once in a running bot.
    Sanction(sanction::Sanction),
    /// Corrects a person's date of birth or gender, or lifts the refusal of somebody who mistyped; a running bot takes it up
    /// at once.
    Correct(correct::Correct),
    /// Prints every payment, grant, refund and movement of coins of a person, or one payment.
    Ledger(ledger::Ledger),
    /// Gives a person days of premium; takes effect at once in a running bot.
    Grant(grant::Grant),
    /// Gives a payment back by way of the running bot, or of the next one.
    Refund(refund::Refund),
    /// Lists, shows and decides what was reported about people.
    #[command(subcommand)]
    Case(case::Cases),
    /// Lists, shows and decides what people say against decisions about them.
    #[command(subcommand)]
    Appeal(appeal::Appeals),
    /// Says who is staff, and as what.
    #[command(subcommand)]
    Staff(member::StaffChange),
    /// Checks the audit log.
    #[command(subcommand)]
    Audit(audit::Audit),
}

impl StaffCommand {
    /// Does it.
    ///
    /// # Errors
    /// [`AppError::Staff`], [`AppError::Store`], and every error of opening a database.
    pub(crate) async fn run(&self, settings: &Settings, wants_sandbox: bool) -> Result<(), AppError> {
        if let Some(consent) = self.consent() {
            consent.check()?;
        }
        let desk = Desk::open(settings, wants_sandbox).await?;
        desk.admit(self.action()).await?;
        match self {
            Self::Reports(command) => command.run(&desk).await,
            Self::Person(command) => command.run(&desk).await,
            Self::Sanction(command) => command.run(&desk).await,
            Self::Correct(command) => command.run(&desk).await,
            Self::Ledger(command) => command.run(&desk).await,
            Self::Grant(command) => command.run(&desk).await,
            Self::Refund(command) => command.run(&desk).await,
            Self::Case(command) => command.run(&desk).await,
            Self::Appeal(command) => command.run(&desk).await,
            Self::Staff(command) => command.run(&desk).await,
            Self::Audit(command) => command.run(&desk).await,
        }
    }

    /// What it does, of what roles allow.
    fn action(&self) -> Action {
        match self {
            Self::Reports(_) => Action::ListReports,
            Self::Person(_) => Action::ReadPerson,
            Self::Sanction(_) => Action::Sanction,
            Self::Correct(_) => Action::Correct,
            Self::Ledger(_) => Action::ReadLedger,
            Self::Grant(_) => Action::Grant,
            Self::Refund(_) => Action::Refund,
            Self::Case(command) => command.action(),
            Self::Appeal(command) => command.action(),
            Self::Staff(command) => command.action(),
            Self::Audit(_) => Action::VerifyAudit,
        }
    }

    /// The consent of a command that changes something.
    fn consent(&self) -> Option<Consent> {
        match self {
            Self::Sanction(command) => Some(command.consent),
            Self::Correct(command) => Some(command.consent),
            Self::Grant(command) => Some(command.consent),
            Self::Refund(command) => Some(command.consent),
            Self::Case(command) => command.consent(),
            Self::Appeal(command) => command.consent(),
            Self::Reports(_) | Self::Person(_) | Self::Ledger(_) | Self::Staff(_) | Self::Audit(_) => None,
        }
    }
}

/// How to print.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Output {
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// One bot's database, opened for a member of the staff.
struct Desk {
    conduct: PgConductStore,
    corrections: PgCorrectionStore,
    treasury: PgTreasury,
    cases: PgCaseStore,
    staff: PgStaffStore,
    pool: Pool,
    vault: Vault,
    bot: BotId,
    /// Who may do what.
    roster: Staff,
    /// Who sits at the terminal, for the audit log.
    operator: String,
    _opened: database::Opened,
}

impl Desk {
    /// Opens the database, which must be of this version.
    async fn open(settings: &Settings, wants_sandbox: bool) -> Result<Self, AppError> {
        let bot = Side::choose(settings, wants_sandbox)?.bot_id(settings)?;
        let opened = database::open(settings, |_| {}).await?;
        opened.prepare().await?;
        let pool = opened.pool(settings).await?;
        let vault = data_key::known(settings)?;
        let staff = PgStaffStore::new(pool.clone(), vault.clone());
        let owner = Some(settings.staff_owner.clone()).filter(|name| !name.is_empty());
        Ok(Self {
            conduct: PgConductStore::new(pool.clone(), vault.clone()),
            corrections: PgCorrectionStore::new(pool.clone(), vault.clone()),
            treasury: PgTreasury::new(pool.clone(), vault.clone()),
            cases: PgCaseStore::new(pool.clone(), vault.clone()),
            roster: Staff { owner, members: staff.list_members(bot).await? },
            staff,
            pool,
            vault,
            bot,
            operator: actor::name(),
            _opened: opened,
        })
    }

    /// Lets somebody go on whose role allows it; a refusal is a row of the audit log as well.
    ///
    /// # Errors
    /// [`StaffError::NotAllowed`].
    async fn admit(&self, action: Action) -> Result<(), AppError> {
        if self.roster.may(&self.operator, action) {
            return Ok(());
        }
        self.note("refused", action.code()).await?;
        Err(StaffError::NotAllowed { account: account_of(&self.operator).to_owned(), action }.into())
    }

    /// Writes into the audit log what was read or tried, about nobody alone.
    async fn note(&self, action: &'static str, detail: &str) -> Result<(), AppError> {
        let (actor, detail) = (self.operator.clone(), detail.to_owned());
        let act = Act { actor, action, subject: String::new(), detail, at: SystemClock.now() };
        Ok(self.staff.insert_act(self.bot, act).await?)
    }

    /// Of which queues the operator may see cases.
    fn queues(&self) -> Vec<Queue> {
        Queue::ALL.iter().copied().filter(|queue| self.roster.may(&self.operator, queue.read())).collect()
    }

    /// The operator as a reader of cases, now.
    fn reader<'a>(&'a self, queues: &'a [Queue]) -> Reader<'a> {
        let is_alone = self.roster.is_alone(&self.operator, Action::DecideCase);
        Reader { by: &self.operator, queues, is_alone, at: SystemClock.now() }
    }

    /// Reads where a person stands, and leaves a row in the audit log.
    async fn look_at(&self, whom: &Whom) -> Result<Situation, AppError> {
        let found = self.conduct.read_situation(self.bot, whom, &self.operator, SystemClock.now()).await?;
        Ok(found.ok_or_else(|| StaffError::unknown(whom))?)
    }

    /// Shows where a person stands and asks whether to go on, unless that is agreed to already.
    ///
    /// # Errors
    /// [`StaffError::Declined`]; [`StaffError::Pseudonym`] if nobody has this name.
    async fn ask(&self, consent: Consent, whom: &Whom, question: &str) -> Result<(), AppError> {
        if consent.is_given() {
            return Ok(());
        }
        let situation = self.look_at(whom).await?;
        consent::ask(format!("{}\n\n{question}", person::text(&situation))).await
    }
}

/// What a decision about somebody is, as the question before it.
fn question(decision: Decision, name: &str) -> String {
    match decision {
        Decision::Warn => format!("Warn {name}"),
        Decision::Cooldown(length) => format!("Suspend {name} for {length}"),
        Decision::Remove(text) => format!("Remove the {text} of {name}"),
        Decision::Suspend(1) => format!("Suspend {name} for 1 day"),
        Decision::Suspend(days) => format!("Suspend {name} for {days} days"),
        Decision::Ban => format!("Ban {name} (a suspension of 7 days until the ban is confirmed)"),
        Decision::Lift => format!("Lift the ban or suspension of {name}"),
    }
}

/// Reads the code of a list, or says which there are.
fn code<T: Copy>(text: &str, from_code: impl Fn(&str) -> Option<T>, all: &[&'static str]) -> Result<T, String> {
    from_code(text).ok_or_else(|| format!("give one of {}", all.join(", ")))
}

/// A time in JSON.
fn time(at: Timestamp) -> Value {
    at.to_string().into()
}
