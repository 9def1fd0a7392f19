//! The exporter of GPU metrics.

use super::{Gpus, SHORTEST, target_labels};
use crate::codes;
use crate::context::{Context, Told};
use crate::manifests::{Manifests, is_dcgm_exporter};
use crate::raw::{RawScenario, RawTelemetry};
use forescale_core::telemetry::{DcgmExporter, TelemetryConfig};
use forescale_document::{Code, Span};
use forescale_kernel::SimDuration;
use forescale_promql::Selector;

/// No driver takes its samples over a longer time.
const LONGEST_SAMPLE: SimDuration = SimDuration::from_secs(1);

pub(super) fn resolve(
    context: &mut Context,
    raw: &RawTelemetry,
    manifests: &Manifests,
    gpus: &Gpus,
) -> Told<DcgmExporter> {
    let given = &raw.dcgm_exporter;
    let labels = target_labels(context, "telemetry.dcgm_exporter.target_labels", &given.target_labels);
    let (collect, sample) = (given.collect_interval, given.sample_period);
    if !(SHORTEST..=LONGEST_SAMPLE).contains(&sample.0) {
        let message = format!(
            "`telemetry.dcgm_exporter.sample_period` must be between {SHORTEST} and {LONGEST_SAMPLE}, as in NVIDIA's drivers"
        );
        return context.fail(context.error(Code::OUT_OF_RANGE, sample.span(), message));
    }
    if collect.0 <= sample.0 {
        let message = format!(
            "`telemetry.dcgm_exporter.collect_interval` must be longer than the driver's sample of {}",
            sample.0
        );
        return context.fail(context.error(Code::OUT_OF_RANGE, collect.span(), message));
    }
    let default = DcgmExporter::default();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let service = manifests.services.iter().map(|found| &found.object).find(|it| is_dcgm_exporter(it));
    let target_labels = match (labels?, service) {
        (labels, _) if !labels.is_empty() => labels,
        (_, Some(service)) => {
            let name = service.metadata.name();
            vec![
                pair("container", "exporter"),
                pair("job", name),
                pair("namespace", service.metadata.namespace()),
                pair("service", name),
            ]
        }
        _ => default.target_labels,
    };
    let DcgmExporter { model_name, container, .. } = DcgmExporter::default();
    Ok(DcgmExporter {
        collect_interval: collect.0,
        sample_period: sample.0,
        pod_namespace: gpus.namespace.clone(),
        gpus_per_pod: gpus.per_pod,
        model_name,
        container,
        target_labels,
    })
}

/// Of the exporter's metrics one is simulated; leaving the others without a value would be another cluster.
pub(super) fn check_metric<'a>(
    context: &mut Context,
    selectors: impl IntoIterator<Item = &'a Selector>,
    span: Option<Span>,
) -> Told<()> {
    let is_other = |name: &&str| name.starts_with("DCGM_FI_") && *name != "DCGM_FI_DEV_GPU_UTIL";
    match selectors.into_iter().filter_map(Selector::metric_name).find(is_other) {
        Some(name) => {
            let message =
                format!("`{name}` is not simulated; of the exporter's metrics DCGM_FI_DEV_GPU_UTIL is");
            context.fail(context.error(codes::NOT_SIMULATED, span, message))
        }
        None => Ok(()),
    }
}

/// A station of queueing theory has no GPU that could be busy.
pub(super) fn check_station(context: &mut Context, raw: &RawScenario, config: &TelemetryConfig) -> Told<()> {
    let is_asked = config.reads_gpus();
    match &raw.model_server.test_engine {
        Some(test) if is_asked => {
            let message =
                "a metric is made of GPU utilization, and the test engine has no GPU that could be busy";
            context.fail(context.error(codes::NOT_SIMULATED, test.key_span(), message))
        }
        _ => Ok(()),
    }
}
