//! The forms a setting can have: which texts it takes, and which value of its final type a text means.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::place;

/// Which texts a setting takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number of a range.
    Whole {
        /// The least one.
        least: String,
        /// The greatest one.
        most: String,
    },
    /// One of these words.
    OneOf(Vec<&'static str>),
    /// A text of this form.
    Text(&'static str),
    /// A text of this form that must not be shown.
    Secret(&'static str),
}

impl Kind {
    /// Names what it takes, such as "a whole number from 1 to 64".
    pub fn words(&self) -> String {
        match self {
            Self::Whole { least, most } => format!("a whole number from {least} to {most}"),
            Self::OneOf(words) => match words.as_slice() {
                [head @ .., last] if !head.is_empty() => format!("{} or {last}", head.join(", ")),
                words => words.concat(),
            },
            Self::Text(form) | Self::Secret(form) => (*form).to_owned(),
        }
    }

    /// Says what is wrong with a text that it does not take, and what to do.
    pub(crate) fn refuse(&self, text: &str) -> (String, String) {
        let shown = if matches!(self, Self::Secret(_)) { "the value".to_owned() } else { format!("{text:?}") };
        match self {
            Self::Whole { .. } => (format!("{shown} is not possible"), format!("give {}", self.words())),
            _ => (format!("{shown} has the wrong form"), format!("expected {}", self.words())),
        }
    }
}

/// The variables of the environment.
pub(crate) type Variables = BTreeMap<String, String>;

/// How a setting's text becomes its value.
pub(crate) trait Form {
    /// The final type.
    type Value;

    /// Which texts it takes.
    fn kind(&self) -> Kind;

    /// Reads a text that is not empty; `None` unless it is one of them.
    fn parse(&self, text: &str) -> Option<Self::Value>;

    /// The value of a setting that is left empty; `None` = it must be set.
    fn unset(&self, _environment: &Variables) -> Option<Self::Value> {
        None
    }

    /// Reports whether the setting may be left empty.
    fn may_be_unset(&self) -> bool {
        self.unset(&Variables::new()).is_some()
    }
}

/// A whole number of the range.
pub(crate) struct Number<N>(pub(crate) RangeInclusive<N>);

impl<N: Display + FromStr + PartialOrd> Form for Number<N> {
    type Value = N;

    fn kind(&self) -> Kind {
        Kind::Whole { least: self.0.start().to_string(), most: self.0.end().to_string() }
    }

    fn parse(&self, text: &str) -> Option<N> {
        text.parse().ok().filter(|number| self.0.contains(number))
    }
}

/// A whole number of seconds; the key ends in `_s`.
pub(crate) struct Seconds(pub(crate) RangeInclusive<u64>);

impl Form for Seconds {
    type Value = Duration;

    fn kind(&self) -> Kind {
        Number(self.0.clone()).kind()
    }

    fn parse(&self, text: &str) -> Option<Duration> {
        Number(self.0.clone()).parse(text).map(Duration::from_secs)
    }
}

/// A whole number of hours; the key ends in `_h`.
pub(crate) struct Hours(pub(crate) RangeInclusive<u64>);

impl Form for Hours {
    type Value = Duration;

    fn kind(&self) -> Kind {
        Number(self.0.clone()).kind()
    }

    fn parse(&self, text: &str) -> Option<Duration> {
        Number(self.0.clone()).parse(text).map(Duration::from_hours)
    }
}

/// A whole number of milliseconds; the key ends in `_ms`.
pub(crate) struct Millis(pub(crate) RangeInclusive<u64>);

impl Form for Millis {
    type Value = Duration;

    fn kind(&self) -> Kind {
        Number(self.0.clone()).kind()
    }

    fn parse(&self, text: &str) -> Option<Duration> {
        Number(self.0.clone()).parse(text).map(Duration::from_millis)
    }
}

/// One of these words, each with what it means.
pub(crate) struct Choice<T: 'static>(pub(crate) &'static [(&'static str, T)]);

impl<T: Copy> Form for Choice<T> {
    type Value = T;

    fn kind(&self) -> Kind {
        Kind::OneOf(self.0.iter().map(|(word, _)| *word).collect())
    }

    fn parse(&self, text: &str) -> Option<T> {
        self.0.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning)
    }
}

/// A text of the form that `kind` describes and `parse` reads.
pub(crate) struct Typed<T> {
    kind: Kind,
    parse: fn(&str) -> Option<T>,
}

impl<T> Typed<T> {
    /// A text that may be shown.
    pub(crate) const fn new(form: &'static str, parse: fn(&str) -> Option<T>) -> Self {
        Self { kind: Kind::Text(form), parse }
    }

    /// A text that must not be shown.
    pub(crate) const fn secret(form: &'static str, parse: fn(&str) -> Option<T>) -> Self {
        Self { kind: Kind::Secret(form), parse }
    }
}

impl<T> Form for Typed<T> {
    type Value = T;

    fn kind(&self) -> Kind {
        self.kind.clone()
    }

    fn parse(&self, text: &str) -> Option<T> {
        (self.parse)(text)
    }
}

/// A setting that may be left empty: `None` then.
pub(crate) struct Optional<F>(pub(crate) F);

impl<F: Form> Form for Optional<F> {
    type Value = Option<F::Value>;

    fn kind(&self) -> Kind {
        self.0.kind()
    }

    fn parse(&self, text: &str) -> Option<Self::Value> {
        self.0.parse(text).map(Some)
    }

    fn unset(&self, _environment: &Variables) -> Option<Self::Value> {
        Some(None)
    }
}

/// A text that may be empty.
pub(crate) struct OrEmpty<F>(pub(crate) F);

impl<F: Form<Value = String>> Form for OrEmpty<F> {
    type Value = String;

    fn kind(&self) -> Kind {
        self.0.kind()
    }

    fn parse(&self, text: &str) -> Option<String> {
        self.0.parse(text)
    }

    fn unset(&self, _environment: &Variables) -> Option<String> {
        Some(String::new())
    }
}

/// A list that may be empty.
pub(crate) struct OrNone<F>(pub(crate) F);

impl<T, F: Form<Value = Vec<T>>> Form for OrNone<F> {
    type Value = Vec<T>;

    fn kind(&self) -> Kind {
        self.0.kind()
    }

    fn parse(&self, text: &str) -> Option<Vec<T>> {
        self.0.parse(text)
    }

    fn unset(&self, _environment: &Variables) -> Option<Vec<T>> {
        Some(Vec::new())
    }
}

/// The data directory, which has a place even when nobody names one.
pub(crate) struct Folder;

impl Form for Folder {
    type Value = PathBuf;

    fn kind(&self) -> Kind {
        Kind::Text("a folder")
    }

    fn parse(&self, text: &str) -> Option<PathBuf> {
        Some(place::absolute_of(PathBuf::from(text)))
    }

    fn unset(&self, environment: &Variables) -> Option<PathBuf> {
        Some(place::data_dir(environment))
    }
}
