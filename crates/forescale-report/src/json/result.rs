//! The run in one JSON document.

use super::hpa_object::HpaObject;
use super::kpis::whole_run;
use super::latency::Latencies;
use super::object::Object;
use super::objective::{ObjectiveResult, Verdict};
use super::replicas::{ColdStartTimes, Gpu, ReplicaCounts, Scaling};
use super::requests::Requests;
use crate::cold_starts::ColdStarts;
use crate::replicas::Replicas;
use crate::{Subject, Warning};
use forescale_core::record::RunRecord;
use forescale_experiment::kpi::Kpis;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// The version of the layout of `result.json`. Fields may be added within a version; it changes when a field goes away or means
/// something else.
pub const SCHEMA: u32 = 1;

/// One run of a scenario by Forescale.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "result.json of Forescale, schema version 1"))]
pub(crate) struct Document<'a> {
    /// The version of this layout: 1.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    schema: u32,
    /// The program that made the file.
    tool: Tool<'a>,
    /// What was run.
    scenario: Scenario,
    /// What decided about the replicas.
    autoscaler: Policy,
    /// Whether the run met its objectives.
    verdict: Verdict,
    /// The scenario's objectives, in its order; empty without any.
    objectives: Vec<ObjectiveResult>,
    /// The account of requests: each in one place, none lost.
    requests: Requests<'a>,
    /// Latencies over the whole run. A quantile is the least value that at least this share does not pass, within 0.1 %; counts and means
    /// are exact. All but `count` are `null` where nothing was measured.
    latencies: Latencies,
    /// What the replicas generated.
    tokens: Tokens,
    /// How many replicas there were.
    replicas: ReplicaCounts,
    /// What the replicas held of GPUs.
    gpu: Gpu,
    /// All key performance indicators by name, with the units that docs/kpis.md gives; `null` where the run has none, as of those that need runs of fixed
    /// fleets beside it.
    kpis: Object<Option<f64>>,
    /// Every change of `spec.replicas` by the autoscaler, in order of time. All its looks are in `decisions.ndjson`.
    scalings: Vec<Scaling<'a>>,
    /// How long new pods took.
    cold_starts: ColdStartTimes,
    /// What was simulated otherwise than the files say, or has no effect: what `sim` prints on standard error.
    warnings: &'a [Warning],
    /// The course of the run in 16 hexadecimal digits: equal for two runs in which the same happened at the same times.
    fingerprint: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Tool<'a> {
    /// `forescale`
    name: &'static str,
    /// Its version.
    version: &'a str,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Scenario {
    /// Its name.
    pub(crate) name: String,
    /// The seed of all draws, an integer below 2^64; readers that keep numbers as doubles lose digits above 2^53.
    pub(crate) seed: u64,
    /// How long requests arrive, as configured.
    pub(crate) duration_s: f64,
    /// When the run ended: later than `duration_s` where requests were still in flight and the scenario lets them drain.
    pub(crate) end_s: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Policy {
    /// `HPA`, `fixed`, or a word of one's own.
    pub(crate) kind: String,
    /// The same in a line: its name, metrics, targets and limits.
    pub(crate) description: String,
    /// The HPA; `null` for any other autoscaler.
    pub(crate) hpa: Option<HpaObject>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Tokens {
    /// Output tokens, those of requests that were lost later included.
    generated_tokens: u64,
    /// The same per second from the start to `scenario.end_s`; `null` for a run without length.
    generated_tokens_per_s: Option<f64>,
}

impl Scenario {
    pub(crate) fn new(subject: &Subject, record: &RunRecord) -> Self {
        Self {
            name: subject.scenario.clone(),
            seed: subject.seed,
            duration_s: subject.duration.as_secs_f64(),
            end_s: record.end.as_secs_f64(),
        }
    }
}

impl Policy {
    pub(crate) fn new(subject: &Subject) -> Self {
        Self {
            kind: subject.autoscaler_kind.clone(),
            description: subject.autoscaler.clone(),
            hpa: subject.hpa.clone(),
        }
    }
}

/// Writes the run as one indented JSON document, with a line feed at its end: the layout of version [`SCHEMA`].
///
/// `docs/result.md` explains every field, `docs/result.schema.json` is its JSON Schema. The order of the fields never changes,
/// and the same run gives the same bytes: floats are the shortest text that reads back exactly.
///
/// # Errors
/// Where `out` fails.
pub fn result_json(subject: &Subject, record: &RunRecord, mut out: impl Write) -> io::Result<()> {
    let end_s = record.end.as_secs_f64();
    let kpis = Kpis::of(record, &subject.context());
    let document = Document {
        schema: SCHEMA,
        tool: Tool { name: "forescale", version: &subject.tool_version },
        scenario: Scenario::new(subject, record),
        autoscaler: Policy::new(subject),
        verdict: record.into(),
        objectives: record.attainments.iter().map(ObjectiveResult::from).collect(),
        requests: Requests::new(subject, record, &kpis),
        latencies: (&record.latencies).into(),
        tokens: Tokens {
            generated_tokens: record.generated_tokens,
            generated_tokens_per_s: (end_s > 0.0).then(|| record.generated_tokens as f64 / end_s),
        },
        replicas: Replicas::of(record).into(),
        gpu: Gpu {
            gpu_hours: record.gpu_hours(),
            price_usd_per_gpu_hour: subject.gpu_price_per_hour,
            cost_usd: subject.cost(record),
        },
        kpis: whole_run(&kpis),
        scalings: record.scalings().map(Scaling::from).collect(),
        cold_starts: ColdStarts::of(record).into(),
        warnings: &subject.warnings,
        fingerprint: record.fingerprint.to_string(),
    };
    serde_json::to_writer_pretty(&mut out, &document)?;
    out.write_all(b"\n")
}
