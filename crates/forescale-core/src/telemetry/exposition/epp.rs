//! The Endpoint Picker's `/metrics`.

use super::{Series, series_labels};
use crate::telemetry::TelemetryConfig;
use crate::views::{FlowLabels, FlowView, GatewayView};

/// Where a series' value stands in what the EPP shows. A series comes into being with its first value, and some go again.
#[derive(Clone, Debug)]
pub(in crate::telemetry) enum EppReading {
    PoolSaturation,
    /// Of a stage that exists only while the pool has candidates.
    StageSaturation,
    QueueSize(usize),
    QueueBytes(usize),
    RequestRunning(usize),
    RequestTotal(usize),
    RequestErrors(usize, &'static str),
    /// The sum over these flows, which share a model.
    RunningRequests(Vec<usize>),
}

/// `error_code` of `request_error_total`.
const ERROR_CODES: [&str; 3] = ["ModelServerError", "ResourceExhausted", "ServiceUnavailable"];

impl EppReading {
    /// The value; `None` where there is no such series now.
    pub(in crate::telemetry) fn of(&self, view: &GatewayView) -> Option<f64> {
        let flow = |index: &usize| view.flows.get(*index);
        let count = |index: &usize, read: fn(&FlowView) -> Option<u64>| {
            flow(index).and_then(read).map(|value| value as f64)
        };
        match self {
            Self::PoolSaturation => view.pool_saturation,
            Self::StageSaturation => view.pool_saturation.filter(|_| view.has_candidates),
            Self::QueueSize(index) => count(index, |flow| flow.queue_size),
            Self::QueueBytes(index) => count(index, |flow| flow.queue_bytes),
            Self::RequestRunning(index) => count(index, |flow| flow.request_running),
            Self::RequestTotal(index) => count(index, |flow| flow.request_total),
            Self::RequestErrors(index, code) => {
                let errors = flow(index).map(|flow| flow.request_errors.as_slice()).unwrap_or_default();
                errors.iter().find(|(known, _)| known == code).map(|(_, count)| *count as f64)
            }
            Self::RunningRequests(indices) => {
                let running = indices.iter().filter_map(|index| flow(index)?.request_running);
                running.reduce(|a, b| a + b).map(|running| running as f64)
            }
        }
    }
}

/// Collects series.
struct Page<'a> {
    target: &'a [(String, String)],
    is_wanted: &'a dyn Fn(&str) -> bool,
    series: Vec<Series<EppReading>>,
}

impl Page<'_> {
    fn put(&mut self, name: &str, labels: &[(&str, &str)], reading: EppReading) {
        if (self.is_wanted)(name) {
            let labels = series_labels(name, labels, self.target, None);
            self.series.push(Series { labels, reading });
        }
    }

    fn twins(&mut self, names: (&str, &str), labels: &[(&str, &str)], reading: EppReading) {
        self.put(names.0, labels, reading.clone());
        self.put(names.1, labels, reading);
    }
}

/// All series that can ever be, of the families whose names are wanted, each under its new and its old name.
pub(in crate::telemetry) fn epp(
    config: &TelemetryConfig,
    is_wanted: &dyn Fn(&str) -> bool,
) -> Vec<Series<EppReading>> {
    let mut page = Page { target: &config.epp_target_labels, is_wanted, series: Vec::new() };
    let pool = ("inference_pool", config.inference_pool.as_str());
    let saturation =
        ("llm_d_epp_flow_control_pool_saturation", "inference_extension_flow_control_pool_saturation");
    if config.splits_stages {
        // A pool without roles is one decode stage; an empty stage has no series.
        page.twins(saturation, &[pool, ("stage", "decode")], EppReading::StageSaturation);
        page.twins(saturation, &[pool, ("stage", "effective")], EppReading::PoolSaturation);
    } else {
        page.twins(saturation, &[pool], EppReading::PoolSaturation);
    }
    for (index, labels) in config.flows.iter().enumerate() {
        flow(&mut page, index, labels, pool);
    }
    for model in distinct_models(&config.flows) {
        let of_model = |(index, labels): (usize, &FlowLabels)| (labels.model_name == model).then_some(index);
        let flows = config.flows.iter().enumerate().filter_map(of_model).collect();
        let labels = [("model_name", model)];
        page.put("inference_objective_running_requests", &labels, EppReading::RunningRequests(flows));
    }
    page.series
}

fn flow(page: &mut Page<'_>, index: usize, labels: &FlowLabels, pool: (&str, &str)) {
    let priority = labels.priority.to_string();
    let model =
        [("model_name", labels.model_name.as_str()), ("target_model_name", labels.model_name.as_str())];
    let class = [("fairness_id", labels.fairness_id.as_str()), ("priority", priority.as_str())];
    let queue = [class[0], class[1], pool, model[0], model[1]];
    let models = [model[0], model[1], class[0], class[1]];
    let names = ("llm_d_epp_flow_control_queue_size", "inference_extension_flow_control_queue_size");
    page.twins(names, &queue, EppReading::QueueSize(index));
    let names = ("llm_d_epp_flow_control_queue_bytes", "inference_extension_flow_control_queue_bytes");
    page.twins(names, &queue, EppReading::QueueBytes(index));
    page.put("llm_d_epp_request_running", &models, EppReading::RequestRunning(index));
    let names = ("llm_d_epp_request_total", "inference_objective_request_total");
    page.twins(names, &models, EppReading::RequestTotal(index));
    for code in ERROR_CODES {
        let error = [model[0], model[1], class[0], class[1], ("error_code", code)];
        let names = ("llm_d_epp_request_error_total", "inference_objective_request_error_total");
        page.twins(names, &error, EppReading::RequestErrors(index, code));
    }
}

fn distinct_models(flows: &[FlowLabels]) -> Vec<&str> {
    let mut models: Vec<&str> = flows.iter().map(|flow| flow.model_name.as_str()).collect();
    models.sort_unstable();
    models.dedup();
    models
}
