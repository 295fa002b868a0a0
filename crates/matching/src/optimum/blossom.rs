//! Blossoms: odd cycles that behave as one vertex, how they are closed and opened, and how partners are exchanged along them.

use alloc::vec;
use alloc::vec::Vec;

use super::{Label, Node, Solver};

impl Solver {
    /// The outermost blossom of a vertex, or itself.
    pub(super) fn top(&self, vertex: usize) -> usize {
        let mut top = vertex;
        while let Some(parent) = self.nodes[top].parent {
            top = parent;
        }
        top
    }

    /// The vertices of a blossom.
    pub(super) fn leaves(&self, node: usize) -> Vec<usize> {
        let (mut leaves, mut left) = (Vec::new(), vec![node]);
        while let Some(node) = left.pop() {
            if node < self.vertices {
                leaves.push(node);
            } else {
                left.extend(self.nodes[node].children.iter().rev());
            }
        }
        leaves
    }

    /// Makes a vertex the one of a blossom whose partner is outside, by exchanging partners around the cycle.
    pub(super) fn rebase(&mut self, node: usize, vertex: usize) {
        if node < self.vertices {
            return;
        }
        let Node { children, edges, .. } = self.nodes[node].clone();
        let count = children.len();
        let at = self.child_with(&children, vertex);
        self.rebase(children[at], vertex);
        // From the new base on every second edge is matched, up or down to the old one, whichever is an even way.
        let pairs: Vec<usize> =
            if at.is_multiple_of(2) { (0..at).step_by(2).collect() } else { (at + 1..count).step_by(2).collect() };
        for first in pairs {
            let (one, two) = edges[first];
            self.rebase(children[first], one);
            self.rebase(children[(first + 1) % count], two);
            (self.mates[one], self.mates[two]) = (Some(two), Some(one));
        }
        let node = &mut self.nodes[node];
        node.children.rotate_left(at);
        node.edges.rotate_left(at);
        node.base = vertex;
    }

    /// The child in which a vertex lies.
    fn child_with(&self, children: &[usize], vertex: usize) -> usize {
        let is_within = |child: usize| {
            let mut node = vertex;
            while node != child {
                let Some(parent) = self.nodes[node].parent else { return false };
                node = parent;
            }
            true
        };
        children.iter().position(|child| is_within(*child)).unwrap_or(0)
    }

    /// Exchanges partners from an even vertex up to the root, so that the vertex is free for another partner.
    pub(super) fn turn(&mut self, vertex: usize) {
        let (mut vertex, mut mate) = (vertex, self.mates[self.nodes[self.top(vertex)].base]);
        loop {
            self.rebase(self.top(vertex), vertex);
            let Some(odd) = mate.map(|mate| self.top(mate)) else { return };
            let Label::Odd(even, entry) = self.nodes[odd].label else { return };
            mate = self.mates[self.nodes[self.top(even)].base];
            self.rebase(odd, entry);
            (self.mates[even], self.mates[entry]) = (Some(entry), Some(even));
            vertex = even;
        }
    }

    /// The even blossoms and odd ones from an even one up to the root, with the edges between them.
    fn way_up(&self, top: usize) -> (Vec<usize>, Vec<(usize, usize)>) {
        let (mut nodes, mut edges) = (vec![top], Vec::new());
        let mut even = top;
        while let Some(mate) = self.mates[self.nodes[even].base] {
            let odd = self.top(mate);
            let Label::Odd(above, entry) = self.nodes[odd].label else { break };
            edges.push((self.nodes[even].base, mate));
            edges.push((entry, above));
            even = self.top(above);
            nodes.extend([odd, even]);
        }
        (nodes, edges)
    }

    /// Makes a blossom of the cycle that an edge between two even blossoms closes; how many edges were looked at.
    pub(super) fn close(&mut self, one: usize, two: usize) -> usize {
        let (mut left, mut left_edges) = self.way_up(self.top(one));
        let (mut right, mut right_edges) = self.way_up(self.top(two));
        // What both have in common above the lowest such blossom does not belong to the cycle.
        while left.len() > 1 && right.len() > 1 && left[left.len() - 2] == right[right.len() - 2] {
            left.truncate(left.len() - 1);
            right.truncate(right.len() - 1);
        }
        left_edges.truncate(left.len() - 1);
        right_edges.truncate(right.len() - 1);
        let base = self.nodes[left[left.len() - 1]].base;
        let newly: Vec<usize> =
            left.iter().chain(&right).copied().filter(|node| self.nodes[*node].label != Label::Even).collect();
        // Down the left side from the lowest common one, over the new edge, and up the right side.
        right.truncate(right.len() - 1);
        left.reverse();
        left.extend(right);
        let mut edges: Vec<(usize, usize)> = left_edges.into_iter().rev().map(|(below, above)| (above, below)).collect();
        edges.push((one, two));
        edges.extend(right_edges);
        let newly: Vec<usize> = newly.into_iter().flat_map(|node| self.leaves(node)).collect();
        let blossom = Node { label: Label::Even, parent: None, base, price: 0, children: left, edges };
        let number = self.spare.pop().unwrap_or(self.nodes.len());
        for child in &blossom.children {
            self.nodes[*child].parent = Some(number);
        }
        if number == self.nodes.len() {
            self.nodes.push(blossom);
        } else {
            self.nodes[number] = blossom;
        }
        let count: usize = newly.into_iter().map(|vertex| self.look_from(vertex)).sum();
        count + self.look_again(number)
    }

    /// Lets the children of an outermost blossom go.
    pub(super) fn give_up(&mut self, blossom: usize) {
        for child in core::mem::take(&mut self.nodes[blossom].children) {
            self.nodes[child].parent = None;
            self.nodes[child].label = Label::Free;
        }
        self.spare.push(blossom);
    }

    /// Opens an odd blossom: its children on the even way from the entry to the base stay in the tree; how many edges were looked at.
    pub(super) fn open(&mut self, blossom: usize) -> usize {
        let Node { children, edges, label, .. } = self.nodes[blossom].clone();
        let Label::Odd(even, entry) = label else { return 0 };
        let at = self.child_with(&children, entry);
        self.give_up(blossom);
        let count = children.len();
        self.make_odd(children[at], (even, entry));
        let mut looked = 0;
        let mut here = at;
        while here != 0 {
            // Up or down, first to the partner, which is even, then to the next odd one.
            let (mate, next, edge) = if at % 2 == 1 {
                let mate = here + 1;
                (mate, (mate + 1) % count, edges[mate])
            } else {
                let (mate, next) = (here - 1, here - 2);
                (mate, next, (edges[next].1, edges[next].0))
            };
            self.make_odd(children[next], edge);
            looked += self.make_even(children[mate]);
            here = next;
        }
        looked
    }
}
