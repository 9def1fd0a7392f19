//! Findings in words.

use crate::kpi::{amount, more_percent, title};
use crate::number;
use forescale_experiment::Estimate;
use forescale_experiment::kpi::Kpi;
use forescale_experiment::regress::{Change, Finding, Margin, Missing, Standing};

/// `4 KPIs`
pub(super) fn kpis(count: usize) -> String {
    number::things(count, "KPI")
}

/// A mean, or a dash.
pub(super) fn mean(kpi: Kpi, mean: Option<f64>) -> String {
    mean.map_or_else(|| "-".to_owned(), |mean| amount(kpi, Estimate { mean, half_width: None }, false))
}

/// `10 %`, `1 point`, `200 ms`
pub(super) fn margin(kpi: Kpi, margin: Margin) -> String {
    match margin {
        Margin::Relative(share) => format!("{} %", number::trimmed(share * 100.0, 4)),
        Margin::Absolute(distance) => absolute(kpi, distance),
    }
}

/// A distance in the KPI's own unit, without sign.
pub(super) fn absolute(kpi: Kpi, distance: f64) -> String {
    match kpi.unit() {
        "share" => points(distance),
        "%" => points(distance / 100.0),
        _ => mean(kpi, Some(distance.abs())),
    }
}

fn points(share: f64) -> String {
    let points = number::trimmed(share.abs() * 100.0, 3);
    let noun = if points == "1" { "point" } else { "points" };
    format!("{points} {noun}")
}

/// The change with its sign and interval: `+38 ±3 %`, `−1.3 ±0.4 points`; a dash where a side has no value.
pub(super) fn change(finding: &Finding) -> String {
    let Some(difference) = finding.difference else { return "-".to_owned() };
    let kpi = finding.guarded.kpi;
    let estimate = difference.estimate();
    if kpi.unit() == "share" {
        return format!("{} points", more_percent(estimate));
    }
    match finding.relative() {
        Some(mean) => {
            format!("{} %", more_percent(Estimate { mean, half_width: finding.relative_half_width() }))
        }
        None => amount(kpi, estimate, true),
    }
}

/// The row of a finding, but for what it comes to: name, baseline, now, change, margin.
pub(super) fn cells(finding: &Finding) -> [String; 5] {
    let kpi = finding.guarded.kpi;
    [
        title(&finding.guarded),
        mean(kpi, finding.baseline),
        mean(kpi, finding.now),
        change(finding),
        margin(kpi, finding.margin),
    ]
}

/// What it comes to, in a word or two.
pub(super) fn standing(finding: &Finding) -> &'static str {
    match (finding.standing, finding.change) {
        _ if finding.is_same() => "same",
        (Standing::Beyond, Change::Worse) => "WORSE",
        (Standing::Beyond, _) => "CHANGED",
        (Standing::Unknown, _) => "cannot tell",
        (Standing::Within, Change::None) => "no change",
        (Standing::Within, Change::Better) => "better",
        (Standing::Within, Change::Worse) => "worse, within margin",
        (Standing::Within, Change::Other) => "changed, within margin",
    }
}

/// A finding in a sentence without a full stop, its name first.
pub(super) fn told(finding: &Finding) -> String {
    format!("{}: {}", title(&finding.guarded), what(finding))
}

fn what(finding: &Finding) -> String {
    let margin = margin(finding.guarded.kpi, finding.margin);
    let needed = || match finding.needed {
        Some(count) => format!("; about {} would tell", number::things(count, "replication")),
        None => String::new(),
    };
    match (finding.standing, finding.change) {
        _ if finding.is_same() => "the same at every seed".to_owned(),
        (Standing::Beyond, _) if finding.now.is_none() => gone(finding.guarded.kpi).to_owned(),
        (Standing::Beyond, _) => format!("{}, beyond the margin of {margin}", moved(finding)),
        (Standing::Within, Change::None) => {
            format!("no change detected ({}), and none beyond the margin of {margin}", change(finding))
        }
        (Standing::Within, Change::Better) => moved(finding),
        (Standing::Within, _) => format!("{}, below the margin of {margin}", moved(finding)),
        (Standing::Unknown, _) if finding.difference.is_none() => {
            "values on one side only; `sim regress --update` takes the runs of today".to_owned()
        }
        (Standing::Unknown, _) if finding.is_one_sided() => format!(
            "values are missing at {}, in the baseline at {}; the mean of the others has changed by {}, and whether it is within the margin \
             of {margin} cannot be told",
            missing(finding.missing_now),
            missing(finding.missing_in_baseline),
            change(finding)
        ),
        (Standing::Unknown, Change::None) => format!(
            "changed by {}: whether that is more than the margin of {margin} cannot be told{}",
            change(finding),
            needed()
        ),
        (Standing::Unknown, _) => format!(
            "{}: whether that is more than the margin of {margin} cannot be told{}",
            moved(finding),
            needed()
        ),
    }
}

/// Why there is no value, as far as the KPI tells.
fn gone(kpi: Kpi) -> &'static str {
    match kpi {
        Kpi::Latency(..) => "no value any more, since no request gets that far",
        Kpi::Cost => "no value any more, since the scenario has no price of a GPU-hour",
        Kpi::Attainment => "no value any more, since no request is judged",
        Kpi::Share(_) | Kpi::InFlight => "no value any more, since no request arrives",
        Kpi::TimeAtMin | Kpi::TimeAtMax => "no value any more, since the autoscaler has no such limit",
        kpi if kpi.needs_demand() => {
            "no value: it is measured against the demand curve of fixed fleets, which this verb does not run"
        }
        _ => "no value any more",
    }
}

/// `3 of 10 seeds`, `none of 10 seeds`
fn missing(Missing { count, of }: Missing) -> String {
    let seeds = number::things(of, "seed");
    if count == 0 { format!("none of {seeds}") } else { format!("{count} of {seeds}") }
}

/// `38 % worse, 12.1 s → 16.7 s (+38 ±3 %)`
fn moved(finding: &Finding) -> String {
    let kpi = finding.guarded.kpi;
    let difference = finding.difference.map_or(0.0, |it| it.estimate().mean);
    let word = match finding.change {
        Change::Better => "better",
        Change::Worse => "worse",
        Change::None | Change::Other if difference < 0.0 => "lower",
        Change::None | Change::Other => "higher",
    };
    let size = match finding.relative() {
        _ if ["share", "%"].contains(&kpi.unit()) => absolute(kpi, difference),
        Some(relative) => format!("{} %", number::trimmed(relative.abs() * 100.0, 2)),
        None => absolute(kpi, difference),
    };
    let (from, to) = (mean(kpi, finding.baseline), mean(kpi, finding.now));
    format!("{size} {word}, {from} → {to} ({})", change(finding))
}
