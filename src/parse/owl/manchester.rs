//! Manchester syntax as horned-owl takes it: prefixes that are predefined are declared, and a
//! cardinality that a word follows stands in parentheses. Lines stay where they are.

use std::fmt::Write as _;

use super::built_in::OWL;
use super::vocabulary::{RDF, RDFS, XSD};

/// Prefixes that need no declaration (OWL 2 Manchester Syntax, 2.2).
const PREDEFINED: [(&str, &str); 4] = [("owl", OWL), ("rdf", RDF), ("rdfs", RDFS), ("xsd", XSD)];

/// The text with what is missing.
pub(super) fn prepared(text: &str) -> String {
    let tokens = tokens(text);
    let mut out = String::with_capacity(text.len() + 256);
    for (name, namespace) in PREDEFINED {
        let is_declared = tokens.windows(2).any(|pair| {
            let [word, declared] = pair else { return false };
            word.text == "Prefix:" && declared.text.strip_suffix(':') == Some(name)
        });
        if !is_declared {
            let _ = write!(out, "Prefix: {name}: <{namespace}> ");
        }
    }
    let mut copied = 0;
    for (start, end) in cardinalities(&tokens) {
        out.extend([&text[copied..start], "(", &text[start..end], ")"]);
        copied = end;
    }
    out + &text[copied..]
}

/// Where cardinalities stand that say nothing of what is counted and that a word follows, which
/// would be taken for that.
fn cardinalities(tokens: &[Token<'_>]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, window) in tokens.windows(4).enumerate() {
        let [property, bound, number, next] = window else { continue };
        let is_bound = ["min", "max", "exactly"].contains(&bound.text);
        let is_number = number.text.bytes().all(|byte| byte.is_ascii_digit());
        if is_bound && is_number && ["and", "or", "that"].contains(&next.text) {
            let inverse = at.checked_sub(1).and_then(|before| tokens.get(before));
            let first = inverse.filter(|it| it.text == "inverse").unwrap_or(property);
            found.push((first.start, number.start + number.text.len()));
        }
    }
    found
}

struct Token<'a> {
    start: usize,
    text: &'a str,
}

/// The words, the signs, the IRIs and the texts of a document.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match c {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '#' => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            '"' => quoted_length(rest),
            '<' => rest.find('>').map_or(rest.len(), |end| end + 1),
            '(' | ')' | '[' | ']' | '{' | '}' | ',' => 1,
            _ => rest
                .find(|c: char| c.is_whitespace() || "()[]{},\"<".contains(c))
                .unwrap_or(rest.len()),
        };
        tokens.push(Token { start: at, text: &rest[..length] });
        at += length;
    }
    tokens
}

/// How long the text is that begins with a quote, both quotes counted.
fn quoted_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return at + 1,
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_that_are_predefined_are_declared_unless_the_document_does() {
        let text = prepared("Prefix: rdfs: <http://x#>\nClass: <a:b>");
        assert!(text.starts_with("Prefix: owl: <http://www.w3.org/2002/07/owl#> Prefix: rdf: <"));
        assert_eq!(text.matches("Prefix: rdfs:").count(), 1);
        assert!(text.ends_with("\nClass: <a:b>") && text.lines().count() == 2);
    }

    #[test]
    fn a_cardinality_that_a_word_follows_is_told_from_one_with_a_class() {
        let behind = |text: &str| {
            let text = prepared(text);
            text.split_once("XMLSchema#> ").expect("prefixes").1.to_owned()
        };
        assert_eq!(behind(":p max 1 and :q only :C"), "(:p max 1) and :q only :C");
        assert_eq!(behind("inverse :p min 2 or :C"), "(inverse :p min 2) or :C");
        assert_eq!(behind(":p max 1 :C and :D"), ":p max 1 :C and :D");
        assert_eq!(behind("\":p max 1 and\" # :p max 1 and"), "\":p max 1 and\" # :p max 1 and");
    }
}
