//! Commands and menu buttons: how people ask by words, in any of the bot's languages. One row each.

use std::sync::LazyLock;

use luvhive_core::engine::event::Command;
use luvhive_core::person::UiLanguage;

use super::Words;

/// Who answers a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// The engine, at once.
    Engine(Command),
    /// A lane, and nothing may keep it out: report, block, leave.
    Safety,
    /// A lane, with something that everybody may read, registered or not.
    Document,
    /// A lane.
    Lane,
}

/// A command's row.
struct Row {
    command: MenuCommand,
    /// What people write after the slash.
    name: &'static str,
    /// What it is for, in one sentence.
    about: &'static str,
    answers: Answers,
    /// The key of its description in Telegram's list; `None` if it is not listed.
    description: Option<&'static str>,
    /// The key of the text of its button in the menu; `None` if it has none.
    button: Option<&'static str>,
}

impl Row {
    const fn listed(self, key: &'static str) -> Self {
        Self { description: Some(key), ..self }
    }

    const fn pressed(self, key: &'static str) -> Self {
        Self { button: Some(key), ..self }
    }
}

/// Declares the commands in the order of Telegram's list, which leaves out what the menu's buttons are enough for.
///
/// `Next = "next": Answers::Engine(Command::Next), listed "command-next", pressed "button-next";` gives
/// `MenuCommand::Next`, which the engine answers: people write it as `/next`, Telegram's list describes it with the text
/// `command-next`, and the menu has a button with the text `button-next`. The doc comment says what it is for.
macro_rules! commands {
    ($(
        #[doc = $about:literal]
        $command:ident = $name:literal: $answers:expr $(, listed $description:literal)? $(, pressed $button:literal)?;
    )+) => {
        /// What a command or a button of the menu asks for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum MenuCommand { $(
            #[doc = $about]
            $command,
        )+ }

        /// Every command.
        const COMMANDS: &[Row] = &[$(
            Row { command: MenuCommand::$command, name: $name, about: $about, answers: $answers, description: None, button: None }
                $(.listed($description))?
                $(.pressed($button))?
        ),+];
    };
}

commands! {
    /// Find a partner.
    Find = "find": Answers::Engine(Command::Find), listed "command-find", pressed "button-find";
    /// End this chat and search again.
    Next = "next": Answers::Engine(Command::Next), listed "command-next", pressed "button-next";
    /// End this chat.
    Stop = "stop": Answers::Engine(Command::Stop), listed "command-stop", pressed "button-stop";
    /// Report the partner.
    Report = "report": Answers::Safety, listed "command-report", pressed "button-report";
    /// Block the partner.
    Block = "block": Answers::Safety, listed "command-block", pressed "button-block";
    /// Ask the partner to be friends.
    Friend = "friend": Answers::Lane, listed "command-friend";
    /// Show the menu.
    Menu = "menu": Answers::Lane, listed "command-menu";
    /// Show the profile.
    Profile = "profile": Answers::Lane, listed "command-profile", pressed "button-profile";
    /// Show the settings.
    Settings = "settings": Answers::Lane, listed "command-settings", pressed "button-settings";
    /// Show premium.
    Premium = "premium": Answers::Lane, listed "command-premium", pressed "button-premium";
    /// Show coins.
    Coins = "coins": Answers::Lane, listed "command-coins";
    /// Show the link that invites friends.
    Invite = "invite": Answers::Lane, listed "command-invite";
    /// Choose the bot's language.
    Language = "language": Answers::Document, listed "command-language";
    /// Explain.
    Help = "help": Answers::Document, listed "command-help", pressed "button-help";
    /// Show the privacy notice.
    Privacy = "privacy": Answers::Document, listed "command-privacy";
    /// Show the terms.
    Terms = "terms": Answers::Document, listed "command-terms";
    /// Help with payments.
    PaySupport = "paysupport": Answers::Document, listed "command-paysupport";
    /// Say who helps with what.
    Support = "support": Answers::Document, listed "command-support";
    /// Get a file with everything stored about oneself.
    MyData = "my_data": Answers::Document, listed "command-my-data";
    /// Delete the account.
    DeleteMe = "delete_me": Answers::Safety, listed "command-delete-me";
    /// Register or show the menu, also with a deep link.
    Start = "start": Answers::Lane;
    /// Cancel the search.
    CancelSearch = "cancel": Answers::Engine(Command::CancelSearch), pressed "button-cancel-search";
}

impl MenuCommand {
    /// Returns who answers.
    pub fn answers(self) -> Answers {
        COMMANDS.iter().find(|row| row.command == self).map_or(Answers::Lane, |row| row.answers)
    }

    /// Returns what the engine decides at once; `None` for what a lane answers.
    pub fn engine_command(self) -> Option<Command> {
        match self.answers() {
            Answers::Engine(command) => Some(command),
            Answers::Safety | Answers::Document | Answers::Lane => None,
        }
    }
}

/// Every text that a button of the menu has or had.
const TEXTS: &str = include_str!("../../locales/buttons.txt");

/// A line of [`TEXTS`].
pub(super) struct ButtonText {
    /// The key of the button's text.
    pub(super) key: &'static str,
    /// The day on which the text was replaced; `None` while it is in use.
    pub(super) retired: Option<&'static str>,
    /// The text.
    pub(super) text: &'static str,
}

/// Reads [`TEXTS`].
pub(super) fn button_texts() -> impl Iterator<Item = ButtonText> {
    TEXTS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut words = line.splitn(3, ' ');
        let (key, retired, text) = (words.next()?, words.next()?, words.next()?);
        Some(ButtonText { key, retired: Some(retired).filter(|day| *day != "-"), text })
    })
}

/// Every button's text in every language, today's and retired ones, without variation selectors.
static BUTTON_TEXTS: LazyLock<Vec<(String, MenuCommand)>> = LazyLock::new(|| {
    let today = |&language: &UiLanguage| buttons().map(move |(key, command)| (plain(&Words::new(language).text(key)), command));
    let command_of = |key| buttons().find(|(known, _)| *known == key).map(|(_, command)| command);
    let retired = button_texts()
        .filter(|known| known.retired.is_some())
        .filter_map(|known| Some((plain(known.text), command_of(known.key)?)));
    UiLanguage::ALL.iter().flat_map(today).chain(retired).collect()
});

/// Lists the menu's buttons: the key of their text, and what they ask for.
pub(super) fn buttons() -> impl Iterator<Item = (&'static str, MenuCommand)> {
    COMMANDS.iter().filter_map(|row| row.button.map(|key| (key, row.command)))
}

/// Finds what a button of the menu asks for, by its text in any language, today's or one of the last year; `None` for any
/// other text.
pub fn menu_command(text: &str) -> Option<MenuCommand> {
    let text = plain(text);
    BUTTON_TEXTS.iter().find(|(button, _)| *button == text).map(|&(_, command)| command)
}

/// Finds what a command such as `/next` or `/start ref_abc` asks for; `None` for other text and unknown commands.
///
/// `own` is the bot's user name: `/next@OtherBot` was written to somebody else, so it is talk here. An empty one stands for
/// any name.
pub fn slash_command(text: &str, own: &str) -> Option<MenuCommand> {
    let word = text.trim_start().strip_prefix('/')?.split(char::is_whitespace).next()?;
    let (name, addressed) = word.split_once('@').map_or((word, None), |(name, bot)| (name, Some(bot)));
    if addressed.is_some_and(|bot| !own.is_empty() && !bot.eq_ignore_ascii_case(own)) {
        return None;
    }
    let name = name.to_ascii_lowercase();
    COMMANDS.iter().find(|row| row.name == name).map(|row| row.command)
}

/// Emoji come back from some clients with, from others without a variation selector.
fn plain(text: &str) -> String {
    text.trim().chars().filter(|&c| c != '\u{fe0f}' && c != '\u{fe0e}').collect()
}

/// The commands that Telegram shows to people with one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandList {
    /// For whom; `None` = everybody whose language has no list of its own.
    pub language: Option<UiLanguage>,
    /// Name (1–32 of `a-z0-9_`) and description (1–256 characters), in the order shown.
    pub commands: Vec<(&'static str, String)>,
}

/// Returns the lists for `setMyCommands`: the one for everybody first, then one per language.
pub fn commands() -> Vec<CommandList> {
    let of = |language: UiLanguage| {
        let words = Words::new(language);
        COMMANDS.iter().filter_map(|row| row.description.map(|key| (row.name, words.text(key)))).collect::<Vec<_>>()
    };
    let everybody = CommandList { language: None, commands: of(UiLanguage::English) };
    let each = UiLanguage::ALL.iter().map(|&language| CommandList { language: Some(language), commands: of(language) });
    std::iter::once(everybody).chain(each).collect()
}

/// Writes a table of the commands with their English texts, for the page that lists them.
pub fn command_table() -> String {
    let words = Words::new(UiLanguage::English);
    let text = |key: Option<&str>| key.map(|key| words.text(key)).unwrap_or_default();
    let row = |row: &Row| {
        let answers = match row.answers {
            Answers::Engine(_) => "engine",
            Answers::Safety => "lane, and nothing keeps it out",
            Answers::Document => "lane, for everybody",
            Answers::Lane => "lane",
        };
        let (listed, button) = (text(row.description), text(row.button));
        format!("| `/{}` | {} | {listed} | {button} | {answers} |", row.name, row.about.trim())
    };
    let head = ["Command", "What it is for", "Telegram's list", "Button", "Who answers"].join(" | ");
    let rows: Vec<String> = COMMANDS.iter().map(row).collect();
    format!("| {head} |\n| --- | --- | --- | --- | --- |\n{}\n", rows.join("\n"))
}
