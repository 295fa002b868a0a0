//! Properties of the whole matcher, checked against a plain reference.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod answers;
mod capacity;
mod edges;
mod fair;
mod long;
mod machine;
mod model;
mod owner;
mod policy;
mod refusals;
mod together;
