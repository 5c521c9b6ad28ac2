//! The four shapes that old databases have, told apart by the keys of their tables.
//!
//! A shape is recognised only where everything of it is there and nothing of another: what a
//! column means depends on the shape, and half a migration is not to be guessed at.

use serde::Serialize;

use super::catalog::{Table, is_same, plain};

/// How an old database is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Classes by (ontology, IRI), each with one parent; a table of ontologies.
    Ontologies,
    /// Classes by IRI, each with its source file; a hierarchy keyed to that IRI.
    SourceFiles,
    /// Classes by (ontology, IRI), with a hierarchy keyed to the IRI alone by a unique index.
    CompositeKey,
    /// Classes by number, with the nodes and edges of a graph and the files they came from.
    Graph,
}

impl Shape {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Ontologies, Self::SourceFiles, Self::CompositeKey, Self::Graph];

    /// The stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ontologies => "ontologies",
            Self::SourceFiles => "source_files",
            Self::CompositeKey => "composite_key",
            Self::Graph => "graph",
        }
    }

    /// What tables must be like to be of it, for a person.
    pub(super) fn expectation(self) -> &'static str {
        match self {
            Self::Ontologies => {
                "owl_classes unique by (ontology_id, class_iri) with parent_class_iri and \
                 is_deprecated, and ontologies(ontology_id, ..)"
            }
            Self::SourceFiles => {
                "owl_classes with the primary key (iri), and owl_class_hierarchy(class_iri, \
                 parent_iri) with foreign keys to it"
            }
            Self::CompositeKey => {
                "owl_classes with the primary key (ontology_id, class_iri), a unique index on \
                 class_iri and no markdown_content, and owl_class_hierarchy(class_iri, \
                 parent_iri) with foreign keys to that index"
            }
            Self::Graph => {
                "owl_classes with the primary key (id) and iri unique, graph_nodes, graph_edges \
                 and file_metadata"
            }
        }
    }
}

/// Why tables are of no shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// Something that a shape needs is missing, or there is nothing of any.
    Unknown(String),
    /// There is something of more than one.
    Mixed(String),
}

/// The table that decides.
pub(super) const CLASSES: &str = "owl_classes";

/// The names that hierarchies have.
pub(super) const HIERARCHIES: [&str; 3] =
    ["owl_class_hierarchy", "owl_hierarchy", "class_hierarchy"];

/// The shape of these tables.
pub(super) fn recognise(tables: &[Table]) -> Result<Shape, Misfit> {
    let classes = named(tables, CLASSES)
        .ok_or_else(|| Misfit::Unknown(format!("there is no table {CLASSES}")))?;
    if classes.has("iri") && classes.has("class_iri") {
        return Err(Misfit::Mixed(format!("{} has both iri and class_iri", classes.name)));
    }
    let keyed = keys(classes);
    let [shape] = keyed[..] else {
        return Err(match keyed.as_slice() {
            [] => Misfit::Unknown(format!("{} has the key of no shape", classes.name)),
            several => Misfit::Mixed(format!(
                "{} has the keys of {}",
                classes.name,
                several.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(" and ")
            )),
        });
    };
    let others = tables.iter().filter(|it| it.name != classes.name);
    for other in others.filter(|it| plain(&it.name).starts_with(&plain(CLASSES))) {
        if let Some(its) = keys(other).first() {
            let (one, two) = (shape.as_str(), its.as_str());
            let message = format!("{} is of {one} and {} of {two}", classes.name, other.name);
            return Err(Misfit::Mixed(message));
        }
    }
    let hierarchy = HIERARCHIES.iter().find_map(|name| named(tables, name));
    if let Some(hierarchy) = hierarchy {
        require_same(shape, hierarchy, classes)?;
    }
    require_whole(shape, tables, classes, hierarchy)?;
    Ok(shape)
}

/// The table of this name.
pub(super) fn named<'a>(tables: &'a [Table], name: &str) -> Option<&'a Table> {
    tables.iter().find(|table| is_same(&table.name, name))
}

/// The shapes whose key the classes have.
fn keys(classes: &Table) -> Vec<Shape> {
    let by_pair = classes.is_unique(&["ontology_id", "class_iri"]);
    let by_class_iri = classes.is_unique(&["class_iri"]);
    let marks = [
        (Shape::Ontologies, by_pair && !by_class_iri),
        (Shape::SourceFiles, classes.is_keyed_by(&["iri"])),
        (Shape::CompositeKey, classes.is_keyed_by(&["ontology_id", "class_iri"]) && by_class_iri),
        (Shape::Graph, classes.is_keyed_by(&["id"]) && classes.is_unique(&["iri"])),
    ];
    marks.into_iter().filter(|(_, is_there)| *is_there).map(|(shape, _)| shape).collect()
}

/// Refuses a hierarchy whose foreign keys are those of another shape.
fn require_same(shape: Shape, hierarchy: &Table, classes: &Table) -> Result<(), Misfit> {
    let allowed: &[&[&str]] = match shape {
        Shape::Ontologies => &[&["ontology_id", "class_iri"]],
        Shape::SourceFiles => &[&["iri"]],
        Shape::CompositeKey => &[&["class_iri"]],
        Shape::Graph => &[&["iri"], &["id"]],
    };
    let is_allowed = |targets: &[String]| {
        allowed.iter().any(|columns| {
            columns.len() == targets.len()
                && columns.iter().zip(targets).all(|(one, other)| is_same(one, other))
        })
    };
    for key in hierarchy.foreign.iter().filter(|key| is_same(&key.table, &classes.name)) {
        let targets = if key.targets.is_empty() { &classes.primary_key } else { &key.targets };
        if !is_allowed(targets) {
            let (table, targets) = (&hierarchy.name, targets.join(", "));
            return Err(Misfit::Mixed(format!(
                "{} has the key of {} and {table} refers to ({targets})",
                classes.name,
                shape.as_str()
            )));
        }
    }
    Ok(())
}

/// Refuses a shape of which something is missing, or that has what sets another apart.
fn require_whole(
    shape: Shape,
    tables: &[Table],
    classes: &Table,
    hierarchy: Option<&Table>,
) -> Result<(), Misfit> {
    let missing = |what: &str| {
        Err(Misfit::Unknown(format!("the key is that of {}, but {what}", shape.as_str())))
    };
    let is_keyed_hierarchy = |target: &str| {
        hierarchy.is_some_and(|hierarchy| {
            let to = [target.to_owned()];
            let refers = |column: &str| {
                let targets = hierarchy.targets(&[column], classes);
                targets.is_some_and(|it| it.len() == 1 && is_same(&it[0], &to[0]))
            };
            refers("class_iri") && refers("parent_iri")
        })
    };
    match shape {
        Shape::Ontologies => {
            let is_deprecated = classes.has("is_deprecated") || classes.has("deprecated");
            if !classes.has("parent_class_iri") || !is_deprecated {
                return missing("owl_classes has not both parent_class_iri and is_deprecated");
            }
            match named(tables, "ontologies") {
                Some(table) if table.has("ontology_id") => Ok(()),
                _ => missing("there is no table ontologies with ontology_id"),
            }
        }
        Shape::SourceFiles if !is_keyed_hierarchy("iri") => {
            missing("there is no hierarchy with foreign keys to owl_classes(iri)")
        }
        Shape::CompositeKey if classes.has("markdown_content") => Err(Misfit::Mixed(
            "owl_classes has the key of composite_key and the markdown_content of source_files"
                .to_owned(),
        )),
        Shape::CompositeKey if !is_keyed_hierarchy("class_iri") => {
            missing("there is no hierarchy with foreign keys to owl_classes(class_iri)")
        }
        Shape::Graph => {
            let needed = ["graph_nodes", "graph_edges", "file_metadata"];
            match needed.iter().find(|name| named(tables, name).is_none()) {
                Some(name) => missing(&format!("there is no table {name}")),
                None => Ok(()),
            }
        }
        Shape::SourceFiles | Shape::CompositeKey => Ok(()),
    }
}
