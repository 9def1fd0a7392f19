//! The five panels: what came, where it waited, what served it, what was decided, and what users felt.

use super::clock::Clock;
use super::ink::Ink;
use super::panel::{Curve, Look, Panel, Sample};
use super::scale::Scale;
use super::series::{self, Point, Slot};
use crate::number;
use crate::replicas::Replicas;
use forescale_core::record::{Bin, Measure, RunRecord};
use std::borrow::Cow;

/// Objectives that are named one by one.
const MOST_LIMITS: usize = 3;

pub(super) fn panel(title: impl Into<Cow<'static, str>>, height: f64) -> Panel {
    let (title, (gaps, curves, limits, legend)) = (title.into(), Default::default());
    Panel { title, height, scale: None, gaps, curves, limits, legend, note: None }
}

pub(super) fn curve(points: Vec<Point>, ink: Ink, look: Look) -> Curve {
    Curve { pieces: vec![points], ink, look }
}

/// Without the stretches where it is zero: there it would hide the foot of the panel.
fn above_zero(points: &[Point], ink: Ink, look: Look) -> Curve {
    let is_zero = |i: usize| points.get(i).is_none_or(|point| point.1 <= 0.0);
    let mut pieces = vec![Vec::new()];
    for (i, point) in points.iter().enumerate() {
        let is_shown =
            !is_zero(i) || !is_zero(i + 1) || i.checked_sub(1).is_some_and(|before| !is_zero(before));
        match pieces.last_mut() {
            Some(piece) if is_shown => piece.push(*point),
            Some(piece) if !piece.is_empty() => pieces.push(Vec::new()),
            _ => {}
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    Curve { pieces, ink, look }
}

fn most<'a>(points: impl IntoIterator<Item = &'a Point>) -> f64 {
    points.into_iter().map(|point| point.1).filter(|value| value.is_finite()).fold(0.0, f64::max)
}

/// `arrived (mean 16.7, peak 68.6)`
pub(super) fn arrivals(record: &RunRecord, slots: &[Slot<'_>]) -> Panel {
    let mut panel = panel("Arrivals, requests/s", 76.0);
    let arrived = series::rate(slots, |bin| bin.arrived);
    let finished = series::rate(slots, |bin| bin.finished);
    let lost = series::rate(slots, |bin| bin.lost);
    let peak = most(&arrived);
    panel.scale = Some(Scale::linear(peak.max(most(&finished)).max(most(&lost)), false));
    let seconds = record.end.as_secs_f64();
    let mean = if seconds > 0.0 { record.account.arrivals() as f64 / seconds } else { 0.0 };
    let (mean, peak) = (number::prefixed(mean), number::prefixed(peak));
    panel.legend = vec![
        (Sample::Line(Ink::Main), format!("arrived (mean {mean}, peak {peak})")),
        (Sample::Line(Ink::Quiet), "finished".to_owned()),
    ];
    panel.curves = vec![curve(arrived, Ink::Main, Look::Area), curve(finished, Ink::Quiet, Look::Thin)];
    if most(&lost) > 0.0 {
        panel.legend.push((
            Sample::Line(Ink::Bad),
            format!("lost ({} in all)", number::count(record.account.lost())),
        ));
        panel.curves.push(above_zero(&lost, Ink::Bad, Look::Line));
    }
    if record.account.arrivals() == 0 {
        panel.note = Some("no request arrived");
    }
    panel
}

/// A state's legend: `queued (peak 2,020)`.
fn with_peak(name: &str, timeline: &[Bin], of: fn(&Bin) -> u64) -> String {
    format!("{name} (peak {})", number::count(timeline.iter().map(of).max().unwrap_or(0)))
}

pub(super) fn queue(record: &RunRecord, slots: &[Slot<'_>]) -> Panel {
    let mut panel = panel("Gateway queue, requests", 76.0);
    let queued = series::state(slots, |bin| bin.queue_size);
    panel.scale = Some(Scale::linear(most(&queued), true));
    panel.legend =
        vec![(Sample::Line(Ink::Main), with_peak("queued", &record.timeline, |bin| bin.queue_size))];
    panel.curves = vec![above_zero(&queued, Ink::Main, Look::Area)];
    panel
}

pub(super) fn engines(record: &RunRecord, slots: &[Slot<'_>]) -> Panel {
    let mut panel = panel("Engines, requests", 88.0);
    let running = series::state(slots, |bin| bin.running);
    let waiting = series::state(slots, |bin| bin.waiting);
    panel.scale = Some(Scale::linear(most(&running).max(most(&waiting)), true));
    panel.legend = vec![
        (Sample::Line(Ink::Main), with_peak("running", &record.timeline, |bin| bin.running)),
        (Sample::Line(Ink::Accent), with_peak("waiting", &record.timeline, |bin| bin.waiting)),
    ];
    panel.curves = vec![curve(running, Ink::Main, Look::Line), above_zero(&waiting, Ink::Accent, Look::Line)];
    panel
}

/// The Deployment's `spec.replicas`, each decision at its instant.
fn desired(record: &RunRecord) -> Vec<Point> {
    let first = record.scalings().next().map(|sync| sync.from);
    let Some(first) = first else { return by_bin(&record.timeline, |bin| bin.desired) };
    let changes = record.scalings().map(|sync| (sync.at.as_secs_f64(), f64::from(sync.to())));
    let mut desired = vec![(0.0, f64::from(first))];
    desired.extend(changes);
    desired.sort_by(|a, b| a.0.total_cmp(&b.0));
    desired
}

/// A state of the bins where it changes.
fn by_bin(timeline: &[Bin], of: fn(&Bin) -> u32) -> Vec<Point> {
    let mut changes: Vec<Point> = Vec::new();
    for bin in timeline {
        let (at, value) = (bin.at.as_secs_f64(), f64::from(of(bin)));
        match changes.last() {
            None => changes.push((0.0, value)),
            Some(last) if last.1 != value => changes.push((at.max(last.0), value)),
            Some(_) => {}
        }
    }
    changes
}

pub(super) fn replicas(record: &RunRecord, clock: &Clock) -> Panel {
    let mut panel = panel("Replicas, pods", 88.0);
    let desired = series::thinned(&desired(record), clock.end());
    let ready = series::thinned(&by_bin(&record.timeline, |bin| bin.ready), clock.end());
    panel.scale = Some(Scale::linear(most(desired.iter().chain(&ready)), true));
    let Replicas { scale_ups, scale_downs, .. } = Replicas::of(record);
    panel.legend = vec![
        (Sample::Line(Ink::Accent), "desired".to_owned()),
        (Sample::Line(Ink::Main), "Ready".to_owned()),
    ];
    panel.gaps = gaps(&desired, &ready, clock.end());
    if !panel.gaps.is_empty() {
        panel.legend.push((Sample::Block(Ink::Accent), "desired but not Ready".to_owned()));
    }
    for (sample, count, what) in [(Sample::Up, scale_ups, "up"), (Sample::Down, scale_downs, "down")] {
        if count > 0 {
            panel.legend.push((sample, format!("{} {what}", number::count(count.into()))));
        }
    }
    let end = clock.end();
    panel.curves = vec![
        curve(series::steps(&ready, end), Ink::Main, Look::Area),
        curve(series::steps(&desired, end), Ink::Accent, Look::Line),
    ];
    panel
}

/// Where more is desired than is Ready.
fn gaps(desired: &[Point], ready: &[Point], end: f64) -> Vec<Vec<Point>> {
    let mut instants: Vec<f64> = desired.iter().chain(ready).map(|change| change.0).chain([end]).collect();
    instants.sort_by(f64::total_cmp);
    instants.dedup();
    let mut gaps = Vec::new();
    let (mut above, mut below): (Vec<Point>, Vec<Point>) = Default::default();
    for pair in instants.windows(2) {
        let &[from, until] = pair else { continue };
        let (top, foot) = (series::at(desired, from), series::at(ready, from));
        if top > foot {
            above.extend([(from, top), (until, top)]);
            below.extend([(from, foot), (until, foot)]);
        }
        if (top <= foot || until == end) && !above.is_empty() {
            above.extend(below.drain(..).rev());
            gaps.push(std::mem::take(&mut above));
        }
    }
    gaps
}

pub(super) fn ttft(record: &RunRecord, slots: &[Slot<'_>]) -> Panel {
    let mut panel = panel("Time to first token, log", 100.0);
    let p50 = series::measured(slots, |bin| bin.ttft_p50, series::median);
    let p99 = series::measured(slots, |bin| bin.ttft_p99, series::greatest);
    let objectives = record.attainments.iter().map(|attainment| attainment.objective);
    let objectives: Vec<_> = objectives
        .filter(|objective| objective.measure == Measure::Ttft && !objective.limit.is_zero())
        .collect();
    panel.limits = objectives.iter().map(|objective| objective.limit.as_secs_f64()).collect();
    let values = p50.iter().chain(&p99).flatten().map(|point| point.1);
    panel.scale = Scale::log(values.chain(panel.limits.iter().copied()));
    panel.legend =
        vec![(Sample::Line(Ink::Main), "p50".to_owned()), (Sample::Line(Ink::Accent), "p99".to_owned())];
    let names = objectives.iter().take(MOST_LIMITS);
    let names: Vec<String> = names
        .map(|objective| {
            format!("{} ≤ {}", number::quantile(objective.quantile), number::span(objective.limit))
        })
        .collect();
    if !names.is_empty() {
        let more = objectives.len() - names.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        panel.legend.push((Sample::Line(Ink::Limit), format!("objective {}{more}", names.join(", "))));
    }
    if p99.is_empty() && p50.is_empty() {
        panel.note = Some("no first token");
    }
    panel.curves = vec![
        Curve { pieces: p50, ink: Ink::Main, look: Look::Line },
        Curve { pieces: p99, ink: Ink::Accent, look: Look::Line },
    ];
    panel
}
