//! The decisions of the autoscaler above the panel of the replicas.

use super::PictureError;
use super::canvas::{Anchor, Canvas, Type};
use super::clock::Clock;
use super::ink::Ink;
use super::lettering;
use super::panel::{RIGHT, draw_mark};
use forescale_core::record::SyncRecord;

/// The height of the lane.
pub(super) const LANE: f64 = 22.0;
/// Symbols that are closer than this become one.
const DISTANCE: f64 = 9.0;
/// With more decisions than this, lines through all panels would hide what they explain.
const MOST_LINES: usize = 12;

/// With more decisions than this, symbols would say nothing but that there are many.
const MOST_SYMBOLS: usize = 80;

const LABEL: Type = Type { size: 10.5, ink: Ink::Text, is_bold: false };

/// Decisions that share a symbol.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Mark {
    x: f64,
    from: u32,
    to: u32,
    /// `None` where some went up and some down.
    is_up: Option<bool>,
}

fn marks(scalings: &[&SyncRecord], clock: &Clock) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for sync in scalings {
        let x = clock.x(sync.at.as_secs_f64());
        let is_up = Some(sync.to() > sync.from);
        match marks.last_mut() {
            Some(last) if x < last.x + DISTANCE => {
                last.to = sync.to();
                last.is_up = last.is_up.filter(|up| Some(*up) == is_up);
            }
            _ => marks.push(Mark { x, from: sync.from, to: sync.to(), is_up }),
        }
    }
    marks
}

/// `1→3` with the place where it begins, for each mark that has room for it. Marks in one direction that crowd share the label of the last.
fn labels(marks: &[Mark]) -> Vec<(f64, String)> {
    let mut labels = Vec::new();
    let mut begun: Option<u32> = None;
    for (i, mark) in marks.iter().enumerate() {
        let from = begun.take().unwrap_or(mark.from);
        let text = format!("{from}→{}", mark.to);
        let x = mark.x + 7.0;
        let end = x + lettering::width(&text, LABEL.size, false);
        let next = marks.get(i + 1);
        if end <= next.map_or(RIGHT, |next| next.x - 6.0) {
            if mark.is_up.is_some() {
                labels.push((x, text));
            }
        } else if next.is_some_and(|next| next.is_up == mark.is_up) {
            begun = Some(from);
        }
    }
    labels
}

/// Draws each decision with a symbol above a stem, and labels where they have room. Where they are many, each is a tick: above the middle
/// of the lane for more replicas, below it for fewer.
pub(super) fn draw(
    canvas: &Canvas<'_>,
    clock: &Clock,
    scalings: &[&SyncRecord],
    top: f64,
) -> Result<(), PictureError> {
    let foot = top + LANE;
    let is_crowd = scalings.len() > MOST_SYMBOLS;
    // What falls on the same pixel is one tick already.
    let mut drawn = [f64::NEG_INFINITY; 2];
    for sync in scalings {
        let x = clock.x(sync.at.as_secs_f64()).round();
        let is_up = sync.to() > sync.from;
        let (low, high, row) = match (is_crowd, is_up) {
            (false, _) => (1.0, 6.0, 0),
            (true, true) => (12.0, 19.0, 0),
            (true, false) => (3.0, 10.0, 1),
        };
        if x > drawn[row] {
            canvas.line(&[(x, foot - high), (x, foot - low)], Ink::Text, 1.0)?;
            drawn[row] = x;
        }
    }
    if is_crowd {
        return Ok(());
    }
    let marks = marks(scalings, clock);
    for mark in &marks {
        draw_mark(canvas, (mark.x, foot - 12.0), mark.is_up)?;
    }
    for (x, text) in labels(&marks) {
        canvas.text(&text, (x, foot - 12.0), Anchor::Left, LABEL)?;
    }
    Ok(())
}

/// Draws a line through a panel for each decision, where they are few.
pub(super) fn draw_lines(
    canvas: &Canvas<'_>,
    clock: &Clock,
    scalings: &[&SyncRecord],
    (top, foot): (f64, f64),
) -> Result<(), PictureError> {
    let shown = if scalings.len() <= MOST_LINES { scalings } else { &[] };
    for sync in shown {
        let x = clock.x(sync.at.as_secs_f64());
        canvas.line(&[(x, top), (x, foot)], Ink::Decision, 1.0)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(x: f64, from: u32, to: u32) -> Mark {
        Mark { x, from, to, is_up: Some(to > from) }
    }

    #[test]
    fn labels_stand_where_they_have_room() {
        let crowd =
            [mark(100.0, 1, 2), mark(112.0, 2, 3), mark(400.0, 3, 2), mark(410.0, 2, 4), mark(600.0, 4, 1)];
        let texts: Vec<String> = labels(&crowd).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["1→3", "2→4", "4→1"]);
        assert_eq!(labels(&[mark(RIGHT, 1, 2)]), []);
    }
}
