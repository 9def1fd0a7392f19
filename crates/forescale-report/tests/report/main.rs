//! Reports of small real runs.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its run fails")]

mod any_record;
mod files;
mod picture;
mod runs;
mod terminal;
