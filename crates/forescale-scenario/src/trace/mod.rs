//! Traces of requests, read row by row while a run goes on.

mod azure_2023;

pub(crate) use azure_2023::{Replay, azure_llm_2023};
