//! The one integration test of the workspace; each module looks at the program from its own side.
//!
//! What the program does:
//! - `burst`, `scale_to_zero`, `second_guide`, `azure`: whole scenarios;
//! - `gpu_lag`: how long a signal takes from a pod to the HPA;
//! - `queueing`, `lambda_ttl`: closed forms;
//! - `clients`: who waits, gives up and tries again;
//! - `demand`: rates, arrivals and lengths, as written and as they come;
//! - `field`: runs that somebody measured;
//! - `objectives`: how a run is judged;
//! - `orderings`: what guides and theory state about settings;
//! - `random_runs`: properties of every run; `measures`: what it measures, against its log;
//! - `guides`: the manifests of published guides, and their defects;
//! - `mistakes`: wrong input files, and what is said about them;
//! - `corpus`: two thousand damaged files;
//! - `command`: the command `sim` as its users call it;
//! - `verbs`: what each verb prints;
//! - `exit_codes`: how it ends;
//! - `examples`: the programs in `examples/`, one for each verb;
//! - `explain`: why it scaled, recomputed from what it prints;
//! - `init`: the scenarios that it writes;
//! - `replications`: several runs, their KPIs and baselines;
//! - `action`: the action of GitHub that calls it;
//! - `regress`: one scenario against its baseline, and how often that is wrong;
//! - `sweep`: many settings of one scenario, however they are run;
//! - `reference`: pages and schemas that are made from the types, and dry runs;
//! - `result`: its files against their schemas, `documents`: what verbs over many runs print against theirs;
//! - `traces`: files of requests, and what they are like;
//! - `bench`: the workloads that speed is measured on;
//! - `notebooks`: executed, and about columns that files have;
//! - `profiles`: step times of files;
//! - `progress`: who listens to a run changes nothing.
//!
//! How the program is built:
//! - `edges`: which part of the program may know which, and the drawing of that in ARCHITECTURE.md;
//! - `tidy`: file sizes, module docs, manifests, scenario headers, the README's commands.
//!
//! `support` and `workspace` are what they share.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it skips and measures"
)]

mod action;
mod azure;
mod bench;
mod burst;
mod clients;
mod command;
mod compare;
mod corpus;
mod demand;
mod documents;
mod edges;
mod examples;
mod exit_codes;
mod explain;
mod field;
mod fitted;
mod gpu_lag;
mod guides;
mod init;
mod knee;
mod lambda_ttl;
mod measures;
mod mistakes;
mod notebooks;
mod objectives;
mod orderings;
mod prefixes;
mod profiles;
mod progress;
mod queueing;
mod random_runs;
mod reference;
mod regress;
mod replications;
mod result;
mod scale_to_zero;
mod second_guide;
mod support;
mod sweep;
mod tidy;
mod traces;
mod variants;
mod verbs;
mod workspace;
