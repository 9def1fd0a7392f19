//! Two axes of a grid as a heat map, a third one as several of them.

use super::super::canvas::{Anchor, Canvas, Point, Type};
use super::super::ink::Ink;
use super::super::{MARGIN, PictureError, WIDTH, lettering};
use super::SMALL;
use super::panes::{by_effect, frame, hatch, is_same, place, value};
use crate::number;
use crate::sweep::{axis_names, unquoted};
use forescale_experiment::kpi::Kpi;
use forescale_experiment::sweep::{Setting, Swept};

/// Maps beside each other, at most.
const ACROSS: usize = 3;
/// The most maps.
const MOST: usize = 12;
/// Room for the labels at the left of a map, and below it.
const LEFT: f64 = 58.0;
const BELOW: f64 = 68.0;
/// Room for a map's title.
const ABOVE: f64 = 26.0;
/// The height of a cell.
const CELL: f64 = 30.0;
/// Room for what is below all maps.
const FOOT: f64 = 24.0;

const HEADING: Type = Type { size: 12.0, ink: Ink::Text, is_bold: true };
const INSIDE: Type = Type { size: 10.5, ink: Ink::Text, is_bold: false };

/// The maps.
pub(super) struct Heat<'a> {
    swept: &'a Swept,
    kpi: Kpi,
    x: usize,
    y: usize,
    /// The axis of which each value has a map.
    over: Option<usize>,
    /// Axes that are not shown, with their values.
    fixed: Vec<(usize, String)>,
    /// The least and the greatest value shown as good.
    range: (f64, f64),
}

impl<'a> Heat<'a> {
    pub(super) fn new(swept: &'a Swept, kpi: Kpi) -> Self {
        let plan = &swept.plan;
        let count = |axis: &usize| plan.axes.get(*axis).map_or(0, |axis| axis.values.len());
        let mut shown: Vec<usize> = by_effect(swept, &kpi.name()).into_iter().take(3).collect();
        shown.sort_unstable();
        // Of equally many values the last axis gives the maps.
        let over = (shown.len() > 2).then(|| shown.iter().copied().rev().min_by_key(count)).flatten();
        shown.retain(|axis| Some(*axis) != over);
        let (x, y) = (shown.first().copied().unwrap_or(0), shown.get(1).copied().unwrap_or(1));
        let held = swept.best(kpi).or_else(|| swept.closest(kpi));
        let is_fixed = |axis: &usize| *axis != x && *axis != y && Some(*axis) != over;
        let fixed = (0..plan.axes.len()).filter(is_fixed).filter_map(|axis| {
            let own = held.and_then(|setting| value(plan, setting, axis));
            let first = plan.axes.get(axis).and_then(|axis| axis.values.first());
            own.or(first.map(String::as_str)).map(|value| (axis, value.to_owned()))
        });
        let mut heat = Self { swept, kpi, x, y, over, fixed: fixed.collect(), range: (0.0, 0.0) };
        let good = swept.tried().filter(|setting| setting.is_met() && heat.is_shown(setting));
        let values = good.filter_map(|setting| Some(setting.estimate(&kpi.name())?.mean));
        heat.range = values
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        heat
    }

    /// Whether a setting has the values of the axes that are not shown.
    fn is_shown(&self, setting: &Setting) -> bool {
        let has = |(axis, wanted): &(usize, String)| {
            value(&self.swept.plan, setting, *axis).is_some_and(|own| is_same(own, wanted))
        };
        self.fixed.iter().all(has)
    }

    fn values(&self, axis: usize) -> &'a [String] {
        self.swept.plan.axes.get(axis).map(|axis| axis.values.as_slice()).unwrap_or_default()
    }

    fn maps(&self) -> usize {
        self.over.map_or(1, |axis| self.values(axis).len().clamp(1, MOST))
    }

    fn map_height(&self) -> f64 {
        ABOVE + self.cell_height() * self.values(self.y).len() as f64 + BELOW
    }

    fn cell_height(&self) -> f64 {
        (480.0 / self.values(self.y).len().max(1) as f64).clamp(3.0, CELL)
    }

    pub(super) fn height(&self) -> f64 {
        self.map_height() * self.maps().div_ceil(ACROSS) as f64 + FOOT
    }

    pub(super) fn draw(&self, canvas: &Canvas<'_>, top: f64) -> Result<(), PictureError> {
        let across = self.maps().min(ACROSS);
        let width = (f64::from(WIDTH) - 2.0 * MARGIN) / across as f64;
        for map in 0..self.maps() {
            let left = MARGIN + width * (map % ACROSS) as f64;
            let top = top + self.map_height() * (map / ACROSS) as f64;
            self.draw_map(canvas, map, (left + LEFT, top + ABOVE), width - LEFT - 14.0)?;
        }
        let names = axis_names(&self.swept.plan);
        let name = |axis: usize| names.get(axis).cloned().unwrap_or_default();
        let fixed =
            self.fixed.iter().map(|(axis, value)| format!("{} {}", name(*axis), unquoted(Some(value))));
        let mut told: Vec<String> = fixed.collect();
        let hidden = self.over.map_or(0, |axis| self.values(axis).len().saturating_sub(MOST));
        if hidden > 0 {
            told.push(format!("{hidden} more values of {} are not shown", name(self.over.unwrap_or(0))));
        }
        let text = lettering::fitting(&told.join(" · "), SMALL.size, false, f64::from(WIDTH) - 2.0 * MARGIN);
        canvas.text(&text, (MARGIN, top + self.height() - FOOT / 2.0), Anchor::Left, SMALL)
    }

    fn draw_map(
        &self,
        canvas: &Canvas<'_>,
        map: usize,
        (left, top): Point,
        width: f64,
    ) -> Result<(), PictureError> {
        let (plan, names) = (&self.swept.plan, axis_names(&self.swept.plan));
        let name = |axis: usize| names.get(axis).map(String::as_str).unwrap_or_default();
        let (columns, rows) = (self.values(self.x), self.values(self.y));
        let (cell, step) = (self.cell_height(), width / columns.len().max(1) as f64);
        let foot = top + cell * rows.len() as f64;
        let over = self.over.and_then(|axis| Some((axis, self.values(axis).get(map)?)));
        if let Some((axis, value)) = over {
            let title = format!("{} · {}", unquoted(Some(value)), name(axis));
            let title = lettering::fitting(&title, HEADING.size, true, width);
            canvas.text(&title, (left, top - 12.0), Anchor::Left, HEADING)?;
        }
        // The first value of the upright axis is at the bottom.
        let corner = |x: f64, y: f64| (left + step * x, foot - cell * y);
        let in_map = |setting: &Setting| {
            self.is_shown(setting)
                && over.is_none_or(|(axis, wanted)| {
                    value(plan, setting, axis).is_some_and(|own| is_same(own, wanted))
                })
        };
        let best = self.swept.best(self.kpi).map(|best| best.point);
        let mut marks = Vec::new();
        for setting in self.swept.tried().filter(|setting| in_map(setting)) {
            let at = |axis: usize, values: &[String]| place(values, value(plan, setting, axis)?);
            let (Some(x), Some(y)) = (at(self.x, columns), at(self.y, rows)) else { continue };
            let (from, to) = (corner(x, y + 1.0), corner(x + 1.0, y));
            self.draw_cell(canvas, setting, from, to)?;
            if plan.points.get(setting.point).is_some_and(|point| point.is_base) {
                marks.push((from, to, Ink::Accent, 3.0));
            }
            if best == Some(setting.point) {
                marks.push((from, to, Ink::Good, 3.0));
            }
        }
        for ((left, top), (right, foot), ink, width) in marks {
            frame(canvas, (left + 1.5, top + 1.5), (right - 1.5, foot - 1.5), ink, width)?;
        }
        self.draw_base_between(canvas, map, &corner)?;
        let every = |room: f64, need: f64| ((need / room).ceil() as usize).max(1);
        for (at, value) in columns.iter().enumerate().step_by(every(step, 44.0)) {
            let text = lettering::fitting(unquoted(Some(value)), SMALL.size, false, 60.0_f64.max(step));
            canvas.text(&text, (corner(at as f64 + 0.5, 0.0).0, foot + 13.0), Anchor::Middle, SMALL)?;
        }
        for (at, value) in rows.iter().enumerate().step_by(every(cell, 14.0)) {
            let text = lettering::fitting(unquoted(Some(value)), SMALL.size, false, LEFT - 8.0);
            canvas.text(&text, (left - 6.0, corner(0.0, at as f64 + 0.5).1), Anchor::Right, SMALL)?;
        }
        for (line, caption) in
            [format!("→ {}", name(self.x)), format!("↑ {}", name(self.y))].iter().enumerate()
        {
            let caption = lettering::fitting(caption, SMALL.size, false, width + LEFT - 14.0);
            let y = foot + 31.0 + 14.0 * line as f64;
            canvas.text(&caption, (left - LEFT + 14.0, y), Anchor::Left, SMALL)?;
        }
        Ok(())
    }

    fn draw_cell(
        &self,
        canvas: &Canvas<'_>,
        setting: &Setting,
        from: Point,
        to: Point,
    ) -> Result<(), PictureError> {
        let (from, to) = ((from.0 + 0.5, from.1 + 0.5), (to.0 - 0.5, to.1 - 0.5));
        let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        let mean = setting.estimate(&self.kpi.name()).map(|estimate| estimate.mean);
        let text = match mean.filter(|_| setting.is_met()) {
            Some(mean) => {
                let (low, high) = self.range;
                let share = if high > low { (mean - low) / (high - low) } else { 0.0 };
                canvas.bar(from, to, Ink::Main, 0.12 + 0.38 * share)?;
                let scale = if self.kpi.unit() == "share" { 100.0 } else { 1.0 };
                number::significant(mean * scale, 3)
            }
            None => {
                canvas.bar(from, to, Ink::Quiet, 0.2)?;
                hatch(canvas, from, to)?;
                match setting.finished() {
                    0 => "×".to_owned(),
                    _ => format!("{}/{}", setting.met(), setting.runs.len()),
                }
            }
        };
        let fits =
            lettering::width(&text, INSIDE.size, false) <= to.0 - from.0 && to.1 - from.1 >= INSIDE.size;
        if fits { canvas.text(&text, middle, Anchor::Middle, INSIDE) } else { Ok(()) }
    }

    /// A base that is not in the grid: a dot on the border between the cells next to it, in the map next to it.
    fn draw_base_between(
        &self,
        canvas: &Canvas<'_>,
        map: usize,
        corner: &dyn Fn(f64, f64) -> Point,
    ) -> Result<(), PictureError> {
        let plan = &self.swept.plan;
        let Some(base) = self.swept.base() else { return Ok(()) };
        if plan.points.get(base.point).is_none_or(|point| point.is_tried) {
            return Ok(());
        }
        let at = |axis: usize| place(self.values(axis), value(plan, base, axis)?);
        if let Some(axis) = self.over {
            let last = self.maps().saturating_sub(1) as f64;
            if at(axis).map(|at| at.floor().clamp(0.0, last)) != Some(map as f64) {
                return Ok(());
            }
        }
        let (Some(x), Some(y)) = (at(self.x), at(self.y)) else { return Ok(()) };
        let (x, y) = corner(x + 0.5, y + 0.5);
        canvas.dot((x, y), 6.0, Ink::Paper)?;
        canvas.dot((x, y), 4.5, Ink::Accent)
    }
}
