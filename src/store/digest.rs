//! The digest of a store: equal for equal content, whatever the way there.
//!
//! It covers statements and what follows from them. It leaves out rowids, times, jobs, and
//! everything that tells of the way: tombstones, skipped and rejected versions. Of sources it
//! covers the order of their names, by which conflicts are settled, and not the names: the
//! same files give one digest wherever they lie.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::StoreError;
use crate::fingerprint::Digest;

/// Each table in an order that its content gives.
const PARTS: [&str; 15] = [
    sql!("digest_page"),
    sql!("digest_claim"),
    sql!("digest_supplied"),
    sql!("digest_reference"),
    sql!("digest_graph_link"),
    sql!("digest_property"),
    sql!("digest_diagnostic"),
    sql!("digest_class"),
    sql!("digest_name"),
    sql!("digest_document"),
    sql!("digest_owl_document"),
    sql!("digest_declaration"),
    sql!("digest_axiom"),
    sql!("digest_axiom_entity"),
    sql!("digest_restriction"),
];

/// Reads the whole store once, in constant memory.
pub(super) fn digest(connection: &Connection) -> Result<Digest, StoreError> {
    let mut hasher = blake3::Hasher::new();
    let sources = sources(connection)?;
    for (part, sql) in (0_u8..).zip(PARTS) {
        let mut statement = connection.prepare(sql)?;
        let is_source: Vec<bool> = statement.column_names().map(|name| name == "source").collect();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            hasher.update(&[part]);
            for (column, is_source) in is_source.iter().enumerate() {
                let value = row.get_ref(column)?;
                match value.as_str_or_null() {
                    Ok(Some(name)) if *is_source => {
                        let place = sources.iter().position(|known| known == name);
                        let place = place.map_or(-1, |place| place as i64);
                        absorb(&mut hasher, ValueRef::Integer(place));
                    }
                    _ => absorb(&mut hasher, value),
                }
            }
        }
    }
    Ok(hasher.finalize().into())
}

/// The sources that state something, in the order of their names.
fn sources(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare(sql!("digest_sources"))?;
    let names = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(names)
}

/// Type, length and bytes, so that no two rows of values look the same.
fn absorb(hasher: &mut blake3::Hasher, value: ValueRef<'_>) {
    let (kind, bytes): (u8, &[u8]) = match value {
        ValueRef::Null => (0, &[]),
        ValueRef::Integer(number) => (1, &number.to_le_bytes()),
        ValueRef::Real(number) => (2, &number.to_le_bytes()),
        ValueRef::Text(bytes) => (3, bytes),
        ValueRef::Blob(bytes) => (4, bytes),
    };
    hasher.update(&[kind]);
    hasher.update(&(bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}
