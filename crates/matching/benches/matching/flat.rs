//! The naive engines: one flat vector of fixed-size records, scanned from end to end with the crate's own predicate.
//! They allocate nothing per search and are spared all work but the scan.

use luvhive_matching::sim::Population;
use luvhive_matching::{Predicate, Schema, Ticket, Weights};

/// Words of a record of the simulated population; checked at the start.
pub(crate) const WORDS: usize = 4;

#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) record: [u64; WORDS],
    pub(crate) key: u32,
}

/// Everybody who waits, in no order.
#[derive(Clone)]
pub(crate) struct Flat {
    pub(crate) rows: Vec<Row>,
    at: Vec<u32>,
    schema: Schema,
    weights: Weights,
}

const GONE: u32 = u32::MAX;

impl Flat {
    pub(crate) fn new(population: &Population) -> Self {
        assert_eq!(population.schema().record_bytes(), WORDS * 8, "the record has another size");
        let (schema, weights) = (population.schema().clone(), population.weights());
        Self { rows: Vec::new(), at: Vec::new(), schema, weights }
    }

    pub(crate) fn record(&self, ticket: &Ticket<u32>, waited_ms: u64) -> [u64; WORDS] {
        self.schema.record(ticket, waited_ms).unwrap().try_into().unwrap()
    }

    pub(crate) fn add(&mut self, key: u32, record: [u64; WORDS]) {
        let index = key as usize;
        if self.at.len() <= index {
            self.at.resize(index + index / 2 + 1, GONE);
        }
        assert_eq!(self.at[index], GONE, "{key} waits already");
        self.at[index] = u32::try_from(self.rows.len()).unwrap();
        self.rows.push(Row { record, key });
    }

    pub(crate) fn has(&self, key: u32) -> bool {
        self.at.get(key as usize).is_some_and(|at| *at != GONE)
    }

    pub(crate) fn relax(&mut self, key: u32, record: [u64; WORDS]) {
        let at = self.at[key as usize] as usize;
        self.rows[at].record = record;
    }

    pub(crate) fn remove(&mut self, key: u32) -> Row {
        let at = std::mem::replace(&mut self.at[key as usize], GONE);
        assert_ne!(at, GONE, "{key} left twice");
        let row = self.rows.swap_remove(at as usize);
        if let Some(moved) = self.rows.get(at as usize) {
            self.at[moved.key as usize] = at;
        }
        row
    }

    pub(crate) fn points(&self, first: &[u64], second: &[u64]) -> u32 {
        self.schema.points(&self.weights, first, second)
    }

    /// The first who fits.
    pub(crate) fn first(&self, predicate: &Predicate, excluded: &[u32]) -> Option<u32> {
        self.rows.iter().find(|row| predicate.fits(&row.record) && excluded.binary_search(&row.key).is_err()).map(|row| row.key)
    }

    /// The most points of all who fit.
    pub(crate) fn best(&self, predicate: &Predicate, record: &[u64], excluded: &[u32]) -> Option<(u32, u32)> {
        let mut best: Option<(u32, u32)> = None;
        for row in &self.rows {
            if predicate.fits(&row.record) {
                let points = self.points(record, &row.record);
                if best.is_none_or(|best| points > best.1) && excluded.binary_search(&row.key).is_err() {
                    best = Some((row.key, points));
                }
            }
        }
        best
    }
}
