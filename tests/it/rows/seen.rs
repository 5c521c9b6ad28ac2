//! What a job has seen: exactly what it saw, in whatever pieces and however often.

use std::collections::BTreeSet;

use driftless::store::{Unseen, note_seen, note_unseen};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use rusqlite::Connection;

use crate::hand_fed::HandFed;

/// Items of the store.
const ITEMS: i64 = 40;

fn noted(tx: &Connection) -> BTreeSet<i64> {
    let mut candidates = tx.prepare("select item_id from deletion_candidate").expect("a query");
    candidates.query_map([], |row| row.get(0)).and_then(Iterator::collect).expect("rows")
}

/// The items that are candidates after a job has seen these, piece by piece.
async fn unseen(pieces: Vec<BTreeSet<i64>>) -> BTreeSet<i64> {
    let store = HandFed::new(driftless::fingerprint::Reading {
        parser_version: 1,
        configuration_version: driftless::fingerprint::Digest::of(b""),
    });
    let (before, job) = (store.feed("a", "default").await, store.feed("a", "default").await);
    let source = before.source.id;
    let found = store.store.writer().transact(move |tx| {
        let insert = "insert into item (id, source_id, key, outcome, job_id, attempt, sequence, \
                      decided_at_ms, read_epoch, read_counter) \
                      values (?1, ?2, ?1, 'written', ?3, 1, 1, 0, 1, 1)";
        for id in 1..=ITEMS {
            tx.execute(insert, (id, source, before.job_id))?;
        }
        for piece in pieces {
            note_seen(tx, job.job_id, &mut piece.into_iter().collect::<Vec<_>>())?;
        }
        note_unseen(tx, source, (job.job_id, 1), Unseen::default())?;
        Ok(noted(tx))
    });
    found.await.expect("noted")
}

#[tokio::test]
async fn a_piece_within_one_that_was_seen_before_hides_nothing_of_it() {
    let pieces = vec![(1..=ITEMS).collect(), (10..=12).collect()];
    assert_eq!(unseen(pieces).await, BTreeSet::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn a_candidate_is_what_was_in_no_piece(pieces in vec(btree_set(1..=ITEMS, 0..25), 0..6)) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let seen: BTreeSet<i64> = pieces.iter().flatten().copied().collect();
        let expected: BTreeSet<i64> = (1..=ITEMS).filter(|id| !seen.contains(id)).collect();
        prop_assert_eq!(runtime.block_on(unseen(pieces)), expected);
    }
}
