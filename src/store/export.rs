//! Export: what a source states, as statements of functional syntax.
//!
//! Every statement once, in an order that its content gives, so that two exports of equal stores
//! are equal. Nothing is kept in memory.

use rusqlite::{Row, named_params};

use super::StoreError;
use super::read::Reader;
use crate::fingerprint::Digest;
use crate::iri::PrefixTable;
use crate::owl;
use crate::record::SUBCLASS_OF;

/// The namespace of relations that properties of pages state and that have no IRI of their own.
pub const RELATION_NAMESPACE: &str = "urn:driftless:relation:";

/// What stands at the beginning of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportHead {
    /// Which prefix stands for what.
    pub prefixes: PrefixTable,
    /// Which ontology it is: only where the source has exactly one.
    pub iri: Option<String>,
    /// That of its version.
    pub version_iri: Option<String>,
}

/// One statement of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exported {
    /// An import, an annotation of the ontology, a declaration or an axiom.
    Statement(String),
    /// A statement that is no axiom, in the syntax of one.
    Untyped(String),
}

impl Reader {
    /// What an export of a source begins with.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn export_head(&self, source_id: i64) -> Result<ExportHead, StoreError> {
        let by_source = named_params! { ":source_id": source_id };
        let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get(1)?));
        let mut ontologies = self.list(sql!("export_ontologies"), by_source, read)?;
        let (iri, version_iri) = match ontologies.len() {
            1 => ontologies.pop().map_or((None, None), |(iri, version)| (Some(iri), version)),
            _ => (None, None),
        };
        Ok(ExportHead { prefixes: self.prefixes(None)?, iri, version_iri })
    }

    /// Gives `take` all that a source states. It ends early where `take` fails.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports, and whatever `take` gives.
    pub fn export<E: From<StoreError>>(
        &self,
        source_id: i64,
        mut take: impl FnMut(Exported) -> Result<(), E>,
    ) -> Result<(), E> {
        // All of it is of one moment.
        let _transaction = self.connection.unchecked_transaction().map_err(StoreError::from)?;
        let prefixes = self.prefixes(None)?;
        let by_source = named_params! { ":source_id": source_id };
        let scopes: Vec<i64> = self.list(sql!("export_scopes"), by_source, |row| row.get(0))?;
        let export = Export { reader: self, source_id, prefixes, is_scoped: scopes[0] > 1 };
        // In functional syntax what is said of the ontology stands before all axioms.
        export.imports(&mut take)?;
        export.axioms(sql!("export_annotations"), &mut |text| take(Exported::Statement(text)))?;
        export.declarations(&mut take)?;
        export.axioms(sql!("export_axioms"), &mut |text| take(Exported::Statement(text)))?;
        export.pages(&mut take)?;
        export.axioms(sql!("export_untyped"), &mut |text| take(Exported::Untyped(text)))
    }
}

struct Export<'a> {
    reader: &'a Reader,
    source_id: i64,
    prefixes: PrefixTable,
    /// Whether several items speak of anonymous individuals, which are to be told apart.
    is_scoped: bool,
}

impl Export<'_> {
    fn each<E: From<StoreError>>(
        &self,
        sql: &str,
        mut take: impl FnMut(&Row<'_>) -> Result<Result<(), E>, rusqlite::Error>,
    ) -> Result<(), E> {
        let by_source = named_params! { ":source_id": self.source_id };
        let mut statement = self.reader.connection.prepare(sql).map_err(StoreError::from)?;
        let mut rows = statement.query(by_source).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            take(row).map_err(StoreError::from)??;
        }
        Ok(())
    }

    /// An IRI as functional syntax has it.
    fn iri(&self, shown: &str) -> String {
        self.prefixes.read(shown).functional()
    }

    fn imports<E: From<StoreError>>(
        &self,
        take: &mut impl FnMut(Exported) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each(sql!("export_imports"), |row| {
            let iri: String = row.get(0)?;
            Ok(take(Exported::Statement(format!("Import(<{iri}>)"))))
        })
    }

    fn declarations<E: From<StoreError>>(
        &self,
        take: &mut impl FnMut(Exported) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each(sql!("export_declarations"), |row| {
            let (kind, shown): (String, String) = (row.get(0)?, row.get(1)?);
            let annotations: Option<String> = row.get(2)?;
            let annotations = annotations.map(|it| it + " ").unwrap_or_default();
            let text = format!("Declaration({annotations}{kind}({}))", self.iri(&shown));
            Ok(take(Exported::Statement(text)))
        })
    }

    fn axioms<E: From<StoreError>>(
        &self,
        sql: &str,
        take: &mut impl FnMut(String) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each(sql, |row| {
            let text = axiom_text(row, &self.prefixes)?;
            let Some(key) = row.get::<_, Option<String>>("scope")? else { return Ok(take(text)) };
            if !self.is_scoped {
                return Ok(take(text));
            }
            let scope: String = Digest::of(key.as_bytes()).to_string().chars().take(8).collect();
            Ok(take(owl::scoped(&text, &format!("f{scope}-"))))
        })
    }

    /// What pages state without axioms.
    fn pages<E: From<StoreError>>(
        &self,
        take: &mut impl FnMut(Exported) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each(sql!("export_pages"), |row| {
            let class = self.iri(&row.get::<_, String>(0)?);
            let said = [("rdfs:label", row.get(1)?), ("skos:definition", row.get(2)?)];
            for (property, value) in said {
                let Some(value): Option<String> = value else { continue };
                let value = owl::quoted(&value);
                let text = format!("AnnotationAssertion({property} {class} {value})");
                if let Err(error) = take(Exported::Statement(text)) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        })?;
        self.each(sql!("export_references"), |row| {
            let class = self.iri(&row.get::<_, String>(0)?);
            let predicate: String = row.get(1)?;
            let target = self.iri(&row.get::<_, String>(2)?);
            let text = match predicate.as_str() {
                SUBCLASS_OF => format!("SubClassOf({class} {target})"),
                other => {
                    let property = crate::iri::made_iri(RELATION_NAMESPACE, other);
                    format!("AnnotationAssertion(<{property}> {class} {target})")
                }
            };
            Ok(take(Exported::Statement(text)))
        })
    }
}

/// The text of an axiom's row, with its IRIs as functional syntax has them.
pub(super) fn axiom_text(row: &Row<'_>, prefixes: &PrefixTable) -> rusqlite::Result<String> {
    let named: i64 = row.get("named")?;
    let token = |text: String, bit: i64| match named & bit {
        0 => text,
        _ => prefixes.read(&text).functional(),
    };
    let part = |column: &str, bit: i64| -> rusqlite::Result<Option<String>> {
        Ok(row.get::<_, Option<String>>(column)?.map(|text| token(text, bit)))
    };
    Ok(owl::functional(
        &row.get::<_, String>("axiom_type")?,
        row.get::<_, Option<String>>("annotations")?.as_deref(),
        part("property", owl::NAMED_PROPERTY)?.as_deref(),
        &token(row.get("subject")?, owl::NAMED_SUBJECT),
        part("object", owl::NAMED_OBJECT)?.as_deref(),
    ))
}
