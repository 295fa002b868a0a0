//! Reading people. Writing goes through the journal.

use crate::conduct::{Former, Pseudonym, Subject};
use crate::correction::SupportCode;
use crate::decision::Appealable;
use crate::id::{PersonId, SanctionId, TelegramId};
use crate::person::{Consent, PersonFacts, Profile, UiLanguage};
use crate::ports::StoreError;
use crate::time::Timestamp;

/// Everything a lane needs to know about the writer, registered or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The account.
    pub telegram: TelegramId,
    /// The language of the bot's texts they chose, if they did.
    pub language: Option<UiLanguage>,
    /// When they were refused as a minor; remembered for this account.
    pub refused_at: Option<Timestamp>,
    /// The support code under which the refusal is found; `None` for one that was stored before there were codes.
    pub support_code: Option<SupportCode>,
    /// When they were last sent the file of their data.
    pub data_sent_at: Option<Timestamp>,
    /// Their unfinished conversation, as the dialog wrote it.
    pub dialog: Option<DialogRecord>,
    /// What they agreed to.
    pub consent: Option<Consent>,
    /// Who they are, if registered.
    pub person: Option<RegisteredPerson>,
}

/// A registered person in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredPerson {
    /// The engine's view.
    pub facts: PersonFacts,
    /// What they are.
    pub profile: Profile,
    /// The name staff see.
    pub pseudonym: Pseudonym,
}

/// An unfinished conversation in the dialog's own versioned form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogRecord {
    /// The form's version; a dialog of an unknown version starts again.
    pub version: i16,
    /// The state, at most 4,000 bytes; opaque to storage.
    pub state: String,
}

/// Reads people.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait::async_trait]
pub trait PeopleStore: Send + Sync {
    /// Reads everything about this account's owner; an unknown account gives a visitor with nothing set.
    ///
    /// One consistent read.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database cannot be reached, [`StoreError::Corrupt`] for an unreadable row.
    async fn get_visitor(&self, telegram: TelegramId) -> Result<Visitor, StoreError>;

    /// Finds what is known of an account that was erased; `None` if it never was.
    ///
    /// Of several erasures the longest suspension counts, however many there were.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn find_former(&self, subject: &Subject) -> Result<Option<Former>, StoreError>;

    /// Reports whether this person is registered, not erased since.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn has_person(&self, person: PersonId) -> Result<bool, StoreError>;

    /// Reports whether a member of the staff is there as a moderator. It is about staff, and asked about newcomers, to whom the
    /// bot is closed as long as nobody moderates.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn has_moderator(&self) -> Result<bool, StoreError>;

    /// Finds since when a person is, or was last, suspended or banned without a gap; `None` if they never were. The last
    /// 100 sanctions count.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn find_suspended_since(&self, person: PersonId) -> Result<Option<Timestamp>, StoreError>;

    /// Finds a decision about an account, registered or not, that it can appeal against: this one, or the last one that
    /// suspends it now. `None` if there is none, or it was taken back, or only the gate for minors stands behind it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn find_appealable(
        &self,
        telegram: TelegramId,
        subject: &Subject,
        sanction: Option<SanctionId>,
        now: Timestamp,
    ) -> Result<Option<Appealable>, StoreError>;
}
