//! What guides and theory state about which setting does more of what, held against runs: `docs/orderings.md` has the figures and the reasons.
//!
//! - `flapping`: small loads flap, and the scale-down window trades changes for replicas;
//! - `rolling_maximum`: what that window is, and what it is not;
//! - `queue_value`: a queue's `Value` multiplies with the Ready pods;
//! - `ceiling`: how many running requests the EPP can show of a pod, and which targets therefore never fire;
//! - `limit_cycle`: what becomes of a deployment whose running target is above that.

mod ceiling;
mod flapping;
mod limit_cycle;
mod paper;
mod queue_value;
mod rolling_maximum;

use crate::support::root;
use forescale::core::autoscaler::hpa::{Evaluation, MetricReason, Reasons};
use forescale::core::record::{RunRecord, SyncRecord};
use forescale::core::{RunConfig, World};
use forescale::scenario::{Edits, Scenario};
use rayon::prelude::*;
use std::ops::ControlFlow;

/// A scenario, or a variant of it, with what `--set` would replace.
fn load(name: &str, variant: Option<&str>, sets: &[String]) -> RunConfig {
    let file = root().join(format!("scenarios/{name}.toml"));
    let edits = Edits { variant, sets, point: None };
    Scenario::load_edited(&file, edits).unwrap_or_else(|error| panic!("{error}")).config
}

/// One record for each of the first so many seeds.
fn runs(config: &RunConfig, seeds: u64) -> Vec<RunRecord> {
    let one = |seed| {
        let config = RunConfig { seed, ..config.clone() };
        World::new(&config).unwrap().run_with(|_| ControlFlow::Continue(())).unwrap()
    };
    (1..=seeds).into_par_iter().map(one).collect()
}

fn hours(record: &RunRecord) -> f64 {
    record.end.since_start().as_secs_f64() / 3600.0
}

/// Changes of `spec.replicas` in an hour.
fn changes_per_hour(record: &RunRecord) -> f64 {
    record.scalings().count() as f64 / hours(record)
}

/// Changes in the direction opposite to the one before, in an hour.
fn reversals_per_hour(record: &RunRecord) -> f64 {
    let ups: Vec<bool> = record.scalings().map(|sync| sync.to() > sync.from).collect();
    ups.windows(2).filter(|pair| pair[0] != pair[1]).count() as f64 / hours(record)
}

/// `spec.replicas` in the mean over syncs, which are equally far apart.
fn mean_replicas(record: &RunRecord) -> f64 {
    mean(record.syncs.iter().map(|sync| f64::from(sync.to())))
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    sum / f64::from(count)
}

fn of_runs(records: &[RunRecord], kpi: impl Fn(&RunRecord) -> f64) -> Vec<Option<f64>> {
    records.iter().map(|record| Some(kpi(record))).collect()
}

fn reasons(sync: &SyncRecord) -> &Reasons {
    &sync.decision.sync.as_ref().expect("an HPA decides").reasons
}

/// The evaluations of a sync's metrics, without those that failed.
fn evaluations(sync: &SyncRecord) -> impl Iterator<Item = (&str, &Evaluation)> {
    let read = |metric: &'_ MetricReason| metric.outcome.is_ok();
    let metrics = reasons(sync).metrics.iter().filter(move |metric| read(metric));
    metrics.filter_map(|metric| Some((metric.name.as_str(), metric.outcome.as_ref().ok()?)))
}

/// What a metric read at a sync.
fn reading(evaluation: &Evaluation) -> f64 {
    evaluation.usage_milli as f64 / 1000.0
}

/// The target that it is compared with.
fn target(evaluation: &Evaluation) -> f64 {
    evaluation.target_milli as f64 / 1000.0
}
