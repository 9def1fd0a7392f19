//! KPIs and their values in words.

use crate::number;
use forescale_experiment::Estimate;
use forescale_experiment::kpi::{Kpi, KpiName};

/// A KPI as people call it: `TTFT p99`, `GPU-hours`, `TTFT p99 of chat` where it is one workload's.
pub(crate) fn title(name: impl Into<KpiName>) -> String {
    let KpiName { workload, kpi } = name.into();
    let of = workload.map(|workload| format!(" of {workload}")).unwrap_or_default();
    format!("{}{of}", title_of_whole(kpi))
}

fn title_of_whole(kpi: Kpi) -> String {
    match kpi {
        Kpi::Latency(delay, statistic) => {
            let delay = delay.name();
            let delay = match delay {
                "queue_wait" => "queue wait".to_owned(),
                short => short.to_uppercase(),
            };
            format!("{delay} {}", statistic.name())
        }
        Kpi::GpuHours => "GPU-hours".to_owned(),
        other => other.name().replace('_', " "),
    }
}

/// A KPI's value with its interval, and its unit where that is a sign: `41.3 ±2.1 s`, `93.1 ±0.4 %`, `$1.20 ±0.02`. A difference has its sign, and
/// one of shares is in points, since per cents beside it are of another value: `−$0.40 ±0.02`, `+13.3 ±3.0 points`.
pub(crate) fn amount(kpi: Kpi, estimate: Estimate, is_difference: bool) -> String {
    let Estimate { mean, half_width } = estimate;
    if !mean.is_finite() {
        return "lost".to_owned();
    }
    let size = mean.abs().max(half_width.unwrap_or(0.0));
    let (scale, unit) = match kpi.unit() {
        "s" if size < 1.0 && size > 0.0 => (1e3, " ms"),
        "s" => (1.0, " s"),
        "share" if is_difference => (100.0, " points"),
        "%" if is_difference => (1.0, " points"),
        "share" => (100.0, " %"),
        "%" => (1.0, " %"),
        _ => (1.0, ""),
    };
    let number = number::plus_minus(estimate.scaled(scale));
    let plus = if is_difference { plus(mean, &number) } else { "" };
    if kpi.unit() == "$" {
        format!("{plus}{}", dollars(mean, &number))
    } else {
        format!("{plus}{number}{unit}")
    }
}

/// A number in dollars, the sign first; without a width it has cents.
fn dollars(mean: f64, number: &str) -> String {
    let (minus, size) = number.strip_prefix('−').map_or(("", number), |size| ("−", size));
    match size.split_once(" ±") {
        None => format!("{minus}{}", number::money(mean.abs())),
        Some((_, "0")) => format!("{minus}{} ±0", number::money(mean.abs())),
        Some(_) => format!("{minus}${size}"),
    }
}

/// The same with every unit: `1.41 ±0.02 GPU-hours`.
pub(crate) fn amount_of(kpi: Kpi, estimate: Estimate) -> String {
    with_unit(kpi, amount(kpi, estimate, false))
}

/// The size of a difference with every unit, to be followed by "more" or "less": `0.65 ±0.06 GPU-hours`, `13.3 ±3.0 points`.
pub(crate) fn size_of(kpi: Kpi, difference: Estimate) -> String {
    let size = difference.scaled(if difference.mean < 0.0 { -1.0 } else { 1.0 });
    let number = amount(kpi, size, true);
    with_unit(kpi, number.strip_prefix('+').map(str::to_owned).unwrap_or(number))
}

fn with_unit(kpi: Kpi, number: String) -> String {
    match kpi.unit() {
        "s" | "share" | "%" | "$" => number,
        unit => format!("{number} {unit}"),
    }
}

/// A share as a difference in per cent, without its unit: `+38 ±3`.
pub(crate) fn more_percent(share: Estimate) -> String {
    let number = number::plus_minus(share.scaled(100.0));
    format!("{}{number}", plus(share.mean, &number))
}

/// The sign of a mean above zero of which something is left after rounding.
fn plus(mean: f64, number: &str) -> &'static str {
    let is_zero = number.split(' ').next().is_some_and(number::is_zero);
    if mean > 0.0 && !is_zero { "+" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_experiment::kpi::{Delay, Statistic};

    #[test]
    fn amounts_have_as_many_digits_as_their_intervals_need() {
        let estimate = |mean, half| Estimate { mean, half_width: Some(half) };
        let ttft = Kpi::Latency(Delay::Ttft, Statistic::P99);
        assert_eq!(amount(ttft, estimate(41.27, 2.13), false), "41.3 ±2.1 s");
        assert_eq!(amount(ttft, estimate(0.041, 0.002), false), "41.0 ±2.0 ms");
        assert_eq!(amount(ttft, estimate(-0.0004, 0.43), true), "0 ±430 ms");
        assert_eq!(amount(ttft, estimate(f64::INFINITY, 0.0), false), "lost");
        assert_eq!(amount(Kpi::Attainment, estimate(0.931, 0.004), false), "93.1 ±0.4 %");
        assert_eq!(amount(Kpi::GpuHours, estimate(2.6, 0.1), false), "2.60 ±0.10");
        assert_eq!(amount(Kpi::GpuHours, estimate(-0.213, 0.021), true), "−0.213 ±0.021");
        assert_eq!(amount(Kpi::Reversals, Estimate { mean: 2.0, half_width: None }, true), "+2");
    }

    #[test]
    fn shares_differ_by_points() {
        let estimate = Estimate { mean: 0.133, half_width: Some(0.03) };
        assert_eq!(amount(Kpi::Attainment, estimate, true), "+13.3 ±3.0 points");
        assert_eq!(size_of(Kpi::Attainment, estimate.scaled(-1.0)), "13.3 ±3.0 points");
        assert_eq!(size_of(Kpi::GpuHours, estimate.scaled(-10.0)), "1.33 ±0.30 GPU-hours");
        // A KPI in per cent.
        assert_eq!(Kpi::UnderprovisioningAccuracy.unit(), "%");
        assert_eq!(
            amount(Kpi::UnderprovisioningAccuracy, estimate.scaled(-10.0), true),
            "−1.33 ±0.30 points"
        );
        assert_eq!(amount(Kpi::UnderprovisioningAccuracy, estimate.scaled(10.0), false), "1.33 ±0.30 %");
    }

    #[test]
    fn the_sign_of_money_is_before_the_dollar() {
        let cost = |mean, half_width| amount(Kpi::Cost, Estimate { mean, half_width }, true);
        assert_eq!(
            [cost(-0.4, Some(0.0)), cost(-0.4, None), cost(-0.4, Some(0.021))],
            ["−$0.40 ±0", "−$0.40", "−$0.400 ±0.021"]
        );
        assert_eq!(
            [cost(2.52, Some(0.22)), cost(2.6, Some(0.0)), cost(0.0, Some(0.0))],
            ["+$2.52 ±0.22", "+$2.60 ±0", "$0.00 ±0"]
        );
    }
}
