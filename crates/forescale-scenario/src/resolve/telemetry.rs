//! Prometheus, its targets and rules, and the adapter's rules for what the HPA asks.

mod dcgm_exporter;
mod metrics;
mod outages;
mod recording_rules;

use crate::codes;
use crate::context::{Context, Told};
use crate::manifests::{Interval, Manifests, scrape_intervals};
use crate::raw::{Map, RawScenario};
use crate::text::Duration;
use forescale_core::gateway::Release;
use forescale_core::telemetry::{ExternalMetric, PodsMetric, TelemetryConfig};
use forescale_core::views::{FlowLabels, ModelServerInfo};
use forescale_document::{Code, Spanned};
use forescale_kernel::SimDuration;

/// No interval is shorter, so that no run drowns in scrapes.
const SHORTEST: SimDuration = SimDuration::from_ms(100);

/// What metrics call the things that they are about.
pub(super) struct Names {
    pub(super) pool: String,
    pub(super) model: String,
    pub(super) flows: Vec<FlowLabels>,
    pub(super) model_server: ModelServerInfo,
    /// GPUs of a pod, and what the pod is.
    pub(super) gpus: Gpus,
}

/// What the exporter of GPU metrics knows of a pod.
pub(super) struct Gpus {
    pub(super) per_pod: u32,
    pub(super) namespace: String,
    /// Whether the model server is a station of queueing theory, whose GPU nobody simulates.
    pub(super) is_station: bool,
}

pub(super) fn resolve(
    context: &mut Context,
    raw: &RawScenario,
    manifests: &Manifests,
    names: Names,
    release: Release,
) -> Told<TelemetryConfig> {
    let given = &raw.telemetry;
    let adapter = &given.prometheus_adapter;
    let default = TelemetryConfig::default();
    let scrape = scrape(context, given.scrape_interval, manifests, default.scrape_interval);
    let evaluation = at_least(context, "telemetry.evaluation_interval", given.evaluation_interval);
    let look_back = at_least(context, "telemetry.look_back", given.look_back);
    let relist = at_least(
        context,
        "telemetry.prometheus_adapter.metrics_relist_interval",
        adapter.metrics_relist_interval,
    );
    let max_age = match adapter.metrics_max_age {
        Some(age) if age.0 < adapter.metrics_relist_interval.0 => {
            let message = "`metrics_max_age` must not be shorter than the relist interval; the adapter refuses to start";
            let diagnostic = context.error(Code::CONTRADICTION, age.span(), message);
            context.fail(diagnostic.related(adapter.metrics_relist_interval.span(), "the relist interval"))
        }
        Some(age) => Ok(age.0),
        None => Ok(adapter.metrics_relist_interval.0),
    };
    let epp_labels = target_labels(context, "telemetry.epp_target_labels", &given.epp_target_labels);
    let server_labels =
        target_labels(context, "telemetry.model_server_target_labels", &given.model_server_target_labels);
    let dcgm_exporter = dcgm_exporter::resolve(context, given, manifests, &names.gpus);
    let metrics = metrics::resolve(context, manifests);
    let scrape = scrape?;
    let Metrics { external, pods } = metrics?;
    let rule_groups = recording_rules::resolve(context, manifests, evaluation?, &external, &pods);
    let outages = outages::resolve(context, &given.outage, manifests);
    let config = TelemetryConfig {
        scrape_interval: scrape.others,
        model_server_scrape_interval: scrape.model_servers,
        dcgm_exporter_scrape_interval: scrape.dcgm_exporters,
        look_back: look_back?,
        discovery_delay: default.discovery_delay,
        relist_interval: relist?,
        max_age: max_age?,
        external,
        pods,
        rule_groups: rule_groups?,
        outages: outages?,
        dcgm_exporter: dcgm_exporter?,
        has_epp: raw.gateway.service.is_none(),
        model_name: names.model,
        inference_pool: names.pool,
        splits_stages: release.splits_stages(),
        flows: names.flows,
        epp_target_labels: epp_labels?,
        model_server_target_labels: server_labels?,
    };
    if names.gpus.is_station {
        dcgm_exporter::check_station(context, raw, &config)?;
    }
    metrics::warn_about_selectors(context, manifests, &config, &names.model_server);
    Ok(config)
}

/// Tells what is wrong with the rules of the adapter and of Prometheus behind the HPA's metrics.
pub(crate) fn check_metrics(context: &mut Context, manifests: &Manifests) {
    if let Ok(Metrics { external, pods }) = metrics::resolve(context, manifests) {
        let interval = TelemetryConfig::default().scrape_interval;
        recording_rules::resolve(context, manifests, interval, &external, &pods).ok();
    }
}

/// What the HPA asks for, by the adapter's rules.
struct Metrics {
    external: Vec<ExternalMetric>,
    pods: Vec<PodsMetric>,
}

/// How often targets are scraped; `None` is as all others.
struct Scrape {
    others: SimDuration,
    model_servers: Option<SimDuration>,
    dcgm_exporters: Option<SimDuration>,
}

fn at_least(context: &mut Context, key: &str, value: Spanned<Duration>) -> Told<SimDuration> {
    match value.0 < SHORTEST {
        true => {
            let message = format!("`{key}` must be at least {SHORTEST}");
            context.fail(context.error(Code::OUT_OF_RANGE, value.span(), message))
        }
        false => Ok(value.0),
    }
}

/// The monitors' intervals, each for its targets; for the rest the scenario's, else what monitors say of others, else the default.
fn scrape(
    context: &mut Context,
    given: Option<Spanned<Duration>>,
    manifests: &Manifests,
    default: SimDuration,
) -> Told<Scrape> {
    let monitored = scrape_intervals(context, manifests)?;
    for (interval, place) in monitored.given() {
        if let Some(given) = given.filter(|given| given.0 != interval) {
            let message = format!(
                "`telemetry.scrape_interval` is {}, a monitor among the manifests says {interval}",
                given.0
            );
            let diagnostic = context.error(Code::CONTRADICTION, given.span(), message);
            return context.fail(diagnostic.related(place, "the other interval"));
        }
        if interval < SHORTEST {
            let message = format!("an interval of less than {SHORTEST} is not simulated");
            return context.fail(context.error(codes::NOT_SIMULATED, place, message));
        }
    }
    let only = |interval: Option<Interval>| interval.map(|(interval, _)| interval);
    let others = match given {
        Some(given) => at_least(context, "telemetry.scrape_interval", given)?,
        None => only(monitored.others.or(monitored.model_servers)).unwrap_or(default),
    };
    Ok(Scrape {
        others,
        model_servers: only(monitored.model_servers),
        dcgm_exporters: only(monitored.dcgm_exporters),
    })
}

fn target_labels(
    context: &mut Context,
    key: &str,
    labels: &Map<String, String>,
) -> Told<Vec<(String, String)>> {
    let is_name = |name: &str| {
        let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
        name.starts_with(is_letter)
            && name.chars().all(|c| is_letter(c) || c.is_ascii_digit())
            && !name.starts_with("__")
    };
    let mut is_fine = Ok(());
    for name in labels.keys().filter(|name| !is_name(name)) {
        let message = format!("`{}` in `{key}` is no name that a target label can have", name.as_str());
        let diagnostic = context.error(Code::WRONG_VALUE, name.span(), message);
        is_fine =
            context.fail(diagnostic.help("letters, digits and `_`, not beginning with a digit or `__`"));
    }
    is_fine.map(|()| labels.iter().map(|(name, value)| (name.to_string(), value.clone())).collect())
}
