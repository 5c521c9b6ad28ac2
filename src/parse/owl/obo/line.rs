//! The lines of an OBO document: tags, values, qualifiers; comments are left out.

use std::borrow::Cow;

/// One clause: `tag: value {qualifiers} ! comment`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clause<'a> {
    pub(super) line: u32,
    pub(super) tag: &'a str,
    /// As it is written, escapes included.
    pub(super) value: Cow<'a, str>,
    pub(super) qualifiers: Vec<(String, String)>,
}

/// What a line is.
#[derive(Debug, PartialEq)]
pub(super) enum Line<'a> {
    /// `[Term]`: the word between the brackets.
    Frame {
        line: u32,
        name: &'a str,
    },
    Clause(Clause<'a>),
    /// Anything else. No reader uses it.
    Other {
        line: u32,
        text: &'a str,
    },
}

/// The lines of a text that are not empty.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut lines = (1..).zip(text.lines());
    std::iter::from_fn(move || {
        loop {
            let (number, first) = lines.next()?;
            let mut whole = Cow::Borrowed(first);
            while continues(&whole) {
                let Some((_, more)) = lines.next() else { break };
                let length = whole.len() - 1;
                let joined = whole.to_mut();
                joined.truncate(length);
                joined.push_str(more);
            }
            if let Some(line) = read(number, first, whole) {
                return Some(line);
            }
        }
    })
}

/// Whether a line ends with a backslash that escapes its end.
fn continues(line: &str) -> bool {
    (line.len() - line.trim_end_matches('\\').len()) % 2 == 1
}

fn read<'a>(line: u32, first: &'a str, whole: Cow<'a, str>) -> Option<Line<'a>> {
    let text = first.trim();
    if text.is_empty() || text.starts_with('!') {
        return None;
    }
    if let Some(rest) = text.strip_prefix('[')
        && let Some((name, _)) = rest.split_once(']')
    {
        return Some(Line::Frame { line, name });
    }
    let is_tag = |tag: &str| {
        !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let Some((tag, _)) = text.split_once(':').filter(|(tag, _)| is_tag(tag)) else {
        return Some(Line::Other { line, text });
    };
    let value = match whole {
        Cow::Borrowed(whole) => Cow::Borrowed(behind_tag(whole)),
        Cow::Owned(whole) => Cow::Owned(behind_tag(&whole).to_owned()),
    };
    let (value, qualifiers) = split(value);
    Some(Line::Clause(Clause { line, tag, value, qualifiers }))
}

fn behind_tag(line: &str) -> &str {
    line.split_once(':').map_or("", |(_, value)| value.trim())
}

/// A value without the comment and the qualifiers behind it.
fn split(value: Cow<'_, str>) -> (Cow<'_, str>, Vec<(String, String)>) {
    let (mut end, mut open) = (value.len(), None);
    let (mut quoted, mut escaped, mut spaced) = (false, false, true);
    for (at, c) in value.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '!' if !quoted && spaced => {
                end = at;
                break;
            }
            '{' if !quoted => open = Some(at),
            _ => {}
        }
        spaced = c.is_whitespace();
    }
    let shown = value[..end].trim_end();
    let found = open.and_then(|open| {
        let inside = shown.get(open + 1..)?.strip_suffix('}')?;
        Some((open, qualifiers(inside)?))
    });
    let (length, found) = match found {
        Some((open, found)) => (value[..open].trim_end().len(), found),
        None => (shown.len(), Vec::new()),
    };
    let value = match value {
        Cow::Borrowed(value) => Cow::Borrowed(&value[..length]),
        Cow::Owned(value) => Cow::Owned(value[..length].to_owned()),
    };
    (value, found)
}

/// `key="value", other="value"`; nothing if it is something else.
fn qualifiers(text: &str) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, behind) = rest.split_once('=')?;
        let key = key.trim();
        if key.is_empty() || key.contains(char::is_whitespace) {
            return None;
        }
        let behind = behind.trim_start();
        let (value, after) = match quoted(behind) {
            Some(found) => found,
            None => {
                let end = behind.find(',').unwrap_or(behind.len());
                (unescaped(behind[..end].trim()), &behind[end..])
            }
        };
        found.push((unescaped(key), value));
        rest = after.trim_start();
        match rest.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None if rest.is_empty() => {}
            None => return None,
        }
    }
    Some(found)
}

/// The text between quotes that `text` begins with, and what stands behind it.
pub(super) fn quoted(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut escaped = false;
    let end = inside.char_indices().find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    let (end, _) = end?;
    Some((unescaped(&inside[..end]), &inside[end + 1..]))
}

/// The first word of a text and what stands behind it.
pub(super) fn word(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let mut escaped = false;
    let end = text.char_indices().find(|(_, c)| {
        let ends = c.is_whitespace() && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    let (word, rest) = text.split_at(end.map_or(text.len(), |(end, _)| end));
    (!word.is_empty()).then(|| (unescaped(word), rest.trim_start()))
}

/// A text without its escapes (OBO 1.4, 2.1).
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('W') => ' ',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(text: &str) -> (String, Vec<(String, String)>) {
        let Some(Line::Clause(clause)) = lines(text).next() else { panic!("no clause: {text}") };
        (clause.value.into_owned(), clause.qualifiers)
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_clause_has_a_value_qualifiers_and_a_comment_that_is_left_out() {
        let both = pairs(&[("a", "one"), ("b", "two, \"2\"")]);
        assert_eq!(
            clause("name: x {a=\"one\", b=\"two, \\\"2\\\"\"} ! why"),
            ("x".to_owned(), both)
        );
        assert_eq!(clause("is_a: Q:2!3 ! b {c}"), ("Q:2!3".to_owned(), vec![]));
        assert_eq!(clause("def: \"a ! b {c}\" []"), ("\"a ! b {c}\" []".to_owned(), vec![]));
        assert_eq!(clause("name: poly{A}"), ("poly{A}".to_owned(), vec![]));
        assert_eq!(clause("relationship: p Q:3 {cardinality=2}").1, pairs(&[("cardinality", "2")]));
    }

    #[test]
    fn a_backslash_at_its_end_joins_a_line_with_the_next() {
        assert_eq!(clause("comment: one \\\ntwo").0, "one two");
        let after = lines("name: a\\\nb\nname: c").nth(1);
        assert!(matches!(after, Some(Line::Clause(Clause { line: 3, .. }))));
    }
}
