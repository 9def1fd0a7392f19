//! Selectors that no target can ever match.

use super::config::TelemetryConfig;
use super::exposition;
use crate::views::{HistogramFamilies, ModelServerInfo};
use forescale_promql::{Labels, METRIC_NAME, Matcher, Sample, Selector, Store, evaluate};

/// A selector that will never select anything, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// No target exposes such a metric, and no recording rule makes one.
    #[error("no simulated target exposes a metric `{metric}` and no recording rule makes one; nearest of the {} known: {}", known.len(), nearest(metric, known))]
    UnknownMetric {
        /// The metric's name.
        metric: String,
        /// All names that are exposed or recorded, sorted.
        known: Vec<String>,
    },
    /// The metric never has a label that meets this matcher.
    #[error("`{metric}` never has a label that matches `{matcher}`; {found}")]
    NeverMatches {
        /// The metric's name.
        metric: String,
        /// The matcher, as in PromQL.
        matcher: String,
        /// What the label is instead.
        found: String,
    },
}

/// Stands for the name of any pod.
const ANY_POD: &str = "pod-\u{2026}";

/// Series of which each has a value.
struct Possible(Vec<Labels>);

impl Store for Possible {
    fn select(&self, selector: &Selector, _: i64) -> Vec<Sample> {
        let can_match = |labels: &&Labels| selector.matchers().iter().all(|it| can_match(it, labels));
        let selected = self.0.iter().filter(can_match);
        selected.map(|labels| Sample { labels: labels.clone(), value: 0.0 }).collect()
    }
}

/// All series that could ever be exposed or recorded, with the pod's name left open.
fn possible_series(config: &TelemetryConfig, info: &ModelServerInfo) -> Vec<Labels> {
    let mut all = Vec::new();
    if config.has_epp {
        all.extend(exposition::epp(config, &|_| true).into_iter().map(|series| series.labels));
    }
    let of_servers = exposition::model_server(info, ANY_POD, config, &|_| true);
    all.extend(of_servers.into_iter().map(|series| series.labels));
    all.extend(exposition::dcgm_exporter(&config.dcgm_exporter, ANY_POD, &|_| true));
    let mut possible = Possible(all);
    for rule in config.rule_groups.iter().flat_map(|group| &group.rules) {
        // A rule that fails records nothing.
        let samples = evaluate(&rule.expr, &possible, 0).unwrap_or_default();
        possible.0.extend(samples.iter().map(|sample| rule.recorded(&sample.labels)));
    }
    possible.0
}

/// Whether a matcher can hold for a series, with the pod's name left open.
fn can_match(matcher: &Matcher, labels: &Labels) -> bool {
    let value = labels.get(&matcher.name);
    value.contains(ANY_POD) || matcher.matches(value)
}

/// The histograms of the model servers that some query may read.
pub(super) fn wanted_histograms(config: &TelemetryConfig, info: &ModelServerInfo) -> HistogramFamilies {
    let mut wanted = HistogramFamilies::default();
    for series in exposition::model_server(info, ANY_POD, config, &|name| config.selects_name(name)) {
        let Some(family) = series.reading.family() else { continue };
        let can_select = |selector: &Selector| {
            selector.matchers().iter().all(|matcher| can_match(matcher, &series.labels))
        };
        if config.selectors().any(can_select) {
            wanted.insert(family);
        }
    }
    wanted
}

/// The few of the known names that a wrong one most likely means.
fn nearest(name: &str, known: &[String]) -> String {
    let distance = |other: &String| strsim::damerau_levenshtein(name, other);
    let mut near: Vec<(usize, &str)> = known.iter().map(|other| (distance(other), other.as_str())).collect();
    near.sort_unstable();
    let best = near.first().map_or(0, |(distance, _)| *distance);
    let near = near.into_iter().take(4).filter(|(distance, _)| *distance <= 2 * best);
    near.map(|(_, other)| other).collect::<Vec<_>>().join(", ")
}

/// Finds why a selector can never select anything; `None` if it can.
pub fn check_selector(
    selector: &Selector,
    config: &TelemetryConfig,
    info: &ModelServerInfo,
) -> Option<SelectorError> {
    let series = possible_series(config, info);
    let named: Vec<&Labels> =
        series.iter().filter(|labels| selector.matches_name(labels.metric_name())).collect();
    let metric = selector.metric_name().map_or_else(|| selector.to_string(), str::to_owned);
    if named.is_empty() {
        let mut known: Vec<String> = series.iter().map(|labels| labels.metric_name().to_owned()).collect();
        known.sort_unstable();
        known.dedup();
        return Some(SelectorError::UnknownMetric { metric, known });
    }
    let never = |matcher: &&Matcher| !named.iter().any(|labels| can_match(matcher, labels));
    let matcher = selector.matchers().iter().find(never)?;
    let mut values: Vec<&str> = named.iter().map(|labels| labels.get(&matcher.name)).collect();
    // Bounds by their size.
    let number = |value: &str| value.parse().unwrap_or(f64::NEG_INFINITY);
    values.sort_by(|a, b| number(a).total_cmp(&number(b)).then_with(|| a.cmp(b)));
    values.dedup();
    let found = match values.as_slice() {
        [""] => {
            let names: Vec<&str> =
                named.iter().flat_map(|labels| labels.iter().map(|(name, _)| name)).collect();
            let mut names: Vec<&str> = names.into_iter().filter(|name| *name != METRIC_NAME).collect();
            names.sort_unstable();
            names.dedup();
            format!("its labels are {}", names.join(", "))
        }
        values => format!("`{}` is {}", matcher.name, values.join(" or ")),
    };
    Some(SelectorError::NeverMatches { metric, matcher: matcher.to_string(), found })
}

#[cfg(test)]
mod tests {
    use super::super::config::ExternalMetric;
    use super::*;
    use crate::views::HistogramFamily;
    use forescale_kernel::SimDuration;
    use forescale_promql::Expr;

    const INFO: ModelServerInfo = ModelServerInfo { max_model_len: 4096, cache_config: None };

    fn selector(name: &str, labels: &[(&str, &str)]) -> Selector {
        let named = std::iter::once((METRIC_NAME, name)).chain(labels.iter().copied());
        Selector::new(named.map(|(name, value)| Matcher::equal(name, value)).collect())
    }

    fn complaint(name: &str, labels: &[(&str, &str)]) -> Option<String> {
        check_selector(&selector(name, labels), &TelemetryConfig::default(), &INFO).map(|it| it.to_string())
    }

    #[test]
    fn histograms_are_known_by_their_series() {
        let family = "vllm:time_to_first_token_seconds";
        for (suffix, labels) in [("_bucket", [("le", "0.25")].as_slice()), ("_sum", &[]), ("_count", &[])] {
            assert_eq!(complaint(&format!("{family}{suffix}"), labels), None);
        }
        let bare = complaint(family, &[]).unwrap();
        assert!(bare.contains(&format!("known: {family}_sum, {family}_count, {family}_bucket")), "{bare}");
        let between = complaint("vllm:request_prompt_tokens_bucket", &[("le", "10000.0")]).unwrap();
        assert!(between.contains("; `le` is 1.0 or 2.0 or 5.0 or 10.0 or 20.0"), "{between}");
        assert!(between.ends_with(" or 1000.0 or 2000.0 or +Inf"), "{between}");
    }

    #[test]
    fn an_old_name_leads_to_the_new_one() {
        let old = complaint("vllm:gpu_cache_usage_perc", &[]).unwrap();
        assert!(old.ends_with("known: vllm:kv_cache_usage_perc"), "{old}");
    }

    #[test]
    fn only_histograms_that_a_query_can_read_are_wanted() {
        let wanted = |queries: &[Selector]| {
            let external = |query: &Selector| ExternalMetric {
                name: String::new(),
                series: selector("vllm:num_requests_waiting", &[]),
                query: Expr::sum(query.clone()),
            };
            let external = queries.iter().map(external).collect();
            let look_back = SimDuration::from_secs(60);
            let config = TelemetryConfig { external, look_back, ..TelemetryConfig::default() };
            let wanted = wanted_histograms(&config, &INFO);
            HistogramFamily::ALL.into_iter().filter(|family| wanted.contains(*family)).collect::<Vec<_>>()
        };
        let ttft = "vllm:time_to_first_token_seconds";
        assert_eq!(wanted(&[]), []);
        assert_eq!(wanted(&[selector("vllm:generation_tokens_total", &[]), selector(ttft, &[])]), []);
        let bucket = format!("{ttft}_bucket");
        assert_eq!(wanted(&[selector(&bucket, &[("le", "3")])]), []);
        assert_eq!(
            wanted(&[
                selector(&bucket, &[("le", "2.5"), ("pod", "some pod")]),
                selector("vllm:request_params_n_sum", &[]),
            ]),
            [HistogramFamily::TimeToFirstToken, HistogramFamily::RequestParamsN]
        );
        let all = Selector::new(vec![Matcher::equal("model_name", "")]);
        assert_eq!(wanted(&[all]).len(), HistogramFamily::ALL.len());
    }
}
