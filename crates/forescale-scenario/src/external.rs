//! From adapter rules to the external metrics that an HPA asks for.

use crate::manifests::{Adapter, Rule};
use forescale_core::autoscaler::hpa::api::LabelSelector;
use forescale_core::external_metric_key;
use forescale_core::telemetry::ExternalMetric;
use forescale_promql::{parse, parse_selector};
use regex::Regex;

/// A metric that an autoscaler asks for.
pub(crate) struct Wanted<'a> {
    pub(crate) name: &'a str,
    pub(crate) selector: Option<&'a LabelSelector>,
    pub(crate) namespace: &'a str,
}

/// The metric behind a name; `None` where no rule serves it. An error is a sentence about the rule.
pub(crate) fn external_metric(
    adapter: &Adapter,
    wanted: &Wanted<'_>,
) -> Result<Option<ExternalMetric>, String> {
    for (index, rule) in adapter.external.iter().enumerate() {
        let place = |what: String| format!("external rule {}: {what}", index + 1);
        let (series, name) = names(rule).map_err(place)?;
        if name != wanted.name {
            continue;
        }
        let text = query_text(rule, &series, wanted).map_err(place)?;
        let query = parse(&text).map_err(|error| place(format!("metricsQuery `{text}`: {error}")))?;
        let series =
            parse_selector(&rule.series_query).map_err(|error| place(format!("seriesQuery: {error}")))?;
        let name = external_metric_key(wanted.name, wanted.selector);
        return Ok(Some(ExternalMetric { name, series, query }));
    }
    Ok(None)
}

/// A rule's series name and the metric name that it serves.
pub(crate) fn names(rule: &Rule) -> Result<(String, String), String> {
    let selector = parse_selector(&rule.series_query)
        .map_err(|error| format!("seriesQuery `{}`: {error}", rule.series_query))?;
    let Some(series) = selector.metric_name().map(str::to_owned) else {
        return Err(format!(
            "seriesQuery `{}`: a pattern instead of a metric name is not simulated yet",
            rule.series_query
        ));
    };
    if !rule.series_filters.is_empty() {
        return Err("seriesFilters are not simulated yet".to_owned());
    }
    let matches = if rule.name.matches.is_empty() { ".*" } else { rule.name.matches.as_str() };
    let pattern = Regex::new(matches).map_err(|error| format!("name.matches `{matches}`: {error}"))?;
    let alias = match (rule.name.alias.as_str(), pattern.captures_len()) {
        ("", 2) => "$1",
        ("", _) => "$0",
        (alias, _) => alias,
    };
    let name = match pattern.captures(&series) {
        Some(captures) => {
            let mut name = String::new();
            captures.expand(alias, &mut name);
            name
        }
        None => return Err(format!("name.matches `{matches}` does not match `{series}`")),
    };
    Ok((series, name))
}

/// Fills the query template.
fn query_text(rule: &Rule, series: &str, wanted: &Wanted<'_>) -> Result<String, String> {
    let template = match rule.metrics_query.as_str() {
        "" => "sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)",
        query => query,
    };
    let mut matchers = Vec::new();
    if let Some(selector) = wanted.selector {
        if !selector.match_expressions.is_empty() {
            return Err("matchExpressions in a metric's selector are not simulated yet".to_owned());
        }
        matchers.extend(selector.match_labels.iter().map(|(name, value)| format!("{name}={value:?}")));
    }
    if rule.resources.namespaced.unwrap_or(true) {
        matchers.push(format!("namespace={:?}", wanted.namespace));
    }
    let text = template
        .replace("<<.Series>>", series)
        .replace("<<.LabelMatchers>>", &matchers.join(","))
        .replace("<<.GroupBy>>", "");
    match text.find("<<") {
        Some(at) => Err(format!("template `{}` in metricsQuery is not simulated yet", &text[at..])),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifests::typed_for_tests;

    fn metric(rule: &str, name: &str) -> Result<Option<ExternalMetric>, String> {
        let adapter = Adapter { external: vec![typed_for_tests(rule)], others: 0 };
        external_metric(&adapter, &Wanted { name, selector: None, namespace: "llm" })
    }

    #[test]
    fn hard_coded_and_templated_queries() {
        let fixed = r#"{ seriesQuery: 'q{a!=""}', name: { as: depth }, metricsQuery: 'sum(q{pool="p"})' }"#;
        let metric_of =
            |rule: &str, name: &str| metric(rule, name).unwrap().map(|metric| metric.query.to_string());
        assert_eq!(metric_of(fixed, "depth").as_deref(), Some(r#"sum(q{pool="p"})"#));
        assert_eq!(metric_of(fixed, "q"), None);
        let template = "{ seriesQuery: 'ns_q', name: { matches: '^ns_(.*)$' } }";
        assert_eq!(metric_of(template, "q").as_deref(), Some(r#"sum(ns_q{namespace="llm"})"#));
    }

    #[test]
    fn what_is_not_simulated_is_named() {
        let error = metric("{ seriesQuery: 'q', metricsQuery: 'max(q)' }", "q").unwrap_err();
        assert!(error.contains("external rule 1") && error.contains("`max`"), "{error}");
        let error = metric(r#"{ seriesQuery: '{__name__=~"q.*"}' }"#, "q").unwrap_err();
        assert!(error.contains("pattern"), "{error}");
    }
}
