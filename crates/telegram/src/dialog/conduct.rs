//! Rating, blocking and reporting, during a chat and for 48 hours after it.

use luvhive_core::conduct::{NewReport, REPORT_WINDOW, REPORTED_MESSAGES, ReportReason, SubjectHash};
use luvhive_core::engine::event::{EndCause, EngineCommand};
use luvhive_core::id::{ChatId, MessageId, PersonId};
use luvhive_core::person::PersonFacts;
use luvhive_core::ports::chats::Occupant;
use luvhive_core::ports::{Change, ChatRecord, StoreError};

use super::{Dialogs, Scene, Turn};
use crate::callback::Callback;
use crate::view::conduct as view;
use crate::view::menu;

/// The other one of a chat in which something can still be done about them.
struct Other {
    who: Who,
    is_over: bool,
}

/// Who the other one of a chat is.
#[derive(Clone, Copy)]
enum Who {
    /// Somebody who is still there.
    Here(PersonId),
    /// Somebody who has left; the account they had.
    Left(SubjectHash),
}

/// Why there is nobody to rate, block or report.
enum Missing {
    /// The chat is not theirs or not there.
    Unknown,
    /// The chat ended too long ago.
    TooLate,
    /// They left, and nothing is known of them any more.
    Forgotten,
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
        if let Some(message) = reply_to {
            // Never another chat than the one of this message.
            let screen = match self.chats.find_pair(scene.telegram, message).await? {
                None => menu::sentence(words, "report-message-unknown"),
                Some(pair) => match self.find_other(scene, facts.person, pair.chat).await? {
                    Ok(_) => view::ask_report(words, pair.chat, Some(message), Callback::Dismiss),
                    Err(Missing::TooLate) => menu::sentence(words, "report-message-too-late"),
                    Err(Missing::Unknown | Missing::Forgotten) => menu::sentence(words, "report-message-unknown"),
                },
            };
            turn.say(scene, &screen);
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
        let Some(found) = self.other_or_say(scene, facts.person, chat, turn).await? else { return Ok(()) };
        let Who::Here(other) = found.who else {
            turn.alert(scene.words.text("partner-left"));
            return Ok(());
        };
        if !found.is_over {
            turn.answer_with(scene.words.text("old-button"));
            return Ok(());
        }
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
        let Some(other) = self.other_or_say(scene, facts.person, chat, turn).await? else { return Ok(()) };
        let screen = if other.is_over { view::card(scene.words, chat) } else { menu::sentence(scene.words, "dismissed") };
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
        if self.other_or_say(scene, facts.person, chat, turn).await?.is_some() {
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
        let Some(other) = self.other_or_say(scene, facts.person, chat, turn).await? else { return Ok(()) };
        separate(scene, facts.person, (chat, other.who), EndCause::Block, turn);
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
        if self.other_or_say(scene, facts.person, chat, turn).await?.is_some() {
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
        let Some(other) = self.other_or_say(scene, facts.person, chat, turn).await? else { return Ok(()) };
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
            reason,
            message: about,
            messages: pairs.iter().map(|pair| pair.on_side_of(scene.telegram)).collect(),
            reported_at: scene.now,
        }));
        separate(scene, facts.person, (chat, other.who), EndCause::Report, turn);
        turn.show(scene, message, &view::reported(scene.words));
        Ok(())
    }

    /// The partner of a chat, who is still there; otherwise the button is answered with the reason.
    pub(super) async fn partner_or_say(
        &self,
        scene: &Scene<'_>,
        person: PersonId,
        chat: ChatId,
        turn: &mut Turn,
    ) -> Result<Option<PersonId>, StoreError> {
        match self.other_or_say(scene, person, chat, turn).await?.map(|other| other.who) {
            Some(Who::Here(partner)) => return Ok(Some(partner)),
            Some(Who::Left(_)) => turn.alert(scene.words.text("partner-left")),
            None => {}
        }
        Ok(None)
    }

    /// The other one of a chat, there or gone; if nothing is known of them any more the button is answered with the reason.
    async fn other_or_say(
        &self,
        scene: &Scene<'_>,
        person: PersonId,
        chat: ChatId,
        turn: &mut Turn,
    ) -> Result<Option<Other>, StoreError> {
        match self.find_other(scene, person, chat).await? {
            Ok(other) => return Ok(Some(other)),
            Err(Missing::Unknown) => turn.answer_with(scene.words.text("old-button")),
            Err(Missing::TooLate) => turn.alert(scene.words.text("conduct-too-late")),
            Err(Missing::Forgotten) => turn.alert(scene.words.text("partner-left")),
        }
        Ok(None)
    }

    async fn find_other(&self, scene: &Scene<'_>, person: PersonId, chat: ChatId) -> Result<Result<Other, Missing>, StoreError> {
        let Some(record) = self.chats.find_chat(chat).await? else { return Ok(Err(Missing::Unknown)) };
        let Some(occupant) = record.other_of(person) else { return Ok(Err(Missing::Unknown)) };
        if !is_recent(scene, &record) {
            return Ok(Err(Missing::TooLate));
        }
        let who = match occupant {
            Occupant::Here(partner) => Who::Here(partner),
            Occupant::Left(Some(account)) => Who::Left(account),
            Occupant::Left(None) => return Ok(Err(Missing::Forgotten)),
        };
        Ok(Ok(Other { who, is_over: record.ended_at.is_some() }))
    }

    /// The chat or meeting that "report" without more words means: the one in which it was asked, or the last chat, also
    /// if the other one has left.
    async fn find_reportable(&self, scene: &Scene<'_>, person: PersonId) -> Result<Option<ChatId>, StoreError> {
        if let Some(place) = scene.about {
            return Ok(Some(place));
        }
        Ok(self.find_last(scene, person).await?.map(|record| record.chat))
    }

    /// The chat to whose partner something can be given: this one or the last one, if the partner is still there.
    pub(super) async fn find_giftable(&self, scene: &Scene<'_>, person: PersonId) -> Result<Option<ChatId>, StoreError> {
        let last = self.find_last(scene, person).await?;
        Ok(last.filter(|record| record.partner_of(person).is_some()).map(|record| record.chat))
    }

    /// The chat a person is in, or the last one if it was not too long ago.
    pub(super) async fn find_last(&self, scene: &Scene<'_>, person: PersonId) -> Result<Option<ChatRecord>, StoreError> {
        let found = match scene.chat {
            Some(chat) => self.chats.find_chat(chat).await?,
            None => self.chats.find_last_chat(person).await?,
        };
        Ok(found.filter(|record| is_recent(scene, record)))
    }
}

fn is_recent(scene: &Scene<'_>, record: &ChatRecord) -> bool {
    record.ended_at.is_none_or(|ended_at| scene.now.since(ended_at) <= REPORT_WINDOW)
}

/// These two never meet again: at once in memory, and for good by a stored block. For a person who left,
/// the account is blocked, also if they are back with it by now.
fn separate(scene: &Scene<'_>, by: PersonId, (chat, other): (ChatId, Who), cause: EndCause, turn: &mut Turn) {
    match other {
        Who::Here(other) => {
            turn.change(Change::Block { blocker: by, blocked: other, chat, at: scene.now });
            turn.change(Change::ToEngine(EngineCommand::Separate { by, other, cause }));
        }
        Who::Left(blocked) => turn.change(Change::BlockAccount { blocker: by, blocked, cause, at: scene.now }),
    }
}
