//! The sweep in the terminal.

use super::{objective, sentences, tables};
use crate::number;
use crate::page::{Line, Page, Tone};
use crate::text::Style;
use forescale_experiment::knee::{By, Curve, Kind, Suggestion, Sweep, Target};

/// The sweep for a person, verdict first: for each number of replicas the knee by each rule, the targets that follow, and the curve.
pub fn knee_text(scenario: &str, sweep: &Sweep, style: Style) -> String {
    let mut page = style.page();
    for curve in &sweep.curves {
        let tone = if curve.knee.at.is_some() { Tone::Good } else { Tone::Bad };
        let line = Line::plain(&format!("{scenario}: ")).with(tone, &sentences::verdict(sweep, curve));
        page.push_wrapped(line, 2);
    }
    page.push_wrapped(Line::default().with(Tone::Faint, &how(sweep)), 2);
    for curve in &sweep.curves {
        write_curve(&mut page, sweep, curve);
    }
    page.render(style.color)
}

/// How the figures came about.
fn how(sweep: &Sweep) -> String {
    let what = match sweep.settings.by {
        By::Concurrency => "users who each always have one request open",
        By::Rate => "Poisson arrivals",
    };
    let objectives: Vec<String> = sweep.settings.objectives.iter().map(objective).collect();
    let objectives =
        if objectives.is_empty() { String::new() } else { format!(", objectives {}", objectives.join(", ")) };
    let seeds = number::things(sweep.seeds.len(), "seed");
    format!(
        "{what}, {seeds}, {} runs{objectives}; ± is the 95 % interval over seeds",
        number::count(sweep.runs as u64)
    )
}

fn write_curve(page: &mut Page, sweep: &Sweep, curve: &Curve) {
    let pods = number::things(curve.replicas as usize, "replica");
    page.heading(&format!("Knee of {pods}"), "the rule that holds is marked");
    for (line, holds) in sentences::rules(sweep, curve) {
        page.push_wrapped(Line::plain(if holds { "▸ " } else { "  " }).with(Tone::Plain, &line), 14);
    }
    page.heading(&format!("Targets for {pods}"), "an HPA acts once a metric is 10 % above its target");
    if curve.knee.at.is_none() {
        page.push_wrapped(
            Line::plain("  none: no load meets the objectives, so more pods of this kind do not help"),
            2,
        );
    }
    curve.targets.iter().for_each(|target| write_target(page, sweep, curve, target));
    page.heading(&format!("Latency of {pods}"), "");
    tables::latencies(sweep, curve).write(page, tables::LABELS);
    page.heading(&format!("Metrics of {pods}"), "the EPP's queue in all, running and waiting per pod");
    tables::metrics(sweep, curve).write(page, tables::LABELS);
}

fn write_target(page: &mut Page, sweep: &Sweep, curve: &Curve, target: &Target) {
    let kind = match target.guide.kind() {
        Kind::Value => "Value",
        Kind::AverageValue => "AverageValue",
    };
    let set = match target.suggestion {
        Suggestion::Set { target, .. } => number::trimmed(target, 4),
        _ => "none".to_owned(),
    };
    let tone = if set == "none" { Tone::Faint } else { Tone::Good };
    let has_knee = curve.knee.at.is_some();
    if !has_knee && target.written.is_empty() {
        return;
    }
    let line = Line::plain(&format!("  {} {kind} ", target.guide.name())).with(tone, &set);
    let why =
        if has_knee { format!(": {}", sentences::suggestion(sweep, curve, target)) } else { String::new() };
    let line = line.with(Tone::Plain, &why);
    page.push_wrapped(line, 4);
    for written in &target.written {
        let told = sentences::written(sweep, curve, target, written);
        let from = format!("    {} of {}: {told}", number::trimmed(written.target, 3), written.guide);
        page.push_wrapped(Line::default().with(Tone::Faint, &from), 6);
    }
}
