//! Sweeps: many settings of one scenario, each with the same seeds.
//!
//! A [`Plan`] says what is run: the points, and how often. [`run`] runs what of it is asked for, in parallel, and hands out each [`Run`] as it is
//! done; a [`Journal`] keeps them in a file, so that a sweep can be broken off and go on, or be spread over machines, and [`merge`](fn@merge) puts their journals together. [`Swept`] says what came out of it.
//! It depends on the plan and the runs alone: not on their order, nor on who ran them when.

mod axis;
mod cache;
mod diagnosis;
mod effect;
mod experiment;
mod journal;
mod merge;
mod plan;
mod run;
mod signal;
mod swept;
#[cfg(test)]
mod tests;

pub use axis::number;
pub use diagnosis::{Cause, Diagnosis, Reading};
pub use effect::Effect;
pub use experiment::{Job, Shard, SweepError, jobs, run};
pub use journal::{JOURNAL, Journal, JournalError, read_journal, write_journal};
pub use merge::{MergeError, merge};
pub use plan::{Axis, Column, Inputs, Objective, Plan, Point};
pub use run::{Finished, Outcome, Run};
pub use signal::Signal;
pub use swept::{Setting, Swept};
