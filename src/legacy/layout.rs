//! Which table is what in an old database, and what its columns mean.
//!
//! A column without a meaning here is kept as it is, beside what its row states.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::LegacyError;
use super::catalog::{self, Table, is_same, quoted};
use super::refusal::Refusal;
use super::shape::{CLASSES, HIERARCHIES, Misfit, Shape, named, recognise};

/// What the rows of a table are, in the order in which an item is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Part {
    Ontology,
    File,
    Class,
    Parent,
    Property,
    Axiom,
    Node,
    Edge,
}

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Id,
    Iri,
    Ontology,
    Label,
    Comment,
    Parent,
    Deprecated,
    Content,
    File,
    Sha1,
    Kind,
    Domain,
    Range,
    Subject,
    Predicate,
    Object,
    Source,
    Target,
}

/// A role with the names that its column has, the likeliest first.
type Names = (Role, &'static [&'static str]);

const ONTOLOGY: Names = (Role::Ontology, &["ontology_id"]);
const LABEL: Names = (Role::Label, &["label", "name", "title"]);
const FILE: Names = (Role::File, &["source_file", "file_path", "file_name", "path"]);
const SHA1: Names = (Role::Sha1, &["file_sha1", "sha1", "file_blob_sha", "blob_sha", "git_sha"]);

impl Part {
    pub(super) const ALL: [Self; 8] = [
        Self::Ontology,
        Self::File,
        Self::Class,
        Self::Parent,
        Self::Property,
        Self::Axiom,
        Self::Node,
        Self::Edge,
    ];

    fn tables(self) -> &'static [&'static str] {
        match self {
            Self::Ontology => &["ontologies"],
            Self::File => &["file_metadata"],
            Self::Class => &[CLASSES],
            Self::Parent => &HIERARCHIES,
            Self::Property => &["owl_properties"],
            Self::Axiom => &["owl_axioms"],
            Self::Node => &["graph_nodes"],
            Self::Edge => &["graph_edges"],
        }
    }

    fn roles(self) -> &'static [Names] {
        match self {
            Self::Ontology => &[(Role::Id, &["ontology_id", "id"])],
            Self::File => &[FILE, SHA1],
            Self::Class => &[
                (Role::Id, &["id"]),
                (Role::Iri, &["class_iri", "iri"]),
                ONTOLOGY,
                LABEL,
                (Role::Comment, &["description", "comment", "definition"]),
                (Role::Parent, &["parent_class_iri", "parent_iri"]),
                (Role::Deprecated, &["is_deprecated", "deprecated"]),
                (Role::Content, &["markdown_content"]),
                FILE,
                SHA1,
            ],
            Self::Parent => &[
                (Role::Id, &["id"]),
                (Role::Iri, &["class_iri", "child_iri", "subclass_iri", "class_id", "child_id"]),
                (Role::Parent, &["parent_iri", "parent_class_iri", "superclass_iri", "parent_id"]),
                ONTOLOGY,
            ],
            Self::Property => &[
                (Role::Id, &["id"]),
                (Role::Iri, &["property_iri", "iri"]),
                ONTOLOGY,
                LABEL,
                (Role::Kind, &["property_type", "type", "kind"]),
                (Role::Domain, &["domain", "domain_class_iri", "domain_iri", "domain_class"]),
                (Role::Range, &["range", "range_class_iri", "range_iri", "range_class"]),
                FILE,
            ],
            Self::Axiom => &[
                (Role::Id, &["id", "axiom_id"]),
                ONTOLOGY,
                (Role::Kind, &["axiom_type", "type"]),
                (Role::Subject, &["subject", "subject_iri", "subject_id"]),
                (Role::Predicate, &["predicate", "property", "predicate_iri", "property_iri"]),
                (Role::Object, &["object", "object_iri", "object_value", "object_id"]),
                FILE,
            ],
            Self::Node => &[
                (Role::Id, &["id", "node_id"]),
                ONTOLOGY,
                (Role::Label, &["label", "name", "title", "metadata_id"]),
                FILE,
            ],
            Self::Edge => &[
                (Role::Id, &["id", "edge_id"]),
                (Role::Source, &["source_id", "source", "source_node_id", "from_id"]),
                (Role::Target, &["target_id", "target", "target_node_id", "to_id"]),
            ],
        }
    }

    /// Without these a table says nothing.
    fn needed(self) -> &'static [Role] {
        match self {
            Self::Ontology | Self::Node => &[Role::Id],
            Self::File => &[Role::File],
            Self::Class | Self::Property => &[Role::Iri],
            Self::Parent => &[Role::Iri, Role::Parent],
            Self::Axiom => &[Role::Kind, Role::Subject],
            Self::Edge => &[Role::Source, Role::Target],
        }
    }

    /// Whether the number of a row means nothing outside of it.
    pub(super) fn has_idle_id(self) -> bool {
        self == Self::Axiom
    }
}

/// A table and what its columns mean.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) part: Part,
    pub(super) table: Table,
    pub(super) roles: BTreeMap<Role, usize>,
    /// What to read it from.
    pub(super) from: String,
    /// The name of a row's number there.
    pub(super) rowid: &'static str,
}

/// All of an old database.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) shape: Shape,
    /// In the order of their parts, at most one of each.
    pub(super) sheets: Vec<Sheet>,
    /// Tables that are of no part.
    pub(super) others: Vec<Table>,
}

impl Layout {
    /// Reads what is there and refuses what is of no shape.
    pub(super) fn of(connection: &Connection) -> Result<Self, LegacyError> {
        let mut tables = catalog::tables(connection)?;
        let refused = |misfit, tables: &[Table]| LegacyError::from(Refusal::of(misfit, tables));
        let shape = recognise(&tables).map_err(|misfit| refused(misfit, &tables))?;
        let mut sheets = Vec::new();
        for part in Part::ALL {
            let found = part.tables().iter().find_map(|name| named(&tables, name)).cloned();
            if let Some(table) = found {
                let sheet = Sheet::of(part, table).map_err(|misfit| refused(misfit, &tables))?;
                sheets.push(sheet);
            }
        }
        tables.retain(|table| sheets.iter().all(|sheet| sheet.table.name != table.name));
        Ok(Self { shape, sheets, others: tables })
    }

    pub(super) fn sheet(&self, part: Part) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.part == part)
    }
}

impl Sheet {
    fn of(part: Part, table: Table) -> Result<Self, Misfit> {
        let mut roles = BTreeMap::new();
        for (role, names) in part.roles() {
            if let Some(column) = names.iter().find_map(|name| table.column(name)) {
                // A column has one meaning, the first.
                if !roles.values().any(|taken| *taken == column) {
                    roles.insert(*role, column);
                }
            }
        }
        if let Some(role) = part.needed().iter().find(|role| !roles.contains_key(role)) {
            let names = part.roles().iter().find(|(it, _)| it == role);
            let names = names.map_or(&[][..], |(_, names)| names).join(", ");
            let message = format!("{} has none of the columns {names}", table.name);
            return Err(Misfit::Unknown(message));
        }
        let is_free = |name: &&str| !table.columns.iter().any(|it| it.eq_ignore_ascii_case(name));
        let rowid = ["rowid", "_rowid_", "oid"].into_iter().find(is_free).unwrap_or("rowid");
        let from = match table.has_rowid {
            true => format!("main.{}", quoted(&table.name)),
            false => format!("temp.\"rows of {}\"", part as u8),
        };
        Ok(Self { part, table, roles, from, rowid })
    }

    /// Whether its rows must be copied to have numbers.
    pub(super) fn is_copied(&self) -> bool {
        self.from.starts_with("temp.")
    }

    /// The column of a role as an expression on `t`.
    pub(super) fn column(&self, role: Role) -> Option<String> {
        self.roles.get(&role).map(|at| format!("t.{}", quoted(&self.table.columns[*at])))
    }

    /// The columns without a meaning, and those whose meaning is `others`.
    pub(super) fn extra(&self, others: &[Role]) -> Vec<usize> {
        let is_extra = |at: &usize| {
            self.roles.iter().all(|(role, column)| column != at || others.contains(role))
        };
        (0..self.table.columns.len()).filter(is_extra).collect()
    }

    /// The column of `to` that a column of this table names a row by, if it does.
    pub(super) fn target(&self, column: &str, to: &Sheet) -> Option<usize> {
        match self.table.targets(&[column], &to.table)? {
            [target] => to.table.columns.iter().position(|name| is_same(name, target)),
            _ => None,
        }
    }
}
