//! Taking a source out of the store, with all that it states.

use serde::Serialize;

use super::deletions::is_allowed;
use super::{Engine, EngineError, now_ms};
use crate::config::GROUP_ITEMS;
use crate::store::{SourceRecord, forget_source, remove_items};

/// What is removed with a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Removal {
    /// Its name.
    pub source: String,
    /// Its items.
    pub items: u64,
    /// Whether the guard lets so many go without approval.
    pub is_allowed: bool,
}

impl Removal {
    /// What would be removed with this source, if so many deletions are approved.
    pub fn of(source: &SourceRecord, approved: Option<u64>) -> Self {
        let items = source.items;
        let is_allowed = is_allowed(items, items, items.max(1), approved);
        Self { source: source.name.clone(), items, is_allowed }
    }
}

impl Engine {
    /// Removes a source from the store, with all that it states and its jobs; waits its turn. The
    /// source itself is not asked. Stopped on the way, it goes on when it is asked for again.
    ///
    /// # Errors
    ///
    /// [`EngineError::Unknown`] if the store has no such source, [`EngineError::Unapproved`] if it
    /// has more items than the guard lets go, and whatever SQLite reports.
    pub async fn remove(&self, name: &str, approved: Option<u64>) -> Result<Removal, EngineError> {
        let shared = self.shared.clone();
        let Ok(_turn) = shared.turn.acquire().await else {
            return Err(EngineError::Engine("the engine is closed".to_owned()));
        };
        let unknown = || EngineError::Unknown(format!("the store has no source {name}"));
        let source = self.reader()?.source(name)?.ok_or_else(unknown)?;
        let removal = Removal::of(&source, approved);
        if !removal.is_allowed {
            let (name, items) = (source.name, source.items);
            return Err(EngineError::Unapproved { name, items });
        }
        let writer = shared.store.writer();
        let id = source.id;
        let group = GROUP_ITEMS.get();
        while writer.transact(move |tx| remove_items(tx, id, group, now_ms())).await? > 0 {}
        writer.transact(move |tx| forget_source(tx, id)).await?;
        Ok(removal)
    }
}
