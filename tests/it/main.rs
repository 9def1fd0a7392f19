//! The one integration test of the workspace; each module looks at the repository from its own side.
//!
//! - `edges`: which part of the program may know which, and the drawing of that in ARCHITECTURE.md;
//! - `tidy`: file sizes, module docs, manifests, scenario headers, the README's commands.
//!
//! `workspace` finds and reads the files for both.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot read its files fails"
)]

mod edges;
mod tidy;
mod workspace;
