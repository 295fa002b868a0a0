//! Merges the layers of settings, remembers where each value came from and collects every fault on the way.
//!
//! Serde stops at the first wrong value; an operator who sets up a server wants to read all of them at once.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use config::{Environment, File, FileFormat, Source, Value, ValueKind};

use crate::form::{Form, Kind, Variables};
use crate::table::{Row, rows, variable_of};

const DEFAULTS: &str = include_str!("../../../config/default.toml");

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

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `config/default.toml`, which is compiled in.
    Default,
    /// The file that `LUVHIVE_CONFIG` names.
    File(String),
    /// The variable `LUVHIVE__SECTION__KEY`.
    Variable(String),
    /// The variable that is its short name.
    Alias(String),
    /// A file with the secret alone, by what names it: a variable, or `$CREDENTIALS_DIRECTORY/NAME`.
    SecretFile(String),
}

impl Origin {
    /// Names the file or variable, unless it is the default.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Default => None,
            Self::File(name) | Self::Variable(name) | Self::Alias(name) | Self::SecretFile(name) => Some(name),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {path}"),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::Alias(name) => write!(f, "variable {name}, the short name"),
            Self::SecretFile(name) => write!(f, "secret's file {name}"),
        }
    }
}

/// A setting as `luvhive check-config` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its key.
    pub key: String,
    /// Its value as text; a secret's is `***`.
    pub value: String,
    /// Whether that is a number, which TOML writes without quotes.
    pub is_number: bool,
    /// Where the value came from.
    pub origin: Origin,
}

impl fmt::Display for Shown {
    /// Formats as a line of TOML.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, value, is_number, origin } = self;
        if *is_number { write!(f, "{key} = {value}  # {origin}") } else { write!(f, "{key} = {value:?}  # {origin}") }
    }
}

/// A text that is not checked yet.
struct Given {
    text: String,
    origin: Origin,
}

/// The merged layers, and the faults found so far.
pub(crate) struct Reader<'a> {
    rows: Vec<Row>,
    values: BTreeMap<String, Given>,
    environment: &'a Variables,
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    /// Merges the compiled-in file, the file named by `LUVHIVE_CONFIG`, the environment, short names and secrets' files.
    pub(crate) fn new(environment: &'a Variables) -> Self {
        let defaults = defaults().into_iter().map(|(key, text)| (key, Given { text, origin: Origin::Default }));
        let mut reader = Self { rows: rows(), values: defaults.collect(), environment, faults: Vec::new() };
        if let Some(path) = environment.get("LUVHIVE_CONFIG").filter(|path| !path.is_empty()) {
            match flatten(&File::new(path, FileFormat::Toml)) {
                Ok(values) => reader.lay(values, |_| Origin::File(path.clone())),
                Err(error) => {
                    let problem = format!("the file cannot be used ({error})");
                    let remedy = "name a readable TOML file with the keys of config/default.toml";
                    reader.fault("LUVHIVE_CONFIG", &problem, remedy);
                }
            }
        }
        let variables = Environment::with_prefix("LUVHIVE").prefix_separator("__").separator("__");
        let ours = environment.clone().into_iter().collect();
        // It has no errors of its own.
        let variables = flatten(&variables.try_parsing(false).ignore_empty(true).source(Some(ours))).unwrap_or_default();
        reader.lay(variables, |key| Origin::Variable(variable_of(key)));
        reader.note_misspelt();
        for row in reader.rows.clone() {
            let Some(name) = row.alias else { continue };
            if let Some(value) = environment.get(name).filter(|value| !value.is_empty()) {
                let given = Given { text: value.clone(), origin: Origin::Alias(name.to_owned()) };
                reader.values.insert(row.key.to_owned(), given);
            }
            if matches!(row.kind, Kind::Secret(_)) {
                reader.read_secret(name, row.key);
            }
        }
        reader
    }

    /// Lays values over those that are there; a key that is not known is a fault.
    fn lay(&mut self, values: BTreeMap<String, String>, origin: impl Fn(&str) -> Origin) {
        for (key, text) in values {
            let origin = origin(&key);
            if let Some(given) = self.values.get_mut(&key) {
                *given = Given { text, origin };
                continue;
            }
            let is_in = |known: &&String| known.strip_prefix(&key).is_some_and(|rest| rest.starts_with('.'));
            let (problem, remedy) = match (self.values.keys().find(is_in), nearest(&key, self.values.keys())) {
                (Some(inner), _) => ("this is a section, not a setting", format!("name a setting in it, such as {inner};")),
                (None, Some(near)) => ("no such setting", format!("did you mean {near}?")),
                (None, None) => ("no such setting", "remove it;".to_owned()),
            };
            self.fault_from(&key, &origin, (problem, &format!("{remedy} `luvhive check-config` lists every key")));
        }
    }

    /// Notes variables that look like settings but have too few underscores: nobody would read them.
    fn note_misspelt(&mut self) {
        let letters = |name: &str| name.replace('_', "").to_uppercase();
        let is_ours = |name: &str| {
            let name = name.to_uppercase();
            let is_alias = self.rows.iter().any(|row| row.alias == Some(&name));
            name.starts_with("LUVHIVE_") && !name.starts_with("LUVHIVE__") && !is_alias
        };
        let mut faults = Vec::new();
        for (name, _) in self.environment.iter().filter(|(name, value)| is_ours(name) && !value.is_empty()) {
            match self.rows.iter().map(Row::variable).find(|variable| letters(variable) == letters(name)) {
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
    fn read_secret(&mut self, name: &str, key: &str) {
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
        let read = std::fs::read_to_string(&path);
        if let Some(given) = self.values.get_mut(key) {
            given.origin = Origin::SecretFile(source);
            if let Ok(text) = &read {
                text.trim().clone_into(&mut given.text);
            }
        }
        if let Err(error) = read {
            let problem = format!("the file cannot be read ({})", error.kind());
            self.fault(key, &problem, "name a readable file with the secret alone");
        }
    }

    /// Notes a fault of a key, naming the file or variable that set it.
    pub(crate) fn fault(&mut self, key: &str, problem: &str, remedy: &str) {
        let origin = self.values.get(key).map_or(Origin::Default, |given| given.origin.clone());
        self.fault_from(key, &origin, (problem, remedy));
    }

    fn fault_from(&mut self, key: &str, origin: &Origin, (problem, remedy): (&str, &str)) {
        let key = origin.name().map_or_else(|| key.to_owned(), |name| format!("{key} (from {name})"));
        self.faults.push(Fault { key, problem: problem.to_owned(), remedy: remedy.to_owned() });
    }

    /// Returns a text, trimmed; `None` if it is not set.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|given| given.text.trim()).filter(|text| !text.is_empty())
    }

    /// Names what a key takes.
    pub(crate) fn words(&self, key: &str) -> String {
        self.rows.iter().find(|row| row.key == key).map(|row| row.kind.words()).unwrap_or_default()
    }

    /// Returns a setting's value; `None` after a fault.
    pub(crate) fn value<F: Form>(&mut self, key: &str, form: &F) -> Option<F::Value> {
        let Some(text) = self.text(key).map(str::to_owned) else {
            let unset = form.unset(self.environment);
            if unset.is_none() {
                let (_, remedy) = form.kind().refuse("");
                self.fault(key, "it is not set", &remedy);
            }
            return unset;
        };
        let value = form.parse(&text);
        if value.is_none() {
            let (problem, remedy) = form.kind().refuse(&text);
            self.fault(key, &problem, &remedy);
        }
        value
    }

    /// Returns all values by key, secrets as `***`, and the faults.
    pub(crate) fn finish(self) -> (Vec<Shown>, Vec<Fault>) {
        let kind_of = |key: &str| self.rows.iter().find(|row| row.key == key).map(|row| &row.kind);
        let show = |(key, given): (String, Given)| {
            let is_secret = matches!(kind_of(&key), Some(Kind::Secret(_)));
            let value = if is_secret && !given.text.is_empty() { "***".to_owned() } else { given.text };
            let is_number = matches!(kind_of(&key), Some(Kind::Whole { .. }));
            Shown { key, value, is_number, origin: given.origin }
        };
        (self.values.into_iter().map(show).collect(), self.faults)
    }
}

/// The compiled-in values by key.
pub fn defaults() -> BTreeMap<String, String> {
    // A test reads every row out of it.
    flatten(&File::from_str(DEFAULTS, FileFormat::Toml)).unwrap_or_default()
}

fn flatten(source: &impl Source) -> Result<BTreeMap<String, String>, config::ConfigError> {
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
    for (key, value) in source.collect()? {
        walk(&key, value, &mut flat);
    }
    Ok(flat)
}

/// Finds the known key that is most like `key`, if it is like it at all.
fn nearest<'k>(key: &str, known: impl Iterator<Item = &'k String>) -> Option<&'k str> {
    let likeness = |other: &str| strsim::normalized_damerau_levenshtein(key, other);
    let best = known.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(best) >= 0.7).then_some(best.as_str())
}
