//! Accounts: what became of every row of every table of an old database.

use serde::Serialize;

use super::layout::{Layout, Sheet};

/// Rows without a place that an account names; all are counted.
const NAMED_ROWS: usize = 100;

/// What became of the rows of one table:
/// `rows = taken_over + stubs + duplicates + unrepresentable`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TableAccount {
    /// The table.
    pub table: String,
    /// Its rows.
    pub rows: u64,
    /// Kept, with all that they refer to in the old database.
    pub taken_over: u64,
    /// Kept, but they refer to something that the old database does not have: that is a stub,
    /// where nothing else in the store answers to its name.
    pub stubs: u64,
    /// Kept, but another row says the same: what consumers see is one.
    pub duplicates: u64,
    /// Without what a row of their kind must have, so nothing could be made of them.
    pub unrepresentable: u64,
}

/// A row that nothing could be made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unrepresentable {
    /// Its table.
    pub table: String,
    /// Its number there.
    pub row: i64,
    /// What is missing.
    pub reason: &'static str,
}

/// A table that is of no kind known here. Its rows stay where they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftTable {
    /// The table.
    pub table: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: u64,
}

/// What became of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    TakenOver,
    Stub,
    Duplicate,
    Unrepresentable(&'static str),
}

/// The accounts of all tables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Accounts {
    pub(crate) tables: Vec<TableAccount>,
    pub(crate) unrepresentable: Vec<Unrepresentable>,
}

impl Accounts {
    /// Accounts of tables whose rows have been counted, and none looked at.
    pub(super) fn open(layout: &Layout) -> Self {
        let account = |sheet: &Sheet| TableAccount {
            table: sheet.table.name.clone(),
            rows: sheet.table.rows,
            ..TableAccount::default()
        };
        Self { tables: layout.sheets.iter().map(account).collect(), unrepresentable: Vec::new() }
    }

    pub(super) fn note(&mut self, sheet: &Sheet, row: i64, fate: Fate) {
        let table = &sheet.table.name;
        let Some(account) = self.tables.iter_mut().find(|it| it.table == *table) else { return };
        match fate {
            Fate::TakenOver => account.taken_over += 1,
            Fate::Stub => account.stubs += 1,
            Fate::Duplicate => account.duplicates += 1,
            Fate::Unrepresentable(reason) => {
                account.unrepresentable += 1;
                if self.unrepresentable.len() < NAMED_ROWS {
                    self.unrepresentable.push(Unrepresentable {
                        table: table.clone(),
                        row,
                        reason,
                    });
                }
            }
        }
    }

    /// The first table whose rows are not all accounted for.
    pub(crate) fn gap(&self) -> Option<&TableAccount> {
        self.tables.iter().find(|account| !account.adds_up())
    }
}

impl TableAccount {
    /// Whether every row is accounted for.
    pub fn adds_up(&self) -> bool {
        self.rows == self.taken_over + self.stubs + self.duplicates + self.unrepresentable
    }
}
