//! The refusal of minors: told in plain words, kept for the account, and repeated no matter what comes next.

use luvhive_core::correction::{CorrectionNews, SupportCode, support_code};
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::person::PersonFacts;
use luvhive_core::ports::Change;
use luvhive_core::time::{Day, Timestamp};

use super::heard::Said;
use super::{Dialogs, Talk};
use crate::callback::{Callback, PremiumAction, SettingsAction};
use crate::locale::MenuCommand;
use crate::view::menu;
use crate::view::registration as view;

impl Dialogs {
    /// Refuses the account of a minor who typed this date of birth, or who typed another one and is none by more than that.
    pub(super) fn refuse(&self, talk: &mut Talk<'_>, born: Option<Day>) {
        let code = self.support_code(talk);
        talk.show(&view::refused(talk.words, &code, &self.contacts.support));
        talk.change(Change::RefuseMinor { at: talk.now, born, code });
        talk.change(Change::Dialog(None));
    }

    /// Refuses the account of a registered person who says that they are under 18. The engine tells them, and ends their
    /// chat.
    pub(super) fn refuse_member(&self, talk: &mut Talk<'_>, facts: &PersonFacts) {
        talk.show(&menu::sentence(talk.words, "underage-noted"));
        talk.change(Change::RefuseMember { person: facts.person, at: talk.now, code: self.support_code(talk) });
        talk.command(EngineCommand::Corrected {
            telegram: facts.telegram,
            language: facts.language,
            news: CorrectionNews::Underage,
            suspended_until: Some(Timestamp::MAX),
        });
    }

    /// Says again what a refused account was told.
    pub(super) fn repeat_refusal(&self, talk: &mut Talk<'_>, at: Timestamp) {
        let code = self.known_code(talk, at);
        talk.say(&view::refused(talk.words, &code, &self.contacts.support));
    }

    /// Says the same in the short form that answers a button.
    pub(super) fn alert_refusal(&self, talk: &mut Talk<'_>, at: Timestamp) {
        let code = self.known_code(talk, at);
        talk.alert(talk.words.with("refused-alert", &[("code", code.to_string().into())]));
    }

    /// The code of a refused account; one that has none yet gets it, so that support finds it.
    fn known_code(&self, talk: &mut Talk<'_>, at: Timestamp) -> SupportCode {
        let code = self.support_code(talk);
        if talk.visitor.support_code.is_none() {
            talk.change(Change::RefuseMinor { at, born: None, code: code.clone() });
        }
        code
    }

    /// The code that was shown first stays, no matter what becomes of the key.
    fn support_code(&self, talk: &Talk<'_>) -> SupportCode {
        let known = talk.visitor.support_code.clone();
        known.unwrap_or_else(|| support_code(&self.key.subjects().hash(talk.telegram)))
    }
}

/// Somebody who was found to be a minor after they had registered can leave.
pub(super) fn may_say(talk: &Talk<'_>, said: &Said) -> bool {
    talk.visitor.person.is_some() && said.command == Some(MenuCommand::DeleteMe)
}

/// They can leave, end a subscription and get payments back.
pub(super) fn may_press(talk: &Talk<'_>, callback: Callback) -> bool {
    talk.visitor.person.is_some() && is_way_out(callback)
}

/// Somebody who is about to be erased can say who harmed them, and nothing else.
pub(super) fn may_say_leaving(command: Option<MenuCommand>) -> bool {
    matches!(command, Some(MenuCommand::Report | MenuCommand::Block))
}

/// They can stay, appeal, say who harmed them, end a subscription and get payments back.
pub(super) fn may_press_leaving(callback: Callback) -> bool {
    is_way_out(callback)
        || matches!(
            callback,
            Callback::AskReport { .. }
                | Callback::Report { .. }
                | Callback::AskBlock { .. }
                | Callback::Block { .. }
                | Callback::Appeal { .. }
                | Callback::Underage
                | Callback::Settings(SettingsAction::Language(_))
        )
}

fn is_way_out(callback: Callback) -> bool {
    match callback {
        Callback::Delete { .. } | Callback::Keep | Callback::Dismiss => true,
        Callback::Premium(action) => matches!(
            action,
            PremiumAction::AskCancel
                | PremiumAction::Cancel
                | PremiumAction::Payments
                | PremiumAction::AskRefund(_)
                | PremiumAction::Refund(_)
        ),
        _ => false,
    }
}
