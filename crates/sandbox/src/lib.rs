#![doc = include_str!("../README.md")]

mod api;
mod assets;
mod clock;
mod control;
mod deliver;
mod error;
mod faults;
mod host;
mod observe;
mod people;
mod person;
mod refusal;
mod sandbox;
mod settings;
mod shared;
mod strict;
mod world;

pub use self::error::SandboxError;
pub use self::faults::{ActiveFault, Fault, FaultAction};
pub use self::observe::{Delivery, Observer};
pub use self::people::Written;
pub use self::people::account::{SeenPayment, SeenSubscription};
pub use self::people::media::{Media, MediaOptions};
pub use self::people::purse::Payable;
pub use self::people::seen::{Button, SeenButton, SeenInvoice, SeenMessage};
pub use self::person::{Person, PersonId, PersonSpec, Standing};
pub use self::sandbox::Sandbox;
pub use self::settings::SandboxSettings;
pub use self::world::channel::{ChannelInfo, Membership};
pub use self::world::message::Kind;
pub use self::world::record::CallbackAnswer;
pub use self::world::stars::CheckoutState;
