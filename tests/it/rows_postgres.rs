//! Rows of a real PostgreSQL server as a source.

mod beside;
mod discovery;
mod forms;
mod paging;
mod refusals;
mod trouble;
