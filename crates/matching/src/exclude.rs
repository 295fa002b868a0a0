//! Pairs that must not meet, unordered, each with its end.
//! A pair is kept in a short sorted list of both keys, so that one look decides for both directions.

#![expect(clippy::indexing_slicing, reason = "list numbers come from the table and stay valid while a list is in use")]

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::hash::Hash;

use crate::table::{Keyed, Table};

/// An end that never comes.
pub(crate) const FOREVER: u64 = u64::MAX;
/// Largest number of keys with exclusions.
pub(crate) const MAX_KEYS: u32 = (1 << 24) - 1;

#[derive(Clone, Debug)]
struct List<K> {
    key: K,
    others: Vec<K>,
    untils: Vec<u64>,
}

/// All exclusions. Keys need not be waiting.
#[derive(Clone, Debug)]
pub(crate) struct Exclusions<K> {
    lists: Vec<List<K>>,
    free: Vec<u32>,
    table: Table,
    keyed: Keyed,
    /// Ends that will come, with the smaller key first.
    ends: BTreeSet<(u64, K, K)>,
    pairs: usize,
}

fn at(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl<K: Copy + Eq + Hash + Ord> Exclusions<K> {
    pub(crate) fn new(keyed: Keyed) -> Self {
        Self { lists: Vec::new(), free: Vec::new(), table: Table::default(), keyed, ends: BTreeSet::new(), pairs: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.pairs
    }

    fn list(&self, key: K) -> Option<u32> {
        if self.table.is_empty() {
            return None;
        }
        self.table.find(self.keyed.hash_of(&key), |number| self.lists[at(number)].key == key)
    }

    /// The keys excluded for `key`, sorted.
    pub(crate) fn others(&self, key: K) -> &[K] {
        self.list(key).map_or(&[], |number| &self.lists[at(number)].others)
    }

    /// The keys excluded for `key`, sorted, each with its end.
    pub(crate) fn ends(&self, key: K) -> impl Iterator<Item = (K, u64)> + '_ {
        self.list(key).into_iter().flat_map(|number| {
            let list = &self.lists[at(number)];
            list.others.iter().copied().zip(list.untils.iter().copied())
        })
    }

    /// Until when two keys are kept apart.
    pub(crate) fn until(&self, first: K, second: K) -> Option<u64> {
        let list = &self.lists[at(self.list(first)?)];
        list.others.binary_search(&second).ok().map(|found| list.untils[found])
    }

    pub(crate) fn count(&self, key: K) -> usize {
        self.others(key).len()
    }

    fn add(&mut self, key: K, other: K, until: u64) {
        let number = self.list(key).unwrap_or_else(|| {
            let list = List { key, others: Vec::new(), untils: Vec::new() };
            let number = if let Some(number) = self.free.pop() {
                self.lists[at(number)] = list;
                number
            } else {
                self.lists.push(list);
                u32::try_from(self.lists.len() - 1).unwrap_or(u32::MAX)
            };
            let (lists, keyed) = (&self.lists, self.keyed);
            self.table.insert(keyed.hash_of(&key), number, |number| keyed.hash_of(&lists[at(number)].key));
            number
        });
        let list = &mut self.lists[at(number)];
        match list.others.binary_search(&other) {
            Ok(found) => list.untils[found] = until,
            Err(gap) => {
                list.others.insert(gap, other);
                list.untils.insert(gap, until);
            }
        }
    }

    fn drop_one(&mut self, key: K, other: K) -> Option<u64> {
        let number = self.list(key)?;
        let list = &mut self.lists[at(number)];
        let found = list.others.binary_search(&other).ok()?;
        list.others.remove(found);
        let until = list.untils.remove(found);
        if list.others.is_empty() {
            let (lists, keyed) = (&self.lists, self.keyed);
            let hash_of = |number: u32| keyed.hash_of(&lists[at(number)].key);
            self.table.remove(keyed.hash_of(&key), |found| found == number, hash_of);
            self.free.push(number);
        }
        Some(until)
    }

    /// Whether the lists that a pair needs can be numbered.
    pub(crate) fn has_room(&self, first: K, second: K) -> bool {
        let new = usize::from(self.list(first).is_none()) + usize::from(self.list(second).is_none());
        self.lists.len() - self.free.len() + new <= at(MAX_KEYS)
    }

    /// Sets the end of a pair, later or earlier than before.
    pub(crate) fn insert(&mut self, first: K, second: K, until: u64) {
        self.remove(first, second);
        self.add(first, second, until);
        self.add(second, first, until);
        self.pairs += 1;
        if until != FOREVER {
            self.ends.insert((until, first.min(second), first.max(second)));
        }
    }

    /// Forgets a pair; whether it was known.
    pub(crate) fn remove(&mut self, first: K, second: K) -> bool {
        let Some(until) = self.drop_one(first, second) else {
            return false;
        };
        self.drop_one(second, first);
        self.pairs -= 1;
        if until != FOREVER {
            self.ends.remove(&(until, first.min(second), first.max(second)));
        }
        true
    }

    /// The end that comes first.
    pub(crate) fn next(&self) -> Option<&(u64, K, K)> {
        self.ends.first()
    }

    /// The ends that will come, the first one first.
    pub(crate) fn ending(&self) -> impl ExactSizeIterator<Item = &(u64, K, K)> + '_ {
        self.ends.iter()
    }

    /// Every pair once: smaller key, larger key, end; in no meaningful order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (K, K, u64)> + '_ {
        self.lists.iter().flat_map(|list| {
            let pairs = list.others.iter().zip(&list.untils);
            pairs.filter(|(other, _)| list.key < **other).map(|(other, until)| (list.key, *other, *until))
        })
    }

    /// Gives back what nobody needs.
    pub(crate) fn shrink(&mut self) {
        for list in &mut self.lists {
            list.others.shrink_to_fit();
            list.untils.shrink_to_fit();
        }
        self.lists.shrink_to_fit();
        self.free.shrink_to_fit();
        let (lists, keyed) = (&self.lists, self.keyed);
        self.table.resize(0, |number| keyed.hash_of(&lists[at(number)].key));
    }

    pub(crate) fn bytes(&self) -> usize {
        let lists: usize =
            self.lists.iter().map(|list| list.others.capacity() * size_of::<K>() + list.untils.capacity() * 8).sum();
        self.lists.capacity() * size_of::<List<K>>() + lists + self.ends.len() * size_of::<(u64, K, K)>() * 2 + self.table.bytes()
    }
}
