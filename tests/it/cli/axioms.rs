//! `axioms`, `uses` and `export`: what documents state, about one thing and all of it.

use std::fs;

use serde_json::Value;

use super::Desk;

const DOCUMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/owl-documents");

/// A store of waterways; `way:` stands for where they lie.
fn desk() -> Desk {
    let desk = Desk::new();
    let way = "way=http://example.org/waterways/";
    desk.run(&["sync", DOCUMENTS, "--prefix", way, "--quiet"]);
    desk
}

/// The entities that an answer is about.
fn entities(answer: &Value) -> Vec<&str> {
    let entities = answer["entities"].as_array().expect("entities").iter();
    entities.map(|it| it["iri"].as_str().expect("an IRI")).collect()
}

/// The axioms of its only entity, in functional syntax.
fn texts(answer: &Value) -> Vec<&str> {
    let axioms = answer["entities"][0]["axioms"].as_array().expect("axioms").iter();
    axioms.map(|it| it["text"].as_str().expect("a text")).collect()
}

#[test]
fn an_entity_is_found_by_its_iri_in_either_form_its_local_name_and_its_label() {
    let desk = desk();
    for (name, iri) in [
        ("http://example.org/waterways/RiverBank", "way:RiverBank"),
        ("<http://example.org/waterways/RiverBank>", "way:RiverBank"),
        ("way:RiverBank", "way:RiverBank"),
        ("RiverBank", "way:RiverBank"),
        ("Fluss", "way:River"),
        ("Déversoir", "way:Spillway"),
        ("Measuring instrument", "way:MeasuringInstrument"),
        ("drainsInto", "way:drainsInto"),
        ("oldSpillway", "way:oldSpillway"),
    ] {
        for verb in ["axioms", "uses"] {
            let (answer, code) = desk.json(&[verb, name]);
            assert_eq!(code, 0, "{verb} {name}: {answer:#}");
            assert_eq!(entities(&answer), [iri], "{verb} {name}");
        }
    }
}

#[test]
fn all_that_a_label_may_mean_is_shown() {
    let desk = desk();
    let (answer, _) = desk.json(&["axioms", "Bank"]);
    assert_eq!(entities(&answer), ["way:RiverBank", "way:Sandbank"]);
}

#[test]
fn an_unknown_name_is_refused_and_the_remedy_is_a_search() {
    let desk = desk();
    for verb in ["axioms", "uses"] {
        let (refused, code) = desk.json(&[verb, "Fluß bett"]);
        let error = &refused["error"];
        assert_eq!((code, &error["code"]), (3, &"unknown_name".into()));
        assert_eq!(error["message"], "nothing is known as Fluß bett");
        let remedy = error["remedy"].as_str().expect("a remedy");
        assert!(remedy.contains("driftless search 'Fluß bett'"), "{remedy}");
    }
}

#[test]
fn what_is_said_of_an_entity_is_told_with_where_it_is_said() {
    let desk = desk();
    let (answer, _) = desk.json(&["axioms", "way:RiverBank"]);
    let bank = &answer["entities"][0];
    assert_eq!(
        texts(&answer),
        [
            "AnnotationAssertion(rdfs:label way:RiverBank \"Bank\"@en)",
            "SubClassOf(way:RiverBank ObjectExactCardinality(1 ObjectInverseOf(way:hasPart) \
             way:Watercourse))",
        ]
    );
    assert_eq!(
        (&bank["axioms"][1]["key"], &bank["axioms"][1]["line"]),
        (&"core.ofn".into(), &87.into())
    );
    let declared = &bank["declarations"][0];
    assert_eq!((&declared["kind"], &declared["line"]), (&"Class".into(), &24.into()));
    let shown = desk.run(&["axioms", "way:RiverBank"]).out;
    assert!(shown.contains("core.ofn:87") && shown.contains("Class  core.ofn:24"), "{shown}");
}

#[test]
fn a_statement_without_a_type_is_told_apart() {
    let desk = desk();
    let (answer, _) = desk.json(&["axioms", "harbourFog"]);
    let axioms = answer["entities"][0]["axioms"].as_array().expect("axioms");
    let untyped = axioms.iter().filter(|it| it["is_untyped"] == true);
    let texts: Vec<_> = untyped.map(|it| it["text"].as_str().expect("a text")).collect();
    assert_eq!(texts.len(), 4, "{texts:#?}");
    assert!(texts.iter().all(|it| it.starts_with("?PropertyAssertion(")), "{texts:#?}");
}

#[test]
fn uses_are_axioms_about_others() {
    let desk = desk();
    let (answer, _) = desk.json(&["uses", "River"]);
    let about = "SubClassOf(way:River ObjectAllValuesFrom(way:isFedBy ObjectUnionOf(\
                 ObjectComplementOf(way:Canal) way:Lake way:River)))";
    let used = "SubClassOf(way:RiverChart ObjectSomeValuesFrom(way:shows way:River))";
    let found = texts(&answer);
    assert!(found.contains(&used), "{found:#?}");
    assert!(!found.contains(&"SubClassOf(way:River way:Watercourse)"), "{found:#?}");
    // Of itself, within an expression, it is used as well.
    assert!(found.contains(&about), "{found:#?}");
    let none = desk.run(&["uses", "way:RiverChart"]);
    assert!(none.out.contains("no axiom uses it"), "{}", none.out);
}

#[test]
fn a_cut_list_of_axioms_says_that_it_is_cut() {
    let desk = desk();
    let (answer, _) = desk.json(&["uses", "River", "--limit", "2"]);
    assert_eq!((texts(&answer).len(), &answer["entities"][0]["is_complete"]), (2, &false.into()));
    let shown = desk.run(&["uses", "River", "--limit", "2"]).out;
    assert!(shown.contains("the first 2; --limit shows more"), "{shown}");
    assert_eq!(desk.json(&["uses", "River"]).0["entities"][0]["is_complete"], true);
}

#[test]
fn what_is_exported_says_the_same_when_it_is_read_again() {
    let desk = desk();
    let axioms = |store: &str| {
        let tables = rusqlite::Connection::open(desk.path(store)).expect("the store");
        let count = "select count(*) from (select distinct axiom_type, subject, property, object
            from owl_axioms where axiom_type not like 'Annotation%'
                and subject not like '\\_:%' escape '\\' and object not like '%\\_:%' escape '\\')";
        tables.query_row(count, [], |row| row.get::<_, i64>(0)).expect("a count")
    };
    // Statements without a type are no axioms, and triples all the same.
    for (format, file, code) in [("functional", "all.ofn", 1), ("turtle", "all.ttl", 0)] {
        let ran = desk.run(&["export", "--format", format, "-o", file]);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{}", ran.err);
        assert_eq!(ran.err.contains("without a type"), code == 1, "{}", ran.err);
        let folder = desk.path(format);
        fs::create_dir(&folder).expect("a folder");
        fs::copy(desk.path(file), folder.join(file)).expect("a copy");
        let store = format!("{format}.db");
        let way = "way=http://example.org/waterways/";
        let synced = desk.run(&["sync", format, "--store", &store, "--prefix", way]);
        assert_eq!(synced.code, 0, "{}{}", synced.out, synced.err);
        // Keys whose properties another document declares are keys where all is in one.
        let keys = i64::from(format == "turtle");
        assert_eq!(axioms(&store), axioms("driftless.db") + keys, "{format}");
    }
}

#[test]
fn an_export_goes_to_standard_output_and_ends_with_0_if_all_of_it_has_a_type() {
    let desk = Desk::new();
    desk.page("a.ofn", "Ontology(<http://example.org/a> SubClassOf(mv:Dam mv:Barrier))");
    desk.run(&["sync", "pages"]);
    let (answer, code) = desk.json(&["export", "-o", "all.ofn"]);
    assert_eq!((code, &answer["statements"], &answer["untyped"]), (0, &1.into(), &0.into()));
    let functional = desk.run(&["export"]);
    let written = fs::read_to_string(desk.path("all.ofn")).expect("the document");
    assert_eq!(functional.out, written);
    assert_eq!(functional.code, 0, "{}", functional.err);
    assert!(functional.out.contains("SubClassOf(mv:Dam mv:Barrier)"), "{}", functional.out);
    let turtle = desk.run(&["export", "pages", "--format", "turtle"]);
    assert_eq!(turtle.code, 0, "{}", turtle.err);
    assert!(turtle.out.contains("mv:Dam rdfs:subClassOf mv:Barrier"), "{}", turtle.out);
    assert!(turtle.err.contains("1 statement of directory:"), "{}", turtle.err);
}

#[test]
fn an_export_of_what_is_not_there_is_refused_and_writes_nothing() {
    let desk = desk();
    let (refused, code) = desk.json(&["export", "nowhere", "-o", "all.ofn"]);
    assert_eq!((code, &refused["error"]["code"]), (3, &"unknown_name".into()));
    let remedy = refused["error"]["remedy"].as_str().expect("a remedy");
    assert!(remedy.contains("owl-documents"), "{remedy}");
    assert!(!desk.path("all.ofn").exists());
    let (failed, code) = desk.json(&["export", "-o", "no/such/folder.ofn"]);
    assert_eq!(code, 2, "{failed:#}");
    desk.run(&["sync", "pages"]);
    let (unsaid, code) = desk.json(&["export", "-o", "all.ofn"]);
    assert_eq!((code, &unsaid["error"]["message"]), (3, &"say which source is meant".into()));
}
