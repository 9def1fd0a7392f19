//! One plot: lines over a quantity that is not time.

use super::PictureError;
use super::canvas::{Anchor, Canvas, Point, Type};
use super::ink::Ink;
use super::lettering;
use super::panel::{HEAD, LEFT, RIGHT, Sample, draw_sample};
use super::scale::Scale;
use crate::number;

const HEADING: Type = Type { size: 12.5, ink: Ink::Text, is_bold: true };
const SMALL: Type = Type { size: 11.0, ink: Ink::Muted, is_bold: false };
/// Where legends begin.
const LEGEND: f64 = LEFT + 150.0;
/// Pixels between two labels, at least.
const DISTANCE: f64 = 46.0;

/// A line with its name in the legend.
#[derive(Clone, Debug)]
pub(super) struct Line {
    name: &'static str,
    ink: Ink,
    pub(super) points: Vec<Point>,
}

impl Line {
    pub(super) fn new(name: &'static str, ink: Ink, points: Vec<Point>) -> Self {
        Self { name, ink, points }
    }
}

/// The level axis.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    scale: Scale,
    /// Both ends, where the scale is logarithmic.
    ends: Option<(f64, f64)>,
    name: String,
}

impl Axis {
    /// From zero to `most`.
    pub(super) fn linear(most: f64, name: String) -> Self {
        Self { scale: Scale::linear(most, false), ends: None, name }
    }

    /// From the least of these positive values to the greatest.
    pub(super) fn log(values: &[f64], name: String) -> Self {
        let (low, high) =
            values.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
        let ends = (low > 0.0 && low.is_finite()).then_some((low, high.max(low * 2.0)));
        Self { scale: Scale::linear(high, false), ends, name }
    }

    fn x(&self, value: f64) -> f64 {
        let share = match self.ends {
            Some((low, high)) if value > 0.0 => ((value / low).ln() / (high / low).ln()).clamp(0.0, 1.0),
            Some(_) => 0.0,
            None => self.scale.height(value),
        };
        LEFT + (RIGHT - LEFT) * share
    }

    /// Where the grid has lines, and what is written at them.
    fn ticks(&self) -> Vec<(f64, String)> {
        let Some((low, high)) = self.ends else { return self.scale.ticks() };
        let decades = (low.log10().floor().max(-9.0) as i32)..=(high.log10().ceil().min(12.0) as i32);
        let values = decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(decade)));
        let mut last = f64::NEG_INFINITY;
        let values = values.filter(|value| *value >= low * 0.999 && *value <= high * 1.001);
        let apart = values.filter(|value| {
            let is_apart = self.x(*value) >= last + DISTANCE;
            if is_apart {
                last = self.x(*value);
            }
            is_apart
        });
        apart.map(|value| (value, number::prefixed(value))).collect()
    }
}

/// A plot.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    pub(super) title: &'static str,
    pub(super) x: Axis,
    pub(super) y: Scale,
    /// Of the plot alone, in pixels.
    pub(super) height: f64,
    pub(super) lines: Vec<Line>,
    /// Where a dashed line goes up.
    pub(super) mark: Option<f64>,
}

impl Plot {
    /// Draws title, legend, plot and axis below `top`.
    pub(super) fn draw(&self, canvas: &Canvas<'_>, top: f64) -> Result<(), PictureError> {
        self.draw_head(canvas, top + HEAD - 12.0)?;
        let (top, foot) = (top + HEAD, top + HEAD + self.height);
        let y = |value: f64| foot - self.y.height(value) * self.height;
        for (value, label) in self.x.ticks() {
            let x = self.x.x(value);
            canvas.line(&[(x, top), (x, foot)], Ink::Grid, 1.0)?;
            canvas.text(&label, (x, foot + 12.0), Anchor::Middle, SMALL)?;
        }
        for (value, label) in self.y.ticks() {
            canvas.line(&[(LEFT, y(value)), (RIGHT, y(value))], Ink::Grid, 1.0)?;
            canvas.text(&label, (LEFT - 8.0, y(value)), Anchor::Right, SMALL)?;
        }
        canvas.line(&[(LEFT, foot), (RIGHT, foot)], Ink::Axis, 1.0)?;
        if let Some(mark) = self.mark {
            canvas.line(&[(self.x.x(mark), top), (self.x.x(mark), foot)], Ink::Limit, 1.2)?;
        }
        for line in &self.lines {
            let points: Vec<Point> =
                line.points.iter().map(|(at, value)| (self.x.x(*at), y(*value))).collect();
            canvas.line(&points, line.ink, 1.6)?;
            for point in &points {
                canvas.dot(*point, 2.0, line.ink)?;
            }
        }
        canvas.text(&self.x.name, ((LEFT + RIGHT) / 2.0, foot + 30.0), Anchor::Middle, SMALL)
    }

    fn draw_head(&self, canvas: &Canvas<'_>, middle: f64) -> Result<(), PictureError> {
        canvas.text(self.title, (LEFT, middle), Anchor::Left, HEADING)?;
        let lines = self.lines.iter().map(|line| (Sample::Line(line.ink), line.name));
        let mark = self.mark.map(|_| (Sample::Line(Ink::Limit), "knee"));
        let mut x = LEGEND;
        for (sample, name) in lines.chain(mark) {
            draw_sample(canvas, sample, (x, middle))?;
            canvas.text(name, (x + 20.0, middle), Anchor::Left, SMALL)?;
            x += 20.0 + lettering::width(name, SMALL.size, false) + 10.0;
        }
        Ok(())
    }
}
