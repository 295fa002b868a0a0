//! State.
/// Engine state.
#[derive(Debug)]
pub struct State;
