//! Deletions: proof, guard, and one last look at the source before each.

use ractor::ActorRef;
use tokio::sync::watch;

use super::EngineError;
use crate::config::{GROUP_ITEMS, GUARD_ITEMS, GUARD_PERCENT};
use crate::failpoint::{failpoint, sabotaged};
use crate::pipeline::Parsers;
use crate::progress::ProgressMessage;
use crate::source::{Fetched, Listed, ListedKind, Pinned};
use crate::store::{
    Candidate, CandidateCounts, Emptied, ItemResult, Reader, SourceRow, Store, WriteTransaction,
    delete, empty, release,
};

/// Candidates read from the store together: what a usual group removes.
const PAGE: usize = GROUP_ITEMS.get();

/// What a job needs to delete.
pub(super) struct Deletions<'a> {
    pub(super) store: &'a Store,
    pub(super) pinned: &'a dyn Pinned,
    pub(super) source_row: SourceRow,
    pub(super) job_row: i64,
    pub(super) parsers: &'a Parsers,
    /// Whether the listing was of all and saw every place.
    pub(super) is_complete: bool,
    /// How many items it showed.
    pub(super) listed: u64,
    pub(super) approved: Option<u64>,
    pub(super) progress: &'a ActorRef<ProgressMessage>,
    pub(super) stop: watch::Receiver<bool>,
    /// Items that are looked up and removed together.
    pub(super) group_items: usize,
    pub(super) now_ms: fn() -> i64,
}

/// Whether the guard lets so many deletions pass, of a source of which so many items are stored.
///
/// Renames do not count. An empty listing proves nothing by itself: it takes approval.
pub(super) fn is_allowed(
    unexplained: u64,
    stored: u64,
    listed: u64,
    approved: Option<u64>,
) -> bool {
    let many = unexplained > GUARD_ITEMS && unexplained * 100 > GUARD_PERCENT * stored;
    let needs_approval = many || listed == 0;
    !needs_approval || approved.is_some_and(|ceiling| unexplained <= ceiling)
}

/// How many stored items are enough for the guard to let so many deletions pass.
fn enough(unexplained: u64) -> u64 {
    (unexplained * 100).div_ceil(GUARD_PERCENT)
}

impl Deletions<'_> {
    /// Removes what the listing lacked and what skipped items stated before, as far as that is
    /// proven and allowed.
    pub(super) async fn run(self) -> Result<(), EngineError> {
        let reader = self.store.reader()?;
        let CandidateCounts { candidates, unexplained } = reader.candidate_counts(self.job_row)?;
        if candidates == 0 {
            return Ok(());
        }
        let stored = reader.stored_items(self.source_row.id, enough(unexplained))?;
        if !self.is_complete || !is_allowed(unexplained, stored, self.listed, self.approved) {
            self.tell(0, candidates, 0);
            return Ok(());
        }
        let mut reader = Some(reader);
        let mut after = 0;
        while !*self.stop.borrow() {
            let page = self.page(&mut reader, after).await?;
            let Some(last) = page.last() else { break };
            after = last.item_id;
            for group in page.chunks(self.group_items) {
                if *self.stop.borrow() {
                    break;
                }
                self.decide(group).await?;
            }
        }
        Ok(())
    }

    async fn page(
        &self,
        reader: &mut Option<Reader>,
        after: i64,
    ) -> Result<Vec<Candidate>, EngineError> {
        let died = || EngineError::Engine("the thread that reads the store died".to_owned());
        let own = reader.take().ok_or_else(died)?;
        let job_row = self.job_row;
        let read = move || {
            let page = own.candidates(job_row, after, PAGE);
            (own, page)
        };
        let (own, page) = tokio::task::spawn_blocking(read).await.map_err(|_| died())?;
        *reader = Some(own);
        Ok(page?)
    }

    /// Looks candidates up in the source, then removes them or lets them be.
    async fn decide(&self, group: &[Candidate]) -> Result<(), EngineError> {
        let keys: Vec<_> = group.iter().map(|candidate| candidate.key.clone()).collect();
        let found = if sabotaged!("sabotage::blind_deletion") {
            vec![false; keys.len()]
        } else {
            self.pinned.has_each(&keys).await?
        };
        let (mut there, mut gone, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
        for (candidate, is_there) in group.iter().zip(found) {
            match is_there {
                true if candidate.is_skipped => skipped.push(candidate),
                true => there.push(candidate.item_id),
                false => gone.push(candidate.item_id),
            }
        }
        let mut emptied = Vec::new();
        for candidate in skipped {
            match self.still_skipped(candidate).await? {
                Some(skipped) => emptied.push(skipped),
                None => there.push(candidate.item_id),
            }
        }
        let counts = ((gone.len() + emptied.len()) as u64, there.len() as u64);
        failpoint!("engine::delete");
        let (source, job_row, now_ms) = (self.source_row, self.job_row, (self.now_ms)());
        let writer = self.store.writer();
        let decide = move |tx: &WriteTransaction<'_>| {
            there.iter().try_for_each(|item_id| release(tx, *item_id))?;
            empty(tx, source, &emptied)?;
            delete(tx, source, &gone, job_row, now_ms)
        };
        writer.transact(decide).await?;
        self.tell(counts.0, 0, counts.1);
        Ok(())
    }

    /// Reads a skipped item once more; nothing if it is not skipped for what it is any more.
    async fn still_skipped(&self, candidate: &Candidate) -> Result<Option<Emptied>, EngineError> {
        let kind = ListedKind::Item { size_bytes: 0, git_sha1: None };
        let listed = [Listed { key: candidate.key.clone(), kind }];
        let fetched = self.pinned.fetch(&listed).await?.pop();
        let (reason, detail, version) = match fetched {
            Some(Fetched::Skipped { reason, detail }) => (reason, detail, None),
            Some(Fetched::Item(item)) => match self.parsers.parse_each(vec![item]).await.pop() {
                Some(ItemResult::Skipped { reason, detail, version }) => (reason, detail, version),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        let item_id = candidate.item_id;
        let is_empty = !reason.keeps_stored_version();
        Ok(is_empty.then_some(Emptied { item_id, reason, detail, version }))
    }

    fn tell(&self, deleted: u64, withheld: u64, found_again: u64) {
        // A mailbox that is gone belongs to a job that has ended.
        let _ = self.progress.cast(ProgressMessage::Deletions {
            candidates: 0,
            deleted,
            withheld,
            found_again,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_deletions_need_both_the_number_and_the_share() {
        assert!(is_allowed(10, 20, 10, None));
        assert!(is_allowed(11, 110, 99, None));
        assert!(!is_allowed(11, 109, 98, None));
    }

    #[test]
    fn as_many_items_as_are_enough_let_deletions_pass_and_one_less_does_not() {
        for unexplained in 11..1_000 {
            let enough = enough(unexplained);
            assert!(is_allowed(unexplained, enough, 1, None));
            assert!(!is_allowed(unexplained, enough - 1, 1, None));
        }
    }

    #[test]
    fn an_approval_is_a_ceiling() {
        assert!(is_allowed(50, 100, 50, Some(50)));
        assert!(!is_allowed(51, 100, 49, Some(50)));
    }

    #[test]
    fn an_empty_listing_deletes_nothing_unasked() {
        assert!(!is_allowed(1, 1, 0, None));
        assert!(is_allowed(1, 1, 0, Some(1)));
    }
}
