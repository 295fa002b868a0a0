//! The file of everything that is stored about somebody, registered or not.

use luvhive_core::ports::{Change, Visitor};

use super::{Dialogs, Done, Talk};
use crate::view::{about, menu};

impl Dialogs {
    /// Sends the file, or says when it can be had again.
    pub(super) async fn send_data(&self, talk: &mut Talk<'_>) -> Done {
        let words = talk.words;
        let next = talk.visitor.data_sent_at.map(|sent_at| sent_at.plus(self.privacy.data_every));
        if let Some(next) = next.filter(|next| *next > talk.now) {
            talk.say(&about::data_later(words, next));
            return Ok(());
        }
        let Some(data) = self.data.find_data(talk.telegram, &self.subjects.subject(talk.telegram)).await? else {
            talk.say(&menu::sentence(words, "data-none"));
            return Ok(());
        };
        talk.call(about::data(words, talk.telegram, &data, talk.now.plus(self.privacy.data_every)));
        if has_rows(talk.visitor) {
            talk.change(Change::DataSent { at: talk.now });
        }
        Ok(())
    }
}

/// Reports whether rows name this account; of one that has left only its hash is known, and asking leaves nothing more.
fn has_rows(visitor: &Visitor) -> bool {
    visitor.person.is_some() || visitor.dialog.is_some() || visitor.refused_at.is_some() || visitor.language.is_some()
}
