//! What kind a page is, and what it is called.

use super::*;

#[test]
fn a_page_with_public_true_before_its_first_bullet_is_a_graph_page() {
    for text in
        ["public:: true\n\n- [[A]]\n", "title:: x\npublic:: True\n# h\n", "- public:: true\n- a\n"]
    {
        let page = page(text);
        assert!(page.is_graph && page.blocks.is_empty(), "{text}");
    }
    assert_eq!(skip_of("- a\n- public:: true\n").0, SkipReason::NoMarkers);
    assert_eq!(skip_of("public:: false\n").0, SkipReason::NoMarkers);
}

#[test]
fn a_page_can_be_of_both_kinds() {
    let page = page(format!("public:: true\n\n{CANONICAL}"));
    assert!(page.is_graph);
    assert_eq!(page.blocks.len(), 1);
    assert!(!super::page(CANONICAL).is_graph);
}

#[test]
fn a_page_without_markers_is_skipped() {
    for text in ["", "\n", "x", "- a\n- [[B]]\n", "status:: draft\n", "is-a::\nterm-id:: -\n"] {
        assert_eq!(skip_of(text).0, SkipReason::NoMarkers, "{text}");
    }
}

#[test]
fn a_page_with_a_json_ld_fence_is_kept_whatever_is_in_the_fence() {
    for fence in ["{}", "", "no JSON", "[1, \"a\"]", "{\"@type\": \"Page\"}"] {
        let page = page(format!("- a\n  ```json-ld\n  {fence}\n  ```\n"));
        assert_eq!((page.blocks.len(), page.fences.len()), (0, 1), "{fence}");
        assert!(!page.diagnostics.is_empty(), "{fence}");
    }
}

#[test]
fn a_block_heading_in_a_fence_makes_no_block() {
    let text = format!("```\n{CANONICAL}```\n");
    assert_eq!(skip_of(&text).0, SkipReason::NoMarkers);
}

#[test]
fn owl_without_a_block_claims_what_it_speaks_of_and_is_reported() {
    let page = page("# A\n\n```clojure\n(SubClassOf :A :B)\n```\n");
    assert_eq!((page.blocks.len(), page.fences.len()), (1, 1));
    assert!(page.blocks[0].is_mention);
    assert_eq!(finding(&page, "owl_without_block").line, 3);
}

#[test]
fn a_file_with_a_nul_byte_is_no_text() {
    let Parsed::Rejected(rejection) = parse("a.md", b"- ### OntologyBlock\n\0") else {
        panic!("not rejected")
    };
    assert_eq!((rejection.stage, rejection.code), (Stage::Parse, "not_text"));
    assert!(rejection.message.contains("byte 20 of 21"));
}

#[test]
fn a_page_is_named_after_its_file() {
    let named = |key: &str| page_name(&ItemKey::new(key));
    assert_eq!(named("pages/Talk%3A Notes.md"), "Talk%3A Notes");
    assert_eq!(named("a___b.md"), "a/b");
    assert_eq!(named("a.b.md"), "a.b");
    assert_eq!(named(r"x/back\\slash.md"), r"back\slash");
    assert_eq!(named("Cafe\u{301}.md"), "Café");
    assert_eq!(named("dir/ .md"), "dir/ .md");
    assert_eq!(named(".md"), ".md");
}

#[test]
fn every_prefix_counts_in_the_configuration_version() {
    let mut settings = PageSettings::default();
    let before = PageParser::new(settings.clone()).reading();
    assert_eq!(before.parser_version, PARSER_VERSION);
    settings.prefixes.insert("aigo", "http://example.org/aigo#");
    let after = PageParser::new(settings).reading();
    assert_ne!(before.configuration_version, after.configuration_version);
}
