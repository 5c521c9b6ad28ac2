//! What is true of every store at every moment, as checks that find where it is not.
//!
//! One list, used by tests after every crash and by whoever doubts a store.

use rusqlite::{Connection, named_params};

use super::StoreError;
use super::{axioms, resolution};
use crate::name::Name;

/// Each query lists what breaks its rule.
const RULES: [(&str, &str); 9] = [
    ("a class has a use, and a stub no claim", sql!("check_classes_without_use")),
    ("a class shows the claim of the smallest path and block", sql!("check_class_shown")),
    ("a name has a use, and a meaning exactly if it is referenced", sql!("check_names")),
    ("a written item has its document, a deleted one has none", sql!("check_written_items")),
    ("a page, a claim and a row have each their document", sql!("check_documents")),
    ("a rejected item has its dead letter", sql!("check_dead_letters")),
    ("an axiom that has a type has a whole one", sql!("check_axiom_types")),
    ("an entity has a use", sql!("check_entities")),
    ("a checkpoint is not ahead of its items", sql!("check_checkpoints")),
];

/// What of a store breaks a rule, as lines for a person; empty if nothing does.
///
/// The connection must be inside a write transaction that the caller then drops: to learn
/// what a name should mean, stubs may be made.
pub(super) fn violations(tx: &Connection) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    for (rule, sql) in RULES {
        let mut statement = tx.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            found.push(format!("{rule}: {}", row.get::<_, String>(0)?));
        }
    }
    wrong_meanings(tx, &mut found)?;
    wrong_types(tx, &mut found)?;
    if let Err(error) = tx.execute(sql!("check_search"), []) {
        found.push(format!("the index holds the words of all texts and no others: {error}"));
    }
    pragma(tx, "foreign_key_check", &mut found)?;
    pragma(tx, "integrity_check", &mut found)?;
    Ok(found)
}

/// What of a store breaks a rule as a transaction has left it so far; empty if nothing does. The
/// transaction goes on as if nobody had looked.
///
/// # Errors
///
/// Whatever SQLite reports; the caller's transaction must then be dropped.
pub fn violations_within(tx: &Connection) -> Result<Vec<String>, StoreError> {
    tx.execute_batch(sql!("savepoint_begin"))?;
    let found = violations(tx)?;
    tx.execute_batch(sql!("savepoint_abort"))?;
    tx.execute_batch(sql!("savepoint_release"))?;
    Ok(found)
}

/// Names that mean another class than the rule gives them.
fn wrong_meanings(tx: &Connection, found: &mut Vec<String>) -> Result<(), StoreError> {
    let mut statement = tx.prepare(sql!("check_referenced_names"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let name = Name { exact: row.get("exact")?, folded: row.get("folded")? };
        let means: String = row.get("iri")?;
        let ontology_id = row.get("ontology_id")?;
        let class_id = resolution::meaning(tx, ontology_id, &name, row.get("except_item")?)?;
        let should: String = tx.prepare_cached(sql!("check_class_iri"))?.query_row(
            named_params! { ":ontology_id": ontology_id, ":class_id": class_id },
            |row| row.get(0),
        )?;
        if means != should {
            found.push(format!("the name {} means {means} and should mean {should}", name.exact));
        }
    }
    Ok(())
}

/// Axioms of another type than the declarations give them.
fn wrong_types(tx: &Connection, found: &mut Vec<String>) -> Result<(), StoreError> {
    let mut statement = tx.prepare(sql!("check_open_axioms"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (ontology_id, id): (i64, i64) = (row.get("ontology_id")?, row.get("id")?);
        if axioms::retype(tx, ontology_id, id)? {
            found.push(format!("axiom {id} has another type than its properties give it"));
        }
    }
    Ok(())
}

fn pragma(tx: &Connection, name: &str, found: &mut Vec<String>) -> Result<(), StoreError> {
    tx.pragma_query(None, name, |row| {
        let said: String = row.get(0)?;
        if said != "ok" {
            found.push(format!("{name}: {said}"));
        }
        Ok(())
    })?;
    Ok(())
}
