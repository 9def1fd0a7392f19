//! How so many replicas respond to load.

use super::cell::Observation;
use super::metric::Metric;
use super::rule::Knee;
use super::target::Target;
use crate::Estimate;

/// A level of load with what each seed has shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Users or requests/s, over all replicas.
    pub load: f64,
    /// One per seed, in their order.
    pub observations: Vec<Observation>,
}

impl Level {
    /// A metric over the seeds.
    pub fn estimate(&self, metric: Metric) -> Option<Estimate> {
        let values: Vec<f64> = self.observations.iter().map(|seen| seen.get(metric)).collect();
        Estimate::of(&values)
    }

    /// A metric's mean over the seeds; infinite where one is.
    pub fn mean(&self, metric: Metric) -> f64 {
        self.estimate(metric).map_or(f64::INFINITY, |estimate| estimate.mean)
    }

    /// The greatest reading of a gauge with any of the seeds.
    pub fn greatest(&self, metric: Metric) -> f64 {
        self.observations.iter().map(|seen| seen.greatest(metric)).fold(0.0, f64::max)
    }
}

/// The levels of one number of replicas, and what follows from them.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Pods, all there from the start.
    pub replicas: u32,
    /// In order of their loads.
    pub levels: Vec<Level>,
    /// The knee, by each rule.
    pub knee: Knee,
    /// What to scale by.
    pub targets: Vec<Target>,
}

/// The place of a load among levels: the level below, and the share of the way to the next, on a logarithmic scale.
fn place(levels: &[Level], load: f64) -> (usize, f64) {
    let above = levels.partition_point(|level| level.load <= load);
    let below = above.saturating_sub(1);
    match (levels.get(below), levels.get(above)) {
        (Some(low), Some(high)) if low.load <= load => {
            (below, (load / low.load).ln() / (high.load / low.load).ln())
        }
        _ => (below, 0.0),
    }
}

/// The mean of a metric at a load: straight lines over the logarithm of the load. Beyond the levels it is that of the outermost.
pub(super) fn value_at(levels: &[Level], load: f64, metric: Metric) -> f64 {
    let (below, share) = place(levels, load);
    let mean = |at: usize| levels.get(at).map_or(f64::INFINITY, |level| level.mean(metric));
    if share <= 0.0 { mean(below) } else { mean(below) + share * (mean(below + 1) - mean(below)) }
}

/// The smallest load at which a metric reaches a value, by the same lines; `None` where it never does.
pub(super) fn load_where(levels: &[Level], metric: Metric, value: f64) -> Option<f64> {
    let at = levels.iter().position(|level| level.mean(metric) >= value)?;
    let high = levels.get(at)?;
    let Some(low) = at.checked_sub(1).and_then(|below| levels.get(below)) else { return Some(high.load) };
    let (from, to) = (low.mean(metric), high.mean(metric));
    let share = if to.is_finite() { (value - from) / (to - from) } else { 0.0 };
    Some(low.load * (high.load / low.load).powf(share))
}

impl Curve {
    /// The mean of a metric at a load between levels.
    pub fn value_at(&self, load: f64, metric: Metric) -> f64 {
        value_at(&self.levels, load, metric)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A level with one seed; metrics that are not given are zero.
    pub(in super::super) fn level(load: f64, values: &[(Metric, f64)], objectives: &[f64]) -> Level {
        Level { load, observations: vec![Observation::new(values, objectives)] }
    }

    fn levels() -> Vec<Level> {
        [(1.0, 0.5), (4.0, 2.5), (16.0, 2.5)]
            .map(|(load, value)| level(load, &[(Metric::Running, value)], &[]))
            .to_vec()
    }

    #[test]
    fn values_lie_on_straight_lines_over_the_logarithm_of_the_load() {
        let at = |load| value_at(&levels(), load, Metric::Running);
        assert_eq!([0.1, 1.0, 2.0, 4.0, 100.0].map(at), [0.5, 0.5, 1.5, 2.5, 2.5]);
        assert_eq!(value_at(&[], 1.0, Metric::Running), f64::INFINITY);
    }

    #[test]
    fn loads_are_found_on_the_same_lines() {
        let found = |value| load_where(&levels(), Metric::Running, value);
        assert_eq!([0.2, 1.5, 2.5].map(found), [Some(1.0), Some(2.0), Some(4.0)]);
        assert_eq!(found(2.6), None);
    }
}
