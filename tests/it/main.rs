//! End-to-end tests, in one binary.
#![allow(clippy::print_stdout, reason = "tests say what they skip and what they measure")]

mod azure;
mod burst;
mod lambda_ttl;
mod queueing;
mod support;
