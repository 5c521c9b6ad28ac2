//! Old databases of VisionFlow: the schemas that exist in the field, and rows for them.

use std::path::Path;

use driftless::legacy::Shape;
use rusqlite::{Connection, Transaction, params};

/// Classes by (ontology, IRI), each with one parent.
const ONTOLOGIES: &str = "
    create table ontologies (
        ontology_id text primary key, iri text, title text, content_hash text not null,
        created_at timestamp default '2025-11-02 10:00:00');
    create table owl_classes (
        ontology_id text not null, class_iri text not null, label text, description text,
        parent_class_iri text, is_deprecated integer default 0, maturity text,
        created_at timestamp default '2025-11-02 10:00:00',
        primary key (ontology_id, class_iri),
        foreign key (ontology_id) references ontologies (ontology_id) on delete cascade);
    create index idx_owl_classes_iri on owl_classes (class_iri);
    create table owl_properties (
        ontology_id text not null, property_iri text not null, property_type text not null,
        label text, comment text, domain_class_iri text, range_class_iri text,
        is_functional integer default 0, primary key (ontology_id, property_iri));
    create table owl_axioms (
        id integer primary key autoincrement, ontology_id text not null,
        axiom_type text not null, subject text not null, predicate text, object text,
        annotations text default '{}', is_inferred integer default 0);";

/// Classes by IRI, each with its file.
const SOURCE_FILES: &str = "
    create table owl_classes (
        iri text primary key, label text, description text, source_file text,
        properties text not null default '{}', markdown_content text, file_sha1 text,
        last_synced datetime);
    create table owl_class_hierarchy (
        class_iri text not null, parent_iri text not null, primary key (class_iri, parent_iri),
        foreign key (class_iri) references owl_classes (iri) on delete cascade,
        foreign key (parent_iri) references owl_classes (iri) on delete cascade);
    create table owl_properties (
        iri text primary key, label text, property_type text not null,
        domain text not null default '[]', range text not null default '[]');
    create table owl_axioms (
        id integer primary key autoincrement, axiom_type text not null, subject text not null,
        object text not null, annotations text not null default '{}');";

/// Classes by (ontology, IRI), and a hierarchy that knows the IRI alone.
const COMPOSITE_KEY: &str = "
    create table owl_classes (
        ontology_id text not null default 'default', class_iri text not null, label text,
        comment text, file_sha1 text, last_synced integer,
        primary key (ontology_id, class_iri)) without rowid;
    create unique index idx_owl_classes_iri_unique on owl_classes (class_iri);
    create table owl_class_hierarchy (
        class_iri text not null, parent_iri text not null, is_inferred integer,
        primary key (class_iri, parent_iri),
        foreign key (class_iri) references owl_classes (class_iri) on delete cascade,
        foreign key (parent_iri) references owl_classes (class_iri) on delete cascade);
    create table owl_axioms (
        id integer primary key, ontology_id text, axiom_type text not null,
        subject text not null, object text, annotations text, is_inferred integer);";

/// Classes by number, a graph, and the files that both came from.
const GRAPH: &str = "
    create table file_metadata (
        id integer primary key autoincrement, file_path text unique not null, file_size integer,
        sha1 text, processing_status text);
    create table owl_classes (
        id integer primary key autoincrement, iri text unique not null, local_name text,
        label text, comment text, deprecated boolean default 0, source_file text,
        markdown_content text, file_sha1 text);
    create table owl_class_hierarchy (
        id integer primary key, class_id integer not null, parent_id integer not null,
        foreign key (class_id) references owl_classes (id),
        foreign key (parent_id) references owl_classes (id));
    create table owl_properties (
        id integer primary key, iri text unique not null, property_type text, label text,
        domain text, range text);
    create table owl_axioms (
        id integer primary key, axiom_type text, subject text, object text);
    create table graph_nodes (
        id integer primary key, metadata_id text unique not null, label text not null,
        x real default 0.0, y real default 0.0, node_type text, file_id integer,
        owl_class_iri text, foreign key (file_id) references file_metadata (id));
    create table graph_edges (
        id text primary key, source_id integer not null, target_id integer not null,
        weight real default 1.0, relation_type text,
        foreign key (source_id) references graph_nodes (id) on delete cascade,
        foreign key (target_id) references graph_nodes (id) on delete cascade);
    create table physics_settings (name text primary key, value real);";

/// The tables of a shape.
pub(crate) fn schema(shape: Shape) -> &'static str {
    match shape {
        Shape::Ontologies => ONTOLOGIES,
        Shape::SourceFiles => SOURCE_FILES,
        Shape::CompositeKey => COMPOSITE_KEY,
        Shape::Graph => GRAPH,
    }
}

/// Makes a database of a shape, without a row. Its foreign keys are enforced by nobody, as in
/// most of those in the field.
pub(crate) fn empty(path: &Path, shape: Shape) -> Connection {
    let connection = Connection::open(path).expect("a database");
    let settings = "pragma synchronous = off; pragma foreign_keys = off;";
    connection.execute_batch(settings).expect("settings");
    connection.execute_batch(schema(shape)).expect("tables");
    connection
}

/// Makes a database of a shape with so many classes and what goes with them.
pub(crate) fn filled(path: &Path, shape: Shape, classes: u32) {
    let mut connection = empty(path, shape);
    let tx = connection.transaction().expect("a transaction");
    if shape == Shape::Ontologies {
        let add = "insert into ontologies (ontology_id, iri, title, content_hash)
            values ('water', 'http://example.org/water', 'Water', 'a'), ('power', null, null, 'b')";
        tx.execute(add, []).expect("ontologies");
    }
    for number in 0..classes {
        add_class(&tx, shape, number);
        match shape {
            Shape::Graph => add_node(&tx, number),
            // The last one's parent is nowhere.
            _ if number % 10 == 9 => add_axiom(&tx, shape, number),
            _ => {}
        }
    }
    tx.commit().expect("committed");
}

fn iri(number: u32) -> String {
    format!("http://example.org/water#Class{number}")
}

/// The parent of a class: one before it, or one that there is not.
fn parent(number: u32) -> String {
    if number % 50 == 49 { format!("http://example.org/lost#{number}") } else { iri(number / 3) }
}

fn text(number: u32) -> String {
    format!("Class {number} regulates the water of reach {} at lock {}.", number % 97, number % 31)
}

fn add_class(tx: &Transaction<'_>, shape: Shape, number: u32) {
    let (iri, label, parent) = (iri(number), format!("Class {number}"), parent(number));
    let sha1 = format!("{number:040x}");
    let done = match shape {
        Shape::Ontologies => tx
            .prepare_cached(
                "insert into owl_classes (ontology_id, class_iri, label, description,
                parent_class_iri, is_deprecated, maturity)
            values (?1, ?2, ?3, ?4, ?5, ?6, 'stable')",
            )
            .and_then(|mut it| {
                let ontology = if number.is_multiple_of(2) { "water" } else { "power" };
                it.execute(params![ontology, iri, label, text(number), parent, number % 20 == 7])
            }),
        Shape::SourceFiles => tx
            .prepare_cached(
                "insert into owl_classes (iri, label, description, source_file, markdown_content,
                file_sha1, last_synced)
            values (?1, ?2, ?3, ?4, ?5, ?6, '2025-11-02')",
            )
            .and_then(|mut it| {
                let file = format!("pages/Class {number}.md");
                let content = format!("- ### OntologyBlock\n\t- {}\n", text(number));
                it.execute(params![iri, label, text(number), file, content, sha1])
            }),
        Shape::CompositeKey => tx
            .prepare_cached(
                "insert into owl_classes (class_iri, label, comment, file_sha1, last_synced)
            values (?1, ?2, ?3, ?4, 1762077600)",
            )
            .and_then(|mut it| it.execute(params![iri, label, text(number), sha1])),
        Shape::Graph => tx
            .prepare_cached(
                "insert into owl_classes (id, iri, local_name, label, comment, source_file,
                markdown_content)
            values (?1, ?2, ?3, ?3, ?4, ?5, ?6)",
            )
            .and_then(|mut it| {
                let file = format!("pages/Class {number}.md");
                it.execute(params![number, iri, label, text(number), file, text(number)])
            }),
    };
    done.expect("a class");
    let hierarchy = match shape {
        Shape::Ontologies => return,
        Shape::SourceFiles | Shape::CompositeKey => {
            let add = "insert into owl_class_hierarchy (class_iri, parent_iri) values (?1, ?2)";
            tx.prepare_cached(add).and_then(|mut it| it.execute(params![iri, parent]))
        }
        Shape::Graph => {
            let add = "insert into owl_class_hierarchy (class_id, parent_id) values (?1, ?2)";
            tx.prepare_cached(add).and_then(|mut it| it.execute(params![number, number / 3]))
        }
    };
    hierarchy.expect("a parent");
}

fn add_axiom(tx: &Transaction<'_>, shape: Shape, number: u32) {
    let add = match shape {
        Shape::SourceFiles => {
            "insert into owl_axioms (axiom_type, subject, object) values (?1, ?2, ?3)"
        }
        _ => {
            "insert into owl_axioms (ontology_id, axiom_type, subject, object)
            values (iif(?4 % 2 = 1 and ?5, 'power', 'default'), ?1, ?2, ?3)"
        }
    };
    let (subject, object) = (iri(number), iri(number + 1));
    let mut statement = tx.prepare_cached(add).expect("an axiom");
    let done = match shape {
        Shape::SourceFiles => statement.execute(params!["DisjointClasses", subject, object]),
        _ => {
            let has_scopes = shape == Shape::Ontologies;
            statement.execute(params!["DisjointClasses", subject, object, number, has_scopes])
        }
    };
    done.expect("an axiom");
}

fn add_node(tx: &Transaction<'_>, number: u32) {
    let file =
        "insert into file_metadata (id, file_path, file_size, sha1) values (?1, ?2, 100, ?3)";
    tx.prepare_cached(file)
        .and_then(|mut it| {
            let sha1 = format!("{number:040x}");
            it.execute(params![number, format!("pages/Class {number}.md"), sha1])
        })
        .expect("a file");
    let node = "insert into graph_nodes (id, metadata_id, label, file_id)
        values (?1, 'page-' || ?1, 'Class ' || ?1, ?1)";
    tx.prepare_cached(node).and_then(|mut it| it.execute([number])).expect("a node");
    let edge = "insert into graph_edges (id, source_id, target_id, relation_type)
        values (?1 || '-' || ?2, ?1, ?2, 'link')";
    for target in [number / 2, number / 7 + 1] {
        // Both may be one.
        let edge = edge.replace("insert", "insert or ignore");
        tx.prepare_cached(&edge).and_then(|mut it| it.execute([number, target])).expect("an edge");
    }
}
