//! Places in flight: the bound on what is between source and store.
//!
//! Mailboxes are unbounded; this is not. A place is taken before an item is read and travels
//! with it, so memory is bounded by places, whatever is slow.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes are counted in these, so that any budget fits the semaphore.
const UNIT_BYTES: u64 = 1024;

/// So many items and so many bytes at once.
#[derive(Clone, Debug)]
pub(crate) struct InFlight {
    items: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    limit_items: u32,
    limit_units: u32,
}

/// A place for one item; free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _item: OwnedSemaphorePermit,
    bytes: OwnedSemaphorePermit,
}

impl InFlight {
    /// `limit_bytes` must not be smaller than the largest item.
    pub(crate) fn new(limit_items: u32, limit_bytes: u64) -> Self {
        let limit_units = units(limit_bytes, u32::MAX >> 4);
        Self {
            items: Arc::new(Semaphore::new(limit_items as usize)),
            bytes: Arc::new(Semaphore::new(limit_units as usize)),
            limit_items,
            limit_units,
        }
    }

    /// Waits for a place for an item of `bytes`.
    pub(crate) async fn take(&self, bytes: u64) -> Place {
        let item = self.items.clone().acquire_owned().await;
        let bytes = self.bytes.clone().acquire_many_owned(units(bytes, self.limit_units)).await;
        match (item, bytes) {
            (Ok(item), Ok(bytes)) => Place { _item: item, bytes },
            _ => unreachable!("the semaphores are never closed"),
        }
    }

    /// A place for an item of `bytes`, if one is free now.
    pub(crate) fn try_take(&self, bytes: u64) -> Option<Place> {
        let item = self.items.clone().try_acquire_owned().ok()?;
        let units = units(bytes, self.limit_units);
        let bytes = self.bytes.clone().try_acquire_many_owned(units).ok()?;
        Some(Place { _item: item, bytes })
    }

    /// Makes a place as large as what was read, which may be more than was listed. Only one
    /// task calls this, so the places it waits for are in workers' hands and come back.
    pub(crate) async fn fit(&self, place: &mut Place, bytes: u64) {
        let held = u32::try_from(place.bytes.num_permits()).unwrap_or(u32::MAX);
        let needed = units(bytes, self.limit_units);
        if needed > held
            && let Ok(more) = self.bytes.clone().acquire_many_owned(needed - held).await
        {
            place.bytes.merge(more);
        }
    }

    /// Waits until every place is free.
    pub(crate) async fn drained(&self) {
        // The permits go back at once; all that counts is that they could be had.
        let _ = self.items.acquire_many(self.limit_items).await;
    }
}

fn units(bytes: u64, limit: u32) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX).clamp(1, limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_hold_the_next_item_back_though_items_are_free() {
        let in_flight = InFlight::new(8, 64 * 1024);
        let large = in_flight.take(60 * 1024).await;
        assert!(in_flight.try_take(8 * 1024).is_none());
        drop(large);
        assert!(in_flight.try_take(8 * 1024).is_some());
    }

    #[tokio::test]
    async fn an_item_larger_than_the_budget_gets_all_of_it_and_no_more() {
        let in_flight = InFlight::new(8, 1024);
        let place = in_flight.take(1 << 40).await;
        assert!(in_flight.try_take(0).is_none());
        drop(place);
        in_flight.drained().await;
    }

    #[tokio::test]
    async fn a_place_grows_with_what_was_read() {
        let in_flight = InFlight::new(8, 64 * 1024);
        let mut place = in_flight.take(1024).await;
        in_flight.fit(&mut place, 64 * 1024).await;
        assert!(in_flight.try_take(1).is_none());
    }
}
