#![doc = include_str!("../README.md")]

mod rehearsal;

use std::time::Duration;

use luvhive_core::engine::Command;
use luvhive_core::person::{Gender, GenderSet, Interest, InterestSet, SpokenLanguage, SpokenLanguages};
use luvhive_core::time::Day;
use luvhive_sandbox::{Button, PersonId, PersonSpec, Sandbox, SandboxError, SeenMessage};
use luvhive_telegram::callback::{Callback, StepAction};
use luvhive_telegram::locale::menu_command;

pub use rehearsal::rehearse;

/// The most presses and texts a registration may take before it counts as stuck; today's longest takes about twenty.
const MAX_STEPS: usize = 40;

/// What a person answers when the bot asks.
#[derive(Clone, Debug)]
pub struct Answers {
    /// Gender.
    pub gender: Gender,
    /// Whom they want to meet.
    pub wanted: GenderSet,
    /// Date of birth.
    pub born: Day,
    /// Languages they speak, beside those the bot guesses.
    pub languages: SpokenLanguages,
    /// What they like.
    pub interests: InterestSet,
}

impl Answers {
    /// An adult who likes chatting, speaks English and wants to meet everybody.
    pub fn of(gender: Gender) -> Self {
        Self {
            gender,
            wanted: Gender::ALL.iter().copied().collect(),
            born: Day::from_ymd(1995, 5, 17).unwrap_or(Day::from_naive(chrono::NaiveDate::MIN)),
            languages: SpokenLanguages::EMPTY.with(SpokenLanguage::English),
            interests: InterestSet::EMPTY.with(Interest::Chatting),
        }
    }
}

/// What the menu in the keyboard's place offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// There is none.
    None,
    /// Somebody who neither searches nor chats.
    Idle,
    /// Somebody who searches.
    Searching,
    /// Somebody who sees the card of a person who fits, and has to answer.
    Meeting,
    /// Somebody in a chat.
    Chatting,
}

/// One step of a person and how long the bot took to answer it.
#[derive(Clone, Debug)]
pub struct Step {
    /// What was done: the callback data, the command or `text`.
    pub what: String,
    /// From the act until the answer was seen.
    pub took: Duration,
}

/// A person's phone.
#[derive(Clone, Copy, Debug)]
pub struct Phone<'a> {
    sandbox: &'a Sandbox,
    person: PersonId,
    patience: Duration,
}

impl<'a> Phone<'a> {
    /// Hands a new person their phone; the bot has never heard of them.
    pub fn new(sandbox: &'a Sandbox, spec: &PersonSpec, patience: Duration) -> Self {
        Self::of(sandbox, sandbox.add_person(spec), patience)
    }

    /// Takes the phone of somebody who is there already.
    pub fn of(sandbox: &'a Sandbox, person: PersonId, patience: Duration) -> Self {
        Self { sandbox, person, patience }
    }

    /// Whose phone it is.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// Sends `/start` and answers every question until the menu is there.
    ///
    /// # Errors
    /// [`SandboxError::TimedOut`] when the bot does not answer, or asks without end.
    pub async fn register(&self, answers: &Answers) -> Result<Vec<Step>, SandboxError> {
        let mut steps = Vec::new();
        let mut has_typed = false;
        let mut mark = self.sandbox.mark();
        // A person who comes back still has an old menu in the chat.
        let start = mark;
        let has_menu = |messages: &[SeenMessage]| {
            messages.iter().any(|message| message.from_bot && message.version > start && self.menu_of(message) != Menu::None)
        };
        let mut began = tokio::time::Instant::now();
        let mut what = "/start".to_owned();
        self.sandbox.send_text(self.person, &what, None)?;
        while steps.len() < MAX_STEPS {
            let seen = self.sandbox.wait_until(self.person, self.patience, |messages| {
                let newest = messages.iter().filter(|message| message.from_bot && message.version > mark);
                let newest = newest.max_by_key(|message| message.version)?;
                (has_menu(messages) || !has_typed || answer(newest, answers).is_some()).then(|| newest.clone())
            });
            let seen = seen.await?;
            steps.push(Step { what: std::mem::take(&mut what), took: began.elapsed() });
            if has_menu(&self.sandbox.messages(self.person)) {
                return Ok(steps);
            }
            mark = self.sandbox.mark();
            began = tokio::time::Instant::now();
            if let Some(data) = answer(&seen, answers) {
                self.sandbox.press(self.person, seen.id, Button::Data(data.clone()))?;
                what = data;
            } else {
                has_typed = true;
                self.sandbox.send_text(self.person, &answers.born.to_string(), None)?;
                "text".clone_into(&mut what);
            }
        }
        Err(SandboxError::TimedOut(self.patience, "the registration goes round in circles".to_owned()))
    }

    /// Sends a text and waits until the menu is as it should be then.
    ///
    /// # Errors
    /// [`SandboxError::TimedOut`].
    pub async fn send_until(&self, text: &str, expected: Menu) -> Result<Step, SandboxError> {
        let mark = self.sandbox.mark();
        let began = tokio::time::Instant::now();
        self.sandbox.send_text(self.person, text, None)?;
        self.wait_for_menu(mark, expected).await?;
        Ok(Step { what: text.to_owned(), took: began.elapsed() })
    }

    /// Waits until the bot has written after `mark` and the menu is this.
    ///
    /// # Errors
    /// [`SandboxError::TimedOut`].
    pub async fn wait_for_menu(&self, mark: u64, expected: Menu) -> Result<(), SandboxError> {
        let answered = |messages: &[SeenMessage]| {
            let is_new = messages.iter().any(|message| message.from_bot && message.version > mark);
            (is_new && self.menu_in(messages) == expected).then_some(())
        };
        self.sandbox.wait_until(self.person, self.patience, answered).await
    }

    /// Waits for the card of somebody who fits and presses "Chat" on it; returns once the press is answered.
    ///
    /// # Errors
    /// [`SandboxError::TimedOut`].
    pub async fn agree(&self) -> Result<Step, SandboxError> {
        let find = |messages: &[SeenMessage]| {
            let newest = messages.iter().rev().find(|message| self.menu_of(message) != Menu::None)?;
            let mut buttons = newest.buttons.iter().flatten().filter_map(|button| button.data.clone());
            let is_chat = |data: &String| matches!(Callback::parse(data), Some(Callback::Command(Command::Agree(_))));
            buttons.find(is_chat).map(|data| (newest.id, data))
        };
        let (message, data) = self.sandbox.wait_until(self.person, self.patience, find).await?;
        let began = tokio::time::Instant::now();
        let press = self.sandbox.press(self.person, message, Button::Data(data.clone()))?;
        self.sandbox.wait_for_answer(&press, self.patience).await?;
        Ok(Step { what: data, took: began.elapsed() })
    }

    /// Both press "Chat", and the chat opens.
    ///
    /// # Errors
    /// [`SandboxError::TimedOut`].
    pub async fn open_chat(&self, other: Phone<'_>) -> Result<Step, SandboxError> {
        other.agree().await?;
        let mark = self.sandbox.mark();
        let began = tokio::time::Instant::now();
        let Step { what, .. } = self.agree().await?;
        self.wait_for_menu(mark, Menu::Chatting).await?;
        let took = began.elapsed();
        other.wait_for_menu(mark, Menu::Chatting).await?;
        Ok(Step { what, took })
    }

    /// Waits until this text has come from the bot after `mark`.
    ///
    /// # Errors
    /// [`SandboxError::TimedOut`].
    pub async fn wait_for_text(&self, mark: u64, text: &str) -> Result<SeenMessage, SandboxError> {
        self.sandbox.wait_for(self.person, mark, self.patience, |message| message.text == text).await
    }

    /// What the menu offers now: the one in the keyboard's place, or the buttons of a newer message that stand for it.
    pub fn menu(&self) -> Menu {
        self.menu_in(&self.sandbox.messages(self.person))
    }

    fn menu_in(&self, messages: &[SeenMessage]) -> Menu {
        let newest_first = messages.iter().rev().filter(|message| message.from_bot);
        newest_first.map(|message| self.menu_of(message)).find(|menu| *menu != Menu::None).unwrap_or(Menu::None)
    }

    fn menu_of(&self, message: &SeenMessage) -> Menu {
        if message.keyboard.is_some() {
            let keys = self.sandbox.reply_keyboard(self.person);
            let mut offered = keys.iter().flatten().filter_map(|key| menu_command(&key.text));
            return offered.find_map(|command| menu_that_offers(command.engine_command()?)).unwrap_or(Menu::None);
        }
        let mut offered = message.buttons.iter().flatten().filter_map(|button| Callback::parse(button.data.as_deref()?));
        let command = offered.find_map(|callback| match callback {
            Callback::Command(command) => menu_that_offers(command),
            _ => None,
        });
        command.unwrap_or(Menu::None)
    }
}

/// Tells by a button which menu it stands in.
fn menu_that_offers(command: Command) -> Option<Menu> {
    match command {
        Command::Find => Some(Menu::Idle),
        Command::CancelSearch => Some(Menu::Searching),
        Command::Next | Command::Stop => Some(Menu::Chatting),
        Command::Agree(_) | Command::TakeBack(_) | Command::Decline(_) => Some(Menu::Meeting),
        Command::Widen(_)
        | Command::AcceptInvitation(_)
        | Command::DeclineInvitation(_)
        | Command::SendNow { .. }
        | Command::SendAnyway { .. }
        | Command::SayAdult { .. }
        | Command::TakeMedia { .. }
        | Command::TurnMedia { .. } => None,
    }
}

/// Chooses the callback data of the button that answers a question; `None` if no button does.
pub fn answer(message: &SeenMessage, answers: &Answers) -> Option<String> {
    let buttons: Vec<(String, StepAction)> = message
        .buttons
        .iter()
        .flatten()
        .filter_map(|button| {
            let data = button.data.clone()?;
            match Callback::parse(&data)? {
                Callback::Step { action, .. } => Some((data, action)),
                _ => None,
            }
        })
        .collect();
    let first =
        |fits: &dyn Fn(StepAction) -> bool| buttons.iter().find(|(_, action)| fits(*action)).map(|(data, _)| data.clone());
    first(&|action| match action {
        StepAction::Agree | StepAction::Born(_) | StepAction::NoCity => true,
        StepAction::Gender(gender) => gender == answers.gender,
        // A choice names the state that pressing leads to, so `true` stands on those that are off.
        StepAction::Want(gender, is_on) => is_on && answers.wanted.contains(gender),
        StepAction::Language(language, is_on) => is_on && answers.languages.contains(language),
        StepAction::Interest(interest, is_on) => is_on && answers.interests.contains(interest),
        _ => false,
    })
    .or_else(|| first(&|action| action == StepAction::Continue))
    .or_else(|| first(&|action| matches!(action, StepAction::Country(_))))
}
