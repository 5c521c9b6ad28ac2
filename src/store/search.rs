//! Search: documents by their words.
//!
//! What a person types are words, each of which must be there; the index's own syntax is only
//! for those who ask for it, and is about words between spaces.

use std::borrow::Cow;

use rusqlite::{OptionalExtension, named_params};
use serde::Serialize;
use serde_json::value::RawValue;

use super::StoreError;
use super::documents::Texts;
use super::filter::Filter;
use super::read::Reader;
use super::words;

/// Hits of a search, unless more are asked for.
pub const SEARCH_LIMIT: u32 = 10;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct SearchQuery {
    /// The words, or an expression.
    pub text: String,
    /// What `text` is.
    pub syntax: SearchSyntax,
    /// Documents of these types only; of all if there are none here.
    pub types: Vec<String>,
    /// What a document's metadata must be.
    pub filters: Vec<Filter>,
    /// Hits at most.
    pub limit: u32,
}

/// What the text of a query is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchSyntax {
    /// Words, all of which must be there; whatever else stands there is no command.
    #[default]
    Words,
    /// An expression of SQLite's FTS5: `dam OR weir`, `"tide mill"`, `estuar*`, `title: dam`.
    Fts,
}

/// A document that was found.
#[derive(Clone, Debug, Serialize)]
pub struct Hit {
    /// What it is: `page`, `class`, or the name of an entity.
    #[serde(rename = "type")]
    pub document_type: String,
    /// A class's IRI in its compact form; else the key of the item.
    pub key: String,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// The place where the words stand.
    pub snippet: Vec<SnippetPart>,
    /// How well it fits: more is better. Comparable within one search only.
    pub score: f64,
    /// The source that it comes from.
    pub source: String,
    /// The key of the item that states it.
    pub item: String,
    /// What its entity declares as metadata: a JSON object, with the digits that were stored.
    pub metadata: Option<Box<RawValue>>,
}

/// A piece of text around what was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SnippetPart {
    /// The text.
    pub text: String,
    /// Whether it is what was looked for.
    #[serde(rename = "match")]
    pub is_match: bool,
}

impl SearchQuery {
    /// Looks for all of these words, in documents of all types.
    pub fn words(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            syntax: SearchSyntax::Words,
            types: Vec::new(),
            filters: Vec::new(),
            limit: SEARCH_LIMIT,
        }
    }
}

impl Reader {
    /// The types that documents can have: `page`, `class`, and the entities that were synced.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn document_types(&self) -> Result<Vec<String>, StoreError> {
        self.list(sql!("read_document_types"), &[], |row| row.get(0))
    }

    /// Documents that hold what is looked for, the best first.
    ///
    /// # Errors
    ///
    /// [`StoreError::BadQuery`] if the query has no word, or is no expression, or if a filter is
    /// about metadata that no document of these types has.
    pub fn search(&self, query: &SearchQuery) -> Result<Vec<Hit>, StoreError> {
        let expression = match query.syntax {
            SearchSyntax::Words => words::expression(&query.text)
                .ok_or_else(|| StoreError::BadQuery("there is no word in it".to_owned()))?,
            SearchSyntax::Fts => words::unmarked(&query.text.replace('\0', " ")),
        };
        let types = (!query.types.is_empty()).then(|| serde_json::json!(query.types).to_string());
        let filters = self.filters(&query.filters, types.as_deref())?;
        let params = named_params! {
            ":query": expression, ":types": types, ":filters": filters, ":limit": query.limit,
        };
        let read = |row: &rusqlite::Row<'_>| {
            let (item, class): (String, Option<String>) = (row.get("item")?, row.get("class_iri")?);
            let metadata: Option<String> = row.get("metadata")?;
            let snippet: Option<String> = row.get("snippet")?;
            let texts = self.texts(row.get("id")?)?;
            Ok(Hit {
                document_type: row.get("type")?,
                key: class.unwrap_or_else(|| item.clone()),
                snippet: parts(&shown(&texts, snippet.unwrap_or_default())),
                title: texts.title.map(Cow::into_owned),
                score: row.get("score")?,
                source: row.get("source")?,
                item,
                metadata: metadata.and_then(|json| RawValue::from_string(json).ok()),
            })
        };
        let hits = self.list(sql!("search_find"), params, read);
        hits.map_err(|error| match (error, query.syntax) {
            (StoreError::Sqlite(error), SearchSyntax::Fts) => {
                StoreError::BadQuery(error.to_string())
            }
            (error, _) => error,
        })
    }
}

impl Reader {
    /// The texts that a document is found by, as they were written.
    fn texts(&self, id: i64) -> rusqlite::Result<Texts<'static>> {
        let mut statement = self.connection.prepare_cached(sql!("document_text"))?;
        let texts = statement.query_row(named_params! { ":id": id }, Texts::read).optional()?;
        Ok(texts.unwrap_or_default())
    }

    fn filters(&self, filters: &[Filter], types: Option<&str>) -> Result<String, StoreError> {
        if filters.is_empty() {
            return Ok("[]".to_owned());
        }
        let types = named_params! { ":types": types };
        let known = self.list(sql!("read_metadata"), types, |row| row.get(0))?;
        let wanted: Result<Vec<_>, _> = filters.iter().map(|it| it.wanted(&known)).collect();
        Ok(serde_json::Value::from(wanted?).to_string())
    }
}

/// A place as it was written, where the index has it in another form.
fn shown(texts: &Texts<'_>, snippet: String) -> String {
    let columns = texts.title.iter().chain(texts.texts.iter().flatten());
    let is_changed = |text: &&Cow<'_, str>| matches!(words::indexed(text), Cow::Owned(_));
    let mut changed = columns.filter(is_changed);
    changed.find_map(|text| words::original(text, &snippet)).unwrap_or(snippet)
}

/// A snippet in which matches stand between the characters 2 and 3.
fn parts(snippet: &str) -> Vec<SnippetPart> {
    let mut parts = Vec::new();
    let mut is_match = false;
    for piece in snippet.split(['\u{2}', '\u{3}']) {
        if !piece.is_empty() {
            parts.push(SnippetPart { text: piece.to_owned(), is_match });
        }
        is_match = !is_match;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_tells_what_was_looked_for_from_what_stands_around_it() {
        let part = |text: &str, is_match| SnippetPart { text: text.to_owned(), is_match };
        assert_eq!(
            parts("a \u{2}dam\u{3} on"),
            [part("a ", false), part("dam", true), part(" on", false)]
        );
        assert_eq!(parts("\u{2}dam\u{3}"), [part("dam", true)]);
    }
}
