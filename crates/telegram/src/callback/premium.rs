//! Buttons of premium: plans, gifts, the subscription, money back.

use luvhive_core::premium::Plan;
#[cfg(test)]
use proptest::prelude::*;

use super::Receiver;
use super::field::{Field, buttons, codec, fields};

/// How a button names a payment: a number that only its bot can tell the charge from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChargeMark(pub u64);

fields! {
    ChargeMark: |mark| format!("{:x}", mark.0), |field| u64::from_str_radix(field, 16).ok().map(Self),
        any::<u64>().prop_map(Self);
}

buttons! {
    /// What a button of premium asks for.
    PremiumAction {
        /// Shows what premium changes, what it costs, and how long one has it.
        Open = "open",
        /// Sends an invoice for oneself.
        Buy(plan: Plan) = "buy",
        /// Shows what the monthly subscription is, with a button that leads to it.
        Subscribe = "subscribe",
        /// Asks whether the subscription shall end.
        AskCancel = "cancel?",
        /// Ends the subscription at the end of what is paid.
        Cancel = "cancel",
        /// Lets an ended subscription be renewed again.
        Resume = "resume",
        /// Shows what can be given to a partner or friend.
        Gifts(to: Receiver) = "gifts",
        /// Sends an invoice for a gift to a partner or friend.
        Give(plan: Plan, to: Receiver) = "give",
        /// Shows what can be given back.
        Payments = "payments",
        /// Asks whether this payment shall be given back.
        AskRefund(payment: ChargeMark) = "refund?",
        /// Has this payment given back.
        Refund(payment: ChargeMark) = "refund",
    }
}
