//! What core needs of the outside world, one trait a role.

pub mod age;
pub mod case;
pub mod chats;
pub mod clock;
pub mod conduct;
pub mod corrections;
pub mod data;
pub mod friend;
pub mod journal;
pub mod ledger;
pub mod messenger;
pub mod people;
pub mod staff;

pub use age::{AgeAnswer, AgeCheck, DeclaredAge};
pub use case::{CaseError, CaseStore};
pub use chats::{ChatRecord, ChatStore, MessagePair};
pub use clock::Clock;
pub use conduct::{ConductStore, SanctionOutcome};
pub use corrections::{CorrectionError, CorrectionStore};
pub use data::DataStore;
pub use friend::FriendStore;
pub use journal::{Change, Journal, JournalError, LaneResult, Lease, Settlement};
pub use ledger::{Ledger, Treasury};
pub use messenger::{Delivery, Messenger, MessengerError};
pub use people::{DialogRecord, PeopleStore, RegisteredPerson, Visitor};
pub use staff::StaffStore;

pub use crate::entropy::Entropy;
use crate::error::Cause;

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A rule of the database refused the change.
    #[error("change is refused by constraint {constraint}")]
    Conflict {
        /// The constraint's name.
        constraint: String,
    },
    /// The row that had to exist does not.
    #[error("row does not exist")]
    NotFound,
    /// The database cannot be reached or gave up; trying again later is safe.
    #[error("database is unavailable")]
    Unavailable(#[source] Cause),
    /// A row holds what no version of ours writes.
    #[error("stored {what} is not readable")]
    Corrupt {
        /// Which value.
        what: &'static str,
    },
}
