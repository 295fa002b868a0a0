//! Step.
use super::{Effect, Event, State};
use crate::ports::Entropy;
use crate::time::Timestamp;
/// Handles one event.
pub fn step(_state: &mut State, _event: Event, _now: Timestamp, _random: &mut dyn Entropy) -> Vec<Effect> {
    Vec::new()
}
