//! Walks over row sources, and what must hold of every walk.

use std::sync::Arc;

use driftless::entity::{Entity, MetadataColumn, Relation};
use driftless::item::ItemKey;
use driftless::row::{Kind, cells};
use driftless::source::rows::Rows;
use driftless::source::{Fetched, Known, Listed, ListedKind, Listing, Pinned, Source, SourceError};

/// An entity of a table with these columns, the first of which is its title.
pub(crate) fn entity(table: &str, columns: &[&str]) -> Entity {
    of(Relation::Table(table.to_owned()), columns)
}

/// An entity of a query, which needs a key.
pub(crate) fn query(text: &str, key: &[&str], columns: &[&str]) -> Entity {
    let key = key.iter().map(|&name| name.to_owned()).collect();
    Entity { key, ..of(Relation::Query(text.to_owned()), columns) }
}

fn of(relation: Relation, columns: &[&str]) -> Entity {
    let metadata = |column: &&str| MetadataColumn { column: (*column).to_owned(), kind: None };
    let metadata = columns[1..].iter().map(metadata).collect();
    Entity { metadata, ..Entity::new("thing", relation, columns[0]) }
}

/// The source pinned for the first time.
pub(crate) async fn pinned(rows: &Rows) -> Arc<dyn Pinned> {
    rows.pin(&Known::default()).await.expect("a pinned source")
}

/// Why the source cannot be pinned.
pub(crate) async fn refusal(rows: &Rows) -> SourceError {
    let Err(error) = rows.pin(&Known::default()).await else { panic!("it was pinned") };
    error
}

/// All that a listing has left to give.
pub(crate) async fn rest(mut listing: Box<dyn Listing>) -> Vec<Listed> {
    let mut all = Vec::new();
    loop {
        let page = listing.next().await.expect("a page");
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// All rows of a source.
pub(crate) async fn all(rows: &Rows) -> Vec<Listed> {
    rest(pinned(rows).await.list()).await
}

/// The keys of rows.
pub(crate) fn keys(listed: &[Listed]) -> Vec<&str> {
    listed.iter().map(|listed| listed.key.as_str()).collect()
}

/// The values of a listed row.
pub(crate) fn values(listed: &Listed) -> Vec<(Kind, Vec<u8>)> {
    let ListedKind::Delivered { content, .. } = &listed.kind else { panic!("{listed:?}") };
    let cells = cells(content).expect("a row");
    cells.iter().map(|cell| (cell.kind, cell.form.to_vec())).collect()
}

/// The first value of each row, as text.
pub(crate) fn titles(listed: &[Listed]) -> Vec<String> {
    let title = |listed| String::from_utf8(values(listed).remove(0).1).expect("text");
    listed.iter().map(title).collect()
}

/// Holds a source against the titles of its rows in the order of their keys: every way to
/// come by the rows gives the same ones.
pub(crate) async fn pages_through(rows: &Rows, expected: &[String]) {
    let pinned = pinned(rows).await;
    let listed = rest(pinned.list()).await;
    assert_eq!(titles(&listed), expected);
    for at in [0, expected.len() / 3, expected.len() / 2, expected.len().saturating_sub(1)] {
        let Some(cursor) = listed.get(at) else { continue };
        let behind = rest(pinned.list_behind(&cursor.key)).await;
        assert_eq!(keys(&behind), keys(&listed[at + 1..]), "behind {}", cursor.key.as_str());
        let up_to = rest(pinned.list_up_to(&cursor.key)).await;
        assert_eq!(keys(&up_to), keys(&listed[..=at]), "up to {}", cursor.key.as_str());
    }
    let fetched = pinned.fetch(&listed).await.expect("rows");
    for (listed, fetched) in listed.iter().zip(&fetched) {
        let ListedKind::Delivered { content, .. } = &listed.kind else { panic!("{listed:?}") };
        let Fetched::Item(item) = fetched else { panic!("{fetched:?}") };
        assert_eq!((&item.key, &item.content), (&listed.key, content));
    }
    if let Some(last) = listed.last() {
        assert!(pinned.has(&last.key).await.expect("an answer"));
        let known = Known { interrupted: pinned.version().0, ..Known::default() };
        let again = rows.pin(&known).await.expect("the same version");
        assert_eq!(keys(&rest(again.list()).await), keys(&listed));
    }
    assert!(!pinned.has(&ItemKey::new("1,2,3,4")).await.expect("an answer"));
}

/// How many bytes came with a row; none if it was left out.
pub(crate) fn bytes(listed: &Listed) -> usize {
    match &listed.kind {
        ListedKind::Delivered { content, .. } => content.len(),
        _ => 0,
    }
}
