//! A GitHub for tests: its REST API over real HTTP, answered out of a real git repository,
//! with faults on demand.
//!
//! The repository is the only truth: every SHA, every byte of a blob and every tarball is
//! git's own, read when it is asked for. Nothing here knows the program under test.

mod answer;
mod archive;
mod budget;
mod clock;
mod connection;
mod faults;
mod git;
mod objects;
mod repository;
mod request;
mod resource;
mod route;
mod seen;
mod server;
mod service;
mod shape;
#[cfg(test)]
mod tests;

pub(crate) use answer::Answer;
pub(crate) use budget::Limits;
pub(crate) use repository::GitRepository;
pub(crate) use seen::{Host, Seen};
pub(crate) use server::GithubServer;
