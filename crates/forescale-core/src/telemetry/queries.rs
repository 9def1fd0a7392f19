//! What the adapter answers: a query at the instant of each request, from what is stored then.

use super::outage::{self, OutageAnswer, Unanswered};
use super::{Telemetry, milliseconds};
use forescale_kernel::SimTime;
use forescale_promql::{Expr, Sample, evaluate};

impl Telemetry {
    /// The adapter's answer for an external metric at `now`: one milli-value per series of its query's result.
    ///
    /// An empty answer means that the metric is known and the query selects nothing. Values are cut off after the third decimal.
    ///
    /// # Errors
    /// [`Unanswered::NotFound`] until a relist has found a series behind the metric, and again when that has gone;
    /// [`Unanswered::QueryFailed`] where the query has no answer.
    pub fn external_metric(&self, now: SimTime, name: &str) -> Result<Vec<i64>, Unanswered> {
        let rules = self.config.external.iter().zip(&self.served);
        let found = rules.into_iter().find(|(metric, served)| metric.name == name && **served);
        let (metric, _) = found.ok_or(Unanswered::NotFound)?;
        let samples = self.query(now, name, &metric.query)?;
        Ok(samples.iter().map(|sample| milli(sample.value)).collect())
    }

    /// The adapter's answer for a custom metric of pods at `now`: the milli-value of each pod that the query's result has, by pods.
    ///
    /// The adapter asks for the pods that the API server lists; whoever asks here leaves out all others. `NaN` counts as 0, other
    /// values are cut off after the third decimal.
    ///
    /// # Errors
    /// As for [`Telemetry::external_metric`].
    pub fn pods_metric(&self, now: SimTime, name: &str) -> Result<Vec<(String, i64)>, Unanswered> {
        let rules = self.config.pods.iter().zip(&self.served_pods);
        let found = rules.into_iter().find(|(metric, served)| metric.name == name && **served);
        let (metric, _) = found.ok_or(Unanswered::NotFound)?;
        let samples = self.query(now, name, &metric.query)?;
        let of_pod = |sample: &Sample| {
            let pod = sample.labels.get(&metric.pod_label);
            (!pod.is_empty()).then(|| (pod.to_owned(), milli(sample.value)))
        };
        Ok(samples.iter().filter_map(of_pod).collect())
    }

    fn query(&self, now: SimTime, name: &str, query: &Expr) -> Result<Vec<Sample>, Unanswered> {
        match outage::at(&self.config.outages, name, now) {
            Some(OutageAnswer::Error) => Err(Unanswered::QueryFailed),
            Some(OutageAnswer::Nothing) => Ok(Vec::new()),
            None => evaluate(query, &self.store, milliseconds(now.since_start()))
                .map_err(|_| Unanswered::QueryFailed),
        }
    }
}

/// In thousandths.
fn milli(value: f64) -> i64 {
    // The cast cuts off and saturates, and makes 0 of NaN.
    (value * 1000.0) as i64
}
