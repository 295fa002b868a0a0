//! Registered people: the menu, profile, settings, leaving, and everything they say to nobody.

use std::time::Duration;

use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::{ChatId, PersonId};
use luvhive_core::person::{Consent, PersonFacts};
use luvhive_core::ports::{Change, RegisteredPerson};
use luvhive_core::time::Timestamp;

use super::conduct::Reported;
use super::heard::Said;
use super::record::{Dialog, TypedField};
use super::{Dialogs, Done, Talk, conduct, gate, profile, record, registration, settings};
use crate::callback::Callback;
use crate::locale::MenuCommand;
use crate::view::{about, menu, profile as profile_view, settings as settings_view};
use crate::wire::has_slash;

/// How long typed text is taken for the answer to a question.
const TYPING_LASTS: Duration = Duration::from_mins(10);
/// How long "delete everything" can be pressed after the question was asked.
const DELETE_LASTS_S: u32 = 3_600;

impl Dialogs {
    pub(super) async fn hear_member(&self, talk: &mut Talk<'_>, person: &RegisteredPerson, said: &Said) -> Done {
        let words = talk.words;
        if let Some(at) = person.facts.leaves_at
            && !gate::may_say_leaving(said.command)
        {
            talk.say(&about::leaving(words, at));
            return Ok(());
        }
        let Some(command) = said.command else {
            return self.hear_text(talk, person, said).await;
        };
        stop_typing(talk);
        match command {
            MenuCommand::Profile => talk.say(&profile_view::overview(words, &person.profile, talk.now)),
            MenuCommand::Settings => {
                talk.say(&settings_view::overview(&settings_view::Me::of(talk.words, &person.facts, talk.now)));
            }
            MenuCommand::DeleteMe => talk.say(&about::ask_delete(words, talk.now, self.privacy.grace)),
            MenuCommand::Report => self.hear_report(talk, &person.facts, said.reply_to).await?,
            MenuCommand::Block => self.hear_block(talk, &person.facts).await?,
            MenuCommand::Premium => self.hear_premium(talk, &person.facts).await?,
            MenuCommand::Friend => self.hear_friend(talk, &person.facts).await?,
            MenuCommand::Coins => self.hear_coins(talk, &person.facts).await?,
            MenuCommand::Invite => self.hear_invite(talk, &person.facts).await?,
            // The menu itself, and what the engine decides; documents were answered before.
            _ => self.show_menu(talk, person).await?,
        }
        Ok(())
    }

    pub(super) async fn press_member(&self, talk: &mut Talk<'_>, person: &RegisteredPerson, callback: Callback) -> Done {
        let words = talk.words;
        let facts = &person.facts;
        if let Some(at) = facts.leaves_at
            && !gate::may_press_leaving(callback)
        {
            talk.say(&about::leaving(words, at));
            return Ok(());
        }
        if !matches!(callback, Callback::Step { .. }) {
            stop_typing(talk);
        }
        match callback {
            // New documents ask for no date of birth.
            Callback::Step { serial, action } => drop(registration::press(talk, serial, action)),
            Callback::Command(_) if is_consent_old(talk) => registration::show_renewal(talk),
            Callback::Command(_) => talk.answer_with(words.text("old-button")),
            Callback::Settings(action) => settings::press(talk, facts, action),
            Callback::Profile(action) => self.press_profile(talk, person, action).await?,
            Callback::Premium(action) => self.press_premium(talk, facts, action).await?,
            Callback::Coins(action) => self.press_coins(talk, facts, action).await?,
            Callback::Friends(action) => self.press_friends(talk, facts, action).await?,
            Callback::Rate { chat, is_good } => self.rate(talk, facts, chat, is_good).await?,
            Callback::Card { chat } => self.show_card(talk, facts, chat).await?,
            Callback::AskBlock { chat } => self.ask_block(talk, facts, chat).await?,
            Callback::Block { chat } => self.block(talk, facts, chat).await?,
            Callback::AskReport { chat, message } => self.ask_report(talk, facts, Reported { chat, message }).await?,
            Callback::Report { chat, message, reason } => {
                self.report(talk, facts, Reported { chat, message }, reason).await?;
            }
            Callback::Delete { asked_at_s } => self.delete(talk, facts, asked_at_s),
            Callback::Keep => self.keep(talk, person).await?,
            Callback::Appeal { sanction } => self.press_appeal(talk, sanction).await?,
            Callback::Underage => self.refuse_member(talk, facts),
            Callback::Dismiss => talk.show(&menu::sentence(words, "dismissed")),
        }
        Ok(())
    }

    /// The account is deleted, after a while in which that can be taken back.
    fn delete(&self, talk: &mut Talk<'_>, facts: &PersonFacts, asked_at_s: u32) {
        let (words, person) = (talk.words, facts.person);
        let age_s = about::seconds(talk.now).checked_sub(asked_at_s);
        if let Some(at) = facts.leaves_at {
            talk.show(&about::leaving(words, at));
        } else if age_s.is_none_or(|age_s| age_s > DELETE_LASTS_S) {
            talk.show(&menu::sentence(words, "delete-too-old"));
        } else if self.privacy.grace.is_zero() {
            talk.command(EngineCommand::Leave { person });
            talk.show(&menu::sentence(words, "delete-started"));
        } else {
            let at = talk.now.plus(self.privacy.grace);
            set_leaving(talk, person, Some(at));
            talk.show(&about::leaving(words, at));
        }
    }

    /// Somebody who asked to leave stays.
    async fn keep(&self, talk: &mut Talk<'_>, person: &RegisteredPerson) -> Done {
        if person.facts.leaves_at.is_none() {
            talk.answer_with(talk.words.text("old-button"));
            return Ok(());
        }
        set_leaving(talk, person.facts.person, None);
        talk.show(&menu::sentence(talk.words, "delete-taken-back"));
        self.show_menu(talk, person).await
    }

    /// The menu that fits, or what stands before it: a sanction, new documents.
    async fn show_menu(&self, talk: &mut Talk<'_>, person: &RegisteredPerson) -> Done {
        let words = talk.words;
        if talk.chat.is_some() {
            talk.say(&menu::chatting(words));
        } else if let Some(until) = person.facts.suspended_until.filter(|until| *until > talk.now) {
            talk.say(&self.suspended(talk, until).await?);
        } else if is_consent_old(talk) {
            registration::show_renewal(talk);
        } else {
            talk.say(&menu::idle(words));
        }
        Ok(())
    }

    /// A message to nobody: an answer to a question of ours, or a misunderstanding.
    async fn hear_text(&self, talk: &mut Talk<'_>, person: &RegisteredPerson, said: &Said) -> Done {
        let is_command = said.text.as_deref().is_some_and(has_slash);
        if talk.about.is_some() && talk.about != talk.chat {
            // Written in a chat that is over by now.
            talk.say(&menu::sentence(talk.words, "text-too-late"));
            return Ok(());
        }
        if talk.chat.is_some() || is_command || person.facts.is_suspended(talk.now) {
            return self.show_menu(talk, person).await;
        }
        if is_consent_old(talk) {
            registration::show_renewal(talk);
            return Ok(());
        }
        let is_answer = match open_dialog(talk) {
            Some(Dialog::Typing { what, asked_at, screen }) if talk.now.since(asked_at) <= TYPING_LASTS => {
                // The answer goes into the place of the question.
                talk.message = screen;
                hear_answer(talk, person, what, said)
            }
            _ => false,
        };
        if !is_answer {
            talk.say(&menu::idle_hint(talk.words));
        }
        Ok(())
    }
}

fn set_leaving(talk: &mut Talk<'_>, person: PersonId, at: Option<Timestamp>) {
    talk.change(Change::Leaving { person, at });
    talk.command(EngineCommand::Leaving { person, at });
}

/// Reports whether this was an answer at all.
fn hear_answer(talk: &mut Talk<'_>, person: &RegisteredPerson, what: TypedField, said: &Said) -> bool {
    match (what, said.text.as_deref()) {
        (
            TypedField::City | TypedField::HomeCountry | TypedField::WantedCountry | TypedField::Bio | TypedField::ReportWords(_),
            Some(_),
        ) if !said.is_own => {
            talk.say(&menu::sentence(talk.words, "type-yourself"));
        }
        (TypedField::Photo, _) => profile::take_photo(talk, person, said),
        (TypedField::WantedCountry, Some(text)) => settings::find_country(talk, text),
        (TypedField::ReportWords(chat), Some(text)) => conduct::take_words(talk, &person.facts, ChatId::new(chat), text),
        (TypedField::City | TypedField::HomeCountry | TypedField::Bio, Some(text)) => {
            profile::take_text(talk, person, what, text);
        }
        (_, None) => return false,
    }
    true
}

/// Takes the next text for an answer. Nobody is asked to type while what they type goes to a partner.
pub(super) fn expect_typed(talk: &mut Talk<'_>, what: TypedField) {
    let screen = talk.message;
    talk.change(Change::Dialog(Some(record::write(&Dialog::Typing { what, asked_at: talk.now, screen }))));
}

/// A person who does something else no longer answers the question.
pub(super) fn stop_typing(talk: &mut Talk<'_>) {
    if matches!(open_dialog(talk), Some(Dialog::Typing { .. } | Dialog::Appeal { .. })) {
        talk.change(Change::Dialog(None));
    }
}

pub(super) fn open_dialog(talk: &Talk<'_>) -> Option<Dialog> {
    talk.visitor.dialog.as_ref().and_then(record::read)
}

pub(super) fn is_consent_old(talk: &Talk<'_>) -> bool {
    !talk.visitor.consent.as_ref().is_some_and(Consent::is_current)
}
