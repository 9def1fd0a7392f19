//! One axis: a KPI over its values, with intervals.

use super::super::canvas::{Anchor, Canvas, Point};
use super::super::ink::Ink;
use super::super::scale::Scale;
use super::super::{PictureError, lettering};
use super::SMALL;
use super::panes::value;
use crate::sweep::{axis_names, unquoted};
use forescale_experiment::kpi::Kpi;
use forescale_experiment::sweep::{Setting, Swept, number};

/// The height below the legend.
pub(super) const HEIGHT: f64 = 330.0;
const PLOT: f64 = 260.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 930.0;
/// Pixels between two labels, at least.
const DISTANCE: f64 = 60.0;

pub(super) fn draw(canvas: &Canvas<'_>, swept: &Swept, kpi: Kpi, top: f64) -> Result<(), PictureError> {
    let foot = top + 10.0 + PLOT;
    let unit = if kpi.unit() == "share" { 100.0 } else { 1.0 };
    let mut points = points(swept);
    points.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let estimate = |setting: &Setting| setting.estimate(&kpi.name()).map(|estimate| estimate.scaled(unit));
    let most = points.iter().filter_map(|(_, setting)| estimate(setting));
    let most = most.map(|estimate| estimate.mean + estimate.half_width.unwrap_or(0.0)).fold(0.0, f64::max);
    let scale = Scale::linear(most, false);
    let y = |value: f64| foot - scale.height(value) * PLOT;
    let ends = (points.first().map_or(0.0, |(at, _)| *at), points.last().map_or(1.0, |(at, _)| *at));
    let x = |at: f64| {
        let share = if ends.1 > ends.0 { (at - ends.0) / (ends.1 - ends.0) } else { 0.5 };
        LEFT + 20.0 + (RIGHT - LEFT - 40.0) * share
    };
    for (value, label) in scale.ticks() {
        canvas.line(&[(LEFT, y(value)), (RIGHT, y(value))], Ink::Grid, 1.0)?;
        canvas.text(&label, (LEFT - 8.0, y(value)), Anchor::Right, SMALL)?;
    }
    canvas.line(&[(LEFT, foot), (RIGHT, foot)], Ink::Axis, 1.0)?;
    let path: Vec<Point> =
        points.iter().filter_map(|(at, setting)| Some((x(*at), y(estimate(setting)?.mean)))).collect();
    canvas.line(&path, Ink::Main, 1.2)?;
    let best = swept.best(kpi).map(|best| best.point);
    let mut last = f64::NEG_INFINITY;
    for (at, setting) in &points {
        let x = x(*at);
        if x >= last + DISTANCE {
            last = x;
            let text = unquoted(value(&swept.plan, setting, 0));
            canvas.text(
                &lettering::fitting(text, SMALL.size, false, DISTANCE * 2.0),
                (x, foot + 14.0),
                Anchor::Middle,
                SMALL,
            )?;
        }
        let Some(estimate) = estimate(setting) else { continue };
        if let Some((low, high)) = estimate.interval() {
            canvas.line(&[(x, y(low)), (x, y(high))], Ink::Main, 1.2)?;
        }
        let middle = (x, y(estimate.mean));
        let is_base = swept.plan.points.get(setting.point).is_some_and(|point| point.is_base);
        if is_base {
            canvas.dot(middle, 9.0, Ink::Accent)?;
        } else if best == Some(setting.point) {
            canvas.dot(middle, 9.0, Ink::Good)?;
        }
        let ink = if setting.is_met() { Ink::Main } else { Ink::Quiet };
        canvas.dot(middle, 7.0, Ink::Paper)?;
        canvas.dot(middle, 5.0, ink)?;
    }
    let names = axis_names(&swept.plan);
    let name = names.first().map(String::as_str).unwrap_or_default();
    let text =
        format!("{} over {name}; bars are 95 % intervals, grey where an objective is missed", kpi.name());
    canvas.text(
        &lettering::fitting(&text, SMALL.size, false, RIGHT - LEFT),
        (LEFT, foot + 36.0),
        Anchor::Left,
        SMALL,
    )
}

/// All settings with their places: numbers, on a logarithmic scale where they are far apart; else one after the other.
fn points(swept: &Swept) -> Vec<(f64, &Setting)> {
    let of = |setting: &Setting| value(&swept.plan, setting, 0).and_then(number);
    let numbers: Option<Vec<f64>> = swept.settings.iter().map(of).collect();
    let Some(numbers) = numbers else {
        return swept.settings.iter().enumerate().map(|(place, setting)| (place as f64, setting)).collect();
    };
    let (low, high) =
        numbers.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
    let is_log = low > 0.0 && high / low >= 20.0;
    numbers.into_iter().map(|at| if is_log { at.ln() } else { at }).zip(&swept.settings).collect()
}
