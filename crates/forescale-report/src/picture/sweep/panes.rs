//! What pictures of sweeps have in common: values of axes and their places, frames, hatching.

use super::super::PictureError;
use super::super::canvas::{Canvas, Point};
use super::super::ink::Ink;
use forescale_experiment::sweep::{Plan, Setting, Swept, number};

/// Between two lines of a hatching, in pixels.
const HATCH: f64 = 7.0;

/// The outline of a rectangle.
pub(super) fn frame(
    canvas: &Canvas<'_>,
    (left, top): Point,
    (right, foot): Point,
    ink: Ink,
    width: f64,
) -> Result<(), PictureError> {
    let corners = [(left, top), (right, top), (right, foot), (left, foot), (left, top)];
    corners.windows(2).try_for_each(|side| canvas.line(side, ink, width))
}

/// Lines from the lower left to the upper right, within a rectangle.
pub(super) fn hatch(
    canvas: &Canvas<'_>,
    (left, top): Point,
    (right, foot): Point,
) -> Result<(), PictureError> {
    let (width, height) = (right - left, foot - top);
    let mut along = HATCH / 2.0;
    while along < width + height {
        // The line x − left + y − top = along, cut off at the sides.
        let from = (left + (along - height).max(0.0), top + along.min(height));
        let to = (left + along.min(width), top + (along - width).max(0.0));
        canvas.line(&[from, to], Ink::Axis, 0.7)?;
        along += HATCH;
    }
    Ok(())
}

/// The value of a setting on an axis.
pub(super) fn value<'a>(plan: &'a Plan, setting: &Setting, axis: usize) -> Option<&'a str> {
    plan.points.get(setting.point)?.values.get(axis)?.as_deref()
}

/// Whether two values of an axis are the same.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one == other || number(one).is_some_and(|own| number(other) == Some(own))
}

/// Where a value stands among others, in cells from the first one's middle: 1.5 is on the border between the second and the third. `None` where it is
/// no number among numbers.
pub(super) fn place(values: &[String], value: &str) -> Option<f64> {
    if let Some(at) = values.iter().position(|other| is_same(other, value)) {
        return Some(at as f64);
    }
    let own = number(value)?;
    let numbers: Vec<f64> = values.iter().map(|value| number(value)).collect::<Option<_>>()?;
    let between = numbers
        .windows(2)
        .position(|pair| (pair[0] < own && own < pair[1]) || (pair[1] < own && own < pair[0]));
    between.map(|at| at as f64 + 0.5).or_else(|| {
        let (first, last) = (numbers.first()?, numbers.last()?);
        let is_first = (own - first).abs() < (own - last).abs();
        Some(if is_first { -0.5 } else { numbers.len() as f64 - 0.5 })
    })
}

/// The axes that matter most for a KPI, then the others.
pub(super) fn by_effect(swept: &Swept, kpi: &str) -> Vec<usize> {
    let effects = swept.effects(kpi);
    let mut axes: Vec<usize> = effects.iter().map(|effect| effect.axis).collect();
    axes.extend((0..swept.plan.axes.len()).filter(|axis| !effects.iter().any(|effect| effect.axis == *axis)));
    axes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stands_in_its_cell_or_between_two() {
        let values = ["5", "50", "\"500\""].map(str::to_owned);
        let places = ["50", "\"5\"", "20", "1", "900", "x"].map(|value| place(&values, value));
        assert_eq!(places, [Some(1.0), Some(0.0), Some(0.5), Some(-0.5), Some(2.5), None]);
    }
}
