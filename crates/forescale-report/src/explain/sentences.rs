//! The arithmetic of one sync, step by step in sentences.

use super::duration_of;
use crate::json::{Bounds, EvaluationEntry, HeldBy, Hpa, HpaObject, Look, Metric, PodsEntry, RefilledEntry};
use crate::number;

/// All steps; none without structured reasons.
pub(super) fn of(look: &Look, object: Option<&HpaObject>) -> Vec<String> {
    let Some(hpa) = &look.hpa else { return Vec::new() };
    let (from, to) = (look.from_replicas, look.to_replicas);
    let error = hpa.error.as_deref().unwrap_or_default();
    let are = if from == 1 { "is" } else { "are" };
    let mut steps = Vec::new();
    match hpa.branch.as_str() {
        "no_scale" => {
            steps.push(format!("The scale subresource could not be read ({error}): nothing is decided."))
        }
        "disabled" => {
            steps.push("There are 0 replicas, and not through this HPA: it leaves them alone.".to_owned())
        }
        "above_max" => steps.push(format!(
            "{} {are} above {}: the count is set to that, without a look at metrics.",
            replicas(from),
            bound("maxReplicas", object.map(|it| it.max_replicas))
        )),
        "below_min" => steps.push(format!(
            "{} {are} below {}: the count is set to that, without a look at metrics.",
            replicas(from),
            bound("minReplicas", object.map(|it| it.min_replicas))
        )),
        _ => {
            steps.extend(hpa.metrics.iter().map(|metric| of_metric(metric, from)));
            steps.push(choice(hpa, from));
            if hpa.branch == "metrics" {
                let has_behavior = object.is_none_or(|object| object.behavior.is_some());
                steps.push(of_window(hpa, from, has_behavior));
                steps.extend(hpa.clamp.as_ref().map(|clamp| of_clamp(hpa, clamp, from, object)));
            }
        }
    }
    if error.starts_with("FailedUpdateScale") {
        steps.push(format!("The new count could not be written ({error})."));
    }
    steps.push(match from == to {
        true => format!("spec.replicas stays {from}."),
        false => format!("spec.replicas goes from {from} to {to}."),
    });
    steps
}

/// `maxReplicas 3`
fn bound(name: &str, value: Option<i32>) -> String {
    value.map_or_else(|| name.to_owned(), |value| format!("{name} {value}"))
}

/// `1 replica`, `3 replicas`
fn replicas(count: impl Into<i64>) -> String {
    things(count, "replica")
}

fn things(count: impl Into<i64>, one: &str) -> String {
    let count = count.into();
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

fn of_metric(metric: &Metric, from: u32) -> String {
    let name = &metric.name;
    let Some(evaluation) = &metric.evaluation else {
        let (reason, message) =
            metric.error.as_ref().map_or(("", ""), |error| (error.reason.as_str(), error.message.as_str()));
        return format!(
            "{name} failed with {reason}: {message}. It proposes nothing, and while a metric fails no replica is removed."
        );
    };
    let kind = &evaluation.target_type;
    let arithmetic = match &evaluation.pods {
        Some(pods) => per_pod(evaluation, pods),
        None if kind == "AverageValue" => per_replica(evaluation),
        None => of_value(evaluation, from),
    };
    format!("{name} ({kind}): {arithmetic}")
}

/// Whether a ratio counts as 1.
fn tolerance(evaluation: &EvaluationEntry, is_within: bool) -> String {
    let EvaluationEntry { tolerated_min_ratio: low, tolerated_max_ratio: high, .. } = evaluation;
    match is_within {
        true => format!("is within the tolerance, {low} to {high}, and changes nothing"),
        false => format!("is outside the tolerance, {low} to {high}"),
    }
}

fn ratio(ratio: Option<f64>) -> String {
    ratio.map_or_else(|| "no number".to_owned(), |ratio| ratio.to_string())
}

fn of_value(evaluation: &EvaluationEntry, from: u32) -> String {
    let EvaluationEntry { usage, target, proposed_replicas: proposed, .. } = evaluation;
    let proposed = replicas(*proposed);
    if evaluation.counted.is_none() {
        return format!(
            "there are no replicas, so ceil({usage} / {target}) = {proposed}, with no tolerance."
        );
    }
    let tolerance = tolerance(evaluation, evaluation.within_tolerance);
    let head = format!("{usage} / {target} = {}, which {tolerance}", ratio(evaluation.ratio));
    match evaluation.within_tolerance {
        true => format!("{head}: the {from} of spec.replicas, {proposed}."),
        false => {
            let ready = evaluation.counted_replicas.unwrap_or_default();
            let are = if ready == 1 { "is" } else { "are" };
            format!(
                "{head}. {} {are} Running and Ready: ceil({usage} / {target} × {ready}) = {proposed}.",
                things(ready, "pod")
            )
        }
    }
}

fn per_replica(evaluation: &EvaluationEntry) -> String {
    let EvaluationEntry { usage, target, proposed_replicas: proposed, .. } = evaluation;
    let status = evaluation.counted_replicas.unwrap_or_default();
    if status == 0 {
        let proposed = replicas(*proposed);
        return format!("status.replicas is 0, so ceil({usage} / {target}) = {proposed}, with no tolerance.");
    }
    let tolerance = tolerance(evaluation, evaluation.within_tolerance);
    let head = format!(
        "{usage} / ({target} × {status} of status.replicas) = {}, which {tolerance}",
        ratio(evaluation.ratio)
    );
    let proposed = replicas(*proposed);
    match evaluation.within_tolerance {
        true => format!("{head}: {proposed}."),
        false => format!("{head}: ceil({usage} / {target}) = {proposed}."),
    }
}

fn per_pod(evaluation: &EvaluationEntry, pods: &PodsEntry) -> String {
    let EvaluationEntry { usage, target, proposed_replicas: proposed, .. } = evaluation;
    let unit = if evaluation.target_type == "Utilization" { " %" } else { "" };
    let over = |samples: usize, total: f64, requested: Option<f64>| match requested {
        Some(requested) => format!("{total} used of {requested} requested by pods with a sample"),
        None => format!("{total} / {}", number::things(samples, "sample")),
    };
    let mut text = format!(
        "{} = {usage}{unit}, and {usage} / {target} = {}",
        over(pods.samples, pods.total_usage, pods.requested),
        ratio(evaluation.ratio)
    );
    let others: Vec<String> = [
        (pods.unready_pods, "not started"),
        (pods.missing_pods, "without a sample"),
        (pods.ignored_pods, "failed or terminating"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, group)| format!("{count} {group}"))
    .collect();
    if !others.is_empty() {
        text += &format!(" (pods that do not count: {})", others.join(", "));
    }
    if let Some(refilled) = &pods.refilled {
        text += &format!(". {}", second_pass(evaluation, refilled, unit, &over));
    } else {
        text += &format!(", which {}", tolerance(evaluation, evaluation.within_tolerance));
    }
    let count = evaluation.counted_replicas.unwrap_or_default();
    let ratio = pods.refilled.as_ref().map_or(evaluation.ratio, |it| it.ratio).unwrap_or(f64::NAN);
    let proposed = replicas(*proposed);
    match evaluation.counted.as_deref() {
        Some("ready_pods" | "samples") => format!("{text}: ceil({ratio} × {count}) = {proposed}."),
        _ => format!("{text}: {proposed}."),
    }
}

fn second_pass(
    evaluation: &EvaluationEntry,
    refilled: &RefilledEntry,
    unit: &str,
    over: &dyn Fn(usize, f64, Option<f64>) -> String,
) -> String {
    let mut filled = Vec::new();
    match refilled.missing_as.as_deref() {
        Some("target") => filled.push("missing pods as if at their target"),
        Some(_) => filled.push("missing pods as 0"),
        None => {}
    }
    if refilled.unready_as_zero {
        filled.push("unready pods as 0");
    }
    let with = if filled.is_empty() { "nothing filled in".to_owned() } else { filled.join(" and ") };
    let RefilledEntry { usage, samples, total_usage: total, requested, .. } = refilled;
    let kept = match (refilled.kept.as_deref(), refilled.refused_replicas) {
        (Some("ratio_turns"), _) => "which would turn the direction, so nothing changes".to_owned(),
        (Some("count_turns"), Some(count)) => {
            format!("which comes to {count} and would turn the direction, so nothing changes")
        }
        (kept, _) => format!("which {}", tolerance(evaluation, kept == Some("within_tolerance"))),
    };
    format!(
        "With {with}: {} = {usage}{unit}, and {usage} / {} = {}, {kept}",
        over(*samples, *total, *requested),
        evaluation.target,
        ratio(refilled.ratio)
    )
}

/// Which proposal counts.
fn choice(hpa: &Hpa, from: u32) -> String {
    let proposals: Vec<i32> =
        hpa.metrics.iter().filter_map(|it| it.evaluation.as_ref()).map(|it| it.proposed_replicas).collect();
    let stay = if from == 1 { "stays" } else { "stay" };
    let stays = format!("no decision, and {} {stay}", replicas(from));
    let winner = hpa.winner.and_then(|index| hpa.metrics.get(index)).map_or("", |metric| &metric.name);
    let recommended = hpa.recommended_replicas.unwrap_or_default();
    match (hpa.branch.as_str(), proposals.iter().max()) {
        ("metrics_failed", None) => format!("No metric could be evaluated: {stays}."),
        ("metrics_failed", Some(most)) => {
            format!("A metric failed, and the others ask for {most}, fewer than there are: {stays}.")
        }
        _ if proposals.len() == 1 => format!("It is the only proposal: {}.", replicas(recommended)),
        _ => format!("The largest proposal counts, that of {winner}: {}.", replicas(recommended)),
    }
}

fn of_window(hpa: &Hpa, from: u32, has_behavior: bool) -> String {
    let recommended = hpa.recommended_replicas.unwrap_or_default();
    let stabilized = hpa.clamp.as_ref().map_or(recommended, |clamp| clamp.before_replicas);
    let Some(HeldBy { window, length_s, recommended_replicas: extreme, age_s }) = &hpa.stabilization else {
        return format!("No window holds the count: {}.", replicas(stabilized));
    };
    let (length, age) = (duration_of(*length_s), duration_of(*age_s));
    let which = if window == "scaleUp" { "lowest" } else { "highest" };
    let head = format!(
        "The {window} window lasts {length}. The {which} recommendation in it is {extreme}, from {age} before"
    );
    match (window.as_str(), has_behavior) {
        ("scaleUp", _) => {
            let of = format!("the larger of that and the present {from}");
            format!("{head}; the count may rise to {of}: {}.", replicas(stabilized))
        }
        (_, true) => {
            let of = format!("the smaller of that and the present {from}");
            format!("{head}; the count may fall to {of}: {}.", replicas(stabilized))
        }
        (_, false) => format!("{head}; the count may not be less: {}.", replicas(stabilized)),
    }
}

fn of_clamp(hpa: &Hpa, clamp: &Bounds, from: u32, object: Option<&HpaObject>) -> String {
    let Bounds { before_replicas: before, after_replicas: after, .. } = clamp;
    let (min, max) = object.map_or((None, None), |it| (Some(it.min_replicas), Some(it.max_replicas)));
    let up = hpa.limit_reason.as_deref() == Some("ScaleUpLimit");
    let text = match (hpa.limit_reason.as_deref(), clamp.limited_by.as_deref()) {
        (None, _) => format!(
            "Neither the policies nor {} and {} limit it: {}.",
            bound("minReplicas", min),
            bound("maxReplicas", max),
            replicas(*after)
        ),
        (Some("TooManyReplicas"), _) => {
            format!(
                "{before} is more than {} (TooManyReplicas): {}.",
                bound("maxReplicas", max),
                replicas(*after)
            )
        }
        (Some("TooFewReplicas"), _) => {
            format!(
                "{before} is less than {} (TooFewReplicas): {}.",
                bound("minReplicas", min),
                replicas(*after)
            )
        }
        (Some(reason), Some("policy")) => {
            format!("{before} is too far at once ({reason}): {}{}.", of_policy(clamp, up), replicas(*after))
        }
        (Some(reason), Some("doubling")) => format!(
            "{before} is too far at once ({reason}): without behavior the count may double, or go to 4, max(2 × {from}, 4) = {}.",
            replicas(*after)
        ),
        (Some(reason), Some("disabled")) => {
            format!(
                "{before} is not allowed ({reason}): selectPolicy is Disabled, so it stays {}.",
                replicas(*after)
            )
        }
        (Some(reason), _) => format!("{before} is not allowed ({reason}): {}.", replicas(*after)),
    };
    match clamp.raised_to_min_replicas {
        Some(min) => format!("{text} On the way back from zero it is raised to minReplicas {min}."),
        None => text,
    }
}

/// How far the policy that was chosen lets the count go.
fn of_policy(clamp: &Bounds, up: bool) -> String {
    let Some(policy) = &clamp.policy else { return String::new() };
    let (kind, value, period) = (&policy.r#type, policy.value, policy.period_s);
    let (start, limit) = (policy.period_start_replicas, policy.limit_replicas);
    let (sign, rounding) = if up { ('+', "ceil") } else { ('-', "trunc") };
    let formula = match kind.as_str() {
        "Percent" => format!("{rounding}({start} × (1 {sign} {value} / 100))"),
        _ => format!("{start} {sign} {value}"),
    };
    // Changes within the period can use up more than the policy allows.
    let result = match limit == clamp.after_replicas {
        true => String::new(),
        false => format!("{limit}, which is used up already; it stays "),
    };
    format!("{period} s before there were {start}, and the policy {kind} {value} allows {formula} = {result}")
}
