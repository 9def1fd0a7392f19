//! What a reader of results should know before believing them.

use crate::kpi::{Delay, Statistic};
use forescale_core::RunConfig;
use forescale_core::record::RunRecord;
use forescale_kernel::SimTime;
use std::fmt;

/// A reason for doubt, with advice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Warning {
    /// No request arrived.
    Empty {
        /// In how many runs.
        runs: usize,
        /// Of how many.
        of: usize,
    },
    /// The number of requests in flight grows over the second half of the measured time.
    Saturated {
        /// In how many runs.
        runs: usize,
        /// Of how many.
        of: usize,
        /// By how many requests in the mean, as a share of those that arrived in that time.
        share: f64,
    },
    /// More than 1 % of the requests are in flight at the end.
    Censored {
        /// How many.
        in_flight: u64,
        /// Of how many that arrived.
        arrived: u64,
    },
    /// Too few samples lie beyond a quantile.
    TooFew {
        /// Of which latency.
        delay: Delay,
        /// Which quantile.
        statistic: Statistic,
        /// How many samples lie beyond.
        beyond: u64,
        /// Of how many.
        samples: u64,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Empty { runs, of } => write!(
                f,
                "in {runs} of {of} runs no request arrived, so there is nothing to judge: look at the rates, `from` and `until` of the workloads, and at \
                 the windows of traces"
            ),
            Self::Saturated { runs, of, share } => write!(
                f,
                "in {runs} of {of} runs the requests in flight grow until the arrivals end, by {:.0} % of what arrives: the replicas cannot serve \
                 this load, and latencies say more about how long the run is than about the setting",
                100.0 * share
            ),
            Self::Censored { in_flight, arrived } => write!(
                f,
                "{in_flight} of {arrived} requests ({:.1} %) are in flight at the end: slow ones more likely than fast ones, so latencies look \
                 better than they are; let the run drain, or make it longer",
                100.0 * in_flight as f64 / arrived.max(1) as f64
            ),
            Self::TooFew { delay, statistic, beyond, samples } => write!(
                f,
                "only {beyond} of {samples} samples lie beyond the {} of {}, fewer than 100: take more replications, longer runs or a lower \
                 quantile",
                statistic.name(),
                delay.name()
            ),
        }
    }
}

/// Of one run: what warnings are made from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Symptoms {
    /// Requests that arrived in the second half of the measured time until the arrivals end.
    late_arrivals: u64,
    /// By how many the number in flight grew in it.
    growth: i64,
    in_flight: u64,
    arrived: u64,
}

impl Symptoms {
    pub(crate) fn of(record: &RunRecord, config: &RunConfig) -> Self {
        let end = (SimTime::ZERO + config.duration).min(record.end);
        let begin = record.measured_from;
        let middle = begin + end.since(begin) / 2;
        let mut symptoms = Self {
            in_flight: record.account.in_flight(),
            arrived: record.account.arrivals(),
            ..Self::default()
        };
        for bin in record.timeline.iter().filter(|bin| bin.at > middle && bin.at <= end) {
            symptoms.late_arrivals += bin.arrived;
            symptoms.growth += bin.arrived as i64 - (bin.finished + bin.lost) as i64;
        }
        symptoms
    }

    /// Growth beyond 2 % of what arrived, and beyond three standard deviations of a Poisson number of arrivals.
    fn is_saturated(&self) -> bool {
        let arrived = self.late_arrivals as f64;
        self.growth as f64 > (0.02 * arrived).max(3.0 * arrived.sqrt())
    }

    /// The warnings of several runs, but for those about quantiles.
    pub(crate) fn warnings(of_runs: &[Self]) -> Vec<Warning> {
        let saturated: Vec<&Self> = of_runs.iter().filter(|run| run.is_saturated()).collect();
        let growth: i64 = saturated.iter().map(|run| run.growth).sum();
        let late: u64 = saturated.iter().map(|run| run.late_arrivals).sum();
        let (in_flight, arrived) =
            of_runs.iter().fold((0, 0), |sums, run| (sums.0 + run.in_flight, sums.1 + run.arrived));
        let saturated = (!saturated.is_empty()).then(|| Warning::Saturated {
            runs: saturated.len(),
            of: of_runs.len(),
            share: growth as f64 / late.max(1) as f64,
        });
        let empty = of_runs.iter().filter(|run| run.arrived == 0).count();
        let empty = (empty > 0).then_some(Warning::Empty { runs: empty, of: of_runs.len() });
        let censored = (in_flight * 100 > arrived).then_some(Warning::Censored { in_flight, arrived });
        empty.into_iter().chain(saturated).chain(censored).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_within_chance_is_no_saturation() {
        let run = |late_arrivals, growth| Symptoms { late_arrivals, growth, in_flight: 10, arrived: 1_000 };
        assert!(Symptoms::warnings(&[run(900, 90), run(10_000, 300), run(1_000_000, 20_000)]).is_empty());
        let found = Symptoms::warnings(&[run(900, 91), run(900, -91), run(900, 0), run(1_100, 109)]);
        assert_eq!(found, [Warning::Saturated { runs: 2, of: 4, share: 0.1 }]);
        assert!(found[0].to_string().contains("in 2 of 4 runs") && found[0].to_string().contains("10 %"));
    }

    #[test]
    fn one_per_cent_in_flight_is_no_warning() {
        let run = |in_flight| Symptoms { in_flight, arrived: 1_000, ..Symptoms::default() };
        assert!(Symptoms::warnings(&[run(5), run(15)]).is_empty());
        let found = Symptoms::warnings(&[run(6), run(15)]);
        assert_eq!(found, [Warning::Censored { in_flight: 21, arrived: 2_000 }]);
        assert!(found[0].to_string().starts_with("21 of 2000 requests (1.1 %)"), "{}", found[0]);
        assert!(Symptoms::warnings(&[]).is_empty());
    }

    #[test]
    fn runs_without_requests_are_told() {
        let found =
            Symptoms::warnings(&[Symptoms::default(), Symptoms { arrived: 1, ..Symptoms::default() }]);
        assert_eq!(found, [Warning::Empty { runs: 1, of: 2 }]);
    }
}
