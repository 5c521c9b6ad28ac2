//! A page as headings, properties and bullets, in the order they stand.
//!
//! Flat: which of them belong together is asked of an `Extent`, one at a time.

use std::borrow::Cow;

use super::keys;
use super::lines::{Conflict, Heading, Indent, Line};
use crate::parse::findings::Findings;

/// Something that stands on a line of its own.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) line: u32,
    pub(super) indent: Indent,
    pub(super) bullet: bool,
    pub(super) kind: EntryKind<'a>,
}

/// What it is.
#[derive(Debug)]
pub(super) enum EntryKind<'a> {
    /// A heading, that of an ontology block among them.
    Heading(Heading<'a>),
    /// A property with its whole value.
    Property { key: &'a str, value: Cow<'a, str> },
    /// A bullet with other text.
    Prose,
}

/// How far what stands under a heading reaches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    indent: Indent,
    bullet: bool,
    level: u8,
}

impl Extent {
    /// Ends nowhere.
    pub(super) const WHOLE_PAGE: Self = Self { indent: Indent::MARGIN, bullet: false, level: 0 };

    /// The extent of the heading in `entry`.
    pub(super) fn of(entry: &Entry<'_>, heading: &Heading<'_>) -> Self {
        Self { indent: entry.indent, bullet: entry.bullet, level: heading.level }
    }

    /// The extent of the heading on `line`.
    pub(super) fn of_line(line: &Line<'_>, heading: &Heading<'_>) -> Self {
        Self { indent: line.indent, bullet: line.bullet, level: heading.level }
    }

    /// Whether `line`, which holds plain text, stands after it.
    pub(super) fn ends_before(&self, line: &Line<'_>) -> bool {
        self.bullet && line.bullet && !line.indent.deeper_than(self.indent)
    }

    /// Whether `entry` stands after it.
    ///
    /// A heading on a bullet ends with its subtree, any other with the next heading that
    /// is not below it. At the heading's own indentation a property or a lower heading
    /// still belongs to it: damaged pages lose indentation more often than they put
    /// properties beside a section, and what is lost is lost without a word.
    pub(super) fn ends_at(&self, entry: &Entry<'_>) -> bool {
        let next_heading = match &entry.kind {
            EntryKind::Heading(heading) => Some(heading.level <= self.level),
            _ => None,
        };
        if !self.bullet {
            return next_heading.unwrap_or(false);
        }
        if entry.indent.deeper_than(self.indent) {
            return false;
        }
        if entry.bullet && entry.indent.shallower_than(self.indent) {
            return true;
        }
        next_heading.unwrap_or(matches!(entry.kind, EntryKind::Prose))
    }
}

/// Reads the outline of all lines that are not code.
pub(super) fn read<'a>(lines: &[Line<'a>], findings: &mut Findings) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    let mut continues = false;
    for line in lines {
        if let Some(mark) = line.conflict_mark() {
            if mark == Conflict::Start {
                findings.warn("merge_conflict", line.number, "both sides of a merge are read");
            }
            continues = false;
        } else if line.code {
            continues = false;
        } else if let Some(kind) = kind(line) {
            continues = matches!(kind, EntryKind::Property { key, .. } if !keys::is_logseq(key));
            let Line { number, indent, bullet, .. } = *line;
            entries.push(Entry { line: number, indent, bullet, kind });
        } else {
            continues &= !line.after_blank && !line.is_rule();
            if continues && let Some(last) = entries.last_mut() {
                last.continue_with(line.body);
            }
        }
    }
    entries
}

/// What a line begins; `None` if it continues something.
fn kind<'a>(line: &Line<'a>) -> Option<EntryKind<'a>> {
    if let Some(heading) = line.heading() {
        return Some(EntryKind::Heading(heading));
    }
    if let Some((key, value)) = line.property() {
        return Some(EntryKind::Property { key, value: Cow::Borrowed(value) });
    }
    line.bullet.then_some(EntryKind::Prose)
}

impl Entry<'_> {
    fn continue_with(&mut self, text: &str) {
        if let EntryKind::Property { value, .. } = &mut self.kind {
            let value = value.to_mut();
            if !value.is_empty() {
                value.push('\n');
            }
            value.push_str(text);
        }
    }

    /// The key and value, if this is a property.
    pub(super) fn property(&self) -> Option<(&str, &str)> {
        match &self.kind {
            EntryKind::Property { key, value } => Some((key, value)),
            _ => None,
        }
    }

    /// Whether this opens an ontology block.
    pub(super) fn opens_block(&self) -> bool {
        matches!(&self.kind, EntryKind::Heading(heading) if heading.opens_block())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::page::lines::split;

    fn values(text: &str) -> Vec<(String, String)> {
        let lines = split(text.as_bytes(), text);
        let entries = read(&lines, &mut Findings::default());
        let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        entries.iter().filter_map(Entry::property).map(owned).collect()
    }

    fn value(text: &str) -> String {
        values(text).remove(0).1
    }

    /// Whether the block on the first line of `text` still lasts at its last line.
    fn lasts(text: &str) -> bool {
        let lines = split(text.as_bytes(), text);
        let entries = read(&lines, &mut Findings::default());
        let EntryKind::Heading(heading) = &entries[0].kind else { panic!("a heading first") };
        let extent = Extent::of(&entries[0], heading);
        !entries[1..].iter().any(|entry| extent.ends_at(entry))
    }

    #[test]
    fn plain_lines_continue_a_value_whatever_their_indentation() {
        assert_eq!(value("- definition:: one\ntwo\n\t three\n- x"), "one\ntwo\nthree");
        assert_eq!(value("- has-part::\n  [[A]],\n  [[B]]\n"), "[[A]],\n[[B]]");
    }

    #[test]
    fn a_value_ends_at_a_bullet_property_heading_fence_rule_or_blank_line() {
        for next in ["- b", "b:: c", "## b", "**b**", "\nb", "---", "=======", ">>>>>>> x"] {
            assert_eq!(value(&format!("a:: 1\n{next}\n")), "1", "{next}");
        }
    }

    #[test]
    fn text_after_code_does_not_continue_the_value_before_it() {
        let text = "a:: 1\n```\nx\n```\ny\n";
        let mut lines = split(text.as_bytes(), text);
        lines[1..4].iter_mut().for_each(|line| line.code = true);
        let entries = read(&lines, &mut Findings::default());
        assert_eq!(entries[0].property(), Some(("a", "1")));
    }

    #[test]
    fn text_under_the_properties_of_logseq_is_no_part_of_them() {
        assert_eq!(value("- ## About\n  id:: x\n  Text.\n"), "x");
    }

    #[test]
    fn a_value_may_hold_a_heading_and_double_colons() {
        assert_eq!(value("- definition:: ### See a::b"), "### See a::b");
    }

    #[test]
    fn a_block_lasts_through_its_subtree() {
        assert!(lasts("- ### OntologyBlock\n  id:: x\n\t- a:: b\n\t\t- c\n  - ## d"));
        assert!(!lasts("- ### OntologyBlock\n\t- a:: b\n- c"));
        assert!(!lasts("\t- ### OntologyBlock\n\t\t- a:: b\n- c:: d"));
    }

    #[test]
    fn properties_and_lower_headings_that_lost_their_indentation_stay_in_the_block() {
        assert!(lasts(
            "- ### OntologyBlock\n- a:: b\n- #### Relationships\n- **Definition**\nc:: d"
        ));
        assert!(!lasts("- ### OntologyBlock\n- a:: b\n- ### About"));
        assert!(!lasts("- ### OntologyBlock\n- a:: b\n# About"));
    }

    #[test]
    fn a_block_without_a_bullet_lasts_to_the_next_heading_that_is_not_below_it() {
        assert!(lasts("### OntologyBlock\n- a:: b\n- text\n#### Relationships\n- c:: d"));
        assert!(!lasts("### OntologyBlock\n- a:: b\n## About"));
        assert!(!lasts("### OntologyBlock\n- a:: b\n- ### About"));
    }

    #[test]
    fn a_child_indented_by_spaces_below_a_tab_is_still_a_child() {
        assert!(lasts("\t- ### OntologyBlock\n    - a:: b\n    - c"));
        assert!(lasts("    - ### OntologyBlock\n\t\t- a"));
    }
}
