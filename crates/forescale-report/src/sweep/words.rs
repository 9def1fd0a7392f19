//! Axes, values and KPIs in words.

use forescale_experiment::sweep::{Plan, Setting};

/// Short names of the axes: as many words from the end of each path as tell it from the others, at least two.
pub(crate) fn axis_names(plan: &Plan) -> Vec<String> {
    let words: Vec<Vec<&str>> = plan.axes.iter().map(|axis| axis.path.split('.').collect()).collect();
    let last = |path: &[&str], count: usize| path[path.len().saturating_sub(count)..].join(".");
    let name = |(place, path): (usize, &Vec<&str>)| {
        let is_alone = |count: &usize| {
            let own = last(path, *count);
            words.iter().enumerate().all(|(other, words)| other == place || last(words, *count) != own)
        };
        let count = (2..path.len()).find(is_alone).unwrap_or(path.len());
        last(path, count)
    };
    words.iter().enumerate().map(name).collect()
}

/// A value without the quotes of TOML; `default` where it is not known.
pub(crate) fn unquoted(value: Option<&str>) -> &str {
    let Some(value) = value else { return "default" };
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
}

/// `igw_queue_depth.target 20, igw_running_requests.target 60`
pub(crate) fn setting(plan: &Plan, setting: &Setting) -> String {
    let values = plan.points.get(setting.point).map(|point| point.values.as_slice()).unwrap_or_default();
    let pairs = axis_names(plan).into_iter().zip(values);
    let pairs: Vec<String> =
        pairs.map(|(name, value)| format!("{name} {}", unquoted(value.as_deref()))).collect();
    pairs.join(", ")
}
