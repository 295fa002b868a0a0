//! The promise of the locale files: every language has every text, with the same arguments, and no text is idle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use luvhive_core::chat::{Content, Question, Undelivered};
use luvhive_core::conduct::ReportReason;
use luvhive_core::filter::Filter;
use luvhive_core::person::{Badge, CardPart, Country, Gender, Interest, SpokenLanguage};
use luvhive_core::premium::Plan;
use proptest::prelude::*;

use super::command::{button_texts, buttons};
use super::*;

/// Key → (arguments, whether the text chooses by number), attributes left out.
type Keys = BTreeMap<String, (BTreeSet<String>, bool)>;

/// What is said of a filter.
const FILTER_PARTS: [&str; 4] = ["switch", "on", "off", "wish"];

fn keys_of(language: UiLanguage) -> Keys {
    let mut keys = Keys::new();
    for (name, text) in files_of(language) {
        let resource = fluent_syntax::parser::parse(*text).unwrap_or_else(|(_, errors)| panic!("{language}/{name}: {errors:?}"));
        for entry in &resource.body {
            match entry {
                Entry::Message(message) => {
                    let key = message.id.name.to_owned();
                    let value = message.value.as_ref().unwrap_or_else(|| panic!("{language}/{name}: {key} has no text"));
                    let mut arguments = BTreeSet::new();
                    let mut chooses = false;
                    read_pattern(value, &mut arguments, &mut chooses);
                    let known: &[&str] = if key.starts_with("filter-") { &FILTER_PARTS } else { &["also"] };
                    for attribute in &message.attributes {
                        assert!(known.contains(&attribute.id.name), "{language}/{name}: {key} has an unknown attribute");
                        let mut given = BTreeSet::new();
                        read_pattern(&attribute.value, &mut given, &mut false);
                        assert!(given.is_empty(), "{language}/{name}: {key} has an attribute with arguments");
                    }
                    assert!(keys.insert(key.clone(), (arguments, chooses)).is_none(), "{language}/{name}: {key} stands twice");
                }
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
                Entry::Term(_) | Entry::Junk { .. } => panic!("{language}/{name}: {entry:?}"),
            }
        }
    }
    keys
}

fn read_pattern(pattern: &Pattern<&str>, arguments: &mut BTreeSet<String>, chooses: &mut bool) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            read_expression(expression, arguments, chooses);
        }
    }
}

fn read_expression(expression: &Expression<&str>, arguments: &mut BTreeSet<String>, chooses: &mut bool) {
    match expression {
        Expression::Inline(inline) => read_inline(inline, arguments, chooses),
        Expression::Select { selector, variants } => {
            *chooses = true;
            read_inline(selector, arguments, chooses);
            for variant in variants {
                read_pattern(&variant.value, arguments, chooses);
            }
        }
    }
}

fn read_inline(inline: &InlineExpression<&str>, arguments: &mut BTreeSet<String>, chooses: &mut bool) {
    match inline {
        InlineExpression::VariableReference { id } => {
            arguments.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => read_expression(expression, arguments, chooses),
        InlineExpression::FunctionReference { arguments: CallArguments { positional, .. }, .. } => {
            for inline in positional {
                read_inline(inline, arguments, chooses);
            }
        }
        _ => {}
    }
}

#[test]
fn every_language_has_the_same_texts_with_the_same_arguments() {
    let english = keys_of(UiLanguage::English);
    for &language in UiLanguage::ALL {
        let other = keys_of(language);
        let missing: Vec<_> = english.keys().filter(|key| !other.contains_key(*key)).collect();
        let extra: Vec<_> = other.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(missing.is_empty() && extra.is_empty(), "{language}: missing {missing:?}, extra {extra:?}");
        for (key, (arguments, chooses)) in &english {
            let (their_arguments, their_choice) = &other[key];
            assert_eq!(arguments, their_arguments, "{language}: {key}");
            assert_eq!(chooses, their_choice, "{language}: {key} must choose by number in each language or in none");
        }
    }
}

/// Keys that are put together at run time.
fn families() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    keys.extend(Gender::ALL.iter().flat_map(|gender| [format!("gender-{gender}"), format!("genders-{gender}")]));
    keys.extend(Interest::ALL.iter().map(|interest| format!("interest-{interest}")));
    keys.extend(SpokenLanguage::ALL.iter().map(|language| format!("language-{language}")));
    keys.extend(Country::all().map(|country| format!("country-{country}")));
    keys.extend(Filter::ALL.iter().map(|filter| format!("filter-{filter}")));
    keys.extend(FILTER_PARTS.iter().map(|part| format!("filter-usual-{part}")));
    keys.extend(ReportReason::ALL.iter().flat_map(|reason| [format!("reason-{reason}"), format!("rule-{reason}")]));
    keys.extend((0..luvhive_core::chat::icebreaker::ICEBREAKER_COUNT).map(|index| format!("icebreaker-{index}")));
    keys.extend(CardPart::ALL.iter().map(|part| format!("card-{part}")));
    keys.extend(Badge::ALL.iter().map(|badge| format!("badge-{badge}")));
    keys.extend(Plan::ALL.iter().flat_map(|plan| [format!("plan-{plan}"), format!("invoice-{plan}")]));
    let refused = Content::ALL.iter().filter(|content| !content.is_relayed());
    keys.extend(refused.map(|content| format!("not-relayed-{content}")));
    for content in Content::WITHHOLDABLE {
        let kinds = ["withheld-", "withheld-kind-", "chat-settings-withhold-"];
        keys.extend(kinds.map(|kind| format!("{kind}{content}")));
    }
    keys.extend(
        Question::ALL.iter().filter(|one| !matches!(one, Question::Media | Question::Age)).map(|leak| format!("leak-{leak}")),
    );
    keys.extend(Undelivered::ALL.iter().map(|why| format!("not-relayed-{why}")));
    keys.extend((1..=12).map(|month| format!("month-{month}")));
    keys
}

/// String literals of the program that look like keys, tests left out.
fn literals(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            literals(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            let looks_like_key = |text: &&str| {
                text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            };
            found.extend(source.split('"').filter(looks_like_key).map(str::to_owned));
        }
    }
}

#[test]
fn every_text_is_used_and_every_used_text_is_there() {
    let keys: BTreeSet<String> = keys_of(UiLanguage::English).into_keys().collect();
    let mut used = families();
    let missing: Vec<_> = used.difference(&keys).collect();
    assert!(missing.is_empty(), "texts that are put together but not there: {missing:?}");
    let mut found = BTreeSet::new();
    literals(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    // Keys have a hyphen and start like one of the files' topics.
    let topics: BTreeSet<&str> = keys.iter().filter_map(|key| key.split_once('-').map(|(topic, _)| topic)).collect();
    let is_key_like = |text: &str| !text.ends_with('-') && text.split_once('-').is_some_and(|(topic, _)| topics.contains(topic));
    let hyphened: Vec<_> = found.iter().filter(|text| is_key_like(text) && !keys.contains(*text)).collect();
    assert!(hyphened.is_empty(), "texts asked for but not there: {hyphened:?}");
    used.extend(found);
    let idle: Vec<_> = keys.difference(&used).collect();
    assert!(idle.is_empty(), "texts that nothing asks for: {idle:?}");
}

#[test]
fn texts_hold_no_invisible_marks_and_no_stray_white_space() {
    for &language in UiLanguage::ALL {
        for (name, text) in files_of(language) {
            let odd = |c: char| matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\t');
            assert!(!text.contains(odd), "{language}/{name}");
            assert!(!text.lines().any(|line| line.ends_with(' ')), "{language}/{name} has white space at a line's end");
        }
    }
}

#[test]
fn commands_keep_telegrams_limits() {
    let lists = commands();
    assert_eq!(
        lists.iter().map(|list| list.language).collect::<Vec<_>>(),
        [None, Some(UiLanguage::English), Some(UiLanguage::Hindi)]
    );
    for list in lists {
        assert!(!list.commands.is_empty() && list.commands.len() <= 100);
        for (name, description) in list.commands {
            assert!(
                (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            );
            assert!((1..=256).contains(&description.chars().count()), "{name}");
            assert!(slash_command(&format!("/{name}"), "").is_some(), "{name}");
        }
    }
}

#[test]
fn menu_buttons_are_understood_in_every_language_and_differ() {
    let mut texts = BTreeSet::new();
    for &language in UiLanguage::ALL {
        for (key, command) in buttons() {
            let text = Words::new(language).text(key);
            assert_eq!(menu_command(&text), Some(command));
            assert_eq!(menu_command(&text.replace('\u{fe0f}', "")), Some(command));
            assert!(texts.insert(text.clone()), "{text} stands for two things");
        }
    }
    for text in ["", "find a partner", "Help", "hello", "🔎"] {
        assert_eq!(menu_command(text), None, "{text}");
    }
}

#[test]
fn a_button_that_is_renamed_leaves_its_old_text_in_the_list() {
    let todays: BTreeSet<(&str, String)> = UiLanguage::ALL
        .iter()
        .flat_map(|&language| buttons().map(move |(key, _)| (key, Words::new(language).text(key))))
        .collect();
    let in_use: BTreeSet<(&str, String)> =
        button_texts().filter(|known| known.retired.is_none()).map(|known| (known.key, known.text.to_owned())).collect();
    let help = "locales/buttons.txt lists every text a button has or had; it says how to change it";
    assert_eq!(todays, in_use, "{help}");
    for known in button_texts() {
        let command = buttons().find(|(key, _)| *key == known.key).map(|(_, command)| command);
        assert!(command.is_some(), "{}: {help}", known.key);
        assert_eq!(menu_command(known.text), command, "{} means something else today", known.text);
        if let Some(day) = known.retired {
            assert!(day.parse::<chrono::NaiveDate>().is_ok(), "{day} is no day");
        }
    }
}

/// A mark of every line of the list, so that none goes unseen: add that of a new line. That of an old one may go with its
/// line, when the line was retired more than a year ago.
const MARKS: &[u32] = &[
    0x6cb2_4978,
    0x1878_1585,
    0x7af7_6da2,
    0x72db_fd9c,
    0x947e_fc40,
    0xc2fc_0300,
    0xd824_2dba,
    0x0b78_d1ab,
    0xb3ef_51d7,
    0x110f_7c60,
    0x5199_45fc,
    0x3809_0ce8,
    0xa1c1_a8d1,
    0x5c06_8a8d,
    0x8aea_4c4c,
    0xb7e5_3bfb,
    0xa9c5_a1c4,
    0x7974_ec77,
    0x8331_b815,
    0x4690_17cb,
];

#[test]
fn no_text_of_a_button_leaves_the_list_unseen() {
    // FNV-1a over the key and the text: retiring a text does not change it.
    let mark = |known: super::command::ButtonText| {
        let bytes = known.key.bytes().chain([b' ']).chain(known.text.bytes());
        bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    };
    let listed: Vec<u32> = button_texts().map(mark).collect();
    let gone: Vec<_> = MARKS.iter().filter(|mark| !listed.contains(mark)).collect();
    assert!(gone.is_empty(), "a line is gone, and keyboards may still show its text for a year after its day: {gone:#010x?}");
    let new: Vec<_> = listed.iter().filter(|mark| !MARKS.contains(mark)).collect();
    assert!(new.is_empty(), "the mark of a new line is missing here: {new:#010x?}");
}

#[test]
fn commands_are_read_with_arguments_and_bot_names() {
    for (text, expected) in [
        ("/next", Some(MenuCommand::Next)),
        ("/NEXT", Some(MenuCommand::Next)),
        ("/next@LuvHiveBot", Some(MenuCommand::Next)),
        ("/start ref_abc", Some(MenuCommand::Start)),
        (" /stop now", Some(MenuCommand::Stop)),
        ("/cancel", Some(MenuCommand::CancelSearch)),
        ("/delete_me", Some(MenuCommand::DeleteMe)),
        ("next", None),
        ("/", None),
        ("/ next", None),
        ("/nextt", None),
        ("", None),
    ] {
        assert_eq!(slash_command(text, ""), expected, "{text}");
    }
}

#[test]
fn plurals_follow_the_number() {
    let wait = |language, minutes: i32| Words::new(language).with("searching-usual", &[("minutes", minutes.into())]);
    assert_eq!(wait(UiLanguage::English, 0), "It usually takes less than a minute.");
    assert_eq!(wait(UiLanguage::English, 1), "It usually takes about a minute.");
    assert_eq!(wait(UiLanguage::English, 2), "It usually takes about 2 minutes.");
    assert_eq!(wait(UiLanguage::Hindi, 0), "आम तौर पर एक मिनट से कम लगता है।");
    assert_eq!(wait(UiLanguage::Hindi, 1), "आम तौर पर लगभग एक मिनट लगता है।");
    assert_eq!(wait(UiLanguage::Hindi, 5), "आम तौर पर लगभग 5 मिनट लगते हैं।");
}

#[test]
fn only_typed_text_that_can_turn_the_direction_is_wrapped() {
    for plain in ["Pune", "मुंबई", "São Paulo", "東京", "🙂"] {
        assert_eq!(typed(plain), plain);
    }
    assert_eq!(typed("תל אביב"), "\u{2068}תל אביב\u{2069}");
    assert_eq!(typed("الرياض"), "\u{2068}الرياض\u{2069}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn reading_words_never_panics(text in ".{0,60}") {
        let _ = (menu_command(&text), slash_command(&text, ""), typed(&text));
        for &language in UiLanguage::ALL {
            let found = Words::new(language).find_countries(&text, 8);
            prop_assert!(found.len() <= 8);
        }
    }
}
