//! What the server and its repository promise to the tests that use them.

mod client;
mod faults;
mod repository;
mod rest;
