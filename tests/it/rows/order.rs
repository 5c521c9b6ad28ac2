//! Reading in the order of keys: no row is missed or shown twice, whatever happens to others,
//! and whatever the keys are.

use driftless::entity::{Entity, Relation};
use driftless::item::ItemKey;
use driftless::source::rows::Rows;
use driftless::source::{Known, Listing, Source};

use super::{Shop, rows};

/// The keys of a whole listing; `between` happens after each page.
async fn walk(mut listing: Box<dyn Listing>, mut between: impl FnMut(usize)) -> Vec<String> {
    let mut keys = Vec::new();
    loop {
        let page = listing.next().await.expect("a page");
        if page.is_empty() {
            return keys;
        }
        keys.extend(page.into_iter().map(|listed| listed.key.to_string()));
        between(keys.len());
    }
}

async fn keys(rows: &Rows) -> Vec<String> {
    let pinned = rows.pin(&Known::default()).await.expect("pinned");
    walk(pinned.list(), |_| ()).await
}

#[tokio::test]
async fn no_row_is_missed_while_others_are_deleted_between_pages() {
    let shop = Shop::of(100);
    let pinned = shop.rows().by_pages_of(10).pin(&Known::default()).await.expect("pinned");
    let delete_behind = |seen| {
        // Every second one, so that whoever counts rows instead of keys is off by five a page.
        shop.run(&format!("delete from product where id <= {seen} and id % 2 = 0"));
    };
    let listed = walk(pinned.list(), delete_behind).await;
    let expected: Vec<_> = (1..=100).map(|id| id.to_string()).collect();
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn a_row_that_is_inserted_behind_the_cursor_shows_no_other_one_twice() {
    let shop = Shop::of(100);
    let pinned = shop.rows().by_pages_of(10).pin(&Known::default()).await.expect("pinned");
    let listed = walk(pinned.list(), |seen| shop.insert([-(seen as i64)])).await;
    let expected: Vec<_> = (1..=100).map(|id| id.to_string()).collect();
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn the_greatest_and_the_smallest_key_there_can_be_end_no_listing_early() {
    let shop = Shop::of(0);
    let ids = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX];
    shop.insert(ids);
    let expected: Vec<_> = ids.iter().map(ToString::to_string).collect();
    for page in [1, 2, 3, 100] {
        assert_eq!(keys(&shop.rows().by_pages_of(page)).await, expected, "by pages of {page}");
    }
    let pinned = shop.rows().pin(&Known::default()).await.expect("pinned");
    let behind = |id: i64| walk(pinned.list_behind(&ItemKey::new(id.to_string())), |_| ());
    assert_eq!(behind(i64::MAX).await, Vec::<String>::new());
    assert_eq!(behind(i64::MAX - 1).await, [i64::MAX.to_string()]);
    assert_eq!(behind(i64::MIN).await, expected[1..]);
}

#[tokio::test]
async fn a_page_may_be_asked_to_hold_more_rows_than_can_be_counted() {
    let shop = Shop::of(30);
    for page in [usize::MAX, usize::MAX / 2, 1 << 40] {
        assert_eq!(keys(&shop.rows().by_pages_of(page)).await.len(), 30);
    }
}

#[tokio::test]
async fn a_listing_goes_on_behind_any_key_that_it_gave() {
    let shop = Shop::of(0);
    shop.run(
        "create table part (a any, b text collate nocase, c real, name text,
            primary key (a, b, c)) without rowid;
        insert into part values
            (-3, 'x', 1.5, 'n'), (2.5, 'x', 1, 'n'), (7, 'A', 1e300, 'n'), (7, 'b', -1e-7, 'n'),
            ('7', 'x', 1, 'n'), ('a,b', '\"', 1, 'n'), ('', '', 0.1, 'n'), (x'00ff', 'x', 1, 'n'),
            (' ', '007', 1, 'n'), (x'', 'x', 1, 'n'), ('x''00''', 'NaN', 1, 'n');
        insert into part values (printf('%.*c', 20000, 'k'), 'x', 1, 'n');",
    );
    let part = rows(&shop.path(), Entity::new("part", Relation::Table("part".to_owned()), "name"));
    let whole = keys(&part).await;
    assert_eq!(whole.len(), 12);
    assert_eq!(keys(&part.clone().by_pages_of(1)).await, whole);
    let pinned = part.pin(&Known::default()).await.expect("pinned");
    for (at, key) in whole.iter().enumerate() {
        let behind = walk(pinned.list_behind(&ItemKey::new(key.as_str())), |_| ()).await;
        assert_eq!(behind, whole[at + 1..], "behind {}", &key[..key.len().min(40)]);
        assert!(pinned.has(&ItemKey::new(key.as_str())).await.expect("an answer"), "{at}");
    }
}
