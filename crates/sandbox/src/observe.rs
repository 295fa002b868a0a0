//! The hook a load driver or a checker hangs on: what reached whom, and when.

/// One message of the bot at the moment it reached a person.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// The world's time in milliseconds since 1970.
    pub at_ms: i64,
    /// The Telegram id of the person who received it.
    pub person: i64,
    /// The id the receiver's copy got.
    pub message_id: i64,
    /// The text, or the caption of media.
    pub text: &'a str,
    /// Chat and message it was copied from, for `copyMessage` and `copyMessages`.
    pub copied_from: Option<(i64, i64)>,
    /// The message it replies to.
    pub reply_to: Option<i64>,
    /// Its `reply_markup`.
    pub markup: Option<&'a serde_json::Value>,
}

/// Told of each delivery, in the order in which they took effect.
pub trait Observer: Send + Sync {
    /// Takes note of a delivery.
    ///
    /// Called while the world is locked, so that the order is exact: it must be quick and must
    /// not call the sandbox.
    fn delivered(&self, delivery: &Delivery<'_>);
}
