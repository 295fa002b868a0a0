//! Rating, blocking and reporting, during a chat and for 48 hours after it.

use luvhive_core::conduct::{NewReport, REPORT_WINDOW, REPORTED_MESSAGES, ReportReason};
use luvhive_core::engine::event::{EndCause, EngineCommand};
use luvhive_core::id::{ChatId, MessageId, PersonId};
use luvhive_core::person::PersonFacts;
use luvhive_core::ports::{Change, ChatRecord, StoreError};

use super::{Dialogs, Scene, Turn};
use crate::callback::Callback;
use crate::view::conduct as view;
use crate::view::menu;

/// The other person of a chat that can still be rated, blocked or reported.
pub(super) struct Partner {
    pub(super) person: PersonId,
    is_over: bool,
}

/// Why there is nobody to rate, block or report.
enum Missing {
    /// The chat is not theirs or not there.
    Unknown,
    /// The chat ended too long ago.
    TooLate,
}

impl Dialogs {
    pub(super) async fn hear_report(
        &self,
        scene: &Scene<'_>,
        facts: &PersonFacts,
        reply_to: Option<MessageId>,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let words = scene.words;
        if let Some(message) = reply_to
            && let Some(pair) = self.chats.find_pair(scene.telegram, message).await?
            && self.find_partner(scene, facts.person, pair.chat).await?.is_ok()
        {
            turn.say(scene, &view::ask_report(words, pair.chat, Some(message), Callback::Dismiss));
            return Ok(());
        }
        match self.find_reportable(scene, facts.person).await? {
            Some(chat) => turn.say(scene, &view::ask_report(words, chat, None, Callback::Dismiss)),
            None => turn.say(scene, &view::no_chat(words, "report-no-chat")),
        }
        Ok(())
    }

    pub(super) async fn hear_block(&self, scene: &Scene<'_>, facts: &PersonFacts, turn: &mut Turn) -> Result<(), StoreError> {
        match self.find_reportable(scene, facts.person).await? {
            Some(chat) => turn.say(scene, &view::ask_block(scene.words, chat, Callback::Dismiss)),
            None => turn.say(scene, &view::no_chat(scene.words, "block-no-chat")),
        }
        Ok(())
    }

    pub(super) async fn rate(
        &self,
        scene: &Scene<'_>,
        facts: &PersonFacts,
        message: Option<MessageId>,
        chat: ChatId,
        is_good: bool,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let Some(partner) = self.partner_or_say(scene, facts.person, chat, turn).await? else { return Ok(()) };
        if !partner.is_over {
            turn.answer_with(scene.words.text("old-button"));
            return Ok(());
        }
        let other = partner.person;
        turn.change(Change::Rate { chat, rater: facts.person, rated: other, is_good, at: scene.now });
        turn.change(Change::ToEngine(EngineCommand::Rated { person: other, is_good, chat }));
        turn.show(scene, message, &view::rated(scene.words, chat, is_good, scene.chat.is_none()));
        Ok(())
    }

    pub(super) async fn show_card(
        &self,
        scene: &Scene<'_>,
        facts: &PersonFacts,
        message: Option<MessageId>,
        chat: ChatId,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let Some(partner) = self.partner_or_say(scene, facts.person, chat, turn).await? else { return Ok(()) };
        let screen = if partner.is_over { view::card(scene.words, chat) } else { menu::sentence(scene.words, "dismissed") };
        turn.show(scene, message, &screen);
        Ok(())
    }

    pub(super) async fn ask_block(
        &self,
        scene: &Scene<'_>,
        facts: &PersonFacts,
        message: Option<MessageId>,
        chat: ChatId,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        if self.partner_or_say(scene, facts.person, chat, turn).await?.is_some() {
            turn.show(scene, message, &view::ask_block(scene.words, chat, Callback::Card { chat }));
        }
        Ok(())
    }

    pub(super) async fn block(
        &self,
        scene: &Scene<'_>,
        facts: &PersonFacts,
        message: Option<MessageId>,
        chat: ChatId,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let Some(partner) = self.partner_or_say(scene, facts.person, chat, turn).await? else { return Ok(()) };
        separate(scene, facts.person, partner.person, EndCause::Block, turn);
        turn.show(scene, message, &view::blocked(scene.words, chat));
        Ok(())
    }

    pub(super) async fn ask_report(
        &self,
        scene: &Scene<'_>,
        facts: &PersonFacts,
        message: Option<MessageId>,
        (chat, about): (ChatId, Option<MessageId>),
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        if self.partner_or_say(scene, facts.person, chat, turn).await?.is_some() {
            turn.show(scene, message, &view::ask_report(scene.words, chat, about, Callback::Card { chat }));
        }
        Ok(())
    }

    pub(super) async fn report(
        &self,
        scene: &Scene<'_>,
        facts: &PersonFacts,
        message: Option<MessageId>,
        (chat, about): (ChatId, Option<MessageId>),
        reason: ReportReason,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let Some(partner) = self.partner_or_say(scene, facts.person, chat, turn).await? else { return Ok(()) };
        // A forged button may name any message: only one of this chat counts.
        let about = match about {
            Some(id) => self.chats.find_pair(scene.telegram, id).await?.filter(|pair| pair.chat == chat).map(|_| id),
            None => None,
        };
        let limit = u16::try_from(REPORTED_MESSAGES).unwrap_or(u16::MAX);
        let pairs = self.chats.list_last_pairs(chat, limit).await?;
        turn.change(Change::Report(NewReport {
            chat,
            reporter: facts.person,
            reported: partner.person,
            reason,
            message: about,
            messages: pairs.iter().map(|pair| pair.on_side_of(scene.telegram)).collect(),
            reported_at: scene.now,
        }));
        separate(scene, facts.person, partner.person, EndCause::Report, turn);
        turn.show(scene, message, &view::reported(scene.words));
        Ok(())
    }

    /// The partner of a chat; if there is none any more the button is answered with the reason.
    pub(super) async fn partner_or_say(
        &self,
        scene: &Scene<'_>,
        person: PersonId,
        chat: ChatId,
        turn: &mut Turn,
    ) -> Result<Option<Partner>, StoreError> {
        match self.find_partner(scene, person, chat).await? {
            Ok(partner) => return Ok(Some(partner)),
            Err(Missing::Unknown) => turn.answer_with(scene.words.text("old-button")),
            Err(Missing::TooLate) => turn.alert(scene.words.text("conduct-too-late")),
        }
        Ok(None)
    }

    async fn find_partner(
        &self,
        scene: &Scene<'_>,
        person: PersonId,
        chat: ChatId,
    ) -> Result<Result<Partner, Missing>, StoreError> {
        let Some(record) = self.chats.find_chat(chat).await? else { return Ok(Err(Missing::Unknown)) };
        let Some(partner) = record.partner_of(person) else { return Ok(Err(Missing::Unknown)) };
        if !is_recent(scene, &record) {
            return Ok(Err(Missing::TooLate));
        }
        Ok(Ok(Partner { person: partner, is_over: record.ended_at.is_some() }))
    }

    /// The chat that "report" without more words means: this one or the last one.
    pub(super) async fn find_reportable(&self, scene: &Scene<'_>, person: PersonId) -> Result<Option<ChatId>, StoreError> {
        if let Some(chat) = scene.chat {
            return Ok(Some(chat));
        }
        let last = self.chats.find_last_chat(person).await?;
        Ok(last.filter(|record| is_recent(scene, record)).map(|record| record.chat))
    }
}

fn is_recent(scene: &Scene<'_>, record: &ChatRecord) -> bool {
    record.ended_at.is_none_or(|ended_at| scene.now.since(ended_at) <= REPORT_WINDOW)
}

/// These two never meet again: at once in memory, and for good by a stored block.
fn separate(scene: &Scene<'_>, by: PersonId, other: PersonId, cause: EndCause, turn: &mut Turn) {
    turn.change(Change::Block { blocker: by, blocked: other, at: scene.now });
    turn.change(Change::ToEngine(EngineCommand::Separate { by, other, cause }));
}
