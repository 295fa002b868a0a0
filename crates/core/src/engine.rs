//! The pure heart: one event in, effects out, all state in memory and none of it true until the journal has it.

pub mod batch;
pub mod checkout;
mod copies;
mod daily;
pub mod effect;
pub mod event;
mod flood;
mod holds;
pub mod ids;
mod invitations;
pub mod loaded;
pub mod news;
pub mod notice;
pub mod rules;
pub mod state;
mod step;
mod texts;

pub use batch::{Batch, ChatChange, ChatEnd, Folded, Taken};
pub use checkout::{Checkout, CheckoutRefusal, CheckoutVerdict, Invoice};
pub use effect::{Effect, FormerWords, Original, OutboxBody, OutboxRow, Relay, Rendered, Task, Work};
pub use event::{Command, EngineCommand, Event, FactsChange, Finished, Press, RatingsShift, Update, UpdateKind};
pub use ids::IdSource;
pub use loaded::{Loaded, Parting};
pub use news::News;
pub use notice::{InvitationNews, MatchCard, Notice, Standing};
pub use rules::{Opening, Rules};
pub use state::State;
pub use step::step;
