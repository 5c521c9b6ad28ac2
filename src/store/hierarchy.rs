//! The hierarchy of classes as a graph: its cycles, and parents that say what others say.
//!
//! Pure; what is stated is read in `rules`.

use std::collections::{HashMap, HashSet, VecDeque};

use super::resolution::ClassKey;

/// Ancestors of one class that are looked at, the nearest first. Real classes have a few hundred;
/// of a made-up chain of a hundred thousand each class would be compared with all behind it.
const MOST_ANCESTORS: usize = 1_000;

/// Which classes are stated to be below which.
#[derive(Debug, Default)]
pub(super) struct Hierarchy {
    parents: HashMap<ClassKey, Vec<ClassKey>>,
}

/// A parent that need not be stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Redundant {
    pub(super) class: ClassKey,
    pub(super) parent: ClassKey,
    /// The other parent, which is below it.
    pub(super) below: ClassKey,
}

impl Hierarchy {
    /// Adds a stated parent.
    pub(super) fn add(&mut self, class: ClassKey, parent: ClassKey) {
        self.parents.entry(class).or_default().push(parent);
    }

    /// The strongly connected parts that have an edge within, by Tarjan's algorithm without
    /// recursion: a chain of parents may be as long as there are classes.
    pub(super) fn cycles(&self) -> Vec<Vec<ClassKey>> {
        let mut walk = Walk::over(&self.parents);
        for start in self.classes() {
            if !walk.index.contains_key(&start) {
                walk.from(start);
            }
        }
        walk.found
    }

    /// Parents that are above another parent of the same class, each once, in the order of the
    /// classes. What lies in a cycle with the class is left out: that is told as a cycle.
    pub(super) fn redundant_parents(&self) -> Vec<Redundant> {
        let several = self.classes().into_iter().filter(|class| self.parents[class].len() > 1);
        several.flat_map(|class| self.redundant_of(class)).collect()
    }

    fn redundant_of(&self, class: ClassKey) -> Vec<Redundant> {
        let parents = &self.parents[&class];
        // The parent by which each ancestor was reached.
        let mut reached: HashMap<ClassKey, ClassKey> = HashMap::new();
        let mut open: VecDeque<_> = parents.iter().map(|parent| (*parent, *parent)).collect();
        while let Some((node, below)) = open.pop_front() {
            for above in self.parents.get(&node).into_iter().flatten() {
                if *above == class {
                    return Vec::new();
                }
                if *above != below && reached.len() < MOST_ANCESTORS && !reached.contains_key(above)
                {
                    reached.insert(*above, below);
                    open.push_back((*above, below));
                }
            }
        }
        let found = parents.iter().filter_map(|parent| Some((*parent, *reached.get(parent)?)));
        found.map(|(parent, below)| Redundant { class, parent, below }).collect()
    }

    /// Those with a parent, in their order.
    fn classes(&self) -> Vec<ClassKey> {
        let mut classes: Vec<_> = self.parents.keys().copied().collect();
        classes.sort_unstable();
        classes
    }
}

struct Walk<'a> {
    edges: &'a HashMap<ClassKey, Vec<ClassKey>>,
    index: HashMap<ClassKey, usize>,
    lowest: HashMap<ClassKey, usize>,
    stack: Vec<ClassKey>,
    on_stack: HashSet<ClassKey>,
    found: Vec<Vec<ClassKey>>,
}

impl<'a> Walk<'a> {
    fn over(edges: &'a HashMap<ClassKey, Vec<ClassKey>>) -> Self {
        Self {
            edges,
            index: HashMap::new(),
            lowest: HashMap::new(),
            stack: Vec::new(),
            on_stack: HashSet::new(),
            found: Vec::new(),
        }
    }

    fn enter(&mut self, node: ClassKey) {
        let index = self.index.len();
        self.index.insert(node, index);
        self.lowest.insert(node, index);
        self.stack.push(node);
        self.on_stack.insert(node);
    }

    fn lower(&mut self, node: ClassKey, to: usize) {
        if let Some(lowest) = self.lowest.get_mut(&node) {
            *lowest = (*lowest).min(to);
        }
    }

    fn from(&mut self, start: ClassKey) {
        let edges = self.edges;
        let next_of = |node: ClassKey| edges.get(&node).map_or(&[][..], Vec::as_slice).iter();
        self.enter(start);
        let mut path = vec![(start, next_of(start))];
        while let Some((node, rest)) = path.last_mut() {
            let node = *node;
            match rest.next() {
                Some(next) if !self.index.contains_key(next) => {
                    self.enter(*next);
                    path.push((*next, next_of(*next)));
                }
                Some(next) => {
                    if self.on_stack.contains(next) {
                        self.lower(node, self.index[next]);
                    }
                }
                None => {
                    path.pop();
                    let lowest = self.lowest[&node];
                    if let Some((above, _)) = path.last() {
                        self.lower(*above, lowest);
                    }
                    if lowest == self.index[&node] {
                        self.leave(node);
                    }
                }
            }
        }
    }

    /// Takes the part that `root` is the first of from the stack.
    fn leave(&mut self, root: ClassKey) {
        let mut part = Vec::new();
        while let Some(node) = self.stack.pop() {
            self.on_stack.remove(&node);
            part.push(node);
            if node == root {
                break;
            }
        }
        let is_own_parent = self.edges.get(&root).is_some_and(|next| next.contains(&root));
        if part.len() > 1 || is_own_parent {
            self.found.push(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(i64, i64)]) -> Hierarchy {
        let mut graph = Hierarchy::default();
        for (from, to) in edges {
            graph.add((1, *from), (1, *to));
        }
        graph
    }

    fn found(edges: &[(i64, i64)]) -> Vec<Vec<i64>> {
        let mut found: Vec<Vec<i64>> = graph(edges)
            .cycles()
            .into_iter()
            .map(|cycle| {
                let mut ids: Vec<_> = cycle.into_iter().map(|(_, id)| id).collect();
                ids.sort_unstable();
                ids
            })
            .collect();
        found.sort();
        found
    }

    #[test]
    fn each_cycle_is_found_once_and_what_leads_to_it_is_none() {
        assert_eq!(found(&[(1, 2), (2, 3), (3, 1), (0, 1), (3, 4)]), [[1, 2, 3]]);
        assert_eq!(found(&[(1, 2), (2, 1), (3, 4), (4, 3), (2, 3)]), [[1, 2], [3, 4]]);
        assert_eq!(found(&[(5, 5), (5, 6)]), [[5]]);
        assert_eq!(found(&[(1, 2), (1, 3), (2, 4), (3, 4)]), Vec::<Vec<i64>>::new());
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_parents_needs_no_stack() {
        let mut edges: Vec<_> = (0..100_000).map(|id| (id, id + 1)).collect();
        edges.push((100_000, 0));
        assert_eq!(found(&edges)[0].len(), 100_001);
    }

    #[test]
    fn a_class_below_all_of_a_long_chain_is_compared_with_the_nearest() {
        let mut edges: Vec<_> = (0..20_000).map(|id| (id, id + 1)).collect();
        edges.extend((0..20_000).map(|id| (id, id + 2)));
        assert!(graph(&edges).redundant_parents().len() >= 19_999);
    }

    #[test]
    fn a_parent_above_another_parent_is_redundant() {
        let redundant = |edges: &[(i64, i64)]| -> Vec<[i64; 3]> {
            let found = graph(edges).redundant_parents().into_iter();
            found.map(|it| [it.class.1, it.parent.1, it.below.1]).collect()
        };
        assert_eq!(redundant(&[(1, 2), (1, 3), (2, 4), (4, 3)]), [[1, 3, 2]]);
        assert_eq!(redundant(&[(1, 2), (1, 3), (2, 4), (3, 4)]), Vec::<[i64; 3]>::new());
        assert_eq!(redundant(&[(1, 2), (1, 3), (1, 4), (2, 3), (3, 4)]), [[1, 3, 2], [1, 4, 3]]);
        assert_eq!(redundant(&[(1, 1), (1, 2), (2, 3), (3, 2)]), Vec::<[i64; 3]>::new());
        assert_eq!(redundant(&[(1, 2), (2, 1), (1, 3), (2, 3)]), Vec::<[i64; 3]>::new());
    }
}
