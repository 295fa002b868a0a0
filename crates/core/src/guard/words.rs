//! The guard's word lists: one file per language in `crates/core/words`, compiled in, read once.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::folded;

/// The lists of all languages, with their language code.
pub(super) const FILES: [(&str, &str); 9] = [
    ("all", include_str!("../../words/all.txt")),
    ("en", include_str!("../../words/en.txt")),
    ("hi", include_str!("../../words/hi.txt")),
    ("es", include_str!("../../words/es.txt")),
    ("pt", include_str!("../../words/pt.txt")),
    ("ru", include_str!("../../words/ru.txt")),
    ("uk", include_str!("../../words/uk.txt")),
    ("id", include_str!("../../words/id.txt")),
    ("ar", include_str!("../../words/ar.txt")),
];

/// What a word means to the guard: a set of sections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Means(u128);

impl Means {
    /// Nothing.
    pub(super) const NOTHING: Self = Self(0);

    /// Reports whether the two share a section.
    pub(super) const fn is(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Names the sections of the lists. `AT = "at";` becomes `Means::AT`, a bit, and the section `[at]`.
macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident $bit:literal = $section:literal;)+) => {
        impl Means {
            $($(#[$doc])* pub(super) const $name: Self = Self(1 << $bit);)+
        }
        /// Each section of the lists with what it means.
        pub(super) const SECTIONS: &[(&str, Means)] = &[$(($section, Means::$name)),+];
    };
}

sections! {
    /// A number: `seven = 7`.
    NUMBER 0 = "number";
    /// Says "at" in an address.
    AT 1 = "at";
    /// Says "dot".
    DOT 2 = "dot";
    /// Says "slash".
    SLASH 3 = "slash";
    /// Says "underscore" or "dash".
    UNDERSCORE 4 = "underscore";
    /// An ending of addresses.
    ENDING 5 = "ending";
    /// An ending that is also an everyday word: it counts before a slash.
    SHORT_ENDING 6 = "short ending";
    /// A service where people have names.
    SERVICE 7 = "service";
    /// A word that is a service only beside a name.
    MAYBE_SERVICE 8 = "maybe service";
    /// Where mail is kept.
    MAIL_HOST 9 = "mail host";
    /// Says "e-mail".
    MAIL 10 = "mail";
    /// Says "name of an account".
    HANDLE 11 = "handle";
    /// Says "look for me".
    FIND 12 = "find";
    /// Says "telephone number", "call".
    PHONE 13 = "phone";
    /// Stands between the parts of a number.
    THEN 14 = "then";
    /// Numbers of something else: orders, flights.
    NO_PHONE 15 = "no phone";
    /// An everyday word, no name of an account.
    COMMON 16 = "common";
    /// Stands between a service and a name: "is", "me", "id".
    LINK 17 = "link";
    /// Words of file names that name nobody.
    FILE 18 = "file";
    /// A site's or a product's name that looks like an address and names nobody.
    NOBODY 19 = "nobody";
    /// What a number counts when it is no telephone number: people, money.
    COUNTED 20 = "counted";

    /// Says "I am", "I have" before an age.
    ME 21 = "me";
    /// Says "my age".
    AGE 22 = "age";
    /// Says "years".
    YEARS 23 = "years";
    /// Says girl, boy, m, f.
    TAG 24 = "tag";
    /// May follow an age: "btw", "and", "here".
    AFTER 25 = "after";
    /// May stand between "I am" and an age: "only", "almost".
    BEFORE 26 = "before";
    /// Says "turned", "will be".
    TURN 27 = "turn";
    /// Somebody or something else, whose age it is.
    OTHER 28 = "other";
    /// The reader.
    YOU 29 = "you";
    /// The past, a wish, a likeness, a condition.
    UNREAL 30 = "unreal";
    /// Says "not".
    NOT 31 = "not";
    /// Says "yet", "still", "until".
    YET 32 = "yet";
    /// Says "joking", "really", "lied".
    TRUTH 33 = "truth";
    /// A minor.
    MINOR 34 = "minor";
    /// Says "of age".
    ADULT 35 = "adult";
    /// A school's year: "grade".
    GRADE 36 = "grade";
    /// Which year of school: `ninth = 9`.
    ORDINAL 37 = "ordinal";
    /// A school before adulthood.
    SCHOOL 38 = "school";
    /// Work at a school, or having a child there.
    STAFF 39 = "staff";
    /// Says "born".
    BORN 40 = "born";
    /// Says "under", "less than".
    UNDER 41 = "under";
    /// Says "missing until", "in ... years".
    UNTIL 42 = "until";
    /// A whole phrase that claims to be a minor.
    CLAIM 43 = "claim";
    /// A whole phrase beside which nothing is a claim.
    NO_CLAIM 44 = "no claim";
    /// Says "I", "my" anywhere in the sentence.
    MINE 45 = "mine";
    /// Somebody says it, and it is quoted.
    SAYS 46 = "says";
    /// University and other grown-up schooling.
    COLLEGE 47 = "college";
    /// A birthday's ordinal or a young age as one word: "sixteenth", "quinceañera".
    BIRTHDAY 48 = "birthday";
    /// Lessons, tests, teachers: what a pupil has.
    LESSON 49 = "lesson";
    /// Begins another thought: "but".
    BUT 50 = "but";
    /// A greeting, before an introduction.
    HELLO 51 = "hello";
    /// Stands between an age and "I am" behind it, or before a year of birth: "of".
    OF 52 = "of";
    /// "I am" where it stands behind the age.
    ME_LAST 53 = "me last";
    /// What begins like an introduction and is none: days, places on a list.
    PLACE 54 = "place";
    /// "That is my age", of a number said before.
    THAT_AGE 55 = "that age";
    /// Says "small", "young".
    YOUNG 56 = "young";
    /// Minutes, weeks.
    DURATION 57 = "duration";
    /// Says "if".
    IF 58 = "if";
    /// Says when: "yesterday", "next week".
    WHEN 60 = "when";
    /// Parents.
    MOM 61 = "mom";
    /// Says "here", or how one addresses the reader.
    HERE 62 = "here";
    /// Says "already", "ago".
    ALREADY 63 = "already";
    /// Says "I go to", before a year of school.
    STUDY 59 = "study";
    /// Joins another thought: "and".
    AND 64 = "and";
    /// What a number beside it is, when it is no age: a room, a level, a job's years.
    NO_AGE 65 = "no age";
}

/// A word's meanings and, for a number, its value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry {
    pub(super) means: Means,
    pub(super) value: Option<u32>,
    /// How many words the longest phrase has that begins with it; 0 if there is none.
    pub(super) leads: usize,
}

impl Entry {
    fn add(&mut self, other: Self) {
        self.means = self.means.or(other.means);
        self.value = self.value.or(other.value);
        self.leads = self.leads.max(other.leads);
    }
}

/// The lists of all languages as one.
#[derive(Debug, Default)]
pub(super) struct Words {
    whole: HashMap<Box<str>, Entry>,
    /// Beginnings of words, by their first letter.
    stems: HashMap<char, Vec<(Box<str>, Entry)>>,
}

/// The compiled lists.
pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words::default();
    for (_, text) in FILES {
        for (section, entry, value) in entries(text) {
            let means = SECTIONS.iter().find(|(name, _)| *name == section).map_or(Means::NOTHING, |&(_, means)| means);
            words.put(entry, Entry { means, value, leads: 0 });
        }
    }
    words
});

/// Lists the entries of a file: section, word or phrase, value.
pub(super) fn entries(text: &str) -> impl Iterator<Item = (&str, &str, Option<u32>)> {
    let mut section = "";
    text.lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter_map(move |line| match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => {
                section = name;
                None
            }
            None => Some((section, line)),
        })
        .flat_map(|(section, line)| line.split(',').map(move |entry| (section, entry.trim())))
        .filter(|(_, entry)| !entry.is_empty())
        .map(|(section, entry)| match entry.split_once('=') {
            Some((word, value)) => (section, word.trim(), value.trim().parse().ok()),
            None => (section, entry, None),
        })
}

impl Words {
    fn put(&mut self, word: &str, entry: Entry) {
        let plain: String = folded::fold(word).iter().map(|letter| letter.is).filter(|letter| *letter != '\'').collect();
        if let Some(stem) = plain.strip_suffix('*') {
            if let Some(first) = stem.chars().next() {
                self.stems.entry(first).or_default().push((stem.into(), entry));
            }
            return;
        }
        if let Some((first, _)) = plain.split_once(' ') {
            let leader = self.whole.entry(first.into()).or_default();
            leader.leads = leader.leads.max(plain.split(' ').count());
        }
        self.whole.entry(plain.into()).or_default().add(entry);
    }

    /// Finds what a folded word means, by itself or by its beginning.
    pub(super) fn find(&self, word: &str) -> Entry {
        let mut found = self.find_whole(word).unwrap_or_default();
        let stems = word.chars().next().and_then(|first| self.stems.get(&first));
        for (stem, entry) in stems.into_iter().flatten() {
            if word.starts_with(&**stem) {
                found.add(*entry);
            }
        }
        found
    }

    /// Finds what a folded word or phrase means as it is.
    pub(super) fn find_whole(&self, word: &str) -> Option<Entry> {
        self.whole.get(word).copied()
    }
}
