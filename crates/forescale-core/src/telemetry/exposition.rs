//! What each target exposes: metric families with their real names and labels.

use super::config::TelemetryConfig;
use crate::views::{FlowLabels, GatewayView, ModelServerView};
use forescale_promql::{Labels, METRIC_NAME};

/// The label that the scrape of a model server sets to the pod's name.
pub(super) const POD: &str = "pod";

/// One series' labels and value.
pub(super) type Exposed = (Labels, f64);

/// Collects series; target labels win over none, and a label that the exporter already has is kept as `exported_…`, since
/// `honorLabels` is false.
struct Page<'a> {
    target: Vec<(&'a str, &'a str)>,
    series: Vec<Exposed>,
}

impl<'a> Page<'a> {
    fn put(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        let clashes = |label: &str| self.target.iter().any(|(target, _)| *target == label);
        let own = labels.iter().map(|(label, value)| match clashes(label) {
            true => (format!("exported_{label}"), (*value).to_owned()),
            false => ((*label).to_owned(), (*value).to_owned()),
        });
        let target = self.target.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned()));
        let name = std::iter::once((METRIC_NAME.to_owned(), name.to_owned()));
        self.series.push((Labels::new(name.chain(own).chain(target)), value));
    }

    fn twins(&mut self, new: &str, old: &str, labels: &[(&str, &str)], value: f64) {
        self.put(new, labels, value);
        self.put(old, labels, value);
    }
}

fn pairs(labels: &[(String, String)]) -> Vec<(&str, &str)> {
    labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// The EPP's `/metrics`, each family under its new and its old name.
pub(super) fn epp(view: &GatewayView, config: &TelemetryConfig) -> Vec<Exposed> {
    let mut page = Page { target: pairs(&config.epp_target_labels), series: Vec::new() };
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

/// A model server's `/metrics`.
pub(super) fn model_server(view: &ModelServerView, pod: &str, config: &TelemetryConfig) -> Vec<Exposed> {
    let mut target = pairs(&config.model_server_target_labels);
    target.push((POD, pod));
    let mut page = Page { target, series: Vec::new() };
    let labels = [("model_name", config.model_name.as_str()), ("engine", "0")];
    page.put("vllm:num_requests_running", &labels, view.num_requests_running.into());
    page.put("vllm:num_requests_waiting", &labels, view.num_requests_waiting.into());
    page.put("vllm:kv_cache_usage_perc", &labels, view.kv_cache_usage_perc);
    page.put("vllm:num_preemptions_total", &labels, view.num_preemptions as f64);
    page.put("vllm:prompt_tokens_total", &labels, view.prompt_tokens as f64);
    page.put("vllm:generation_tokens_total", &labels, view.generation_tokens as f64);
    let by_length = [labels[0], labels[1], ("finished_reason", "length")];
    page.put("vllm:request_success_total", &by_length, view.request_success as f64);
    page.series
}

fn distinct_models(flows: &[FlowLabels]) -> Vec<&str> {
    let mut models: Vec<&str> = flows.iter().map(|flow| flow.model_name.as_str()).collect();
    models.sort_unstable();
    models.dedup();
    models
}
