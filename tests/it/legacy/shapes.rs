//! Each shape of old database, with what becomes of its rows.

use driftless::legacy::Shape;

use super::{Desk, numbers};

#[test]
fn ontologies_keep_their_scopes_parents_and_deprecations() {
    let desk = Desk::with(
        Shape::Ontologies,
        "insert into ontologies values ('water', 'http://example.org/w', 'Water', 'h1', 't1'),
            ('power', null, null, 'h2', 't2');
        insert into owl_classes values
            ('water', 'http://narrativegoldmine.com/metaverse#Dam', 'Dam', 'Holds water.', null,
                0, 'stable', 't'),
            ('water', 'mv:TidalBarrage', 'Tidal Barrage', null,
                'http://narrativegoldmine.com/metaverse#Dam', 1, null, 't'),
            ('power', 'http://narrativegoldmine.com/metaverse#Dam', 'Power Dam', null, null, 0,
                null, 't');
        insert into owl_properties values
            ('water', 'mv:holds', 'ObjectProperty', 'holds', 'What it holds.', 'mv:Dam', null, 1);
        insert into owl_axioms (ontology_id, axiom_type, subject, object) values
            ('water', 'DisjointClasses', 'mv:TidalBarrage', 'mv:Weir');",
    );
    let report = desk.import();
    assert_eq!(numbers(&report, "owl_classes"), [3, 3, 0, 0, 0]);
    assert_eq!(numbers(&report, "ontologies"), [2, 2, 0, 0, 0]);
    assert!(report.is_whole());
    assert_eq!(
        desk.ask("select ontology_id, class_iri, label, comment from owl_classes order by 1, 2"),
        [
            "power|mv:Dam|Power Dam|null",
            "water|mv:Dam|Dam|Holds water.",
            "water|mv:TidalBarrage|Tidal Barrage|null"
        ]
    );
    assert_eq!(desk.ask("select * from owl_class_hierarchy"), ["water|mv:TidalBarrage|mv:Dam"]);
    assert_eq!(
        desk.ask("select property_iri, property_type, domain, characteristics from owl_properties"),
        ["mv:holds|ObjectProperty|mv:Dam|Functional"]
    );
    assert_eq!(
        desk.ask(
            "select axiom_type, subject, property, object from owl_axioms
            where axiom_type <> 'SubClassOf' order by 1"
        ),
        [
            "AnnotationAssertion|mv:TidalBarrage|owl:deprecated|\"true\"^^xsd:boolean",
            "DisjointClasses|mv:TidalBarrage|null|mv:Weir"
        ]
    );
    // What has no column here is kept beside what has.
    let kept = desk.ask("select key, value from page_property order by 1, 2");
    assert!(kept.contains(&"maturity|stable".to_owned()), "{kept:#?}");
    assert!(kept.iter().any(|it| it.starts_with("ontologies|{") && it.contains("\"Water\"")));
    assert!(kept.iter().any(|it| it.contains("What it holds.")), "{kept:#?}");
}

#[test]
fn one_key_in_two_ontologies_is_two_items() {
    let rows = "insert into owl_classes (ontology_id, class_iri, label) values
        ('power', 'mv:Dam', 'One'), ('water', 'mv:Dam', 'Other'), ('water', 'mv:Weir', 'Weir')";
    let desk = Desk::with(Shape::Ontologies, rows);
    desk.import();
    assert_eq!(
        desk.ask("select ontology_id, source_file from owl_classes order by 1, 2"),
        ["power|class/mv:Dam", "water|class/mv:Weir", "water|ontology/water/class/mv:Dam"]
    );
}

#[test]
fn source_files_become_pages_with_their_text_and_their_classes() {
    let desk = Desk::with(
        Shape::SourceFiles,
        "insert into owl_classes values
            ('http://example.org/w#Dam', 'Dam', 'Holds water.', 'pages/Dam.md', '{\"a\":1}',
                '- a page about dams', 'a1b2', '2025-11-02'),
            ('http://example.org/w#Weir', 'Weir', null, 'pages/Dam.md', '{}',
                '- a page about dams', 'a1b2', null),
            ('http://example.org/w#Lock', null, null, null, '{}', null, null, null);
        insert into owl_class_hierarchy values
            ('http://example.org/w#Weir', 'http://example.org/w#Dam'),
            ('http://example.org/w#Lock', 'http://www.w3.org/2002/07/owl#Thing');
        insert into owl_properties values ('http://example.org/w#holds', 'holds',
            'ObjectProperty', '[\"http://example.org/w#Dam\",\"http://example.org/w#Weir\"]', '[]');
        insert into owl_axioms (axiom_type, subject, object, annotations) values
            ('SubClassOf', 'http://example.org/w#Weir', 'http://example.org/w#Dam', '{}'),
            ('AnnotationAssertion', 'http://example.org/w#Dam', 'a text', '{\"by\":\"me\"}');",
    );
    let report = desk.import();
    assert_eq!(numbers(&report, "owl_classes"), [3, 3, 0, 0, 0]);
    assert_eq!(numbers(&report, "owl_class_hierarchy"), [2, 2, 0, 0, 0]);
    assert_eq!(report.left_columns, ["owl_axioms.id"]);
    assert_eq!(
        desk.ask(
            "select label, file_sha1, source_file from owl_classes where is_stub = 0 order by 1"
        ),
        [
            "Dam|a1b2|pages/Dam.md",
            "Lock|null|class/http://example.org/w#Lock",
            "Weir|a1b2|pages/Dam.md",
            "owl:Thing|null|null"
        ]
    );
    assert_eq!(
        desk.ask(
            "select exact, content from page join name on name.id = name_id order by 1 limit 1"
        ),
        ["Dam|- a page about dams"]
    );
    assert_eq!(
        desk.ask("select domain from owl_properties"),
        ["http://example.org/w#Dam, http://example.org/w#Weir"]
    );
    // The axiom that states a parent and the hierarchy that has it are one axiom.
    assert_eq!(desk.ask("select count(*) from owl_axioms where axiom_type = 'SubClassOf'"), ["2"]);
    assert_eq!(
        desk.ask(
            "select object, annotations from owl_axioms where axiom_type = 'AnnotationAssertion'"
        ),
        ["a text|Annotation(<urn:driftless:legacy:annotations> \"{\\\"by\\\":\\\"me\\\"}\")"]
    );
    let found = desk.ask("select rowid from search where search match 'dams'");
    assert_eq!(found.len(), 1);
}

#[test]
fn a_composite_key_is_taken_over_without_numbers_of_rows() {
    let desk = Desk::with(
        Shape::CompositeKey,
        "insert into owl_classes (class_iri, label, comment, file_sha1) values
            ('ex:Dam', 'Dam', 'Holds water.', 'aa'), ('ex:Weir', 'Weir', null, null);
        insert into owl_class_hierarchy values ('ex:Weir', 'ex:Dam', 1);
        insert into owl_axioms values (7, 'default', 'Weighs', 'ex:Dam', 'much', null, 1);",
    );
    let report = desk.import();
    assert_eq!(numbers(&report, "owl_classes"), [2, 2, 0, 0, 0]);
    assert_eq!(
        desk.ask("select class_iri, label, comment, file_sha1 from owl_classes order by 1"),
        ["ex:Dam|Dam|Holds water.|aa", "ex:Weir|Weir|null|null"]
    );
    assert_eq!(
        desk.ask("select parent_iri from owl_class_hierarchy where class_iri = 'ex:Weir'"),
        ["ex:Dam"]
    );
    // A type that OWL does not know is no type, and is kept.
    assert_eq!(desk.ask("select subject, object from untyped_statement"), ["ex:Dam|much"]);
    let annotations = desk.ask("select annotations from axiom");
    assert!(annotations[0].contains("axiom_type> \"Weighs\""), "{annotations:?}");
    assert!(annotations[0].contains("is_inferred> \"1\""), "{annotations:?}");
    let kept = desk.ask("select value from page_property where key = 'owl_class_hierarchy'");
    assert_eq!(kept, ["{\"is_inferred\":1,\"parent\":\"ex:Dam\"}"]);
}

#[test]
fn a_graph_keeps_nodes_edges_and_the_files_of_both() {
    let desk = Desk::with(
        Shape::Graph,
        "insert into file_metadata values (1, 'pages/Dam.md', 10, 'a1', 'done'),
            (2, 'pages/Weir.md', 20, 'b2', null);
        insert into owl_classes (id, iri, label, source_file, markdown_content) values
            (1, 'ex:Dam', 'Dam', 'pages/Dam.md', '- about dams'), (2, 'ex:Weir', 'Weir', null, null);
        insert into owl_class_hierarchy values (1, 2, 1);
        insert into graph_nodes (id, metadata_id, label, x, file_id) values
            (1, 'dam', 'Dam', 1.5, 1), (2, 'weir', 'Weir', 0, 2), (3, 'lock', 'Lock', 0, null),
            (4, 'dam-2', 'Dam again', 0, 1);
        insert into graph_edges values ('1-2', 1, 2, 0.5, 'flows to'), ('1-2b', 1, 2, 1, 'feeds'),
            ('3-1', 3, 1, 1, null);
        insert into physics_settings values ('gravity', 9.81);",
    );
    let report = desk.import();
    assert_eq!(numbers(&report, "graph_nodes"), [4, 4, 0, 0, 0]);
    assert_eq!(numbers(&report, "graph_edges"), [3, 2, 0, 1, 0]);
    assert_eq!(numbers(&report, "owl_class_hierarchy"), [1, 1, 0, 0, 0]);
    assert_eq!(
        desk.ask("select label, source_file, is_stub from graph_node order by 1"),
        ["Dam|pages/Dam.md|0", "Dam again|node/4|0", "Lock|node/3|0", "Weir|pages/Weir.md|0"]
    );
    assert_eq!(
        desk.ask(
            "select s.label, t.label, weight from graph_edge
            join graph_node as s on s.id = source_id join graph_node as t on t.id = target_id
            order by 1"
        ),
        ["Dam|Weir|2", "Lock|Dam|1"]
    );
    assert_eq!(
        desk.ask("select class_iri, parent_iri from owl_class_hierarchy"),
        ["ex:Weir|ex:Dam"]
    );
    let kept = desk.ask("select value from page_property where key = 'graph_edges' order by 1");
    assert!(kept.iter().any(|it| it.contains("flows to") && it.contains("0.5")), "{kept:#?}");
    // Whose tables these are is for others to say.
    assert!(!report.is_whole());
    assert_eq!(report.left_tables[0].table, "physics_settings");
    assert_eq!((report.left_tables[0].rows, report.left_tables.len()), (1, 1));
}

#[test]
fn every_shape_is_taken_over_with_all_its_rows() {
    for shape in Shape::ALL {
        let desk = Desk::filled(shape, 120);
        let report = desk.import();
        assert_eq!(report.totals.classes, 120, "{shape:?}");
        assert!(report.tables.iter().all(|it| it.unrepresentable == 0), "{shape:?}");
        assert!(report.is_whole(), "{:?}", report.left_tables);
        let files = desk.ask("select count(*) from owl_classes where file_sha1 is not null");
        let expected = if shape == Shape::Ontologies { "0" } else { "120" };
        assert_eq!(files, [expected], "{shape:?}");
    }
}

#[test]
fn names_of_columns_count_in_every_spelling() {
    let desk = Desk::with(Shape::SourceFiles, "");
    desk.change(
        "drop table owl_class_hierarchy; drop table owl_classes;
        create table owl_classes (IRI text primary key, Label text, sourceFile text);
        create table owl_class_hierarchy (classIri text references owl_classes (iri),
            parentIri text references owl_classes (iri));
        insert into owl_classes values ('ex:Dam', 'Dam', 'Dam.md');
        insert into owl_class_hierarchy values ('ex:Dam', 'ex:Dam2')",
    );
    let report = desk.import();
    assert_eq!(numbers(&report, "owl_classes"), [1, 1, 0, 0, 0]);
    assert_eq!(
        desk.ask("select label, source_file from owl_classes where is_stub = 0"),
        ["Dam|Dam.md"]
    );
}
