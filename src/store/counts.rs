//! Counting: what a store shows and how its items stand, in numbers.

use std::cmp::Reverse;
use std::collections::HashSet;

use rusqlite::{Connection, Row, named_params};

use super::StoreError;
use super::read::{Reader, count};
use super::records::{DiagnosticCount, Holdings, Totals};
use crate::checkpoint::Counters;
use crate::record::SUBCLASS_OF;

impl Reader {
    /// How the items of a source stand, as a job counts them that finds nothing changed.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn standing_counters(&self, source_id: i64) -> Result<Counters, StoreError> {
        let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?));
        let by_source = named_params! { ":source_id": source_id };
        let mut counters = Counters::default();
        for (outcome, number) in self.list(sql!("read_standing"), by_source, read)? {
            match outcome.as_str() {
                "written" => counters.unchanged = number.into(),
                "skipped" => counters.skipped = number.into(),
                "rejected" => counters.rejected = number.into(),
                _ => {}
            }
        }
        counters.listed = counters.finished();
        Ok(counters)
    }

    /// Counts what consumers see.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn totals(&self) -> Result<Totals, StoreError> {
        totals(&self.connection)
    }

    /// Counts diagnostics by level and code, the most frequent of a level first.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn diagnostic_counts(&self) -> Result<Vec<DiagnosticCount>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql!("read_diagnostic_counts"))?;
        let mut rows = statement.query([])?;
        let mut counts: Vec<(i64, DiagnosticCount)> = Vec::new();
        while let Some(row) = rows.next()? {
            let item_id: i64 = row.get(0)?;
            let (level, code): (String, String) = (row.get(1)?, row.get(2)?);
            let is_it =
                |(_, known): &(_, DiagnosticCount)| known.code == code && known.level == level;
            let at = counts.iter().position(is_it).unwrap_or_else(|| {
                counts.push((0, DiagnosticCount { level, code, findings: 0, items: 0 }));
                counts.len() - 1
            });
            let (last_item, count) = &mut counts[at];
            count.findings += 1;
            count.items += u64::from(*last_item != item_id);
            *last_item = item_id;
        }
        let mut counts: Vec<_> = counts.into_iter().map(|(_, count)| count).collect();
        let order = |c: &DiagnosticCount| (c.level.clone(), Reverse(c.findings), c.code.clone());
        counts.sort_by_cached_key(order);
        Ok(counts)
    }
}

/// Counts what consumers see.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn totals(connection: &Connection) -> Result<Totals, StoreError> {
    let (parents, relations) = class_edges(connection)?;
    Ok(connection.query_row(sql!("read_totals"), [], |row| {
        Ok(Totals {
            pages: count(row, "pages")?,
            classes: count(row, "classes")?,
            stubs: count(row, "stubs")?,
            built_in: count(row, "built_in")?,
            parents,
            relations,
            properties: count(row, "properties")?,
            axioms: count(row, "axioms")?,
            untyped: count(row, "untyped")?,
            declarations: count(row, "declarations")?,
            documents: count(row, "documents")?,
            nodes: count(row, "nodes")?,
            edges: count(row, "edges")?,
            wikilinks: count(row, "wikilinks")?,
            fences: count(row, "fences")?,
        })
    })?)
}

/// Counts what the items of one source state.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn holdings(connection: &Connection, source_id: i64) -> Result<Holdings, StoreError> {
    let by_source = named_params! { ":source_id": source_id };
    Ok(connection.query_row(sql!("read_holdings"), by_source, |row| {
        Ok(Holdings {
            claims: count(row, "claims")?,
            references: count(row, "references")?,
            properties: count(row, "properties")?,
            axioms: count(row, "axioms")?,
            nodes: count(row, "nodes")?,
            links: count(row, "links")?,
        })
    })?)
}

/// Counts distinct edges between classes: to parents, and all others.
fn class_edges(connection: &Connection) -> Result<(u64, u64), StoreError> {
    let mut statement = connection.prepare_cached(sql!("read_class_edges"))?;
    let mut rows = statement.query([])?;
    let (mut parents, mut relations, mut last) = (0, 0, None);
    let mut seen = HashSet::new();
    while let Some(row) = rows.next()? {
        let class: (i64, i64) = (row.get(0)?, row.get(1)?);
        if last.replace(class) != Some(class) {
            seen.clear();
        }
        let predicate: Box<str> = row.get(3)?;
        let is_parent = &*predicate == SUBCLASS_OF;
        let qualifier: Option<Box<str>> = if is_parent { None } else { row.get(4)? };
        if seen.insert((row.get::<_, i64>(2)?, predicate, qualifier)) {
            *(if is_parent { &mut parents } else { &mut relations }) += 1;
        }
    }
    Ok((parents, relations))
}
