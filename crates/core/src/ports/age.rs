//! Whether somebody who is about to register is an adult, as far as the operator has it looked at.

use crate::person::NewPerson;
use crate::person::age::age_at;

/// What a look at somebody's age can come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgeAnswer {
    /// They may register.
    Passed,
    /// They are no adult, as far as can be seen: the account is refused as a minor's.
    Refused,
    /// Nobody can tell at the moment. Their answers stay, and they can try again.
    Unavailable,
}

/// Looks at the age of people. What it asks of them, and of whom, is the operator's choice.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait::async_trait]
pub trait AgeCheck: Send + Sync {
    /// Looks at somebody who has answered every question, before they are registered. It answers within some seconds,
    /// because the person waits for it, and it may be asked again about the same one.
    async fn check(&self, person: &NewPerson) -> AgeAnswer;
}

/// Believes the date of birth that people declare: the check unless an operator has another one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeclaredAge;

#[async_trait::async_trait]
impl AgeCheck for DeclaredAge {
    async fn check(&self, person: &NewPerson) -> AgeAnswer {
        match age_at(person.profile().born, person.registered_at()) {
            Ok(_) => AgeAnswer::Passed,
            Err(_) => AgeAnswer::Refused,
        }
    }
}
