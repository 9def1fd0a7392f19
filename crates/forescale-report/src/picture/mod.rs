//! The run over time as a picture.
//!
//! Drawn by plotters with estimated text widths, so no font is needed and the same run gives the same bytes anywhere.

mod canvas;
mod clock;
mod compare;
mod decisions;
mod ink;
mod knee;
mod lettering;
mod panel;
mod panels;
mod plot;
#[cfg(feature = "png")]
mod png;
mod scale;
mod series;
mod sweep;
mod traffic;

#[cfg(feature = "png")]
pub use png::timeline_png;

pub use compare::compare_svg;
pub use knee::knee_svg;
pub use sweep::sweep_svg;
pub use traffic::{LengthBin, TrafficPicture, traffic_svg};

use crate::Subject;
use crate::number;
use crate::page::Tone;
use crate::text::{costs, verdict};
use canvas::{Anchor, Canvas, Type};
use clock::Clock;
use forescale_core::record::{Bin, RunRecord, SyncRecord};
use forescale_kernel::SimTime;
use ink::Ink;
use panel::{HEAD, LEFT, RIGHT};
use std::fmt;

/// The width of the picture in pixels.
const WIDTH: u32 = 960;
/// The height of scenario, verdict and policy.
const TITLE: f64 = 76.0;
/// Between a panel and the next.
const GAP: f64 = 8.0;
/// The height of the time axis and of the line below it.
const FOOT: f64 = 48.0;
/// What is left free at the outer edges.
const MARGIN: f64 = 16.0;

/// A picture could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureError(String);

impl PictureError {
    fn new(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for PictureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the picture cannot be drawn: {}", self.0)
    }
}

impl std::error::Error for PictureError {}

/// What the picture is drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Paper {
    /// As the reader prefers.
    LightOrDark,
    #[cfg(feature = "png")]
    Light,
}

/// The run over time as an SVG document: arrivals, the gateway's queue, the engines, replicas with each scaling, time to first token.
///
/// The panels share one time axis from the start of the run to its end. The colours follow `prefers-color-scheme`, also where the
/// picture is embedded by `<img>`; it brings its own ground. In long runs a point stands for several bins: for their peak, for their mean
/// where it is a rate, for their median where it is p50. Text is cut off with an ellipsis where it may not fit.
///
/// # Errors
/// Where the drawing backend fails, which no record is known to cause.
pub fn timeline_svg(subject: &Subject, record: &RunRecord) -> Result<String, PictureError> {
    timeline(subject, record, Paper::LightOrDark)
}

fn timeline(subject: &Subject, record: &RunRecord, paper: Paper) -> Result<String, PictureError> {
    let clock = Clock::new(record, LEFT, RIGHT);
    let slots = series::slots(&record.timeline);
    let scalings: Vec<&SyncRecord> = record.scalings().collect();
    // The replicas come with the decisions above them.
    let lane = if scalings.is_empty() { 0.0 } else { decisions::LANE };
    let panels = [
        (panels::arrivals(record, &slots), 0.0),
        (panels::queue(record, &slots), 0.0),
        (panels::engines(record, &slots), 0.0),
        (panels::replicas(record, &clock), lane),
        (panels::ttft(record, &slots), 0.0),
    ];
    let heights: f64 = panels.iter().map(|(panel, lane)| HEAD + lane + panel.height + GAP).sum();
    let size = (WIDTH, (TITLE + heights + FOOT) as u32);
    Canvas::draw(size, &alternative(subject, record), paper, |canvas| {
        draw_title(canvas, subject, record)?;
        let mut top = TITLE;
        for (panel, lane) in &panels {
            panel.draw_head(canvas, top)?;
            let (above, foot) = (top + HEAD, top + HEAD + lane + panel.height);
            decisions::draw_lines(canvas, &clock, &scalings, (above + lane, foot))?;
            if *lane > 0.0 {
                decisions::draw(canvas, &clock, &scalings, above)?;
            }
            panel.draw_plot(canvas, &clock, above + lane)?;
            top = foot + GAP;
        }
        draw_foot(canvas, subject, &record.timeline, &clock, top - GAP)
    })
}

/// What a screen reader says.
fn alternative(subject: &Subject, record: &RunRecord) -> String {
    let text = format!("Timeline of {}: {}", subject.scenario, verdict(record).1);
    lettering::fitting(&text, 1.0, false, f64::INFINITY)
}

fn draw_title(canvas: &Canvas<'_>, subject: &Subject, record: &RunRecord) -> Result<(), PictureError> {
    let right = f64::from(WIDTH);
    let room = right - 2.0 * MARGIN;
    let name = Type { size: 18.0, ink: Ink::Text, is_bold: true };
    let small = Type { size: 12.0, ink: Ink::Muted, is_bold: false };
    let costs = lettering::fitting(&costs(subject, record), small.size, false, room / 2.0);
    canvas.text(&costs, (right - MARGIN, 24.0), Anchor::Right, small)?;
    let left = room - lettering::width(&costs, small.size, false) - MARGIN;
    canvas.text(
        &lettering::fitting(&subject.scenario, name.size, true, left),
        (MARGIN, 24.0),
        Anchor::Left,
        name,
    )?;
    let (tone, sentence) = verdict(record);
    let ink = match tone {
        Tone::Good => Ink::Good,
        Tone::Bad => Ink::Bad,
        Tone::Plain | Tone::Heading | Tone::Faint => Ink::Text,
    };
    let kind = Type { size: 13.0, ink, is_bold: true };
    canvas.text(&lettering::fitting(&sentence, kind.size, true, room), (MARGIN, 46.0), Anchor::Left, kind)?;
    let policy = lettering::fitting(&subject.policy(), small.size, false, room);
    canvas.text(&policy, (MARGIN, 65.0), Anchor::Left, small)
}

fn draw_foot(
    canvas: &Canvas<'_>,
    subject: &Subject,
    timeline: &[Bin],
    clock: &Clock,
    top: f64,
) -> Result<(), PictureError> {
    let label = Type { size: 11.0, ink: Ink::Muted, is_bold: false };
    for (at, text) in clock.ticks() {
        let x = clock.x(at);
        canvas.line(&[(x, top), (x, top + 4.0)], Ink::Axis, 1.0)?;
        canvas.text(&text, (x, top + 13.0), Anchor::Middle, label)?;
    }
    let y = top + 35.0;
    let made = format!("seed {} · forescale {}", subject.seed, subject.tool_version);
    let room = f64::from(WIDTH) - 2.0 * MARGIN;
    let made = lettering::fitting(&made, label.size, false, room / 2.0);
    canvas.text(&made, (f64::from(WIDTH) - MARGIN, y), Anchor::Right, label)?;
    let left = room - lettering::width(&made, label.size, false) - MARGIN;
    let caption = lettering::fitting(&caption(timeline), label.size, false, left);
    canvas.text(&caption, (LEFT, y), Anchor::Left, label)
}

/// What a point stands for.
fn caption(timeline: &[Bin]) -> String {
    let Some(first) = timeline.first() else { return "time since the start of the run".to_owned() };
    let bin = number::span(first.at.since_start());
    if first.at == SimTime::ZERO {
        return "time since the start of the run".to_owned();
    }
    let bins = series::bins_per_slot(timeline);
    if bins == 1 {
        return format!("time since the start · bins of {bin}: states at their ends, the rest within");
    }
    format!(
        "time since the start · a point is {bins} bins of {bin}: their peak, mean for rates, median for p50"
    )
}
