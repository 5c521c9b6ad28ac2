//! Rows that refer to nothing, say nothing, or say it twice: each is accounted for.

use driftless::legacy::Shape;

use super::{Desk, numbers};

#[test]
fn a_hierarchy_that_names_lost_classes_is_kept_with_stubs() {
    let desk = Desk::with(
        Shape::SourceFiles,
        "insert into owl_classes (iri, label) values ('ex:Dam', 'Dam');
        insert into owl_class_hierarchy values ('ex:Dam', 'http://example.org/Lost'),
            ('ex:Gone', 'ex:Dam'), ('ex:Gone', 'ex:Lost'), ('ex:Dam', 'owl:Thing');",
    );
    let report = desk.import();
    assert_eq!(numbers(&report, "owl_class_hierarchy"), [4, 1, 3, 0, 0]);
    assert_eq!(
        desk.ask("select class_iri, parent_iri from owl_class_hierarchy order by 1, 2"),
        [
            "ex:Dam|http://example.org/Lost",
            "ex:Dam|owl:Thing",
            "ex:Gone|ex:Dam",
            "ex:Gone|urn:driftless:stub:ex%3ALost"
        ]
    );
    assert_eq!(report.totals.stubs, 2);
    let found = desk.ask("select message from diagnostic where code = 'dangling_reference'");
    assert_eq!(found.len(), 4, "{found:#?}");
}

#[test]
fn a_lost_parent_is_found_as_soon_as_somebody_claims_it() {
    let desk = Desk::with(
        Shape::Ontologies,
        "insert into owl_classes (ontology_id, class_iri, parent_class_iri) values
            ('default', 'mv:Barrage', 'http://narrativegoldmine.com/metaverse#Dam')",
    );
    let report = desk.import();
    assert_eq!(numbers(&report, "owl_classes"), [1, 0, 1, 0, 0]);
    assert_eq!(report.totals.stubs, 1);
    desk.sync(&[("Dam.md", "- ### OntologyBlock\n\t- owl:class:: mv:Dam\n")]);
    assert_eq!(desk.ask("select count(*) from owl_classes where is_stub"), ["0"]);
    assert_eq!(desk.ask("select parent_iri from owl_class_hierarchy"), ["mv:Dam"]);
}

#[test]
fn axioms_on_what_nobody_knows_are_items_of_their_own() {
    let desk = Desk::with(
        Shape::SourceFiles,
        "insert into owl_axioms (axiom_type, subject, object) values
            ('DisjointClasses', 'ex:A', 'ex:B'), ('SubClassOf', '', 'ex:B')",
    );
    let report = desk.import();
    assert_eq!(numbers(&report, "owl_axioms"), [2, 0, 1, 0, 1]);
    assert_eq!(desk.ask("select key from item"), ["axiom/1"]);
    let lost = &report.unrepresentable[0];
    assert_eq!((lost.table.as_str(), lost.row), ("owl_axioms", 2));
    assert!(!report.is_whole());
}

#[test]
fn edges_to_lost_nodes_are_kept() {
    let desk = Desk::with(
        Shape::Graph,
        "insert into graph_nodes (id, metadata_id, label) values (1, 'dam', 'Dam');
        insert into graph_edges (id, source_id, target_id) values ('a', 1, 7), ('b', 8, 1),
            ('c', 8, 9);",
    );
    let report = desk.import();
    assert_eq!(numbers(&report, "graph_edges"), [3, 0, 3, 0, 0]);
    assert_eq!(
        desk.ask(
            "select s.label, t.label from graph_edge
            join graph_node as s on s.id = source_id join graph_node as t on t.id = target_id
            order by 1, 2"
        ),
        ["Dam|node/7", "node/8|Dam", "node/8|node/9"]
    );
}

#[test]
fn what_is_said_twice_is_counted_and_shown_once() {
    let desk = Desk::with(
        Shape::SourceFiles,
        "insert into owl_classes (iri) values ('ex:Dam'), ('ex:Weir');
        insert into owl_class_hierarchy values ('ex:Weir', 'ex:Dam');
        insert into owl_axioms (axiom_type, subject, object) values
            ('DisjointClasses', 'ex:Dam', 'ex:Weir'), ('DisjointClasses', 'ex:Dam', 'ex:Weir')",
    );
    let report = desk.import();
    assert_eq!(numbers(&report, "owl_axioms"), [2, 1, 0, 1, 0]);
    assert_eq!(desk.ask("select count(*) from axiom"), ["1"]);
}

#[test]
fn rows_without_an_identity_and_values_that_are_no_text_get_lost_nowhere() {
    let desk = Desk::with(
        Shape::SourceFiles,
        "insert into owl_classes (iri, label, properties) values
            (null, 'nameless', '{}'), ('  ', 'blank', '{}'), ('ex:Dam', 'Dam', x'ff00');
        insert into owl_properties (iri, property_type) values ('ex:p', 'Quality'), ('', 'object')",
    );
    let report = desk.import();
    assert_eq!(numbers(&report, "owl_classes"), [3, 1, 0, 0, 2]);
    assert_eq!(numbers(&report, "owl_properties"), [2, 1, 0, 0, 1]);
    assert_eq!(desk.ask("select object from untyped_statement"), ["\"Quality\""]);
    assert_eq!(desk.ask("select value from page_property where key = 'properties'"), ["x'ff00'"]);
}

#[test]
fn paths_that_look_like_keys_of_rows_are_not_mistaken_for_them() {
    let desk = Desk::with(
        Shape::SourceFiles,
        "insert into owl_classes (iri, source_file) values ('ex:A', 'class/ex:B'),
            ('ex:B', null), ('ex:C', 'file/class/ex:B')",
    );
    desk.import();
    assert_eq!(
        desk.ask("select class_iri, source_file from owl_classes order by 1"),
        ["ex:A|file/class/ex:B", "ex:B|class/ex:B", "ex:C|file/file/class/ex:B"]
    );
}
