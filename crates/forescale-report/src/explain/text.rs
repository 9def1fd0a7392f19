//! An explanation in the terminal.

use super::instant::At;
use super::summary::Summary;
use super::{ExplainOptions, Explanation, instant_of, kubectl, lines};
use crate::json::{HpaObject, Rules};
use crate::number;
use crate::page::{Line, Page, Tone};
use crate::text::table::Table;
use forescale_kernel::SimTime;

pub(super) fn write(run: &Explanation, options: ExplainOptions, page: &mut Page) {
    write_head(run, page);
    match options.at {
        Some(at) => write_instant(run, at, page),
        None => {
            write_syncs(run, options, page);
            if !run.looks.is_empty() {
                Summary::of(run).write(page);
            }
        }
    }
}

/// What was run, and the HPA with all that its decisions depend on.
fn write_head(run: &Explanation, page: &mut Page) {
    let policy = &run.autoscaler;
    let what = format!("{} {}", policy.kind, policy.description);
    let line = Line::plain(&format!("{}: ", run.scenario.name)).with(Tone::Heading, what.trim());
    page.push_wrapped(line, 2);
    let mut table = Table::new(&[]);
    let mut row = |name: &str, value: String| table.row(vec![name.to_owned(), value]);
    if let Some(object) = &policy.hpa {
        row("scales", format!("{} in namespace {}", object.reference, object.namespace));
        let (low, high) = tolerated(run, object);
        row("tolerance", format!("ratios from {low} to {high} change nothing"));
        match &object.behavior {
            Some(behavior) => {
                let window = number::trimmed(object.downscale_stabilization_s, 6);
                row("scale up", rules(&behavior.scale_up, "0"));
                row("scale down", rules(&behavior.scale_down, &window));
            }
            None => {
                row("scale up", "at most twice the replicas, or 4".to_owned());
                let window = number::trimmed(object.downscale_stabilization_s, 6);
                row("scale down", format!("window {window} s"));
            }
        }
    }
    let first = run.looks.first().map(|look| number::instant(instant_of(look.t_s)));
    row(
        "syncs",
        match (first, &policy.hpa) {
            (Some(first), Some(object)) => {
                let period = number::trimmed(object.sync_period_s, 6);
                format!(
                    "{}, with a period of {period} s, the first at {first}; the run ended at t={}",
                    run.looks.len(),
                    run.end()
                )
            }
            (Some(first), None) => {
                format!("{}, the first at {first}; the run ended at t={}", run.looks.len(), run.end())
            }
            (None, _) => format!("none; the run ended at t={}", run.end()),
        },
    );
    for line in table.lines() {
        page.push_wrapped(Line::plain("  ").with(Tone::Faint, &line), 4);
    }
}

/// The ratios that count as 1, as the controller computed them.
fn tolerated(run: &Explanation, object: &HpaObject) -> (f64, f64) {
    let hpas = run.looks.iter().filter_map(|look| look.hpa.as_ref());
    let mut evaluations = hpas.flat_map(|hpa| &hpa.metrics).filter_map(|metric| metric.evaluation.as_ref());
    let flag = object.tolerance_ratio;
    evaluations.next().map_or((1.0 - flag, 1.0 + flag), |it| (it.tolerated_min_ratio, it.tolerated_max_ratio))
}

/// `window 300 s · Max of Percent 100/15s, Pods 4/15s`
fn rules(rules: &Rules, window: &str) -> String {
    let window =
        rules.stabilization_window_s.map_or_else(|| window.to_owned(), |seconds| seconds.to_string());
    let policies: Vec<String> =
        rules.policies.iter().map(|it| format!("{} {}/{}s", it.r#type, it.value, it.period_s)).collect();
    let policies = match rules.select_policy.as_str() {
        "Disabled" => "selectPolicy Disabled".to_owned(),
        select => format!("{select} of {}", policies.join(", ")),
    };
    format!("window {window} s · {policies}")
}

fn write_syncs(run: &Explanation, options: ExplainOptions, page: &mut Page) {
    page.heading("Syncs", "replicas before→after, why, ⇒ conditions that changed");
    let width = run.looks.iter().map(|look| lines::change(look).chars().count()).max().unwrap_or(0);
    for (index, look) in run.looks.iter().enumerate() {
        if !options.changes || lines::is_change(&run.looks, index) {
            lines::write(look, lines::before(&run.looks, index), width, page);
        }
    }
    let mut remark = |text: String| page.push_wrapped(Line::default().with(Tone::Faint, &text), 2);
    match (run.looks.is_empty(), run.told(options).1) {
        (true, _) => remark("  the autoscaler never looked".to_owned()),
        (false, 0) => {}
        (false, more) => remark(format!(
            "  {} left out: neither the replicas nor a condition nor the branch changed",
            number::things(more, "sync")
        )),
    }
    if !run.looks.is_empty() && run.looks.iter().all(|look| look.hpa.is_none()) {
        let kind = match run.autoscaler.kind.as_str() {
            "" => "this autoscaler",
            kind => kind,
        };
        remark(format!("  {kind} gives no structured reasons, only these lines"));
    }
}

/// The HPA at an instant.
fn write_instant(run: &Explanation, at: SimTime, page: &mut Page) {
    let state = At::new(run, at);
    let latest = state.look.and_then(|index| run.looks.get(index));
    let sync = latest.map(|look| number::instant(instant_of(look.t_s)));
    let remark = match (&sync, run.looks.first()) {
        (Some(sync), _) => format!("after the sync at {sync}"),
        (None, Some(first)) => {
            format!("before the first sync, which comes at {}", number::instant(instant_of(first.t_s)))
        }
        (None, None) => "the autoscaler never looked".to_owned(),
    };
    let hpa = latest.and_then(|look| look.hpa.as_ref());
    if let (Some(get), Some(object)) = (&state.get, &run.autoscaler.hpa) {
        page.heading(&format!("kubectl get hpa at t={at}"), &remark);
        kubectl::write_get(get, page);
        page.heading("kubectl describe hpa", "");
        kubectl::write_describe(object, &state.metrics, hpa, &state.events, state.t_s, page);
    } else {
        page.heading(&format!("At t={at}"), &remark);
    }
    let (Some(look), Some(sync)) = (latest, sync) else { return };
    if state.steps.is_empty() {
        let index = state.look.and_then(|index| index.checked_sub(1));
        let width = lines::change(look).chars().count();
        return lines::write(look, index.and_then(|index| run.looks.get(index)), width, page);
    }
    page.heading(&format!("How the sync at {sync} came to its count"), "");
    for (number, step) in (1..).zip(&state.steps) {
        page.push_wrapped(Line::plain(&format!("  {number}. {step}")), 5);
    }
}
