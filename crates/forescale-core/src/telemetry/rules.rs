//! Recording rules: Prometheus evaluates a group of them in regular slots and stores what comes out under new names.

use super::store::SeriesStore;
use forescale_kernel::SimDuration;
use forescale_promql::{Expr, Labels, METRIC_NAME, evaluate};

/// A group of rules, evaluated one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleGroup {
    /// Its name.
    pub name: String,
    /// How often it is evaluated; above 0.
    pub interval: SimDuration,
    /// Its rules, in order.
    pub rules: Vec<RecordingRule>,
}

/// A recording rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordingRule {
    /// The name under which the answer is stored.
    pub record: String,
    /// What is evaluated.
    pub expr: Expr,
    /// Labels that are set on every series of the answer; an empty value removes the label.
    pub labels: Vec<(String, String)>,
}

impl RecordingRule {
    /// The labels of a series of the answer.
    pub(super) fn recorded(&self, labels: &Labels) -> Labels {
        let own = labels.iter().filter(|(name, _)| *name != METRIC_NAME);
        let set = self.labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Labels::new(own.chain(set).chain([(METRIC_NAME, self.record.as_str())]))
    }
}

/// What the last evaluation of a rule has stored.
#[derive(Clone, Debug, Default)]
pub(super) struct Recorded(Vec<Labels>);

impl Recorded {
    /// Evaluates a rule and stores its answer with the slot's time. What it had the last time and has no more becomes stale; a
    /// rule that fails stores nothing, and what it had stays.
    pub(super) fn evaluate(&mut self, rule: &RecordingRule, at_ms: i64, store: &mut SeriesStore) {
        let Ok(samples) = evaluate(&rule.expr, store, at_ms) else { return };
        let mut answer: Vec<(Labels, f64)> =
            samples.iter().map(|sample| (rule.recorded(&sample.labels), sample.value)).collect();
        answer.sort_by(|a, b| a.0.cmp(&b.0));
        // Two series with the same labels fail the rule, too.
        if answer.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return;
        }
        for gone in self.0.iter().filter(|labels| !answer.iter().any(|(kept, _)| kept == *labels)) {
            store.push(gone, at_ms, None);
        }
        for (labels, value) in &answer {
            store.push(labels, at_ms, Some(*value));
        }
        self.0 = answer.into_iter().map(|(labels, _)| labels).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_promql::{Matcher, Selector, Store};

    fn named(name: &str) -> Selector {
        Selector::new(vec![Matcher::equal(METRIC_NAME, name)])
    }

    fn rule(labels: &[(&str, &str)]) -> RecordingRule {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        RecordingRule { record: "r".to_owned(), expr: Expr::Selector(named("m")), labels: labels.collect() }
    }

    fn series(pod: &str) -> Labels {
        Labels::new([(METRIC_NAME, "m"), ("pod", pod)])
    }

    fn recorded(store: &SeriesStore, at_ms: i64) -> Vec<(String, f64)> {
        let samples = store.select(&named("r"), at_ms);
        samples.into_iter().map(|sample| (sample.labels.to_string(), sample.value)).collect()
    }

    #[test]
    fn answers_are_stored_and_what_is_gone_becomes_stale() {
        let mut store = SeriesStore::new(300_000, 300_000);
        let (rule, mut last) = (rule(&[("team", "a")]), Recorded::default());
        store.push(&series("x"), 1000, Some(1.0));
        store.push(&series("y"), 1000, Some(2.0));
        last.evaluate(&rule, 2000, &mut store);
        let both = [(r#"r{pod="x", team="a"}"#.to_owned(), 1.0), (r#"r{pod="y", team="a"}"#.to_owned(), 2.0)];
        assert_eq!(recorded(&store, 2000), both);
        store.push(&series("x"), 3000, None);
        // Until the next slot the old answer holds.
        assert_eq!(recorded(&store, 3500), both);
        last.evaluate(&rule, 4000, &mut store);
        assert_eq!(recorded(&store, 4000), both[1..]);
    }

    #[test]
    fn a_rule_that_fails_leaves_what_it_had() {
        let mut store = SeriesStore::new(300_000, 300_000);
        // Without `pod`, two series are one.
        let (rule, mut last) = (rule(&[("pod", "")]), Recorded::default());
        store.push(&series("x"), 1000, Some(1.0));
        last.evaluate(&rule, 2000, &mut store);
        store.push(&series("y"), 3000, Some(2.0));
        last.evaluate(&rule, 4000, &mut store);
        assert_eq!(recorded(&store, 4000), [("r{}".to_owned(), 1.0)]);
    }
}
