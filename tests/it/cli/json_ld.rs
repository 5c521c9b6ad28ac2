//! Pages of today beside older ones: their classes are found, explained, searched and exported.

use std::fs;

use serde_json::Value;

use super::Desk;

const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/json-ld-pages");

fn desk() -> Desk {
    let desk = Desk::new();
    assert_eq!(desk.run(&["sync", PAGES, "--quiet"]).code, 1, "a document is rejected");
    desk
}

/// One member of each of a list's objects.
fn each<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    let list = list.as_array().expect("a list").iter();
    list.map(|it| it[member].as_str().unwrap_or_default()).collect()
}

#[test]
fn every_fixture_is_accounted_for_and_none_in_silence() {
    let desk = Desk::new();
    let (answer, code) = desk.json(&["sync", PAGES]);
    let counters = &answer["counters"];
    let told = ["listed", "written", "skipped", "rejected"].map(|it| counters[it].as_u64());
    assert_eq!((told, code), ([22, 20, 1, 1].map(Some), 1), "{answer:#}");
    assert_eq!(answer["totals"]["fences"], 24, "{answer:#}");
}

#[test]
fn an_older_page_finds_the_classes_of_json_ld_by_all_their_names() {
    let (dam, _) = desk().json(&["classes", "Dam"]);
    let class = &dam["classes"][0];
    assert_eq!(each(&class["parents"], "class_iri"), ["urn:ngm:class:tidal-lagoon"]);
    assert_eq!(
        each(&class["relations"], "class_iri"),
        [
            "urn:ngm:class:sluice",
            "urn:ngm:class:spillway",
            "http://example.org/water#Headpond",
            "http://example.org/water#Wharf",
        ]
    );
}

#[test]
fn a_class_of_json_ld_is_shown_with_its_parents_and_children() {
    let (answer, _) = desk().json(&["classes", "Second Sluice"]);
    let class = &answer["classes"][0];
    // Two pages state it, of which the first by name is shown.
    assert_eq!(class["class"]["label"], "Second Sluice");
    assert_eq!(each(&class["stated_in"], "key"), ["Second Sluice.md", "Sluice.md"]);
    let parents = each(&class["parents"], "label");
    assert_eq!(parents, ["Door", "Gate", "urn:ngm:class:movable-barrier"]);
    let children = each(&class["children"], "class_iri");
    assert!(children.contains(&"mv:RiverGauge") && children.len() == 3, "{children:?}");
}

#[test]
fn a_search_finds_what_people_read_and_not_how_it_is_written() {
    let desk = desk();
    for words in ["label", "outboundWikilinks", "visionflow", "jsonld"] {
        let (found, _) = desk.json(&["search", words]);
        assert_eq!(found["hits"].as_array().map(Vec::len), Some(0), "{words}: {found:#}");
    }
    let (found, _) = desk.json(&["search", "walled pond"]);
    assert_eq!(each(&found["hits"], "title"), ["Tidal Lagoon"]);
    let (found, _) = desk.json(&["search", "Überlauf"]);
    assert_eq!(each(&found["hits"], "title"), ["Spillway"]);
    let (found, _) = desk.json(&["search", "built around", "--type", "page"]);
    assert_eq!(each(&found["hits"], "title"), ["Tidal Lagoon"]);
}

#[test]
fn axioms_and_export_have_what_json_ld_states() {
    let desk = desk();
    let (answer, _) = desk.json(&["axioms", "urn:ngm:class:tidal-lagoon"]);
    let texts = each(&answer["entities"][0]["axioms"], "text");
    let same = "AnnotationAssertion(Annotation(rdfs:label \"Tide Pool\") owl:sameAs \
                <urn:ngm:class:tidal-lagoon> <urn:ngm:class:tide-pool>)";
    assert!(texts.contains(&same), "{texts:#?}");
    desk.run(&["export", "-o", "all.ofn"]);
    let export = fs::read_to_string(desk.path("all.ofn")).expect("an export");
    for line in [
        "Declaration(Class(<urn:ngm:class:fishway>))",
        "Declaration(NamedIndividual(<https://narrativegoldmine.com/individual/thames-barrier>))",
        "ClassAssertion(<urn:ngm:class:sluice> <https://narrativegoldmine.com/individual/thames-barrier>)",
        "SubClassOf(<urn:ngm:class:fishway> <urn:ngm:class:passage>)",
        "AnnotationAssertion(rdfs:label <urn:ngm:class:spillway> \"Überlauf\"@de)",
        "AnnotationAssertion(<urn:driftless:relation:lets-through> <urn:ngm:class:fishway> <urn:ngm:class:salmon>)",
    ] {
        assert!(export.lines().any(|it| it == line), "{line} in {export}");
    }
    assert!(!export.contains("NothingReal"), "a fence without a language is an example");
}

#[test]
fn what_was_found_is_told_of_a_page_and_in_the_report() {
    let desk = desk();
    let (answer, _) = desk.json(&["explain", "Odd Values.md"]);
    let codes = each(&answer["items"][0]["diagnostics"], "code");
    for code in ["unusable_iri", "wrong_type", "unusable_value", "unknown_value"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    let (report, code) = desk.json(&["report"]);
    let codes = each(&report["findings"], "code");
    assert!(codes.contains(&"subclass_cycle") && codes.contains(&"bad_json"), "{codes:?}");
    assert_eq!(code, 1);
}

#[test]
fn json_is_a_document_only_if_it_cites_a_context() {
    let desk = Desk::new();
    desk.page("a.json", "{\"@id\": \"urn:a\", \"@type\": \"message\"}");
    desk.page("b.json", "{\"@context\": {}, \"@id\": \"urn:b\", \"http://x/p\": 1}");
    desk.page("c.jsonld", "{\"@id\": \"urn:c\", \"http://x/p\": 1}");
    let (answer, code) = desk.json(&["sync", "pages"]);
    assert_eq!((&answer["counters"]["written"], code), (&2.into(), 0), "{answer:#}");
    assert_eq!(answer["skips"][0][0], "no_markers");
}

#[test]
fn a_context_of_the_configuration_is_used_and_its_change_reads_again() {
    let desk = Desk::new();
    let page = "```json-ld\n{\"@context\": \"https://example.org/eau.jsonld\", \"@type\": \"Class\", \
                \"@id\": \"eau:barrage\", \"nom\": \"Barrage\"}\n```\n";
    desk.page("Barrage.md", page);
    let context = |namespace: &str| {
        let json =
            format!("{{\"@context\": {{\"nom\": \"rdfs:label\", \"eau\": \"{namespace}\"}}}}");
        fs::write(desk.path("eau.jsonld"), json).expect("a context");
    };
    context("http://example.org/eau#");
    let yaml = "store: driftless.db\nsources:\n  water:\n    kind: directory\n    path: pages\n    \
                contexts: {\"https://example.org/eau.jsonld\": eau.jsonld}\n";
    fs::write(desk.path("driftless.yaml"), yaml).expect("a configuration");
    let class = || {
        let (answer, _) = desk.json(&["classes", "Barrage"]);
        answer["classes"][0]["class"]["class_iri"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(desk.run(&["sync", "water"]).code, 0);
    assert_eq!(class(), "http://example.org/eau#barrage");
    context("http://example.org/water#");
    assert_eq!(desk.json(&["sync", "water"]).0["counters"]["written"], 1);
    assert_eq!(class(), "http://example.org/water#barrage");
    // What explains an item reads it as its source is read.
    let (answer, _) = desk.json(&["explain", "Barrage.md"]);
    assert_eq!(answer["items"][0]["verdict"], "it is stored as its source has it", "{answer:#}");

    let flag = "https://example.org/eau.jsonld=eau.jsonld";
    let (again, _) = desk.json(&["sync", "pages", "--context", flag]);
    assert_eq!(again["counters"]["unchanged"], 1, "{again:#}");

    fs::remove_file(desk.path("eau.jsonld")).expect("removed");
    let (refused, code) = desk.json(&["sync", "water"]);
    assert_eq!(code, 3, "{refused:#}");
    assert!(refused["error"]["message"].as_str().unwrap_or_default().contains("eau.jsonld"));
}
