//! LuvHive's load and report programs, and what its benches share.

pub mod ground;
pub mod load;
pub mod readiness;
