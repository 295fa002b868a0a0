//! Appeals: a button below a decision of the staff, and one message that says why it was wrong.

use std::time::Duration;

use luvhive_core::decision::{Appealable, MOST_APPEAL, NewAppeal};
use luvhive_core::id::SanctionId;
use luvhive_core::ports::{Change, StoreError};
use luvhive_core::time::Timestamp;

use super::heard::Said;
use super::member::{open_dialog, stop_typing};
use super::record::{self, Dialog};
use super::{Dialogs, Done, Talk};
use crate::view::decision;
use crate::view::menu;
use crate::view::screen::Screen;
use crate::wire::has_slash;

/// How long a message is taken for the appeal after its button was pressed.
const WRITING_LASTS: Duration = Duration::from_hours(1);

impl Dialogs {
    /// What a suspended account reads that asks for anything else, with the way to appeal if there is one.
    pub(super) async fn suspended(&self, talk: &Talk<'_>, until: Timestamp) -> Result<Screen, StoreError> {
        let appeal = self.find_appealable(talk, None).await?;
        Ok(decision::suspended(talk.words, until, appeal))
    }

    /// Finds a decision about this account that can be appealed; `None` asks for the last one that suspends it now.
    async fn find_appealable(&self, talk: &Talk<'_>, sanction: Option<SanctionId>) -> Result<Option<Appealable>, StoreError> {
        let subject = self.subjects.subject(talk.telegram);
        self.people.find_appealable(talk.telegram, &subject, sanction, talk.now).await
    }

    /// Asks for the message in which they appeal.
    pub(super) async fn press_appeal(&self, talk: &mut Talk<'_>, sanction: SanctionId) -> Done {
        let found = self.find_appealable(talk, Some(sanction)).await?;
        if let Some(key) = hindrance(found) {
            talk.alert(talk.words.text(key));
        } else if talk.chat.is_some() {
            // What is typed in a chat goes to the partner.
            talk.alert(talk.words.text("appeal-in-chat"));
        } else {
            talk.change(Change::Dialog(Some(record::write(&Dialog::Appeal { sanction, asked_at: talk.now }))));
            talk.say(&decision::ask_appeal(talk.words));
        }
        Ok(())
    }

    /// Takes a message for the appeal that was asked for; reports whether one was.
    pub(super) async fn hear_appeal(&self, talk: &mut Talk<'_>, said: &Said) -> Result<bool, StoreError> {
        let Some(Dialog::Appeal { sanction, asked_at }) = open_dialog(talk) else { return Ok(false) };
        let is_command = said.command.is_some() || said.text.as_deref().is_some_and(has_slash);
        let is_chat = talk.chat.is_some() || talk.about.is_some();
        if is_command || is_chat || talk.now.since(asked_at) > WRITING_LASTS {
            return Ok(false);
        }
        let words = said.text.as_deref().map(str::trim).filter(|words| !words.is_empty());
        let count = words.map_or(0, |words| words.chars().count());
        match words {
            None => talk.say(&decision::ask_appeal(talk.words).with_hint(&talk.words.text("appeal-no-words"))),
            Some(_) if !said.is_own => talk.say(&menu::sentence(talk.words, "type-yourself")),
            Some(_) if count > MOST_APPEAL => {
                let hint = talk.words.with("appeal-too-long", &[("count", count.into())]);
                talk.say(&decision::ask_appeal(talk.words).with_hint(&hint));
            }
            Some(words) => self.appeal(talk, sanction, words).await?,
        }
        Ok(true)
    }

    /// Stores the appeal, unless the decision was taken back or appealed meanwhile.
    async fn appeal(&self, talk: &mut Talk<'_>, sanction: SanctionId, words: &str) -> Done {
        talk.change(Change::Dialog(None));
        if let Some(key) = hindrance(self.find_appealable(talk, Some(sanction)).await?) {
            talk.say(&menu::sentence(talk.words, key));
            return Ok(());
        }
        let subject = self.subjects.subject(talk.telegram);
        let (language, words, at) = (talk.words.language(), words.to_owned(), talk.now);
        talk.change(Change::Appeal(NewAppeal { sanction, subject, language, words, at }));
        talk.say(&decision::appeal_sent(talk.words));
        Ok(())
    }
}

/// Somebody who was asked for an appeal does not write one; reports whether anybody was.
pub(super) fn cancel(talk: &mut Talk<'_>) -> bool {
    let is_asked = matches!(open_dialog(talk), Some(Dialog::Appeal { .. }));
    if is_asked {
        stop_typing(talk);
    }
    is_asked
}

/// What keeps somebody from appealing, if anything does.
fn hindrance(found: Option<Appealable>) -> Option<&'static str> {
    match found {
        None => Some("appeal-over"),
        Some(Appealable { is_appealed: true, .. }) => Some("appeal-twice"),
        Some(Appealable { is_appealed: false, .. }) => None,
    }
}
