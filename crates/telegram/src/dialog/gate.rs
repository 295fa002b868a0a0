//! The refusal of minors: told in plain words, kept for the account, and repeated whatever comes next.

use luvhive_core::correction::{SupportCode, support_code};
use luvhive_core::id::MessageId;
use luvhive_core::ports::Change;
use luvhive_core::time::{Day, Timestamp};

use super::heard::Said;
use super::{Dialogs, Scene, Turn};
use crate::callback::{Callback, PremiumAction};
use crate::locale::MenuCommand;
use crate::view::registration as view;

impl Dialogs {
    /// Refuses the account of somebody who typed this date of birth.
    pub(super) fn refuse(&self, scene: &Scene<'_>, message: Option<MessageId>, born: Day, turn: &mut Turn) {
        let code = self.support_code(scene);
        turn.show(scene, message, &view::refused(scene.words, &code, &self.contact));
        turn.change(Change::RefuseMinor { at: scene.now, born: Some(born), code });
        turn.change(Change::Dialog(None));
    }

    /// Says again what a refused account was told.
    pub(super) fn repeat_refusal(&self, scene: &Scene<'_>, at: Timestamp, turn: &mut Turn) {
        let code = self.known_code(scene, at, turn);
        turn.say(scene, &view::refused(scene.words, &code, &self.contact));
    }

    /// Says the same in the short form that answers a button.
    pub(super) fn alert_refusal(&self, scene: &Scene<'_>, at: Timestamp, turn: &mut Turn) {
        let code = self.known_code(scene, at, turn);
        turn.alert(scene.words.with("refused-alert", &[("code", code.to_string().into())]));
    }

    /// The code of a refused account; one that has none yet gets it, so that support finds it.
    fn known_code(&self, scene: &Scene<'_>, at: Timestamp, turn: &mut Turn) -> SupportCode {
        let code = self.support_code(scene);
        if scene.visitor.support_code.is_none() {
            turn.change(Change::RefuseMinor { at, born: None, code: code.clone() });
        }
        code
    }

    /// The code that was shown first stays, whatever becomes of the key.
    fn support_code(&self, scene: &Scene<'_>) -> SupportCode {
        let known = scene.visitor.support_code.clone();
        known.unwrap_or_else(|| support_code(&self.key.subjects().hash(scene.telegram)))
    }
}

/// Somebody who was found to be a minor after they had registered can leave.
pub(super) fn may_say(scene: &Scene<'_>, said: &Said) -> bool {
    scene.visitor.person.is_some() && said.command == Some(MenuCommand::DeleteMe)
}

/// They can leave, end a subscription and get payments back.
pub(super) fn may_press(scene: &Scene<'_>, callback: Callback) -> bool {
    let is_way_out = match callback {
        Callback::Delete { .. } | Callback::Dismiss => true,
        Callback::Premium(action) => matches!(
            action,
            PremiumAction::AskCancel
                | PremiumAction::Cancel
                | PremiumAction::Payments
                | PremiumAction::AskRefund(_)
                | PremiumAction::Refund(_)
        ),
        _ => false,
    };
    scene.visitor.person.is_some() && is_way_out
}
