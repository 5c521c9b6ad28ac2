//! Rows of a database: the rows of one entity, page by page in the order of their key.
//!
//! What is the same for every database is here: which rows and columns are meant, the pinned
//! bound, cursors, and what an item of a row is. How a database is asked is left to each. A
//! page is one short read; nothing holds the database between two pages.

mod listing;
mod selection;
mod sql;

use std::collections::VecDeque;
use std::sync::Arc;

pub use selection::{Column, KeyColumn, Restriction, Table, TableKey, TableKind};
pub(super) use selection::{Selection, query_sql};
#[cfg(feature = "postgres")]
pub(super) use sql::Measuring;
pub(super) use sql::{Dialect, Sql, quoted};

use self::listing::RowListing;
use super::{
    Answer, Description, Fetched, Known, Listed, ListedKind, Listing, Order, Pinned, Source,
    SourceError, SourceVersion,
};
use crate::entity::{Entity, Relation};
use crate::failpoint::failpoint;
use crate::fingerprint::Digest;
use crate::item::{ItemKey, SkipReason, SourceItem};
use crate::row::{RowContent, Value, key_of, key_values};

/// Rows read at once. With fewer the asking shows in the time, with more the memory: with 500 a
/// sync that finds nothing changed took a twentieth longer, with 2,000 it was no faster.
pub const PAGE_ROWS: usize = 1_000;

/// Rows read at once, at most, whatever is asked for: room for so many is made beforehand.
const LARGEST_PAGE_ROWS: usize = 65_536;

/// Bytes of content after which a page ends early: wide rows come in shorter pages.
pub(super) const PAGE_BYTES: usize = 1024 * 1024;

/// A database that can be asked for rows. It is never written.
pub(super) trait Database: Send + Sync + 'static {
    /// What kind it is, and where, as settings without secrets.
    fn description(&self) -> (&'static str, serde_json::Value);

    /// Its tables and views, in the order of their names.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if it cannot be asked.
    fn tables(&self) -> Answer<'_, Result<Vec<Table>, SourceError>>;

    /// What is known of the relation an entity names.
    ///
    /// # Errors
    ///
    /// [`SourceError::Settings`] if there is none, with those that there are.
    fn table<'a>(&'a self, relation: &'a Relation) -> Answer<'a, Result<Table, SourceError>>;

    /// The greatest key; nothing if there are no rows.
    ///
    /// # Errors
    ///
    /// [`SourceError::Settings`] if a condition makes no sense.
    fn last_key(&self, of: Arc<Selection>) -> Answer<'_, Result<Option<Vec<Value>>, SourceError>>;

    /// Every so many rows a key of the range, in their order: its pages as ranges of their own.
    ///
    /// # Errors
    ///
    /// [`SourceError::Settings`] if a condition makes no sense.
    fn steps(
        &self,
        of: Arc<Selection>,
        range: Range,
    ) -> Answer<'_, Result<Vec<Vec<Value>>, SourceError>>;

    /// Looks whether the conditions are such, before anything is read by them.
    ///
    /// # Errors
    ///
    /// [`SourceError::Settings`] if one makes no sense.
    fn check(&self, of: Arc<Selection>) -> Answer<'_, Result<(), SourceError>>;

    /// Whether the key has a flaw.
    ///
    /// # Errors
    ///
    /// [`SourceError::Settings`] if a condition makes no sense.
    fn has_flaw(&self, of: Arc<Selection>, flaw: Flaw) -> Answer<'_, Result<bool, SourceError>>;

    /// The rows of a range of keys, in the order of keys.
    ///
    /// # Errors
    ///
    /// [`SourceError::Failed`] if trying again may work.
    fn page(&self, of: Arc<Selection>, range: Range) -> Answer<'_, Result<Vec<Row>, SourceError>>;

    /// The rows of given keys, as they are now, in the order asked for.
    ///
    /// # Errors
    ///
    /// [`SourceError::Failed`] if trying again may work.
    fn rows(
        &self,
        of: Arc<Selection>,
        keys: Vec<Vec<Value>>,
    ) -> Answer<'_, Result<Vec<Option<Row>>, SourceError>>;

    /// How many rows there are, by an estimate if counting takes long.
    fn count(&self, of: Arc<Selection>) -> Answer<'_, Option<u64>>;
}

/// What keeps columns from being a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A row has no value in one of them.
    Null,
    /// Rows share one, by the database's own word for equal.
    Shared,
}

/// Which keys a page is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Range {
    /// Behind this one.
    pub(super) after: Option<Vec<Value>>,
    /// Up to and including this one.
    pub(super) up_to: Vec<Value>,
    /// Rows at most. A page may end earlier, once it has [`PAGE_BYTES`], but is not empty while
    /// there are rows.
    pub(super) limit: usize,
}

/// One row as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) key: ItemKey,
    /// The values of the selection's columns; how long it would be if it is too long.
    pub(super) content: Result<RowContent, u64>,
}

/// The rows of one entity as a source.
#[derive(Clone)]
pub struct Rows {
    database: Arc<dyn Database>,
    entity: Arc<Entity>,
    restriction: Restriction,
    page_rows: usize,
    largest_item_bytes: u64,
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("entity", &self.entity.name).finish_non_exhaustive()
    }
}

impl Rows {
    pub(super) fn of(database: Arc<dyn Database>, entity: Entity) -> Result<Self, SourceError> {
        if let Some(reason) = entity.mistakes().into_iter().next() {
            let setting = format!("entities.{}", entity.name);
            return Err(SourceError::Settings { setting, reason });
        }
        let (restriction, largest_item_bytes) = (Restriction::default(), super::LARGEST_ITEM_BYTES);
        let entity = Arc::new(entity);
        Ok(Self { database, entity, restriction, page_rows: PAGE_ROWS, largest_item_bytes })
    }

    /// The same source with only some of its rows. What the others are is not known then, so
    /// nothing is deleted.
    #[must_use]
    pub fn restricted(mut self, restriction: Restriction) -> Self {
        self.restriction = restriction;
        self
    }

    /// The same source, read so many rows at once, as far as that makes sense.
    #[must_use]
    pub fn by_pages_of(mut self, rows: usize) -> Self {
        self.page_rows = rows.clamp(1, LARGEST_PAGE_ROWS);
        self
    }

    /// The same source, with longer rows left out.
    #[must_use]
    pub fn limited_to(mut self, largest_item_bytes: u64) -> Self {
        self.largest_item_bytes = largest_item_bytes;
        self
    }

    /// What it declares.
    pub fn entity(&self) -> &Entity {
        &self.entity
    }

    async fn select(&self) -> Result<Arc<Selection>, SourceError> {
        let table = self.database.table(&self.entity.relation).await?;
        let selection = Selection::of(&self.entity, &table, &self.restriction)?;
        let selection = Arc::new(selection.limited_to(self.largest_item_bytes));
        if !selection.conditions.is_empty() || !selection.versions.is_empty() {
            self.database.check(selection.clone()).await?;
        }
        let wrong = |what: &str| SourceError::Settings {
            setting: format!("entities.{}.key", self.entity.name),
            reason: format!(
                "rows {what} ({}); declare another `key`, or leave them out by a `filter`",
                selection.key.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ")
            ),
        };
        let may_be_null = selection.key.iter().any(|column| column.is_nullable);
        if may_be_null && self.database.has_flaw(selection.clone(), Flaw::Null).await? {
            return Err(wrong("have no value in their key"));
        }
        if !selection.is_unique && self.database.has_flaw(selection.clone(), Flaw::Shared).await? {
            return Err(wrong("share their key"));
        }
        Ok(selection)
    }
}

impl Source for Rows {
    fn description(&self) -> Description {
        let (kind, database) = self.database.description();
        let settings = serde_json::json!({ "database": database, "entity": *self.entity });
        let (name, settings) = (self.entity.name.clone(), settings.to_string());
        Description { name, kind, settings }
    }

    fn largest_item_bytes(&self) -> u64 {
        self.largest_item_bytes
    }

    fn restriction(&self) -> Option<String> {
        let is_whole = self.restriction == Restriction::default();
        (!is_whole).then(|| serde_json::json!(self.restriction).to_string())
    }

    fn pin<'a>(&'a self, known: &'a Known) -> Answer<'a, Result<Arc<dyn Pinned>, SourceError>> {
        Box::pin(async move {
            let selection = self.select().await?;
            let interrupted = known.interrupted.as_deref().and_then(bound_of);
            let bound = match interrupted.filter(|bound| bound.len() == selection.key.len()) {
                Some(bound) => Some(bound),
                None => self.database.last_key(selection.clone()).await?,
            };
            let (name, database) = (self.entity.name.clone(), self.database.clone());
            let page_rows = self.page_rows;
            Ok(Arc::new(PinnedRows(Arc::new(Bounded {
                name,
                database,
                selection,
                bound,
                page_rows,
            }))) as Arc<dyn Pinned>)
        })
    }
}

/// What stands before a bound in the name of a version.
const UP_TO: &str = "up to ";

/// The bound that a version's name tells of.
fn bound_of(version: &str) -> Option<Vec<Value>> {
    key_values(version.strip_prefix(UP_TO)?).ok()
}

/// The rows up to the greatest key that there was at first.
struct Bounded {
    name: String,
    database: Arc<dyn Database>,
    selection: Arc<Selection>,
    /// The greatest key; nothing if there were no rows.
    bound: Option<Vec<Value>>,
    page_rows: usize,
}

struct PinnedRows(Arc<Bounded>);

impl Pinned for PinnedRows {
    fn version(&self) -> SourceVersion {
        SourceVersion(self.0.bound.as_ref().map(|bound| format!("{UP_TO}{}", key_of(bound))))
    }

    /// Rows change under their keys, whatever the greatest one is.
    fn is_exact(&self) -> bool {
        false
    }

    fn order(&self) -> Order {
        Order::Own
    }

    fn notes(&self) -> Vec<String> {
        let up_to = |bound: &Vec<Value>| {
            format!(
                "rows up to {} were looked at; those that are added behind it come with the next \
                 sync",
                key_of(bound)
            )
        };
        let mut notes: Vec<_> = self.0.bound.iter().map(up_to).collect();
        notes.extend(self.0.selection.note.clone());
        notes
    }

    fn count(&self) -> Answer<'_, Option<u64>> {
        self.0.database.count(self.0.selection.clone())
    }

    fn list(&self) -> Box<dyn Listing> {
        Box::new(self.walk(None, self.0.bound.clone()))
    }

    fn list_behind(&self, cursor: &ItemKey) -> Box<dyn Listing> {
        // A cursor is a key that this source gave. Of another shape it is from another time.
        Box::new(self.walk(self.0.values(cursor), self.0.bound.clone()))
    }

    fn list_up_to(&self, cursor: &ItemKey) -> Box<dyn Listing> {
        let bound = self.0.bound.as_ref().and_then(|_| self.0.values(cursor));
        Box::new(self.walk(None, bound))
    }

    fn fetch<'a>(&'a self, wanted: &'a [Listed]) -> Answer<'a, Result<Vec<Fetched>, SourceError>> {
        Box::pin(async move {
            let keys: Vec<_> = wanted.iter().map(|listed| self.0.values(&listed.key)).collect();
            let known = keys.iter().flatten().cloned().collect();
            let rows = self.0.database.rows(self.0.selection.clone(), known).await?;
            let mut rows = rows.into_iter();
            let fetched = wanted.iter().zip(keys).map(|(listed, key)| {
                let row = key.and_then(|_| rows.next().flatten());
                fetched(&listed.key, row.filter(|row| row.key == listed.key))
            });
            Ok(fetched.collect())
        })
    }

    fn has<'a>(&'a self, key: &'a ItemKey) -> Answer<'a, Result<bool, SourceError>> {
        Box::pin(async move { Ok(self.has_each(std::slice::from_ref(key)).await?.contains(&true)) })
    }

    fn has_each<'a>(&'a self, keys: &'a [ItemKey]) -> Answer<'a, Result<Vec<bool>, SourceError>> {
        Box::pin(async move {
            let values: Vec<_> = keys.iter().map(|key| self.0.values(key)).collect();
            let known = values.iter().flatten().cloned().collect();
            let rows = self.0.database.rows(self.0.selection.clone(), known).await?;
            let mut rows = rows.into_iter();
            // What cannot be a key here is the key of no row. One that the database calls equal
            // is that of another item: `007` finds the row 7, and `abc` may find ABC.
            let is_there = |(key, values): (&ItemKey, &Option<Vec<Value>>)| {
                let row = values.as_ref().and_then(|_| rows.next().flatten());
                row.is_some_and(|row| row.key == *key)
            };
            Ok(keys.iter().zip(&values).map(is_there).collect())
        })
    }
}

impl PinnedRows {
    fn walk(&self, after: Option<Vec<Value>>, up_to: Option<Vec<Value>>) -> RowListing {
        RowListing::new(self.0.clone(), after, up_to)
    }
}

impl Bounded {
    /// The values of a key, if it has as many parts as the keys of these rows.
    fn values(&self, key: &ItemKey) -> Option<Vec<Value>> {
        let values = key_values(key.as_str()).ok()?;
        (values.len() == self.selection.key.len()).then_some(values)
    }

    /// Where the pages of a range end, if it is better read by ranges of their own: a view that
    /// gathers rows may gather all of them for each page that is only limited in its rows.
    async fn steps(&self, range: Range) -> Result<VecDeque<Vec<Value>>, SourceError> {
        if self.selection.is_unique {
            return Ok(VecDeque::new());
        }
        Ok(self.database.steps(self.selection.clone(), range).await?.into())
    }

    /// The rows behind `after` and up to `up_to`, as they are listed, and the key of the last one.
    async fn read(
        &self,
        after: Option<Vec<Value>>,
        up_to: Option<Vec<Value>>,
    ) -> Result<Page, SourceError> {
        let Some(up_to) = up_to else { return Ok(Page::default()) };
        failpoint!("rows::page");
        // One row more shows whether the next page would begin within rows of one key.
        let range = Range { after, up_to, limit: self.page_rows + 1 };
        let mut rows = self.database.page(self.selection.clone(), range).await?;
        if let Some(twice) = rows.windows(2).find(|pair| pair[0].key == pair[1].key) {
            return Err(SourceError::Settings {
                setting: format!("entities.{}.key", self.name),
                reason: format!(
                    "several rows have the key {}; declare a `key` that each row has alone",
                    twice[0].key
                ),
            });
        }
        rows.truncate(self.page_rows);
        let last = rows.last().and_then(|row| self.values(&row.key));
        Ok(Page { last, rows: rows.into_iter().map(listed).collect() })
    }
}

#[derive(Default)]
struct Page {
    last: Option<Vec<Value>>,
    rows: Vec<Listed>,
}

fn listed(row: Row) -> Listed {
    let key = row.key;
    let kind = match row.content {
        Ok(content) => {
            let content = content.into_bytes();
            let content_digest = Digest::of(&content);
            ListedKind::Delivered { content, content_digest }
        }
        Err(bytes) => ListedKind::Skipped { reason: SkipReason::TooLarge, detail: size(bytes) },
    };
    Listed { key, kind }
}

fn fetched(key: &ItemKey, row: Option<Row>) -> Fetched {
    match row.map(|row| row.content) {
        Some(Ok(content)) => {
            let content = content.into_bytes();
            let content_digest = Digest::of(&content);
            Fetched::Item(SourceItem { key: key.clone(), content, content_digest, git_sha1: None })
        }
        Some(Err(bytes)) => Fetched::Skipped { reason: SkipReason::TooLarge, detail: size(bytes) },
        None => {
            let detail = "no row has this key".to_owned();
            Fetched::Skipped { reason: SkipReason::Vanished, detail }
        }
    }
}

fn size(bytes: u64) -> String {
    format!("{bytes} bytes")
}
