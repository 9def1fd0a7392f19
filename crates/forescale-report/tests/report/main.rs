//! Reports of small real runs.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its run fails")]

mod files;
mod folder;
mod requests;
mod runs;
mod terminal;
