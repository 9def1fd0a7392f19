//! When metrics have no answer.

use forescale_kernel::SimTime;

/// A stretch of time in which a metric has no answer, whatever is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// The metric's name in its metrics API, without a selector.
    pub metric: String,
    /// Its first instant.
    pub from: SimTime,
    /// Its end: at this instant the metric has an answer again.
    pub until: SimTime,
    /// What is answered instead.
    pub answer: OutageAnswer,
}

/// What the metrics API answers during an outage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutageAnswer {
    /// HTTP 500, as when the adapter does not reach Prometheus.
    #[default]
    Error,
    /// A list without values, as when the query selects nothing.
    Nothing,
}

impl OutageAnswer {
    /// All, with their names in scenarios.
    pub const ALL: [(&'static str, Self); 2] = [("error", Self::Error), ("nothing", Self::Nothing)];
}

/// Why the adapter has no answer to a question about a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// HTTP 404: no rule, or no relist has found a series behind it.
    NotFound,
    /// HTTP 500: the query failed.
    QueryFailed,
}

/// What an outage answers at `now`, if there is one. The key is the metric's name, followed by a selector if it has one.
pub(super) fn at(outages: &[Outage], key: &str, now: SimTime) -> Option<OutageAnswer> {
    let name = key.split(' ').next().unwrap_or(key);
    let is_on = |outage: &&Outage| outage.metric == name && outage.from <= now && now < outage.until;
    outages.iter().find(is_on).map(|outage| outage.answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_holds_from_its_first_instant_up_to_its_end() {
        let ps = SimTime::from_ps;
        let outage = |metric: &str, from, until| Outage {
            metric: metric.to_owned(),
            from: ps(from),
            until: ps(until),
            answer: OutageAnswer::Nothing,
        };
        let outages = [outage("depth", 10, 20), outage("depth", 30, 31)];
        let is_out = |key, at_ps| at(&outages, key, ps(at_ps)).is_some();
        let seen = [9, 10, 19, 20, 30, 31].map(|at_ps| is_out("depth {pool=\"a\"}", at_ps));
        assert_eq!(seen, [false, true, true, false, true, false]);
        assert!(!is_out("depth_of_another", 15));
    }
}
