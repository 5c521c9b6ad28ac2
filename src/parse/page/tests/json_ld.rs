//! Pages of today, whose ontology stands in JSON-LD fences.

use super::*;

pub(super) const OWN: &str = "https://narrativegoldmine.com/ns/v2.jsonld";

/// A fence with these members, in the vocabulary's own context.
pub(super) fn fence(members: &str) -> String {
    format!("```json-ld\n{{\"@context\": \"{OWN}\",\n{members}}}\n```\n")
}

pub(super) fn class(members: &str) -> String {
    fence(&format!(
        "\"@type\": \"Class\", \"@id\": \"urn:ngm:class:dam\", \"label\": \"Dam\",\n{members}"
    ))
}

pub(super) fn page_node(members: &str) -> String {
    fence(&format!("\"@type\": \"Page\", \"vc:schemaVersion\": 2,\n{members}"))
}

pub(super) fn only_block(page: &Page) -> &Block {
    assert_eq!(page.blocks.len(), 1, "{:?}", page.blocks);
    &page.blocks[0]
}

pub(super) fn properties(list: &[Property]) -> Vec<(&str, &str)> {
    list.iter().map(|it| (it.key.as_str(), it.value.as_str())).collect()
}

/// The axioms as (type, property, object).
pub(super) fn axioms(page: &Page) -> Vec<(&str, String, String)> {
    let ontology = &page.ontology;
    let shown = |term: &crate::owl::Term| match term {
        crate::owl::Term::Entity(id) => ontology.entities[*id as usize].compact.clone(),
        crate::owl::Term::Written(text) => text.to_string(),
    };
    let parts = |it: &crate::owl::Axiom| {
        let property = it.property.as_ref().map(shown).unwrap_or_default();
        (it.axiom_type, property, it.object.as_ref().map(shown).unwrap_or_default())
    };
    ontology.axioms.iter().map(parts).collect()
}

const WHOLE: &str = r#"public:: true
alias:: Barrage, Weir

# Tidal Barrage
```json-ld
{
  "@context": "https://narrativegoldmine.com/context/v1.jsonld",
  "@id": "urn:visionflow:page:tidal-barrage",
  "@type": "Page",
  "vc:slug": "tidal-barrage",
  "title": "Tidal Barrage",
  "vc:public": true,
  "vc:schemaVersion": 2,
  "vc:outboundWikilinks": [
    {"@id": "urn:visionflow:linked:turbine", "vc:label": "Turbine"},
    {"@id": "urn:visionflow:owl:class:sea-lock"},
    "Estuary", "Estuary",
    {"@id": "http://www.w3.org/2002/07/owl#Thing", "vc:label": "owl:Thing"}
  ],
  "vc:legacyProperties": [
    {"vc:key": "legacy-term-id", "vc:value": "4711"},
    {"vc:key": "preferred-term", "vc:value": "Tide Dam"}
  ]
}
```

```json-ld
{
  "@context": "https://narrativegoldmine.com/ns/v2.jsonld",
  "@id": "urn:ngm:class:tidal-barrage",
  "@type": "Class",
  "label": "Tidal Barrage",
  "definition": "A dam across an estuary.",
  "domain": "infrastructure",
  "maturity": "mature",
  "subClassOf": [{"@id": "urn:ngm:class:dam", "label": "Dam"}, {"@id": "urn:ngm:class:plant"}],
  "relations": {
    "hasPart": [{"@id": "urn:ngm:class:turbine", "label": "Turbine"}],
    "partOf": {"@id": "urn:ngm:class:grid", "label": "Grid"}
  },
  "sameAs": [{"@id": "urn:ngm:class:sea-dam", "label": "Sea Dam"}],
  "vc:plainGloss": "It keeps the tide.",
  "quality": 0.8,
  "provenance": {"attributedTo": "did:example:a", "generatedAt": "2026-05-18T07:12:05Z"}
}
```

```json-ld
{"@type": "vc:LinkResolutionsAnnotation", "@context": "https://narrativegoldmine.com/ns/v1",
 "vc:resolutions": [{"raw": "[[Turbine]]", "resolved": "urn:visionflow:linked:turbine", "kind": "StubLink"}]}
```
- ### Relationships
  - is-subclass-of:: [[Weir]]
  - Built with a [[Turbine]].
"#;

#[test]
fn a_page_of_today_is_read_whole() {
    let page = page(WHOLE);
    let block = only_block(&page);
    assert_eq!(block.class.compact, "urn:ngm:class:tidal-barrage");
    assert_eq!((block.label.as_str(), block.line), ("Tidal Barrage", 28));
    assert_eq!(block.comment.as_deref(), Some("A dam across an estuary."));
    assert_eq!(
        references(block),
        [
            ("is-subclass-of", "urn:ngm:class:dam", None),
            ("is-subclass-of", "urn:ngm:class:plant", None),
            ("has-part", "urn:ngm:class:turbine", None),
            ("is-part-of", "urn:ngm:class:grid", None),
        ]
    );
    let labels: Vec<_> = block.references.iter().map(|it| it.label.as_deref()).collect();
    assert_eq!(labels, [Some("Dam"), None, Some("Turbine"), Some("Grid")]);
    assert_eq!(block.references[2].line, 38);
    assert!(page.is_graph);
    assert_eq!(page.fences.len(), 3);
    assert_eq!(codes(&page), []);
}

#[test]
fn a_class_has_the_names_of_its_page() {
    let page = page(WHOLE);
    assert_eq!(
        names(only_block(&page)),
        [
            ("urn:ngm:class:tidal-barrage", Rank::Iri),
            ("Test Page", Rank::Page),
            ("Tide Dam", Rank::PreferredTerm),
            ("Tidal Barrage", Rank::PreferredTerm),
            ("4711", Rank::TermId),
            ("tidal-barrage", Rank::Alias),
            ("Barrage", Rank::Alias),
            ("Weir", Rank::Alias),
        ]
    );
}

#[test]
fn what_is_no_relation_is_a_property_or_an_axiom() {
    let page = page(WHOLE);
    assert_eq!(
        properties(&only_block(&page).properties),
        [
            ("domain", "infrastructure"),
            ("maturity", "mature"),
            ("hasPart", "urn:ngm:class:turbine"),
            ("partOf", "urn:ngm:class:grid"),
            ("quality", "0.8"),
            ("provenance.attributedTo", "did:example:a"),
            ("provenance.generatedAt", "2026-05-18T07:12:05Z"),
        ]
    );
    assert_eq!(
        axioms(&page),
        [
            ("AnnotationAssertion", "owl:sameAs".into(), "urn:ngm:class:sea-dam".into()),
            (
                "AnnotationAssertion",
                "https://narrativegoldmine.com/ns/v1#plainGloss".into(),
                "\"It keeps the tide.\"".into()
            ),
        ]
    );
    let of_page = properties(&page.properties);
    for stated in [
        ("is-subclass-of", "[[Weir]]"),
        ("vc:slug", "tidal-barrage"),
        ("vc:public", "true"),
        ("legacy-term-id", "4711"),
        ("@id", "urn:visionflow:page:tidal-barrage"),
    ] {
        assert!(of_page.contains(&stated), "{stated:?} in {of_page:?}");
    }
}

#[test]
fn stated_links_add_to_those_of_the_text_what_does_not_stand_there() {
    let page = page(WHOLE);
    assert_eq!(
        links(&page),
        [("Weir", 53, 1), ("Turbine", 54, 1), ("sea-lock", 16, 1), ("Estuary", 17, 1)]
    );
}

#[test]
fn public_in_json_ld_makes_a_page_of_the_graph() {
    assert!(page(page_node("\"vc:public\": true")).is_graph);
    assert!(!page(page_node("\"vc:public\": false")).is_graph);
    let as_text = page(page_node("\"vc:public\": \"true\""));
    assert!(as_text.is_graph);
    assert_eq!(finding(&as_text, "wrong_type").line, 4);
    let odd = page(page_node("\"vc:public\": \"perhaps\""));
    assert!(!odd.is_graph && has(&odd, "unusable_value"));
}

#[test]
fn a_page_whose_class_is_in_json_ld_is_no_term_page_and_its_bare_fences_are_text() {
    let text = class("\"subClassOf\": []")
        + "- is-subclass-of:: [[Weir]]\n- preferred-term:: Other\n"
        + "```\nSubClassOf(mv:A mv:B)\n```\n"
        + "```manchester-owl\nClass: mv:A\n```\n";
    let page = page(&text);
    assert_eq!(references(only_block(&page)), []);
    assert!(page.ontology.is_empty());
    assert!(!names(&page.blocks[0]).iter().any(|(name, _)| *name == "Other"));
}

#[test]
fn owl_fences_beside_a_class_in_json_ld_state_axioms() {
    let text = class("\"subClassOf\": []")
        + "```owl\nSubClassOf(<urn:ngm:class:dam> <urn:ngm:class:wall>)\n```\n";
    let page = page(&text);
    let block = only_block(&page);
    assert_eq!(references(block), [("is-subclass-of", "urn:ngm:class:wall", None)]);
    assert!(block.references[0].is_axiom);
    assert!(!has(&page, "owl_without_block"));
}

#[test]
fn a_block_beside_a_class_in_json_ld_is_read_too() {
    let page = page(class("\"subClassOf\": []") + CANONICAL);
    let classes: Vec<_> = page.blocks.iter().map(|it| it.class.compact.as_str()).collect();
    assert_eq!(classes, ["urn:ngm:class:dam", "mv:TidalBarrage"]);
}

#[test]
fn other_spellings_fold_and_unknown_predicates_stay() {
    let page = page(class(
        r#""relations": {"depends-on": [{"@id": "urn:a"}], "subClassOf": {"@id": "urn:b"},
           "bridges To": [{"@id": "urn:c"}], "relatedTo_2": [{"@id": "urn:d"}],
           "isWateredBy": [{"@id": "urn:e"}]},
           "vc:hasPart": {"@id": "urn:f"}"#,
    ));
    assert_eq!(
        references(only_block(&page)),
        [
            ("depends-on", "urn:a", None),
            ("is-subclass-of", "urn:b", None),
            ("bridges-to", "urn:c", None),
            ("relates-to", "urn:d", None),
            ("is-watered-by", "urn:e", None),
            ("has-part", "urn:f", None),
        ]
    );
    let of = |code: &str| page.diagnostics.iter().filter(|it| it.code == code).count();
    assert_eq!((of("other_spelling"), of("unknown_predicate")), (4, 1));
    assert!(properties(&page.blocks[0].properties).contains(&("bridges To", "urn:c")));
}

#[test]
fn a_target_is_read_as_it_is_meant() {
    let page = page(class(
        r#""subClassOf": ["urn:a", "[[Weir]]", "skos:Concept", {"@id": "mv:Wall"},
           {"@id": "urn:visionflow:owl:class:sea-wall", "label": "Sea Wall"}, 7, {"label": "x"},
           {"@id": "dam"}, null, ["urn:b"]]"#,
    ));
    let targets: Vec<_> = references(only_block(&page)).into_iter().map(|it| it.1).collect();
    assert_eq!(
        targets,
        [
            "urn:a",
            "Weir",
            "http://www.w3.org/2004/02/skos/core#Concept",
            "http://narrativegoldmine.com/metaverse#Wall",
            "sea-wall",
            "urn:b",
        ]
    );
    let told: Vec<_> = page
        .diagnostics
        .iter()
        .filter(|it| it.code == "unusable_value")
        .map(|it| &it.message)
        .collect();
    assert_eq!(told.len(), 2);
    assert!(told[0].contains("$.subClassOf[5] is the number `7`"), "{told:?}");
    assert!(finding(&page, "unusable_iri").message.contains("$.subClassOf[7]"));
    assert!(finding(&page, "wrong_type").message.contains("$.subClassOf[1]"));
}

#[test]
fn texts_are_read_as_they_are_meant() {
    let page = page(fence(
        r#""@type": "Class", "@id": "urn:dam", "label": 12,
           "definition": {"@value": "A wall.", "@language": "en"}, "vc:plainGloss": {"a": 1}"#,
    ));
    let block = only_block(&page);
    assert_eq!((block.label.as_str(), block.comment.as_deref()), ("12", Some("A wall.")));
    assert!(finding(&page, "wrong_type").message.contains("$.label is the number `12`"));
    assert!(finding(&page, "unusable_value").message.contains("$.vc:plainGloss"));
}

#[test]
fn of_labels_in_several_languages_the_english_one_is_shown_and_all_are_names() {
    let page = page(fence(
        r#""@type": "Class", "@id": "urn:dam", "label": [{"@value": "Staudamm", "@language": "de"},
           {"@value": "Dam", "@language": "en"}], "skos:altLabel": "Barrier""#,
    ));
    let block = only_block(&page);
    assert_eq!(block.label, "Dam");
    let given: Vec<_> = names(block).into_iter().filter(|it| it.1 == Rank::AltTerm).collect();
    assert_eq!(given, [("Staudamm", Rank::AltTerm), ("Barrier", Rank::AltTerm)]);
    assert_eq!(
        axioms(&page),
        [
            ("AnnotationAssertion", "rdfs:label".into(), "\"Staudamm\"@de".into()),
            ("AnnotationAssertion", "skos:altLabel".into(), "\"Barrier\"".into()),
        ]
    );
}

#[test]
fn a_broken_fence_costs_nothing_but_what_is_broken() {
    let cut = class("\"definition\": \"A wall.\", \"domain\": \"data\"").replace("}\n```", "\n```");
    let text =
        format!("{}{cut}- status:: draft\n- See [[Weir]].\n", page_node("\"title\": \"Dam\""));
    let page = page(&text);
    let block = only_block(&page);
    assert_eq!(block.comment.as_deref(), Some("A wall."));
    assert_eq!(finding(&page, "bad_json").level, Level::Error);
    assert_eq!(links(&page), [("Weir", 12, 1)]);
    assert!(properties(&page.properties).contains(&("status", "draft")));
    assert!(properties(&page.properties).contains(&("title", "Dam")));
}

#[test]
fn two_classes_on_a_page_are_both_claimed_and_the_first_answers_to_its_names() {
    let text = format!(
        "title:: River Works\n{}{}",
        class("\"domain\": \"data\""),
        class("\"domain\": \"data\"").replace(":dam", ":weir").replace("Dam", "Weir")
    );
    let page = page(&text);
    let has_title = |at: usize| names(&page.blocks[at]).contains(&("River Works", Rank::Alias));
    assert_eq!((page.blocks.len(), has_title(0), has_title(1)), (2, true, false));
    assert_eq!(finding(&page, "several_classes").level, Level::Info);
    assert!(has(&page, "missing_page"));
}

#[test]
fn lists_and_graphs_hold_several_nodes() {
    let node = |name: &str| {
        format!("{{\"@type\": \"Class\", \"@id\": \"urn:{name}\", \"label\": \"{name}\"}}")
    };
    let list = format!("```json-ld\n[{}, {}]\n```\n", node("a"), node("b"));
    assert_eq!(page(list).blocks.len(), 2);
    let graph = fence(&format!("\"@graph\": [{}, {}]", node("a"), node("b")));
    let page = page(graph);
    assert_eq!((page.blocks.len(), has(&page, "unknown_type")), (2, false));
}

#[test]
fn an_individual_is_declared_and_asserted() {
    let page = page(fence(
        r#""@type": "Individual", "@id": "ngmi:hoover", "label": "Hoover Dam", "built": 1936,
           "instanceOf": [{"@id": "urn:ngm:class:dam"}]"#,
    ));
    assert_eq!(page.blocks, []);
    assert_eq!(page.ontology.declarations.len(), 1);
    assert_eq!(
        axioms(&page),
        [
            ("AnnotationAssertion", "rdfs:label".into(), "\"Hoover Dam\"".into()),
            ("ClassAssertion", String::new(), "urn:ngm:class:dam".into()),
        ]
    );
    assert!(properties(&page.properties).contains(&("built", "1936")));
}

#[test]
fn the_older_type_is_a_class_and_an_unknown_one_is_kept_as_properties() {
    let older =
        page(fence("\"@type\": \"OntologyClass\", \"@id\": \"urn:dam\", \"label\": \"Dam\""));
    assert_eq!(only_block(&older).class.compact, "urn:dam");
    let other = page(fence("\"@type\": \"schema:Article\", \"headline\": \"Dams\""));
    assert_eq!(finding(&other, "unknown_type").level, Level::Warning);
    assert_eq!(properties(&other.properties), [("@type", "schema:Article"), ("headline", "Dams")]);
}

#[test]
fn a_class_without_a_usable_iri_has_one_made_of_its_label() {
    for (id, code) in [
        ("", "missing_id"),
        ("\"@id\": \"dam\",", "unusable_iri"),
        ("\"@id\": 7,", "unusable_value"),
        ("\"@id\": \"urn:driftless:stub:Dam\",", "reserved_iri"),
        ("\"@id\": \"urn:a b\",", "unusable_iri"),
    ] {
        let page = page(fence(&format!("{id} \"@type\": \"Class\", \"label\": \"Dam\"")));
        assert_eq!(only_block(&page).class.compact, "urn:driftless:page:Dam", "{id}");
        assert!(has(&page, code), "{id}: {:?}", page.diagnostics);
    }
}

#[test]
fn what_ought_to_agree_and_does_not_is_told() {
    let text = page_node("\"title\": \"Weir\", \"vc:slug\": \"weir\"").replace(": 2", ": 3")
        + &class(
            r#""domain": "rivers", "maturity": "old", "quality": 0.5, "qualityScore": 0.75,
               "subClassOf": [{"@id": "urn:ngm:class:dam"}]"#,
        )
        + &class("\"quality\": 3");
    let page = page(&text);
    for code in [
        "label_disagrees",
        "slug_disagrees",
        "unknown_schema_version",
        "quality_disagrees",
        "self_parent",
        "score_out_of_range",
    ] {
        assert!(has(&page, code), "{code} in {:?}", page.diagnostics);
    }
    assert_eq!(page.diagnostics.iter().filter(|it| it.code == "unknown_value").count(), 2);
    let differs_in_case = page_node("\"title\": \"dam\"") + &class("\"domain\": \"data\"");
    assert!(!has(&super::page(differs_in_case), "label_disagrees"));
}

#[test]
fn lines_are_those_of_the_page_whatever_its_bytes() {
    let mut bytes = b"\xff\xff\r\n- x\r\n\r\n".to_vec();
    bytes.extend(class("\"subClassOf\": {\"@id\": \"urn:a\"}").replace('\n', "\r\n").bytes());
    let page = page(bytes);
    assert_eq!(only_block(&page).line, 5);
    assert_eq!(page.blocks[0].references[0].line, 7);
}
