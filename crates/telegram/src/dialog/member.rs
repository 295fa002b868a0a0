//! Registered people: the menu, profile, settings, leaving, and whatever they say to nobody.

use std::time::Duration;

use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::MessageId;
use luvhive_core::person::Consent;
use luvhive_core::ports::{Change, RegisteredPerson, StoreError};

use super::heard::{Press, Said};
use super::record::{Dialog, TypedField};
use super::{Dialogs, Scene, Turn, profile, record, registration, settings};
use crate::callback::Callback;
use crate::locale::MenuCommand;
use crate::view::{about, menu, notice, profile as profile_view, settings as settings_view};
use crate::wire::has_slash;

/// How long typed text is taken for the answer to a question.
const TYPING_LASTS: Duration = Duration::from_mins(10);
/// How long "delete everything" can be pressed after the question was asked.
const DELETE_LASTS_S: u32 = 3_600;

impl Dialogs {
    pub(super) async fn hear_member(
        &self,
        scene: &Scene<'_>,
        person: &RegisteredPerson,
        said: &Said,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let words = scene.words;
        let Some(command) = said.command else {
            hear_text(scene, person, said, turn);
            return Ok(());
        };
        stop_typing(scene, turn);
        match command {
            MenuCommand::Profile => turn.say(scene, &profile_view::overview(words, &person.profile, scene.now)),
            MenuCommand::Settings => {
                turn.say(scene, &settings_view::overview(&settings_view::Me::of(scene.words, &person.facts, scene.now)));
            }
            MenuCommand::DeleteMe => turn.say(scene, &about::ask_delete(words, scene.now)),
            MenuCommand::Report => self.hear_report(scene, &person.facts, said.reply_to, turn).await?,
            MenuCommand::Block => self.hear_block(scene, &person.facts, turn).await?,
            MenuCommand::Premium => self.hear_premium(scene, &person.facts, turn).await?,
            MenuCommand::Friend => self.hear_friend(scene, &person.facts, turn).await?,
            MenuCommand::Coins => self.hear_coins(scene, &person.facts, turn).await?,
            MenuCommand::Invite => self.hear_invite(scene, &person.facts, turn).await?,
            // The menu itself, and what the engine decides; documents were answered before.
            _ => show_menu(scene, person, turn),
        }
        Ok(())
    }

    pub(super) async fn press_member(
        &self,
        scene: &Scene<'_>,
        person: &RegisteredPerson,
        press: &Press,
        callback: Callback,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let (words, message) = (scene.words, press.message);
        let facts = &person.facts;
        if !matches!(callback, Callback::Step { .. }) {
            stop_typing(scene, turn);
        }
        match callback {
            // New documents ask for no date of birth.
            Callback::Step { serial, action } => drop(registration::press(scene, message, serial, action, turn)),
            Callback::Command(_) if is_consent_old(scene) => registration::show_renewal(scene, turn),
            Callback::Command(_) => turn.answer_with(words.text("old-button")),
            Callback::Settings(action) => settings::press(scene, facts, message, action, turn),
            Callback::Profile(action) => self.press_profile(scene, person, message, action, turn).await?,
            Callback::Premium(action) => self.press_premium(scene, facts, press, action, turn).await?,
            Callback::Coins(action) => self.press_coins(scene, facts, message, action, turn).await?,
            Callback::Friends(action) => self.press_friends(scene, facts, message, action, turn).await?,
            Callback::Rate { chat, is_good } => self.rate(scene, facts, message, chat, is_good, turn).await?,
            Callback::Card { chat } => self.show_card(scene, facts, message, chat, turn).await?,
            Callback::AskBlock { chat } => self.ask_block(scene, facts, message, chat, turn).await?,
            Callback::Block { chat } => self.block(scene, facts, message, chat, turn).await?,
            Callback::AskReport { chat, message: about } => self.ask_report(scene, facts, message, (chat, about), turn).await?,
            Callback::Report { chat, message: about, reason } => {
                self.report(scene, facts, message, (chat, about), reason, turn).await?;
            }
            Callback::Delete { asked_at_s } => {
                let age_s = about::seconds(scene.now).checked_sub(asked_at_s);
                if age_s.is_some_and(|age_s| age_s <= DELETE_LASTS_S) {
                    turn.change(Change::ToEngine(EngineCommand::Leave { person: facts.person }));
                    turn.show(scene, message, &menu::sentence(words, "delete-started"));
                } else {
                    turn.show(scene, message, &menu::sentence(words, "delete-too-old"));
                }
            }
            Callback::Dismiss => turn.show(scene, message, &menu::sentence(words, "dismissed")),
        }
        Ok(())
    }
}

/// The menu that fits, or what stands before it: a sanction, new documents.
fn show_menu(scene: &Scene<'_>, person: &RegisteredPerson, turn: &mut Turn) {
    let words = scene.words;
    if scene.chat.is_some() {
        turn.say(scene, &menu::chatting(words));
    } else if let Some(until) = person.facts.suspended_until.filter(|until| *until > scene.now) {
        turn.say(scene, &notice::suspended(words, until));
    } else if is_consent_old(scene) {
        registration::show_renewal(scene, turn);
    } else {
        turn.say(scene, &menu::idle(words));
    }
}

/// A message to nobody: an answer to a question of ours, or a misunderstanding.
fn hear_text(scene: &Scene<'_>, person: &RegisteredPerson, said: &Said, turn: &mut Turn) {
    let is_command = said.text.as_deref().is_some_and(has_slash);
    if scene.about.is_some() && scene.about != scene.chat {
        // Written in a chat that is over by now.
        return turn.say(scene, &menu::sentence(scene.words, "text-too-late"));
    }
    if scene.chat.is_some() || is_command || person.facts.is_suspended(scene.now) {
        return show_menu(scene, person, turn);
    }
    if is_consent_old(scene) {
        return registration::show_renewal(scene, turn);
    }
    let is_answer = match open_dialog(scene) {
        Some(Dialog::Typing { what, asked_at, screen }) if scene.now.since(asked_at) <= TYPING_LASTS => {
            hear_answer(scene, person, Question { what, screen }, said, turn)
        }
        _ => false,
    };
    if !is_answer {
        turn.say(scene, &menu::idle_hint(scene.words));
    }
}

/// What was asked, and where the question stands.
#[derive(Clone, Copy)]
pub(super) struct Question {
    pub(super) what: TypedField,
    pub(super) screen: Option<MessageId>,
}

/// Reports whether this was an answer at all.
fn hear_answer(scene: &Scene<'_>, person: &RegisteredPerson, asked: Question, said: &Said, turn: &mut Turn) -> bool {
    match (asked.what, said.text.as_deref()) {
        (TypedField::City | TypedField::HomeCountry | TypedField::WantedCountry | TypedField::Bio, Some(_)) if !said.is_own => {
            turn.say(scene, &menu::sentence(scene.words, "type-yourself"));
        }
        (TypedField::Photo, _) => profile::take_photo(scene, person, asked, said, turn),
        (TypedField::WantedCountry, Some(text)) => settings::find_country(scene, asked, text, turn),
        (TypedField::City | TypedField::HomeCountry | TypedField::Bio, Some(text)) => {
            profile::take_text(scene, person, asked, text, turn);
        }
        (_, None) => return false,
    }
    true
}

/// Takes the next text for an answer. Nobody is asked to type while what they type goes to a partner.
/// The answer goes into the place of the question, which stands on `screen`.
pub(super) fn expect_typed(scene: &Scene<'_>, what: TypedField, screen: Option<MessageId>, turn: &mut Turn) {
    turn.change(Change::Dialog(Some(record::write(&Dialog::Typing { what, asked_at: scene.now, screen }))));
}

/// Whoever does something else does not answer the question any more.
fn stop_typing(scene: &Scene<'_>, turn: &mut Turn) {
    if matches!(open_dialog(scene), Some(Dialog::Typing { .. })) {
        turn.change(Change::Dialog(None));
    }
}

fn open_dialog(scene: &Scene<'_>) -> Option<Dialog> {
    scene.visitor.dialog.as_ref().and_then(record::read)
}

pub(super) fn is_consent_old(scene: &Scene<'_>) -> bool {
    !scene.visitor.consent.as_ref().is_some_and(Consent::is_current)
}
