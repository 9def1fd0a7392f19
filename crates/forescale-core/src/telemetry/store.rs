//! Prometheus' store, as far back as a query can look.

use forescale_promql::{Labels, Sample, Selector, Store};
use std::collections::{BTreeMap, VecDeque};

/// Samples of the selected series; `None` is a stale marker. Times are milliseconds of the run.
#[derive(Clone, Debug)]
pub(super) struct SeriesStore {
    look_back_ms: i64,
    retention_ms: i64,
    series: BTreeMap<Labels, VecDeque<(i64, Option<f64>)>>,
}

impl SeriesStore {
    pub(super) fn new(look_back_ms: i64, retention_ms: i64) -> Self {
        Self { look_back_ms, retention_ms: retention_ms.max(look_back_ms), series: BTreeMap::new() }
    }

    /// Drops series that no later question can reach.
    pub(super) fn forget_before(&mut self, at_ms: i64) {
        let retention = self.retention_ms;
        self.series.retain(|_, samples| samples.back().is_some_and(|(ms, _)| *ms >= at_ms - retention));
    }

    /// Whether a series that the selector matches has a sample in the `age_ms` before `at_ms`.
    pub(super) fn has_recent(&self, selector: &Selector, at_ms: i64, age_ms: i64) -> bool {
        self.series.iter().any(|(labels, samples)| {
            selector.matches(labels) && samples.back().is_some_and(|(ms, _)| *ms >= at_ms - age_ms)
        })
    }

    /// Stores one sample, or a stale marker.
    pub(super) fn push(&mut self, labels: &Labels, at_ms: i64, value: Option<f64>) {
        let samples = match self.series.get_mut(labels) {
            Some(samples) => samples,
            None => self.series.entry(labels.clone()).or_default(),
        };
        samples.push_back((at_ms, value));
        // Whatever is out of reach of every later question goes.
        while samples.front().is_some_and(|(ms, _)| *ms < at_ms - self.retention_ms) {
            samples.pop_front();
        }
    }
}

impl Store for SeriesStore {
    fn select(&self, selector: &Selector, at_ms: i64) -> Vec<Sample> {
        let newest = |samples: &VecDeque<(i64, Option<f64>)>| {
            let (ms, value) = samples.iter().rev().find(|(ms, _)| *ms <= at_ms)?;
            // The window is open on the left.
            value.filter(|_| *ms > at_ms - self.look_back_ms)
        };
        let matching = self.series.iter().filter(|(labels, _)| selector.matches(labels));
        matching
            .filter_map(|(labels, samples)| Some(Sample { labels: labels.clone(), value: newest(samples)? }))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_promql::Matcher;

    fn select(store: &SeriesStore, at: i64) -> Vec<f64> {
        let all = Selector::new(vec![Matcher::equal("__name__", "m")]);
        store.select(&all, at).iter().map(|sample| sample.value).collect()
    }

    fn series() -> Labels {
        Labels::new([("__name__", "m")])
    }

    #[test]
    fn a_sample_answers_for_the_look_back_and_not_before_it_was_taken() {
        let mut store = SeriesStore::new(300_000, 0);
        store.push(&series(), 1000, Some(7.0));
        assert!(select(&store, 999).is_empty());
        assert_eq!(select(&store, 1000), [7.0]);
        assert_eq!(select(&store, 300_999), [7.0]);
        assert!(select(&store, 301_000).is_empty());
    }

    #[test]
    fn a_series_that_vanishes_is_absent_at_once() {
        let mut store = SeriesStore::new(300_000, 0);
        store.push(&series(), 1000, Some(7.0));
        store.push(&series(), 2000, None);
        assert_eq!(select(&store, 1999), [7.0]);
        assert!(select(&store, 2000).is_empty());
        assert!(store.has_recent(&Selector::new(vec![]), 2500, 500));
        assert!(!store.has_recent(&Selector::new(vec![]), 2501, 500));
    }
}
