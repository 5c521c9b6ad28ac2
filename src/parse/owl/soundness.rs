//! Names that are none: IRIs, language tags and labels of nodes that no standard allows. What
//! they name is kept as it is, for others read them as well, and told once each.

use std::collections::BTreeMap;

use crate::parse::findings::{Findings, Quoted};

/// Names told of one item; the rest are counted as findings are.
const TOLD_NAMES: usize = 1_000;

/// What is unsound about a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unsound {
    Iri,
    Language,
    Node,
}

/// The unsound names of an item, each with the line it is first used on.
#[derive(Debug, Default)]
pub(super) struct UnsoundNames(BTreeMap<(Unsound, String), u32>);

impl UnsoundNames {
    pub(super) fn iri(&mut self, iri: &str, line: u32) {
        if !is_iri(iri) {
            self.note(Unsound::Iri, iri, line);
        }
    }

    pub(super) fn language(&mut self, tag: &str, line: u32) {
        if !is_language(tag) {
            self.note(Unsound::Language, tag, line);
        }
    }

    pub(super) fn node(&mut self, label: &str, line: u32) {
        if !is_label(label) {
            self.note(Unsound::Node, label, line);
        }
    }

    fn note(&mut self, what: Unsound, name: &str, line: u32) {
        if self.0.len() < TOLD_NAMES {
            self.0.entry((what, name.to_owned())).or_insert(line);
        }
    }

    pub(super) fn report(self, findings: &mut Findings) {
        for ((what, name), line) in self.0 {
            let (code, is_no) = match what {
                Unsound::Iri => ("bad_iri", "IRI"),
                Unsound::Language => ("bad_language", "language tag"),
                Unsound::Node => ("bad_node", "label of a node"),
            };
            let message = format!("{} is no {is_no}; it is kept as it is", Quoted(&name));
            findings.warn(code, line, message);
        }
    }
}

/// Whether an IRI holds no character that none may (RFC 3987, 2.2).
pub(super) fn is_iri(iri: &str) -> bool {
    let mut marks = 0;
    iri.bytes().all(|b| {
        marks += usize::from(b == b'#');
        fits_iri(char::from(b)) && marks < 2
    })
}

/// Whether an IRI may hold a character as it is.
pub(super) fn fits_iri(c: char) -> bool {
    c > ' ' && !matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
}

/// Whether a text is a tag as BCP 47 has them.
pub(super) fn is_language(tag: &str) -> bool {
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    tag.split('-').all(is_part) && tag.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Whether a text may follow `_:`.
pub(super) fn is_label(label: &str) -> bool {
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{b7}');
    label.chars().all(is_inside)
        && label.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        && !label.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_standard_allows_is_told_from_what_is_merely_unusual() {
        let iris = ["http://x/a#b", "urn:a:b", "http://x/größe?q=1#ü", "mv:A", "a%20b"];
        assert!(iris.iter().all(|iri| is_iri(iri)));
        let none = ["http://x/a b", "http://x#a#b", "http://x/`t`", "a|b", "a\\b", "a\nb"];
        assert!(!none.iter().any(|iri| is_iri(iri)));
        assert!(["en", "en-gb", "zh-hans-cn", "x-klingon"].iter().all(|tag| is_language(tag)));
        assert!(!["en_gb", "", "en-", "1en", "muchtoolong"].iter().any(|tag| is_language(tag)));
        assert!(["b0", "_x", "a.b", "é"].iter().all(|label| is_label(label)));
        assert!(!["x/y", "a.", "-a", ""].iter().any(|label| is_label(label)));
    }
}
