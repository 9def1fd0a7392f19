//! The Endpoint Picker's `/metrics`.

use super::series_labels;
use crate::telemetry::TelemetryConfig;
use crate::views::{FlowLabels, GatewayView};
use forescale_promql::Labels;

/// One series' labels and value.
pub(in crate::telemetry) type Exposed = (Labels, f64);

/// Collects series.
struct Page<'a> {
    target: &'a [(String, String)],
    is_wanted: &'a dyn Fn(&str) -> bool,
    series: Vec<Exposed>,
}

impl Page<'_> {
    fn put(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        if (self.is_wanted)(name) {
            self.series.push((series_labels(name, labels, self.target, None), value));
        }
    }

    fn twins(&mut self, new: &str, old: &str, labels: &[(&str, &str)], value: f64) {
        self.put(new, labels, value);
        self.put(old, labels, value);
    }
}

/// The families whose names are wanted, each under its new and its old name.
pub(in crate::telemetry) fn epp(
    view: &GatewayView,
    config: &TelemetryConfig,
    is_wanted: &dyn Fn(&str) -> bool,
) -> Vec<Exposed> {
    let mut page = Page { target: &config.epp_target_labels, is_wanted, series: Vec::new() };
    let pool = ("inference_pool", config.inference_pool.as_str());
    if let Some(saturation) = view.pool_saturation {
        let (new, old) =
            ("llm_d_epp_flow_control_pool_saturation", "inference_extension_flow_control_pool_saturation");
        if config.splits_stages {
            // A pool without roles is one decode stage; an empty stage has no series.
            let stages: &[&str] = if view.has_candidates { &["decode", "effective"] } else { &["effective"] };
            for stage in stages {
                page.twins(new, old, &[pool, ("stage", stage)], saturation);
            }
        } else {
            page.twins(new, old, &[pool], saturation);
        }
    }
    for (flow, labels) in view.flows.iter().zip(&config.flows) {
        let priority = labels.priority.to_string();
        let model =
            [("model_name", labels.model_name.as_str()), ("target_model_name", labels.model_name.as_str())];
        let class = [("fairness_id", labels.fairness_id.as_str()), ("priority", priority.as_str())];
        let queue = [class[0], class[1], pool, model[0], model[1]];
        let models = [model[0], model[1], class[0], class[1]];
        if let Some(size) = flow.queue_size {
            let names = ("llm_d_epp_flow_control_queue_size", "inference_extension_flow_control_queue_size");
            page.twins(names.0, names.1, &queue, size as f64);
        }
        if let Some(bytes) = flow.queue_bytes {
            let names =
                ("llm_d_epp_flow_control_queue_bytes", "inference_extension_flow_control_queue_bytes");
            page.twins(names.0, names.1, &queue, bytes as f64);
        }
        if let Some(running) = flow.request_running {
            page.put("llm_d_epp_request_running", &models, running as f64);
        }
        if let Some(total) = flow.request_total {
            page.twins("llm_d_epp_request_total", "inference_objective_request_total", &models, total as f64);
        }
        for (code, count) in &flow.request_errors {
            let error = [model[0], model[1], class[0], class[1], ("error_code", *code)];
            let names = ("llm_d_epp_request_error_total", "inference_objective_request_error_total");
            page.twins(names.0, names.1, &error, *count as f64);
        }
    }
    for model in distinct_models(&config.flows) {
        let flows = || view.flows.iter().zip(&config.flows).filter(|(_, labels)| labels.model_name == model);
        if let Some(running) = flows().filter_map(|(flow, _)| flow.request_running).reduce(|a, b| a + b) {
            page.put("inference_objective_running_requests", &[("model_name", model)], running as f64);
        }
    }
    page.series
}

fn distinct_models(flows: &[FlowLabels]) -> Vec<&str> {
    let mut models: Vec<&str> = flows.iter().map(|flow| flow.model_name.as_str()).collect();
    models.sort_unstable();
    models.dedup();
    models
}
