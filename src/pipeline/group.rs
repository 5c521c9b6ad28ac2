//! Groups: items that a worker parses and commits together.

use super::envelope::{Body, Envelope, Redo};
use super::in_flight::Place;
use crate::item::SourceItem;
use crate::source::{Listed, ListedKind};

/// Bytes after which a group is full, however few its items are.
const GROUP_BYTES: usize = 256 * 1024;

/// Items that are being gathered. They hold places, so whoever waits for one hands them out
/// first.
pub(crate) struct Group {
    limit_items: usize,
    gathered: Vec<(Redo, Body, Place)>,
    bytes: usize,
}

impl Group {
    /// Takes up to `limit_items`.
    pub(crate) fn new(limit_items: usize) -> Self {
        Self { limit_items, gathered: Vec::new(), bytes: 0 }
    }

    pub(super) fn push(&mut self, redo: Redo, body: Body, place: Place) {
        self.bytes += match &body {
            Body::Item(item) => item.content.len(),
            Body::Skipped { .. } | Body::Rejected(_) => 0,
        };
        self.gathered.push((redo, body, place));
    }

    pub(super) fn is_full(&self) -> bool {
        self.gathered.len() >= self.limit_items || self.bytes >= GROUP_BYTES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.gathered.is_empty()
    }

    /// The group as it is handed out; it is empty then.
    pub(super) fn take(
        &mut self,
        mut envelope: impl FnMut(Redo, Body, Place) -> Envelope,
    ) -> Vec<Envelope> {
        self.bytes = 0;
        self.gathered.drain(..).map(|(redo, body, place)| envelope(redo, body, place)).collect()
    }

    /// Forgets what was gathered: it is pending, and its places are free.
    pub(super) fn let_go(&mut self) {
        self.bytes = 0;
        self.gathered.clear();
    }
}

/// What a listed item is on its way, and what is to be done with it if it need not be read
/// first. Content is not kept for the case that the item is lost, but read anew then.
pub(super) fn taken(listed: Listed) -> (Listed, Option<Body>) {
    let Listed { key, kind } = listed;
    let (kind, body) = match kind {
        ListedKind::Delivered { content, content_digest } => {
            let size_bytes = content.len() as u64;
            let item = SourceItem { key: key.clone(), content, content_digest, git_sha1: None };
            (ListedKind::Item { size_bytes, git_sha1: None }, Some(Body::Item(item)))
        }
        ListedKind::Skipped { reason, detail } => {
            let body = Body::Skipped { reason, detail: detail.clone() };
            (ListedKind::Skipped { reason, detail }, Some(body))
        }
        kind @ ListedKind::Item { .. } => (kind, None),
    };
    (Listed { key, kind }, body)
}
