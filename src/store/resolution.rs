//! Which class a name means: the one rule by which derived rows follow from statements.
//!
//! A name means the claim with the smallest (rank, path, block) that supplies it, exact forms
//! before folded ones; a term of a built-in vocabulary means itself; what nothing answers
//! means a stub of its own. Visible rows are a pure function of all statements, so whoever
//! changes statements says here which names and classes that touched.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, ToSql, named_params};

use super::StoreError;
use crate::iri::{self, Iri, PrefixTable};
use crate::name::{Name, Rank};

/// Rows that a change of statements may have moved or left without a use.
#[derive(Debug, Default)]
pub(super) struct Touched {
    names: BTreeSet<i64>,
    classes: BTreeSet<ClassKey>,
}

/// A row of `class`: its ontology and its id there.
pub(super) type ClassKey = (i64, i64);

/// A row of `name` by which something is referenced.
#[derive(Debug)]
pub(super) struct Referenced {
    id: i64,
    ontology_id: i64,
    name: Name,
    except_item: i64,
    class_id: i64,
}

/// What there is of a name and of those that fold alike: all that can answer it.
struct Alike {
    /// The row asked for, with what references by it mean; none if there are no references.
    own: Option<(i64, Option<i64>)>,
    /// Whether any of them may be supplied.
    may_answer: bool,
    referenced: Vec<Referenced>,
}

/// The item whose weak names do not count, in `name.except_item`.
pub(super) const NOBODY: i64 = 0;

impl Touched {
    pub(super) fn name(&mut self, name_id: i64) {
        self.names.insert(name_id);
    }

    pub(super) fn class(&mut self, class: ClassKey) {
        self.classes.insert(class);
    }

    /// Moves references whose names are answered by others now.
    pub(super) fn move_references(
        &mut self,
        tx: &Connection,
        moving: Vec<Referenced>,
    ) -> Result<(), StoreError> {
        for Referenced { id, ontology_id, name, except_item, class_id } in moving {
            let after = meaning(tx, ontology_id, &name, except_item)?;
            if after != class_id {
                set_class(tx, id, Some(after))?;
                self.class((ontology_id, class_id));
            }
        }
        Ok(())
    }

    /// Lets touched classes show their best claim, then removes touched rows without a use.
    pub(super) fn settle(mut self, tx: &Connection) -> Result<(), StoreError> {
        for name_id in &self.names {
            self.classes.extend(release_name(tx, *name_id)?);
        }
        for (ontology_id, class_id) in self.classes {
            let by_id = named_params! { ":ontology_id": ontology_id, ":class_id": class_id };
            if tx.prepare_cached(sql!("class_sweep"))?.execute(by_id)? == 0 {
                show_best(tx, (ontology_id, class_id))?;
            }
        }
        Ok(())
    }
}

/// The row of a name, made if it is new.
pub(super) fn ensure_name(
    tx: &Connection,
    ontology_id: i64,
    name: &Name,
) -> Result<i64, StoreError> {
    let by_text = named_params! {
        ":ontology_id": ontology_id, ":folded": name.folded, ":exact": name.exact,
        ":except_item": NOBODY,
    };
    match tx.prepare_cached(sql!("name_find"))?.query_row(by_text, |row| row.get(0)).optional()? {
        Some(name_id) => Ok(name_id),
        None => insert_name(tx, ontology_id, name, NOBODY, None),
    }
}

/// The row of a name that a claim supplies, made if it is new; with the names that are
/// referenced and that it may answer, itself or by its fold.
pub(super) fn ensure_supplied(
    tx: &Connection,
    ontology_id: i64,
    name: &Name,
) -> Result<(i64, Vec<Referenced>), StoreError> {
    let alike = alike(tx, ontology_id, name, NOBODY)?;
    let name_id = match alike.own {
        Some((name_id, _)) => name_id,
        None => insert_name(tx, ontology_id, name, NOBODY, None)?,
    };
    Ok((name_id, alike.referenced))
}

/// The names that are referenced and that a name may have answered, itself or by its fold.
pub(super) fn referenced_like(
    tx: &Connection,
    name_id: i64,
) -> Result<Vec<Referenced>, StoreError> {
    let (ontology_id, name) = tx
        .prepare_cached(sql!("name_texts"))?
        .query_row(named_params! { ":name_id": name_id }, |row| {
            Ok((row.get(0)?, Name { exact: row.get(1)?, folded: row.get(2)? }))
        })?;
    Ok(alike(tx, ontology_id, &name, NOBODY)?.referenced)
}

/// The name row that a reference is to point at; it has its meaning when this returns.
pub(super) fn ensure_referenced(
    tx: &Connection,
    ontology_id: i64,
    name: &Name,
    except_item: i64,
) -> Result<i64, StoreError> {
    let alike = alike(tx, ontology_id, name, except_item)?;
    if let Some((name_id, Some(_))) = alike.own {
        return Ok(name_id);
    }
    let class_id = match ensure_built_in(tx, ontology_id, name)? {
        Some(class_id) => class_id,
        None if alike.may_answer => answered_or_stub(tx, ontology_id, name, except_item)?,
        None => ensure_stub(tx, ontology_id, name)?,
    };
    match alike.own {
        Some((name_id, _)) => set_class(tx, name_id, Some(class_id)).map(|()| name_id),
        None => insert_name(tx, ontology_id, name, except_item, Some(class_id)),
    }
}

/// The class that a name means; a stub is made where there is none.
pub(super) fn meaning(
    tx: &Connection,
    ontology_id: i64,
    name: &Name,
    except_item: i64,
) -> Result<i64, StoreError> {
    match ensure_built_in(tx, ontology_id, name)? {
        Some(class_id) => Ok(class_id),
        None => answered_or_stub(tx, ontology_id, name, except_item),
    }
}

fn ensure_built_in(
    tx: &Connection,
    ontology_id: i64,
    name: &Name,
) -> Result<Option<i64>, StoreError> {
    let term = iri::built_in(&name.exact);
    term.map(|term| Ok(ensure_class(tx, ontology_id, &term, &term.compact)?.id)).transpose()
}

fn answered_or_stub(
    tx: &Connection,
    ontology_id: i64,
    name: &Name,
    except_item: i64,
) -> Result<i64, StoreError> {
    let answered = tx
        .prepare_cached(sql!("candidate"))?
        .query_row(
            named_params! {
                ":ontology_id": ontology_id, ":exact": name.exact, ":folded": name.folded,
                ":except_item": except_item, ":last_strong_rank": Rank::LAST_STRONG as u8,
            },
            |row| row.get(0),
        )
        .optional()?;
    match answered {
        Some(class_id) => Ok(class_id),
        None => ensure_stub(tx, ontology_id, name),
    }
}

/// The class of an identity, and whether it was made now.
pub(super) struct EnsuredClass {
    pub(super) id: i64,
    pub(super) is_new: bool,
}

/// The class of an identity, made if it is new. `label` is shown while nobody claims it.
pub(super) fn ensure_class(
    tx: &Connection,
    ontology_id: i64,
    iri: &Iri,
    label: &str,
) -> Result<EnsuredClass, StoreError> {
    let by_iri = named_params! { ":ontology_id": ontology_id, ":iri": iri.expanded };
    let found =
        tx.prepare_cached(sql!("class_find"))?.query_row(by_iri, |row| row.get(0)).optional()?;
    if let Some(id) = found {
        return Ok(EnsuredClass { id, is_new: false });
    }
    // A built-in term looks the same whoever names it first.
    let id = match iri::built_in_iri(&iri.expanded) {
        Some(term) => insert_class(tx, ontology_id, &term, &term.compact, "built_in")?,
        None => insert_class(tx, ontology_id, iri, label, "ordinary")?,
    };
    Ok(EnsuredClass { id, is_new: true })
}

fn ensure_stub(tx: &Connection, ontology_id: i64, name: &Name) -> Result<i64, StoreError> {
    // What is named by an IRI has that one, and is shown by it as a claim to it would be.
    let named = iri::named(&name.exact);
    let stub = match named {
        Some(iri) => Iri { expanded: iri.to_owned(), compact: compact(tx, ontology_id, iri)? },
        None => {
            let made = iri::stub_iri(&name.exact);
            Iri { expanded: made.clone(), compact: made }
        }
    };
    let found = tx
        .prepare_cached(sql!("stub_find"))?
        .query_row(
            named_params! {
                ":ontology_id": ontology_id, ":iri": stub.expanded, ":class_iri": stub.compact,
            },
            |row| row.get(0),
        )
        .optional()?;
    match found {
        Some(class_id) => Ok(class_id),
        None => {
            let label = if named.is_some() { &stub.compact } else { &name.exact };
            insert_class(tx, ontology_id, &stub, label, "stub")
        }
    }
}

/// An IRI by the prefixes of its ontology.
fn compact(tx: &Connection, ontology_id: i64, iri: &str) -> Result<String, StoreError> {
    let by_iri = named_params! { ":ontology_id": ontology_id, ":iri": iri };
    Ok(tx.prepare_cached(sql!("iri_compact"))?.query_row(by_iri, |row| row.get(0))?)
}

/// Keeps what prefixes stand for, and shows by them what is known by its IRI alone; a no-op where
/// they are as they were.
pub(super) fn keep_prefixes(
    tx: &Connection,
    ontology_id: i64,
    prefixes: &PrefixTable,
) -> Result<(), StoreError> {
    let by_ontology = named_params! { ":ontology_id": ontology_id };
    if self::prefixes(tx, ontology_id)? == *prefixes {
        return Ok(());
    }
    tx.execute(sql!("prefixes_clear"), by_ontology)?;
    for (name, namespace) in prefixes.iter() {
        tx.execute(
            sql!("prefix_insert"),
            named_params! {
                ":ontology_id": ontology_id, ":name": name, ":namespace": namespace,
            },
        )?;
    }
    let identified = |sql: &str, params: &[(&str, &dyn ToSql)]| {
        let mut statement = tx.prepare(sql)?;
        let rows = statement.query_map(params, |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<Result<Vec<(i64, String)>, _>>()
    };
    for (class_id, iri) in identified(sql!("iri_stubs"), by_ontology)? {
        tx.prepare_cached(sql!("stub_show"))?.execute(named_params! {
            ":ontology_id": ontology_id, ":class_id": class_id,
            ":class_iri": compact(tx, ontology_id, &iri)?,
        })?;
    }
    for (entity_id, iri) in identified(sql!("entity_list"), &[])? {
        tx.prepare_cached(sql!("entity_show"))?.execute(named_params! {
            ":entity_id": entity_id, ":shown": compact(tx, ontology_id, &iri)?,
        })?;
    }
    Ok(())
}

/// What prefixes stand for in an ontology.
pub(super) fn prefixes(tx: &Connection, ontology_id: i64) -> Result<PrefixTable, StoreError> {
    let mut statement = tx.prepare(sql!("prefixes_list"))?;
    let by_ontology = named_params! { ":ontology_id": ontology_id };
    let known = statement
        .query_map(by_ontology, |row| Ok::<(String, String), _>((row.get(0)?, row.get(1)?)))?;
    Ok(known.collect::<Result<_, _>>()?)
}

fn insert_class(
    tx: &Connection,
    ontology_id: i64,
    iri: &Iri,
    label: &str,
    kind: &str,
) -> Result<i64, StoreError> {
    let class_id: i64 = tx
        .prepare_cached(sql!("class_next"))?
        .query_row(named_params! { ":ontology_id": ontology_id }, |row| row.get(0))?;
    tx.prepare_cached(sql!("class_insert"))?.execute(named_params! {
        ":ontology_id": ontology_id, ":class_id": class_id, ":iri": iri.expanded,
        ":class_iri": iri.compact, ":label": label, ":kind": kind,
    })?;
    Ok(class_id)
}

fn alike(
    tx: &Connection,
    ontology_id: i64,
    name: &Name,
    except_item: i64,
) -> Result<Alike, StoreError> {
    let mut statement = tx.prepare_cached(sql!("names_alike"))?;
    let mut rows = statement.query(named_params! {
        ":ontology_id": ontology_id, ":folded": name.folded, ":exact": name.exact,
    })?;
    let mut alike = Alike { own: None, may_answer: false, referenced: Vec::new() };
    while let Some(row) = rows.next()? {
        let (id, exact): (i64, String) = (row.get(0)?, row.get(1)?);
        let (excepted, class_id): (i64, Option<i64>) = (row.get(2)?, row.get(3)?);
        if exact == name.exact && excepted == except_item {
            alike.own = Some((id, class_id));
        }
        alike.may_answer |= excepted == NOBODY;
        if let Some(class_id) = class_id {
            let name = Name { exact, folded: name.folded.clone() };
            let except_item = excepted;
            alike.referenced.push(Referenced { id, ontology_id, name, except_item, class_id });
        }
    }
    Ok(alike)
}

fn insert_name(
    tx: &Connection,
    ontology_id: i64,
    name: &Name,
    except_item: i64,
    class_id: Option<i64>,
) -> Result<i64, StoreError> {
    tx.prepare_cached(sql!("name_insert"))?.execute(named_params! {
        ":ontology_id": ontology_id, ":exact": name.exact, ":folded": name.folded,
        ":except_item": except_item, ":class_id": class_id,
    })?;
    Ok(tx.last_insert_rowid())
}

fn set_class(tx: &Connection, name_id: i64, class_id: Option<i64>) -> Result<(), StoreError> {
    tx.prepare_cached(sql!("name_set_class"))?
        .execute(named_params! { ":name_id": name_id, ":class_id": class_id })?;
    Ok(())
}

/// Lets a class show its best claim, if it has any, and have that claim's compact form.
fn show_best(tx: &Connection, (ontology_id, class_id): ClassKey) -> Result<(), StoreError> {
    let claims: Vec<(i64, bool, String)> = tx
        .prepare_cached(sql!("claims_of_class"))?
        .query_map(named_params! { ":ontology_id": ontology_id, ":class_id": class_id }, |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect::<Result<_, _>>()?;
    for (at, (claim_id, is_shown, class_iri)) in claims.iter().enumerate() {
        let is_best = at == 0;
        if *is_shown != is_best {
            tx.prepare_cached(sql!("claim_show"))?
                .execute(named_params! { ":claim_id": claim_id, ":is_shown": is_best })?;
        }
        if is_best {
            tx.prepare_cached(sql!("class_write"))?.execute(named_params! {
                ":ontology_id": ontology_id, ":class_id": class_id, ":class_iri": class_iri,
            })?;
        }
    }
    Ok(())
}

/// Forgets a name without any use, or its meaning where only references are gone. Gives the
/// class that it then no longer means.
fn release_name(tx: &Connection, name_id: i64) -> Result<Option<ClassKey>, StoreError> {
    let by_id = named_params! { ":name_id": name_id };
    let yes = |sql: &str| -> Result<bool, StoreError> {
        Ok(tx.prepare_cached(sql)?.query_row(by_id, |row| row.get(0))?)
    };
    if yes(sql!("name_is_referenced"))? {
        return Ok(None);
    }
    if !yes(sql!("name_is_used"))? {
        let forgotten =
            tx.prepare_cached(sql!("name_delete"))?.query_row(by_id, meant).optional()?;
        return Ok(forgotten.flatten());
    }
    let before = tx.prepare_cached(sql!("name_class"))?.query_row(by_id, meant)?;
    if before.is_some() {
        set_class(tx, name_id, None)?;
    }
    Ok(before)
}

/// What references by a name mean, of a row of its scope and class.
fn meant(row: &Row<'_>) -> rusqlite::Result<Option<ClassKey>> {
    let class_id: Option<i64> = row.get("class_id")?;
    let ontology_id = row.get("ontology_id")?;
    Ok(class_id.map(|class_id| (ontology_id, class_id)))
}
