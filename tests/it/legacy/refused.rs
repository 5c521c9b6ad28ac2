//! Databases that are of no shape, or of several: refused, with what was found.

use driftless::legacy::Shape;

use super::Desk;

/// The code and the message of the refusal.
fn refused(desk: &Desk) -> (String, String) {
    let before = std::fs::read(desk.old()).expect("bytes");
    let error = desk.attempt(driftless::engine::LegacyOptions::default()).expect_err("refused");
    assert_eq!(std::fs::read(desk.old()).expect("bytes"), before);
    assert_eq!(desk.ask("select count(*) from source"), ["0"]);
    assert_eq!(error.severity(), driftless::engine::Severity::Refused);
    (error.code().to_owned(), error.to_string())
}

#[test]
fn a_database_of_something_else_is_refused_with_its_tables() {
    let desk = Desk::with(Shape::Graph, "");
    std::fs::remove_file(desk.old()).expect("removed");
    desk.change("create table invoice (number integer, total real)");
    let (code, message) = refused(&desk);
    assert_eq!(code, "unknown_shape");
    assert!(message.contains("there is no table owl_classes"), "{message}");
    assert!(message.contains("found: invoice(number, total)"), "{message}");
    for shape in Shape::ALL {
        assert!(message.contains(&format!("{}: owl_classes", shape.as_str())), "{message}");
    }
}

#[test]
fn a_column_alone_makes_no_shape() {
    let desk = Desk::with(Shape::SourceFiles, "");
    // All columns of one shape, and the key of none.
    desk.change(
        "drop table owl_class_hierarchy; drop table owl_classes;
        create table owl_classes (iri text, label text, source_file text, markdown_content text)",
    );
    assert_eq!(refused(&desk).0, "unknown_shape");
}

#[test]
fn a_shape_of_which_a_table_is_missing_is_refused() {
    for (shape, table, named) in [
        (Shape::Ontologies, "ontologies", "no table ontologies"),
        (Shape::SourceFiles, "owl_class_hierarchy", "no hierarchy"),
        (Shape::CompositeKey, "owl_class_hierarchy", "no hierarchy"),
        (Shape::Graph, "file_metadata", "no table file_metadata"),
    ] {
        let desk = Desk::filled(shape, 3);
        desk.change(&format!("drop table {table}"));
        let (code, message) = refused(&desk);
        assert_eq!(code, "unknown_shape");
        assert!(message.contains(named), "{message}");
    }
}

#[test]
fn half_a_migration_is_a_mixture_and_is_refused() {
    for (shape, change) in [
        (Shape::SourceFiles, "alter table owl_classes add column class_iri text"),
        (Shape::CompositeKey, "alter table owl_classes add column markdown_content text"),
        (
            Shape::SourceFiles,
            "create table owl_classes_new (ontology_id text, class_iri text, parent_class_iri text,
                is_deprecated integer, primary key (ontology_id, class_iri))",
        ),
        (
            Shape::SourceFiles,
            "drop table owl_class_hierarchy;
            create table owl_class_hierarchy (ontology_id text, class_iri text, parent_iri text,
                foreign key (ontology_id, class_iri)
                    references owl_classes (ontology_id, class_iri))",
        ),
        (
            Shape::Graph,
            "create unique index both on owl_classes (iri);
            alter table owl_classes add column ontology_id text;
            alter table owl_classes add column class_iri text",
        ),
    ] {
        let desk = Desk::filled(shape, 3);
        desk.change(change);
        let (code, message) = refused(&desk);
        assert_eq!(code, "mixed_shapes", "{message}");
    }
}

#[test]
fn a_table_without_the_columns_it_needs_is_refused() {
    let desk = Desk::filled(Shape::Graph, 3);
    desk.change("alter table graph_edges rename column target_id to aim");
    let (code, message) = refused(&desk);
    assert_eq!(code, "unknown_shape");
    assert!(message.contains("graph_edges has none of the columns target_id"), "{message}");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let desk = Desk::filled(Shape::Graph, 1);
    for content in ["", "notes", &"x".repeat(4096)] {
        std::fs::write(desk.old(), content).expect("a file");
        assert_eq!(refused(&desk).0, "not_a_database");
    }
}

#[test]
fn a_store_is_no_old_database() {
    let desk = Desk::filled(Shape::SourceFiles, 2);
    desk.import();
    desk.change("pragma user_version = 1");
    let other = Desk { folder: tempfile::tempdir().expect("a folder"), shape: desk.shape };
    std::fs::copy(desk.store(), other.old()).expect("copied");
    assert_eq!(refused(&other).0, "unknown_shape");
}
