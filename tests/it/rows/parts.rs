//! Parts of a table, changed declarations and deletions: what each run may touch, and what not.

use std::collections::BTreeSet;

use driftless::checkpoint::Counters;
use driftless::config::SyncOptions;
use driftless::entity::{Entity, Relation};
use driftless::item::ItemKey;
use driftless::job::JobState;
use driftless::source::directory::DirectorySettings;
use driftless::source::rows::{Restriction, Rows};

use super::{Shop, product, rows};
use crate::repository::{class, directory};

fn part(condition: &str) -> Restriction {
    Restriction { condition: Some(condition.to_owned()), ..Restriction::default() }
}

fn keys(keys: &[&str]) -> SyncOptions {
    let keys = keys.iter().map(|key| ItemKey::new(*key)).collect();
    SyncOptions { keys, ..SyncOptions::default() }
}

fn approving(deletions: u64) -> SyncOptions {
    SyncOptions { approve_deletions: Some(deletions), ..SyncOptions::default() }
}

fn filtered(shop: &Shop, filter: &str) -> Rows {
    let filter = Some(filter.to_owned());
    rows(&shop.path(), Entity { filter, ..product() })
}

fn deletions(counters: &Counters) -> [u64; 4] {
    [counters.candidates, counters.deleted, counters.withheld, counters.found_again]
}

#[tokio::test]
async fn a_part_deletes_nothing_whichever_way_it_is_asked_for() {
    let shop = Shop::of(120);
    shop.sync().await;
    shop.run("delete from product where id in (3, 70)");
    let since = Some("2024-01-01T00:50:00".to_owned());
    let parts = [
        part("id < 60"),
        part("id > 60 or id < 10"),
        Restriction { since: since.clone(), ..Restriction::default() },
        Restriction { before: since, ..Restriction::default() },
        part("0"),
    ];
    for part in parts {
        let of_part = shop.rows().restricted(part.clone());
        let counters = shop.sync_with(of_part, SyncOptions::default()).await.counters;
        assert_eq!(deletions(&counters), [0; 4], "{part:?}");
        assert_eq!((counters.listed, counters.written), (counters.unchanged, 0), "{part:?}");
    }
    shop.sync_with(shop.rows(), keys(&["3", "4"])).await;
    assert_eq!(shop.stored().len(), 120);
    let whole = shop.sync().await.counters;
    assert_eq!((whole.listed, whole.deleted), (118, 2));
}

#[tokio::test]
async fn a_part_is_those_rows_and_no_others() {
    let shop = Shop::of(120);
    let of_part = |since: &str, before: &str| Restriction {
        since: Some(since.to_owned()),
        before: Some(before.to_owned()),
        condition: Some("id <= 60 -- not the rest".to_owned()),
    };
    let minutes = shop.rows().restricted(of_part("2024-01-01T00:10:00", "2024-01-01T00:20:00"));
    let counters = shop.sync_with(minutes, SyncOptions::default()).await.counters;
    assert_eq!((counters.listed, counters.written), (10, 10));
    let expected: BTreeSet<_> = (10..20).map(|id| id.to_string()).collect();
    assert_eq!(shop.stored().into_keys().collect::<BTreeSet<_>>(), expected);
}

#[tokio::test]
async fn keys_that_no_row_has_are_told_and_the_others_are_brought_up_to_date() {
    let shop = Shop::of(50);
    shop.sync().await;
    shop.run("update product set description = 'tarred' where id in (4, 5)");
    shop.run("delete from product where id = 9");
    let report = shop.sync_with(shop.rows(), keys(&["4", "6", "9", "777", "no such key"])).await;
    let counters = report.counters;
    assert_eq!((counters.listed, counters.written, counters.unchanged), (5, 1, 1));
    assert_eq!(counters.skipped, 3);
    assert_eq!(report.unknown_keys, ["777", "no such key"]);
    // What the store had is kept, what it never had leaves nothing.
    assert_eq!(report.skips, [("vanished".to_owned(), 3)]);
    let vanished = report.attention.iter().find(|it| it.code == "vanished_items").expect("told");
    assert!(vanished.message.starts_with("1 items"), "{}", vanished.message);
    assert_eq!(shop.outcome("9"), "vanished");
    assert_eq!(report.state, JobState::CompletedWithErrors);
    assert_eq!(report.attention[0].code, "unknown_keys");
    assert_eq!(shop.keys("tarred"), ["4"]);
    assert_eq!(shop.keys("coil9"), ["9"], "a part deletes nothing");
    // The next whole run takes away what is gone.
    shop.sync().await;
    assert_eq!(shop.digest(), shop.rebuilt(shop.rows()).await);
}

#[tokio::test]
async fn force_writes_what_stands_again_and_changes_nothing() {
    let shop = Shop::of(150);
    shop.sync().await;
    let before = shop.digest();
    let force = || SyncOptions { force: true, ..SyncOptions::default() };
    let of_part = shop.rows().restricted(part("id <= 40"));
    let counters = shop.sync_with(of_part, force()).await.counters;
    assert_eq!((counters.written, counters.unchanged), (40, 0));
    let counters = shop.sync_with(shop.rows(), force()).await.counters;
    assert_eq!((counters.written, counters.unchanged), (150, 0));
    let options = SyncOptions { force: true, ..keys(&["1", "2"]) };
    assert_eq!(shop.sync_with(shop.rows(), options).await.counters.written, 2);
    assert_eq!(shop.digest(), before);
}

#[tokio::test]
async fn a_changed_declaration_makes_its_own_type_stale_and_nothing_else() {
    let shop = Shop::of(60);
    shop.run(
        "create table supplier (id integer primary key, name text);
        insert into supplier select id, 'harbour' || id from product where id <= 20;",
    );
    let pages = shop.path().with_file_name("pages");
    std::fs::create_dir(&pages).expect("a folder");
    std::fs::write(pages.join("Dam.md"), class("Dam", &["Weir"])).expect("a page");
    let supplier = Entity::new("supplier", Relation::Table("supplier".to_owned()), "name");
    let run = async |product: &Entity| {
        let mut written = Vec::new();
        for feed in [rows(&shop.path(), product.clone()), rows(&shop.path(), supplier.clone())] {
            written.push(shop.sync_with(feed, SyncOptions::default()).await.counters);
        }
        let files = directory(DirectorySettings::new(&pages));
        written.push(shop.sync_with(files, SyncOptions::default()).await.counters);
        written.into_iter().map(|it| (it.written, it.unchanged)).collect::<Vec<_>>()
    };
    assert_eq!(run(&product()).await, [(60, 0), (20, 0), (1, 0)]);
    assert_eq!(run(&product()).await, [(0, 60), (0, 20), (0, 1)]);
    let mut changed = product();
    changed.content[1].weight = 1.5;
    assert_eq!(run(&changed).await, [(60, 0), (0, 20), (0, 1)]);
    changed.metadata.pop();
    assert_eq!(run(&changed).await, [(60, 0), (0, 20), (0, 1)]);
    changed.embed.push("description".to_owned());
    assert_eq!(run(&changed).await, [(60, 0), (0, 20), (0, 1)]);
    // Neither of these makes another document of a row.
    (changed.version, changed.filter) = (None, Some("id > 0".to_owned()));
    assert_eq!(run(&changed).await, [(0, 60), (0, 20), (0, 1)]);
}

#[tokio::test]
async fn rows_that_leave_the_filter_are_deleted_within_the_guard() {
    let shop = Shop::of(100);
    shop.sync().await;
    let ten = shop.sync_with(filtered(&shop, "id > 10"), SyncOptions::default()).await;
    assert_eq!(deletions(&ten.counters), [10, 10, 0, 0]);
    assert_eq!(shop.digest(), shop.rebuilt(filtered(&shop, "id > 10")).await);
    let before = shop.digest();
    for options in [SyncOptions::default(), approving(29)] {
        let report = shop.sync_with(filtered(&shop, "id > 40"), options).await;
        assert_eq!(deletions(&report.counters), [30, 0, 30, 0]);
        assert_eq!(report.state, JobState::CompletedWithErrors);
        assert_eq!(report.attention[0].code, "deletions_withheld");
        assert_eq!((report.withheld.len(), shop.digest()), (30, before));
    }
    let report = shop.sync_with(filtered(&shop, "id > 40"), approving(30)).await;
    assert_eq!(deletions(&report.counters), [30, 30, 0, 0]);
    assert_eq!(report.state, JobState::Completed);
    assert_eq!(shop.digest(), shop.rebuilt(filtered(&shop, "id > 40")).await);
    // Those that come into it again are written again.
    assert_eq!(shop.sync().await.counters.written, 40);
}

#[tokio::test]
async fn rows_that_are_still_being_written_when_the_listing_ends_are_no_candidates() {
    let shop = Shop::of(900);
    shop.sync().await;
    let mut changed = product();
    for weight in [1.1, 1.2, 1.3] {
        changed.content[1].weight = weight;
        let feed = rows(&shop.path(), changed.clone());
        let report = shop.sync_with(feed, SyncOptions::default()).await;
        assert_eq!(report.counters.written, 900);
        assert_eq!(deletions(&report.counters), [0; 4], "every row is there");
        assert_eq!(report.state, JobState::Completed);
    }
}

#[tokio::test]
async fn a_table_that_is_empty_all_of_a_sudden_deletes_nothing_unasked() {
    let shop = Shop::of(5);
    shop.sync().await;
    shop.run("delete from product");
    let report = shop.sync().await;
    assert_eq!(deletions(&report.counters), [5, 0, 5, 0]);
    assert_eq!((report.counters.listed, shop.stored().len()), (0, 5));
    let approved = shop.sync_with(shop.rows(), approving(5)).await;
    assert_eq!(deletions(&approved.counters), [5, 5, 0, 0]);
    assert!(shop.stored().is_empty());
    shop.insert([3]);
    assert_eq!(shop.sync().await.counters.written, 1);
    assert_eq!(shop.keys("coil3"), ["3"]);
}

#[tokio::test]
async fn a_row_that_is_there_again_before_its_deletion_stays() {
    let shop = Shop::of(80);
    shop.sync().await;
    shop.run("delete from product where id in (5, 6)");
    let engine = shop.engine().await;
    let options = SyncOptions { per_minute: 2_400.try_into().ok(), ..SyncOptions::default() };
    let job = engine.sync(shop.rows().by_pages_of(10), options).await.expect("a job");
    // By then the page where both would be is behind.
    let mut progress = job.progress();
    progress.wait_for(|now| now.counters.unchanged >= 30).await.expect("the job is at work");
    shop.insert([5]);
    let report = job.finished().await.expect("a report");
    engine.close().await;
    assert_eq!(deletions(&report.counters), [2, 1, 0, 1]);
    assert_eq!((shop.keys("coil5"), shop.keys("coil6")), (vec!["5".to_owned()], Vec::new()));
    assert_eq!(shop.sync().await.counters.unchanged, 79);
}

#[tokio::test]
async fn a_row_under_another_key_is_a_new_row_and_the_old_one_goes() {
    let shop = Shop::of(40);
    shop.sync().await;
    shop.run("update product set id = 1000 where id = 7; update product set id = -7 where id = 8");
    let counters = shop.sync().await.counters;
    assert_eq!((counters.listed, counters.written, counters.deleted), (40, 2, 2));
    assert_eq!((shop.keys("coil7"), shop.keys("coil8")), (vec!["1000".into()], vec!["-7".into()]));
}
