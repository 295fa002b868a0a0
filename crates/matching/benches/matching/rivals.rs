//! Engines to beat: two scans of packed people, tuned by hand, and a plain index of bitmaps. They answer the question of
//! an exact search and know neither updates nor timers nor exclusions.

use crate::people::{Person, Plain};

/// The partner with the most points, the first arrival of several: key and points.
pub(crate) type Best = Option<(u32, u32)>;

/// Somebody as masks in one cache line: a bit for what they have, a bit for everything they accept.
#[repr(align(64))]
pub(crate) struct Masks {
    age: u64,
    ages: u64,
    country: u64,
    countries: u64,
    interests: u64,
    asked: u64,
    /// Place among the people, where the points are counted.
    at: u32,
    languages: u16,
    side: u8,
    sides: u8,
    rating: u8,
    least: u8,
}

impl Masks {
    /// Somebody at a place among the people.
    pub(crate) fn new(at: u32, who: &Person) -> Self {
        Self {
            age: 1 << (who.age - 18),
            ages: (who.ages.0..=who.ages.1).fold(0, |ages, age| ages | 1 << (age - 18)),
            country: 1 << who.country,
            countries: who.countries,
            interests: who.interests,
            // A person who asks for nothing takes everybody: all have an interest.
            asked: if who.asked == 0 { u64::MAX } else { who.asked },
            at,
            languages: who.languages,
            side: who.side,
            sides: who.wants,
            rating: who.rating,
            least: who.least,
        }
    }

    fn accepts(&self, other: &Self) -> bool {
        (self.sides & other.side != 0)
            & (self.ages & other.age != 0)
            & (self.countries & other.country != 0)
            & (self.asked & other.interests != 0)
            & (other.rating >= self.least)
    }
}

/// The scan by masks: every filter is asked of everybody, and only a person who fits costs a branch.
pub(crate) fn scan_masks(masks: &[Masks], people: &[Person], plain: &Plain, me: &Person) -> Best {
    let mine = Masks::new(0, me);
    let mut best: Best = None;
    for row in masks {
        if mine.accepts(row) & row.accepts(&mine) & (mine.languages & row.languages != 0) {
            let row = &people[row.at as usize];
            let points = plain.points(me, row);
            if best.is_none_or(|best| points > best.1) {
                best = Some((row.key, points));
            }
        }
    }
    best
}

/// The scan by bytes: side and age first, of which each rules out most, then the others one by one.
pub(crate) fn scan(rows: &[Person], plain: &Plain, me: &Person) -> Best {
    let mut best: Best = None;
    let (low, span) = (me.ages.0, me.ages.1 - me.ages.0);
    for row in rows {
        let is_near = (row.side & me.wants != 0)
            & (me.side & row.wants != 0)
            & (row.age.wrapping_sub(low) <= span)
            & (me.age.wrapping_sub(row.ages.0) <= row.ages.1.wrapping_sub(row.ages.0));
        if is_near
            && (me.countries >> row.country & row.countries >> me.country & 1 == 1)
            && me.languages & row.languages != 0
            && (row.rating >= me.least) & (me.rating >= row.least)
            && (me.asked == 0) | (me.asked & row.interests != 0)
            && (row.asked == 0) | (row.asked & me.interests != 0)
        {
            let points = plain.points(me, row);
            if best.is_none_or(|best| points > best.1) {
                best = Some((row.key, points));
            }
        }
    }
    best
}

/// A bit for every person in the row of each value they have, and of each value they accept.
pub(crate) struct Bitmaps {
    rows: Vec<Vec<Vec<u64>>>,
    people: Vec<Person>,
}

/// Values of each kind of row: side, age, country, rating, interest, each as had and as accepted, and language.
const VALUES: [u8; 11] = [3, 3, 81, 81, 64, 64, 50, 50, 64, 64, 16];

/// Whether somebody belongs to the row of a value. The row of a rating holds those who have at least that.
fn is_in(who: &Person, kind: usize, value: u8) -> bool {
    match kind {
        0 => who.side >> value & 1 == 1,
        1 => who.wants >> value & 1 == 1,
        2 => who.age == value,
        3 => (who.ages.0..=who.ages.1).contains(&value),
        4 => who.country == value,
        5 => who.countries >> value & 1 == 1,
        6 => who.rating >= value,
        7 => who.least <= value,
        8 => who.interests >> value & 1 == 1,
        9 => who.asked == 0 || who.asked >> value & 1 == 1,
        _ => who.languages >> value & 1 == 1,
    }
}

/// In which rows of each kind somebody looks for a partner; none where nothing is asked.
fn wanted(me: &Person) -> [Vec<u8>; 11] {
    let bits = |set: u64| (0..64).filter(|value| set >> value & 1 == 1).collect();
    [
        bits(me.wants.into()),
        bits(me.side.into()),
        (me.ages.0..=me.ages.1).collect(),
        vec![me.age],
        if me.countries == u64::MAX { vec![] } else { bits(me.countries) },
        vec![me.country],
        if me.least == 0 { vec![] } else { vec![me.least] },
        vec![me.rating],
        bits(me.asked),
        bits(me.interests),
        bits(me.languages.into()),
    ]
}

// The index, in 30 lines.
impl Bitmaps {
    pub(crate) fn new(people: &[Person]) -> Self {
        let row = |kind, value| {
            people
                .chunks(64)
                .map(move |chunk| (0..).zip(chunk).fold(0, |row, (at, who)| row | u64::from(is_in(who, kind, value)) << at))
        };
        let rows = (0..).zip(VALUES).map(|(kind, values)| (0..values).map(|value| row(kind, value).collect()).collect());
        Self { rows: rows.collect(), people: people.to_vec() }
    }

    pub(crate) fn best(&self, plain: &Plain, me: &Person) -> Best {
        let kinds = wanted(me).into_iter().zip(&self.rows).filter(|(values, _)| !values.is_empty());
        let mut groups: Vec<Vec<&[u64]>> =
            kinds.map(|(values, rows)| values.iter().map(|at| rows[usize::from(*at)].as_slice()).collect()).collect();
        groups.sort_by_key(Vec::len);
        let mut best: Best = None;
        for word in 0..self.people.len().div_ceil(64) {
            let union = |group: &Vec<&[u64]>| group.iter().fold(0, |bits, row| bits | row[word]);
            let both = |left: u64, group| Some(left & union(group)).filter(|left| *left != 0);
            let mut left = groups.iter().try_fold(u64::MAX, both).unwrap_or(0);
            while left != 0 {
                let row = &self.people[word * 64 + left.trailing_zeros() as usize];
                left &= left - 1;
                let points = plain.points(me, row);
                if best.is_none_or(|best| points > best.1) {
                    best = Some((row.key, points));
                }
            }
        }
        best
    }
}
