//! A comparison as a picture.

use super::canvas::{Anchor, Canvas, Type};
use super::clock::Clock;
use super::ink::Ink;
use super::panel::{HEAD, LEFT, Look, Panel, RIGHT, Sample};
use super::panels::{curve, panel};
use super::scale::Scale;
use super::series::{self, Point};
use super::{FOOT, GAP, MARGIN, Paper, PictureError, WIDTH, lettering};
use crate::compare::{has_objectives, standing, verdict};
use forescale_core::record::Bin;
use forescale_experiment::compare::{Compared, Comparison};
use forescale_kernel::SimDuration;

/// The height of name and verdict, of which each further line takes more.
const TITLE: f64 = 56.0;
const LINE: f64 = 18.0;
/// No verdict is as long as that, but for names that nobody reads to their end.
const MOST_LINES: usize = 6;
/// The height of a variant's replicas.
const REPLICAS: f64 = 62.0;
/// The height of its waiting requests.
const WAITING: f64 = 44.0;

/// The comparison as an SVG document, the runs of the first seed over each other: for each variant its Ready replicas and the requests that wait,
/// with those of the base behind them.
///
/// The colours follow `prefers-color-scheme`, as those of [`timeline_svg`](super::timeline_svg) do.
///
/// # Errors
/// Where the drawing backend fails, which no comparison is known to cause.
pub fn compare_svg(scenario: &str, comparison: &Comparison) -> Result<String, PictureError> {
    let timeline =
        |of: &Compared| of.replications.runs.first().map(|run| run.timeline.clone()).unwrap_or_default();
    let timelines: Vec<Vec<Bin>> = comparison.entrants.iter().map(timeline).collect();
    let ends = timelines.iter().filter_map(|bins| bins.last()).map(|bin| bin.at.since_start());
    let clock = Clock::until(ends.max().unwrap_or(SimDuration::ZERO), LEFT, RIGHT);
    let base =
        comparison.base().zip(timelines.first()).map(|(base, bins)| (base.name.as_str(), bins.as_slice()));
    let most = |of: fn(&Bin) -> u64| timelines.iter().flatten().map(of).max().unwrap_or(0) as f64;
    let scales = (Scale::linear(most(ready), true), Scale::linear(most(waiting), true));
    let panels: Vec<[Panel; 2]> = comparison
        .entrants
        .iter()
        .zip(&timelines)
        .enumerate()
        .map(|(place, (entrant, own))| panels(entrant, own, base.filter(|_| place > 0), &scales))
        .collect();
    let height = |panel: &Panel| HEAD + panel.height + GAP;
    let (is_good, told) = verdict(comparison);
    let room = f64::from(WIDTH) - 2.0 * MARGIN;
    let lines = lettering::lines(&told, 13.0, true, room, MOST_LINES);
    let title = TITLE + LINE * (lines.len() - 1) as f64;
    let total = title + panels.iter().flatten().map(height).sum::<f64>() + FOOT;
    let alternative = lettering::fitting(&format!("{scenario}: {told}"), 1.0, false, f64::INFINITY);
    Canvas::draw((WIDTH, total as u32), &alternative, Paper::LightOrDark, |canvas| {
        let name = Type { size: 18.0, ink: Ink::Text, is_bold: true };
        canvas.text(
            &lettering::fitting(scenario, name.size, true, room),
            (MARGIN, 24.0),
            Anchor::Left,
            name,
        )?;
        let ink = if is_good { Ink::Good } else { Ink::Bad };
        let kind = Type { size: 13.0, ink, is_bold: true };
        for (place, line) in lines.iter().enumerate() {
            canvas.text(line, (MARGIN, 46.0 + LINE * place as f64), Anchor::Left, kind)?;
        }
        let mut top = title;
        for panel in panels.iter().flatten() {
            panel.draw_head(canvas, top)?;
            panel.draw_plot(canvas, &clock, top + HEAD)?;
            top += height(panel);
        }
        let label = Type { size: 11.0, ink: Ink::Muted, is_bold: false };
        for (at, text) in clock.ticks() {
            canvas.text(&text, (clock.x(at), top + 5.0), Anchor::Middle, label)?;
        }
        let seed = comparison.base().and_then(|base| base.replications.runs.first()).map(|run| run.seed);
        let seed =
            seed.map_or_else(String::new, |seed| format!("time since the start of the run · seed {seed}"));
        canvas.text(&seed, (LEFT, top + 27.0), Anchor::Left, label)
    })
}

fn ready(bin: &Bin) -> u64 {
    bin.ready.into()
}

fn waiting(bin: &Bin) -> u64 {
    bin.queue_size + bin.waiting
}

fn panels(
    entrant: &Compared,
    own: &[Bin],
    base: Option<(&str, &[Bin])>,
    (replicas, queue): &(Scale, Scale),
) -> [Panel; 2] {
    let points =
        |bins: &[Bin], of: fn(&Bin) -> u64| -> Vec<Point> { series::state(&series::slots(bins), of) };
    let of = |title: String, height: f64, scale: &Scale, what: &str, gauge: fn(&Bin) -> u64| {
        let mut panel = panel(title, height);
        panel.scale = Some(scale.clone());
        panel.legend.push((Sample::Line(Ink::Main), what.to_owned()));
        if let Some((name, bins)) = base {
            panel.curves.push(curve(points(bins, gauge), Ink::Quiet, Look::Thin));
            panel.legend.push((Sample::Line(Ink::Quiet), name.to_owned()));
        }
        panel.curves.push(curve(points(own, gauge), Ink::Main, Look::Area));
        panel
    };
    let name = lettering::fitting(&entrant.name, 12.5, true, 190.0);
    let objectives = if has_objectives(entrant) { "objectives " } else { "" };
    let ready =
        of(name, REPLICAS, replicas, &format!("Ready replicas · {objectives}{}", standing(entrant)), ready);
    [ready, of(String::new(), WAITING, queue, "requests that wait, in the gateway and in engines", waiting)]
}
