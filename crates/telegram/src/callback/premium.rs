//! Buttons of premium: plans, gifts, the subscription, money back.

use luvhive_core::premium::Plan;

use super::Receiver;

/// What a button of premium asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PremiumAction {
    /// Shows what premium changes, what it costs, and how long one has it.
    Open,
    /// Sends an invoice for oneself.
    Buy(Plan),
    /// Shows what the monthly subscription is, with a button that leads to it.
    Subscribe,
    /// Asks whether the subscription shall end.
    AskCancel,
    /// Ends the subscription at the end of what is paid.
    Cancel,
    /// Lets an ended subscription be renewed again.
    Resume,
    /// Shows what can be given to a partner or friend.
    Gifts(Receiver),
    /// Sends an invoice for a gift to a partner or friend.
    Give(Plan, Receiver),
    /// Shows what can be given back.
    Payments,
    /// Asks whether this payment shall be given back; the payment by its mark.
    AskRefund(u64),
    /// Has this payment given back.
    Refund(u64),
}

impl PremiumAction {
    pub(super) fn encode(self) -> String {
        match self {
            Self::Open => "open".to_owned(),
            Self::Buy(plan) => format!("buy:{plan}"),
            Self::Subscribe => "subscribe".to_owned(),
            Self::AskCancel => "cancel?".to_owned(),
            Self::Cancel => "cancel".to_owned(),
            Self::Resume => "resume".to_owned(),
            Self::Gifts(to) => format!("gifts:{to}"),
            Self::Give(plan, to) => format!("give:{plan}:{to}"),
            Self::Payments => "payments".to_owned(),
            Self::AskRefund(mark) => format!("refund?:{mark:x}"),
            Self::Refund(mark) => format!("refund:{mark:x}"),
        }
    }

    pub(super) fn parse(fields: &[&str]) -> Option<Self> {
        Some(match fields {
            ["open"] => Self::Open,
            ["buy", plan] => Self::Buy(Plan::from_code(plan)?),
            ["subscribe"] => Self::Subscribe,
            ["cancel?"] => Self::AskCancel,
            ["cancel"] => Self::Cancel,
            ["resume"] => Self::Resume,
            ["gifts", to] => Self::Gifts(Receiver::parse(to)?),
            ["give", plan, to] => Self::Give(Plan::from_code(plan)?, Receiver::parse(to)?),
            ["payments"] => Self::Payments,
            ["refund?", mark] => Self::AskRefund(u64::from_str_radix(mark, 16).ok()?),
            ["refund", mark] => Self::Refund(u64::from_str_radix(mark, 16).ok()?),
            _ => return None,
        })
    }
}
