//! Two people from `/start` to an exchanged message: what must work before anything else is worth trying.

use std::time::Duration;

use luvhive_core::person::{Gender, SpokenLanguage};
use luvhive_sandbox::{PersonSpec, Sandbox, SandboxError};

use crate::{Answers, Menu, Phone};

/// Drives two new people from `/start` to an exchanged message, and tells each step when it is done.
///
/// # Errors
/// [`SandboxError::TimedOut`] when the bot does not answer within `patience`.
pub async fn rehearse(sandbox: &Sandbox, patience: Duration, tell: &mut (dyn FnMut(&str) + Send)) -> Result<(), SandboxError> {
    let asha = Phone::new(sandbox, &PersonSpec::new("Asha", "en"), patience);
    let steps = asha.register(&Answers::of(Gender::Woman)).await?;
    tell(&format!("the first person registered in {} steps", steps.len()));
    let ravi = Phone::new(sandbox, &PersonSpec::new("Ravi", "hi"), patience);
    let mut answers = Answers::of(Gender::Man);
    answers.languages = answers.languages.with(SpokenLanguage::Hindi);
    let steps = ravi.register(&answers).await?;
    tell(&format!("the second person registered in {} steps", steps.len()));
    meet(asha, ravi, tell).await?;
    for (from, to, text) in [(asha, ravi, "Hello from one phone"), (ravi, asha, "Hello from the other")] {
        let mark = sandbox.mark();
        sandbox.send_text(from.person(), text, None)?;
        to.wait_for_text(mark, text).await?;
        tell(&format!("delivered: {text:?}"));
    }
    Ok(())
}

/// Has two people search, meet and press "Chat".
async fn meet(asha: Phone<'_>, ravi: Phone<'_>, tell: &mut (dyn FnMut(&str) + Send)) -> Result<(), SandboxError> {
    asha.send_until("/find", Menu::Searching).await?;
    ravi.send_until("/find", Menu::Meeting).await?;
    tell("they met");
    ravi.open_chat(asha).await?;
    tell("opened: both pressed “Chat”");
    Ok(())
}
