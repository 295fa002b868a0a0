//! Relaxation plans, each stored once however many tickets follow it.
//! Real people relax in few ways, so a plan costs a ticket four bytes.

#![expect(clippy::indexing_slicing, reason = "a plan number is given out by `intern` and stays valid while it is held")]

use alloc::vec::Vec;

use crate::record::Plan;
use crate::table::{Mixer, Table};

#[derive(Clone, Debug)]
struct Entry {
    plan: Plan,
    hash: u64,
    holders: u32,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Plans {
    entries: Vec<Entry>,
    free: Vec<u32>,
    table: Table,
}

fn at(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Plans {
    pub(crate) fn get(&self, number: u32) -> &Plan {
        &self.entries[at(number)].plan
    }

    /// Finds or stores `plan` and counts one more holder.
    pub(crate) fn intern(&mut self, plan: &Plan) -> u32 {
        let hash = Mixer::hash_of(plan);
        let entries = &self.entries;
        if let Some(found) = self.table.find(hash, |number| entries[at(number)].plan == *plan) {
            self.entries[at(found)].holders += 1;
            return found;
        }
        let entry = Entry { plan: plan.clone(), hash, holders: 1 };
        let number = if let Some(number) = self.free.pop() {
            self.entries[at(number)] = entry;
            number
        } else {
            self.entries.push(entry);
            u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX)
        };
        let entries = &self.entries;
        self.table.insert(hash, number, |number| entries[at(number)].hash);
        number
    }

    /// Takes one holder away; the last one frees the plan.
    pub(crate) fn release(&mut self, number: u32) {
        let entry = &mut self.entries[at(number)];
        entry.holders -= 1;
        if entry.holders > 0 {
            return;
        }
        entry.plan = Plan::default();
        let hash = entry.hash;
        let entries = &self.entries;
        self.table.remove(hash, |found| found == number, |number| entries[at(number)].hash);
        self.free.push(number);
    }

    pub(crate) fn bytes(&self) -> usize {
        let words: usize = self.entries.iter().map(|entry| entry.plan.words.capacity() * 8).sum();
        self.entries.capacity() * size_of::<Entry>() + words + self.free.capacity() * 4 + self.table.bytes()
    }
}
