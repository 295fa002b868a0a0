//! Until when a person is premium: a fold over the ledger in the order in which things happened, not in which they came.
//! Time is added to what remains; what was refunded counts as never paid.

use std::time::Duration;

use super::ledger::{Grant, Payment};
use crate::time::Timestamp;

/// A payment or grant as far as it entitles its receiver.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// When it was paid or granted.
    pub at: Timestamp,
    /// Its key, which breaks ties.
    pub key: Box<str>,
    /// How many days it gives.
    pub days: u16,
    /// When the subscription behind it renews; `None` = no subscription, or it was cancelled.
    pub renews_at: Option<Timestamp>,
    /// Whether it was given back.
    pub is_refunded: bool,
    /// How often its subscription was cancelled or resumed.
    pub changes: u32,
}

impl From<&Payment> for Entry {
    /// As if it was not refunded, and its subscription never resumed.
    fn from(payment: &Payment) -> Self {
        Self {
            at: payment.paid_at,
            key: payment.charge.as_str().into(),
            days: payment.days,
            renews_at: payment.subscription_until.filter(|_| payment.canceled_at.is_none()),
            is_refunded: false,
            changes: 0,
        }
    }
}

impl From<&Grant> for Entry {
    fn from(grant: &Grant) -> Self {
        Self {
            at: grant.granted_at,
            key: grant.key.as_str().into(),
            days: grant.days,
            renews_at: None,
            is_refunded: false,
            changes: 0,
        }
    }
}

/// What a person is entitled to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entitlement {
    /// Premium until then, perhaps long ago; `None` = never.
    pub until: Option<Timestamp>,
    /// When a running subscription renews next, perhaps long ago.
    pub renews_at: Option<Timestamp>,
    /// How much the ledger holds about the person. It only grows, so of two entitlements the one with more is the newer.
    pub rows: u32,
}

impl Entitlement {
    /// Folds entries, in any order.
    pub fn fold(mut entries: Vec<Entry>) -> Self {
        entries.sort_unstable();
        let mut entitlement = Self::default();
        for entry in entries {
            let counted = 1_u32.saturating_add(entry.changes).saturating_add(u32::from(entry.is_refunded));
            entitlement.rows = entitlement.rows.saturating_add(counted);
            if entry.is_refunded {
                continue;
            }
            entitlement.renews_at = entitlement.renews_at.max(entry.renews_at);
            if entry.days > 0 {
                let from = entitlement.until.map_or(entry.at, |until| until.max(entry.at));
                entitlement.until = Some(from.plus(days(entry.days)));
            }
        }
        entitlement
    }

    /// Returns until when the person is premium; `None` if they are not at `now`.
    pub fn premium_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|&until| until > now)
    }
}

/// Returns a number of days as a duration.
pub fn days(number: u16) -> Duration {
    Duration::from_hours(24).saturating_mul(u32::from(number))
}

/// What a person is told about their premium without having asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PremiumNews {
    /// Somebody gave them days.
    Gift {
        /// How many.
        days: u16,
    },
    /// A gift was refunded to its giver.
    GiftTakenBack {
        /// How many days it had given.
        days: u16,
    },
    /// An operator granted days.
    Granted {
        /// How many.
        days: u16,
        /// Why, as the operator wrote it.
        reason: String,
    },
    /// The trial began.
    Trial {
        /// How many days.
        days: u16,
    },
}

#[cfg(test)]
mod tests;
