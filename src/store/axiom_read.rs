//! Reading axioms: what is said of an entity, and where it is used.

use rusqlite::{Row, named_params};
use serde::Serialize;

use super::StoreError;
use super::export::axiom_text;
use super::read::Reader;
use crate::iri::PrefixTable;

/// One axiom, annotation or untyped statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AxiomRecord {
    /// Its row.
    pub id: i64,
    /// The name of OWL 2's structure; with a `?` where the kind of a property is not known.
    pub axiom_type: String,
    /// What it is about.
    pub subject: String,
    /// The property of an assertion.
    pub property: Option<String>,
    /// The rest of it.
    pub object: Option<String>,
    /// Its own annotations.
    pub annotations: Option<String>,
    /// All of it in functional syntax.
    pub text: String,
    /// Whether it is no axiom, for nobody says what its property is or its structure is broken.
    pub is_untyped: bool,
    /// The source of the item that states it.
    pub source: String,
    /// The item that states it.
    pub key: String,
    /// The line, from 1; 0 where that is unknown.
    pub line: u32,
}

/// What an entity is declared to be, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeclarationRecord {
    /// The name of OWL 2's structure.
    pub kind: String,
    /// The source of the item.
    pub source: String,
    /// The item.
    pub key: String,
    /// The line, from 1; 0 where that is unknown.
    pub line: u32,
}

impl Reader {
    /// What prefixes stand for, in one ontology or in any.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn prefixes(&self, ontology: Option<&str>) -> Result<PrefixTable, StoreError> {
        let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        let by_ontology = named_params! { ":ontology": ontology };
        Ok(self.list(sql!("read_prefixes"), by_ontology, read)?.into_iter().collect())
    }

    /// The entities that a name may mean, as they are shown: an IRI in either form, a label, or
    /// any name of a class.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn entities_named(&self, name: &str) -> Result<Vec<String>, StoreError> {
        let name = name.trim();
        let name = name.strip_prefix('<').and_then(|it| it.strip_suffix('>')).unwrap_or(name);
        let by_name = named_params! { ":name": name };
        let mut found: Vec<String> =
            self.list(sql!("read_entity_named"), by_name, |row| row.get(0))?;
        if found.is_empty() {
            found = self.classes_named(name)?.into_iter().map(|it| it.class.class_iri).collect();
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The axioms about an entity, by type and place; at most `limit`.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn axioms_about(&self, shown: &str, limit: u32) -> Result<Vec<AxiomRecord>, StoreError> {
        let params = named_params! { ":subject": shown, ":limit": limit };
        let prefixes = self.prefixes(None)?;
        self.list(sql!("read_axioms_about"), params, |row| axiom(row, &prefixes))
    }

    /// The axioms that speak of an entity and are about others, by type and place; at most
    /// `limit`.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn axioms_using(&self, shown: &str, limit: u32) -> Result<Vec<AxiomRecord>, StoreError> {
        let prefixes = self.prefixes(None)?;
        let iri = prefixes.read(shown).expanded;
        let params = named_params! { ":shown": shown, ":iri": iri, ":limit": limit };
        self.list(sql!("read_axioms_using"), params, |row| axiom(row, &prefixes))
    }

    /// What an entity is declared to be, in the order of the items.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn declarations(&self, shown: &str) -> Result<Vec<DeclarationRecord>, StoreError> {
        let iri = self.prefixes(None)?.read(shown).expanded;
        self.list(sql!("read_declarations"), named_params! { ":iri": iri }, |row| {
            Ok(DeclarationRecord {
                kind: row.get("kind")?,
                source: row.get("source")?,
                key: row.get("key")?,
                line: row.get("line")?,
            })
        })
    }
}

fn axiom(row: &Row<'_>, prefixes: &PrefixTable) -> rusqlite::Result<AxiomRecord> {
    let text = axiom_text(row, prefixes)?;
    Ok(AxiomRecord {
        id: row.get("id")?,
        axiom_type: row.get("axiom_type")?,
        subject: row.get("subject")?,
        property: row.get("property")?,
        object: row.get("object")?,
        annotations: row.get("annotations")?,
        text,
        is_untyped: row.get("is_untyped")?,
        source: row.get("source")?,
        key: row.get("key")?,
        line: row.get("line")?,
    })
}
