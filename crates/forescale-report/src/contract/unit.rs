//! The unit of a number, read from its name.

/// Endings of names, the longer before the shorter.
const ENDINGS: &[(&str, &str)] = &[
    ("_usd_per_gpu_hour", "US dollars per GPU-hour"),
    ("_tokens_per_s", "tokens per second"),
    ("requests_per_s", "requests per second"),
    ("_arrivals_per_s", "requests per second"),
    ("gpu_hours", "GPU-hours"),
    ("_usd", "US dollars"),
    ("_tokens", "tokens"),
    ("_requests", "requests"),
    ("_runs", "runs"),
    ("_replicas", "replicas"),
    ("_syncs", "syncs"),
    ("_ratio", "1"),
    ("_percent", "percent"),
    ("_share", "1"),
    ("_pods", "pods"),
    ("_s", "s"),
];

/// Names, or ends of paths, that say by themselves what they are.
const NAMES: &[(&str, &str)] = &[
    ("schema", "a version"),
    ("seed", "a number"),
    ("quantile", "1"),
    ("ratio", "1"),
    ("count", "a count"),
    ("winner", "an index"),
    ("line", "a number"),
    ("column", "characters"),
    ("pods", "pods"),
    ("priority", "a rank"),
    ("request", "a number"),
    ("attempt", "a number"),
    ("first_attempt", "a number"),
    ("http_status", "a status"),
    ("scale_ups", "changes"),
    ("scale_downs", "changes"),
    ("usage", "the metric's own"),
    ("target", "the metric's own"),
    ("total_usage", "the metric's own"),
    ("requested", "the resource's own"),
    ("samples", "samples"),
    ("policy.value", "pods or percent"),
    ("policies[].value", "pods or percent"),
    ("syncs", "syncs"),
    ("look", "an index"),
    ("get.replicas", "replicas"),
    ("lost", "requests"),
    ("overdue", "requests"),
    ("kpis.*", "that of the KPI"),
    ("runs", "runs"),
    ("replications", "runs"),
    ("replications_needed", "runs"),
    ("points[].n", "runs"),
    ("met", "runs"),
    ("diagnosis.of", "runs"),
    ("seeds", "a number"),
    ("point", "an index"),
    ("best", "an index"),
    ("missed_first", "an index"),
    ("share", "1"),
    ("unmet", "1"),
    ("correlation", "1"),
    ("relative", "1"),
    ("confidence", "1"),
    ("false_alarm_rate", "1"),
    ("estimate.mean", "that of the field"),
    ("estimate.half_width", "that of the field"),
    ("difference.ratio_half_width", "1"),
    ("kpis.*.mean", "that of the KPI"),
    ("best_less_base.mean", "that of the KPI"),
    ("half_width", "that of the KPI"),
    ("difference", "that of the KPI"),
    ("values", "that of the KPI"),
    ("absolute", "that of the KPI"),
    ("baseline", "that of the KPI"),
    ("now", "that of the KPI"),
    ("largest", "replicas"),
    ("least", "replicas"),
    ("most", "replicas"),
    ("best_fixed.replicas", "replicas"),
    ("curves[].replicas", "replicas"),
    ("load", "users or requests/s"),
    ("fires_at", "users or requests/s"),
    ("epp_queue_size", "requests"),
    ("vllm_running", "requests"),
    ("vllm_waiting", "requests"),
    ("kv_cache_usage", "1"),
    ("gpu_utilization", "1"),
    ("at_knee", "the metric's own"),
    ("greatest", "the metric's own"),
    ("greatest_reading", "the metric's own"),
    ("highest_target", "the metric's own"),
    ("acts_above", "the metric's own"),
    ("greatest_of_any_setting", "the metric's own"),
];

/// Types of fields that are numbers, or stand for one.
const NUMBERS: [&str; 3] = ["number", "integer", "estimate"];

/// Objects whose numbers all count the same.
const WITHIN: &[(&str, &str)] = &[("requests.", "requests"), ("replicas.", "replicas")];

/// Whether fields of this type have a unit.
pub(super) fn is_number(kind: &str) -> bool {
    NUMBERS.iter().any(|number| kind.contains(number))
}

/// The unit of a field by its path; texts and truth values have none.
pub(super) fn unit(path: &str, kind: &str) -> Option<&'static str> {
    if !is_number(kind) {
        return None;
    }
    let by_ending = ENDINGS.iter().find(|(ending, _)| path.ends_with(ending));
    let is_name =
        |name: &str| path.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let by_name = || NAMES.iter().find(|(name, _)| is_name(name));
    let by_object = || WITHIN.iter().find(|(object, _)| path.starts_with(object));
    by_ending.or_else(by_name).or_else(by_object).map(|(_, unit)| *unit)
}
