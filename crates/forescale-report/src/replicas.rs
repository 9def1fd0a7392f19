//! How many replicas a run had.

use forescale_core::ids::PodId;
use forescale_core::record::{PodEvent, RunRecord};
use forescale_kernel::SimTime;
use std::collections::BTreeSet;

/// Replicas of a run in a few numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Replicas {
    /// What was wished (`spec.replicas`).
    pub(crate) desired: Span,
    /// Those that were Ready, terminating ones included, as the HPA counts them.
    pub(crate) ready: Span,
    /// How often the wish grew.
    pub(crate) scale_ups: u32,
    /// How often it shrank.
    pub(crate) scale_downs: u32,
}

/// A number over time; what it was for no time at all does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Span {
    pub(crate) min: u32,
    pub(crate) max: u32,
    /// `None` of a run without length.
    pub(crate) mean: Option<f64>,
    pub(crate) last: u32,
}

impl Replicas {
    pub(crate) fn of(record: &RunRecord) -> Self {
        Self {
            desired: Span::of(&desired(record), record.end),
            ready: Span::of(&ready(record), record.end),
            scale_ups: record.scalings().filter(|sync| sync.to() > sync.from).count() as u32,
            scale_downs: record.scalings().filter(|sync| sync.to() < sync.from).count() as u32,
        }
    }
}

impl Span {
    /// Of steps in order of time, the first of them at the start of the run: from this instant on it was so many.
    fn of(steps: &[(SimTime, u32)], end: SimTime) -> Self {
        let mut span = Self { min: u32::MAX, ..Self::default() };
        let mut integral_ps = 0;
        for (index, (from, count)) in steps.iter().enumerate() {
            let until = steps.get(index + 1).map_or(end, |(at, _)| *at);
            let is_last = index + 1 == steps.len();
            if until > *from || is_last {
                (span.min, span.max) = (span.min.min(*count), span.max.max(*count));
            }
            integral_ps += u128::from(*count) * u128::from(until.since(*from).as_ps());
            span.last = *count;
        }
        span.mean = (end > SimTime::ZERO).then(|| integral_ps as f64 / end.as_ps() as f64);
        span
    }
}

fn desired(record: &RunRecord) -> Vec<(SimTime, u32)> {
    let unchanged = record.timeline.last().map_or(0, |bin| bin.desired);
    let first = record.syncs.first().map_or(unchanged, |sync| sync.from);
    let changes = record.scalings().map(|sync| (sync.at, sync.to()));
    std::iter::once((SimTime::ZERO, first)).chain(changes).collect()
}

fn ready(record: &RunRecord) -> Vec<(SimTime, u32)> {
    let mut ready: BTreeSet<PodId> = BTreeSet::new();
    let mut steps = vec![(SimTime::ZERO, 0)];
    for (at, pod, event) in &record.pods {
        match event {
            PodEvent::Ready => ready.insert(*pod),
            PodEvent::Gone => ready.remove(pod),
            PodEvent::Created | PodEvent::Terminating => false,
        };
        steps.push((*at, ready.len() as u32));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_without_length_does_not_count() {
        let steps = [(0, 0), (0, 1), (0, 2), (40, 9), (40, 4), (60, 3)];
        let steps = steps.map(|(at, count)| (SimTime::from_ps(at), count));
        let span = Span::of(&steps, SimTime::from_ps(100));
        assert_eq!(span, Span { min: 2, max: 4, mean: Some((80.0 + 80.0 + 120.0) / 100.0), last: 3 });
        let nothing = Span::of(&steps[..3], SimTime::ZERO);
        assert_eq!(nothing, Span { min: 2, max: 2, mean: None, last: 2 });
    }
}
