//! The store's side of a scan: what it knows of the keys that a listing shows, and which of
//! its items no listing showed.

use crate::item::ItemKey;
use crate::source::Listed;
use crate::store::{
    ItemState, Reader, StoreError, Unseen, WriteTransaction, Writer, note, note_seen, note_skips,
    note_unseen,
};

use super::scan_end::ScanError;

/// Rows of the store in one answer.
const STATES: usize = 512;

/// How a listing is held against the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// Both are in the order of keys' bytes, so what the listing lacks shows on the way.
    Merge,
    /// Key by key. What is seen is remembered, so that at the end it shows what was not.
    Lookup,
    /// Key by key, and what is not listed is of no concern.
    Part,
    /// Whatever is listed is done again.
    Again,
}

/// What becomes of items that the store has and a listing lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lacking {
    /// They are candidates for deletion.
    Noted,
    /// The listing will be walked again.
    Passed,
}

/// See the module.
pub(crate) struct Stored {
    pub(crate) comparison: Comparison,
    /// Moves to where it may block and comes back.
    pub(crate) reader: Option<Reader>,
    pub(crate) writer: Writer,
    pub(crate) source_row: i64,
    pub(crate) job_row: i64,
    pub(crate) attempt: u32,
    /// Items that are noted as candidates, but not told of yet.
    pub(crate) lacking: u64,
}

impl Stored {
    /// The chunk and what the store knows of its keys, in their order. What it knows of others
    /// in between, which may be much, is not kept.
    pub(super) async fn states(
        &mut self,
        after: Option<&ItemKey>,
        chunk: Vec<Listed>,
        others: Lacking,
    ) -> Result<(Vec<Listed>, Vec<Option<ItemState>>), ScanError> {
        match self.comparison {
            Comparison::Again => {
                let none = chunk.iter().map(|_| None).collect();
                Ok((chunk, none))
            }
            Comparison::Merge => {
                let up_to = chunk.last().map(|listed| listed.key.clone());
                let states = self.merge(after, up_to, &chunk, others).await?;
                Ok((chunk, states))
            }
            Comparison::Lookup | Comparison::Part => {
                let source_row = self.source_row;
                let look = move |reader: &Reader| {
                    let keys: Vec<_> = chunk.iter().map(|listed| &listed.key).collect();
                    let states = reader.states_of(source_row, &keys)?;
                    Ok((chunk, states))
                };
                self.ask(look).await
            }
        }
    }

    /// Remembers items that the listing showed and that stand as they are, where that is needed
    /// to know at the end which were not shown. It need not be waited for at once.
    pub(super) fn seen(
        &self,
        mut items: Vec<i64>,
    ) -> Option<impl Future<Output = Result<(), StoreError>> + Send + 'static> {
        if self.comparison != Comparison::Lookup || items.is_empty() {
            return None;
        }
        let (writer, job_row) = (self.writer.clone(), self.job_row);
        let remember = move |tx: &WriteTransaction<'_>| note_seen(tx, job_row, &mut items);
        Some(async move { writer.transact(remember).await })
    }

    /// Notes what the store has behind the last key, at the end of a listing of all, and what is
    /// stored of items that are skipped for what they are now.
    pub(super) async fn note_rest(&mut self, last: Option<&ItemKey>) -> Result<(), ScanError> {
        match self.comparison {
            Comparison::Merge => {
                self.merge(last, None, &[], Lacking::Noted).await?;
            }
            Comparison::Lookup => {
                let source_row = self.source_row;
                let by = (self.job_row, self.attempt);
                let mut next = Some(Unseen::default());
                while let Some(at) = next {
                    let look = move |tx: &WriteTransaction<'_>| note_unseen(tx, source_row, by, at);
                    let noted;
                    (noted, next) = self.writer.transact(look).await?;
                    self.lacking += noted;
                }
            }
            Comparison::Part | Comparison::Again => {}
        }
        let is_whole = matches!(self.comparison, Comparison::Merge | Comparison::Lookup);
        let (source_row, job_row) = (self.source_row, self.job_row);
        let note = move |tx: &WriteTransaction<'_>| note_skips(tx, source_row, job_row, is_whole);
        self.lacking += self.writer.transact(note).await?;
        Ok(())
    }

    async fn merge(
        &mut self,
        after: Option<&ItemKey>,
        up_to: Option<ItemKey>,
        chunk: &[Listed],
        others: Lacking,
    ) -> Result<Vec<Option<ItemState>>, ScanError> {
        let mut known: Vec<_> = chunk.iter().map(|_| None).collect();
        // No key is empty, so every key is behind this one.
        let mut after = after.map_or(String::new(), |key| key.as_str().to_owned());
        loop {
            let (source_row, from, up_to) = (self.source_row, after.clone(), up_to.clone());
            let page = self
                .ask(move |reader| {
                    let up_to = up_to.as_ref().map(ItemKey::as_str);
                    reader.states(source_row, &from, up_to, STATES)
                })
                .await?;
            let Some(last) = page.last() else { return Ok(known) };
            after = last.key.as_str().to_owned();
            let is_last = page.len() < STATES;
            let mut lacking = Vec::new();
            for state in page {
                match chunk.binary_search_by(|listed| listed.key.cmp(&state.key)) {
                    Ok(at) => known[at] = Some(state),
                    Err(_) => lacking.push(state.id),
                }
            }
            if others == Lacking::Noted && !lacking.is_empty() {
                let job_row = self.job_row;
                self.lacking += lacking.len() as u64;
                self.writer.transact(move |tx| note(tx, job_row, &lacking)).await?;
            }
            if is_last {
                return Ok(known);
            }
        }
    }

    /// Reads the store where that may block.
    async fn ask<T: Send + 'static>(
        &mut self,
        question: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, ScanError> {
        let died = || ScanError::Died("the thread that reads the store died".to_owned());
        let reader = self.reader.take().ok_or_else(died)?;
        let read = move || {
            let answer = question(&reader);
            (reader, answer)
        };
        let (reader, answer) = tokio::task::spawn_blocking(read).await.map_err(|_| died())?;
        self.reader = Some(reader);
        Ok(answer?)
    }
}
