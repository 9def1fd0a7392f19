//! The run in one JSON document.

use super::object::Object;
use crate::Subject;
use crate::replicas::Replicas;
use forescale_core::outcome::Outcome;
use forescale_core::record::{Attainment, Latency, RunRecord};
use serde::Serialize;
use std::io::{self, Write};

/// The version of the layout of `result.json`; it changes when a field changes its meaning or goes away.
pub const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    tool: Tool<'a>,
    scenario: Scenario<'a>,
    verdict: Verdict,
    requests: Requests,
    latencies_s: Latencies,
    tokens: Tokens,
    replicas: ReplicaCounts,
    gpu: Gpu,
    littles_law: LittlesLaw,
    fingerprint: String,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct Scenario<'a> {
    name: &'a str,
    seed: u64,
    duration_s: f64,
    end_s: f64,
    autoscaler: String,
}

#[derive(Serialize)]
struct Verdict {
    met: bool,
    objectives: Vec<ObjectiveResult>,
}

#[derive(Serialize)]
struct ObjectiveResult {
    measure: &'static str,
    quantile: f64,
    limit_s: f64,
    observed_s: Option<f64>,
    share: Option<f64>,
    lost: u64,
    overdue: u64,
    met: bool,
}

#[derive(Serialize)]
struct Requests {
    arrived: u64,
    finished: u64,
    lost: u64,
    in_flight: u64,
    by_outcome: Object<u64>,
    by_http: Object<u64>,
    by_workload: Object<WorkloadCount>,
}

#[derive(Serialize)]
struct WorkloadCount {
    arrived: u64,
}

#[derive(Serialize)]
struct Latencies {
    ttft: LatencySummary,
    itl: LatencySummary,
    e2e: LatencySummary,
    queue_wait: LatencySummary,
}

#[derive(Serialize)]
struct LatencySummary {
    count: u64,
    mean: Option<f64>,
    p50: Option<f64>,
    p90: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
    max: Option<f64>,
}

#[derive(Serialize)]
struct Tokens {
    generated: u64,
    per_s: Option<f64>,
}

#[derive(Serialize)]
struct ReplicaCounts {
    max_desired: u32,
    max_ready: u32,
    scale_ups: u32,
    scale_downs: u32,
    r#final: u32,
}

#[derive(Serialize)]
struct Gpu {
    hours: f64,
    cost: Option<f64>,
}

#[derive(Serialize)]
struct LittlesLaw {
    time_in_system_s: f64,
}

impl From<&Attainment> for ObjectiveResult {
    fn from(attainment: &Attainment) -> Self {
        let objective = &attainment.objective;
        Self {
            measure: objective.measure.name(),
            quantile: objective.quantile,
            limit_s: objective.limit.as_secs_f64(),
            observed_s: attainment.observed,
            share: attainment.share,
            lost: attainment.lost,
            overdue: attainment.overdue,
            met: attainment.is_met,
        }
    }
}

impl From<&Latency> for LatencySummary {
    fn from(latency: &Latency) -> Self {
        Self {
            count: latency.count(),
            mean: latency.mean(),
            p50: latency.quantile(0.5),
            p90: latency.quantile(0.9),
            p95: latency.quantile(0.95),
            p99: latency.quantile(0.99),
            max: latency.max(),
        }
    }
}

fn requests(subject: &Subject, record: &RunRecord) -> Requests {
    let account = &record.account;
    let outcomes = Outcome::ALL.iter().map(|outcome| (outcome.name().to_owned(), account.with(*outcome)));
    let http = account.by_http().iter().map(|(status, count)| (status.to_string(), *count));
    let arrivals = record.arrivals_by_workload.iter().enumerate();
    let workloads = arrivals.map(|(i, arrived)| (subject.workload(i), WorkloadCount { arrived: *arrived }));
    Requests {
        arrived: account.arrivals(),
        finished: account.with(Outcome::Finished),
        lost: account.lost(),
        in_flight: account.in_flight(),
        by_outcome: Object(outcomes.collect()),
        by_http: Object(http.collect()),
        by_workload: Object(workloads.collect()),
    }
}

/// Writes the run as one indented JSON document, with a line feed at its end.
///
/// Durations are in seconds, `gpu.cost` in dollars, shares between 0 and 1; `null` stands where nothing was measured, no
/// price was given, or an objective's quantile falls among requests that were lost. The order of the fields never changes,
/// and the same run gives the same bytes: floats are the shortest text that reads back exactly.
///
/// # Errors
/// Where `out` fails.
pub fn result_json(subject: &Subject, record: &RunRecord, mut out: impl Write) -> io::Result<()> {
    let end_s = record.end.as_secs_f64();
    let replicas = Replicas::of(record);
    let latencies = &record.latencies;
    let document = Document {
        schema: SCHEMA,
        tool: Tool { name: "forescale", version: &subject.tool_version },
        scenario: Scenario {
            name: &subject.scenario,
            seed: subject.seed,
            duration_s: subject.duration.as_secs_f64(),
            end_s,
            autoscaler: subject.policy(),
        },
        verdict: Verdict {
            met: record.meets_objectives(),
            objectives: record.attainments.iter().map(ObjectiveResult::from).collect(),
        },
        requests: requests(subject, record),
        latencies_s: Latencies {
            ttft: (&latencies.ttft).into(),
            itl: (&latencies.itl).into(),
            e2e: (&latencies.e2e).into(),
            queue_wait: (&latencies.queue_wait).into(),
        },
        tokens: Tokens {
            generated: record.generated_tokens,
            per_s: (end_s > 0.0).then(|| record.generated_tokens as f64 / end_s),
        },
        replicas: ReplicaCounts {
            max_desired: replicas.max_desired,
            max_ready: replicas.max_ready,
            scale_ups: replicas.scale_ups,
            scale_downs: replicas.scale_downs,
            r#final: replicas.last,
        },
        gpu: Gpu { hours: record.gpu_hours(), cost: subject.cost(record) },
        littles_law: LittlesLaw { time_in_system_s: record.account.time_in_system_ps() as f64 / 1e12 },
        fingerprint: record.fingerprint.to_string(),
    };
    serde_json::to_writer_pretty(&mut out, &document)?;
    out.write_all(b"\n")
}
