//! Instant evaluation.

use crate::expr::{AggregateOp, Expr, Grouping, LabelReplace};
use crate::labels::Labels;
use crate::selector::Selector;
use std::collections::BTreeMap;

/// A value with its labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The labels.
    pub labels: Labels,
    /// The value.
    pub value: f64,
}

/// Where samples are kept.
pub trait Store {
    /// The newest sample of each matching series in the look-back window that ends at `at_ms` (the store's own milliseconds),
    /// without series whose newest sample is a stale marker, ordered by labels.
    fn select(&self, selector: &Selector, at_ms: i64) -> Vec<Sample>;
}

/// Why an expression has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateError {
    /// Two samples of the answer have the same labels.
    #[error("vector cannot contain metrics with the same labelset: {0}")]
    DuplicateLabels(Labels),
}

/// Evaluates an expression at an instant: samples in the order of their labels.
///
/// # Errors
/// Where Prometheus answers with an error, too.
pub fn evaluate(expr: &Expr, store: &dyn Store, at_ms: i64) -> Result<Vec<Sample>, EvaluateError> {
    match expr {
        Expr::Selector(selector) => Ok(store.select(selector, at_ms)),
        Expr::Aggregate { op, grouping, of } => Ok(aggregate(*op, grouping, evaluate(of, store, at_ms)?)),
        Expr::LabelReplace(replace) => label_replace(replace, evaluate(&replace.of, store, at_ms)?),
    }
}

fn aggregate(op: AggregateOp, grouping: &Grouping, samples: Vec<Sample>) -> Vec<Sample> {
    if *grouping == Grouping::default() {
        // One group needs no map.
        let values: Vec<f64> = samples.iter().map(|sample| sample.value).collect();
        let value = fold(op, &values);
        return value.map(|value| Sample { labels: Labels::default(), value }).into_iter().collect();
    }
    let mut groups: BTreeMap<Labels, Vec<f64>> = BTreeMap::new();
    for sample in samples {
        let labels = Labels::new(sample.labels.iter().filter(|(name, _)| grouping.keeps(name)));
        groups.entry(labels).or_default().push(sample.value);
    }
    let value = |(labels, values): (Labels, Vec<f64>)| Some(Sample { labels, value: fold(op, &values)? });
    groups.into_iter().filter_map(value).collect()
}

/// A group's value; `None` of no values.
fn fold(op: AggregateOp, values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let count = values.len() as f64;
    // A number wins over NaN.
    let best = |is_better: fn(f64, f64) -> bool| {
        values.iter().copied().reduce(|best, value| match is_better(value, best) || best.is_nan() {
            true => value,
            false => best,
        })
    };
    match op {
        AggregateOp::Sum => Some(compensated_sum(values)),
        AggregateOp::Avg => {
            let sum = compensated_sum(values);
            // A sum that overflows has a mean all the same.
            let is_mean = sum.is_finite() || values.iter().any(|value| !value.is_finite());
            Some(if is_mean { sum / count } else { values.iter().map(|value| value / count).sum() })
        }
        AggregateOp::Min => best(|value, least| value < least),
        AggregateOp::Max => best(|value, greatest| value > greatest),
        AggregateOp::Count => Some(count),
    }
}

fn label_replace(replace: &LabelReplace, samples: Vec<Sample>) -> Result<Vec<Sample>, EvaluateError> {
    let mut replaced = samples;
    for sample in &mut replaced {
        let Some(value) = replace.value(sample.labels.get(&replace.from)) else { continue };
        let others = sample.labels.iter().filter(|(name, _)| *name != replace.to);
        sample.labels = Labels::new(others.chain([(replace.to.as_str(), value.as_str())]));
    }
    replaced.sort_by(|a, b| a.labels.cmp(&b.labels));
    match replaced.windows(2).find(|pair| pair[0].labels == pair[1].labels) {
        Some(pair) => Err(EvaluateError::DuplicateLabels(pair[0].labels.clone())),
        None => Ok(replaced),
    }
}

/// Neumaier's variant of Kahan summation, as Prometheus sums.
fn compensated_sum(values: &[f64]) -> f64 {
    let (mut sum, mut correction) = (0.0_f64, 0.0_f64);
    for &value in values {
        let total = sum + value;
        correction += match sum.abs() >= value.abs() {
            _ if total.is_infinite() => 0.0,
            true => (sum - total) + value,
            false => (value - total) + sum,
        };
        sum = total;
    }
    sum + correction
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::METRIC_NAME;
    use crate::selector::Matcher;

    #[test]
    fn small_values_survive_large_ones() {
        assert_eq!(compensated_sum(&[1e100, 1.0, -1e100]), 1.0);
        assert_eq!(compensated_sum(&[1.0, f64::INFINITY]), f64::INFINITY);
    }

    /// Series of one metric by their labels.
    struct Kept(Vec<(Vec<(&'static str, &'static str)>, f64)>);

    impl Store for Kept {
        fn select(&self, selector: &Selector, _: i64) -> Vec<Sample> {
            let named = |labels: &[(&'static str, &'static str)]| {
                Labels::new(labels.iter().copied().chain([(METRIC_NAME, "m")]))
            };
            let all = self.0.iter().map(|(labels, value)| Sample { labels: named(labels), value: *value });
            all.filter(|sample| selector.matches(&sample.labels)).collect()
        }
    }

    fn selected() -> Expr {
        Expr::Selector(Selector::new(vec![Matcher::equal(METRIC_NAME, "m")]))
    }

    fn answer(expr: &Expr, store: &Kept) -> Vec<(String, f64)> {
        let samples = evaluate(expr, store, 0).unwrap();
        samples.into_iter().map(|sample| (sample.labels.to_string(), sample.value)).collect()
    }

    fn of(op: AggregateOp, grouping: Grouping) -> Expr {
        Expr::Aggregate { op, grouping, of: Box::new(selected()) }
    }

    #[test]
    fn groups_have_their_labels_and_no_name() {
        let store = Kept(vec![
            (vec![("gpu", "0"), ("pod", "a")], 100.0),
            (vec![("gpu", "1"), ("pod", "a")], 50.0),
            (vec![("gpu", "0"), ("pod", "b")], 7.0),
            (vec![("gpu", "0")], 3.0),
        ]);
        let by = || Grouping::By(vec!["pod".to_owned()]);
        let named = |a: f64, b: f64, none: f64| {
            vec![("{}".to_owned(), none), (r#"{pod="a"}"#.to_owned(), a), (r#"{pod="b"}"#.to_owned(), b)]
        };
        assert_eq!(answer(&of(AggregateOp::Sum, by()), &store), named(150.0, 7.0, 3.0));
        assert_eq!(answer(&of(AggregateOp::Avg, by()), &store), named(75.0, 7.0, 3.0));
        assert_eq!(answer(&of(AggregateOp::Min, by()), &store), named(50.0, 7.0, 3.0));
        assert_eq!(answer(&of(AggregateOp::Max, by()), &store), named(100.0, 7.0, 3.0));
        assert_eq!(answer(&of(AggregateOp::Count, by()), &store), named(2.0, 1.0, 1.0));
        let without = Grouping::Without(vec!["gpu".to_owned()]);
        assert_eq!(answer(&of(AggregateOp::Sum, without), &store), named(150.0, 7.0, 3.0));
        assert_eq!(answer(&of(AggregateOp::Count, Grouping::default()), &store), [("{}".to_owned(), 4.0)]);
        // Nothing to count is no zero.
        assert!(answer(&of(AggregateOp::Count, Grouping::default()), &Kept(vec![])).is_empty());
        assert!(answer(&of(AggregateOp::Sum, by()), &Kept(vec![])).is_empty());
    }

    #[test]
    fn numbers_win_over_nan_and_means_do_not_overflow() {
        let store = Kept(vec![(vec![("a", "1")], f64::NAN), (vec![("a", "2")], -1.0)]);
        assert_eq!(answer(&of(AggregateOp::Max, Grouping::default()), &store)[0].1, -1.0);
        assert_eq!(answer(&of(AggregateOp::Min, Grouping::default()), &store)[0].1, -1.0);
        let store = Kept(vec![(vec![("a", "1")], 1e308), (vec![("a", "2")], 1e308)]);
        assert_eq!(answer(&of(AggregateOp::Avg, Grouping::default()), &store)[0].1, 1e308);
    }

    fn replaced(of: Expr, to: &str, replacement: &str, from: &str, pattern: &str) -> Expr {
        Expr::LabelReplace(Box::new(LabelReplace::new(of, to, replacement, from, pattern).unwrap()))
    }

    #[test]
    fn labels_are_copied_where_there_is_something_to_copy() {
        let store = Kept(vec![
            (vec![("exported_pod", "server"), ("pod", "exporter")], 1.0),
            (vec![("pod", "exporter")], 2.0),
        ]);
        let copy = replaced(selected(), "pod", "$1", "exported_pod", "(.+)");
        let expected = [
            (r#"m{exported_pod="server", pod="server"}"#.to_owned(), 1.0),
            (r#"m{pod="exporter"}"#.to_owned(), 2.0),
        ];
        assert_eq!(answer(&copy, &store), expected);
        // Anchored; an empty replacement removes the label.
        let part = replaced(selected(), "pod", "x", "pod", "export");
        assert_eq!(answer(&part, &store)[1].0, r#"m{pod="exporter"}"#);
        let removed = replaced(selected(), "pod", "", "exported_pod", "server");
        assert_eq!(answer(&removed, &store)[0].0, r#"m{exported_pod="server"}"#);
        let same = replaced(removed, "exported_pod", "", "exported_pod", ".*");
        let same = replaced(same, "pod", "p", "pod", ".*");
        assert!(matches!(evaluate(&same, &store, 0), Err(EvaluateError::DuplicateLabels(_))));
    }

    #[test]
    fn which_labels_an_expression_keeps() {
        let by = of(AggregateOp::Sum, Grouping::By(vec!["pod".to_owned()]));
        assert!(selected().keeps("pod") && by.keeps("pod") && !by.keeps("gpu"));
        assert!(!replaced(by.clone(), "pod", "x", "gpu", ".*").keeps("pod"));
        assert!(of(AggregateOp::Max, Grouping::Without(vec!["gpu".to_owned()])).keeps("pod"));
        let nested =
            Expr::Aggregate { op: AggregateOp::Max, grouping: Grouping::default(), of: Box::new(by) };
        assert!(!nested.keeps("pod"));
    }
}
