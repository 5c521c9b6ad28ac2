//! The names of metrics, each written once. Labels come from closed sets only.

/// Seconds that a write transaction took, waiting for SQLite's lock and commit included.
pub const WRITE_SECONDS: &str = "driftless_write_seconds";

/// Items by outcome; label `outcome` is one of `written`, `unchanged`, `skipped`, `rejected`,
/// `superseded`, `deleted`.
pub const ITEMS: &str = "driftless_items_total";

/// Items between source and store now.
pub const IN_FLIGHT: &str = "driftless_in_flight_items";

/// Items whose worker was lost; each is pending again.
pub const LOST: &str = "driftless_lost_items_total";
