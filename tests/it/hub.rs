//! A hub: one name that a thousand pages use. Its moves are made in one transaction of one
//! item, and leave what a rebuild leaves.

use driftless::item::SkipReason;
use driftless::parse::Parser;
use driftless::parse::page::{PageParser, PageSettings};
use driftless::store::ItemResult;

use crate::hand_fed::{Feed, HandFed};
use crate::repository::class;

/// Pages that name the hub as their parent, every third one by a name that only folds to it.
const PAGES: usize = 1_000;

async fn store() -> (HandFed, Feed) {
    let store = HandFed::new(PageParser::new(PageSettings::default()).reading());
    let feed = store.feed("directory:/a", "default").await;
    (store, feed)
}

fn spokes() -> Vec<(String, String)> {
    let parent = |n: usize| if n.is_multiple_of(3) { "water-body" } else { "Water Body" };
    let spoke = |n| (format!("Spoke {n:04}.md"), class(&format!("Spoke {n:04}"), &[parent(n)]));
    (0..PAGES).map(spoke).collect()
}

async fn put(store: &mut HandFed, feed: Feed, pages: &[(String, String)]) {
    let writes =
        pages.iter().map(|(key, text)| store.page(feed, key, text.as_bytes())).collect::<Vec<_>>();
    store.apply(writes).await;
}

/// Compares with a store into which the same pages went in the order of their keys.
async fn is_as_rebuilt(store: &HandFed, mut pages: Vec<(String, String)>) {
    pages.sort();
    let (mut rebuilt, feed) = self::store().await;
    put(&mut rebuilt, feed, &pages).await;
    assert_eq!(store.digest(), rebuilt.digest());
    assert_eq!(store.store.violations().await.expect("checked"), Vec::<String>::new());
}

fn with(hub: &(String, String)) -> Vec<(String, String)> {
    let mut pages = spokes();
    pages.push(hub.clone());
    pages
}

#[tokio::test]
async fn a_hub_that_comes_last_goes_and_is_claimed_by_another_leaves_what_a_rebuild_leaves() {
    let (mut store, feed) = store().await;
    put(&mut store, feed, &spokes()).await;
    let hub = ("Zone.md".to_owned(), class("Water Body", &["Thing"]));
    put(&mut store, feed, std::slice::from_ref(&hub)).await;
    is_as_rebuilt(&store, with(&hub)).await;
    let reason = SkipReason::NoMarkers;
    let gone = ItemResult::Skipped { reason, detail: String::new(), version: None };
    let gone = store.write(feed, &hub.0, gone);
    store.apply(vec![gone]).await;
    is_as_rebuilt(&store, spokes()).await;
    let other = ("Another.md".to_owned(), class("Waterbody", &[]));
    put(&mut store, feed, std::slice::from_ref(&other)).await;
    is_as_rebuilt(&store, with(&other)).await;
}
