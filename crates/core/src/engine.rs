//! The pure heart: one event in, effects out, all state in memory and none of it true until the journal has it.

pub mod batch;
pub mod checkout;
pub mod effect;
pub mod event;
mod flood;
pub mod ids;
pub mod notice;
pub mod state;
mod step;

pub use batch::{Batch, Folded};
pub use checkout::{Checkout, CheckoutRefusal, CheckoutVerdict, Invoice};
pub use effect::{Effect, OutboxBody, OutboxRow, Relay, Rendered, Task};
pub use event::{Command, EngineCommand, Event, FactsChange, Finished, RatingsShift, Update, UpdateKind};
pub use ids::IdSource;
pub use notice::{MatchCard, Notice};
pub use state::State;
pub use step::step;
