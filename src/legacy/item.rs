//! Items of an old database: rows that belong together, and the digest of what they hold.

use rusqlite::Row as SqlRow;
use rusqlite::types::ValueRef;

use super::index::HEADS;
use super::layout::{Part, Role, Sheet};
use crate::fingerprint::Digest;
use crate::item::ItemKey;

/// What becomes one item of the store.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) key: ItemKey,
    /// The ontology that its rows belong to.
    pub(crate) ontology: String,
    pub(super) rows: Vec<Row>,
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) part: Part,
    pub(super) number: i64,
    /// What it is about.
    pub(super) own: String,
    /// What it refers to.
    pub(super) other: Option<String>,
    pub(super) flags: i64,
    /// In the order of its table's columns.
    pub(super) values: Vec<Value>,
}

/// A value as the old database has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    /// Also text that is not UTF-8.
    Bytes(Vec<u8>),
}

impl Item {
    /// BLAKE3 of all that the rows hold and of what they refer to.
    pub(crate) fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        absorb(&mut hasher, 0, self.ontology.as_bytes());
        for row in &self.rows {
            hasher.update(&[row.part as u8]);
            absorb(&mut hasher, row.flags as u8, row.own.as_bytes());
            absorb(&mut hasher, u8::from(row.other.is_some()), row.other().as_bytes());
            for value in &row.values {
                match value {
                    Value::Null => absorb(&mut hasher, 1, &[]),
                    Value::Integer(number) => absorb(&mut hasher, 2, &number.to_le_bytes()),
                    Value::Real(number) => absorb(&mut hasher, 3, &number.to_le_bytes()),
                    Value::Text(text) => absorb(&mut hasher, 4, text.as_bytes()),
                    Value::Bytes(bytes) => absorb(&mut hasher, 5, bytes),
                }
            }
        }
        hasher.finalize().into()
    }

    /// Whether it is a file, and not rows that came from none.
    pub(super) fn is_file(&self) -> bool {
        let key = self.key.as_str();
        let key = match key.strip_prefix("ontology/").and_then(|rest| rest.split_once('/')) {
            Some((_, rest)) => rest,
            None => key,
        };
        HEADS.iter().all(|head| !key.starts_with(head)) || key.starts_with("file/")
    }
}

/// Kind, length and bytes, so that no two rows look the same.
fn absorb(hasher: &mut blake3::Hasher, kind: u8, bytes: &[u8]) {
    hasher.update(&[kind]);
    hasher.update(&(bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}

impl Row {
    pub(super) fn other(&self) -> &str {
        self.other.as_deref().unwrap_or_default()
    }

    pub(super) fn has(&self, flag: i64) -> bool {
        self.flags & flag != 0
    }

    /// The column of a role, if it says something.
    pub(super) fn text(&self, sheet: &Sheet, role: Role) -> Option<String> {
        let text = self.values[*sheet.roles.get(&role)?].shown()?;
        (!text.trim().is_empty()).then_some(text)
    }
}

impl Value {
    /// Reads all columns of a row.
    pub(super) fn read(row: &SqlRow<'_>, columns: usize) -> rusqlite::Result<Vec<Self>> {
        let value = |at| {
            Ok(match row.get_ref(at)? {
                ValueRef::Null => Self::Null,
                ValueRef::Integer(number) => Self::Integer(number),
                ValueRef::Real(number) => Self::Real(number),
                ValueRef::Blob(bytes) => Self::Bytes(bytes.to_vec()),
                ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                    Ok(text) => Self::Text(text.to_owned()),
                    Err(_) => Self::Bytes(bytes.to_vec()),
                },
            })
        };
        (0..columns).map(value).collect()
    }

    /// The value as text; bytes as SQL writes them.
    pub(super) fn shown(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(number.to_string()),
            Self::Real(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.clone()),
            Self::Bytes(bytes) => {
                let hex = bytes.iter().map(|byte| format!("{byte:02x}"));
                Some(format!("x'{}'", hex.collect::<String>()))
            }
        }
    }

    /// The value as JSON has it.
    pub(super) fn json(&self) -> serde_json::Value {
        match self {
            Self::Integer(number) => (*number).into(),
            Self::Real(number) if number.is_finite() => (*number).into(),
            value => value.shown().into(),
        }
    }

    /// Whether it says yes.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Null | Self::Bytes(_) => false,
            Self::Integer(number) => *number != 0,
            Self::Real(number) => *number != 0.0,
            Self::Text(text) => {
                !matches!(text.trim().to_ascii_lowercase().as_str(), "" | "0" | "false" | "no")
            }
        }
    }
}
