//! Reports of small real runs.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its run fails")]

mod any_record;
mod files;
mod folder;
mod picture;
mod requests;
mod runs;
mod sweep;
mod terminal;
