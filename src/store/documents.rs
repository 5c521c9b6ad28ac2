//! Documents and the index of their words.
//!
//! The index keeps no text of its own: whoever changes a text must say what it was. Words are
//! written behind everything else of a transaction, for a savepoint makes the index write out
//! what it has gathered, and one for each item of a group would cost more than the words.

use std::borrow::Cow;

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::statements::Stater;
use super::{StoreError, words};
use crate::claim::Claim;
use crate::entity::{Entity, WEIGHTS};
use crate::record::Document;

/// The type of an OWL document's document.
const ONTOLOGY: i64 = 3;

/// What a document is found by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts<'a> {
    pub(super) title: Option<Cow<'a, str>>,
    pub(super) texts: [Option<Cow<'a, str>>; WEIGHTS],
}

impl<'a> Texts<'a> {
    /// A title and one text.
    pub(super) fn new(
        title: impl Into<Cow<'a, str>>,
        text: Option<impl Into<Cow<'a, str>>>,
    ) -> Self {
        let mut texts = [const { None }; WEIGHTS];
        texts[0] = text.map(Into::into);
        Self { title: Some(title.into()), texts }
    }

    /// What a claim to a class is found by.
    pub(super) fn of_claim(claim: Claim<'a>) -> Self {
        let mut texts = Self::new(claim.label, claim.comment);
        texts.texts[1] = claim.other_labels.map(Cow::Owned);
        texts
    }

    fn of(document: &'a Document) -> Self {
        Self {
            title: document.title.as_deref().map(Cow::Borrowed),
            texts: document.texts.each_ref().map(|text| text.as_deref().map(Cow::Borrowed)),
        }
    }

    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let text = |column: &str| -> rusqlite::Result<Option<Cow<'a, str>>> {
            Ok(row.get::<_, Option<String>>(column)?.map(Cow::Owned))
        };
        let texts = [text("text_1")?, text("text_2")?, text("text_3")?, text("text_4")?];
        Ok(Self { title: text("title")?, texts })
    }

    fn write(&'a self, tx: &Connection, sql: &str, id: i64) -> Result<(), StoreError> {
        let indexed = |text: &'a Option<Cow<'_, str>>| text.as_deref().map(words::indexed);
        let [text_1, text_2, text_3, text_4] = self.texts.each_ref().map(indexed);
        tx.prepare_cached(sql)?.execute(named_params! {
            ":id": id, ":title": indexed(&self.title), ":text_1": text_1, ":text_2": text_2,
            ":text_3": text_3, ":text_4": text_4,
        })?;
        Ok(())
    }
}

/// Which documents have changed, to be brought into the index.
#[derive(Debug, Default)]
#[must_use]
pub(super) struct Changed<'a>(Vec<Change<'a>>);

#[derive(Debug)]
struct Change<'a> {
    id: i64,
    /// Most changes are of what is new.
    before: Option<Box<Texts<'static>>>,
    after: Option<Texts<'a>>,
}

impl<'a> Changed<'a> {
    /// A document that was found by `before` is found by `after` now.
    pub(super) fn note(
        &mut self,
        id: i64,
        before: Option<Texts<'static>>,
        after: Option<Texts<'a>>,
    ) {
        if before != after {
            self.0.push(Change { id, before: before.map(Box::new), after });
        }
    }

    /// These and those.
    pub(super) fn append(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Writes the words. Comes last in a transaction.
    pub(super) fn index(mut self, tx: &Connection) -> Result<(), StoreError> {
        // At a smaller id than the last the index writes out what it has gathered.
        self.0.sort_by_key(|change| change.id);
        for Change { id, before, after } in self.0 {
            if let Some(before) = before {
                before.write(tx, sql!("search_forget"), id)?;
            }
            if let Some(after) = after {
                after.write(tx, sql!("search_insert"), id)?;
            }
        }
        Ok(())
    }
}

/// Makes the type of an entity's documents, or gives it the weights of now.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn ensure_document_type(tx: &Connection, entity: &Entity) -> Result<i64, StoreError> {
    let weights = entity.weights();
    let weight = |at: usize| weights.get(at).copied().unwrap_or(crate::entity::USUAL_WEIGHT);
    let id = tx.query_row(
        sql!("document_type_ensure"),
        named_params! {
            ":name": entity.name, ":title_weight": entity.title_weight(),
            ":weight_1": weight(0), ":weight_2": weight(1), ":weight_3": weight(2),
            ":weight_4": weight(3),
        },
        |row| row.get(0),
    )?;
    Ok(id)
}

/// Keeps the document of an item's row.
pub(super) fn keep<'a>(
    tx: &Connection,
    item_id: i64,
    is_known: bool,
    document: &'a Document,
    type_id: i64,
    changed: &mut Changed<'a>,
) -> Result<(), StoreError> {
    let before = if is_known { texts(tx, item_id)? } else { None };
    let [text_1, text_2, text_3, text_4] = &document.texts;
    tx.prepare_cached(sql!("document_upsert"))?.execute(named_params! {
        ":id": item_id, ":type_id": type_id, ":title": document.title, ":text_1": text_1,
        ":text_2": text_2, ":text_3": text_3, ":text_4": text_4,
        ":metadata": document.metadata, ":embed": document.embed,
    })?;
    changed.note(item_id, before, Some(Texts::of(document)));
    Ok(())
}

/// Keeps the document of an item that is an OWL document.
pub(super) fn keep_ontology<'a>(
    tx: &Connection,
    stater: Stater,
    document: &'a Document,
    changed: &mut Changed<'a>,
) -> Result<(), StoreError> {
    keep(tx, stater.item_id, stater.is_known, document, ONTOLOGY, changed)
}

/// What an item or a claim is found by, as the store has it; nothing where it is not.
pub(super) fn texts(tx: &Connection, id: i64) -> Result<Option<Texts<'static>>, StoreError> {
    let found = tx
        .prepare_cached(sql!("document_text"))?
        .query_row(named_params! { ":id": id }, Texts::read)
        .optional()?;
    Ok(found)
}

/// What an item is found by until now; its document is forgotten, if it is no page.
pub(super) fn take(tx: &Connection, item_id: i64) -> Result<Option<Texts<'static>>, StoreError> {
    let before = texts(tx, item_id)?;
    tx.prepare_cached(sql!("document_delete"))?.execute(named_params! { ":id": item_id })?;
    Ok(before)
}
