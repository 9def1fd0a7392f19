//! From the files as written to a scenario that can run.

mod arrivals;
mod autoscaler;
mod clients;
mod cluster;
mod contexts;
mod control_plane;
mod gateway;
mod generators;
mod holds;
mod load;
mod measured;
mod telemetry;
mod traces;
mod workloads;

pub(crate) use autoscaler::{check_target, place, reject};
pub(crate) use telemetry::check_metrics;

use crate::context::{Context, Stopped, Told};
use crate::manifests::{Manifests, check_selections};
use crate::raw::{RawHead, RawScenario, RawSlo};
use crate::scenario::Scenario;
use crate::settings::Settings;
use forescale_core::RunConfig;
use forescale_core::record::{Measure, Objective, RecordConfig};
use forescale_core::replica::{EngineMode, ModelServerConfig};
use forescale_document::{Code, Report};
use forescale_kernel::{SimDuration, Timestamp};
use std::path::Path;

/// The longest run: simulated time itself ends after 213 days.
const LONGEST: SimDuration = SimDuration::from_secs(200 * 86_400);

/// Makes a scenario of what was read. Each part tells all of its mistakes before the first of them ends it.
pub(crate) fn resolve(
    context: &mut Context,
    file: &Path,
    raw: &RawScenario,
    manifests: &mut Manifests,
) -> Told<Scenario> {
    let base = file.parent().unwrap_or(Path::new(""));
    let head = head(context, &raw.scenario);
    let objectives = objectives(context, &raw.slo);
    let price = price(context, raw);
    let values = match &raw.telemetry.prometheus_adapter.values {
        Some(values) => manifests.load_adapter_values(context, base, values),
        None => Ok(()),
    };
    let manifests = &*manifests;
    check_selections(context, manifests);
    let cluster = cluster::resolve(context, raw, base, manifests);
    let model_name = cluster.as_ref().map_or("", |cluster| cluster.model_name.as_str());
    let flows = workloads::flows(raw, model_name);
    let workloads = workloads::resolve(context, raw, base, &flows);
    let gateway = gateway::resolve(context, raw, manifests, &flows);
    let autoscaler = autoscaler::resolve(context, raw, manifests, cluster.as_ref().ok(), head.as_ref().ok());
    let (head, cluster, gateway) = (head?, cluster?, gateway?);
    values?;
    let names = telemetry::Names {
        pool: gateway.inference_pool,
        model: cluster.model_name.clone(),
        flows,
        model_server: cluster.model_server.info(),
        gpus: telemetry::Gpus {
            per_pod: cluster.config.deployment.gpus_per_pod,
            namespace: cluster.config.deployment.namespace.clone(),
            is_station: matches!(cluster.model_server, ModelServerConfig::Test(_)),
        },
    };
    let telemetry = telemetry::resolve(context, raw, manifests, names, gateway.config.release);
    let (workloads, telemetry, autoscaler) = (workloads?, telemetry?, autoscaler?);
    let (objectives, price) = (objectives?, price?);
    if context.report.has_errors() {
        return Err(Stopped);
    }
    let of_manifests = holds::of_manifests(&holds::Resolved {
        manifests,
        cluster: &cluster.config,
        model_server: &cluster.model_server,
        args: cluster.args.as_ref(),
        gpu_class: cluster.gpu_class,
        raw: &raw.gateway,
        gateway: &gateway.config,
        hpa: autoscaler.hpa.as_ref().map(|hpa| &hpa.spec),
        telemetry: &telemetry,
    });
    Ok(Scenario {
        name: raw.scenario.name.to_string(),
        variant: None,
        file: file.to_owned(),
        config: RunConfig {
            seed: *raw.scenario.seed,
            duration: head.duration,
            drain: head.drain,
            workloads,
            gateway: gateway.config,
            model_server: cluster.model_server,
            engine_mode: EngineMode::default(),
            cluster: cluster.config,
            telemetry,
            autoscaler: autoscaler.factory,
            record: RecordConfig {
                bin: bin(head.duration),
                warm_up: SimDuration::ZERO,
                log_requests: false,
                objectives,
            },
        },
        autoscaler: autoscaler.text,
        hpa: autoscaler.hpa,
        gpu_price_per_hour: price,
        settings: Settings { manifests: of_manifests, ..Settings::default() },
        report: Report::default(),
    })
}

/// How long the run is, and when it starts.
struct Head {
    duration: SimDuration,
    drain: SimDuration,
    start: Timestamp,
}

fn head(context: &mut Context, raw: &RawHead) -> Told<Head> {
    let name = check_name(context, raw);
    let (duration, drain) = (raw.duration.0, raw.drain.0);
    let mut is_fine = Ok(());
    if duration.is_zero() {
        let message = "`scenario.duration` must be longer than 0s";
        is_fine = context.fail(context.error(Code::OUT_OF_RANGE, raw.duration.span(), message));
    }
    if duration + drain > LONGEST {
        let message = "`scenario.duration`, with `drain`, must be at most 200d";
        is_fine = context.fail(context.error(Code::OUT_OF_RANGE, raw.duration.span(), message));
    }
    let start = start(context, raw);
    name?;
    is_fine?;
    Ok(Head { duration, drain, start: start? })
}

/// Whether a scenario may be called so; the name is also a folder's.
pub fn is_scenario_name(name: &str) -> bool {
    let is_fine = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(is_fine)
}

fn check_name(context: &mut Context, raw: &RawHead) -> Told<()> {
    let name = &raw.name;
    match is_scenario_name(name) {
        true => Ok(()),
        false => {
            let message = "`scenario.name` must consist of letters, digits, `-`, `_` and `.`";
            context.fail(context.error(Code::WRONG_VALUE, name.span(), message))
        }
    }
}

/// The timeline has about 360 bins of whole seconds.
fn bin(duration: SimDuration) -> SimDuration {
    SimDuration::from_secs(((duration.as_secs_f64() / 360.0).ceil() as u64).max(1))
}

fn start(context: &mut Context, raw: &RawHead) -> Told<Timestamp> {
    let text = raw.start.as_str();
    let Ok(parsed) = text.parse::<jiff::Timestamp>() else {
        let message = format!("`scenario.start`: `{text}` is no instant");
        let diagnostic = context.error(Code::WRONG_VALUE, raw.start.span(), message);
        return context.fail(diagnostic.help("write for example \"2026-01-05T09:00:00Z\""));
    };
    match i64::try_from(parsed.as_nanosecond()) {
        Ok(ns) => Ok(Timestamp::from_unix_ns(ns)),
        Err(_) => {
            let message = "`scenario.start` must lie between the years 1678 and 2261";
            context.fail(context.error(Code::OUT_OF_RANGE, raw.start.span(), message))
        }
    }
}

fn price(context: &mut Context, raw: &RawScenario) -> Told<Option<f64>> {
    let Some(price) = &raw.cluster.gpu_price else { return Ok(None) };
    let price = price.per_hour;
    match price.is_finite() && *price >= 0.0 {
        true => Ok(Some(*price)),
        false => {
            let message = "`cluster.gpu_price.per_hour` must be a number that is not negative";
            context.fail(context.error(Code::OUT_OF_RANGE, price.span(), message))
        }
    }
}

fn objectives(context: &mut Context, slo: &RawSlo) -> Told<Vec<Objective>> {
    let mut objectives = Vec::new();
    let mut is_fine = Ok(());
    for (measure, limits) in [(Measure::Ttft, &slo.ttft), (Measure::Itl, &slo.itl), (Measure::E2e, &slo.e2e)]
    {
        for (quantile, limit) in limits {
            if limit.0.is_zero() {
                let message = format!("a limit of `slo.{}` must be longer than 0s", measure.name());
                is_fine = context.fail(context.error(Code::OUT_OF_RANGE, limit.span(), message));
            }
            objectives.push(Objective { measure, quantile: quantile.0, limit: limit.0 });
        }
    }
    is_fine.map(|()| objectives)
}
