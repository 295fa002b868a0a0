//! Consent to terms, privacy notice and the handling of special-category data.

use crate::time::Timestamp;

/// The version of terms and privacy notice that people agree to today; a new version is asked for again.
pub const CONSENT_VERSION: i16 = 3;

/// One person's consent: which version, when, and that orientation may be processed (explicit and separate).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The version of the documents, see [`CONSENT_VERSION`].
    pub version: i16,
    /// When terms and privacy notice were accepted.
    pub documents_at: Timestamp,
    /// When the handling of orientation (whom one wants to meet) was agreed to.
    pub orientation_at: Timestamp,
}

impl Consent {
    /// Reports whether this consent covers today's documents.
    pub fn is_current(&self) -> bool {
        self.version == CONSENT_VERSION
    }
}
