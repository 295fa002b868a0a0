//! What lanes do: conversations with one person, from an update to changes and calls.
//! Everything is decided from the update and what the stores say, so that doing it again after a crash does the same.

mod birthday;
mod coins;
mod conduct;
mod edit;
mod friend;
mod gate;
mod heard;
mod member;
mod payment;
mod premium;
mod profile;
mod record;
mod registration;
mod settings;
mod trade;

use std::sync::Arc;
use std::time::Duration;

use luvhive_core::conduct::Former;
use luvhive_core::engine::effect::Rendered;
use luvhive_core::id::{ChatId, MessageId, PersonId, TelegramId};
use luvhive_core::person::UiLanguage;
use luvhive_core::ports::{Change, ChatStore, FriendStore, PeopleStore, StoreError, Visitor};
use luvhive_core::time::Timestamp;

use crate::callback::{Callback, SettingsAction};
use crate::handler::{CallbackAnswer, LaneHandler, LaneOutcome, LaneTask, LaneWork};
use crate::key::BotKey;
use crate::locale::{MenuCommand, Words};
use crate::subject::SubjectKey;
use crate::view::about;
use crate::view::menu;
use crate::view::notice;
use crate::view::screen::Screen;
use crate::view::{premium as premium_view, settings as settings_view};
use heard::{Heard, Press, Said};
pub use trade::Trade;

/// A tap that waited longer is passed over: Telegram takes no answer to it any more, and whoever tapped has given up.
const TAP_LASTS: Duration = Duration::from_secs(150);

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
    /// Whom people write to about payments and everything else; may be empty.
    pub contact: Box<str>,
}

impl Dialogs {
    async fn answer(&self, work: &LaneWork, payload: &str) -> Result<LaneOutcome, StoreError> {
        let Some(update) = heard::read(payload, &self.username) else { return Ok(LaneOutcome::default()) };
        let visitor = self.people.get_visitor(work.telegram).await?;
        let scene = Scene::new(work, &visitor, update.language_tag.as_deref());
        let mut turn = Turn::default();
        let callback = update.callback();
        if matches!(update.what, Heard::Pressed(_)) && work.now.since(work.received_at) > TAP_LASTS {
            return Ok(turn.into_outcome(callback));
        }
        match update.what {
            Heard::Said(said) => self.hear(&scene, &said, &mut turn).await?,
            Heard::Pressed(press) => self.press(&scene, &press, &mut turn).await?,
            Heard::Edited(edit) => self.follow_edit(&scene, &edit, &mut turn).await?,
            Heard::Paid(paid) => self.book_payment(&scene, &paid, &mut turn).await?,
            Heard::GivenBack(back) => self.book_refund(&scene, &back, &mut turn).await?,
            Heard::SubscriptionChanged { is_active } => self.book_subscription(&scene, is_active, &mut turn).await?,
            Heard::CalledInGroup => turn.say(&scene, &menu::private_only(scene.words)),
            Heard::Nothing => {}
        }
        if turn.changes.iter().any(|change| matches!(change, Change::Register(_))) {
            // Somebody who was here before goes on where they left off: suspensions and blocks hold.
            turn.change(Change::Recall(self.subjects.subject(work.telegram)));
        }
        Ok(turn.into_outcome(callback))
    }

    async fn hear(&self, scene: &Scene<'_>, said: &Said, turn: &mut Turn) -> Result<(), StoreError> {
        if let Some(command) = said.command
            && documents(scene, command, &self.contact, turn)
        {
            return Ok(());
        }
        if let Some(at) = scene.visitor.refused_at
            && !gate::may_say(scene, said)
        {
            self.repeat_refusal(scene, at, turn);
            return Ok(());
        }
        if let Some(person) = &scene.visitor.person {
            return self.hear_member(scene, person, said, turn).await;
        }
        if let Some(until) = self.find_ban(scene, turn).await? {
            turn.say(scene, &notice::suspended(scene.words, until));
        } else if let Some(minor) = registration::hear(scene, said, turn) {
            self.refuse(scene, None, minor, turn);
        }
        Ok(())
    }

    async fn press(&self, scene: &Scene<'_>, press: &Press, turn: &mut Turn) -> Result<(), StoreError> {
        let Some(callback) = press.callback else {
            turn.answer_with(scene.words.text("old-button"));
            return Ok(());
        };
        if let Some(at) = scene.visitor.refused_at
            && !gate::may_press(scene, callback)
        {
            self.alert_refusal(scene, at, turn);
            return Ok(());
        }
        if let Some(person) = &scene.visitor.person {
            return self.press_member(scene, person, press, callback, turn).await;
        }
        if let Some(until) = self.find_ban(scene, turn).await? {
            turn.show(scene, press.message, &notice::suspended(scene.words, until));
            return Ok(());
        }
        match callback {
            Callback::Step { serial, action } => {
                if let Some(minor) = registration::press(scene, press.message, serial, action, turn) {
                    self.refuse(scene, press.message, minor, turn);
                }
            }
            Callback::Settings(SettingsAction::Language(language)) => {
                set_language(scene, language, press.message, turn);
            }
            Callback::Command(_) => registration::begin(scene, None, turn),
            _ => turn.answer_with(scene.words.text("old-button")),
        }
        Ok(())
    }

    /// Until when somebody who left is kept out, if they are: whoever is suspended does not get out of it by leaving.
    async fn find_ban(&self, scene: &Scene<'_>, turn: &mut Turn) -> Result<Option<Timestamp>, StoreError> {
        let former = self.find_former(scene, turn).await?;
        Ok(former.and_then(|former| former.suspended_until).filter(|until| *until > scene.now))
    }

    /// What is known of the account from before; stored under the older key, it is moved to today's.
    async fn find_former(&self, scene: &Scene<'_>, turn: &mut Turn) -> Result<Option<Former>, StoreError> {
        let subject = self.subjects.subject(scene.telegram);
        let former = self.people.find_former(&subject).await?;
        if former.is_some_and(|former| former.is_under_older_key) {
            turn.change(Change::Recall(subject));
        }
        Ok(former)
    }

    async fn erase(&self, work: &LaneWork, person: PersonId) -> Result<LaneOutcome, StoreError> {
        let visitor = self.people.get_visitor(work.telegram).await?;
        let scene = Scene::new(work, &visitor, None);
        let mut turn = Turn::default();
        self.settle_leaver(&scene, person, &mut turn).await?;
        turn.change(Change::Dialog(None));
        turn.change(Change::Remember { person, subject: self.subjects.subject(work.telegram) });
        turn.change(Change::Erase(person));
        turn.say(&scene, &about::goodbye(scene.words));
        Ok(turn.into_outcome(None))
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
            LaneTask::Task(task) => {
                let visitor = self.people.get_visitor(work.telegram).await?;
                let (scene, mut turn) = (Scene::new(work, &visitor, None), Turn::default());
                self.work_on(&scene, task, &mut turn).await?;
                Ok(turn.into_outcome(None))
            }
        }
    }
}

/// Words for somebody who has to wait, in the language of their Telegram: their own stands in a store.
fn busy(work: &LaneWork) -> Option<Rendered> {
    let LaneTask::Update { payload } = &work.task else { return None };
    let update = heard::read(payload, "")?;
    match update.what {
        Heard::Said(_) | Heard::Pressed(_) | Heard::Paid(_) => {}
        Heard::Edited(_) | Heard::GivenBack(_) | Heard::SubscriptionChanged { .. } | Heard::CalledInGroup | Heard::Nothing => {
            return None;
        }
    }
    let language = update.language_tag.as_deref().map_or(UiLanguage::English, UiLanguage::from_tag);
    Some(menu::sentence(Words::new(language), "busy").send(work.telegram))
}

/// What everybody may read, registered or not; reports whether the command was one of these.
fn documents(scene: &Scene<'_>, command: MenuCommand, contact: &str, turn: &mut Turn) -> bool {
    let words = scene.words;
    let screen = match command {
        MenuCommand::Help => about::help(words),
        MenuCommand::Privacy => about::privacy(words),
        MenuCommand::Terms => about::terms(words),
        MenuCommand::Support => premium_view::support(words, contact),
        MenuCommand::PaySupport => {
            premium_view::pay_support(words, scene.visitor.person.as_ref().map(|person| &person.pseudonym), contact)
        }
        MenuCommand::Language => settings_view::languages(words),
        _ => return false,
    };
    turn.say(scene, &screen);
    true
}

/// Changes the bot's language and says so in it.
fn set_language(scene: &Scene<'_>, language: UiLanguage, message: Option<MessageId>, turn: &mut Turn) {
    let words = Words::new(language);
    turn.change(Change::SetLanguage(language));
    turn.show(scene, message, &menu::sentence(words, "language-changed"));
    if scene.visitor.person.is_none() {
        registration::show_again(&Scene { words, ..*scene }, turn);
    } else if scene.chat.is_none() {
        turn.say(scene, &menu::idle(words));
    } else {
        turn.say(scene, &menu::chatting(words));
    }
}

/// Who is in front of us, and where.
#[derive(Clone, Copy)]
struct Scene<'a> {
    visitor: &'a Visitor,
    words: Words,
    /// The language tag Telegram gave, such as `hi-IN`.
    tag: Option<&'a str>,
    telegram: TelegramId,
    chat: Option<ChatId>,
    /// The chat or meeting they were in when this came.
    about: Option<ChatId>,
    now: Timestamp,
}

impl<'a> Scene<'a> {
    fn new(work: &LaneWork, visitor: &'a Visitor, tag: Option<&'a str>) -> Self {
        let registered = visitor.person.as_ref().map(|person| person.facts.language);
        let guessed = tag.map_or(UiLanguage::English, UiLanguage::from_tag);
        let words = Words::new(visitor.language.or(registered).unwrap_or(guessed));
        Self { visitor, words, tag, telegram: work.telegram, chat: work.chat, about: work.about, now: work.now }
    }
}

/// What one update brings about, while it is being put together.
#[derive(Default)]
struct Turn {
    changes: Vec<Change>,
    calls: Vec<Rendered>,
    partner_calls: Vec<(TelegramId, Rendered)>,
    answer: Option<(String, bool)>,
}

impl Turn {
    fn change(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Sends a new message.
    fn say(&mut self, scene: &Scene<'_>, screen: &Screen) {
        self.calls.push(screen.send(scene.telegram));
    }

    /// Makes a call that is no screen.
    fn call(&mut self, call: Rendered) {
        self.calls.push(call);
    }

    /// Puts a screen in the place of a message, or sends it if there is none.
    fn show(&mut self, scene: &Scene<'_>, message: Option<MessageId>, screen: &Screen) {
        self.calls.push(match message {
            Some(message) => screen.edit(scene.telegram, message),
            None => screen.send(scene.telegram),
        });
    }

    /// Answers a button with a passing line.
    fn answer_with(&mut self, text: String) {
        self.answer = Some((text, false));
    }

    /// Answers a button with a line that has to be closed.
    fn alert(&mut self, text: String) {
        self.answer = Some((text, true));
    }

    fn into_outcome(self, callback: Option<Box<str>>) -> LaneOutcome {
        let answer = callback.map(|callback| {
            let (text, is_alert) = self.answer.map_or((None, false), |(text, is_alert)| (Some(text), is_alert));
            CallbackAnswer { callback, text, is_alert }
        });
        LaneOutcome { changes: self.changes, calls: self.calls, partner_calls: self.partner_calls, answer }
    }
}

#[cfg(test)]
mod tests;
