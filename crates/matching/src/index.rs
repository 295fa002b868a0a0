//! The place of each waiting ticket and how often it was passed over.
//! The search scans all tickets, so a place is no more than a number.

#![expect(clippy::unused_self, reason = "a plain scan has nothing to keep in order")]

use alloc::vec::Vec;

use crate::config::Fairness;
use crate::layout::Layout;
use crate::score::Weights;

/// Passes by place.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    passes: Vec<u8>,
    free: Vec<u32>,
}

fn at(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

impl Index {
    pub(crate) fn new(_layout: &Layout, _weights: &Weights, _fairness: &Fairness) -> Self {
        Self { passes: Vec::new(), free: Vec::new() }
    }
    pub(crate) fn insert(&mut self, _record: &[u64], _handle: u32, _rank: u64, passes: u8, _overdue: bool) -> u32 {
        let place = self.free.pop().unwrap_or_else(|| {
            self.passes.push(0);
            u32::try_from(self.passes.len() - 1).unwrap_or(0)
        });
        if let Some(found) = self.passes.get_mut(at(place)) {
            *found = passes;
        }
        place
    }
    pub(crate) fn remove(&mut self, place: u32, _record: &[u64]) {
        self.free.push(place);
    }
    pub(crate) fn widen(&mut self, place: u32, _old: &[u64], _new: &[u64], _handle: u32, _rank: u64) -> u32 {
        place
    }
    pub(crate) fn passes(&self, place: u32) -> u8 {
        self.passes.get(at(place)).copied().unwrap_or(0)
    }
    pub(crate) fn pass(&mut self, place: u32) -> u8 {
        let Some(passes) = self.passes.get_mut(at(place)) else {
            return 0;
        };
        *passes = (*passes + 1).min(31);
        *passes
    }
    pub(crate) fn mark_overdue(&mut self, _place: u32) {}
    pub(crate) fn stray(&self) -> Option<(u32, u32)> {
        None
    }
    pub(crate) fn relocate(&mut self, place: u32, _record: &[u64], _handle: u32, _rank: u64) -> u32 {
        place
    }
    pub(crate) fn bytes(&self) -> usize {
        self.passes.capacity()
    }
}
