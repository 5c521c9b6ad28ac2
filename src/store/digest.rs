//! The digest of a store: equal for equal content, whatever the way there.
//!
//! It covers statements and what follows from them. It leaves out rowids, times, jobs, and
//! everything that tells of the way: tombstones, skipped and rejected versions.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::StoreError;
use crate::fingerprint::Digest;

/// Each table in an order that its content gives.
const PARTS: [&str; 10] = [
    sql!("digest_page"),
    sql!("digest_claim"),
    sql!("digest_supplied"),
    sql!("digest_reference"),
    sql!("digest_wikilink"),
    sql!("digest_graph_link"),
    sql!("digest_property"),
    sql!("digest_diagnostic"),
    sql!("digest_class"),
    sql!("digest_name"),
];

/// Reads the whole store once, in constant memory.
pub(super) fn digest(connection: &Connection) -> Result<Digest, StoreError> {
    let mut hasher = blake3::Hasher::new();
    for (part, sql) in (0_u8..).zip(PARTS) {
        let mut statement = connection.prepare(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            hasher.update(&[part]);
            for column in 0..columns {
                absorb(&mut hasher, row.get_ref(column)?);
            }
        }
    }
    Ok(hasher.finalize().into())
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
