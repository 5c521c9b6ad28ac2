//! What is reported, and that nothing is lost by it.

use super::*;

/// The canonical block with one line replaced, as a page.
fn canonical_with(line: &str, replacement: &str) -> Page {
    assert!(CANONICAL.contains(line));
    page(CANONICAL.replace(line, replacement))
}

#[test]
fn all_missing_keys_are_one_finding() {
    let page = page(block_of(&["owl:class:: mv:A", "definition:: x", "status:: —"]));
    assert_eq!(codes(&page), [("missing_required", 1)]);
    let message = "required and not stated: term-id, preferred-term, source-domain, status, \
        public-access, last-updated, owl:physicality, owl:role, is-subclass-of";
    assert_eq!(page.diagnostics[0].message, message);
}

#[test]
fn unknown_values_are_reported_with_the_known_ones() {
    for (line, replacement, code) in [
        ("status:: draft", "status:: Draft", "unknown_value"),
        ("status:: draft", "status:: draft\n    - maturity:: 3", "unknown_value"),
        (":: PhysicalEntity", ":: Solid", "unknown_value"),
        ("owl:role:: Object", "owl:role:: Objects", "unknown_value"),
        ("2025-11-02", "2025-13-02", "bad_date"),
        ("status:: draft", "status:: draft\n    - quality-score:: 1.5", "score_out_of_range"),
        ("status:: draft", "status:: draft\n    - authority-score:: NaN", "score_out_of_range"),
        ("MV-4711", "BC-4711", "prefix_disagrees_with_domain"),
        ("mv:TidalBarrage", "ai:TidalBarrage", "prefix_disagrees_with_domain"),
        ("mv:TidalBarrage", "tele:TidalBarrage", "unknown_prefix"),
        ("[[Power Plant]]", "[[tidal-barrage]]", "self_parent"),
    ] {
        let page = canonical_with(line, replacement);
        assert_eq!(page.blocks.len(), 1);
        let only: Vec<_> = codes(&page).iter().map(|(code, _)| *code).collect();
        assert_eq!(only, [code], "{replacement}");
    }
    let message = canonical_with("status:: draft", "status:: new").diagnostics.remove(0).message;
    let expected = "status is `new`, expected one of draft, in-progress, complete, deprecated";
    assert_eq!(message, expected);
}

#[test]
fn known_values_may_be_linked_and_scores_may_be_whole() {
    let score = "status:: [[draft]]\n    - quality-score:: 1\n    - authority-score:: 0.85";
    assert_eq!(canonical_with("status:: draft", score).diagnostics, []);
    assert_eq!(canonical_with("MV-4711", "4711").diagnostics, []);
    assert_eq!(canonical_with("2025-11-02", "[[2025-11-02]]").diagnostics, []);
}

#[test]
fn bytes_that_are_not_utf8_are_read_and_reported_once() {
    let text = [CANONICAL.as_bytes(), b"- caf\xe9 [[D\xe9j\xe0]]\n- x\n- \xff\n"].concat();
    let page = page(&text);
    assert_eq!(page.blocks, super::page(CANONICAL).blocks);
    let finding = finding(&page, "invalid_utf8");
    assert_eq!((finding.level, finding.line), (Level::Error, 24));
    assert!(finding.message.ends_with("lines with such bytes: 2"));
    assert!(page.links.iter().any(|link| link.target.exact == "D\u{fffd}j\u{fffd}"));
}

#[test]
fn both_sides_of_a_merge_conflict_are_read_and_it_is_reported() {
    let text = "- ### OntologyBlock\n<<<<<<< HEAD\n\t- term-id:: 1\n=======\n\t- term-id:: 2\n>>>>>>> other\n\t- is-a:: [[A]]\n";
    let page = page(text);
    assert_eq!(page.blocks[0].properties.len(), 3);
    assert_eq!(finding(&page, "merge_conflict").line, 2);
    assert_eq!(finding(&page, "repeated_key").line, 5);
}

#[test]
fn an_unclosed_fence_takes_nothing_from_the_rest_of_the_page() {
    let page = page(OLDEST.replace("\t\t  ```\n", ""));
    assert_eq!(page.blocks, super::page(OLDEST).blocks);
    assert_eq!(links(&page).last(), Some(&("Data Logger", 14, 2)));
    assert!(!page.fences[0].closed);
    assert_eq!(finding(&page, "unclosed_fence").line, 16);
}

#[test]
fn a_block_whose_indentation_was_lost_keeps_its_properties() {
    let flat: String = CANONICAL.lines().map(|line| line.trim_start().to_owned() + "\n").collect();
    let (flat, whole) = (block(&flat), block(CANONICAL));
    assert_eq!(flat, whole);
}

#[test]
fn an_unclosed_link_is_reported_on_its_line() {
    let page = page(format!("{CANONICAL}- [[Dam\n- [[Weir]]\n"));
    assert_eq!(finding(&page, "unclosed_wikilink").line, 24);
    assert_eq!(links(&page).last(), Some(&("Weir", 25, 1)));
}

#[test]
fn findings_come_by_line() {
    let page = page(format!("- [[x\n{}- [[y\n", block_of(&["status:: a", "status:: b"])));
    let lines: Vec<_> = page.diagnostics.iter().map(|finding| finding.line).collect();
    assert!(lines.is_sorted(), "{lines:?}");
    assert!(lines.len() >= 5);
}

#[test]
fn a_page_that_is_all_damage_has_few_findings() {
    let page = page(block_of(&["requires:: [["; 10_000]));
    assert_eq!(page.diagnostics.len(), crate::parse::findings::LIMIT + 1);
    assert!(has(&page, "more_findings"));
}
