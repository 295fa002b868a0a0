#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

extern crate alloc;

mod ahead;
mod config;
mod decode;
mod dim;
mod encode;
mod error;
mod exclude;
pub mod guide;
mod index;
mod layout;
mod matcher;
mod observer;
mod optimum;
mod plan;
mod predicate;
mod rank;
mod rule;
mod schema;
mod score;
mod set;
#[cfg(feature = "sim")]
pub mod sim;
mod slots;
mod snapshot;
mod table;
mod ticket;
mod waits;
mod wheel;
mod wide;

pub use config::{
    Claims, Config, Effort, Fairness, Limits, MAX_EXCLUDED_KEYS, MAX_OPTIMUM, MAX_SPAN_MS, MAX_TIME_MS, MAX_WAITING, Policy, RUN,
};
pub use dim::{AnyKind, AnyTags, Category, Common, Dim, DimKind, Mark, Ordinal, Tagged, Tags, Valued, Wide};
pub use error::{ConfigError, MatcherError, RestoreError, SchemaError, TicketError};
pub use matcher::{
    Diagnosis, Event, Explanation, Key, Match, MatchId, Matcher, Memory, Outcome, Progress, Verdict, Waiting, Without,
};
pub use observer::{Observer, SearchCost};
pub use predicate::Predicate;
pub use schema::{Kind, MAX_DIMENSIONS, MAX_DOMAIN, Schema, SchemaBuilder};
pub use score::{Facts, MAX_POINTS, Part, Score, Weights};
pub use set::{Set, Values};
pub use snapshot::Snapshot;
pub use ticket::{Accept, Anything, Have, IntoAccept, IntoHave, TagRule, Ticket};
pub use waits::WaitEstimate;
pub use wide::{MAX_ACCEPTED, WideSet};
