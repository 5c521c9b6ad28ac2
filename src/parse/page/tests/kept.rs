//! JSON-LD that says more than is read: it is kept or told, never lost in silence.

use super::json_ld::{axioms, class, fence, only_block, page_node, properties};
use super::*;

const EXPANDED: &str =
    "\"@context\": [\"https://narrativegoldmine.com/ns/v2.jsonld\", {\"q\": \"http://q/\"}]";

/// A fence that a processor reads.
fn expanded(members: &str) -> String {
    format!("```json-ld\n{{{EXPANDED},\n{members}}}\n```\n")
}

const TERM: &str = "- term-id:: 12\n- preferred-term:: Old Term\n- is-subclass-of:: [[Dam]]\n";

#[test]
fn fences_without_a_class_leave_a_term_page_what_it_is() {
    let note = fence("\"@type\": \"LinkResolutionsAnnotation\"");
    for text in [note, page_node("\"title\": \"x\""), "```json-ld\n```\n".to_owned()] {
        let page = page(text + TERM);
        assert_eq!(only_block(&page).label, "Old Term");
    }
}

#[test]
fn a_fence_that_broke_before_its_type_may_have_stated_a_class() {
    let broken = "```json-ld\n{\"@id\": \"urn:ngm:class:cut\", 'label'\n```\n".to_owned();
    let page = page(broken + TERM);
    assert_eq!(page.blocks, []);
    assert!(has(&page, "bad_json"));
}

#[test]
fn names_that_cannot_be_used_are_told_in_either_form() {
    let page =
        page(class(r#""subClassOf": ["_:b1", "vc:", "x:a|b", {"@id": "_:b2"}], "sameAs": "_:z""#));
    assert_eq!(references(only_block(&page)), []);
    let told = page.diagnostics.iter().filter(|it| it.code.starts_with("unusable")).count();
    assert_eq!(told, 5, "{:?}", page.diagnostics);
}

#[test]
fn what_axioms_cannot_say_without_an_iri_is_kept_as_properties() {
    let class = page(fence(
        r#""@type": "Class", "label": "x", "sameAs": ["http://x.org/a"], "vc:plainGloss": "g""#,
    ));
    let kept = properties(&only_block(&class).properties);
    assert_eq!(kept, [("sameAs", "http://x.org/a"), ("vc:plainGloss", "g")]);
    let individual = page(fence(
        r#""@type": "Individual", "label": "Thames", "instanceOf": "urn:ngm:class:river""#,
    ));
    let kept = properties(&individual.properties);
    assert_eq!(kept, [("label", "Thames"), ("instanceOf", "urn:ngm:class:river")]);
    assert!(individual.ontology.is_empty());
}

#[test]
fn an_individual_is_of_all_its_types_whichever_way_they_are_stated() {
    let plain = fence(r#""@type": ["Individual", "urn:ngm:class:river"], "@id": "urn:t""#);
    let other =
        expanded(r#""@type": "Individual", "@id": "urn:t", "instanceOf": "urn:ngm:class:river""#);
    for text in [plain, other] {
        let expected = ("ClassAssertion", String::new(), "urn:ngm:class:river".to_owned());
        assert_eq!(axioms(&page(text)), [expected]);
    }
    let class = page(fence(r#""@type": ["Class", "skos:Concept"], "@id": "urn:c", "label": "c""#));
    assert_eq!(properties(&only_block(&class).properties), [("@type", "skos:Concept")]);
}

#[test]
fn members_beside_an_iri_stay_with_the_property() {
    let page = page(class(
        r#""subClassOf": [{"@id": "urn:a", "label": "A", "confidence": 0.7}],
           "relations": {"hasPart": [{"@id": "urn:b", "weight": 12345678901234567890123}]}"#,
    ));
    assert_eq!(
        properties(&only_block(&page).properties),
        [
            ("subClassOf", r#"[{"@id":"urn:a","label":"A","confidence":0.7}]"#),
            ("hasPart", r#"[{"@id":"urn:b","weight":12345678901234567890123}]"#),
        ]
    );
}

#[test]
fn a_class_within_another_node_is_a_class() {
    let inner = r#""vc:about": [{"@type": "Class", "@id": "urn:n", "label": "Nested"}]"#;
    for text in [page_node(inner), expanded(&format!("\"@type\": \"Page\", {inner}"))] {
        assert_eq!(only_block(&page(text)).label, "Nested");
    }
}

#[test]
fn a_node_of_two_types_is_both() {
    let page = page(fence(
        r#""@type": ["Page", "Class"], "@id": "urn:x", "label": "X", "vc:public": true"#,
    ));
    assert!(page.is_graph);
    assert_eq!(only_block(&page).label, "X");
}

#[test]
fn relations_that_are_no_predicates_are_told() {
    let page = page(class(r#""relations": [{"@id": "urn:x", "label": "X"}, "none"]"#));
    assert_eq!(references(only_block(&page)), []);
    assert_eq!(page.diagnostics.iter().filter(|it| it.code == "unusable_value").count(), 2);
}

#[test]
fn a_label_that_comes_with_a_later_mention_counts() {
    let page =
        page(class(r#""subClassOf": [{"@id": "urn:s"}, {"@id": "urn:s", "label": "Stub"}]"#));
    assert_eq!(only_block(&page).references[0].label.as_deref(), Some("Stub"));
}

#[test]
fn the_root_of_all_classes_is_no_link_whatever_it_is_called() {
    let page = page(page_node(
        r#""vc:outboundWikilinks": [{"@id": "owl:Thing"}, {"@id": "owl:Thing", "vc:label": "All"},
           "urn:visionflow:linked:lock", "Weir: Notes"]"#,
    ));
    assert_eq!(links(&page).iter().map(|it| it.0).collect::<Vec<_>>(), ["lock", "Weir: Notes"]);
}

#[test]
fn prose_behind_a_fence_that_is_not_closed_is_kept() {
    let page = page("- before\n```json-ld\n{\"@type\": \"Page\"}\n- See [[Weir]].\n\n## Head\n");
    assert_eq!(links(&page), [("Weir", 4, 1)]);
    assert!(!has(&page, "bad_json"), "{:?}", page.diagnostics);
}

#[test]
fn a_legacy_property_without_a_value_names_nothing() {
    let page = page(class(
        r#""vc:legacyProperties": [{"vc:key": "preferred-term", "vc:value": null},
           {"vc:key": "preferred-term", "vc:value": "[[Brack]]"}]"#,
    ));
    let names = names(only_block(&page));
    assert!(names.contains(&("Brack", Rank::PreferredTerm)), "{names:?}");
    assert!(!names.iter().any(|(name, _)| *name == "null"));
}

#[test]
fn a_label_beside_a_reference_is_not_the_label_of_what_it_leads_to() {
    let text = expanded(
        r#""@graph": [
            {"@type": "Page", "@id": "urn:p", "schemaVersion": 2,
             "outboundWikilinks": [{"@id": "urn:w", "vc:label": "Beside"}]},
            {"@type": "Class", "@id": "urn:v", "label": "V", "subClassOf": {"@id": "urn:w", "label": "Beside"}},
            {"@type": "Class", "@id": "urn:w", "label": "W"}]"#,
    );
    let page = page(text);
    let labels: Vec<_> = page.blocks.iter().map(|it| it.label.as_str()).collect();
    assert_eq!(labels, ["V", "W"]);
    assert_eq!(page.blocks[0].references[0].label.as_deref(), Some("Beside"));
    assert_eq!(links(&page), [("Beside", 2, 1)]);
}

#[test]
fn every_node_that_a_processor_gives_is_read() {
    let ring =
        expanded(r#""@id": "_:a", "@type": "Class", "label": "Ring", "q:p": {"@id": "_:a"}"#);
    assert_eq!(only_block(&page(ring)).label, "Ring");
    let own = page(expanded(r#""@id": "urn:x", "q:p": {"@id": "urn:x"}, "q:note": "kept""#));
    assert!(properties(&own.properties).contains(&("http://q/note", "kept")));
}

#[test]
fn names_in_place_of_iris_are_read_by_a_processor_too() {
    let page = page(expanded(
        r#""@type": "Class", "@id": "urn:d", "label": "D", "subClassOf": "Big Dam",
           "relations": {"q:bridges To": [{"@id": "urn:e"}]}"#,
    ));
    assert_eq!(
        references(only_block(&page)),
        [("is-subclass-of", "Big Dam", None), ("bridges-to", "urn:e", None)]
    );
    let told = finding(&page, "wrong_type");
    assert!(told.message.starts_with("$.rdfs:subClassOf[0] "), "{}", told.message);
}

#[test]
fn an_unknown_context_spoils_none_that_stands_beside_it_or_within_another() {
    let beside = "```json-ld\n{\"@context\": [\"https://example.org/u.jsonld\", {\"q\": \"http://q/\"}], \
                  \"@type\": \"Class\", \"@id\": \"q:c\", \"label\": \"C\"}\n```\n";
    let page = page(beside);
    assert_eq!(only_block(&page).class.compact, "http://q/c");
    assert!(has(&page, "unknown_context") && !has(&page, "bad_json_ld"));
    let mut settings = PageSettings::default();
    let document = r#"{"@context": ["http://unknown.org/", {"baz": "http://f/baz"}]}"#;
    settings.contexts = Contexts::new([("http://u.org/".to_owned(), document.to_owned())].into());
    let text = "```json-ld\n{\"@context\": \"http://u.org/\", \"@type\": \"Class\", \"@id\": \"urn:c\", \
                \"label\": \"C\"}\n```\n";
    let item = SourceItem {
        key: ItemKey::new("a.md"),
        content: text.into(),
        content_digest: Digest::of(text.as_bytes()),
        git_sha1: None,
    };
    let Parsed::Page(page) = PageParser::new(settings).parse(&item) else { panic!("no page") };
    assert!(finding(&page, "unknown_context").message.contains("http://unknown.org/"));
}

#[test]
fn a_line_of_a_million_repairs_or_references_takes_no_time() {
    for members in
        [format!("\"q\": [{}1]", "NaN,".repeat(200_000)), "\"a\": 1,".repeat(100_000) + "\"b\": 2"]
    {
        assert!(!page(fence(&members)).diagnostics.is_empty());
    }
    let same = "{\"@id\": \"urn:a\", \"q:n\": 0},".repeat(3_000);
    let page = page(expanded(&format!(
        "\"@type\": \"Class\", \"@id\": \"urn:b\", \"label\": \"B\", \"subClassOf\": [{same} null]"
    )));
    assert_eq!(references(only_block(&page)), [("is-subclass-of", "urn:a", None)]);
}

#[test]
fn an_iri_first_page_may_have_blocks_besides() {
    let text = format!("\niri:: http://x/Dam\nrdf-type:: owl:Class\n\n{CANONICAL}");
    let page = page(text);
    let classes: Vec<_> = page.blocks.iter().map(|it| it.class.compact.as_str()).collect();
    assert_eq!(classes, ["http://x/Dam", "mv:TidalBarrage"]);
}
