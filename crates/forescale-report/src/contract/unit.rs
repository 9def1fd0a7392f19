//! The unit of a number, read from its name.

/// Endings of names, the longer before the shorter.
const ENDINGS: &[(&str, &str)] = &[
    ("_usd_per_gpu_hour", "US dollars per GPU-hour"),
    ("_tokens_per_s", "tokens per second"),
    ("gpu_hours", "GPU-hours"),
    ("_usd", "US dollars"),
    ("_tokens", "tokens"),
    ("_requests", "requests"),
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
];

/// Objects whose numbers all count the same.
const WITHIN: &[(&str, &str)] = &[("requests.", "requests"), ("replicas.", "replicas")];

/// The unit of a field by its path; texts and truth values have none.
pub(super) fn unit(path: &str, kind: &str) -> Option<&'static str> {
    if !["number", "integer"].iter().any(|number| kind.contains(number)) {
        return None;
    }
    let by_ending = ENDINGS.iter().find(|(ending, _)| path.ends_with(ending));
    let is_name =
        |name: &str| path.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let by_name = || NAMES.iter().find(|(name, _)| is_name(name));
    let by_object = || WITHIN.iter().find(|(object, _)| path.starts_with(object));
    by_ending.or_else(by_name).or_else(by_object).map(|(_, unit)| *unit)
}
