//! Reads settings out of their layers and collects every fault on the way.
//!
//! Serde stops at the first wrong value; whoever sets up a server wants to read all of them at once.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use config::{Config, Environment, File, FileFormat, Source as _, Value, ValueKind};

const DEFAULTS: &str = include_str!("../../../config/default.toml");
/// Short names of keys; they win over every other way to set them.
const ALIASES: [(&str, &str); 6] = [
    ("BOT_TOKEN", "telegram.token"),
    ("DATABASE_URL", "database.url"),
    ("RUN_MODE", "telegram.run_mode"),
    ("EXTERNAL_URL", "webhook.external_url"),
    ("LUVHIVE_DATA_DIR", "data_dir"),
    ("LUVHIVE_SUBJECT_KEY", "subject.key"),
];
const SECRETS: [&str; 3] = ["telegram.token", "database.url", "subject.key"];

/// One thing that is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The key, or the name of the file or variable that holds it.
    pub key: String,
    /// What is wrong with it; never the value of a secret.
    pub problem: String,
    /// The form it must have, and what to do.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.key, self.problem, self.remedy)
    }
}

/// The merged layers, and the faults found so far.
pub(super) struct Reader<'a> {
    values: BTreeMap<String, String>,
    environment: &'a BTreeMap<String, String>,
    /// Secrets that were read from files, and which.
    files: BTreeMap<&'static str, String>,
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    /// Merges the compiled-in file, the file named by `LUVHIVE_CONFIG` and the environment.
    pub(super) fn new(environment: &'a BTreeMap<String, String>) -> Self {
        let known = flatten(Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml)));
        let mut reader = Self { values: known.unwrap_or_default(), environment, files: BTreeMap::new(), faults: Vec::new() };
        let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some(path) = environment.get("LUVHIVE_CONFIG").filter(|path| !path.is_empty()) {
            builder = builder.add_source(File::new(path, FileFormat::Toml));
        }
        let ours = environment.clone().into_iter().collect();
        builder = builder.add_source(
            Environment::with_prefix("LUVHIVE")
                .prefix_separator("__")
                .separator("__")
                .try_parsing(false)
                .ignore_empty(true)
                .source(Some(ours)),
        );
        match flatten(builder) {
            Ok(values) => {
                let unknown: Vec<_> = values.keys().filter(|key| !reader.values.contains_key(*key)).cloned().collect();
                for key in unknown {
                    let remedy = match nearest(&key, reader.values.keys()) {
                        Some(near) => format!("did you mean {near}? `luvhive check-config` lists every key"),
                        None => "remove it; `luvhive check-config` lists every key".to_owned(),
                    };
                    reader.fault(&key, "no such setting", &remedy);
                }
                reader.values = values;
            }
            Err(error) => {
                let problem = format!("the file cannot be used ({error})");
                reader.fault("LUVHIVE_CONFIG", &problem, "name a readable TOML file with the keys of config/default.toml");
            }
        }
        reader.note_misspelt();
        for (name, key) in ALIASES {
            if let Some(value) = environment.get(name).filter(|value| !value.is_empty()) {
                reader.values.insert(key.to_owned(), value.clone());
            }
            if SECRETS.contains(&key) {
                reader.read_secret(name, key);
            }
        }
        reader
    }

    /// Notes variables that look like settings but have too few underscores: nobody would read them.
    fn note_misspelt(&mut self) {
        let letters = |name: &str| name.replace('_', "").to_uppercase();
        let is_ours = |name: &str| {
            let name = name.to_uppercase();
            name.starts_with("LUVHIVE_") && !name.starts_with("LUVHIVE__") && !ALIASES.iter().any(|(alias, _)| *alias == name)
        };
        let mut faults = Vec::new();
        for (name, _) in self.environment.iter().filter(|(name, value)| is_ours(name) && !value.is_empty()) {
            let meant = self.values.keys().map(|key| variable_of(key)).find(|variable| letters(variable) == letters(name));
            match meant {
                Some(variable) => faults.push((name, format!("did you mean {variable}?"))),
                None if name.contains("__") => faults.push((name, "settings begin with LUVHIVE__;".to_owned())),
                None => {}
            }
        }
        for (name, remedy) in faults {
            self.fault(name, "no such variable", &format!("{remedy} `luvhive check-config` lists every key"));
        }
    }

    /// Takes a secret from the file that `<name>_FILE` names, or, where nothing else sets it, from the file of this name in
    /// `$CREDENTIALS_DIRECTORY`, which systemd fills.
    fn read_secret(&mut self, name: &str, key: &'static str) {
        let set = |name: &str| self.environment.get(name).filter(|value| !value.is_empty());
        let named = format!("{name}_FILE");
        let (source, path) = match (set(&named), set("CREDENTIALS_DIRECTORY"), set(name)) {
            (Some(_), _, Some(_)) => {
                let remedy = format!("unset {name} or {named}");
                return self.fault(key, &format!("{name} and {named} are both set"), &remedy);
            }
            (Some(path), ..) => (named, PathBuf::from(path)),
            (None, Some(folder), None) => {
                let path = Path::new(folder).join(name);
                if !path.is_file() {
                    return;
                }
                (format!("$CREDENTIALS_DIRECTORY/{name}"), path)
            }
            (None, ..) => return,
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                self.values.insert(key.to_owned(), text.trim().to_owned());
                self.files.insert(key, source);
            }
            Err(error) => {
                self.files.insert(key, source);
                self.fault(
                    key,
                    &format!("the file cannot be read ({})", error.kind()),
                    "name a readable file with the secret alone",
                );
            }
        }
    }

    /// Notes a fault of a key, naming the variable that set it.
    pub(super) fn fault(&mut self, key: &str, problem: &str, remedy: &str) {
        let variable = variable_of(key);
        let alias = ALIASES.iter().find(|(_, of)| *of == key).map(|(name, _)| (*name).to_owned());
        let set = |name: &String| self.environment.get(name).is_some_and(|value| !value.is_empty());
        let file = self.files.get(key).cloned();
        let key = match file.or(alias.filter(set)).or(Some(variable).filter(set)) {
            Some(name) => format!("{key} (from {name})"),
            None => key.to_owned(),
        };
        self.faults.push(Fault { key, problem: problem.to_owned(), remedy: remedy.to_owned() });
    }

    /// Returns a text, trimmed; `None` if it is not set.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.values.get(key).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// Returns a whole number of the range, its lower end after a fault.
    pub(super) fn number(&mut self, key: &str, range: RangeInclusive<u32>) -> u32 {
        let text = self.text(key).unwrap_or_default();
        if let Some(number) = text.parse().ok().filter(|number| range.contains(number)) {
            return number;
        }
        let form = format!("give a whole number from {} to {}", range.start(), range.end());
        self.fault(key, &format!("{text:?} is not possible"), &form);
        *range.start()
    }

    /// Returns what `parse` makes of a text; notes a fault if that is nothing.
    pub(super) fn parsed<T>(&mut self, key: &str, form: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(key)?;
        let value = parse(&text);
        if value.is_none() {
            let shown = if SECRETS.contains(&key) { "the value".to_owned() } else { format!("{text:?}") };
            self.fault(key, &format!("{shown} has the wrong form"), &format!("expected {form}"));
        }
        value
    }

    /// Returns all values as `key = "value"` lines by key, secrets as `***`, and the faults.
    pub(super) fn finish(self) -> (Vec<String>, Vec<Fault>) {
        let line = |(key, value): (String, String)| {
            let is_secret = SECRETS.contains(&key.as_str()) && !value.is_empty();
            format!("{key} = {:?}", if is_secret { "***" } else { &value })
        };
        (self.values.into_iter().map(line).collect(), self.faults)
    }
}

/// The variable that sets a key.
fn variable_of(key: &str) -> String {
    format!("LUVHIVE__{}", key.replace('.', "__").to_uppercase())
}

fn flatten(
    builder: config::ConfigBuilder<config::builder::DefaultState>,
) -> Result<BTreeMap<String, String>, config::ConfigError> {
    fn walk(prefix: &str, value: Value, into: &mut BTreeMap<String, String>) {
        match value.kind {
            ValueKind::Table(table) => {
                for (key, value) in table {
                    let path = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
                    walk(&path, value, into);
                }
            }
            kind => {
                into.insert(prefix.to_owned(), kind.to_string());
            }
        }
    }
    let mut flat = BTreeMap::new();
    for (key, value) in builder.build()?.collect()? {
        walk(&key, value, &mut flat);
    }
    Ok(flat)
}

/// Finds the known key that shares the longest beginning and end with `key`, if they make up most of it.
fn nearest<'k>(key: &str, known: impl Iterator<Item = &'k String>) -> Option<&'k str> {
    let shared = |other: &str| {
        let head = key.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
        let tail = key.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b).count();
        (head + tail).min(key.chars().count()).min(other.chars().count())
    };
    let best = known.max_by_key(|other| shared(other))?;
    (shared(best) * 4 >= best.chars().count() * 3).then_some(best.as_str())
}
