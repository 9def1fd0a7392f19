//! Recording rules: those of the PrometheusRules that some metric is made of.

use super::SHORTEST;
use super::dcgm_exporter::check_metric;
use crate::codes;
use crate::context::{Context, Told};
use crate::manifests::Manifests;
use forescale_core::telemetry::{ExternalMetric, PodsMetric, RecordingRule, RuleGroup};
use forescale_document::Span;
use forescale_kernel::SimDuration;
use forescale_promql::{ParseError, Selector, parse};

/// The rules behind the metrics, in their groups; what no metric is made of is not read, nor are alerts.
pub(super) fn resolve(
    context: &mut Context,
    manifests: &Manifests,
    default_interval: SimDuration,
    external: &[ExternalMetric],
    pods: &[PodsMetric],
) -> Told<Vec<RuleGroup>> {
    let external = external.iter().map(|metric| (&metric.series, &metric.query));
    let asked = external.chain(pods.iter().map(|metric| (&metric.series, &metric.query)));
    let mut read: Vec<Selector> =
        asked.flat_map(|(series, query)| std::iter::once(series).chain(query.selectors()).cloned()).collect();
    let rules = || {
        let groups = manifests.rules.iter().flat_map(|found| &found.object.spec.groups);
        groups.flat_map(|group| &group.rules)
    };
    // Which rules are needed: those that a metric reads, and what these read.
    let mut needed: Vec<Span> = Vec::new();
    loop {
        let mut more = Vec::new();
        for rule in rules() {
            let Some((record, span)) = rule.record().zip(rule.expr.span()) else { continue };
            if needed.contains(&span) || !read.iter().any(|selector| selector.matches_name(record)) {
                continue;
            }
            needed.push(span);
            match parse(&rule.expr) {
                Ok(expr) => {
                    check_metric(context, expr.selectors(), Some(span))?;
                    more.extend(expr.selectors().cloned());
                }
                Err(error) => {
                    let code = match error {
                        ParseError::Syntax(_) => codes::REJECTED,
                        ParseError::NotYet(_) => codes::NOT_SIMULATED,
                    };
                    let message = format!("the recording rule `{record}`: {error}");
                    return context.fail(context.error(code, Some(span), message));
                }
            }
        }
        if more.is_empty() {
            break;
        }
        read.extend(more);
    }
    let mut groups = Vec::new();
    for group in manifests.rules.iter().flat_map(|found| &found.object.spec.groups) {
        let mut recording = Vec::new();
        for rule in &group.rules {
            let Some((record, span)) = rule.record().zip(rule.expr.span()) else { continue };
            let Some(expr) = parse(&rule.expr).ok().filter(|_| needed.contains(&span)) else { continue };
            let labels = group.labels.iter().chain(&rule.labels);
            let labels = labels.map(|(name, value)| (name.clone(), value.clone())).collect();
            recording.push(RecordingRule { record: record.to_owned(), expr, labels });
        }
        if recording.is_empty() {
            continue;
        }
        let offset = group.query_offset.as_ref().map(|offset| ("query_offset", offset.key_span()));
        let limit = group.limit.as_ref().map(|limit| ("limit", limit.key_span()));
        if let Some((key, span)) = offset.or(limit) {
            let message = format!("`{key}` of a group of rules is not simulated yet");
            return context.fail(context.error(codes::NOT_SIMULATED, span, message));
        }
        let interval = match &group.interval {
            Some(interval) if interval.0 < SHORTEST => {
                let message = format!("an interval of less than {SHORTEST} is not simulated");
                return context.fail(context.error(codes::NOT_SIMULATED, interval.span(), message));
            }
            Some(interval) => interval.0,
            None => default_interval,
        };
        groups.push(RuleGroup { name: group.name.to_string(), interval, rules: recording });
    }
    Ok(groups)
}
