//! Dead letters: rejected items, grouped by what is wrong with them.

use rusqlite::{Connection, Row, named_params};
use serde::Serialize;

use super::StoreError;
use super::item_write::{ItemWrite, RejectedVersion};
use crate::fingerprint::Digest;
use crate::item::ItemKey;
use crate::record::Rejection;

/// One rejected item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    /// The name of its source.
    pub source: String,
    /// Its key.
    pub key: String,
    /// Where it failed: `read`, `parse` or `store`.
    pub stage: String,
    /// The stable word for the reason.
    pub code: String,
    /// The reason, for a person.
    pub message: String,
    /// The group it belongs to.
    pub cause_id: String,
    /// BLAKE3 of the rejected content, if it could be read.
    pub content_digest: Option<Digest>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was first rejected, in Unix milliseconds.
    pub first_at_ms: i64,
    /// When it was last rejected, in Unix milliseconds.
    pub last_at_ms: i64,
    /// Why somebody gave it up, if somebody did.
    pub discard_reason: Option<String>,
}

/// Dead letters of one cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeadLetterGroup {
    /// Short and stable: names the group on the command line.
    pub cause_id: String,
    /// Where they failed.
    pub stage: String,
    /// The stable word for the reason.
    pub code: String,
    /// The message without its particulars.
    pub cause: String,
    /// How many there are.
    pub items: u64,
    /// The first rejection, in Unix milliseconds.
    pub first_at_ms: i64,
    /// The last rejection, in Unix milliseconds.
    pub last_at_ms: i64,
    /// Keys of up to three of them.
    pub samples: Vec<String>,
}

/// Which dead letters are meant. Empty means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeadLetterFilter {
    /// Those of one cause.
    pub cause_id: Option<String>,
    /// That of one item.
    pub key: Option<String>,
}

/// Opens the dead letter of a rejected item, or renews it.
pub(super) fn open(
    tx: &Connection,
    item_id: i64,
    write: &ItemWrite,
    rejection: &Rejection,
    version: Option<&RejectedVersion>,
    attempts: u32,
) -> Result<(), StoreError> {
    let cause = without_particulars(&rejection.message);
    let cause_id = cause_id(rejection, &cause);
    tx.prepare_cached(sql!("dead_letter_upsert"))?.execute(named_params! {
        ":item_id": item_id, ":stage": rejection.stage.as_str(), ":code": rejection.code,
        ":message": rejection.message, ":cause": cause, ":cause_id": cause_id,
        ":content_digest": version.map(|v| *v.content_digest.as_bytes()),
        ":git_sha1": version.and_then(|v| v.git_sha1.as_deref()),
        ":fingerprint": version.map(|v| *v.fingerprint.as_bytes()),
        ":job_id": write.place.job_id, ":attempts": attempts, ":now_ms": write.now_ms,
    })?;
    Ok(())
}

/// Open dead letters by cause, the largest group first.
pub(super) fn groups(connection: &Connection) -> Result<Vec<DeadLetterGroup>, StoreError> {
    let mut statement = connection.prepare_cached(sql!("dead_letter_groups"))?;
    let groups = statement.query_map([], |row| {
        let samples: String = row.get("samples")?;
        Ok(DeadLetterGroup {
            cause_id: row.get("cause_id")?,
            stage: row.get("stage")?,
            code: row.get("code")?,
            cause: row.get("cause")?,
            items: row.get::<_, i64>("items")?.unsigned_abs(),
            first_at_ms: row.get("first_at_ms")?,
            last_at_ms: row.get("last_at_ms")?,
            samples: serde_json::from_str(&samples).unwrap_or_default(),
        })
    })?;
    Ok(groups.collect::<Result<_, _>>()?)
}

/// Dead letters by source and key; at most `limit`.
pub(super) fn list(
    connection: &Connection,
    filter: &DeadLetterFilter,
    with_discarded: bool,
    limit: u32,
) -> Result<Vec<DeadLetter>, StoreError> {
    let mut statement = connection.prepare_cached(sql!("dead_letters"))?;
    let letters = statement.query_map(
        named_params! {
            ":cause_id": filter.cause_id, ":key": filter.key,
            ":with_discarded": with_discarded, ":limit": limit,
        },
        letter,
    )?;
    Ok(letters.collect::<Result<_, _>>()?)
}

/// Keys of a source's open dead letters, in order.
pub(super) fn keys(
    connection: &Connection,
    source_id: i64,
    filter: &DeadLetterFilter,
) -> Result<Vec<ItemKey>, StoreError> {
    let mut statement = connection.prepare_cached(sql!("dead_letter_keys"))?;
    let keys = statement.query_map(
        named_params! {
            ":source_id": source_id, ":cause_id": filter.cause_id, ":key": filter.key,
        },
        |row| row.get::<_, String>(0).map(ItemKey::new),
    )?;
    Ok(keys.collect::<Result<_, _>>()?)
}

/// Gives dead letters up, with the reason; says how many.
///
/// # Errors
///
/// Whatever SQLite reports; the caller's transaction must then be dropped.
pub fn discard(
    tx: &Connection,
    filter: &DeadLetterFilter,
    reason: &str,
    now_ms: i64,
) -> Result<usize, StoreError> {
    Ok(tx.prepare_cached(sql!("dead_letters_discard"))?.execute(named_params! {
        ":cause_id": filter.cause_id, ":key": filter.key, ":reason": reason, ":now_ms": now_ms,
    })?)
}

fn letter(row: &Row<'_>) -> rusqlite::Result<DeadLetter> {
    let digest: Option<[u8; 32]> = row.get("content_digest")?;
    Ok(DeadLetter {
        source: row.get("source")?,
        key: row.get("key")?,
        stage: row.get("stage")?,
        code: row.get("code")?,
        message: row.get("message")?,
        cause_id: row.get("cause_id")?,
        content_digest: digest.map(Digest::from),
        attempts: row.get("attempts")?,
        first_at_ms: row.get("first_at_ms")?,
        last_at_ms: row.get("last_at_ms")?,
        discard_reason: row.get("discard_reason")?,
    })
}

/// A message with each number and each quoted piece left out, so that equal causes are equal.
fn without_particulars(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message.chars().peekable();
    while let Some(c) = rest.next() {
        // The number of an encoding is its name.
        if c.is_ascii_digit() && !out.ends_with("UTF-") {
            while rest.next_if(char::is_ascii_digit).is_some() {}
            out.push('#');
        } else if matches!(c, '"' | '`') && rest.clone().any(|other| other == c) {
            rest.by_ref().find(|other| *other == c);
            out.extend([c, '…', c]);
        } else {
            out.push(c);
        }
    }
    out
}

fn cause_id(rejection: &Rejection, cause: &str) -> String {
    let text = format!("{}\0{}\0{cause}", rejection.stage.as_str(), rejection.code);
    // Eight digits tell a few hundred causes apart and can be typed.
    Digest::of(text.as_bytes()).to_string()[..8].to_owned()
}

#[cfg(test)]
mod tests {
    use super::without_particulars;

    #[test]
    fn messages_that_differ_in_numbers_and_quotes_are_one_cause() {
        let cause = without_particulars("line 12: `mv:A` has 3 \"x y\" parts");
        assert_eq!(cause, without_particulars("line 7: `B` has 40 \"z\" parts"));
        assert_eq!(cause, "line #: `…` has # \"…\" parts");
    }

    #[test]
    fn an_unclosed_quote_is_kept_as_it_stands() {
        assert_eq!(without_particulars("a \" b"), "a \" b");
    }
}
