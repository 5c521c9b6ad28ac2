//! Listings made here: of given keys, which is what a retry reads and proves nothing about
//! others; and of all keys from the middle, which is how an interrupted job goes on.

use crate::item::ItemKey;
use crate::source::{Answer, Gap, Listed, ListedKind, Listing, Pinned, SourceError};

/// Given keys, in the order of their bytes.
#[derive(Debug)]
pub(crate) struct GivenKeys(Vec<ItemKey>);

impl GivenKeys {
    pub(crate) fn new(mut keys: Vec<ItemKey>) -> Self {
        keys.sort_unstable();
        keys.dedup();
        Self(keys)
    }
}

impl Listing for GivenKeys {
    fn next(&mut self) -> Answer<'_, Result<Vec<Listed>, SourceError>> {
        let item = |key| Listed { key, kind: ListedKind::Item { size_bytes: 0, git_sha1: None } };
        let keys = std::mem::take(&mut self.0).into_iter().map(item).collect();
        Box::pin(std::future::ready(Ok(keys)))
    }

    fn gaps(&self) -> &[Gap] {
        &[]
    }
}

/// All keys, begun behind a cursor: first what an interrupted job has not reached, so that it
/// goes on at once, then what it had done before, which may have changed meanwhile.
pub(crate) struct Round {
    behind: Box<dyn Listing>,
    up_to: Box<dyn Listing>,
    is_around: bool,
    gaps: Vec<Gap>,
}

impl Round {
    pub(crate) fn new(pinned: &dyn Pinned, cursor: &ItemKey) -> Self {
        let (behind, up_to) = (pinned.list_behind(cursor), pinned.list_up_to(cursor));
        Self { behind, up_to, is_around: false, gaps: Vec::new() }
    }
}

impl Listing for Round {
    fn next(&mut self) -> Answer<'_, Result<Vec<Listed>, SourceError>> {
        Box::pin(async move {
            if !self.is_around {
                let listed = self.behind.next().await?;
                if !listed.is_empty() {
                    return Ok(listed);
                }
                self.is_around = true;
            }
            let listed = self.up_to.next().await?;
            if listed.is_empty() {
                self.gaps = [self.behind.gaps(), self.up_to.gaps()].concat();
            }
            Ok(listed)
        })
    }

    fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}
