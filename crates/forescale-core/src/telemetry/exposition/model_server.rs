//! A vLLM server's `/metrics`.
//!
//! All label values that vLLM knows exist from the start, at 0. Families of features that are not switched on by default are not
//! there, nor are the `_created` times of the client library.

use super::float::le;
use super::{Series, series_labels};
use crate::telemetry::TelemetryConfig;
use crate::views::{
    AdmissionReason, FinishedReason, HistogramFamily, HistogramUnit, ModelServerInfo, ModelServerMetrics,
};

/// Reads a gauge or counter.
type Value = fn(&ModelServerMetrics<'_>) -> f64;

/// Where a series' value stands in what a model server shows.
#[derive(Clone, Copy, Debug)]
pub(in crate::telemetry) enum Reading {
    /// Never moves.
    Constant(f64),
    /// A gauge or counter.
    Value(Value),
    RequestSuccess(FinishedReason),
    AdmissionRejections(AdmissionReason),
    /// `_bucket`: the values up to the bound of this number; the one after the last is `+Inf`.
    Bucket(HistogramFamily, usize),
    /// `_sum`.
    Sum(HistogramFamily),
    /// `_count`.
    Count(HistogramFamily),
}

impl Reading {
    /// The value; 0 of a histogram that the server does not keep.
    pub(in crate::telemetry) fn of(self, metrics: &ModelServerMetrics<'_>) -> f64 {
        let counters = &metrics.counters;
        let histogram = |family: HistogramFamily| metrics.histograms.get(family as usize).copied().flatten();
        match self {
            Self::Constant(value) => value,
            Self::Value(value) => value(metrics),
            Self::RequestSuccess(reason) => at(&counters.request_success, reason as usize),
            Self::AdmissionRejections(reason) => at(&counters.admission_rejections, reason as usize),
            Self::Bucket(family, bucket) => histogram(family).map_or(0.0, |it| it.at_most(bucket) as f64),
            Self::Sum(family) => histogram(family).map_or(0.0, |it| it.sum as f64 / per_unit(family)),
            Self::Count(family) => histogram(family).map_or(0.0, |it| it.count() as f64),
        }
    }

    /// The histogram that it reads.
    pub(in crate::telemetry) fn family(self) -> Option<HistogramFamily> {
        match self {
            Self::Bucket(family, _) | Self::Sum(family) | Self::Count(family) => Some(family),
            _ => None,
        }
    }
}

fn at(counts: &[u64], index: usize) -> f64 {
    counts.get(index).map_or(0.0, |count| *count as f64)
}

/// What a histogram counts per unit that it shows.
const fn per_unit(family: HistogramFamily) -> f64 {
    match family.unit() {
        HistogramUnit::Seconds => 1e12,
        HistogramUnit::One => 1.0,
    }
}

/// Collects series.
struct Page<'a> {
    target: &'a [(String, String)],
    pod: &'a str,
    model_name: &'a str,
    is_wanted: &'a dyn Fn(&str) -> bool,
    series: Vec<Series<Reading>>,
}

impl Page<'_> {
    fn put(&mut self, name: &str, labels: &[(&str, &str)], reading: Reading) {
        if (self.is_wanted)(name) {
            let labels = series_labels(name, labels, self.target, Some(self.pod));
            self.series.push(Series { labels, reading });
        }
    }

    /// With the labels that nearly all families have.
    fn put_own(&mut self, name: &str, more: Option<(&str, &str)>, reading: Reading) {
        let labels = [("model_name", self.model_name), ("engine", ENGINE)];
        match more {
            Some(more) => self.put(name, &[labels[0], labels[1], more], reading),
            None => self.put(name, &labels, reading),
        }
    }

    fn value(&mut self, name: &str, value: Value) {
        self.put_own(name, None, Reading::Value(value));
    }

    fn values(&mut self, name: &str, label: &str, values: &[(&str, Value)]) {
        for (label_value, value) in values {
            self.put_own(name, Some((label, label_value)), Reading::Value(*value));
        }
    }

    fn histogram(&mut self, family: HistogramFamily, info: &ModelServerInfo) {
        let name = family.name();
        let bucket = format!("{name}_bucket");
        if (self.is_wanted)(&bucket) {
            let bounds = family.bounds(info.max_model_len);
            for (index, bound) in bounds.iter().enumerate() {
                let le = le(*bound as f64 / per_unit(family));
                self.put_own(&bucket, Some(("le", &le)), Reading::Bucket(family, index));
            }
            self.put_own(&bucket, Some(("le", "+Inf")), Reading::Bucket(family, bounds.len()));
        }
        self.put_own(&format!("{name}_count"), None, Reading::Count(family));
        self.put_own(&format!("{name}_sum"), None, Reading::Sum(family));
    }
}

/// One engine per server.
const ENGINE: &str = "0";

/// All series of the families whose names are wanted. They exist from the moment at which the server listens, and never change.
pub(in crate::telemetry) fn model_server(
    info: &ModelServerInfo,
    pod: &str,
    config: &TelemetryConfig,
    is_wanted: &dyn Fn(&str) -> bool,
) -> Vec<Series<Reading>> {
    let (target, model_name) = (&config.model_server_target_labels, config.model_name.as_str());
    let mut page = Page { target, pod, model_name, is_wanted, series: Vec::new() };
    gauges(&mut page, info);
    counters(&mut page);
    HistogramFamily::ALL.into_iter().for_each(|family| page.histogram(family, info));
    page.series
}

fn gauges(page: &mut Page<'_>, info: &ModelServerInfo) {
    page.value("vllm:num_requests_running", |metrics| metrics.gauges.num_requests_running.into());
    page.value("vllm:num_requests_waiting", |metrics| metrics.gauges.num_requests_waiting.into());
    page.values(
        "vllm:num_requests_waiting_by_reason",
        "reason",
        &[
            ("capacity", |metrics| {
                metrics.gauges.num_requests_waiting.saturating_sub(metrics.num_requests_deferred).into()
            }),
            ("deferred", |metrics| metrics.num_requests_deferred.into()),
        ],
    );
    page.value("vllm:kv_cache_usage_perc", |metrics| metrics.gauges.kv_cache_usage_perc);
    for (state, value) in [("awake", 1.0), ("weights_offloaded", 0.0), ("discard_all", 0.0)] {
        let label = Some(("sleep_state", state));
        page.put_own("vllm:engine_sleep_state", label, Reading::Constant(value));
    }
    if let Some(cache) = &info.cache_config {
        let (block_size, num_gpu_blocks) = (cache.block_size.to_string(), cache.num_gpu_blocks.to_string());
        let labels = [
            ("block_size", block_size.as_str()),
            ("num_gpu_blocks", num_gpu_blocks.as_str()),
            ("enable_prefix_caching", if cache.enable_prefix_caching { "True" } else { "False" }),
            ("engine", ENGINE),
        ];
        page.put("vllm:cache_config_info", &labels, Reading::Constant(1.0));
    }
}

fn counters(page: &mut Page<'_>) {
    page.value("vllm:num_preemptions_total", |metrics| metrics.counters.num_preemptions as f64);
    page.value("vllm:prefix_cache_queries_total", |metrics| metrics.counters.prefix_cache_queries as f64);
    page.value("vllm:prefix_cache_hits_total", |metrics| metrics.counters.prefix_cache_hits as f64);
    // No KV connector, no images.
    for name in [
        "vllm:external_prefix_cache_queries_total",
        "vllm:external_prefix_cache_hits_total",
        "vllm:mm_cache_queries_total",
        "vllm:mm_cache_hits_total",
    ] {
        page.put_own(name, None, Reading::Constant(0.0));
    }
    page.value("vllm:prompt_tokens_total", |metrics| metrics.counters.prompt_tokens as f64);
    page.values(
        "vllm:prompt_tokens_by_source_total",
        "source",
        &[
            ("local_compute", |metrics| {
                let counters = &metrics.counters;
                counters.prompt_tokens.saturating_sub(counters.prompt_tokens_cached) as f64
            }),
            ("local_cache_hit", |metrics| metrics.counters.prompt_tokens_cached as f64),
            ("external_kv_transfer", |_| 0.0),
        ],
    );
    page.value("vllm:prompt_tokens_cached_total", |metrics| metrics.counters.prompt_tokens_cached as f64);
    // Counted at admission, as the hits are.
    page.values(
        "vllm:prompt_tokens_cached_by_source_total",
        "source",
        &[
            ("device", |metrics| metrics.counters.prefix_cache_hits as f64),
            ("host", |_| 0.0),
            ("p2p", |_| 0.0),
            ("disk", |_| 0.0),
            ("external_unspecified", |_| 0.0),
        ],
    );
    page.value("vllm:generation_tokens_total", |metrics| metrics.counters.generation_tokens as f64);
    for reason in FinishedReason::ALL {
        let label = Some(("finished_reason", reason.name()));
        page.put_own("vllm:request_success_total", label, Reading::RequestSuccess(reason));
    }
    for reason in AdmissionReason::ALL {
        // The API server's own counter: it knows no engine.
        let labels = [("model_name", page.model_name), ("reason", reason.name())];
        page.put("vllm:admission_rejections_total", &labels, Reading::AdmissionRejections(reason));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::{CacheConfigInfo, HistogramView, ModelServerCounters, ModelServerView};

    const MAX_MODEL_LEN: u32 = 4096;

    /// A server that has served a little; nearly each number is another one.
    fn page() -> String {
        let mut histograms = [None; HistogramFamily::ALL.len()];
        let counts: Vec<Vec<u64>> = HistogramFamily::ALL
            .iter()
            .map(|family| {
                let mut counts = vec![0; family.bounds(MAX_MODEL_LEN).len() + 1];
                (counts[1], counts[3]) = (2 + *family as u64, 1);
                counts
            })
            .collect();
        for ((family, view), counts) in HistogramFamily::ALL.iter().zip(&mut histograms).zip(&counts) {
            let sum = 1_250 * per_unit(*family) as u128 / 1_000;
            *view = Some(HistogramView { bounds: family.bounds(MAX_MODEL_LEN), counts, sum });
        }
        let metrics = ModelServerMetrics {
            gauges: ModelServerView {
                num_requests_running: 11,
                num_requests_waiting: 7,
                kv_cache_usage_perc: 0.25,
            },
            num_requests_deferred: 3,
            counters: ModelServerCounters {
                num_preemptions: 2,
                prefix_cache_queries: 900,
                prefix_cache_hits: 448,
                prompt_tokens: 800,
                prompt_tokens_cached: 384,
                generation_tokens: 5000,
                request_success: [21, 22, 0, 0, 0],
                admission_rejections: [31, 32],
            },
            histograms,
        };
        let cache = CacheConfigInfo { block_size: 16, num_gpu_blocks: 28_622, enable_prefix_caching: true };
        let info = ModelServerInfo { max_model_len: MAX_MODEL_LEN, cache_config: Some(cache) };
        let config = TelemetryConfig {
            model_name: "llama".to_owned(),
            model_server_target_labels: vec![("namespace".to_owned(), "llm".to_owned())],
            ..TelemetryConfig::default()
        };
        let series = model_server(&info, "pod-3", &config, &|_| true);
        series.iter().map(|series| format!("{} {}\n", series.labels, series.reading.of(&metrics))).collect()
    }

    #[test]
    fn a_whole_page() {
        let page = page();
        assert!(page == include_str!("model_server.txt"), "model_server.txt differs from\n{page}");
    }

    #[test]
    fn a_label_of_the_target_wins() {
        let info = ModelServerInfo { max_model_len: MAX_MODEL_LEN, cache_config: None };
        let config = TelemetryConfig {
            model_server_target_labels: vec![("engine".to_owned(), "of the target".to_owned())],
            ..TelemetryConfig::default()
        };
        let series = model_server(&info, "pod-3", &config, &|name| name == "vllm:num_requests_running");
        let labels: Vec<String> = series.iter().map(|series| series.labels.to_string()).collect();
        let expected =
            r#"vllm:num_requests_running{engine="of the target", exported_engine="0", pod="pod-3"}"#;
        assert_eq!(labels, [expected]);
    }
}
