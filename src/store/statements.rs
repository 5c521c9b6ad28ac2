//! What an item states: replaced as a whole, in the item's own transaction.
//!
//! Statements change only here. What follows from them is left to `resolution`, which is told
//! exactly which names and classes were touched.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, ToSql, named_params};

use super::StoreError;
use super::axioms;
use super::claims::{Claims, OwnNames};
use super::documents::{self, Changed, Texts};
use super::item_write::{OntologyWrite, PageContent, PageWrite};
use super::resolution::{self, ClassKey, EnsuredClass, NOBODY, Referenced, Touched};
use crate::checkpoint::Saved;
use crate::claim::Claim;
use crate::name::Name;
use crate::owl::{Ontology, OwlProperty, UNTYPED};
use crate::record::{Diagnostic, SUBCLASS_OF, SuppliedName};

/// An item as statements see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stater {
    pub(super) item_id: i64,
    pub(super) ontology_id: i64,
    /// Whether the item may have stated something before.
    pub(super) is_known: bool,
}

/// One supplied name as a row: block, name, rank, class.
type SuppliedRow = (i64, i64, u8, i64);

/// What was taken back.
#[derive(Debug, Default)]
struct Before {
    supplied: BTreeSet<SuppliedRow>,
    /// The claims by block; those of blocks that stay are kept.
    claims: Vec<i64>,
    /// What the documents of the claims that stay were found by.
    texts: Vec<Option<Texts<'static>>>,
}

/// What is supplied now.
#[derive(Debug, Default)]
struct After {
    /// Only of an item that may have supplied something before.
    supplied: BTreeSet<SuppliedRow>,
    /// By each supplied name, the referenced ones that it may answer; of a new item only where
    /// there are any.
    referenced: BTreeMap<i64, Vec<Referenced>>,
}

/// What an item states, whatever it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stated<'a> {
    claims: Claims<'a>,
    /// The properties of each block as JSON.
    block_properties: &'a [String],
    owl_properties: &'a [OwlProperty],
    ontology: &'a Ontology,
    diagnostics: &'a [Diagnostic],
}

impl<'a> Stated<'a> {
    pub(super) fn of_page(write: &'a PageWrite) -> Self {
        Self {
            claims: Claims::OfPage(&write.page.blocks),
            block_properties: &write.block_properties,
            owl_properties: &write.page.owl_properties,
            ontology: &write.page.ontology,
            diagnostics: &write.page.diagnostics,
        }
    }

    pub(super) fn of_ontology(write: &'a OntologyWrite) -> Self {
        let record = &*write.record;
        Self {
            claims: Claims::OfOntology(&record.ontology),
            block_properties: &[],
            owl_properties: &record.ontology.properties,
            ontology: &record.ontology,
            diagnostics: &record.diagnostics,
        }
    }

    /// Rows that consumers will see because of it, but for those of the graph.
    pub(super) fn saved(&self) -> Saved {
        let blocks = match self.claims {
            Claims::OfPage(blocks) => blocks,
            // All that an ontology states are axioms.
            Claims::OfOntology(_) => &[],
        };
        let references = blocks.iter().flat_map(|block| &block.references);
        let parents = references.filter(|it| it.predicate == SUBCLASS_OF && !it.is_axiom);
        let axioms = self.ontology.axioms.iter().filter(|axiom| axiom.axiom_type != UNTYPED);
        Saved {
            classes: self.claims.len() as u64,
            properties: self.owl_properties.len() as u64,
            axioms: (parents.count() + axioms.count()) as u64,
            ..Saved::default()
        }
    }
}

/// Rows that consumers will see because of a page.
pub(super) fn saved_by(write: &PageWrite) -> Saved {
    let page = &write.page;
    Saved {
        nodes: u64::from(page.is_graph),
        edges: if page.is_graph { page.links.len() as u64 } else { 0 },
        ..Stated::of_page(write).saved()
    }
}

/// Replaces all that an item states by what a page states.
pub(super) fn replace_by_page<'a>(
    tx: &Connection,
    stater: Stater,
    write: &'a PageWrite,
    changed: &mut Changed<'a>,
) -> Result<(), StoreError> {
    let mut touched = Touched::default();
    let mut before = None;
    if stater.is_known {
        before = documents::take(tx, stater.item_id)?;
        tx.prepare_cached(sql!("owl_document_delete"))?
            .execute(named_params! { ":item_id": stater.item_id })?;
    }
    replace(tx, stater, Stated::of_page(write), &mut touched, changed)?;
    keep_page(tx, stater, write, before, changed)?;
    touched.settle(tx)
}

/// Replaces all that an item states by what an OWL document states.
pub(super) fn replace_by_ontology<'a>(
    tx: &Connection,
    stater: Stater,
    write: &'a OntologyWrite,
    changed: &mut Changed<'a>,
) -> Result<(), StoreError> {
    let mut touched = Touched::default();
    // What a page was found by is read before the page goes.
    documents::keep_ontology(tx, stater, &write.document, changed)?;
    if stater.is_known {
        forget_page(tx, stater, &mut touched)?;
    }
    replace(tx, stater, Stated::of_ontology(write), &mut touched, changed)?;
    let record = &*write.record;
    tx.prepare_cached(sql!("owl_document_upsert"))?.execute(named_params! {
        ":item_id": stater.item_id, ":ontology_id": stater.ontology_id,
        ":format": record.format.as_str(), ":iri": record.ontology.iri,
        ":version_iri": record.ontology.version_iri, ":triples": write.triples,
    })?;
    touched.settle(tx)
}

fn replace<'a>(
    tx: &Connection,
    stater: Stater,
    stated: Stated<'a>,
    touched: &mut Touched,
    changed: &mut Changed<'a>,
) -> Result<(), StoreError> {
    let claims = stated.claims;
    let mut before = take_back(tx, stater, claims.len(), touched, changed)?;
    let axioms = if stater.is_known { axioms::take_back(tx, stater)? } else { <_>::default() };
    let rows = claim_classes(tx, stater, stated, &before.claims, touched)?;
    let mut texts = std::mem::take(&mut before.texts).into_iter();
    for (at, (claim_id, _)) in rows.iter().enumerate() {
        let (claim, before) = (claims.get(at), texts.next().flatten());
        let after = (!claim.is_mention).then(|| Texts::of_claim(claim));
        changed.note(*claim_id, before, after);
    }
    let mut after = supply_names(tx, stater, claims, &rows)?;
    let moving: BTreeSet<i64> = if stater.is_known {
        let changed = before.supplied.symmetric_difference(&after.supplied);
        changed.map(|(_, name_id, ..)| *name_id).collect()
    } else {
        after.referenced.keys().copied().collect()
    };
    for name_id in moving {
        let moving = match after.referenced.remove(&name_id) {
            Some(referenced) => referenced,
            None => resolution::referenced_like(tx, name_id)?,
        };
        touched.move_references(tx, moving)?;
    }
    refer(tx, stater, claims, &rows)?;
    declare_properties(tx, stater, stated.owl_properties)?;
    axioms::state(tx, stater, stated.ontology, axioms)?;
    keep_diagnostics(tx, stater, stated.diagnostics)
}

/// Removes all that an item states.
pub(super) fn remove(
    tx: &Connection,
    stater: Stater,
    changed: &mut Changed<'_>,
) -> Result<(), StoreError> {
    changed.note(stater.item_id, documents::take(tx, stater.item_id)?, None);
    let by_item = named_params! { ":item_id": stater.item_id };
    if !tx.prepare_cached(sql!("item_states_something"))?.query_row(by_item, |row| row.get(0))? {
        // A row states nothing, and leaves nothing else to take back.
        return Ok(());
    }
    let mut touched = Touched::default();
    let before = take_back(tx, stater, 0, &mut touched, changed)?;
    let axioms = axioms::take_back(tx, stater)?;
    axioms::settle(tx, stater, axioms)?;
    tx.prepare_cached(sql!("owl_document_delete"))?.execute(by_item)?;
    forget_page(tx, stater, &mut touched)?;
    for (_, name_id, ..) in &before.supplied {
        let moving = resolution::referenced_like(tx, *name_id)?;
        touched.move_references(tx, moving)?;
    }
    keep_diagnostics(tx, stater, &[])?;
    touched.settle(tx)
}

fn forget_page(tx: &Connection, stater: Stater, touched: &mut Touched) -> Result<(), StoreError> {
    if let Some(name_id) = page_name(tx, stater.item_id)? {
        touched.name(name_id);
        tx.prepare_cached(sql!("page_delete"))?
            .execute(named_params! { ":item_id": stater.item_id })?;
    }
    Ok(())
}

/// Takes back names, references, links and claims, but for the claims of the first `blocks`
/// blocks, whose rows are kept to be changed.
fn take_back(
    tx: &Connection,
    stater: Stater,
    blocks: usize,
    touched: &mut Touched,
    changed: &mut Changed<'_>,
) -> Result<Before, StoreError> {
    if !stater.is_known {
        return Ok(Before::default());
    }
    let by_item = named_params! { ":item_id": stater.item_id };
    let supplied: BTreeSet<SuppliedRow> = tx
        .prepare_cached(sql!("supplied_of_item"))?
        .query_map(by_item, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<Result<_, _>>()?;
    supplied.iter().for_each(|(_, name_id, ..)| touched.name(*name_id));
    let claims: Vec<(i64, ClassKey)> = tx
        .prepare_cached(sql!("claims_of_item"))?
        .query_map(by_item, |row| {
            Ok((row.get("id")?, (row.get("ontology_id")?, row.get("class_id")?)))
        })?
        .collect::<Result<_, _>>()?;
    let mut texts = Vec::with_capacity(blocks.min(claims.len()));
    for (block, (claim_id, class)) in claims.iter().enumerate() {
        touched.class(*class);
        let found_by = documents::texts(tx, *claim_id)?;
        if block < blocks {
            texts.push(found_by);
        } else {
            changed.note(*claim_id, found_by, None);
        }
        let by_claim = named_params! { ":claim_id": claim_id };
        tx.prepare_cached(sql!("supplied_delete"))?.execute(by_claim)?;
        for name_id in names(tx, sql!("references_delete"), by_claim)? {
            touched.name(name_id);
        }
    }
    for name_id in names(tx, sql!("graph_links_delete"), by_item)? {
        touched.name(name_id);
    }
    if let Some(name_id) = page_name(tx, stater.item_id)? {
        touched.name(name_id);
    }
    tx.prepare_cached(sql!("property_claims_delete"))?.execute(by_item)?;
    tx.prepare_cached(sql!("claims_trim"))?
        .execute(named_params! { ":item_id": stater.item_id, ":block": blocks as i64 })?;
    let claims = claims.into_iter().map(|(claim_id, _)| claim_id).collect();
    Ok(Before { supplied, claims, texts })
}

/// The name of an item's page, if it has one.
fn page_name(tx: &Connection, item_id: i64) -> Result<Option<i64>, StoreError> {
    let by_item = named_params! { ":item_id": item_id };
    Ok(tx.prepare_cached(sql!("page_name"))?.query_row(by_item, |row| row.get(0)).optional()?)
}

fn names(
    tx: &Connection,
    sql: &str,
    params: &[(&str, &dyn ToSql)],
) -> Result<Vec<i64>, StoreError> {
    let mut statement = tx.prepare_cached(sql)?;
    let names = statement.query_map(params, |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(names)
}

/// Writes the claims of `blocks`; gives their ids and the classes they claim.
fn claim_classes(
    tx: &Connection,
    stater: Stater,
    stated: Stated<'_>,
    kept: &[i64],
    touched: &mut Touched,
) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut rows = Vec::with_capacity(stated.claims.len());
    let mut upsert = tx.prepare_cached(sql!("claim_upsert"))?;
    for at in 0..stated.claims.len() {
        let Claim { class, label, comment, other_labels, line, is_mention } = stated.claims.get(at);
        let properties = stated.block_properties.get(at).map_or("[]", String::as_str);
        let EnsuredClass { id: class_id, is_new } =
            resolution::ensure_class(tx, stater.ontology_id, class, &label)?;
        // A new class has this claim alone, and shows it.
        if !is_new {
            touched.class((stater.ontology_id, class_id));
        }
        upsert.execute(named_params! {
            ":item_id": stater.item_id, ":block": at as i64,
            ":ontology_id": stater.ontology_id, ":class_id": class_id,
            ":class_iri": class.compact, ":label": label, ":comment": comment,
            ":other_labels": other_labels, ":line": line,
            ":is_mention": is_mention, ":is_shown": is_new, ":properties": properties,
        })?;
        let claim_id = kept.get(at).copied().unwrap_or_else(|| tx.last_insert_rowid());
        rows.push((claim_id, class_id));
    }
    Ok(rows)
}

fn supply_names(
    tx: &Connection,
    stater: Stater,
    claims: Claims<'_>,
    rows: &[(i64, i64)],
) -> Result<After, StoreError> {
    let mut after = After::default();
    let mut insert = tx.prepare_cached(sql!("supplied_insert"))?;
    for (at, (claim_id, class_id)) in rows.iter().enumerate() {
        for SuppliedName { name, rank } in claims.names(at).iter() {
            let (name_id, referenced) = resolution::ensure_supplied(tx, stater.ontology_id, name)?;
            if stater.is_known || !referenced.is_empty() {
                after.referenced.insert(name_id, referenced);
            }
            insert.execute(named_params! {
                ":claim_id": claim_id, ":name_id": name_id, ":rank": *rank as u8,
            })?;
            if stater.is_known {
                after.supplied.insert((at as i64, name_id, *rank as u8, *class_id));
            }
        }
    }
    Ok(after)
}

fn refer(
    tx: &Connection,
    stater: Stater,
    claims: Claims<'_>,
    rows: &[(i64, i64)],
) -> Result<(), StoreError> {
    let own_names = OwnNames::of(claims);
    let mut insert = tx.prepare_cached(sql!("reference_insert"))?;
    for (at, (claim_id, _)) in rows.iter().enumerate() {
        for (ordinal, reference) in claims.references(at).iter().enumerate() {
            let target = &reference.target;
            let except_item = if own_names.supply_weakly(target) { stater.item_id } else { NOBODY };
            let name_id =
                resolution::ensure_referenced(tx, stater.ontology_id, target, except_item)?;
            insert.execute(named_params! {
                ":claim_id": claim_id, ":ordinal": ordinal as i64,
                ":predicate": reference.predicate, ":name_id": name_id,
                ":label": reference.label, ":qualifier": reference.qualifier,
                ":line": reference.line, ":is_axiom": reference.is_axiom,
            })?;
        }
    }
    Ok(())
}

fn declare_properties(
    tx: &Connection,
    stater: Stater,
    properties: &[OwlProperty],
) -> Result<(), StoreError> {
    let joined = |names: &[String]| (!names.is_empty()).then(|| names.join(", "));
    let mut insert = tx.prepare_cached(sql!("property_claim_insert"))?;
    for (ordinal, property) in properties.iter().enumerate() {
        let characteristics = property.characteristics.join(", ");
        let characteristics = (!characteristics.is_empty()).then_some(characteristics);
        insert.execute(named_params! {
            ":item_id": stater.item_id, ":ordinal": ordinal as i64,
            ":ontology_id": stater.ontology_id, ":iri": property.iri.expanded,
            ":property_iri": property.iri.compact, ":label": property.label,
            ":kind": property.kind.as_str(), ":domain": joined(&property.domain),
            ":range": joined(&property.range),
            ":characteristics": characteristics, ":line": property.line,
        })?;
    }
    Ok(())
}

fn keep_page<'a>(
    tx: &Connection,
    stater: Stater,
    write: &'a PageWrite,
    before: Option<Texts<'static>>,
    changed: &mut Changed<'a>,
) -> Result<(), StoreError> {
    let PageWrite { page, content, readable, properties, fences, links, .. } = write;
    let named = |text: &str| Name::new(text).ok_or_else(|| unnamed(stater));
    let ensure = |name: &Name| resolution::ensure_name(tx, stater.ontology_id, name);
    let name = named(&page.name)?;
    let name_id = ensure(&name)?;
    let content = match content {
        PageContent::Text(text) => ValueRef::Text(text.as_bytes()),
        PageContent::Bytes(bytes) => ValueRef::Blob(bytes),
    };
    tx.prepare_cached(sql!("page_upsert"))?.execute(named_params! {
        ":item_id": stater.item_id, ":name_id": name_id, ":is_graph": page.is_graph,
        ":properties": properties, ":fences": fences, ":links": links,
        ":link_count": page.links.len() as i64, ":content": ToSqlOutput::Borrowed(content),
        ":readable": readable,
    })?;
    changed.note(stater.item_id, before, Some(Texts::new(name.exact, Some(write.readable()))));
    if !page.is_graph {
        return Ok(());
    }
    let mut insert = tx.prepare_cached(sql!("graph_link_insert"))?;
    for link in &page.links {
        let name_id = ensure(&link.target)?;
        insert.execute(named_params! {
            ":item_id": stater.item_id, ":name_id": name_id, ":count": link.count,
        })?;
    }
    Ok(())
}

fn unnamed(stater: Stater) -> StoreError {
    StoreError::Damaged(format!("the page of item {} has no name", stater.item_id))
}

fn keep_diagnostics(
    tx: &Connection,
    stater: Stater,
    diagnostics: &[Diagnostic],
) -> Result<(), StoreError> {
    if stater.is_known {
        tx.prepare_cached(sql!("diagnostics_clear"))?
            .execute(named_params! { ":item_id": stater.item_id })?;
    }
    let mut insert = tx.prepare_cached(sql!("diagnostic_insert"))?;
    for (ordinal, found) in diagnostics.iter().enumerate() {
        insert.execute(named_params! {
            ":item_id": stater.item_id, ":ordinal": ordinal as i64,
            ":level": found.level.as_str(), ":code": found.code, ":line": found.line,
            ":message": found.message,
        })?;
    }
    Ok(())
}
