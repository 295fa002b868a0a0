//! The bot's own policy for simulations: its matcher, and people as its tickets.
//! Every measurement of the policy must use this one, not a copy of its numbers.

use luvhive_matching::{Config, ConfigError, Fairness, Matcher, Observer, SchemaError, Ticket, Weights};

use super::policy::{Policy, ScoreWeights};
use crate::chat::seat::Widening;
use crate::id::PersonId;
use crate::person::PersonFacts;
use crate::time::Timestamp;

/// The policy under trial.
#[derive(Debug)]
pub struct Trial {
    policy: Policy,
}

impl Trial {
    /// Takes the bot's policy with the weights it has by default.
    ///
    /// # Errors
    /// None in practice: the schema is a constant.
    pub fn new() -> Result<Self, SchemaError> {
        Ok(Self { policy: Policy::new(ScoreWeights::default())? })
    }

    /// A matcher as the bot's pool has it, watched by `observer`.
    ///
    /// # Errors
    /// None in practice: the settings are constants.
    pub fn matcher<O: Observer<PersonId>>(&self, observer: O) -> Result<Matcher<PersonId, Weights, O>, ConfigError> {
        self.matcher_with(self.policy.config(), observer)
    }

    /// The same without aging, premium and passes: the most points that pairs found one by one have, at the cost of those
    /// who wait. What fairness costs is measured against it.
    ///
    /// # Errors
    /// None in practice: the settings are constants.
    pub fn matcher_without_fairness<O: Observer<PersonId>>(
        &self,
        observer: O,
    ) -> Result<Matcher<PersonId, Weights, O>, ConfigError> {
        self.matcher_with(self.policy.config().fairness(Fairness::off().classes(2)), observer)
    }

    fn matcher_with<O: Observer<PersonId>>(
        &self,
        config: Config,
        observer: O,
    ) -> Result<Matcher<PersonId, Weights, O>, ConfigError> {
        Matcher::with_observer(self.policy.schema.clone(), self.policy.weights(), config, observer)
    }

    /// A person as the bot offers them, with all their filters.
    pub fn ticket(&self, facts: &PersonFacts, now: Timestamp) -> Ticket<PersonId> {
        self.policy.ticket(facts, Widening::EMPTY, now)
    }
}
