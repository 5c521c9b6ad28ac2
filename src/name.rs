//! Names: the words by which pages speak of each other, exact and folded.
//!
//! How a name finds its class is the store's business; here it is only normalised.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// A name in the two forms it is compared in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// The name in NFC, with its outer white space removed.
    pub exact: String,
    /// NFKC and full case folding, without white space, hyphens, `_` and quotes; of a whole IRI
    /// the IRI. May be empty; an empty fold matches nothing.
    pub folded: String,
}

impl Name {
    /// Normalises `text`; `None` if nothing but white space is in it.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let exact = if is_nfc(text) { text.to_owned() } else { text.nfc().collect() };
        let folded = fold(&exact);
        Some(Self { exact, folded })
    }
}

/// How strongly a page supplies a name; a smaller rank wins. The order is part of the
/// store's contents: a change of it needs a new parser version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Rank {
    /// The class's IRI or one of its prefixed forms.
    Iri = 1,
    /// The page's own name.
    Page = 2,
    /// `preferred-term`.
    PreferredTerm = 3,
    /// `term-id`.
    TermId = 4,
    /// One of `alt-terms`.
    AltTerm = 5,
    /// `title::` or `alias::`.
    Alias = 6,
    /// The local part of the class's IRI.
    LocalName = 7,
}

impl Rank {
    /// The last rank that names the page itself. By weaker names a page does not answer
    /// its own references: an alternative term equal to its parent is no self-loop.
    pub const LAST_STRONG: Self = Self::PreferredTerm;
}

fn fold(text: &str) -> String {
    // IRIs that differ are of different things.
    if crate::iri::named(text).is_some() {
        return text.to_owned();
    }
    if text.is_ascii() {
        return text.chars().filter(|c| counts(*c)).map(|c| c.to_ascii_lowercase()).collect();
    }
    let folded = caseless::default_case_fold_str(&text.nfkc().collect::<String>());
    folded.nfkc().filter(|c| counts(*c)).collect()
}

/// Whether a character takes part in the comparison of folded names.
fn counts(c: char) -> bool {
    let hyphen = c == '-' || c == '_' || ('\u{2010}'..='\u{2015}').contains(&c);
    let quote = matches!(c, '\'' | '"' | '`' | '\u{2018}'..='\u{201f}' | '«' | '»' | '‹' | '›');
    !(c.is_whitespace() || hyphen || quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        Name::new(text).expect("a name").folded
    }

    #[test]
    fn case_spaces_hyphens_and_quotes_do_not_count_in_a_fold() {
        assert_eq!(folded("Power Plant"), folded("power-plant"));
        assert_eq!(folded("Citizens’ Assembly"), folded("citizens'_assembly"));
        assert_eq!(folded("STRASSE"), folded("Straße"));
        assert_ne!(folded("Dam"), folded("Dams"));
    }

    #[test]
    fn iris_that_differ_in_case_are_different_names() {
        assert_ne!(folded("http://example.org/Dam"), folded("http://example.org/dam"));
        assert_eq!(folded("see: http://x/A b"), folded("see: http://x/a b"));
    }

    #[test]
    fn ascii_folds_as_the_general_rule_does() {
        for text in ["Power Plant", "a-b_c", "O'Neil \"x\"", "A+B & C (d), e#f/g%h"] {
            let general: String = caseless::default_case_fold_str(&text.nfkc().collect::<String>())
                .nfkc()
                .filter(|c| counts(*c))
                .collect();
            assert_eq!(folded(text), general);
        }
    }

    #[test]
    fn composed_and_decomposed_spellings_are_one_exact_name() {
        assert_eq!(Name::new("Cafe\u{301}"), Name::new("Café"));
    }

    #[test]
    fn a_name_of_punctuation_folds_to_nothing_and_one_of_spaces_is_none() {
        assert_eq!(folded("--"), "");
        assert_eq!(Name::new(" \t"), None);
    }
}
