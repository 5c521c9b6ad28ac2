//! A walk over the rows of an entity, page by page. How a page is read is not said here.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::task::JoinHandle;

use super::{Bounded, Page, Range};
use crate::row::Value;
use crate::source::{Answer, Gap, Listed, Listing, SourceError};

/// A walk over the rows, one page ahead of whoever asks.
pub(super) struct RowListing {
    rows: Arc<Bounded>,
    after: Option<Vec<Value>>,
    up_to: Option<Vec<Value>>,
    /// Keys at which pages end before that; nothing as long as they are not known.
    steps: Option<VecDeque<Vec<Value>>>,
    ahead: Option<JoinHandle<Result<Page, SourceError>>>,
}

impl RowListing {
    /// The rows behind `after` and up to `up_to`.
    pub(super) fn new(
        rows: Arc<Bounded>,
        after: Option<Vec<Value>>,
        up_to: Option<Vec<Value>>,
    ) -> Self {
        Self { rows, after, up_to, steps: None, ahead: None }
    }

    fn read_ahead(&self) -> JoinHandle<Result<Page, SourceError>> {
        let (rows, after) = (self.rows.clone(), self.after.clone());
        let step = self.steps.as_ref().and_then(VecDeque::front);
        let up_to = step.or(self.up_to.as_ref()).cloned();
        tokio::spawn(async move { rows.read(after, up_to).await })
    }
}

impl Listing for RowListing {
    fn next(&mut self) -> Answer<'_, Result<Vec<Listed>, SourceError>> {
        Box::pin(async move {
            if let (None, Some(up_to)) = (&self.steps, &self.up_to) {
                let (after, up_to, limit) =
                    (self.after.clone(), up_to.clone(), self.rows.page_rows);
                self.steps = Some(self.rows.steps(Range { after, up_to, limit }).await?);
            }
            loop {
                let page = self.ahead.take().unwrap_or_else(|| self.read_ahead());
                let name = &self.rows.name;
                let died = |e: tokio::task::JoinError| SourceError::Failed {
                    name: name.clone(),
                    reason: e.to_string(),
                };
                // After an error the next call asks for the same page again.
                let Page { last, rows } = page.await.map_err(died)??;
                // A page may end before its step, where its rows are wide or have become more.
                let steps = self.steps.get_or_insert_default();
                let is_at_step = last.is_none() || steps.front() == last.as_ref();
                let has_stepped = is_at_step && steps.pop_front().is_some();
                if last.is_some() {
                    self.after = last;
                    self.ahead = Some(self.read_ahead());
                } else if has_stepped {
                    continue;
                }
                return Ok(rows);
            }
        })
    }

    fn gaps(&self) -> &[Gap] {
        &[]
    }
}

impl Drop for RowListing {
    fn drop(&mut self) {
        if let Some(ahead) = &self.ahead {
            ahead.abort();
        }
    }
}
