//! What is asked of Telegram on the way to work: waits that it asks for are waited here, and a refused token is asked about
//! again, for one refusal is not the end. A signal to stop ends the start with everything in it.

use std::time::Duration;

use luvhive_telegram::client::{Refusals, SetupError};
use tokio::time::{Instant, sleep};

use crate::console::say;
use crate::error::AppError;
use crate::supervisor;

/// The pause after a refusal of the token.
const REFUSED_PAUSE: Duration = Duration::from_secs(2);
/// How often the supervisor hears that a wait goes on, and for how long it is asked for time then.
const TELL_EVERY: Duration = Duration::from_secs(10);
const ASK_FOR: Duration = Duration::from_secs(40);

/// How long a refused token is asked about.
#[derive(Debug)]
pub(crate) struct Patience {
    token_refused_after: Duration,
}

impl Patience {
    /// Believes that a token is refused after so long.
    pub(crate) fn new(token_refused_after: Duration) -> Self {
        Self { token_refused_after }
    }

    /// Asks until there is an answer that no wait can change.
    ///
    /// # Errors
    /// [`AppError::Setup`] when the token was refused for long enough, or for anything else that Telegram refuses;
    /// [`AppError::Unreachable`] at once.
    pub(crate) async fn ask<T, F>(&self, call: impl Fn() -> F) -> Result<T, AppError>
    where
        F: Future<Output = Result<T, SetupError>>,
    {
        let mut refusals = Refusals::new(self.token_refused_after);
        let mut is_told = false;
        loop {
            match call().await {
                Err(SetupError::TokenRefused) => {
                    let Some(left) = refusals.refused() else { return Err(SetupError::TokenRefused.into()) };
                    if !is_told {
                        say(&format!(
                            "Telegram refuses the token. Compare BOT_TOKEN with what @BotFather shows; trying again for {} s",
                            left.as_secs()
                        ));
                        is_told = true;
                    }
                    wait(left.min(REFUSED_PAUSE), "Telegram refuses the token").await;
                }
                Err(error) => {
                    refusals.end();
                    let Some(rest) = error.retry_after() else { return Err(error.into()) };
                    say(&format!("Telegram asks to wait for {} s before the start goes on", rest.as_secs()));
                    wait(rest, "Telegram asks to wait").await;
                }
                Ok(answer) => return Ok(answer),
            }
        }
    }
}

/// Waits, and asks the supervisor for time as long as that takes.
async fn wait(length: Duration, why: &str) {
    let end = Instant::now() + length;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        supervisor::ask_for_time(ASK_FOR, why);
        sleep(left.min(TELL_EVERY)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use luvhive_telegram::client::ClientError;

    use super::*;

    fn told_to_wait(seconds: u64) -> SetupError {
        let retry_after = Some(Duration::from_secs(seconds));
        SetupError::Client(ClientError::Refused { code: 429, description: String::new(), retry_after })
    }

    /// Asks a Telegram that gives these answers, the last one forever; returns the outcome, the calls and the seconds.
    async fn ask(answers: Vec<fn() -> Result<u8, SetupError>>) -> (Result<u8, AppError>, usize, u64) {
        let begun = Instant::now();
        let calls = Mutex::new(0);
        let call = || {
            let mut calls = calls.lock().unwrap();
            *calls += 1;
            std::future::ready(answers.get(*calls - 1).or(answers.last()).unwrap()())
        };
        let outcome = Patience::new(Duration::from_mins(5)).ask(call).await;
        let calls = *calls.lock().unwrap();
        (outcome, calls, begun.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn told_waits_are_waited_in_full() {
        let (outcome, calls, seconds) = ask(vec![|| Err(told_to_wait(1_128)), || Err(told_to_wait(30)), || Ok(7)]).await;
        assert_eq!((outcome.unwrap(), calls, seconds), (7, 3, 1_158));
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_refused_after_five_minutes_and_not_before() {
        let (outcome, calls, seconds) = ask(vec![|| Err(SetupError::TokenRefused)]).await;
        assert!(matches!(outcome, Err(AppError::Setup(SetupError::TokenRefused))), "{outcome:?}");
        assert_eq!(seconds, 300);
        assert!((100..200).contains(&calls), "{calls}");
        let (outcome, calls, seconds) = ask(vec![|| Err(SetupError::TokenRefused), || Ok(7)]).await;
        assert_eq!((outcome.unwrap(), calls, seconds), (7, 2, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn what_no_wait_changes_is_told_at_once() {
        let (outcome, calls, seconds) = ask(vec![|| Err(SetupError::InsecureWebhook)]).await;
        assert!(matches!(outcome, Err(AppError::Setup(SetupError::InsecureWebhook))), "{outcome:?}");
        assert_eq!((calls, seconds), (1, 0));
    }
}
