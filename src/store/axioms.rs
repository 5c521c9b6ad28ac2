//! What an item states in OWL: declarations, axioms, imports; and the one rule by which an
//! axiom has its type.
//!
//! RDF leaves the type of many statements to what their properties are declared to be, wherever
//! that is. Such an axiom is kept as it was stated, and its type follows from the first
//! declaration there is; whoever changes declarations says here which properties that touched.

use std::collections::BTreeSet;

use rusqlite::{CachedStatement, Connection, OptionalExtension, named_params};

use super::StoreError;
use super::statements::Stater;
use crate::owl::{
    self, Axiom, EntityId, EntityKind, NAMED_OBJECT, NAMED_PROPERTY, NAMED_SUBJECT, Ontology, Term,
    UNTYPED,
};

/// Bits of an axiom's id that are its place in its item.
const PLACE_BITS: u32 = 24;

/// A property with what an item declares it to be.
type DeclaredKind = (i64, String);

/// What was taken back.
#[derive(Debug, Default)]
pub(super) struct Before {
    kinds: BTreeSet<DeclaredKind>,
    entities: BTreeSet<i64>,
}

/// Takes back all that an item states in OWL.
pub(super) fn take_back(tx: &Connection, stater: Stater) -> Result<Before, StoreError> {
    let by_item = named_params! { ":item_id": stater.item_id };
    let (first, last) = places(stater.item_id);
    let entities: BTreeSet<i64> = tx
        .prepare_cached(sql!("entities_of_item"))?
        .query_map(
            named_params! { ":item_id": stater.item_id, ":first": first, ":last": last },
            |row| row.get(0),
        )?
        .collect::<Result<_, _>>()?;
    tx.prepare_cached(sql!("imports_delete"))?.execute(by_item)?;
    tx.prepare_cached(sql!("axioms_delete"))?
        .execute(named_params! { ":first": first, ":last": last })?;
    if entities.is_empty() {
        return Ok(Before::default());
    }
    let kinds = declared_kinds(tx, stater.item_id)?;
    tx.prepare_cached(sql!("declarations_delete"))?.execute(by_item)?;
    Ok(Before { kinds, entities })
}

/// States what `ontology` states, after [`take_back`].
pub(super) fn state(
    tx: &Connection,
    stater: Stater,
    ontology: &Ontology,
    before: Before,
) -> Result<(), StoreError> {
    if !ontology.is_empty() {
        let mut writing = Writing::of(tx, stater, ontology)?;
        writing.imports()?;
        writing.declarations()?;
        writing.axioms()?;
        writing.restrictions()?;
    }
    settle(tx, stater, before)
}

/// Gives the axioms their types that wait for a property which an item declares otherwise than
/// before, then forgets entities without a use.
pub(super) fn settle(tx: &Connection, stater: Stater, before: Before) -> Result<(), StoreError> {
    let after = declared_kinds(tx, stater.item_id)?;
    let changed: BTreeSet<i64> =
        before.kinds.symmetric_difference(&after).map(|(entity_id, _)| *entity_id).collect();
    let mut axioms = BTreeSet::new();
    for entity_id in &changed {
        let mut statement = tx.prepare_cached(sql!("awaiting_axioms"))?;
        let by_entity =
            named_params! { ":entity_id": entity_id, ":ontology_id": stater.ontology_id };
        for id in statement.query_map(by_entity, |row| row.get::<_, i64>(0))? {
            axioms.insert(id?);
        }
    }
    for id in axioms {
        retype(tx, stater.ontology_id, id)?;
    }
    for entity_id in &before.entities {
        tx.prepare_cached(sql!("entity_sweep"))?
            .execute(named_params! { ":entity_id": entity_id })?;
    }
    Ok(())
}

/// Whether an open axiom has another type than the rule gives it; changes it if so.
pub(super) fn retype(tx: &Connection, ontology_id: i64, id: i64) -> Result<bool, StoreError> {
    let by_axiom = named_params! { ":axiom_id": id };
    let open: (String, String, Option<String>) = tx
        .prepare_cached(sql!("open_axiom_read"))?
        .query_row(by_axiom, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let awaited: Vec<i64> = tx
        .prepare_cached(sql!("awaited_kinds"))?
        .query_map(by_axiom, |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut kinds = Vec::with_capacity(awaited.len());
    for entity_id in awaited {
        kinds.push(kind_of(tx, ontology_id, entity_id)?);
    }
    let (axiom_type, subject, object) = typed(&open, &kinds);
    let changed = tx.prepare_cached(sql!("axiom_type"))?.execute(named_params! {
        ":id": id, ":axiom_type": axiom_type, ":subject": subject, ":object": object,
    })?;
    Ok(changed > 0)
}

/// The type, subject and object of an axiom whose properties are of these kinds; without a type
/// and as stated if one is unknown.
fn typed(
    open: &(String, String, Option<String>),
    kinds: &[Option<EntityKind>],
) -> (Option<String>, String, Option<String>) {
    let (axiom_type, subject, object) = open;
    if let ("?PropertyAssertion", Some(object), Some(kind)) = (&**axiom_type, object, kinds.first())
        && !kind.is_none_or(|kind| can_assert(kind, object))
    {
        return (None, subject.clone(), Some(object.clone()));
    }
    let mut kinds = kinds.iter();
    let mut next = || kinds.next().copied().flatten();
    let all = || {
        let axiom_type = owl::typed(axiom_type, &mut next)?;
        let subject = owl::typed(subject, &mut next)?;
        let object = match object {
            Some(object) => Some(owl::typed(object, &mut next)?),
            None => None,
        };
        Some((Some(axiom_type), subject, object))
    };
    let mut all = all;
    all().unwrap_or_else(|| (None, subject.clone(), object.clone()))
}

/// Whether a property of this kind can lead to `object`: some lead to individuals only, some to
/// literals only.
fn can_assert(kind: EntityKind, object: &str) -> bool {
    match kind {
        EntityKind::ObjectProperty => !object.starts_with('"'),
        EntityKind::DataProperty => object.starts_with('"'),
        _ => true,
    }
}

fn kind_of(
    tx: &Connection,
    ontology_id: i64,
    entity_id: i64,
) -> Result<Option<EntityKind>, StoreError> {
    let kind: Option<String> = tx
        .prepare_cached(sql!("kind_of_property"))?
        .query_row(named_params! { ":entity_id": entity_id, ":ontology_id": ontology_id }, |row| {
            row.get(0)
        })
        .optional()?;
    Ok(kind.and_then(|kind| EntityKind::named(&kind)))
}

fn declared_kinds(tx: &Connection, item_id: i64) -> Result<BTreeSet<DeclaredKind>, StoreError> {
    let kinds = tx
        .prepare_cached(sql!("declared_kinds"))?
        .query_map(named_params! { ":item_id": item_id }, |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(kinds)
}

/// The first and the last id that an item's axioms may have.
fn places(item_id: i64) -> (i64, i64) {
    (item_id << PLACE_BITS, ((item_id + 1) << PLACE_BITS) - 1)
}

/// A part of an axiom as people read it.
fn shown<'a>(ontology: &'a Ontology, term: &'a Term) -> &'a str {
    match term {
        Term::Entity(entity) => &ontology.entities[*entity as usize].compact,
        Term::Written(text) => text,
    }
}

fn shown_of<'a>(ontology: &'a Ontology, term: Option<&'a Term>) -> Option<&'a str> {
    term.map(|term| shown(ontology, term))
}

/// Which parts of an axiom are IRIs, in bits.
fn named(axiom: &Axiom) -> i64 {
    let part = |term: Option<&Term>, bit| match term {
        Some(Term::Entity(_)) => bit,
        _ => 0,
    };
    part(Some(&axiom.subject), NAMED_SUBJECT)
        | part(axiom.property.as_ref(), NAMED_PROPERTY)
        | part(axiom.object.as_ref(), NAMED_OBJECT)
}

/// What an axiom holds besides its subject and its object, each once.
fn held(axiom: &Axiom) -> impl Iterator<Item = EntityId> {
    let property = match axiom.property {
        Some(Term::Entity(property)) => Some(property),
        _ => None,
    };
    axiom.entities.iter().copied().filter(move |it| Some(*it) != property).chain(property)
}

struct Writing<'a> {
    tx: &'a Connection,
    stater: Stater,
    ontology: &'a Ontology,
    /// Rows of the item's entities, as far as they were needed.
    ids: Vec<Option<i64>>,
    find_entity: CachedStatement<'a>,
    insert_entity: CachedStatement<'a>,
}

impl<'a> Writing<'a> {
    fn of(tx: &'a Connection, stater: Stater, ontology: &'a Ontology) -> Result<Self, StoreError> {
        let find_entity = tx.prepare_cached(sql!("entity_find"))?;
        let insert_entity = tx.prepare_cached(sql!("entity_insert"))?;
        Ok(Self {
            tx,
            stater,
            ontology,
            ids: vec![None; ontology.entities.len()],
            find_entity,
            insert_entity,
        })
    }

    fn imports(&self) -> Result<(), StoreError> {
        let mut insert = self.tx.prepare_cached(sql!("import_insert"))?;
        for (ordinal, import) in self.ontology.imports.iter().enumerate() {
            insert.execute(named_params! {
                ":item_id": self.stater.item_id, ":ordinal": ordinal as i64, ":iri": import.iri,
                ":line": import.line,
            })?;
        }
        Ok(())
    }

    fn declarations(&mut self) -> Result<(), StoreError> {
        let mut insert = self.tx.prepare_cached(sql!("declaration_insert"))?;
        for (ordinal, declaration) in self.ontology.declarations.iter().enumerate() {
            let entity_id = self.entity(declaration.entity)?;
            insert.execute(named_params! {
                ":item_id": self.stater.item_id, ":ordinal": ordinal as i64,
                ":ontology_id": self.stater.ontology_id, ":entity_id": entity_id,
                ":kind": declaration.kind.as_str(), ":annotations": declaration.annotations,
                ":line": declaration.line,
            })?;
        }
        Ok(())
    }

    fn axioms(&mut self) -> Result<(), StoreError> {
        let ontology = self.ontology;
        let mut insert = self.tx.prepare_cached(sql!("axiom_insert"))?;
        let mut insert_entity = self.tx.prepare_cached(sql!("axiom_entity_insert"))?;
        for (place, axiom) in ontology.axioms.iter().enumerate() {
            let id = self.id(place)?;
            let is_typed = axiom.awaits().is_empty() && axiom.axiom_type != UNTYPED;
            insert.execute(named_params! {
                ":id": id, ":ontology_id": self.stater.ontology_id,
                ":axiom_type": is_typed.then_some(axiom.axiom_type),
                ":subject": shown(ontology, &axiom.subject),
                ":property": shown_of(ontology, axiom.property.as_ref()),
                ":object": shown_of(ontology, axiom.object.as_ref()),
                ":annotations": axiom.annotations(), ":named": named(axiom), ":line": axiom.line,
            })?;
            for entity in held(axiom) {
                let entity_id = self.entity(entity)?;
                insert_entity
                    .execute(named_params! { ":axiom_id": id, ":entity_id": entity_id })?;
            }
            if !axiom.awaits().is_empty() {
                self.keep_open(id, axiom)?;
            }
        }
        Ok(())
    }

    /// Keeps an axiom as it was stated, and gives it the type it has by what is declared now.
    fn keep_open(&mut self, id: i64, axiom: &Axiom) -> Result<(), StoreError> {
        let ontology = self.ontology;
        self.tx.prepare_cached(sql!("open_axiom_insert"))?.execute(named_params! {
            ":axiom_id": id, ":axiom_type": axiom.axiom_type,
            ":subject": shown(ontology, &axiom.subject),
            ":object": shown_of(ontology, axiom.object.as_ref()),
        })?;
        for (ordinal, property) in axiom.awaits().iter().enumerate() {
            let entity_id = self.entity(*property)?;
            self.tx.prepare_cached(sql!("awaited_kind_insert"))?.execute(named_params! {
                ":axiom_id": id, ":ordinal": ordinal as i64, ":entity_id": entity_id,
            })?;
        }
        retype(self.tx, self.stater.ontology_id, id).map(drop)
    }

    fn restrictions(&self) -> Result<(), StoreError> {
        let ontology = self.ontology;
        let mut insert = self.tx.prepare_cached(sql!("restriction_insert"))?;
        for (ordinal, restriction) in ontology.restrictions.iter().enumerate() {
            insert.execute(named_params! {
                ":axiom_id": self.id(restriction.axiom as usize)?, ":ordinal": ordinal as i64,
                ":subject": shown(ontology, &Term::Entity(restriction.subject)),
                ":property": shown(ontology, &restriction.property),
                ":quantifier": restriction.quantifier.as_str(),
                ":cardinality": restriction.cardinality,
                ":filler": shown_of(ontology, restriction.filler.as_ref()),
            })?;
        }
        Ok(())
    }

    fn id(&self, place: usize) -> Result<i64, StoreError> {
        let (first, last) = places(self.stater.item_id);
        let id = first + place as i64;
        let too_many = || StoreError::Damaged("more axioms in one item than have a place".into());
        (id <= last).then_some(id).ok_or_else(too_many)
    }

    /// The row of an entity, made if it is new.
    fn entity(&mut self, entity: EntityId) -> Result<i64, StoreError> {
        if let Some(id) = self.ids[entity as usize] {
            return Ok(id);
        }
        let iri = &self.ontology.entities[entity as usize];
        let by_iri = named_params! { ":iri": iri.expanded };
        let found = self.find_entity.query_row(by_iri, |row| row.get(0)).optional()?;
        let id = match found {
            Some(id) => id,
            None => {
                self.insert_entity
                    .execute(named_params! { ":iri": iri.expanded, ":shown": iri.compact })?;
                self.tx.last_insert_rowid()
            }
        };
        self.ids[entity as usize] = Some(id);
        Ok(id)
    }
}
