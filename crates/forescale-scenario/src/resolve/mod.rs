//! From the files as written to a scenario that can run.

mod autoscaler;
mod cluster;
mod gateway;
mod telemetry;
mod workloads;

use crate::error::{ScenarioError, read};
use crate::manifests::Manifests;
use crate::raw::{RawScenario, RawSlo};
use crate::scenario::Scenario;
use forescale_core::RunConfig;
use forescale_core::record::{Measure, Objective, RecordConfig};
use forescale_kernel::{SimDuration, Timestamp};
use std::path::Path;

/// What all resolvers share: the scenario file, and the warnings so far.
pub(crate) struct Context<'a> {
    pub(crate) file: &'a Path,
    pub(crate) warnings: Vec<String>,
}

impl Context<'_> {
    /// An error about a key of the scenario file.
    fn error(&self, key: &str, message: impl std::fmt::Display) -> ScenarioError {
        ScenarioError::at(self.file, key, message)
    }
}

/// The longest run: simulated time itself ends after 213 days.
const LONGEST: SimDuration = SimDuration::from_secs(200 * 86_400);

impl Scenario {
    /// Reads a scenario file and the manifests that it names.
    ///
    /// # Errors
    /// A [`ScenarioError`] with the file, and the place in it where that is known.
    pub fn load(file: &Path) -> Result<Self, ScenarioError> {
        let text = read(file)?;
        let raw: RawScenario =
            toml::from_str(&text).map_err(|error| ScenarioError::new(file, error.to_string().trim_end()))?;
        resolve(file, raw)
    }
}

fn resolve(file: &Path, raw: RawScenario) -> Result<Scenario, ScenarioError> {
    let mut context = Context { file, warnings: Vec::new() };
    let base = file.parent().unwrap_or(Path::new(""));
    check_name(&context, &raw.scenario.name)?;
    let duration = raw.scenario.duration.0;
    let drain = raw.scenario.drain.map_or(SimDuration::ZERO, |drain| drain.0);
    if duration.is_zero() {
        return Err(context.error("scenario.duration", "must be longer than 0s"));
    }
    if duration + drain > LONGEST {
        return Err(context.error("scenario.duration", "with `drain` must be at most 200d"));
    }
    let mut manifests = Manifests::load(base, &raw.scenario.manifests, file)?;
    if let Some(values) =
        raw.telemetry.prometheus_adapter.as_ref().and_then(|adapter| adapter.values.as_ref())
    {
        manifests.load_adapter_values(&base.join(values))?;
    }
    if !manifests.ignored.is_empty() {
        context.warnings.push(format!("objects without effect here: {}", manifests.ignored.join(", ")));
    }
    let cluster = cluster::resolve(&mut context, &raw, &manifests)?;
    let flows = workloads::flows(&raw, &cluster.model_name);
    let workloads = workloads::resolve(&context, &raw, base, &flows)?;
    let gateway = gateway::resolve(&mut context, &raw, &manifests, &flows)?;
    let start = start(&context, raw.scenario.start.as_deref())?;
    let autoscaler = autoscaler::resolve(&mut context, &raw, &manifests, &cluster, start)?;
    let names = telemetry::Names { pool: gateway.inference_pool, model: cluster.model_name, flows };
    let telemetry = telemetry::resolve(&mut context, &raw, &manifests, names, gateway.config.release)?;
    let price = raw.cluster.gpu_price.as_ref().map(|price| price.per_hour);
    if price.is_some_and(|price| !price.is_finite() || price < 0.0) {
        return Err(context.error("cluster.gpu_price.per_hour", "must be a number that is not negative"));
    }
    Ok(Scenario {
        name: raw.scenario.name,
        file: file.to_owned(),
        config: RunConfig {
            seed: raw.scenario.seed,
            duration,
            drain,
            workloads,
            gateway: gateway.config,
            model_server: cluster.model_server,
            cluster: cluster.config,
            telemetry,
            autoscaler: autoscaler.factory,
            record: RecordConfig {
                bin: bin(duration),
                log_requests: false,
                objectives: objectives(&context, &raw.slo)?,
            },
        },
        autoscaler: autoscaler.text,
        gpu_price_per_hour: price,
        warnings: context.warnings,
    })
}

/// The name is also a folder's.
fn check_name(context: &Context<'_>, name: &str) -> Result<(), ScenarioError> {
    let is_fine = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    match !name.is_empty() && !name.starts_with('.') && name.chars().all(is_fine) {
        true => Ok(()),
        false => Err(context.error("scenario.name", "must consist of letters, digits, `-`, `_` and `.`")),
    }
}

/// The timeline has about 360 bins of whole seconds.
fn bin(duration: SimDuration) -> SimDuration {
    SimDuration::from_secs(((duration.as_secs_f64() / 360.0).ceil() as u64).max(1))
}

fn start(context: &Context<'_>, text: Option<&str>) -> Result<Timestamp, ScenarioError> {
    let text = text.unwrap_or("2026-01-01T00:00:00Z");
    let parsed: jiff::Timestamp = text.parse().map_err(|_| {
        context.error(
            "scenario.start",
            format!("`{text}` is no instant; write for example \"2026-01-05T09:00:00Z\""),
        )
    })?;
    let ns = i64::try_from(parsed.as_nanosecond());
    ns.map(Timestamp::from_unix_ns)
        .map_err(|_| context.error("scenario.start", "must lie between 1678 and 2261"))
}

fn objectives(context: &Context<'_>, slo: &RawSlo) -> Result<Vec<Objective>, ScenarioError> {
    let mut objectives = Vec::new();
    for (measure, limits) in [(Measure::Ttft, &slo.ttft), (Measure::Itl, &slo.itl), (Measure::E2e, &slo.e2e)]
    {
        for (quantile, limit) in limits {
            if limit.0.is_zero() {
                return Err(
                    context.error(&format!("slo.{}", measure.name()), "a limit must be longer than 0s")
                );
            }
            objectives.push(Objective { measure, quantile: quantile.0, limit: limit.0 });
        }
    }
    Ok(objectives)
}
