//! Axes, values and KPIs in words.

use crate::number;
use forescale_experiment::Estimate;
use forescale_experiment::kpi::Kpi;
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

/// A KPI's mean with its interval, and its unit: `1.41 ±0.02 GPU-hours`.
pub(crate) fn amount(kpi: Kpi, estimate: Estimate) -> String {
    let unit = match kpi.unit() {
        "share" => " %".to_owned(),
        "$" => String::new(),
        unit => format!(" {unit}"),
    };
    format!("{}{unit}", bare(kpi, estimate))
}

/// The same without its unit; a share is in per cent.
pub(super) fn bare(kpi: Kpi, estimate: Estimate) -> String {
    match kpi.unit() {
        "share" => plus_minus(estimate.scaled(100.0)),
        "$" => format!("${}", plus_minus(estimate)),
        _ => plus_minus(estimate),
    }
}

/// `1.41 ±0.02`, with as many digits for the interval as for the mean.
fn plus_minus(estimate: Estimate) -> String {
    // A mean within its interval of zero has no digits that count beyond the interval's.
    let scale = estimate.half_width.map_or(0.0, |half| half / 10.0).max(estimate.mean.abs());
    let places =
        number::significant(scale, 3).split_once('.').map_or(0, |(_, fraction)| fraction.len()).min(9);
    let mean = estimate.mean;
    match estimate.half_width {
        Some(half) if mean.is_finite() => format!("{mean:.places$} ±{half:.places$}"),
        _ if mean.is_finite() => format!("{mean:.places$}"),
        _ => "-".to_owned(),
    }
}

/// What a KPI is called within a sentence: `GPU-hours`, or its name.
pub(super) fn kpi_name(kpi: Kpi) -> String {
    match kpi {
        Kpi::GpuHours => "GPU-hours".to_owned(),
        Kpi::Attainment => "attainment".to_owned(),
        other => other.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_have_the_digits_of_their_means() {
        let of = |mean, half_width| plus_minus(Estimate { mean, half_width });
        assert_eq!(
            [of(1.4137, Some(0.0213)), of(1.4137, None), of(-0.00012, Some(0.05))],
            ["1.41 ±0.02", "1.41", "-0.00012 ±0.05000"]
        );
    }
}
