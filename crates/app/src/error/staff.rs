//! Why a command of the staff is not followed, in words for the terminal.

use luvhive_core::case::CaseRefusal;
use luvhive_core::conduct::BadSanction;
use luvhive_core::correction::{CorrectionRefusal, Whom};
use luvhive_core::decision::ReviewRefusal;
use luvhive_core::ports::case::{CaseError, ReviewError};
use luvhive_core::ports::corrections::CorrectionError;
use luvhive_core::ports::ledger::{BadGrant, BadRefund};
use luvhive_core::premium::RefundRefusal;
use luvhive_core::staff::{Action, BadMember};

use super::AppError;

/// Why a command of the staff is not followed; each message names the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StaffError {
    /// Nobody has this pseudonym.
    #[error("nobody has the pseudonym {0:?}; `luvhive reports` lists them: 10 letters and digits")]
    Pseudonym(String),
    /// Nobody made this payment.
    #[error("{0:?} is no charge; `luvhive ledger` lists them")]
    Charge(String),
    /// A reason is missing or too long.
    #[error("--reason takes 1 to 500 characters")]
    Reason,
    /// A reason that the person reads is missing or too long.
    #[error("--reason takes 1 to 500 characters, which the person reads")]
    ReadReason,
    /// The second name is empty, too long, or that of the operator.
    #[error("--second takes the name of another member of the staff than {0}, 1 to 100 characters")]
    Second(String),
    /// The correction crosses the age of 18.
    #[error("this crosses the age of 18, so a second member of the staff has to agree: add --second <name>")]
    NeedsSecond,
    /// The rules refuse a correction.
    #[error(transparent)]
    Correction(CorrectionRefusal),
    /// The rules refuse a refund.
    #[error("refund is not possible")]
    Refund(#[source] RefundRefusal),
    /// No sanction is in force.
    #[error("there is no ban or suspension to lift")]
    NothingToLift,
    /// The role of an account does not allow this.
    #[error("{account} has no role that allows {action}; `luvhive staff list` shows the roles")]
    NotAllowed {
        /// The account that logged in, or that agrees.
        account: String,
        /// What it was to do.
        action: Action,
    },
    /// This is no member of the staff.
    #[error("this cannot be a member of the staff")]
    Member(#[source] BadMember),
    /// The rules refuse to show or decide a case.
    #[error(transparent)]
    Case(CaseRefusal),
    /// The rules refuse to decide an appeal or to confirm a ban.
    #[error(transparent)]
    Review(ReviewRefusal),
    /// The command asks first, and nobody is there to answer.
    #[error("this shows the person and asks first, and there is no terminal to answer on; add --yes to do it without asking")]
    NoTerminal,
    /// The operator said no.
    #[error("nothing is changed")]
    Declined,
}

impl StaffError {
    /// Nobody has this name.
    pub(crate) fn unknown(whom: &Whom) -> Self {
        match whom {
            Whom::Person(pseudonym) => Self::Pseudonym(pseudonym.to_string()),
            Whom::Refused(code) => Self::Correction(CorrectionRefusal::Unknown(code.to_string())),
        }
    }
}

impl From<BadSanction> for StaffError {
    fn from(bad: BadSanction) -> Self {
        match bad {
            BadSanction::Pseudonym(text) => Self::Pseudonym(text),
            BadSanction::Reason => Self::ReadReason,
        }
    }
}

impl From<BadGrant> for StaffError {
    fn from(bad: BadGrant) -> Self {
        match bad {
            BadGrant::Pseudonym(text) => Self::Pseudonym(text),
            BadGrant::Reason => Self::Reason,
        }
    }
}

impl From<BadRefund> for StaffError {
    fn from(bad: BadRefund) -> Self {
        match bad {
            BadRefund::Charge(text) => Self::Charge(text),
            BadRefund::Reason => Self::Reason,
        }
    }
}

impl From<CorrectionRefusal> for StaffError {
    fn from(refusal: CorrectionRefusal) -> Self {
        match refusal {
            CorrectionRefusal::Reason => Self::Reason,
            CorrectionRefusal::Second(operator) => Self::Second(operator),
            CorrectionRefusal::NeedsSecond => Self::NeedsSecond,
            rule => Self::Correction(rule),
        }
    }
}

impl From<CaseError> for AppError {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Refused(refusal) => StaffError::Case(refusal).into(),
            CaseError::Store(error) => error.into(),
        }
    }
}

impl From<ReviewError> for AppError {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Refused(refusal) => StaffError::Review(refusal).into(),
            ReviewError::Store(error) => error.into(),
        }
    }
}

impl From<CorrectionError> for AppError {
    fn from(error: CorrectionError) -> Self {
        match error {
            CorrectionError::Refused(refusal) => StaffError::from(refusal).into(),
            CorrectionError::Store(error) => error.into(),
        }
    }
}
