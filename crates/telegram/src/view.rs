//! What people see: pure functions from values to screens, and screens to Bot API calls.
//! Decides no rule; every word comes from the locale files.

pub(crate) mod about;
pub(crate) mod checkout;
pub(crate) mod coins;
pub(crate) mod conduct;
pub(crate) mod country;
pub(crate) mod decision;
pub(crate) mod friend;
pub(crate) mod hold;
pub(crate) mod invoice;
pub(crate) mod meeting;
pub(crate) mod menu;
pub(crate) mod news;
pub(crate) mod notice;
pub(crate) mod premium;
pub(crate) mod profile;
pub(crate) mod registration;
pub(crate) mod screen;
pub(crate) mod settings;

use luvhive_core::engine::batch::Render;
use luvhive_core::engine::effect::Rendered;
use luvhive_core::engine::notice::Notice;
use luvhive_core::id::TelegramId;
use luvhive_core::person::UiLanguage;

use crate::locale::Words;
use crate::rendered::{NoParameters, REMOVAL, render};

/// Renders what the engine has to say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Views;

impl Render for Views {
    fn render(&self, receiver: TelegramId, language: UiLanguage, notice: &Notice) -> Rendered {
        let screen = notice::screen(Words::new(language), notice);
        match notice {
            Notice::Meeting { on: Some(message), .. }
            | Notice::Invitation { on: Some(message), .. }
            | Notice::Media { on: Some(message), .. }
            | Notice::Released { on: Some(message), .. }
            | Notice::TakenBack { on: Some(message), .. }
            | Notice::SentNow { on: Some(message) } => screen.edit(receiver, *message),
            _ => screen.send(receiver),
        }
    }

    fn removal(&self) -> Rendered {
        render(REMOVAL, &NoParameters {})
    }
}

#[cfg(test)]
mod tests;
