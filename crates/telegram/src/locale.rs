//! The words of the bot: Project Fluent files compiled in, looked up by key and language.
//! Nothing here decides what is said, only how it is spelled.

mod command;
mod country;
mod values;

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use luvhive_core::person::UiLanguage;
use luvhive_core::text::is_direction_mark;
use unic_langid::LanguageIdentifier;

pub use command::{Answers, CommandList, MenuCommand, command_table, commands, menu_command, slash_command};

/// The files of one language, by name.
type Files = &'static [(&'static str, &'static str)];

macro_rules! files {
    ($folder:literal: $($name:literal)+) => {
        &[$(($name, include_str!(concat!("../locales/", $folder, "/", $name, ".ftl")))),+]
    };
}

macro_rules! files_of {
    ($folder:literal) => {
        files!($folder: "about" "chat" "coins" "conduct" "countries" "friends" "icebreakers" "languages" "menu" "premium" "premium_news" "profile" "registration" "settings" "values")
    };
}

const ENGLISH: Files = files_of!("en");
const HINDI: Files = files_of!("hi");

fn files_of(language: UiLanguage) -> Files {
    match language {
        UiLanguage::English => ENGLISH,
        UiLanguage::Hindi => HINDI,
    }
}

type Bundle = FluentBundle<FluentResource>;

/// Built once from the files above, which are part of the program; holds nothing that could change.
static BUNDLES: LazyLock<Vec<(UiLanguage, Bundle)>> =
    LazyLock::new(|| UiLanguage::ALL.iter().map(|&language| (language, bundle_of(language))).collect());

fn bundle_of(language: UiLanguage) -> Bundle {
    // Decides the plural rules; a code of ours always parses.
    let id: LanguageIdentifier = language.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Fluent puts invisible direction marks around every argument. Some of Telegram's clients show them as boxes and
    // they spoil copied text. In left-to-right texts only what people typed can turn the direction, and that is
    // wrapped by `typed`; a right-to-left language has to turn this on.
    bundle.set_use_isolating(is_right_to_left(language));
    for (_, text) in files_of(language) {
        // A test parses every file strictly; here what is readable of a file is used.
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, _errors)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

const fn is_right_to_left(language: UiLanguage) -> bool {
    match language {
        UiLanguage::English | UiLanguage::Hindi => false,
    }
}

/// The words in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    language: UiLanguage,
}

impl Words {
    /// The words of `language`.
    pub(crate) const fn new(language: UiLanguage) -> Self {
        Self { language }
    }

    /// The language.
    pub(crate) const fn language(self) -> UiLanguage {
        self.language
    }

    /// Returns the text of a key.
    pub(crate) fn text(self, key: &str) -> String {
        self.with(key, &[])
    }

    /// Returns the text of a key, with arguments filled in.
    ///
    /// A key that a language lacks is answered in English, an unknown one by the key: tests see to it that there are none.
    pub(crate) fn with(self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        format(self.language, key, None, arguments)
            .or_else(|| format(UiLanguage::English, key, None, arguments))
            .unwrap_or_else(|| key.to_owned())
    }

    /// Returns an attribute of a key's text, if there is one.
    pub(crate) fn attribute(self, key: &str, attribute: &str) -> Option<String> {
        format(self.language, key, Some(attribute), &[])
    }

    /// Joins a list, in the language's way.
    pub(crate) fn list(self, items: impl IntoIterator<Item = String>) -> String {
        let comma = self.text("list-comma");
        items.into_iter().collect::<Vec<_>>().join(&comma)
    }
}

fn format(language: UiLanguage, key: &str, attribute: Option<&str>, arguments: &[(&str, FluentValue<'_>)]) -> Option<String> {
    let (_, bundle) = BUNDLES.iter().find(|(of, _)| *of == language)?;
    let message = bundle.get_message(key)?;
    let pattern = match attribute {
        None => message.value()?,
        Some(name) => message.get_attribute(name)?.value(),
    };
    let arguments: FluentArgs<'_> = arguments.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
    debug_assert!(errors.is_empty(), "text {key} is given the wrong arguments: {errors:?}");
    Some(text)
}

/// Makes text that a person typed safe inside a sentence of ours: if it can turn the direction of writing it is wrapped
/// in invisible marks (FSI … PDI), otherwise it stays as it is.
pub(crate) fn typed(text: &str) -> String {
    if text.chars().any(turns_direction) { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
}

/// Reports letters of right-to-left scripts (Hebrew to Arabic Extended-A, presentation forms, historic ones) and marks.
fn turns_direction(letter: char) -> bool {
    is_direction_mark(letter)
        || matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests;
