//! The heaviest pairs that a set of tickets can form together: maximum-weight matching in a general graph, exact, in steps.
//! Edmonds' blossom algorithm with dual prices, one tree at a time: a ticket without a partner looks for the path along
//! which partners are best exchanged. Every edge touches a seeker; the others have a price of zero until they are taken,
//! so that a step looks at no more than the tree has reached, and a crowd of candidates costs nothing.

#![expect(clippy::indexing_slicing, reason = "vertices and blossoms are numbered by the solver itself")]

mod blossom;

use alloc::vec::Vec;

/// What a vertex or blossom is to the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    /// Not reached.
    Free,
    /// At an even distance from the root.
    Even,
    /// At an odd distance: reached by an edge from the first, which is even, to the second, which lies in it.
    Odd(usize, usize),
}

/// A vertex, or several on a cycle of odd length that behave as one.
#[derive(Clone, Debug)]
struct Node {
    label: Label,
    /// The blossom it lies in.
    parent: Option<usize>,
    /// The vertex whose partner is outside.
    base: usize,
    /// Price of a blossom.
    price: i64,
    /// Children in the order of the cycle, the one with the base first; none in a vertex.
    children: Vec<usize>,
    /// From a vertex of each child to one of the next.
    edges: Vec<(usize, usize)>,
}

/// What limits how far prices can be moved.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// An even vertex would rather be alone than pay more.
    Alone(usize),
    /// An edge from an even vertex to one that is not in the tree.
    Grow(usize, usize),
    /// An edge between two even blossoms.
    Close(usize, usize),
    /// An odd blossom that costs nothing any more.
    Open(usize),
}

/// A matching under way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Solver {
    /// Number of vertices; those who seek come first.
    vertices: usize,
    seekers: usize,
    /// For each vertex its neighbours and twice the weights.
    edges: Vec<Vec<(usize, i64)>>,
    prices: Vec<i64>,
    mates: Vec<Option<usize>>,
    /// Vertices, then blossoms.
    nodes: Vec<Node>,
    /// Blossoms that were given up.
    spare: Vec<usize>,
    /// For each vertex the cheapest edge from an even vertex elsewhere: that vertex and twice the weight.
    nearest: Vec<Option<(usize, i64)>>,
    /// Vertices that the tree has reached, in order.
    reached: Vec<usize>,
    is_reached: Vec<bool>,
    /// The seeker whose tree grows, or the next one.
    root: usize,
    is_growing: bool,
}

impl Solver {
    /// A matching of so many seekers, without edges.
    pub(crate) fn new(seekers: usize) -> Self {
        let mut solver = Self { seekers, ..Self::default() };
        (0..seekers).for_each(|_| solver.add());
        solver
    }

    /// Adds a vertex that does not seek, before the first step.
    pub(crate) fn add(&mut self) {
        let base = self.vertices;
        self.vertices += 1;
        self.edges.push(Vec::new());
        self.prices.push(0);
        self.mates.push(None);
        let (children, edges) = (Vec::new(), Vec::new());
        self.nodes.push(Node { label: Label::Free, parent: None, base, price: 0, children, edges });
        self.nearest.push(None);
        self.is_reached.push(false);
    }

    /// Adds an edge from a seeker to any vertex, with a weight of at least one, before the first step. It may be there already.
    pub(crate) fn connect(&mut self, one: usize, two: usize, weight: i64) {
        for (from, to) in [(one, two), (two, one)].into_iter().filter(|(from, to)| from != to) {
            self.edges[from].push((to, weight * 2));
            if from < self.seekers {
                self.prices[from] = self.prices[from].max(weight * 2);
            }
        }
    }

    /// The partner of a vertex.
    pub(crate) fn mate(&self, vertex: usize) -> Option<usize> {
        self.mates[vertex]
    }

    /// Goes one step on; returns about how many edges and vertices it has looked at. `None`: it is over.
    pub(crate) fn step(&mut self) -> Option<usize> {
        if !self.is_growing {
            while self.root < self.seekers && (self.mates[self.root].is_some() || self.prices[self.root] == 0) {
                self.root += 1;
            }
            if self.root == self.seekers {
                return None;
            }
            self.is_growing = true;
            self.reach(self.root);
            return Some(self.make_even(self.root));
        }
        let (change, event) = self.next_event();
        self.move_prices(change);
        let work = self.reached.len() * 2;
        Some(work + self.follow(event))
    }

    /// What happens next, and how far prices can move until then.
    fn next_event(&self) -> (i64, Event) {
        let mut best = (self.prices[self.root], Event::Alone(self.root));
        let mut offer = |change: i64, event: Event| {
            if change < best.0 {
                best = (change, event);
            }
        };
        for vertex in &self.reached {
            let top = self.top(*vertex);
            let slack = || self.nearest[*vertex].map(|(even, weight)| (even, self.prices[even] + self.prices[*vertex] - weight));
            match self.nodes[top].label {
                Label::Even => {
                    offer(self.prices[*vertex], Event::Alone(*vertex));
                    if let Some((even, slack)) = slack() {
                        offer(slack / 2, Event::Close(even, *vertex));
                    }
                }
                Label::Free => {
                    if let Some((even, slack)) = slack() {
                        offer(slack, Event::Grow(even, *vertex));
                    }
                }
                Label::Odd(..) if top >= self.vertices => offer(self.nodes[top].price / 2, Event::Open(top)),
                Label::Odd(..) => {}
            }
        }
        best
    }

    fn move_prices(&mut self, change: i64) {
        if change == 0 {
            return;
        }
        for at in 0..self.reached.len() {
            let vertex = self.reached[at];
            let top = self.top(vertex);
            // Of a blossom the base stands for all.
            let is_blossom = top >= self.vertices && self.nodes[top].base == vertex;
            match self.nodes[top].label {
                Label::Even => {
                    self.prices[vertex] -= change;
                    self.nodes[top].price += if is_blossom { 2 * change } else { 0 };
                }
                Label::Odd(..) => {
                    self.prices[vertex] += change;
                    self.nodes[top].price -= if is_blossom { 2 * change } else { 0 };
                }
                Label::Free => {}
            }
        }
    }

    fn follow(&mut self, event: Event) -> usize {
        match event {
            Event::Alone(vertex) => {
                self.turn(vertex);
                self.mates[vertex] = None;
                self.end_tree();
                0
            }
            Event::Grow(even, vertex) => {
                let top = self.top(vertex);
                if let Some(mate) = self.mates[self.nodes[top].base] {
                    self.make_odd(top, (even, vertex));
                    return self.make_even(self.top(mate));
                }
                self.turn(even);
                self.rebase(top, vertex);
                (self.mates[even], self.mates[vertex]) = (Some(vertex), Some(even));
                self.end_tree();
                0
            }
            Event::Close(one, two) => self.close(one, two),
            Event::Open(blossom) => self.open(blossom),
        }
    }

    fn reach(&mut self, vertex: usize) {
        if !core::mem::replace(&mut self.is_reached[vertex], true) {
            self.reached.push(vertex);
        }
    }

    fn make_odd(&mut self, top: usize, edge: (usize, usize)) {
        self.nodes[top].label = Label::Odd(edge.0, edge.1);
        for vertex in self.leaves(top) {
            self.reach(vertex);
        }
    }

    /// Makes a blossom even and looks at the edges of its vertices; how many there were.
    fn make_even(&mut self, top: usize) -> usize {
        self.nodes[top].label = Label::Even;
        let leaves = self.leaves(top);
        leaves.into_iter().map(|vertex| self.look_from(vertex)).sum()
    }

    /// Tells the neighbours of a vertex that has become even; how many there are.
    fn look_from(&mut self, vertex: usize) -> usize {
        self.reach(vertex);
        let edges = core::mem::take(&mut self.edges[vertex]);
        for (other, weight) in &edges {
            if self.top(*other) == self.top(vertex) {
                continue;
            }
            self.reach(*other);
            let slack = |even: usize, weight: i64| self.prices[even] - weight;
            if self.nearest[*other].is_none_or(|known| slack(vertex, *weight) < slack(known.0, known.1)) {
                self.nearest[*other] = Some((vertex, *weight));
            }
        }
        let count = edges.len();
        self.edges[vertex] = edges;
        count
    }

    /// Finds the cheapest edges anew for vertices of one even blossom, since edges within it count no more.
    fn look_again(&mut self, top: usize) -> usize {
        let mut count = 0;
        for vertex in self.leaves(top) {
            count += self.edges[vertex].len();
            let even = self.edges[vertex].iter().filter(|(other, _)| {
                let other = self.top(*other);
                other != top && self.nodes[other].label == Label::Even
            });
            self.nearest[vertex] = even.copied().min_by_key(|(other, weight)| self.prices[*other] - weight);
        }
        count
    }

    fn end_tree(&mut self) {
        for vertex in core::mem::take(&mut self.reached) {
            self.is_reached[vertex] = false;
            self.nearest[vertex] = None;
            loop {
                let top = self.top(vertex);
                self.nodes[top].label = Label::Free;
                if top < self.vertices || self.nodes[top].price > 0 {
                    break;
                }
                self.give_up(top);
            }
        }
        self.is_growing = false;
        self.root += 1;
    }
}

#[cfg(test)]
mod tests;
