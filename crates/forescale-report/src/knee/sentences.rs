//! What follows from a sweep, in sentences.

use super::objective;
use crate::number::{self, plus_minus};
use forescale_experiment::knee::{
    By, Curve, Guide, Metric, Outcome, Point, Rule, Scaled, Suggestion, Sweep, Target,
};

/// `61.4 ±0.8 users, 1.41 ±0.02 requests/s`
pub(super) fn place(sweep: &Sweep, point: &Point) -> String {
    let throughput = format!("{} requests/s", plus_minus(point.throughput));
    match sweep.settings.by {
        By::Concurrency => format!("{} users, {throughput}", plus_minus(point.load)),
        By::Rate => format!("{} requests/s", plus_minus(point.load)),
    }
}

/// A load in words, beside the knee: `61.4 users (98 % of the knee)`.
fn load(sweep: &Sweep, curve: &Curve, load: f64) -> String {
    let share = curve.knee.at.map(|at| format!(" ({:.0} % of the knee)", 100.0 * load / at.load.mean));
    let count = number::trimmed(load, 3);
    let already = if curve.levels.first().is_some_and(|level| level.load >= load) { "at most " } else { "" };
    let unit = match (sweep.settings.by, count.as_str()) {
        (By::Concurrency, "1") => "user",
        (by, _) => by.unit(),
    };
    format!("{already}{count} {unit}{}", share.unwrap_or_default())
}

/// What the knee of these replicas is.
pub(crate) fn verdict(sweep: &Sweep, curve: &Curve) -> String {
    let pods = number::things(curve.replicas as usize, "replica");
    let serves = if curve.replicas == 1 { "serves" } else { "serve" };
    let knee = &curve.knee;
    let limit = |at: usize| sweep.settings.objectives.get(at).map(objective).unwrap_or_default();
    let most = format!("{} requests/s at most", plus_minus(knee.plateau));
    match (knee.at, knee.outcome) {
        (Some(at), Outcome::Until(_, first)) => {
            format!("{pods} {serves} up to {} within {} · {most}", place(sweep, &at), limit(first))
        }
        (Some(at), Outcome::Always) => {
            format!(
                "{pods} {serves} {most} and meets the objectives all the way; saturation begins at {}",
                place(sweep, &at)
            )
        }
        (Some(at), _) => {
            format!(
                "the knee of {pods} is at {}: throughput over time in system is greatest there · {most}",
                place(sweep, &at)
            )
        }
        (None, Outcome::Never(first)) => {
            let lowest = curve.levels.first().map(|level| level.load).unwrap_or_default();
            let unit = sweep.settings.by.unit();
            format!(
                "NO LOAD of {pods} meets {}, not even {} {unit} · {most}",
                limit(first),
                number::trimmed(lowest, 3)
            )
        }
        (None, _) => format!("{pods} {serves} {most}"),
    }
}

/// The three rules, each with its answer; the second part says which holds.
pub(super) fn rules(sweep: &Sweep, curve: &Curve) -> Vec<(String, bool)> {
    let knee = &curve.knee;
    let limit = |at: usize| sweep.settings.objectives.get(at).map(objective).unwrap_or_default();
    let objectives = match knee.outcome {
        Outcome::NoObjectives => {
            "there are none; [slo] in the scenario or --ttft, --itl, --e2e name some".to_owned()
        }
        Outcome::Until(at, first) => {
            format!("{}; beyond it {} is missed first", place(sweep, &at), limit(first))
        }
        Outcome::Always => "met at every level of the sweep".to_owned(),
        Outcome::Never(first) => format!("{} is missed at the lowest level already", limit(first)),
    };
    vec![
        (format!("objectives  {objectives}"), knee.rule == Rule::Objectives),
        (
            format!(
                "power       {}: throughput over mean time in system is greatest",
                place(sweep, &knee.power)
            ),
            knee.rule == Rule::Power,
        ),
        (
            format!(
                "saturation  {} requests/s at most; 95 % of that from {} on",
                plus_minus(knee.plateau),
                place(sweep, &knee.saturation)
            ),
            knee.rule == Rule::Saturation,
        ),
    ]
}

/// A reading of a metric with its unit: `61.2`, `0.83`, `100 %`.
fn reading(guide: Guide, value: f64) -> String {
    let text = if value < 0.005 { "0".to_owned() } else { number::trimmed(value, 3) };
    if guide == Guide::GpuUtilization { format!("{text} %") } else { text }
}

/// `per pod` where the reading is shared out.
fn per_pod(guide: Guide) -> &'static str {
    if guide == Guide::QueueSize { "in all" } else { "per pod" }
}

/// Why this target, or why none.
pub(super) fn suggestion(sweep: &Sweep, curve: &Curve, target: &Target) -> String {
    let guide = target.guide;
    let at_knee = target.at_knee.map_or_else(|| "-".to_owned(), |value| reading(guide, value));
    match target.suggestion {
        Suggestion::Set { fires_at, .. } => format!(
            "{at_knee} {} at the knee; it asks for another pod from {} on",
            per_pod(guide),
            load(sweep, curve, fires_at)
        ),
        Suggestion::Absent if guide.is_queue() => "flow control is off, so there is no queue".to_owned(),
        Suggestion::Absent => "the model server shows none".to_owned(),
        Suggestion::Empty if guide.is_queue() => format!(
            "{at_knee} {} at the knee, and without bound above saturation: each target fires only when it is too late",
            per_pod(guide)
        ),
        Suggestion::Empty => format!("{at_knee} at the knee, too small for any target"),
        Suggestion::Early(from) => format!(
            "{at_knee} at the knee, but that already from {} on: no target tells the two apart",
            load(sweep, curve, from)
        ),
        Suggestion::NoKnee => {
            "no load meets the objectives, so more pods of this kind do not help".to_owned()
        }
    }
}

/// What a target of a guide does here.
pub(super) fn written(sweep: &Sweep, curve: &Curve, target: &Target, written: &Scaled) -> String {
    let guide = target.guide;
    let threshold = reading(guide, written.target * 1.1);
    let does = match (written.fires_at, target.highest) {
        (Some(at), _) => {
            let ttft = curve.value_at(at, Metric::TtftP95);
            let ttft = if ttft.is_finite() {
                format!("TTFT p95 is {} there", number::seconds(ttft))
            } else {
                "more than 5 % of the requests are lost there".to_owned()
            };
            format!("fires above {threshold}, from {} on; {ttft}", load(sweep, curve, at))
        }
        (None, _) if written.target * 1.1 < target.greatest_reading => format!(
            "fires at single readings only: it takes more than {threshold} {}, and the mean is {} at most, while readings reach {}",
            per_pod(guide),
            reading(guide, target.greatest),
            reading(guide, target.greatest_reading)
        ),
        (None, Some(highest)) => format!(
            "never fires: it takes more than {threshold} {}, and there are at most {}; no target above {} can fire",
            per_pod(guide),
            reading(guide, target.greatest_reading),
            reading(guide, highest)
        ),
        (None, None) => format!(
            "fires above {threshold} {}, which no load of this sweep reached: the most was {}",
            per_pod(guide),
            reading(guide, target.greatest_reading)
        ),
    };
    let wait = written.wait.filter(|wait| *wait >= 1.0 && wait.is_finite());
    let wait = wait.map(|wait| format!("; that many take {} to serve", number::seconds(wait)));
    // Where less would do than what overloads the pods, this says nothing.
    let rate = written.least_rate.filter(|rate| *rate > curve.knee.plateau.mean);
    let rate = rate.map(|rate| {
        let rate = number::trimmed(rate, 3);
        format!("; requests whose time is up leave the queue, so it takes more than {rate} arrivals/s ever to get there")
    });
    format!("{does}{}{}", wait.unwrap_or_default(), rate.unwrap_or_default())
}
