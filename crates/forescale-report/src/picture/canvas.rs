//! A sheet to draw on, in pixels and tenths of them.

use super::ink::{Ink, style_sheet, with_dashes};
use super::{Paper, PictureError};
use plotters::coord::Shift;
use plotters::prelude::{
    Circle, DrawingArea, FontFamily, FontStyle, IntoDrawingArea, IntoFont, PathElement, Polygon, Rectangle,
    SVGBackend, TextStyle,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, ShapeStyle};
use std::borrow::Cow;

/// Units of the drawing per pixel: the drawing has whole numbers only, and a curve needs finer steps.
const FINE: f64 = 10.0;
/// What the backend divides the size of text by.
const BACKEND_SIZE: f64 = 1.24;
/// What is first tried for text; the last is everywhere.
const FONTS: &str = "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif";

/// A place in pixels from the upper left corner.
pub(super) type Point = (f64, f64);

/// How text is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) ink: Ink,
    pub(super) is_bold: bool,
}

/// Where text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    /// The point is the left end of the middle line.
    Left,
    /// Its middle.
    Middle,
    /// Its right end.
    Right,
}

/// A sheet in the making.
pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

impl Canvas<'_> {
    /// Draws on a sheet of this size in pixels and returns it as SVG; `title` is what a screen reader says.
    pub(super) fn draw(
        (width, height): (u32, u32),
        title: &str,
        paper: Paper,
        draw: impl FnOnce(&Canvas<'_>) -> Result<(), PictureError>,
    ) -> Result<String, PictureError> {
        let fine = |pixels: u32| pixels * FINE as u32;
        let mut svg = String::new();
        let backend = SVGBackend::with_string(&mut svg, (fine(width), fine(height)));
        let canvas = Canvas { area: backend.into_drawing_area() };
        canvas.area.fill(&Ink::Paper.color()).map_err(PictureError::new)?;
        draw(&canvas)?;
        canvas.area.present().map_err(PictureError::new)?;
        drop(canvas);
        Ok(dressed(&svg, (width, height), title, paper))
    }

    /// A line through these points.
    pub(super) fn line(&self, points: &[Point], ink: Ink, width: f64) -> Result<(), PictureError> {
        let path: Vec<_> = thinned(points);
        if path.len() < 2 {
            return Ok(());
        }
        let style =
            ShapeStyle { color: ink.color().to_rgba(), filled: false, stroke_width: (width * FINE) as u32 };
        self.area.draw(&PathElement::new(path, style)).map_err(PictureError::new)
    }

    /// The area within these points, so dense from 0 to 1.
    pub(super) fn fill(&self, points: &[Point], ink: Ink, density: f64) -> Result<(), PictureError> {
        let path = thinned(points);
        if path.len() < 3 {
            return Ok(());
        }
        self.area.draw(&Polygon::new(path, ink.color().mix(density).filled())).map_err(PictureError::new)
    }

    /// A rectangle between two opposite corners.
    pub(super) fn bar(&self, from: Point, to: Point, ink: Ink, density: f64) -> Result<(), PictureError> {
        let style = ink.color().mix(density).filled();
        self.area.draw(&Rectangle::new([fine(from), fine(to)], style)).map_err(PictureError::new)
    }

    /// A dot.
    pub(super) fn dot(&self, at: Point, radius: f64, ink: Ink) -> Result<(), PictureError> {
        self.area
            .draw(&Circle::new(fine(at), (radius * FINE) as i32, ink.color().filled()))
            .map_err(PictureError::new)
    }

    /// A line of text. It is written as it is: who calls it has seen to it that it fits.
    pub(super) fn text(&self, text: &str, at: Point, anchor: Anchor, kind: Type) -> Result<(), PictureError> {
        let style = if kind.is_bold { FontStyle::Bold } else { FontStyle::Normal };
        let font = (FontFamily::SansSerif, kind.size * FINE * BACKEND_SIZE, style).into_font();
        let anchor = match anchor {
            Anchor::Left => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        let color = kind.ink.color();
        let style = TextStyle::from(font).color(&color).pos(Pos::new(anchor, VPos::Center));
        self.area.draw_text(text, &style, fine(at)).map_err(PictureError::new)
    }
}

/// In units of the drawing. The cast saturates, and nothing is drawn outside of the sheet anyway.
fn fine((x, y): Point) -> (i32, i32) {
    let limit = |v: f64| (v * FINE).round().clamp(-1e6, 1e6) as i32;
    (limit(x), limit(y))
}

/// The points in units of the drawing, without those that lie between equal neighbours in one row or one column.
fn thinned(points: &[Point]) -> Vec<(i32, i32)> {
    let mut path: Vec<(i32, i32)> = Vec::with_capacity(points.len());
    for point in points.iter().copied().map(fine) {
        if let [.., a, b] = path.as_slice() {
            let in_row = a.1 == b.1 && b.1 == point.1 && (a.0 <= b.0) == (b.0 <= point.0);
            let in_column = a.0 == b.0 && b.0 == point.0 && (a.1 <= b.1) == (b.1 <= point.1);
            if in_row || in_column {
                path.pop();
            }
        }
        if path.last() != Some(&point) {
            path.push(point);
        }
    }
    path
}

/// A line of the drawing with its size of text rounded: the way through the backend leaves a last bit.
fn with_whole_size(line: &str) -> Cow<'_, str> {
    let parts =
        line.split_once(" font-size=\"").and_then(|(before, rest)| Some((before, rest.split_once('"')?)));
    match parts.and_then(|(before, (size, after))| Some((before, size.parse::<f64>().ok()?, after))) {
        Some((before, size, after)) => Cow::Owned(format!("{before} font-size=\"{size:.0}\"{after}")),
        None => Cow::Borrowed(line),
    }
}

/// The backend's drawing as a document: sized in pixels, with a title, fonts, and the colours of dark paper.
fn dressed(svg: &str, (width, height): (u32, u32), title: &str, paper: Paper) -> String {
    let body = svg.split_once('\n').map_or("", |(_, body)| body);
    let body = body
        .replace(" opacity=\"1\"", "")
        .replace(" font-family=\"sans-serif\"", "")
        .replace(" stroke=\"none\"", "")
        .replace(" \"/>", "\"/>")
        .replace("\n</text>", "</text>");
    let mut lines = String::with_capacity(body.len());
    for line in body.lines() {
        lines += &with_whole_size(line);
        // A text begins in the line of its tag.
        if !line.starts_with("<text ") || line.ends_with("</text>") {
            lines.push('\n');
        }
    }
    let style = match paper {
        Paper::LightOrDark => style_sheet(),
        #[cfg(feature = "png")]
        Paper::Light => String::new(),
    };
    let escaped = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let view = (f64::from(width) * FINE, f64::from(height) * FINE);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" role=\"img\" \
         font-family=\"{FONTS}\" stroke-linejoin=\"round\">\n<title>{escaped}</title>\n{style}{}",
        view.0,
        view.1,
        with_dashes(lines)
    )
}
