//! Drawn points: a dot for each over the two axes that matter most.

use super::super::canvas::{Anchor, Canvas};
use super::super::ink::Ink;
use super::super::{PictureError, lettering};
use super::SMALL;
use super::panes::{by_effect, frame, value};
use crate::number;
use crate::sweep::{axis_names, unquoted};
use forescale_experiment::kpi::Kpi;
use forescale_experiment::sweep::{Setting, Swept, number as numeric};

/// The height below the legend.
pub(super) const HEIGHT: f64 = 460.0;
const PLOT: f64 = 390.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 930.0;

/// One of the two axes.
struct Side {
    axis: usize,
    low: f64,
    high: f64,
    is_log: bool,
    /// Values that are no numbers, in their order.
    names: Vec<String>,
}

impl Side {
    fn new(swept: &Swept, axis: usize) -> Self {
        let values: Vec<&str> =
            swept.settings.iter().filter_map(|setting| value(&swept.plan, setting, axis)).collect();
        let numbers: Option<Vec<f64>> = values.iter().map(|value| numeric(value)).collect();
        let names = swept.plan.axes.get(axis).map(|axis| axis.values.clone()).unwrap_or_default();
        let Some(numbers) = numbers.filter(|numbers| !numbers.is_empty()) else {
            return Self { axis, low: -0.5, high: names.len() as f64 - 0.5, is_log: false, names };
        };
        let ends = numbers
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)));
        let is_log = ends.0 > 0.0 && ends.1 / ends.0 >= 20.0;
        Self { axis, low: ends.0, high: ends.1, is_log, names: Vec::new() }
    }

    /// From 0 to 1.
    fn share(&self, swept: &Swept, setting: &Setting) -> Option<f64> {
        let text = value(&swept.plan, setting, self.axis)?;
        let at = match self.names.iter().position(|name| name == text) {
            Some(place) => place as f64,
            None => numeric(text)?,
        };
        let on = |v: f64| if self.is_log { v.max(f64::MIN_POSITIVE).ln() } else { v };
        let (low, high) = (on(self.low), on(self.high));
        Some(if high > low { ((on(at) - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 })
    }

    /// What is written at both ends.
    fn ends(&self) -> [String; 2] {
        match (self.names.first(), self.names.last()) {
            (Some(first), Some(last)) => [first, last].map(|name| unquoted(Some(name)).to_owned()),
            _ => [self.low, self.high].map(|end| number::trimmed(end, 4)),
        }
    }
}

pub(super) fn draw(canvas: &Canvas<'_>, swept: &Swept, kpi: Kpi, top: f64) -> Result<(), PictureError> {
    let (top, foot) = (top + 8.0, top + 8.0 + PLOT);
    let order = by_effect(swept, &kpi.name());
    let side = |place: usize| Side::new(swept, order.get(place).copied().unwrap_or(0));
    let (across, up) = (side(0), side(1));
    let at = |setting: &Setting| {
        let (x, y) = (across.share(swept, setting)?, up.share(swept, setting)?);
        Some((LEFT + 14.0 + (RIGHT - LEFT - 28.0) * x, foot - 14.0 - (PLOT - 28.0) * y))
    };
    frame(canvas, (LEFT, top), (RIGHT, foot), Ink::Axis, 1.0)?;
    let mean = |setting: &Setting| setting.estimate(&kpi.name()).map(|estimate| estimate.mean);
    let values = swept.settings.iter().filter_map(mean);
    let (low, high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let best = swept.best(kpi).map(|best| best.point);
    for setting in &swept.settings {
        let (Some(place), Some(mean)) = (at(setting), mean(setting)) else { continue };
        let share = if high > low { (mean - low) / (high - low) } else { 0.0 };
        let radius = 3.0 + 6.0 * share;
        let is_base = swept.plan.points.get(setting.point).is_some_and(|point| point.is_base);
        if is_base {
            canvas.dot(place, radius + 4.0, Ink::Accent)?;
        } else if best == Some(setting.point) {
            canvas.dot(place, radius + 4.0, Ink::Good)?;
        }
        canvas.dot(place, radius + 2.0, Ink::Paper)?;
        canvas.dot(place, radius, if setting.is_met() { Ink::Main } else { Ink::Quiet })?;
    }
    let names = axis_names(&swept.plan);
    let name = |side: &Side| names.get(side.axis).cloned().unwrap_or_default();
    let [first, last] = across.ends();
    canvas.text(&first, (LEFT + 14.0, foot + 14.0), Anchor::Middle, SMALL)?;
    canvas.text(&last, (RIGHT - 14.0, foot + 14.0), Anchor::Middle, SMALL)?;
    let [first, last] = up.ends();
    canvas.text(&first, (LEFT - 8.0, foot - 14.0), Anchor::Right, SMALL)?;
    canvas.text(&last, (LEFT - 8.0, top + 14.0), Anchor::Right, SMALL)?;
    let scale = |side: &Side| if side.is_log { " (log)" } else { "" };
    let text = format!(
        "{}{} → · ↑ {}{} · a larger dot has more {}, a grey one misses an objective",
        name(&across),
        scale(&across),
        name(&up),
        scale(&up),
        kpi.name()
    );
    canvas.text(
        &lettering::fitting(&text, SMALL.size, false, RIGHT - LEFT),
        (LEFT, foot + 36.0),
        Anchor::Left,
        SMALL,
    )
}
