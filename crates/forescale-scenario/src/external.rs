//! From adapter rules to the metrics that an HPA asks for.

use crate::codes;
use crate::context::{Context, Told};
use crate::manifests::{Adapter, Rule};
use forescale_core::autoscaler::hpa::api::LabelSelector;
use forescale_core::external_metric_key;
use forescale_core::telemetry::{ExternalMetric, PodsMetric};
use forescale_document::{Code, Diagnostic, Span, nearest};
use forescale_promql::{Expr, Grouping, MatchOp, Matcher, ParseError, Selector, parse, parse_selector};
use regex::Regex;

/// A metric that an autoscaler asks for.
pub(crate) struct Wanted<'a> {
    pub(crate) name: &'a str,
    pub(crate) selector: Option<&'a LabelSelector>,
    pub(crate) namespace: &'a str,
    /// Where it is asked for.
    pub(crate) place: Span,
}

/// The metric behind a name; `None` where no rule serves it.
pub(crate) fn external_metric(
    context: &mut Context,
    adapter: &Adapter,
    wanted: &Wanted<'_>,
) -> Told<Option<ExternalMetric>> {
    for rule in &adapter.external {
        let (series, name) = names(context, rule)?;
        if name != wanted.name {
            continue;
        }
        let namespaced = rule.resources.namespaced.unwrap_or(true);
        let fill = Fill { series: &series, namespace: namespaced.then_some("namespace"), group_by: "" };
        let query = query(context, rule, &fill, wanted)?;
        let series = match parse_selector(&rule.series_query) {
            Ok(series) => series,
            Err(error) => return context.fail(wrong_series(context, rule, &error)),
        };
        let name = external_metric_key(wanted.name, wanted.selector);
        return Ok(Some(ExternalMetric { name, series, query }));
    }
    Ok(None)
}

/// The metric of pods behind a name; `None` where no rule serves it.
pub(crate) fn pods_metric(
    context: &mut Context,
    adapter: &Adapter,
    wanted: &Wanted<'_>,
) -> Told<Option<PodsMetric>> {
    for rule in &adapter.custom {
        let (series, name) = names(context, rule)?;
        if name != wanted.name {
            continue;
        }
        let labels =
            (rule.resources.label_of("pod", "pods"), rule.resources.label_of("namespace", "namespaces"));
        let (Some(pod), Some(namespace)) = labels else {
            let message = format!(
                "the rule of the metric `{name}` does not say which labels hold the pod and its namespace, so the adapter serves it for no pod"
            );
            let diagnostic = context.error(codes::ADAPTER_RULE, rule.series_query.span(), message);
            return context.fail(diagnostic.help(
                "write `resources: { overrides: { namespace: { resource: namespace }, pod: { resource: pod } } }`",
            ));
        };
        if let Some(template) = rule.resources.template.as_ref().filter(|_| pod.contains("<<")) {
            let message = format!("the template `{}` of labels is not simulated yet", template.as_str());
            return context.fail(context.error(codes::NOT_SIMULATED, template.span(), message));
        }
        let fill = Fill { series: &series, namespace: Some(&namespace), group_by: &pod };
        let query = query(context, rule, &fill, wanted)?;
        // The adapter asks for pods by name; it comes to the same if each sample is of one pod's series alone.
        let is_per_pod = match &query {
            Expr::Aggregate { grouping: Grouping::By(labels), .. } => *labels == [pod.as_str()],
            _ => false,
        };
        if !is_per_pod || !query.keeps(&pod) {
            let message = "a metricsQuery of a custom metric that is not one aggregation `by (<<.GroupBy>>)`, of pods one by one, is not simulated yet";
            let span = rule.metrics_query.span().or(rule.series_query.span());
            return context.fail(context.error(codes::NOT_SIMULATED, span, message));
        }
        let series = match parse_selector(&rule.series_query) {
            Ok(series) => series,
            Err(error) => return context.fail(wrong_series(context, rule, &error)),
        };
        // A series without these labels belongs to no pod, so it does not make the adapter serve the metric.
        let is_there =
            |label: &str| Matcher { name: label.to_owned(), op: MatchOp::NotEqual, value: String::new() };
        let matchers = series.matchers().iter().cloned().chain([is_there(&namespace), is_there(&pod)]);
        let name = external_metric_key(wanted.name, wanted.selector);
        return Ok(Some(PodsMetric {
            name,
            series: Selector::new(matchers.collect()),
            query,
            pod_label: pod,
        }));
    }
    Ok(None)
}

/// The names of all metrics that rules serve.
pub(crate) fn served_names(context: &mut Context, rules: &[Rule]) -> Told<Vec<String>> {
    rules.iter().map(|rule| names(context, rule).map(|(_, name)| name)).collect()
}

fn wrong_series(context: &Context, rule: &Rule, error: &ParseError) -> Diagnostic {
    wrong_query(context, "seriesQuery", rule.series_query.span(), error)
}

fn wrong_query(context: &Context, key: &str, span: Option<Span>, error: &ParseError) -> Diagnostic {
    let code = match error {
        ParseError::Syntax(_) => codes::ADAPTER_RULE,
        ParseError::NotYet(_) => codes::NOT_SIMULATED,
    };
    context.error(code, span, format!("`{key}`: {error}"))
}

/// A rule's series name and the metric name that it serves.
pub(crate) fn names(context: &mut Context, rule: &Rule) -> Told<(String, String)> {
    let selector = match parse_selector(&rule.series_query) {
        Ok(selector) => selector,
        Err(error) => return context.fail(wrong_series(context, rule, &error)),
    };
    let Some(series) = selector.metric_name().map(str::to_owned) else {
        let message = "a pattern instead of a metric name in seriesQuery is not simulated yet";
        return context.fail(context.error(codes::NOT_SIMULATED, rule.series_query.span(), message));
    };
    if !rule.series_filters.is_empty() {
        let message = "seriesFilters are not simulated yet";
        return context.fail(context.error(codes::NOT_SIMULATED, rule.series_filters.key_span(), message));
    }
    let given = &rule.name;
    let matches = if given.matches.is_empty() { ".*" } else { given.matches.as_str() };
    let Ok(pattern) = Regex::new(matches) else {
        let message = format!("name.matches: `{matches}` is no regular expression");
        return context.fail(context.error(Code::WRONG_VALUE, given.key_span(), message));
    };
    let alias = match (given.alias.as_str(), pattern.captures_len()) {
        ("", 2) => "$1",
        ("", _) => "$0",
        (alias, _) => alias,
    };
    match pattern.captures(&series) {
        Some(captures) => {
            let mut name = String::new();
            captures.expand(alias, &mut name);
            Ok((series, name))
        }
        None => {
            let message = format!("name.matches: `{matches}` does not match `{series}`");
            context.fail(context.error(codes::ADAPTER_RULE, given.key_span(), message))
        }
    }
}

/// What the adapter fills into a query template.
struct Fill<'a> {
    series: &'a str,
    /// The label of the namespace, where the metric is asked for in one.
    namespace: Option<&'a str>,
    group_by: &'a str,
}

fn query(context: &mut Context, rule: &Rule, fill: &Fill<'_>, wanted: &Wanted<'_>) -> Told<Expr> {
    let text = query_text(context, rule, fill, wanted)?;
    parse(&text).or_else(|error| {
        let span = rule.metrics_query.span().or(rule.series_query.span());
        context.fail(wrong_query(context, "metricsQuery", span, &error))
    })
}

/// Fills the query template.
fn query_text(context: &mut Context, rule: &Rule, fill: &Fill<'_>, wanted: &Wanted<'_>) -> Told<String> {
    let template = match rule.metrics_query.as_str() {
        "" => "sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)",
        query => query,
    };
    let mut matchers = Vec::new();
    if let Some(selector) = wanted.selector {
        if !selector.match_expressions.is_empty() {
            let message =
                format!("matchExpressions in the selector of metric `{}` are not simulated yet", wanted.name);
            return context.fail(context.error(codes::NOT_SIMULATED, Some(wanted.place), message));
        }
        matchers.extend(selector.match_labels.iter().map(|(name, value)| format!("{name}={value:?}")));
    }
    matchers.extend(fill.namespace.map(|label| format!("{label}={:?}", wanted.namespace)));
    let text = template
        .replace("<<.Series>>", fill.series)
        .replace("<<.LabelMatchers>>", &matchers.join(","))
        .replace("<<.GroupBy>>", fill.group_by);
    let left = text.split("<<").nth(1).map(|rest| rest.split(">>").next().unwrap_or(rest).to_owned());
    match left {
        None => Ok(text),
        Some(left) => {
            let left = left.trim().to_owned();
            let place = rule.metrics_query.span();
            let is_known = PLACEHOLDERS.iter().any(|name| left.starts_with(name));
            let diagnostic = if is_known {
                let message = format!("the template `<<{left}>>` in metricsQuery is not simulated yet");
                context.error(codes::NOT_SIMULATED, place, message)
            } else {
                let message = format!("metricsQuery: prometheus-adapter knows no template `<<{left}>>`");
                let diagnostic = context.error(codes::ADAPTER_RULE, place, message);
                match nearest(&left, PLACEHOLDERS) {
                    Some(near) => diagnostic.label(format!("did you mean `<<{near}>>`?")),
                    None => diagnostic.help(format!("there are `<<{}>>`", PLACEHOLDERS.join(">>`, `<<"))),
                }
            };
            context.fail(diagnostic)
        }
    }
}

/// What prometheus-adapter fills in.
const PLACEHOLDERS: [&str; 5] =
    [".Series", ".LabelMatchers", ".GroupBy", ".GroupBySlice", ".LabelValuesByName"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifests::typed_for_tests;

    fn metric(rule: &str, name: &str) -> Result<Option<ExternalMetric>, String> {
        let mut context = Context::default();
        let source = context.report.sources.add("rules.yaml", rule);
        let place = Span::start_of(source);
        let adapter = Adapter { external: vec![typed_for_tests(rule)], custom: Vec::new(), place };
        let wanted = Wanted { name, selector: None, namespace: "llm", place };
        external_metric(&mut context, &adapter, &wanted).map_err(|_| context.report.render(false, 120))
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
    fn metrics_of_pods_are_grouped_by_the_pods_label() {
        let pods = |rule: &str| {
            let mut context = Context::default();
            let place = Span::start_of(context.report.sources.add("rules.yaml", rule));
            let adapter = Adapter { external: Vec::new(), custom: vec![typed_for_tests(rule)], place };
            let wanted = Wanted { name: "q", selector: None, namespace: "llm", place };
            pods_metric(&mut context, &adapter, &wanted).map_err(|_| context.report.render(false, 120))
        };
        let overrides =
            "resources: { overrides: { kubernetes_pod: { resource: pod }, ns: { resource: namespaces } } }";
        let found = pods(&format!("{{ seriesQuery: 'q', {overrides} }}")).unwrap().unwrap();
        assert_eq!(found.query.to_string(), r#"sum by (kubernetes_pod) (q{ns="llm"})"#);
        assert_eq!(found.series.to_string(), r#"q{ns!="",kubernetes_pod!=""}"#);
        assert_eq!(found.pod_label, "kubernetes_pod");
        let template = "{ seriesQuery: 'q', resources: { template: '<<.Resource>>' }, metricsQuery: 'max(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)' }";
        let found = pods(template).unwrap().unwrap();
        assert_eq!(found.query.to_string(), r#"max by (pod) (q{namespace="llm"})"#);
        let error = pods("{ seriesQuery: 'q' }").unwrap_err();
        assert!(error.contains("which labels hold the pod"), "{error}");
        for query in ["sum(q)", "sum(q) by (pod, gpu)", "q", "sum(sum(q)) by (<<.GroupBy>>)"] {
            let rule = format!(
                "{{ seriesQuery: 'q', resources: {{ template: '<<.Resource>>' }}, metricsQuery: '{query}' }}"
            );
            let error = pods(&rule).unwrap_err();
            assert!(error.contains("`by (<<.GroupBy>>)`"), "{error}");
        }
    }

    #[test]
    fn what_is_not_simulated_is_named() {
        let error = metric("{ seriesQuery: 'q', metricsQuery: 'stddev(q)' }", "q").unwrap_err();
        assert!(error.contains("metricsQuery") && error.contains("`stddev`"), "{error}");
        let error = metric(r#"{ seriesQuery: '{__name__=~"q.*"}' }"#, "q").unwrap_err();
        assert!(error.contains("pattern"), "{error}");
    }
}
