//! What the value of a property names.

use super::links::{self, Wikilinks};

/// Something that a value names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mention<'a> {
    /// The page or IRI.
    pub(super) name: &'a str,
    /// What `via` names behind it.
    pub(super) qualifier: Option<&'a str>,
}

/// Whether a value says that there is none: it is empty, dashes or a word for it, linked
/// or not.
pub(super) fn is_nothing(value: &str) -> bool {
    let blank = |c: char| is_dash(c) || c.is_whitespace() || matches!(c, '[' | ']' | ',' | ';');
    let words = ["none", "n/a", "null"];
    value.chars().all(blank) || words.iter().any(|word| value.trim().eq_ignore_ascii_case(word))
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// A value without the link, backticks or quotes around the whole of it.
pub(super) fn bare(value: &str) -> &str {
    let value = value.trim();
    if let Some(inner) = value.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
        let single = !inner.contains("[[") && !inner.contains("]]");
        return if single { links::target(inner) } else { value };
    }
    let quoted = |mark| value.strip_prefix(mark).and_then(|rest: &str| rest.strip_suffix(mark));
    quoted('`').or_else(|| quoted('"')).unwrap_or(value).trim()
}

/// Everything that a value names: its wikilinks or, without any, its parts between
/// `separators`. Dashes name nothing, and neither does half a link.
pub(super) fn mentions<'a>(value: &'a str, separators: &[char]) -> Vec<Mention<'a>> {
    let linked: Vec<_> = value.lines().flat_map(linked).collect();
    if !linked.is_empty() {
        return linked.into_iter().filter(|mention| !mention.name.chars().all(is_dash)).collect();
    }
    if is_nothing(value) {
        return Vec::new();
    }
    let parts = value.lines().flat_map(|line| line.split(separators)).map(plain);
    parts.filter(|mention| is_usable(mention.name)).collect()
}

fn is_usable(name: &str) -> bool {
    !is_nothing(name) && !name.contains("[[") && !name.contains("]]")
}

fn plain(part: &str) -> Mention<'_> {
    let (name, qualifier) = match part.split_once(" via ") {
        Some((name, qualifier)) => (name, Some(qualifier.trim())),
        None => (part, None),
    };
    let name = bare(name);
    let iri = name.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    Mention { name: iri.unwrap_or(name), qualifier: qualifier.filter(|text| !text.is_empty()) }
}

/// The wikilinks of one line, each with what `via` says behind it. In
/// `[[A]] via [[B]]` the second link is what qualifies the first.
fn linked(line: &str) -> Vec<Mention<'_>> {
    let mut mentions: Vec<Mention<'_>> = Vec::new();
    let mut before = 0;
    for link in Wikilinks::of(line) {
        let between = &line[before..link.end];
        let is_qualifier = between.split("[[").next().is_some_and(|text| is_via(text.trim()));
        before = link.end;
        match mentions.last_mut() {
            Some(last) if is_qualifier && last.qualifier.is_none() => {
                last.qualifier = Some(link.target);
            }
            _ => {
                let qualifier = qualifier(&line[link.end..]);
                mentions.push(Mention { name: link.target, qualifier });
            }
        }
    }
    mentions
}

fn is_via(text: &str) -> bool {
    text.eq_ignore_ascii_case("via")
}

/// The word behind `via`, or in `(domain: ...)`, at the start of `rest`. It looks no further than
/// that word: a line may hold a million links.
fn qualifier(rest: &str) -> Option<&str> {
    let rest = rest.trim_start();
    if let Some(domain) = rest.strip_prefix("(domain:") {
        let ends = |c: char| matches!(c, ')' | '[' | '(');
        let word = domain.split(ends).next()?.trim();
        return (!word.is_empty()).then_some(word);
    }
    let behind = rest.get(..3).filter(|word| is_via(word)).map(|word| &rest[word.len()..])?;
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '[');
    let word = behind.strip_prefix(char::is_whitespace)?.trim_start().split(ends).next()?;
    let word = word.trim_matches(['`', '(', ')']);
    (!word.is_empty()).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(value: &str) -> Vec<&str> {
        mentions(value, &[',']).into_iter().map(|mention| mention.name).collect()
    }

    #[test]
    fn links_are_named_and_the_text_between_them_is_not() {
        assert_eq!(names("[[A, b]] (physical), [[B|b]] and\n[[C]]"), ["A, b", "B", "C"]);
    }

    #[test]
    fn without_links_the_parts_between_commas_are_named() {
        assert_eq!(names("Dam, Power Plant,, mv:Weir"), ["Dam", "Power Plant", "mv:Weir"]);
        assert_eq!(
            names("<http://example.org/a(b)>, `Dam`, \"Weir\""),
            ["http://example.org/a(b)", "Dam", "Weir"]
        );
    }

    #[test]
    fn dashes_and_words_for_nothing_name_nothing() {
        for value in ["", " ", "-", "—", "--", "none", "N/A", "[[—]]", "[[]]", "[[-]], [[—]]"]
        {
            assert!(names(value).is_empty(), "{value}");
        }
        assert_eq!(names("[[None]]"), ["None"]);
        assert_eq!(names("Dam, -"), ["Dam"]);
    }

    #[test]
    fn half_a_link_names_nothing() {
        assert!(names("[[Dam").is_empty());
        assert_eq!(names("Weir, [[Dam"), ["Weir"]);
    }

    #[test]
    fn via_qualifies_the_link_before_it() {
        let of = |value| {
            let mentions = mentions(value, &[',']).into_iter();
            mentions.map(|mention| (mention.name, mention.qualifier)).collect::<Vec<_>>()
        };
        assert_eq!(
            of("[[A]] via is-subclass-of, [[B]]"),
            [("A", Some("is-subclass-of")), ("B", None)]
        );
        assert_eq!(of("[[A]] via [[is-part-of]], [[B]]"), [("A", Some("is-part-of")), ("B", None)]);
        assert_eq!(of("A via requires, B"), [("A", Some("requires")), ("B", None)]);
        assert_eq!(of("[[A]] via"), [("A", None)]);
    }

    #[test]
    fn a_domain_in_parentheses_qualifies_the_link_before_it() {
        let of = |value| {
            let mentions = mentions(value, &[',']).into_iter();
            mentions.map(|mention| (mention.name, mention.qualifier)).collect::<Vec<_>>()
        };
        assert_eq!(of("[[A]] (domain: ai), [[B]] (tc)"), [("A", Some("ai")), ("B", None)]);
        assert_eq!(of("[[A]] (domain: ), [[B]] (domain:"), [("A", None), ("B", None)]);
    }

    #[test]
    fn a_bare_value_has_no_link_around_it() {
        assert_eq!(bare(" [[Tidal Barrage|x]] "), "Tidal Barrage");
        assert_eq!(bare("[[A]], [[B]]"), "[[A]], [[B]]");
        assert_eq!(bare("`mv:Dam`"), "mv:Dam");
        assert_eq!(bare("`"), "`");
    }
}
