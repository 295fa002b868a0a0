//! Waiting for what the bot does: for a state, always with a limit.

use std::time::Duration;

use super::Sandbox;
use crate::error::SandboxError;
use crate::people::seen::SeenMessage;
use crate::person::PersonId;
use crate::world::record::CallbackAnswer;

impl Sandbox {
    /// Waits until the bot has sent or edited a message that fits, after `since` (0 forever).
    ///
    /// # Errors
    /// [`SandboxError::TimedOut`] with the last texts of the chat.
    pub async fn wait_for(
        &self,
        person: PersonId,
        since: u64,
        timeout: Duration,
        fits: impl Fn(&SeenMessage) -> bool,
    ) -> Result<SeenMessage, SandboxError> {
        self.wait_until(person, timeout, |messages| {
            messages.iter().find(|message| message.from_bot && message.version > since && fits(message)).cloned()
        })
        .await
    }

    /// Waits until `read` finds what it looks for in the person's chat.
    ///
    /// # Errors
    /// [`SandboxError::TimedOut`] with the last texts of the chat.
    pub async fn wait_until<T>(
        &self,
        person: PersonId,
        timeout: Duration,
        read: impl Fn(&[SeenMessage]) -> Option<T>,
    ) -> Result<T, SandboxError> {
        let mut changed = self.shared.changed.subscribe();
        let wait = async {
            // Most changes are other people's: only those in this chat are worth a look at all of it.
            let mut seen = None;
            loop {
                changed.borrow_and_update();
                let newest = self.chat(person, |chat| chat.messages.iter().map(|message| message.version).max()).flatten();
                if seen != Some(newest) {
                    seen = Some(newest);
                    if let Some(found) = read(&self.messages(person)) {
                        return found;
                    }
                }
                if changed.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::time::timeout(timeout, wait).await.map_err(|_elapsed| {
            let messages = self.messages(person);
            let last: Vec<&str> = messages.iter().rev().take(5).map(|message| message.text.as_str()).collect();
            SandboxError::TimedOut(timeout, format!("{last:?}"))
        })
    }

    /// How the bot answered a press; `None` while it has not.
    pub fn callback_answer(&self, callback_id: &str) -> Option<CallbackAnswer> {
        self.shared.with(|world| world.callbacks.get(callback_id)?.answer.clone())
    }

    /// Waits until the bot has answered a press.
    ///
    /// # Errors
    /// [`SandboxError::TimedOut`].
    pub async fn wait_for_answer(&self, callback_id: &str, timeout: Duration) -> Result<CallbackAnswer, SandboxError> {
        let mut changed = self.shared.changed.subscribe();
        let wait = async {
            loop {
                changed.borrow_and_update();
                if let Some(answer) = self.callback_answer(callback_id) {
                    return answer;
                }
                if changed.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        let late = |_elapsed| SandboxError::TimedOut(timeout, "no answer to the press".to_owned());
        tokio::time::timeout(timeout, wait).await.map_err(late)
    }
}
