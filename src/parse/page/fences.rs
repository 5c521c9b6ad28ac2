//! Fenced code: where it begins and ends, also where nobody closed it, and which of it
//! is OWL or JSON-LD.
//!
//! What stands in a fence is neither property, nor heading, nor link. What a fence states
//! is not read here.

use std::ops::Range;

use super::keys::{self, FUNCTIONAL_SYNTAX};
use super::lines::{FenceRun, Line};
use crate::parse::findings::Findings;
use crate::record::{Dialect, Fence};

/// Languages that OWL is written under; a fence may also name none.
const OWL_LANGUAGES: [&str; 6] = ["owl", "clojure", "clj", "lisp", "scheme", "ofn"];

/// Words of OWL 2 that stand before or after an opening parenthesis. One is enough to
/// tell OWL from other code, and its side of the parenthesis tells the dialect.
const OWL_WORDS: [&str; 46] = [
    "AnnotationAssertion",
    "AnnotationPropertyDomain",
    "AnnotationPropertyRange",
    "AsymmetricObjectProperty",
    "ClassAssertion",
    "DataAllValuesFrom",
    "DataExactCardinality",
    "DataHasValue",
    "DataMaxCardinality",
    "DataMinCardinality",
    "DataPropertyAssertion",
    "DataPropertyDomain",
    "DataPropertyRange",
    "DataSomeValuesFrom",
    "Declaration",
    "DifferentIndividuals",
    "DisjointClasses",
    "DisjointDataProperties",
    "DisjointObjectProperties",
    "DisjointUnion",
    "EquivalentClasses",
    "EquivalentObjectProperties",
    "FunctionalDataProperty",
    "FunctionalObjectProperty",
    "HasKey",
    "InverseFunctionalObjectProperty",
    "InverseObjectProperties",
    "IrreflexiveObjectProperty",
    "ObjectAllValuesFrom",
    "ObjectComplementOf",
    "ObjectExactCardinality",
    "ObjectHasValue",
    "ObjectIntersectionOf",
    "ObjectMaxCardinality",
    "ObjectMinCardinality",
    "ObjectPropertyAssertion",
    "ObjectPropertyDomain",
    "ObjectPropertyRange",
    "ObjectSomeValuesFrom",
    "ObjectUnionOf",
    "ReflexiveObjectProperty",
    "SameIndividual",
    "SubClassOf",
    "SubObjectPropertyOf",
    "SymmetricObjectProperty",
    "TransitiveObjectProperty",
];

/// A fence as found among the lines.
pub(super) struct Fenced<'a> {
    /// The line of its opening.
    line: u32,
    /// What follows the opening marks.
    info: &'a str,
    /// Which lines are its content, blank ones left out.
    content: Range<usize>,
    start_byte: usize,
    end_byte: usize,
    closed: bool,
}

impl Fenced<'_> {
    /// Whether it is named after JSON-LD.
    pub(super) fn is_json_ld(&self) -> bool {
        is_json_ld(self.language())
    }

    fn language(&self) -> &str {
        language(self.info)
    }

    /// Whether it names no language.
    pub(super) fn is_bare(&self) -> bool {
        self.language().is_empty()
    }

    /// The fence for the record, if it holds OWL.
    pub(super) fn owl(&self, lines: &[Line<'_>]) -> Option<Fence> {
        let language = self.language().to_ascii_lowercase();
        let fitting = language.is_empty()
            || OWL_LANGUAGES.contains(&language.as_str())
            || language.starts_with("owl-");
        let dialect = fitting.then(|| dialect(&lines[self.content.clone()])).flatten()?;
        Some(self.record(dialect))
    }

    /// The fence for the record, written in this way.
    pub(super) fn record(&self, dialect: Dialect) -> Fence {
        let Self { line, start_byte, end_byte, closed, .. } = *self;
        Fence { line, dialect, start_byte, end_byte, closed }
    }
}

/// The language that the opening of a fence names.
fn language(info: &str) -> &str {
    info.split(|c: char| c.is_whitespace() || c == '{').next().unwrap_or_default()
}

fn is_json_ld(language: &str) -> bool {
    ["json-ld", "jsonld"].iter().any(|name| language.eq_ignore_ascii_case(name))
}

/// The dialect of the first OWL word in `content`, comments aside.
fn dialect(content: &[Line<'_>]) -> Option<Dialect> {
    content.iter().filter(|line| !line.body.starts_with(['#', ';'])).find_map(|line| {
        memchr::memchr_iter(b'(', line.body.as_bytes()).find_map(|at| {
            let (before, after) = (&line.body[..at], &line.body[at + 1..]);
            let word_before = before.rsplit(|c: char| !c.is_ascii_alphabetic()).next();
            let word_after = after.split(|c: char| !c.is_ascii_alphabetic()).next();
            if is_owl_word(word_before) {
                Some(Dialect::Functional)
            } else {
                is_owl_word(word_after).then_some(Dialect::SExpression)
            }
        })
    })
}

fn is_owl_word(word: Option<&str>) -> bool {
    word.is_some_and(|word| OWL_WORDS.binary_search(&word).is_ok())
}

/// Finds every fence and marks its lines as code, those of its marks included.
pub(super) fn find<'a>(lines: &mut [Line<'a>], findings: &mut Findings) -> Vec<Fenced<'a>> {
    let mut fences = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let found = match lines[at].fence_run() {
            Some(run) => Some(fence(lines, at, run)),
            None => literal(lines, at),
        };
        let Some((fenced, marked)) = found else {
            at += 1;
            continue;
        };
        if !fenced.closed {
            findings.warn("unclosed_fence", fenced.line, unclosed_message(lines, marked.end));
        }
        at = marked.end;
        lines[marked].iter_mut().for_each(|line| line.code = true);
        fences.push(fenced);
    }
    fences
}

fn unclosed_message(lines: &[Line<'_>], next: usize) -> String {
    match lines.get(next) {
        Some(line) => format!("no closing fence; taken to end before line {}", line.number),
        None => "no closing fence; taken to end with the page".to_owned(),
    }
}

/// The fence that opens at `lines[at]`, and the lines that are code because of it.
fn fence<'a>(lines: &[Line<'a>], at: usize, run: FenceRun<'a>) -> (Fenced<'a>, Range<usize>) {
    let (end, closed) = end_of_fence(lines, at, run);
    let end_byte = match lines.get(end) {
        Some(line) => line.start,
        None => lines.last().map_or(0, |line| line.end),
    };
    let fenced = Fenced {
        line: lines[at].number,
        info: run.info,
        content: at + 1..end,
        start_byte: lines[at].end,
        end_byte,
        closed,
    };
    (fenced, at..end + usize::from(closed))
}

/// The line after a fence's content, and whether that line closes it.
///
/// A fence that is not closed must not swallow the page. It is known by a bullet that
/// leaves its indentation, by another fence that opens inside it, or by the page's end,
/// and is then taken to end at the first line that can hardly be code.
///
/// Linear in all: between an opening and the line that stops the search no run of
/// marks is as long as the opening's, so for each of the few lengths a line is looked at
/// once; or twice, where one fence is allowed inside another.
fn end_of_fence(lines: &[Line<'_>], at: usize, run: FenceRun<'_>) -> (usize, bool) {
    let opening = &lines[at];
    // Pages that explain the format show fences within a fence.
    let may_nest = ["markdown", "md"].contains(&run.info);
    // No line of JSON is a bullet.
    let is_json = is_json_ld(language(run.info));
    let mut nested = false;
    let mut first_unlike_code = None;
    for (number, line) in lines.iter().enumerate().skip(at + 1) {
        if leaves(opening, line) {
            return (first_unlike_code.unwrap_or(number), false);
        }
        match line.fence_run().filter(|it| it.mark == run.mark && it.length >= run.length) {
            Some(_) if opens_only(line) && (nested || !may_nest) => {
                return (first_unlike_code.unwrap_or(number), false);
            }
            Some(_) if opens_only(line) => nested = true,
            Some(_) if nested => nested = false,
            Some(_) => return (number, true),
            None => {}
        }
        if first_unlike_code.is_none()
            && !nested
            && (is_unlike_code(line) || is_json && line.bullet)
        {
            first_unlike_code = Some(number);
        }
    }
    (first_unlike_code.unwrap_or(lines.len()), false)
}

/// Whether a line with fence marks cannot close a fence.
fn opens_only(line: &Line<'_>) -> bool {
    line.bullet || line.fence_run().is_some_and(|run| !run.info.is_empty())
}

/// Whether a bullet stands outside the list item that a fence belongs to.
fn leaves(opening: &Line<'_>, line: &Line<'_>) -> bool {
    let outside = if opening.bullet {
        !line.indent.deeper_than(opening.indent)
    } else {
        line.indent.shallower_than(opening.indent)
    };
    line.bullet && outside
}

/// Whether a line is a heading or a property. A single `#` is a comment in most code.
fn is_unlike_code(line: &Line<'_>) -> bool {
    let heading = line.heading();
    heading.is_some_and(|heading| line.bullet || heading.level > 1 || heading.opens_block())
        || line.property().is_some()
}

/// OWL text as a property's value: `owl:functional-syntax::`, a `|` on this line or the
/// next, and below it everything that is indented further.
fn literal<'a>(lines: &[Line<'a>], at: usize) -> Option<(Fenced<'a>, Range<usize>)> {
    let (key, value) = lines[at].property()?;
    if !keys::is_same(key, FUNCTIONAL_SYNTAX) {
        return None;
    }
    let bar = if value.is_empty() { at + 1 } else { at };
    let barred = if bar == at { value == "|" } else { lines.get(bar)?.body == "|" };
    if !barred {
        return None;
    }
    let inside = |line: &&Line<'_>| !line.bullet && line.indent.deeper_than(lines[at].indent);
    let end = bar + 1 + lines[bar + 1..].iter().take_while(inside).count();
    let fenced = Fenced {
        line: lines[at].number,
        info: "owl",
        content: bar + 1..end,
        start_byte: lines[bar].end,
        end_byte: lines[end - 1].end,
        closed: true,
    };
    // The property itself is no code.
    Some((fenced, at + 1..end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::page::lines::split;

    /// Line, dialect, text, and whether it is closed.
    type OwlFence<'a> = (u32, Dialect, &'a str, bool);

    /// The page's OWL fences, and the lines that are no code.
    fn read(text: &str) -> (Vec<OwlFence<'_>>, Vec<&str>) {
        let mut lines = split(text.as_bytes(), text);
        let fences = find(&mut lines, &mut Findings::default());
        let owl = fences
            .iter()
            .filter_map(|fenced| fenced.owl(&lines))
            .map(|f| (f.line, f.dialect, &text[f.start_byte..f.end_byte], f.closed))
            .collect();
        (owl, lines.iter().filter(|line| !line.code).map(|line| line.body).collect())
    }

    #[test]
    fn the_words_of_owl_are_in_the_order_the_search_needs() {
        assert!(OWL_WORDS.is_sorted());
    }

    #[test]
    fn the_place_of_the_parenthesis_tells_the_dialect() {
        let (owl, _) =
            read("```clojure\nSubClassOf(mv:A mv:B)\n```\n```owl\n;; x\n(SubClassOf :A :B)\n```\n");
        assert_eq!(owl[0], (1, Dialect::Functional, "SubClassOf(mv:A mv:B)\n", true));
        assert_eq!(owl[1], (4, Dialect::SExpression, ";; x\n(SubClassOf :A :B)\n", true));
    }

    #[test]
    fn a_comment_does_not_tell_the_dialect() {
        let (owl, _) =
            read("```clojure\n;; SubClassOf(A B) as s-expressions\n(SubClassOf :A :B)\n```\n");
        assert_eq!(owl[0].1, Dialect::SExpression);
    }

    #[test]
    fn queries_and_other_languages_are_not_owl() {
        let (owl, _) =
            read("```clojure\n#+BEGIN_QUERY\n{:query [:find (pull ?p [*])]}\n#+END_QUERY\n```\n");
        assert_eq!(owl, []);
        assert_eq!(read("```python\nSubClassOf(a, b)\n```\n").0, []);
        assert_eq!(read("```\nprint(x)\n```\n").0, []);
    }

    #[test]
    fn a_fence_may_close_at_column_zero() {
        let (owl, rest) = read("\t- ```owl-functional\n\t  SubClassOf(a b)\n```\n\t- x:: y\n");
        assert_eq!(owl[0].2, "\t  SubClassOf(a b)\n");
        assert!(owl[0].3);
        assert_eq!(rest, ["x:: y"]);
    }

    #[test]
    fn an_unclosed_fence_in_a_bullet_ends_at_the_next_bullet_outside_it() {
        let (owl, rest) = read("- a\n\t- ```clojure\n\t  SubClassOf(a b)\n- ## About\n\t- [[B]]\n");
        assert_eq!(owl[0].2, "\t  SubClassOf(a b)\n");
        assert!(!owl[0].3);
        assert_eq!(rest, ["a", "## About", "[[B]]"]);
    }

    #[test]
    fn an_unclosed_fence_without_a_bullet_ends_at_the_next_heading_or_property() {
        let (owl, rest) = read("```owl\n# note\nSubClassOf(a b)\n\n## Next\nterm-id:: 7\n");
        assert_eq!(owl[0].2, "# note\nSubClassOf(a b)\n\n");
        assert_eq!(rest, ["## Next", "term-id:: 7"]);
    }

    #[test]
    fn an_unclosed_fence_ends_before_the_next_one_opens() {
        let (owl, rest) = read("```owl\nSubClassOf(a b)\n```python\n## x\n```\ny\n");
        assert_eq!(owl[0].2, "SubClassOf(a b)\n");
        assert_eq!(rest, ["y"]);
    }

    #[test]
    fn an_unclosed_fence_at_the_end_ends_with_the_page() {
        let (owl, rest) = read("- ```owl\n  SubClassOf(a b)");
        assert_eq!(owl, [(1, Dialect::Functional, "  SubClassOf(a b)", false)]);
        assert!(rest.is_empty());
    }

    #[test]
    fn a_list_in_a_closed_fence_is_code() {
        assert_eq!(read("```yaml\n- a:: b\n- c\n```\nx\n").1, ["x"]);
        assert_eq!(read("- ```yaml\n  - a\n  ```\n- x\n").1, ["x"]);
    }

    #[test]
    fn a_longer_fence_and_a_markdown_fence_hold_other_fences() {
        assert_eq!(read("````\n```owl\nSubClassOf(a b)\n```\n## x\n````\ny\n").1, ["y"]);
        assert_eq!(read("```markdown\n### OntologyBlock\n```owl\nx\n```\n```\ny\n").1, ["y"]);
    }

    #[test]
    fn tildes_do_not_close_backticks() {
        assert_eq!(read("```\n~~~\n## x\n```\ny\n").1, ["y"]);
    }

    #[test]
    fn the_indented_text_after_a_bar_is_owl() {
        let text =
            "owl:functional-syntax::\n|\n  Prefix(mv:=<x>)\n\n  SubClassOf(mv:A mv:B)\nafter\n";
        let (owl, rest) = read(text);
        let body = "  Prefix(mv:=<x>)\n\n  SubClassOf(mv:A mv:B)\n";
        assert_eq!(owl, [(1, Dialect::Functional, body, true)]);
        assert_eq!(rest, ["owl:functional-syntax::", "after"]);
        assert_eq!(read("- owl:functional-syntax:: true\n  x\n").1.len(), 2);
    }

    #[test]
    fn a_bar_at_the_end_of_the_page_has_no_text() {
        assert_eq!(read("owl:functional-syntax:: |").0, []);
        assert_eq!(read("owl:functional-syntax::\n|").0, []);
    }

    #[test]
    fn bytes_that_are_not_utf8_do_not_shift_a_fence() {
        let bytes = b"\xff\xff\n```owl\nSubClassOf(a b)\n```\n";
        let text = String::from_utf8_lossy(bytes);
        let mut lines = split(bytes, &text);
        let fences = find(&mut lines, &mut Findings::default());
        let owl = fences[0].owl(&lines).expect("OWL");
        assert_eq!(&bytes[owl.start_byte..owl.end_byte], b"SubClassOf(a b)\n");
    }

    #[test]
    fn a_hundred_thousand_unclosed_fences_are_each_looked_at_a_few_times() {
        for unit in
            ["```x\n", "```markdown\n## a\n", "- ```\n", "\t```\n- x\n", "````x\n## b\n```\n~~~\n"]
        {
            let text = unit.repeat(100_000);
            let mut lines = split(text.as_bytes(), &text);
            assert!(!find(&mut lines, &mut Findings::default()).is_empty());
        }
    }
}
