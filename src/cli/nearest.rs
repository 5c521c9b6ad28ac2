//! The names that somebody may have meant by one that there is not. Pure.

use crate::name::Name;

/// How many are offered.
const OFFERED: usize = 5;

/// Letters beyond which a name is not compared; nobody mistypes so long a one from memory.
const COMPARED_CHARS: usize = 100;

/// Letters that may differ even in a short name: two that have changed places are two.
const DIFFERENT_CHARS: usize = 2;

/// Up to five of `names` that are nearest to `wanted`, the nearest first. A name without its
/// folder counts as well; one that differs in more than a third of its letters does not.
pub(super) fn nearest(wanted: &str, names: impl IntoIterator<Item = String>) -> Vec<String> {
    let wanted = folded(wanted);
    let limit = (wanted.len() / 3).max(DIFFERENT_CHARS.min(wanted.len() / 2));
    let mut near: Vec<(usize, String)> = names
        .into_iter()
        .filter_map(|name| {
            let whole = folded(&name);
            let last = name.rsplit('/').next().map_or_else(Vec::new, folded);
            let least = distance(&wanted, &whole, limit).min(distance(&wanted, &last, limit));
            (least <= limit).then_some((least, name))
        })
        .collect();
    near.sort();
    near.into_iter().take(OFFERED).map(|(_, name)| name).collect()
}

fn folded(text: &str) -> Vec<char> {
    let folded = Name::new(text).map(|name| name.folded).unwrap_or_default();
    folded.chars().take(COMPARED_CHARS).collect()
}

/// How many letters must be put in, taken out or replaced; more than `limit` is not counted.
fn distance(one: &[char], other: &[char], limit: usize) -> usize {
    if one.len().abs_diff(other.len()) > limit {
        return usize::MAX;
    }
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut left_above = std::mem::replace(&mut above[0], row + 1);
        for (column, their) in other.iter().enumerate() {
            let replaced = left_above + usize::from(letter != their);
            left_above = above[column + 1];
            above[column + 1] = replaced.min(left_above + 1).min(above[column] + 1);
        }
    }
    above[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(wanted: &str, names: &[&str]) -> Vec<String> {
        nearest(wanted, names.iter().map(|&name| name.to_owned()))
    }

    #[test]
    fn a_mistyped_name_is_found() {
        let names = ["Dam.md", "Canal.md", "basics/River.md", "Low-Head Dam.md"];
        assert_eq!(near("Dma.md", &names), ["Dam.md"]);
        assert_eq!(near("canal.MD", &names), ["Canal.md"]);
        assert_eq!(near("Wier", &["Weir", "Pier", "Dam", "Reservoir"]), ["Pier", "Weir"]);
        assert_eq!(near("x", &["y", "xy"]), [""; 0]);
        assert_eq!(near("Rivr.md", &names), ["basics/River.md"]);
        assert_eq!(near("Quantum Computing.md", &names), [""; 0]);
    }

    #[test]
    fn the_nearest_comes_first_and_no_more_than_five_come() {
        let names = ["Lack.md", "Lock.md", "Luck.md", "Lick.md", "Leck.md", "Lyck.md", "Lockk.md"];
        let found = near("Lock.md", &names);
        assert_eq!((found[0].as_str(), found.len()), ("Lock.md", 5));
    }
}
