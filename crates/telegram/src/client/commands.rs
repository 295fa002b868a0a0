//! Telling Telegram which commands to offer, one list per language.

use frankenstein::AsyncTelegramApi;
use frankenstein::methods::SetMyCommandsParams;
use frankenstein::types::BotCommand;

use super::{BotApi, SetupError};
use crate::locale::CommandList;

impl BotApi {
    /// Has Telegram offer these commands; a list without a language is for everybody whose language has none.
    ///
    /// Idempotent.
    ///
    /// # Errors
    /// [`SetupError::TokenRefused`], [`SetupError::Client`].
    pub async fn set_command_lists(&self, lists: &[CommandList]) -> Result<(), SetupError> {
        for list in lists {
            let command = |(name, description): &(&'static str, String)| BotCommand {
                command: (*name).to_owned(),
                description: description.clone(),
                is_ephemeral: None,
            };
            let params = SetMyCommandsParams {
                commands: list.commands.iter().map(command).collect(),
                scope: None,
                language_code: list.language.map(|language| language.code().to_owned()),
            };
            self.set_my_commands(&params).await?;
        }
        Ok(())
    }
}
