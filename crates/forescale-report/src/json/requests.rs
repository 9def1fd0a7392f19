//! The account of requests.

use super::kpis::of_workload;
use super::object::Object;
use crate::Subject;
use forescale_core::outcome::Outcome;
use forescale_core::record::{Account, Counts, RunRecord};
use forescale_experiment::kpi::Kpis;
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Requests<'a> {
    #[serde(flatten)]
    all: Tally,
    /// The time in the system summed over all requests, in request-seconds: to the picosecond the integral of the number in the system
    /// (Little's law).
    in_system_s: f64,
    /// By the HTTP status with which their last attempt was answered: the status as a text, and how many. 499 are those whose client left before
    /// an answer.
    by_http_status: Object<u64>,
    /// The attempts, which are more than the requests where clients retry.
    attempts: Attempts,
    /// By workload, in the order of the scenario.
    by_workload: Vec<Workload<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Attempts {
    #[serde(flatten)]
    all: Tally,
    /// By the HTTP status with which they were answered: the status as a text, and how many.
    by_http_status: Object<u64>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Workload<'a> {
    /// Its name.
    name: String,
    /// The model that its requests ask for.
    model: &'a str,
    /// Its priority in the gateway.
    priority: i32,
    /// Its fairness id in the gateway.
    fairness_id: &'a str,
    #[serde(flatten)]
    tally: Tally,
    /// Those key performance indicators that are known of a workload, as `kpis` has them of the run.
    kpis: Object<Option<f64>>,
}

/// `arrived` = `finished` + `lost` + `in_flight`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Tally {
    /// How many arrived.
    arrived: u64,
    /// How many got all their output.
    finished: u64,
    /// How many ended in any other way.
    lost: u64,
    /// How many were still in the system at the end of the run.
    in_flight: u64,
    /// How many ended in which way; every outcome is there, most of them with 0. The outcomes are listed below.
    by_outcome: Object<u64>,
}

impl From<&Counts> for Tally {
    fn from(counts: &Counts) -> Self {
        let outcomes = Outcome::ALL.iter().map(|outcome| (outcome.name().to_owned(), counts.with(*outcome)));
        Self {
            arrived: counts.arrivals(),
            finished: counts.with(Outcome::Finished),
            lost: counts.lost(),
            in_flight: counts.in_flight(),
            by_outcome: Object(outcomes.collect()),
        }
    }
}

impl<'a> Requests<'a> {
    pub(super) fn new(subject: &'a Subject, record: &RunRecord, kpis: &Kpis) -> Self {
        let account = &record.account;
        let attempts = &record.attempts;
        let workload = |(index, counts)| {
            let flow = subject.flow(index);
            Workload {
                name: subject.workload(index),
                model: flow.map_or("", |flow| &flow.model_name),
                priority: flow.map_or(0, |flow| flow.priority),
                fairness_id: flow.map_or("", |flow| &flow.fairness_id),
                tally: Tally::from(counts),
                kpis: of_workload(kpis, index),
            }
        };
        Self {
            all: account.counts().into(),
            in_system_s: account.time_in_system_ps() as f64 / 1e12,
            by_http_status: by_http_status(account),
            attempts: Attempts { all: attempts.counts().into(), by_http_status: by_http_status(attempts) },
            by_workload: record.by_workload.iter().enumerate().map(workload).collect(),
        }
    }
}

fn by_http_status(account: &Account) -> Object<u64> {
    Object(account.by_http().iter().map(|(status, count)| (status.to_string(), *count)).collect())
}
