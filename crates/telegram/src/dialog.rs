//! What lanes do: conversations with one person, from an update to changes and calls.
//! Everything is decided from the update and what the stores say, so that doing it again after a crash does the same.

mod appeal;
mod birthday;
mod coins;
mod conduct;
mod edit;
mod entry;
mod friend;
mod gate;
mod heard;
mod member;
mod my_data;
mod payment;
mod premium;
mod profile;
mod record;
mod registration;
mod settings;
mod talk;
mod trade;

use std::sync::Arc;
use std::time::Duration;

use luvhive_core::conduct::Former;
use luvhive_core::engine::effect::Rendered;
use luvhive_core::id::PersonId;
use luvhive_core::person::UiLanguage;
use luvhive_core::ports::{Change, ChatStore, DataStore, FriendStore, PeopleStore, StoreError};
use luvhive_core::time::Timestamp;

use crate::callback::{Callback, SettingsAction};
use crate::handler::{LaneHandler, LaneOutcome, LaneTask, LaneWork};
use crate::key::BotKey;
use crate::locale::{MenuCommand, Words};
use crate::subject::SubjectKey;
use crate::view::about;
use crate::view::menu;
use crate::view::{premium as premium_view, settings as settings_view};
pub use entry::{Admission, Entry};
use heard::{Heard, Press, Said};
use registration::Pressed;
use talk::{Done, Talk};
pub use trade::Trade;

/// A tap that waited longer is passed over: Telegram takes no answer to it any more, and the person has given up.
const TAP_LASTS: Duration = Duration::from_secs(150);

/// Who answers for the bot, as people are told; what is empty is not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    /// Whom people write to about payments and everything else.
    pub support: Box<str>,
    /// Whom people write to when a child may be in danger.
    pub safety: Box<str>,
    /// The controller of people's data: name and address.
    pub controller: Box<str>,
}

impl Contacts {
    /// Those whom the privacy notice names, in its order.
    fn of_privacy(&self) -> [&str; 3] {
        [&self.controller, &self.support, &self.safety]
    }
}

/// How people's data is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Privacy {
    /// How long somebody who asked to leave can take it back; zero = they are erased at once.
    pub grace: Duration,
    /// How long after somebody was sent the file of their data they can have it again.
    pub data_every: Duration,
}

/// The conversations, over the stores they read.
pub struct Dialogs {
    /// Who everybody is.
    pub people: Arc<dyn PeopleStore>,
    /// Who talked to whom.
    pub chats: Arc<dyn ChatStore>,
    /// Who stayed in touch.
    pub friends: Arc<dyn FriendStore>,
    /// The parts about money.
    pub trade: Trade,
    /// Signs invoices, names charges and draws codes of invitations.
    pub key: BotKey,
    /// By what accounts that were left are known again.
    pub subjects: SubjectKey,
    /// The bot's name, which stands in links that invite.
    pub username: Box<str>,
    /// Who answers for the bot.
    pub contacts: Contacts,
    /// Reads what is stored about people, for themselves.
    pub data: Arc<dyn DataStore>,
    /// How people's data is treated.
    pub privacy: Privacy,
    /// What newcomers meet at the door.
    pub entry: Entry,
}

impl Dialogs {
    async fn answer(&self, work: &LaneWork, payload: &str) -> Result<LaneOutcome, StoreError> {
        let Some(update) = heard::read(payload, &self.username) else { return Ok(LaneOutcome::default()) };
        let visitor = self.people.get_visitor(work.telegram).await?;
        let mut talk = Talk::about(work, &visitor, &update);
        if matches!(update.what, Heard::Pressed(_)) && work.now.since(work.received_at) > TAP_LASTS {
            return Ok(talk.into_outcome());
        }
        match &update.what {
            Heard::Said(said) => self.hear(&mut talk, said).await?,
            Heard::Pressed(press) => self.press(&mut talk, press).await?,
            Heard::Edited(edit) => self.follow_edit(&mut talk, edit).await?,
            Heard::Paid(paid) => self.book_payment(&mut talk, paid).await?,
            Heard::UnreadableReceipt { is_refund } => payment::note_unreadable(&mut talk, *is_refund),
            Heard::GivenBack(back) => self.book_refund(&mut talk, back).await?,
            Heard::SubscriptionChanged { is_active } => self.book_subscription(&mut talk, *is_active).await?,
            Heard::CalledInGroup => talk.say(&menu::private_only(talk.words)),
            Heard::Nothing => {}
        }
        if talk.has_change(|change| matches!(change, Change::Register(_))) {
            // Somebody who was here before goes on where they left off: suspensions and blocks hold.
            talk.change(Change::Recall(self.subjects.subject(work.telegram)));
        }
        Ok(talk.into_outcome())
    }

    async fn hear(&self, talk: &mut Talk<'_>, said: &Said) -> Done {
        if said.command == Some(MenuCommand::MyData) {
            return self.send_data(talk).await;
        }
        if let Some(command) = said.command
            && self.documents(talk, command)
        {
            return Ok(());
        }
        if let Some(at) = talk.visitor.refused_at
            && !gate::may_say(talk, said)
        {
            self.repeat_refusal(talk, at);
            return Ok(());
        }
        if self.hear_appeal(talk, said).await? {
            return Ok(());
        }
        if let Some(person) = &talk.visitor.person {
            return self.hear_member(talk, person, said).await;
        }
        if let Some(until) = self.find_ban(talk).await? {
            if said.command.is_some() {
                appeal::cancel(talk);
            }
            talk.say(&self.suspended(talk, until).await?);
        } else if said.command != Some(MenuCommand::DeleteMe) && self.is_closed().await? {
            talk.say(&about::closed(talk.words));
        } else if let Some(minor) = registration::hear(talk, said) {
            self.refuse(talk, Some(minor));
        }
        Ok(())
    }

    async fn press(&self, talk: &mut Talk<'_>, press: &Press) -> Done {
        let Some(callback) = press.callback else {
            talk.answer_with(talk.words.text("old-button"));
            return Ok(());
        };
        if let Some(at) = talk.visitor.refused_at
            && !gate::may_press(talk, callback)
        {
            self.alert_refusal(talk, at);
            return Ok(());
        }
        if self.turns_away(talk, callback) {
            return Ok(());
        }
        if let Some(person) = &talk.visitor.person {
            return self.press_member(talk, person, callback).await;
        }
        self.press_visitor(talk, callback).await
    }

    async fn press_visitor(&self, talk: &mut Talk<'_>, callback: Callback) -> Done {
        if let Callback::Appeal { sanction } = callback {
            return self.press_appeal(talk, sanction).await;
        }
        if appeal::cancel(talk) && callback == Callback::Dismiss {
            talk.show(&menu::sentence(talk.words, "dismissed"));
            return Ok(());
        }
        if let Some(until) = self.find_ban(talk).await? {
            talk.show(&self.suspended(talk, until).await?);
            return Ok(());
        }
        if !matches!(callback, Callback::Settings(SettingsAction::Language(_))) && self.is_closed().await? {
            talk.show(&about::closed(talk.words));
            return Ok(());
        }
        match callback {
            Callback::Step { serial, action } => match registration::press(talk, serial, action) {
                Pressed::Answered => {}
                Pressed::Minor(born) => self.refuse(talk, Some(born)),
                Pressed::Complete(complete) => self.admit(talk, *complete).await,
            },
            Callback::Settings(SettingsAction::Language(language)) => {
                set_language(talk, language);
            }
            Callback::Command(_) => registration::begin(talk, None),
            _ => talk.answer_with(talk.words.text("old-button")),
        }
        Ok(())
    }

    /// What everybody may read, registered or not; reports whether the command was one of these.
    fn documents(&self, talk: &mut Talk<'_>, command: MenuCommand) -> bool {
        let words = talk.words;
        let (contact, refund_days) = (&self.contacts.support, self.trade.refund_days);
        let screen = match command {
            MenuCommand::Help => about::help(words),
            MenuCommand::Privacy => about::privacy(words, self.contacts.of_privacy()),
            MenuCommand::Terms => about::terms(words, refund_days),
            MenuCommand::Support => premium_view::support(words, contact),
            MenuCommand::PaySupport => {
                let me = talk.visitor.person.as_ref().map(|person| &person.pseudonym);
                premium_view::pay_support(words, me, contact, refund_days)
            }
            MenuCommand::Language => settings_view::languages(words),
            _ => return false,
        };
        talk.say(&screen);
        true
    }

    /// Until when somebody who left is kept out, if they are: leaving does not end a suspension.
    async fn find_ban(&self, talk: &mut Talk<'_>) -> Result<Option<Timestamp>, StoreError> {
        let former = self.find_former(talk).await?;
        Ok(former.and_then(|former| former.suspended_until).filter(|until| *until > talk.now))
    }

    /// What is known of the account from before; stored under the older key, it is moved to today's.
    async fn find_former(&self, talk: &mut Talk<'_>) -> Result<Option<Former>, StoreError> {
        let subject = self.subjects.subject(talk.telegram);
        let former = self.people.find_former(&subject).await?;
        if former.is_some_and(|former| former.is_under_older_key) {
            talk.change(Change::Recall(subject));
        }
        Ok(former)
    }

    async fn erase(&self, work: &LaneWork, person: PersonId) -> Result<LaneOutcome, StoreError> {
        let visitor = self.people.get_visitor(work.telegram).await?;
        let mut talk = Talk::new(work, &visitor);
        self.settle_leaver(&mut talk, person).await?;
        talk.change(Change::Dialog(None));
        talk.change(Change::Remember { person, subject: self.subjects.subject(work.telegram) });
        talk.change(Change::Erase(person));
        talk.say(&about::goodbye(talk.words));
        Ok(talk.into_outcome())
    }
}

#[async_trait::async_trait]
impl LaneHandler for Dialogs {
    fn say_busy(&self, work: &LaneWork) -> Option<Rendered> {
        busy(work)
    }

    async fn handle(&self, work: &LaneWork) -> Result<LaneOutcome, StoreError> {
        match &work.task {
            LaneTask::Update { payload } => self.answer(work, payload).await,
            LaneTask::Erase { person } => self.erase(work, *person).await,
            LaneTask::Task(errand) => {
                let visitor = self.people.get_visitor(work.telegram).await?;
                let mut talk = Talk::new(work, &visitor);
                self.work_on(&mut talk, errand).await?;
                Ok(talk.into_outcome())
            }
        }
    }
}

/// Words for somebody who has to wait, in the language of their Telegram: their own stands in a store.
fn busy(work: &LaneWork) -> Option<Rendered> {
    let LaneTask::Update { payload } = &work.task else { return None };
    let update = heard::read(payload, "")?;
    match update.what {
        Heard::Said(_) | Heard::Pressed(_) | Heard::Paid(_) | Heard::UnreadableReceipt { is_refund: false } => {}
        Heard::Edited(_)
        | Heard::GivenBack(_)
        | Heard::UnreadableReceipt { is_refund: true }
        | Heard::SubscriptionChanged { .. }
        | Heard::CalledInGroup
        | Heard::Nothing => {
            return None;
        }
    }
    let language = update.language_tag.as_deref().map_or(UiLanguage::English, UiLanguage::from_tag);
    Some(menu::sentence(Words::new(language), "busy").send(work.telegram))
}

/// Changes the bot's language and says so in it.
fn set_language(talk: &mut Talk<'_>, language: UiLanguage) {
    talk.words = Words::new(language);
    talk.change(Change::SetLanguage(language));
    talk.show(&menu::sentence(talk.words, "language-changed"));
    if talk.visitor.person.is_none() {
        registration::show_again(talk);
    } else if talk.chat.is_none() {
        talk.say(&menu::idle(talk.words));
    } else {
        talk.say(&menu::chatting(talk.words));
    }
}

#[cfg(test)]
mod tests;
