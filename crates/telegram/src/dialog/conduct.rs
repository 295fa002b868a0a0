//! Rating, blocking and reporting, during a chat and for 48 hours after it.

use luvhive_core::conduct::{NewReport, REPORT_WINDOW, REPORTED_MESSAGES, ReportReason, ReportWords, SubjectHash, report_words};
use luvhive_core::engine::event::{EndCause, EngineCommand};
use luvhive_core::id::{ChatId, MessageId, PersonId};
use luvhive_core::person::PersonFacts;
use luvhive_core::ports::chats::Occupant;
use luvhive_core::ports::{Change, ChatRecord, StoreError};

use super::member::expect_typed;
use super::record::TypedField;
use super::{Dialogs, Done, Talk};
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

/// What is known of the other one of a chat.
enum Found {
    /// Something can still be done about them.
    Other(Other),
    /// The chat is not theirs or not there.
    Unknown,
    /// The chat ended too long ago.
    TooLate,
    /// They left, and nothing is known of them any more.
    Forgotten,
}

/// What a report is about.
#[derive(Clone, Copy)]
pub(super) struct Reported {
    pub(super) chat: ChatId,
    /// One message of it, if one was named.
    pub(super) message: Option<MessageId>,
}

impl Dialogs {
    pub(super) async fn hear_report(&self, talk: &mut Talk<'_>, facts: &PersonFacts, reply_to: Option<MessageId>) -> Done {
        let words = talk.words;
        if let Some(message) = reply_to {
            // Never another chat than the one of this message.
            let screen = match self.chats.find_pair(talk.telegram, message).await? {
                None => menu::sentence(words, "report-message-unknown"),
                Some(pair) => match self.find_other(talk, facts.person, pair.chat).await? {
                    Found::Other(_) => view::ask_report(words, pair.chat, Some(message), Callback::Dismiss),
                    Found::TooLate => menu::sentence(words, "report-message-too-late"),
                    Found::Unknown | Found::Forgotten => menu::sentence(words, "report-message-unknown"),
                },
            };
            talk.say(&screen);
            return Ok(());
        }
        match self.find_reportable(talk, facts.person).await? {
            Some(chat) => talk.say(&view::ask_report(words, chat, None, Callback::Dismiss)),
            None => talk.say(&view::no_chat(words, "report-no-chat")),
        }
        Ok(())
    }

    pub(super) async fn hear_block(&self, talk: &mut Talk<'_>, facts: &PersonFacts) -> Done {
        match self.find_reportable(talk, facts.person).await? {
            Some(chat) => talk.say(&view::ask_block(talk.words, chat, Callback::Dismiss)),
            None => talk.say(&view::no_chat(talk.words, "block-no-chat")),
        }
        Ok(())
    }

    pub(super) async fn rate(&self, talk: &mut Talk<'_>, facts: &PersonFacts, chat: ChatId, is_good: bool) -> Done {
        let Some(found) = self.other_or_say(talk, facts.person, chat).await? else { return Ok(()) };
        let Who::Here(other) = found.who else {
            talk.alert(talk.words.text("partner-left"));
            return Ok(());
        };
        if !found.is_over {
            talk.answer_with(talk.words.text("old-button"));
            return Ok(());
        }
        talk.change(Change::Rate { chat, rater: facts.person, rated: other, is_good, at: talk.now });
        talk.command(EngineCommand::Rated { person: other, is_good, chat });
        talk.show(&view::rated(talk.words, chat, is_good, talk.chat.is_none()));
        Ok(())
    }

    pub(super) async fn show_card(&self, talk: &mut Talk<'_>, facts: &PersonFacts, chat: ChatId) -> Done {
        let Some(other) = self.other_or_say(talk, facts.person, chat).await? else { return Ok(()) };
        let screen = if other.is_over { view::card(talk.words, chat) } else { menu::sentence(talk.words, "dismissed") };
        talk.show(&screen);
        Ok(())
    }

    pub(super) async fn ask_block(&self, talk: &mut Talk<'_>, facts: &PersonFacts, chat: ChatId) -> Done {
        if self.other_or_say(talk, facts.person, chat).await?.is_some() {
            talk.show(&view::ask_block(talk.words, chat, Callback::Card { chat }));
        }
        Ok(())
    }

    pub(super) async fn block(&self, talk: &mut Talk<'_>, facts: &PersonFacts, chat: ChatId) -> Done {
        let Some(other) = self.other_or_say(talk, facts.person, chat).await? else { return Ok(()) };
        separate(talk, facts.person, (chat, other.who), EndCause::Block);
        talk.show(&view::blocked(talk.words, chat));
        Ok(())
    }

    pub(super) async fn ask_report(&self, talk: &mut Talk<'_>, facts: &PersonFacts, reported: Reported) -> Done {
        if self.other_or_say(talk, facts.person, reported.chat).await?.is_some() {
            let Reported { chat, message } = reported;
            talk.show(&view::ask_report(talk.words, chat, message, Callback::Card { chat }));
        }
        Ok(())
    }

    pub(super) async fn report(
        &self,
        talk: &mut Talk<'_>,
        facts: &PersonFacts,
        reported: Reported,
        reason: ReportReason,
    ) -> Done {
        let Reported { chat, message } = reported;
        let Some(other) = self.other_or_say(talk, facts.person, chat).await? else { return Ok(()) };
        // A forged button may name any message: only one of this chat counts.
        let message = match message {
            Some(id) => self.chats.find_pair(talk.telegram, id).await?.filter(|pair| pair.chat == chat).map(|_| id),
            None => None,
        };
        let limit = u16::try_from(REPORTED_MESSAGES).unwrap_or(u16::MAX);
        let pairs = self.chats.list_last_pairs(chat, limit).await?;
        talk.change(Change::Report(NewReport {
            chat,
            reporter: facts.person,
            reason,
            message,
            messages: pairs.iter().map(|pair| pair.on_side_of(talk.telegram)).collect(),
            reported_at: talk.now,
        }));
        separate(talk, facts.person, (chat, other.who), EndCause::Report);
        // What is typed in another chat goes to the partner there.
        if reason == ReportReason::Other && talk.chat.is_none_or(|current| current == chat) {
            expect_typed(talk, TypedField::ReportWords(chat.get()));
            talk.show(&view::ask_report_words(talk.words));
        } else {
            talk.show(&view::reported(talk.words, "report-done-body"));
        }
        Ok(())
    }

    /// The partner of a chat, who is still there; otherwise the button is answered with the reason.
    pub(super) async fn partner_or_say(
        &self,
        talk: &mut Talk<'_>,
        person: PersonId,
        chat: ChatId,
    ) -> Result<Option<PersonId>, StoreError> {
        match self.other_or_say(talk, person, chat).await?.map(|other| other.who) {
            Some(Who::Here(partner)) => return Ok(Some(partner)),
            Some(Who::Left(_)) => talk.alert(talk.words.text("partner-left")),
            None => {}
        }
        Ok(None)
    }

    /// The other one of a chat, there or gone; if nothing is known of them any more the button is answered with the reason.
    async fn other_or_say(&self, talk: &mut Talk<'_>, person: PersonId, chat: ChatId) -> Result<Option<Other>, StoreError> {
        match self.find_other(talk, person, chat).await? {
            Found::Other(other) => return Ok(Some(other)),
            Found::Unknown => talk.answer_with(talk.words.text("old-button")),
            Found::TooLate => talk.alert(talk.words.text("conduct-too-late")),
            Found::Forgotten => talk.alert(talk.words.text("partner-left")),
        }
        Ok(None)
    }

    async fn find_other(&self, talk: &Talk<'_>, person: PersonId, chat: ChatId) -> Result<Found, StoreError> {
        let Some(record) = self.chats.find_chat(chat).await? else { return Ok(Found::Unknown) };
        let Some(occupant) = record.other_of(person) else { return Ok(Found::Unknown) };
        if !is_recent(talk, &record) {
            return Ok(Found::TooLate);
        }
        let who = match occupant {
            Occupant::Here(partner) => Who::Here(partner),
            Occupant::Left(Some(account)) => Who::Left(account),
            Occupant::Left(None) => return Ok(Found::Forgotten),
        };
        Ok(Found::Other(Other { who, is_over: record.ended_at.is_some() }))
    }

    /// The chat or meeting that "report" without more words means: the one in which it was asked, or the last chat, also
    /// if the other one has left.
    async fn find_reportable(&self, talk: &Talk<'_>, person: PersonId) -> Result<Option<ChatId>, StoreError> {
        if let Some(place) = talk.about {
            return Ok(Some(place));
        }
        Ok(self.find_last(talk, person).await?.map(|record| record.chat))
    }

    /// The chat to whose partner something can be given: this one or the last one, if the partner is still there.
    pub(super) async fn find_giftable(&self, talk: &Talk<'_>, person: PersonId) -> Result<Option<ChatId>, StoreError> {
        let last = self.find_last(talk, person).await?;
        Ok(last.filter(|record| record.partner_of(person).is_some()).map(|record| record.chat))
    }

    /// The chat a person is in, or the last one if it was not too long ago.
    pub(super) async fn find_last(&self, talk: &Talk<'_>, person: PersonId) -> Result<Option<ChatRecord>, StoreError> {
        let found = match talk.chat {
            Some(chat) => self.chats.find_chat(chat).await?,
            None => self.chats.find_last_chat(person).await?,
        };
        Ok(found.filter(|record| is_recent(talk, record)))
    }
}

/// Takes what a reporter says in their own words.
pub(super) fn take_words(talk: &mut Talk<'_>, facts: &PersonFacts, chat: ChatId, text: &str) {
    let words = talk.words;
    let Some(said) = report_words(text) else {
        let count = [("count", text.trim().chars().count().into())];
        return talk.show(&view::ask_report_words(words).with_hint(&words.with("report-words-too-long", &count)));
    };
    talk.change(Change::ReportWords(ReportWords { chat, reporter: facts.person, words: said }));
    talk.change(Change::Dialog(None));
    talk.show(&view::reported(words, "report-words-done"));
}

fn is_recent(talk: &Talk<'_>, record: &ChatRecord) -> bool {
    record.ended_at.is_none_or(|ended_at| talk.now.since(ended_at) <= REPORT_WINDOW)
}

/// These two never meet again: at once in memory, and for good by a stored block. For a person who left,
/// the account is blocked, also if they are back with it by now.
fn separate(talk: &mut Talk<'_>, by: PersonId, (chat, other): (ChatId, Who), cause: EndCause) {
    match other {
        Who::Here(other) => {
            talk.change(Change::Block { blocker: by, blocked: other, chat, at: talk.now });
            talk.command(EngineCommand::Separate { by, other, cause });
        }
        Who::Left(blocked) => talk.change(Change::BlockAccount { blocker: by, blocked, cause, at: talk.now }),
    }
}
