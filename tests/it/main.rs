//! Behaviour, through the public API, one file a topic.

mod sync;
mod tidy;
