//! Against every way to pair a few, and against an independent solver for more.

use alloc::vec;
use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::*;

use super::Solver;

/// The matching that the solver finds, checked to be one.
fn solve(vertices: usize, seekers: usize, edges: &[(usize, usize, i64)]) -> i64 {
    let mut solver = Solver::new(seekers);
    (seekers..vertices).for_each(|_| solver.add());
    for (one, two, weight) in edges {
        solver.connect(*one, *two, *weight);
    }
    let mut steps = 0;
    while solver.step().is_some() {
        steps += 1;
        assert!(steps < 1_000 + vertices * vertices * 4, "it goes round in circles");
    }
    let weight = |one: usize, two: usize| {
        let found = edges.iter().find(|edge| (edge.0, edge.1) == (one, two) || (edge.0, edge.1) == (two, one));
        found.map(|edge| edge.2)
    };
    let mut sum = 0;
    for vertex in 0..vertices {
        if let Some(mate) = solver.mate(vertex) {
            assert_eq!(solver.mate(mate), Some(vertex));
            sum += weight(vertex, mate).unwrap();
        }
    }
    sum / 2
}

/// The most that any way to pair the vertices from `from` on has.
fn most(table: &[Vec<i64>], used: u32, from: usize) -> i64 {
    let Some(first) = (from..table.len()).find(|vertex| used >> vertex & 1 == 0) else { return 0 };
    let alone = most(table, used | 1 << first, first + 1);
    let others = (first + 1..table.len()).filter(|other| used >> other & 1 == 0 && table[first][*other] > 0);
    others.map(|other| table[first][other] + most(table, used | 1 << first | 1 << other, first + 1)).fold(alone, i64::max)
}

/// Edges from a stream of numbers: each seeker with some of the others, every pair once.
fn graph(vertices: usize, seekers: usize, density: u64, weights: i64, seed: u64) -> Vec<(usize, usize, i64)> {
    let mut state = seed;
    let mut draw = |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let mut edges = Vec::new();
    for one in 0..seekers {
        for two in one + 1..vertices {
            if draw(100) < density {
                edges.push((one, two, 1 + i64::try_from(draw(weights.try_into().unwrap())).unwrap()));
            }
        }
    }
    edges
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_few_are_paired_as_well_as_they_can_be(
        vertices in 2..11usize, seekers in 1..11usize, density in 10..100u64, weights in 1..12i64, seed in any::<u64>(),
    ) {
        let seekers = seekers.min(vertices);
        let edges = graph(vertices, seekers, density, weights, seed);
        let mut table = vec![vec![0; vertices]; vertices];
        for (one, two, weight) in &edges {
            (table[*one][*two], table[*two][*one]) = (*weight, *weight);
        }
        prop_assert_eq!(solve(vertices, seekers, &edges), most(&table, 0, 0));
    }

    #[test]
    fn many_are_paired_as_another_solver_does_it(
        sizes in vec(4..70usize, 2), density in 2..100u64, weights in prop_oneof![1..4i64, 1..40i64, 1..100_000i64], seed in any::<u64>(),
    ) {
        let (vertices, seekers) = (sizes[0].max(sizes[1]), sizes[0].min(sizes[1]));
        let edges = graph(vertices, seekers, density, weights, seed);
        let mut matrix = vec![0i64; vertices * vertices];
        for (one, two, weight) in &edges {
            (matrix[one * vertices + two], matrix[two * vertices + one]) = (*weight, *weight);
        }
        let mates = integer_blossom::max_weight_matching(&matrix, vertices);
        let sums = mates.iter().enumerate().filter_map(|(one, two)| two.map(|two| matrix[one * vertices + two]));
        prop_assert_eq!(solve(vertices, seekers, &edges), sums.sum::<i64>() / 2);
    }
}
