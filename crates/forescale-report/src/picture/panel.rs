//! One panel: curves over the time of the run, with a title, a legend and an axis.

use super::PictureError;
use super::canvas::{Anchor, Canvas, Type};
use super::clock::Clock;
use super::ink::Ink;
use super::lettering;
use super::scale::Scale;
use super::series::Point;
use std::borrow::Cow;

/// The edges of all panels.
pub(super) const LEFT: f64 = 64.0;
/// The edges of all panels.
pub(super) const RIGHT: f64 = 936.0;
/// Where all legends begin.
const LEGEND: f64 = LEFT + 204.0;
/// The height of the line with title and legend.
pub(super) const HEAD: f64 = 27.0;

const TITLE: Type = Type { size: 12.5, ink: Ink::Text, is_bold: true };
const SMALL: Type = Type { size: 11.0, ink: Ink::Muted, is_bold: false };
/// How dense the area below a curve is.
const TINT: f64 = 0.14;

/// How a curve is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Look {
    Line,
    Thin,
    /// The area below it too.
    Area,
}

/// A curve in pieces, in the values of the panel.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    pub(super) pieces: Vec<Vec<Point>>,
    pub(super) ink: Ink,
    pub(super) look: Look,
}

/// What stands before the words of a legend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sample {
    Line(Ink),
    Block(Ink),
    Up,
    Down,
}

/// A panel.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    pub(super) title: Cow<'static, str>,
    /// The height of the plot in pixels.
    pub(super) height: f64,
    /// `None` where there is nothing to show but the note.
    pub(super) scale: Option<Scale>,
    /// Areas between curves, drawn first.
    pub(super) gaps: Vec<Vec<Point>>,
    pub(super) curves: Vec<Curve>,
    /// Horizontal lines.
    pub(super) limits: Vec<f64>,
    pub(super) legend: Vec<(Sample, String)>,
    /// Words in place of curves.
    pub(super) note: Option<&'static str>,
}

impl Panel {
    /// Draws title and legend in the line that begins at `top`.
    pub(super) fn draw_head(&self, canvas: &Canvas<'_>, top: f64) -> Result<(), PictureError> {
        let middle = top + HEAD - 12.0;
        canvas.text(&self.title, (LEFT, middle), Anchor::Left, TITLE)?;
        let mut x = LEGEND;
        for (sample, text) in &self.legend {
            let room = RIGHT - x - 20.0;
            if room < 40.0 {
                break;
            }
            let text = lettering::fitting(text, SMALL.size, false, room);
            draw_sample(canvas, *sample, (x, middle))?;
            canvas.text(&text, (x + 20.0, middle), Anchor::Left, SMALL)?;
            x += 20.0 + lettering::width(&text, SMALL.size, false) + 10.0;
        }
        Ok(())
    }

    /// Draws the plot below `top`.
    pub(super) fn draw_plot(&self, canvas: &Canvas<'_>, clock: &Clock, top: f64) -> Result<(), PictureError> {
        let foot = top + self.height;
        for (at, _) in clock.ticks() {
            canvas.line(&[(clock.x(at), top), (clock.x(at), foot)], Ink::Grid, 1.0)?;
        }
        if let Some(scale) = &self.scale {
            let y = |value: f64| foot - scale.height(value) * self.height;
            for (value, label) in scale.ticks() {
                canvas.line(&[(LEFT, y(value)), (RIGHT, y(value))], Ink::Grid, 1.0)?;
                let label = lettering::fitting(&label, SMALL.size, false, LEFT - 10.0);
                canvas.text(&label, (LEFT - 8.0, y(value)), Anchor::Right, SMALL)?;
            }
            canvas.line(&[(LEFT, foot), (RIGHT, foot)], Ink::Axis, 1.0)?;
            let placed =
                |points: &[Point]| points.iter().map(|(at, v)| (clock.x(*at), y(*v))).collect::<Vec<_>>();
            for gap in &self.gaps {
                canvas.fill(&placed(gap), Ink::Accent, TINT)?;
            }
            for curve in &self.curves {
                for piece in &curve.pieces {
                    draw_curve(canvas, &placed(piece), foot, curve)?;
                }
            }
            for limit in &self.limits {
                canvas.line(&[(LEFT, y(*limit)), (RIGHT, y(*limit))], Ink::Limit, 1.2)?;
            }
        } else {
            canvas.line(&[(LEFT, foot), (RIGHT, foot)], Ink::Axis, 1.0)?;
        }
        match self.note {
            Some(note) => {
                let middle = ((LEFT + RIGHT) / 2.0, top + self.height / 2.0);
                canvas.text(note, middle, Anchor::Middle, Type { size: 12.0, ..SMALL })
            }
            None => Ok(()),
        }
    }
}

fn draw_curve(canvas: &Canvas<'_>, points: &[Point], foot: f64, curve: &Curve) -> Result<(), PictureError> {
    let width = if curve.look == Look::Thin { 1.1 } else { 1.6 };
    match points {
        [] => Ok(()),
        [point] => canvas.dot(*point, 1.6, curve.ink),
        [first, .., last] => {
            if curve.look == Look::Area {
                let mut area = vec![(first.0, foot)];
                area.extend(points);
                area.push((last.0, foot));
                canvas.fill(&area, curve.ink, TINT)?;
            }
            canvas.line(points, curve.ink, width)
        }
    }
}

/// Draws what stands before the words of a legend.
pub(super) fn draw_sample(canvas: &Canvas<'_>, sample: Sample, (x, y): Point) -> Result<(), PictureError> {
    match sample {
        Sample::Line(ink) => {
            canvas.line(&[(x, y), (x + 14.0, y)], ink, if ink == Ink::Limit { 1.2 } else { 2.4 })
        }
        Sample::Block(ink) => canvas.bar((x, y - 5.0), (x + 14.0, y + 5.0), ink, 2.0 * TINT),
        Sample::Up => draw_mark(canvas, (x + 8.0, y), Some(true)),
        Sample::Down => draw_mark(canvas, (x + 8.0, y), Some(false)),
    }
}

/// `▲` or `▼`, or `◆` for both, 8 pixels wide with this middle.
pub(super) fn draw_mark(canvas: &Canvas<'_>, (x, y): Point, is_up: Option<bool>) -> Result<(), PictureError> {
    let corners = match is_up {
        Some(true) => vec![(x - 4.0, y + 3.5), (x, y - 3.5), (x + 4.0, y + 3.5)],
        Some(false) => vec![(x - 4.0, y - 3.5), (x, y + 3.5), (x + 4.0, y - 3.5)],
        None => vec![(x - 4.0, y), (x, y - 4.0), (x + 4.0, y), (x, y + 4.0)],
    };
    canvas.fill(&corners, Ink::Text, 1.0)
}
