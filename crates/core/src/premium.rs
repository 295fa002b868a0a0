//! Premium: what can be bought, what was paid, granted and refunded, and until when that makes a person premium.
//! Nothing here is stored as a flag; everything follows from the rows of the ledger.

pub mod entitlement;
pub mod ledger;
pub mod plan;
pub mod reconcile;
pub mod refund;
pub mod run;

pub use entitlement::{Entitlement, Entry, PremiumNews};
pub use ledger::{Book, ChargeId, ChargeRecord, Grant, GrantKey, GrantSource, LedgerRow, Payment, Refund, RefundRequest};
pub use plan::{Plan, Price, Stars};
pub use reconcile::{Missing, StarTransaction, reconcile};
pub use refund::{FIRST_REFUND_DAYS, RefundCause, RefundRefusal, may_buyer_refund, may_operator_refund, refundable_until};
pub use run::Run;
