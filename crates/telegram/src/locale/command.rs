//! Commands and menu buttons: how people ask by words, in any of the bot's languages.

use std::sync::LazyLock;

use luvhive_core::engine::event::Command;
use luvhive_core::person::UiLanguage;

use super::Words;

/// What a command or a button of the menu asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MenuCommand {
    /// `/start`, also with a deep link.
    Start,
    /// Find a partner.
    Find,
    /// Cancel the search.
    CancelSearch,
    /// End this chat and search again.
    Next,
    /// End this chat.
    Stop,
    /// Show the menu.
    Menu,
    /// Show the profile.
    Profile,
    /// Show the settings.
    Settings,
    /// Choose the bot's language.
    Language,
    /// Report the partner.
    Report,
    /// Block the partner.
    Block,
    /// Explain.
    Help,
    /// Show the privacy notice.
    Privacy,
    /// Show the terms.
    Terms,
    /// Delete the account.
    DeleteMe,
    /// Show premium.
    Premium,
    /// Show coins.
    Coins,
    /// Ask the partner to be friends.
    Friend,
    /// Show the link that invites friends.
    Invite,
    /// Help with payments.
    PaySupport,
    /// Say who helps with what.
    Support,
}

impl MenuCommand {
    /// Returns what the engine decides at once; `None` for what a lane answers.
    pub const fn engine_command(self) -> Option<Command> {
        match self {
            Self::Find => Some(Command::Find),
            Self::CancelSearch => Some(Command::CancelSearch),
            Self::Next => Some(Command::Next),
            Self::Stop => Some(Command::Stop),
            Self::Start
            | Self::Menu
            | Self::Profile
            | Self::Settings
            | Self::Language
            | Self::Report
            | Self::Block
            | Self::Help
            | Self::Privacy
            | Self::Terms
            | Self::DeleteMe
            | Self::Premium
            | Self::Coins
            | Self::Friend
            | Self::Invite
            | Self::PaySupport
            | Self::Support => None,
        }
    }
}

/// The menu's buttons: the key of their text, and what they ask for.
pub(crate) const BUTTONS: &[(&str, MenuCommand)] = &[
    ("button-find", MenuCommand::Find),
    ("button-cancel-search", MenuCommand::CancelSearch),
    ("button-next", MenuCommand::Next),
    ("button-stop", MenuCommand::Stop),
    ("button-profile", MenuCommand::Profile),
    ("button-settings", MenuCommand::Settings),
    ("button-report", MenuCommand::Report),
    ("button-block", MenuCommand::Block),
    ("button-premium", MenuCommand::Premium),
    ("button-help", MenuCommand::Help),
];

/// Commands in the order of Telegram's list: name, key of the description if it is listed, what it asks for.
const COMMANDS: &[(&str, Option<&str>, MenuCommand)] = &[
    ("find", Some("command-find"), MenuCommand::Find),
    ("next", Some("command-next"), MenuCommand::Next),
    ("stop", Some("command-stop"), MenuCommand::Stop),
    ("report", Some("command-report"), MenuCommand::Report),
    ("block", Some("command-block"), MenuCommand::Block),
    ("friend", Some("command-friend"), MenuCommand::Friend),
    ("menu", Some("command-menu"), MenuCommand::Menu),
    ("profile", Some("command-profile"), MenuCommand::Profile),
    ("settings", Some("command-settings"), MenuCommand::Settings),
    ("premium", Some("command-premium"), MenuCommand::Premium),
    ("coins", Some("command-coins"), MenuCommand::Coins),
    ("invite", Some("command-invite"), MenuCommand::Invite),
    ("language", Some("command-language"), MenuCommand::Language),
    ("help", Some("command-help"), MenuCommand::Help),
    ("privacy", Some("command-privacy"), MenuCommand::Privacy),
    ("terms", Some("command-terms"), MenuCommand::Terms),
    ("paysupport", Some("command-paysupport"), MenuCommand::PaySupport),
    ("support", Some("command-support"), MenuCommand::Support),
    ("delete_me", Some("command-delete-me"), MenuCommand::DeleteMe),
    ("start", None, MenuCommand::Start),
    ("cancel", None, MenuCommand::CancelSearch),
];

/// Every button's text in every language, without variation selectors.
static BUTTON_TEXTS: LazyLock<Vec<(String, MenuCommand)>> = LazyLock::new(|| {
    let texts =
        |&language: &UiLanguage| BUTTONS.iter().map(move |&(key, command)| (plain(&Words::new(language).text(key)), command));
    UiLanguage::ALL.iter().flat_map(texts).collect()
});

/// Finds what a button of the menu asks for, by its text in any language; `None` for any other text.
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
    COMMANDS.iter().find(|(known, _, _)| *known == name).map(|&(_, _, command)| command)
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

/// Returns the lists for `setMyCommands`: the one for everybody first, then one a language.
pub fn commands() -> Vec<CommandList> {
    let of = |language: UiLanguage| {
        let words = Words::new(language);
        COMMANDS.iter().filter_map(|&(name, key, _)| key.map(|key| (name, words.text(key)))).collect::<Vec<_>>()
    };
    let everybody = CommandList { language: None, commands: of(UiLanguage::English) };
    let each = UiLanguage::ALL.iter().map(|&language| CommandList { language: Some(language), commands: of(language) });
    std::iter::once(everybody).chain(each).collect()
}
