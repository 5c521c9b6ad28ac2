//! Wikilinks: `[[Target]]` and `[[Target|shown]]` in a line of text.
//!
//! What a link means in a property is in `values`.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use memchr::{memchr_iter, memchr3};

use super::lines::Line;
use crate::name::Name;
use crate::parse::findings::{Findings, Quoted};
use crate::record::Link;

/// Runs of backticks longer than this are text. Inline code is written with one or two;
/// the bound keeps a line of ever longer runs linear.
const LONGEST_TICKS: usize = 8;

/// A wikilink within a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wikilink<'a> {
    /// The page it names; never empty.
    pub(super) target: &'a str,
    /// Where the text behind it begins.
    pub(super) end: usize,
}

/// The page that a link names, by what stands between its brackets. In a table the `|` is escaped.
pub(super) fn target(inside: &str) -> &str {
    match inside.split_once('|') {
        Some((target, _)) => target.strip_suffix('\\').unwrap_or(target).trim(),
        None => inside.trim(),
    }
}

/// The wikilinks of one line outside inline code, from left to right. Of a link within a
/// link the inner one counts; what was never closed is no link.
pub(super) struct Wikilinks<'a> {
    text: &'a str,
    at: usize,
    /// Where the target of the innermost open link begins.
    open: Option<usize>,
    /// Links around it that are open too.
    outer: usize,
    /// Links that were closed around another one.
    nested: usize,
    /// For which lengths no closing run of backticks is left.
    unclosed_ticks: [bool; LONGEST_TICKS + 1],
}

impl<'a> Wikilinks<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let unclosed_ticks = [false; LONGEST_TICKS + 1];
        Self { text, at: 0, open: None, outer: 0, nested: 0, unclosed_ticks }
    }

    /// How many links were opened and never closed, once all have been taken.
    pub(super) fn unclosed(&self) -> usize {
        self.outer + usize::from(self.open.is_some())
    }

    /// How many links were closed around another, once all have been taken.
    pub(super) fn nested(&self) -> usize {
        self.nested
    }

    /// How many of one byte stand at the present place.
    fn run(&self) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        rest.iter().take_while(|byte| **byte == rest[0]).count()
    }

    fn open(&mut self) {
        let run = self.run();
        self.at += run;
        if run >= 2 {
            self.outer += usize::from(self.open.is_some());
            self.open = Some(self.at);
        }
    }

    fn close(&mut self) -> Option<Wikilink<'a>> {
        let end = self.at;
        if self.text.as_bytes().get(end + 1) != Some(&b']') {
            self.at = end + 1;
            return None;
        }
        self.at = end + 2;
        let Some(start) = self.open.take() else {
            self.nested += self.outer.min(1);
            self.outer = self.outer.saturating_sub(1);
            return None;
        };
        let target = target(&self.text[start..end]);
        (!target.is_empty()).then_some(Wikilink { target, end: self.at })
    }

    /// Passes inline code, or the backticks alone if nothing closes them.
    fn skip_code(&mut self) {
        let run = self.run();
        self.at += run;
        if run > LONGEST_TICKS || self.unclosed_ticks[run] {
            return;
        }
        match closing_ticks(&self.text.as_bytes()[self.at..], run) {
            Some(length) => self.at += length,
            None => self.unclosed_ticks[run] = true,
        }
    }
}

impl<'a> Iterator for Wikilinks<'a> {
    type Item = Wikilink<'a>;

    fn next(&mut self) -> Option<Wikilink<'a>> {
        let bytes = self.text.as_bytes();
        while let Some(distance) = memchr3(b'[', b']', b'`', &bytes[self.at..]) {
            self.at += distance;
            match bytes[self.at] {
                b'[' => self.open(),
                b'`' => self.skip_code(),
                _ => {
                    if let Some(link) = self.close() {
                        return Some(link);
                    }
                }
            }
        }
        None
    }
}

/// How many bytes of `rest` lie before the end of the first run of exactly `wanted` backticks.
fn closing_ticks(rest: &[u8], wanted: usize) -> Option<usize> {
    let mut run = 0;
    let mut previous = None;
    for at in memchr_iter(b'`', rest) {
        run = if previous.is_some_and(|previous| previous + 1 == at) { run + 1 } else { 1 };
        previous = Some(at);
        if run == wanted && rest.get(at + 1) != Some(&b'`') {
            return Some(at + 1);
        }
    }
    None
}

/// The distinct targets of all lines that are not code, in the order they appear.
pub(super) fn read(lines: &[Line<'_>], findings: &mut Findings) -> Vec<Link> {
    let mut links = Vec::new();
    let mut known: HashMap<Cow<'_, str>, usize> = HashMap::new();
    for line in lines.iter().filter(|line| !line.code) {
        let mut found = Wikilinks::of(line.body);
        for wikilink in found.by_ref() {
            let Some(at) = place(&mut known, &mut links, wikilink.target, line.number) else {
                continue;
            };
            links[at].count += 1;
        }
        report(&found, line, findings);
    }
    links
}

/// Adds links that are stated beside the text. One that stands in the text too adds nothing.
pub(super) fn add_stated(links: &mut Vec<Link>, stated: &[(String, u32)]) {
    let mut known: HashSet<_> = links.iter().map(|link| link.target.exact.clone()).collect();
    for (target, line) in stated {
        // The root of all classes is no page.
        let Some(target) = Name::new(target).filter(|it| crate::iri::built_in(&it.exact).is_none())
        else {
            continue;
        };
        if known.insert(target.exact.clone()) {
            links.push(Link { target, line: *line, count: 1 });
        }
    }
}

/// The place of a target among `links`, where it is added if it is new.
fn place<'a>(
    known: &mut HashMap<Cow<'a, str>, usize>,
    links: &mut Vec<Link>,
    target: &'a str,
    line: u32,
) -> Option<usize> {
    if let Some(at) = known.get(target) {
        return Some(*at);
    }
    let name = Name::new(target)?;
    let at = known.get(name.exact.as_str()).copied().unwrap_or(links.len());
    if at == links.len() {
        if name.exact != target {
            known.insert(Cow::Owned(name.exact.clone()), at);
        }
        links.push(Link { target: name, line, count: 0 });
    }
    known.insert(Cow::Borrowed(target), at);
    Some(at)
}

fn report(found: &Wikilinks<'_>, line: &Line<'_>, findings: &mut Findings) {
    if found.unclosed() > 0 {
        let message = format!("`[[` is not closed on its line: {}", Quoted(line.body));
        findings.error("unclosed_wikilink", line.number, message);
    }
    if found.nested() > 0 {
        let message = format!("of links within links the inner is kept: {}", Quoted(line.body));
        findings.error("nested_wikilink", line.number, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::page::lines::split;

    fn targets(text: &str) -> Vec<&str> {
        Wikilinks::of(text).map(|link| link.target).collect()
    }

    fn damage(text: &str) -> (usize, usize) {
        let mut links = Wikilinks::of(text);
        links.by_ref().for_each(drop);
        (links.unclosed(), links.nested())
    }

    #[test]
    fn a_target_ends_at_the_first_bar() {
        assert_eq!(targets("[[A]] and [[ B |b]], [[C|c|d]]"), ["A", "B", "C"]);
    }

    #[test]
    fn a_bar_that_a_table_makes_escape_itself_ends_a_target_without_its_backslash() {
        assert_eq!(targets(r"| [[Dam\|the dam]] | [[a\b]] |"), ["Dam", r"a\b"]);
    }

    #[test]
    fn a_target_may_hold_any_sign_but_brackets_and_bars() {
        let odd = "100% A+B & C (d), e#f/g’s Größe:::`";
        assert_eq!(targets(&format!("[[{odd}]]")), [odd]);
        assert_eq!(targets("[[a]b]] [c] [[d[e]]"), ["a]b", "d[e"]);
    }

    #[test]
    fn a_link_without_a_target_is_none() {
        assert!(targets("[[]] [[ ]] [[|x]] []").is_empty());
        assert_eq!(damage("[[]] [[ ]] [[|x]] []"), (0, 0));
    }

    #[test]
    fn an_unclosed_link_is_none_and_does_not_hide_the_next() {
        assert_eq!(targets("[[A [[B]] and [[C"), ["B"]);
        assert_eq!(damage("[[A [[B]] and [[C"), (2, 0));
    }

    #[test]
    fn of_a_link_within_a_link_the_inner_one_counts() {
        assert_eq!(targets("[[a [[b]] c]] [[d]]"), ["b", "d"]);
        assert_eq!(damage("[[a [[b]] c]] [[d]]"), (0, 1));
    }

    #[test]
    fn further_brackets_around_a_link_do_not_count() {
        assert_eq!(targets("[[[A]]] ([[B]]) #[[C]] [x]([[D]])"), ["A", "B", "C", "D"]);
    }

    #[test]
    fn inline_code_hides_links_and_a_lone_backtick_does_not() {
        assert_eq!(targets("`[[A]]` [[B]] ``x ` [[C]]`` ` [[D]]"), ["B", "D"]);
    }

    #[test]
    fn links_are_counted_by_their_composed_form_with_their_first_line() {
        let text = "- [[Café]]\n- `[[X]]`\n- [[B]] [[Cafe\u{301}]] [[b]]\n";
        let links = read(&split(text.as_bytes(), text), &mut Findings::default());
        let seen: Vec<_> =
            links.iter().map(|l| (l.target.exact.as_str(), l.line, l.count)).collect();
        assert_eq!(seen, [("Café", 1, 2), ("B", 3, 1), ("b", 3, 1)]);
    }

    #[test]
    fn a_link_across_two_lines_is_reported_on_the_first() {
        let text = "x\n[[A\nB]]\n";
        let mut findings = Findings::default();
        assert!(read(&split(text.as_bytes(), text), &mut findings).is_empty());
        let found = findings.into_diagnostics();
        assert_eq!((found.len(), found[0].code, found[0].line), (1, "unclosed_wikilink", 2));
    }

    #[test]
    fn a_million_openings_on_a_line_are_read_once() {
        for unit in ["[[", "[[ ", "[[a ", "]]", "[[a]] ", "` `` ", "[ ] "] {
            let text = unit.repeat(1_000_000);
            assert!(Wikilinks::of(&text).count() <= 1_000_000);
        }
    }

    #[test]
    fn ever_longer_runs_of_backticks_are_passed_once() {
        let text: String = (1..4000).map(|length| "`".repeat(length) + " ").collect();
        assert!(targets(&format!("{text}[[A]]")).contains(&"A"));
    }
}
