//! Where each part of a ticket lies in its record of 64-bit words.
//! Records have one size per schema, so that a million of them need no allocation each.

#![expect(clippy::indexing_slicing, reason = "fields are placed by `Layout::new` inside the record's words")]

use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::dim::{Category, Dim};
use crate::rule::NOTHING;
use crate::schema::{Dimension, Kind};
use crate::set::Set;
use crate::wide::ListField;

/// Number of bits of the priority class and of the merit.
const CLASS_BITS: u32 = 2;
const MERIT_BITS: u32 = 8;
const MARK_BITS: u32 = 32;
const WIDE_BITS: u32 = 32;
/// Categories of so few values split the pool; so many combinations at most.
const SPLIT_VALUES: u16 = 4;
pub(crate) const SPLIT_LIMIT: u16 = 1024;
/// Bands into which the values of an ordinal are divided; ordinals of fewer values are not.
pub(crate) const BANDS: u16 = 12;

/// A number of up to 64 bits inside one word of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Field {
    pub(crate) word: usize,
    pub(crate) shift: u32,
    pub(crate) bits: u32,
    mask: u64,
}

impl Field {
    #[inline]
    pub(crate) fn get(self, record: &[u64]) -> u64 {
        record[self.word] >> self.shift & self.mask
    }

    #[inline]
    pub(crate) fn put(self, record: &mut [u64], value: u64) {
        let word = &mut record[self.word];
        *word = *word & !(self.mask << self.shift) | (value & self.mask) << self.shift;
    }
}

/// A set of up to 256 values: up to four fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct SetField {
    pub(crate) parts: [Field; 4],
    pub(crate) len: usize,
}

impl SetField {
    pub(crate) fn get(&self, record: &[u64]) -> Set {
        let mut words = [0; 4];
        for (word, part) in words.iter_mut().zip(&self.parts[..self.len]) {
            *word = part.get(record);
        }
        Set::from_words(words)
    }

    /// Stores the set of these words, all of whose values must be in the domain.
    #[inline]
    pub(crate) fn put(&self, record: &mut [u64], set: &[u64; 4]) {
        for (word, part) in set.iter().zip(&self.parts[..self.len]) {
            part.put(record, *word);
        }
    }

    /// Whether a set holds nothing but values of the domain.
    #[inline]
    pub(crate) fn has_room_for(&self, set: &[u64; 4]) -> bool {
        // Parts that are not used have no bits.
        set.iter().zip(&self.parts).fold(0, |strays, (word, part)| strays | word & !part.mask) == 0
    }

    #[inline]
    fn parts(&self) -> &[Field] {
        &self.parts[..self.len]
    }

    /// Whether the set stored in `record` holds nothing.
    #[inline]
    pub(crate) fn is_empty(&self, record: &[u64]) -> bool {
        self.parts().iter().all(|part| part.get(record) == 0)
    }

    /// Whether the set stored in `record` holds every value of the domain.
    #[inline]
    pub(crate) fn is_full(&self, record: &[u64]) -> bool {
        self.parts().iter().all(|part| part.get(record) == part.mask)
    }

    /// Whether the set stored in `record` holds nothing besides `set`.
    #[inline]
    pub(crate) fn is_within(&self, record: &[u64], set: &[u64; 4]) -> bool {
        self.parts().iter().zip(set).all(|(part, word)| part.get(record) & !word == 0)
    }

    /// Whether the set stored in `record` holds `value`, which must be in the domain.
    #[inline]
    pub(crate) fn has(&self, record: &[u64], value: u16) -> bool {
        let part = self.parts[usize::from(value >> 6) & 3];
        record[part.word] >> (part.shift + u32::from(value & 63)) & 1 == 1
    }
}

/// Fields of one dimension; those a kind does not use have no bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) kind: Kind,
    pub(crate) size: u16,
    pub(crate) base: i32,
    /// Value of a category or ordinal, counted from zero; of a wide category, zero being none.
    pub(crate) value: Field,
    /// Tags of the ticket.
    pub(crate) tags: SetField,
    /// Accepted values of a category; any-of rule of tags.
    pub(crate) any: SetField,
    pub(crate) all: SetField,
    pub(crate) none: SetField,
    /// Accepted range of an ordinal, counted from zero.
    pub(crate) low: Field,
    pub(crate) high: Field,
    /// Accepted values of a wide category.
    pub(crate) list: ListField,
    /// Whether the pool is split by this dimension.
    pub(crate) split: bool,
}

impl Place {
    /// Writes into a record that anything is accepted.
    pub(crate) fn open(&self, record: &mut [u64]) {
        match self.kind {
            Kind::Category => self.any.put(record, &Set::full(self.size).words),
            Kind::Wide => self.list.put(record, &[]),
            Kind::Ordinal => {
                self.low.put(record, 0);
                self.high.put(record, u64::from(self.size) - 1);
            }
            Kind::Tags | Kind::AnyTags => {
                self.any.put(record, &NOTHING);
                self.all.put(record, &NOTHING);
                self.none.put(record, &NOTHING);
            }
            Kind::Common => {}
        }
    }
}

/// The plan of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) places: Vec<Place>,
    pub(crate) marks: Vec<Field>,
    pub(crate) class: Field,
    pub(crate) merit: Field,
    /// Length of a record.
    pub(crate) words: usize,
    /// The record of a ticket that has nothing and accepts anything.
    pub(crate) open: Vec<u64>,
    /// A bit for each dimension in which a ticket must have something.
    pub(crate) required: u32,
    /// The category by which columns are kept together.
    pub(crate) cluster: Option<usize>,
    /// The ordinal with the largest domain, by whose value the columns of a large cluster are kept together.
    pub(crate) band: Option<usize>,
}

/// Places fields into words, none across a border.
struct Packer {
    free: Vec<u32>,
}

impl Packer {
    fn place(&mut self, bits: u32) -> Field {
        let word = self.free.iter().position(|left| *left >= bits).unwrap_or_else(|| {
            self.free.push(64);
            self.free.len() - 1
        });
        let shift = 64 - self.free[word];
        self.free[word] -= bits;
        Field { word, shift, bits, mask: u64::MAX >> (64 - bits) }
    }

    fn set(&mut self, size: u16) -> SetField {
        let mut field = SetField::default();
        let mut left = u32::from(size);
        while left > 0 {
            field.parts[field.len] = self.place(left.min(64));
            field.len += 1;
            left = left.saturating_sub(64);
        }
        field
    }

    /// A list of so many values, in words of its own beside each other.
    fn list(&mut self, most: u16) -> ListField {
        let word = self.free.len();
        (0..ListField::words(most)).for_each(|_| self.free.push(0));
        ListField::new(word, most)
    }
}

impl Layout {
    pub(crate) fn new(dims: &[Dimension], marks: usize, cluster: Option<Dim<Category>>) -> Self {
        let mut packer = Packer { free: Vec::new() };
        let mut combinations = 1u64;
        let mut places: Vec<Place> = dims
            .iter()
            .map(|dim| {
                let ways = u64::from(dim.size) * ((1u64 << dim.size.min(SPLIT_VALUES)) - 1);
                let split = dim.kind == Kind::Category
                    && (2..=SPLIT_VALUES).contains(&dim.size)
                    && combinations.saturating_mul(ways) <= u64::from(SPLIT_LIMIT);
                if split {
                    combinations *= ways;
                }
                let empty = SetField::default();
                let none = Field::default();
                Place {
                    kind: dim.kind,
                    size: dim.size,
                    base: dim.base,
                    value: none,
                    tags: empty,
                    any: empty,
                    all: empty,
                    none: empty,
                    low: none,
                    high: none,
                    list: ListField::default(),
                    split,
                }
            })
            .collect();
        // Whole words first, then ever smaller fields, so that little is wasted.
        for place in places.iter_mut().rev() {
            match place.kind {
                Kind::Category => place.any = packer.set(place.size),
                Kind::Wide => place.list = packer.list(place.size),
                Kind::Ordinal => {}
                Kind::Tags => {
                    place.tags = packer.set(place.size);
                    place.any = packer.set(place.size);
                    place.all = packer.set(place.size);
                    place.none = packer.set(place.size);
                }
                Kind::AnyTags => {
                    place.tags = packer.set(place.size);
                    place.any = packer.set(place.size);
                }
                Kind::Common => place.tags = packer.set(place.size),
            }
        }
        let marks = (0..marks).map(|_| packer.place(MARK_BITS)).collect();
        for place in &mut places {
            let bits = (u32::from(place.size.max(2)) - 1).ilog2() + 1;
            match place.kind {
                Kind::Category => place.value = packer.place(bits),
                Kind::Wide => place.value = packer.place(WIDE_BITS),
                Kind::Ordinal => {
                    place.value = packer.place(bits);
                    place.low = packer.place(bits);
                    place.high = packer.place(bits);
                }
                Kind::Tags | Kind::AnyTags | Kind::Common => {}
            }
        }
        let merit = packer.place(MERIT_BITS);
        let class = packer.place(CLASS_BITS);
        let cluster =
            cluster.map(Dim::at).filter(|at| places.get(*at).is_some_and(|place| place.kind == Kind::Category && !place.split));
        let ordinals = places.iter().enumerate().filter(|(_, place)| place.kind == Kind::Ordinal && place.size >= BANDS);
        let band = ordinals.max_by_key(|(at, place)| (place.size, Reverse(*at))).map(|(at, _)| at);
        let words = packer.free.len();
        let mut open = alloc::vec![0; words];
        for place in &places {
            place.open(&mut open);
        }
        let needs = |place: &Place| !matches!(place.kind, Kind::Wide | Kind::Tags | Kind::AnyTags);
        let required = places.iter().rev().fold(0, |required, place| required << 1 | u32::from(needs(place)));
        Self { places, marks, class, merit, words, open, required, cluster, band }
    }
}

impl Layout {
    /// What a record has and accepts in the dimensions that split the pool, as one number.
    #[inline]
    pub(crate) fn segment(&self, record: &[u64]) -> u64 {
        let mut segment = 0;
        for place in self.places.iter().filter(|place| place.split) {
            segment = segment << 6 | place.value.get(record) << 4 | place.any.parts[0].get(record);
        }
        segment
    }

    /// Whether the tickets of two segments accept each other in the dimensions that split the pool.
    pub(crate) fn fits_segment(mine: u64, theirs: u64) -> bool {
        let (mut mine, mut theirs) = (mine, theirs);
        let mut fits = true;
        // A dimension in which a segment accepts nothing is none; the last one lies lowest.
        while mine & 15 != 0 {
            fits &= (mine & 15) >> (theirs >> 4 & 3) & (theirs & 15) >> (mine >> 4 & 3) & 1 == 1;
            (mine, theirs) = (mine >> 6, theirs >> 6);
        }
        fits
    }
}

impl Layout {
    /// The bits of a record that belong to a field.
    pub(crate) fn field_bits(&self) -> Vec<u64> {
        let mut bits = alloc::vec![0; self.words];
        let mut add = |field: &Field| bits[field.word] |= field.mask << field.shift;
        for place in &self.places {
            [place.value, place.low, place.high].iter().for_each(&mut add);
            for set in [&place.tags, &place.any, &place.all, &place.none] {
                set.parts().iter().for_each(&mut add);
            }
        }
        self.marks.iter().chain([&self.class, &self.merit]).for_each(add);
        self.places.iter().for_each(|place| place.list.fill(&mut bits));
        bits
    }

    /// Whether a record that was not made here holds nothing but what its fields can mean, and accepts something;
    /// `bits` are the [`field_bits`](Self::field_bits).
    pub(crate) fn is_sound(&self, record: &[u64], bits: &[u64]) -> bool {
        let fits = |place: &Place| {
            let size = u64::from(place.size);
            let sets = [&place.tags, &place.any, &place.all, &place.none];
            let in_domain = sets.iter().all(|set| set.get(record).first_beyond(place.size).is_none());
            in_domain
                && match place.kind {
                    Kind::Category => place.value.get(record) < size && !place.any.get(record).is_empty(),
                    Kind::Wide => place.list.is_sound(record),
                    Kind::Ordinal => {
                        let (low, high) = (place.low.get(record), place.high.get(record));
                        place.value.get(record) < size && low <= high && high < size
                    }
                    Kind::Common => !place.tags.get(record).is_empty(),
                    Kind::Tags | Kind::AnyTags => {
                        let [any, all, none] = [&place.any, &place.all, &place.none].map(|set| set.get(record));
                        !all.meets(&none) && (any.is_empty() || !none.covers(&any))
                    }
                }
        };
        let has_strays = || record.iter().zip(bits).any(|(word, bits)| word & !bits != 0);
        record.len() == self.words && !has_strays() && self.places.iter().all(fits)
    }
}
