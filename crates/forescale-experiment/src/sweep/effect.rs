//! How much an axis matters.

use super::axis::number;
use super::swept::Swept;

/// Of drawn values so many groups are made, equally large.
const GROUPS: usize = 5;

/// How much of what points differ in is due to one axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Which axis, from 0.
    pub axis: usize,
    /// The correlation ratio η² of the points' means and the axis's values, 0 to 1: the variance between the means of groups of points with the same
    /// value over the variance of all points (K. Pearson, *On the general theory of skew correlation*, 1905). It is the axis's effect by itself;
    /// what only two of them together do counts for neither.
    pub share: f64,
}

/// The axes with their effects on a KPI, the greatest first; empty where all points have the same.
pub(super) fn effects(swept: &Swept, kpi: &str) -> Vec<Effect> {
    let plan = &swept.plan;
    let tried = swept
        .settings
        .iter()
        .filter(|setting| plan.points.get(setting.point).is_some_and(|point| point.is_tried));
    let all: Vec<(usize, f64)> =
        tried.filter_map(|setting| Some((setting.point, setting.estimate(kpi)?.mean))).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let whole: Vec<f64> = all.iter().map(|(_, value)| *value).collect();
    let middle = mean(&whole);
    let total: f64 = whole.iter().map(|value| (value - middle).powi(2)).sum();
    // What arithmetic alone leaves behind is no difference.
    if all.len() < 2 || total <= 1e-18 * middle.powi(2) * whole.len() as f64 {
        return Vec::new();
    }
    let share = |axis: usize| {
        let between: f64 = groups(swept, axis, &all)
            .into_iter()
            .map(|group| group.len() as f64 * (mean(&group) - middle).powi(2))
            .sum();
        (between / total).clamp(0.0, 1.0)
    };
    let mut effects: Vec<Effect> =
        (0..plan.axes.len()).map(|axis| Effect { axis, share: share(axis) }).collect();
    effects.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.axis.cmp(&b.axis)));
    effects
}

/// The values of points that have the same value of an axis; of many drawn numbers, those that are close.
fn groups(swept: &Swept, axis: usize, all: &[(usize, f64)]) -> Vec<Vec<f64>> {
    let value = |point: usize| -> &str {
        let values = swept.plan.points.get(point).map(|point| point.values.as_slice()).unwrap_or_default();
        values.get(axis).and_then(Option::as_deref).unwrap_or_default()
    };
    let mut sorted: Vec<(&str, f64)> = all.iter().map(|(point, of)| (value(*point), *of)).collect();
    sorted.sort_by(|(a, _), (b, _)| {
        let [first, second] = [a, b].map(|text| number(text).unwrap_or(f64::INFINITY));
        first.total_cmp(&second).then(a.cmp(b))
    });
    if !swept.plan.is_grid && sorted.len() > 2 * GROUPS {
        let size = sorted.len().div_ceil(GROUPS);
        return sorted.chunks(size).map(|group| group.iter().map(|(_, of)| *of).collect()).collect();
    }
    sorted.chunk_by(|a, b| a.0 == b.0).map(|group| group.iter().map(|(_, of)| *of).collect()).collect()
}
