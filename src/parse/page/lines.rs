//! A page's lines: where they lie, how deep they are indented, and what their first
//! characters make of them.
//!
//! One line at a time; what lines mean together is in `fences` and `outline`.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr2_iter;

use super::keys;

/// Runs of fence marks longer than this count as this long. It bounds how often a line
/// can be looked at for the end of a fence, and nobody nests fences this deep.
const LONGEST_RUN: usize = 8;
/// The word that makes a heading the heading of an ontology block.
const BLOCK_TITLE: &str = "OntologyBlock";
/// The deepest heading that can open an ontology block.
const BLOCK_LEVEL_MAX: u8 = 4;
/// The deepest heading of Markdown.
const HEADING_LEVEL_MAX: usize = 6;
/// A line that is nothing but bold is a heading below all others.
const BOLD_LEVEL: u8 = 7;

/// How far a line is indented. Some files use a tab as wide as two spaces and some as
/// wide as four, often in one file with spaces, so both readings are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Indent {
    narrow: u32,
    wide: u32,
}

impl Indent {
    /// None at all.
    pub(super) const MARGIN: Self = Self { narrow: 0, wide: 0 };

    fn read(text: &str) -> (Self, &str) {
        let mut indent = Self::MARGIN;
        let rest = text.trim_start_matches([' ', '\t']);
        for byte in &text.as_bytes()[..text.len() - rest.len()] {
            let (narrow, wide) = if *byte == b'\t' { (2, 4) } else { (1, 1) };
            indent.narrow = indent.narrow.saturating_add(narrow);
            indent.wide = indent.wide.saturating_add(wide);
        }
        (indent, rest)
    }

    /// Whether this is deeper than `other` under either reading of a tab. What is deeper
    /// belongs to what stands above it; in doubt it does.
    pub(super) fn deeper_than(self, other: Self) -> bool {
        self.narrow > other.narrow || self.wide > other.wide
    }

    /// Whether this is less deep than `other` under every reading.
    pub(super) fn shallower_than(self, other: Self) -> bool {
        self.narrow < other.narrow && self.wide < other.wide
    }
}

/// A line that is not blank.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    /// Its number, from 1.
    pub(super) number: u32,
    /// Where it begins in the file's bytes.
    pub(super) start: usize,
    /// Where the next line begins.
    pub(super) end: usize,
    /// How far it is indented.
    pub(super) indent: Indent,
    /// Whether a list bullet opens it.
    pub(super) bullet: bool,
    /// Its text without indentation, bullet and trailing white space.
    pub(super) body: &'a str,
    /// Whether the line above it is blank.
    pub(super) after_blank: bool,
    /// Whether it belongs to a fence; `fences` decides.
    pub(super) code: bool,
}

/// A Markdown heading, or a line that stands for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heading<'a> {
    pub(super) level: u8,
    pub(super) title: &'a str,
}

impl Heading<'_> {
    /// Whether it opens an ontology block.
    pub(super) fn opens_block(&self) -> bool {
        let Some(word) = self.title.get(..BLOCK_TITLE.len()) else { return false };
        let next = self.title[BLOCK_TITLE.len()..].chars().next();
        self.level <= BLOCK_LEVEL_MAX
            && word.eq_ignore_ascii_case(BLOCK_TITLE)
            && !next.is_some_and(char::is_alphanumeric)
    }
}

/// Three or more fence marks at the start of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FenceRun<'a> {
    /// A backtick or a tilde.
    pub(super) mark: u8,
    /// How many, up to [`LONGEST_RUN`].
    pub(super) length: usize,
    /// What follows them: the language of an opening fence.
    pub(super) info: &'a str,
}

impl<'a> Line<'a> {
    /// The heading on this line: `## Title`, or a title that is all bold.
    pub(super) fn heading(&self) -> Option<Heading<'a>> {
        match self.body.as_bytes().first()? {
            b'#' => self.marked_heading(),
            b'*' => self.bold_heading(),
            _ => None,
        }
    }

    fn marked_heading(&self) -> Option<Heading<'a>> {
        let title = self.body.trim_start_matches('#');
        let level = self.body.len() - title.len();
        if level > HEADING_LEVEL_MAX {
            return None;
        }
        let heading = Heading { level: level as u8, title: title.trim() };
        // A page that forgets the space is still meant to have a block.
        let spaced = title.is_empty() || title.starts_with(char::is_whitespace);
        (spaced || heading.opens_block()).then_some(heading)
    }

    fn bold_heading(&self) -> Option<Heading<'a>> {
        let inner = self.body.strip_prefix("**")?.trim_end_matches(':').strip_suffix("**")?;
        let title = inner.trim().trim_end_matches(':');
        let plain = !title.is_empty() && !title.contains("**");
        plain.then_some(Heading { level: BOLD_LEVEL, title })
    }

    /// The key and value on this line, of `key:: value`.
    ///
    /// The key ends at the last `::` before the first white space, since keys such as
    /// `owl:class` hold colons and values such as `std::path` do too.
    pub(super) fn property(&self) -> Option<(&'a str, &'a str)> {
        let end = self.body.find(|c: char| !is_key_character(c)).unwrap_or(self.body.len());
        let (word, rest) = self.body.split_at(end);
        // Most lines of code begin with another sign.
        if word.is_empty() {
            return None;
        }
        let spaced = rest.is_empty() || rest.starts_with(char::is_whitespace);
        match word.strip_suffix("::").filter(|_| spaced) {
            Some(key) => named(key.trim_end_matches(':'), rest.trim_start()),
            None => self.property_without_space(word),
        }
    }

    /// `term-id::30001`: not Logseq's form, but plainly meant where the key is known;
    /// elsewhere it would take `std::path` for a property.
    fn property_without_space(&self, word: &str) -> Option<(&'a str, &'a str)> {
        let at = word.find("::")?;
        let (key, value) = (&self.body[..at], &self.body[at + 2..]);
        keys::is_known(key).then_some((key, value.trim_start()))
    }

    /// The fence marks on this line. A backtick in the rest makes it inline code.
    pub(super) fn fence_run(&self) -> Option<FenceRun<'a>> {
        let mark = *self.body.as_bytes().first()?;
        if mark != b'`' && mark != b'~' {
            return None;
        }
        let info = self.body.trim_start_matches(char::from(mark));
        let length = self.body.len() - info.len();
        let inline = mark == b'`' && memchr::memchr(b'`', info.as_bytes()).is_some();
        (length >= 3 && !inline).then(|| FenceRun {
            mark,
            length: length.min(LONGEST_RUN),
            info: info.trim(),
        })
    }

    /// The side of a merge conflict that this line marks, if it marks one.
    pub(super) fn conflict_mark(&self) -> Option<Conflict> {
        if self.indent != Indent::MARGIN || self.bullet {
            return None;
        }
        match self.body.as_bytes() {
            [b'<', b'<', b'<', b'<', b'<', b'<', b'<', b' ', ..] => Some(Conflict::Start),
            b"=======" => Some(Conflict::Middle),
            [b'>', b'>', b'>', b'>', b'>', b'>', b'>', b' ', ..] | b">>>>>>>" => {
                Some(Conflict::End)
            }
            b"<<<<<<<" => Some(Conflict::Start),
            _ => None,
        }
    }

    /// Whether this is a rule across the page, such as `---`.
    pub(super) fn is_rule(&self) -> bool {
        let mark = self.body.as_bytes().first().copied().unwrap_or_default();
        matches!(mark, b'-' | b'*' | b'_')
            && self.body.len() >= 3
            && self.body.bytes().all(|b| b == mark || b == b' ')
    }
}

/// Marks that an unfinished merge leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conflict {
    Start,
    Middle,
    End,
}

fn is_key_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ':' | '_' | '-')
}

fn named<'a>(key: &'a str, value: &'a str) -> Option<(&'a str, &'a str)> {
    key.contains(char::is_alphanumeric).then_some((key, value))
}

/// Splits a page into its lines and drops the blank ones.
///
/// `text` is `bytes` read as UTF-8, lossily if need be. Replacing what is not UTF-8
/// touches no line end, so the lines of both agree, and a line's place is its place in
/// the file even where the text is longer than the file.
pub(super) fn split<'a>(bytes: &[u8], text: &'a str) -> Vec<Line<'a>> {
    // Lines of prose are long; a guess that is too high is memory nobody uses.
    let mut lines = Vec::with_capacity(bytes.len() / 128);
    let mut after_blank = false;
    for (number, (raw, read)) in (1..).zip(ranges(bytes).zip(ranges(text.as_bytes()))) {
        let read = &text[read];
        let read = if number == 1 { read.trim_start_matches('\u{feff}') } else { read };
        let (indent, rest) = Indent::read(read.trim_end());
        if rest.is_empty() {
            after_blank = true;
            continue;
        }
        let (bullet, body) = strip_bullet(rest);
        let (start, end) = (raw.start, raw.end);
        lines.push(Line { number, start, end, indent, bullet, body, after_blank, code: false });
        after_blank = false;
    }
    lines
}

/// Bytes as text, with a mark in place of each that is not UTF-8. Whole texts, which most are, are
/// looked at in large steps.
pub(super) fn readable(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// The lines of `bytes` with their ends: `\n`, `\r\n` or a lone `\r`.
pub(super) fn ranges(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut ends = memchr2_iter(b'\n', b'\r', bytes)
        .filter(|at| !(bytes[*at] == b'\r' && bytes.get(at + 1) == Some(&b'\n')))
        .map(|at| at + 1);
    let mut start = 0;
    std::iter::from_fn(move || {
        let end = ends.next().or((start < bytes.len()).then_some(bytes.len()))?;
        Some(std::mem::replace(&mut start, end)..end)
    })
}

fn strip_bullet(text: &str) -> (bool, &str) {
    match text.strip_prefix(['-', '*', '+']) {
        Some("") => (true, ""),
        Some(rest) if rest.starts_with([' ', '\t']) => (true, rest.trim_start()),
        _ => (false, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Line<'_> {
        split(text.as_bytes(), text).into_iter().next().expect("a line that is not blank")
    }

    fn property(text: &str) -> Option<(&str, &str)> {
        one(text).property()
    }

    #[test]
    fn each_kind_of_line_end_ends_one_line() {
        let text = "a\nb\r\nc\rd";
        let lines: Vec<_> =
            split(text.as_bytes(), text).iter().map(|l| (l.number, l.start, l.end)).collect();
        assert_eq!(lines, [(1, 0, 2), (2, 2, 5), (3, 5, 7), (4, 7, 8)]);
    }

    #[test]
    fn blank_lines_are_counted_and_dropped() {
        let lines = split(b"a\n \t\n\nb", "a\n \t\n\nb");
        assert_eq!(lines.iter().map(|l| l.number).collect::<Vec<_>>(), [1, 4]);
        assert!(lines[1].after_blank);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_line() {
        assert_eq!(property("\u{feff}public:: true"), Some(("public", "true")));
    }

    #[test]
    fn a_line_lies_where_it_lies_in_the_file_even_if_its_text_was_replaced() {
        let bytes = b"a\xff\xfe\nb\n";
        let text = String::from_utf8_lossy(bytes);
        let lines = split(bytes, &text);
        assert_eq!((lines[1].start, lines[1].end), (4, 6));
        assert_eq!(lines[1].body, "b");
    }

    #[test]
    fn a_tab_is_deeper_than_two_spaces_and_four_spaces_are_deeper_than_a_tab() {
        let indent = |text| one(text).indent;
        assert!(indent("\tx").deeper_than(indent("  x")));
        assert!(indent("    x").deeper_than(indent("\tx")));
        assert!(indent("  x").shallower_than(indent("    x")));
        assert!(!indent("\tx").shallower_than(indent("    x")));
    }

    #[test]
    fn a_bullet_needs_white_space_after_it() {
        assert!(one("- a").bullet);
        assert!(one("\t* a").bullet);
        assert!(one("-").bullet);
        assert!(!one("-a").bullet);
        assert!(!one("**a**").bullet);
        assert!(!one("---").bullet);
    }

    #[test]
    fn a_key_ends_at_the_last_double_colon_before_the_first_space() {
        assert_eq!(property("- owl:class:: mv:Dam"), Some(("owl:class", "mv:Dam")));
        assert_eq!(property("  id:: a::b"), Some(("id", "a::b")));
        assert_eq!(property("empty::"), Some(("empty", "")));
        assert_eq!(property("\tnote::\tx:: y"), Some(("note", "x:: y")));
    }

    #[test]
    fn prose_with_double_colons_is_no_property() {
        for text in ["see std::path for more", "`term-id::` is a key", ":: x", "a b:: c", "x :: y"]
        {
            assert_eq!(property(text), None, "{text}");
        }
    }

    #[test]
    fn a_known_key_needs_no_space_before_its_value() {
        assert_eq!(property("- term-id::30001"), Some(("term-id", "30001")));
        assert_eq!(property("owl:class::mv:Dam"), Some(("owl:class", "mv:Dam")));
        assert_eq!(property("is-a::[[Dam]], [[Weir]]"), Some(("is-a", "[[Dam]], [[Weir]]")));
    }

    #[test]
    fn a_heading_needs_a_space_and_at_most_six_marks() {
        assert_eq!(one("- ## A b").heading(), Some(Heading { level: 2, title: "A b" }));
        assert_eq!(one("#tag").heading(), None);
        assert_eq!(one("####### x").heading(), None);
    }

    #[test]
    fn a_line_all_in_bold_is_a_heading_below_the_others() {
        assert_eq!(
            one("- **Definition**:").heading(),
            Some(Heading { level: 7, title: "Definition" })
        );
        assert_eq!(one("- **A** and **B**").heading(), None);
        assert_eq!(one("**ID:** 7").heading(), None);
    }

    #[test]
    fn a_block_heading_has_one_to_four_marks_and_the_one_word() {
        let opens = |text| one(text).heading().is_some_and(|heading| heading.opens_block());
        for text in [
            "- ### OntologyBlock",
            "# OntologyBlock",
            "\t\t- #### OntologyBlock  ",
            "### ontologyblock: Dam",
            "###OntologyBlock",
        ] {
            assert!(opens(text), "{text}");
        }
        for text in
            ["##### OntologyBlock", "OntologyBlock", "### OntologyBlocks", "### The OntologyBlock"]
        {
            assert!(!opens(text), "{text}");
        }
    }

    #[test]
    fn inline_code_of_three_backticks_opens_no_fence() {
        assert_eq!(one("```x``` is code").fence_run(), None);
        let run = one("- ````owl").fence_run().expect("a fence");
        assert_eq!((run.length, run.info), (4, "owl"));
    }
}
