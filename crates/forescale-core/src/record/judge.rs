//! Judges requests one by one.

use super::recorder::InFlight;
use super::{Bin, Measure, Objective, RecordConfig, RequestAttainment};
use crate::demand::Request;
use forescale_kernel::{SimDuration, SimTime};

/// What a request had.
#[derive(Clone, Copy, Debug)]
pub(super) struct Served {
    pub(super) ttft: SimDuration,
    /// From the first token to the last.
    pub(super) decode: SimDuration,
    /// At least 1.
    pub(super) tokens: u32,
    pub(super) e2e: SimDuration,
}

impl Served {
    /// The mean inter-token latency, to the nearest picosecond; `None` of a single token.
    #[inline]
    pub(super) fn tpot(&self) -> Option<SimDuration> {
        let gaps = u64::from(self.tokens.saturating_sub(1));
        let tpot = self.decode.as_ps().saturating_add(gaps / 2).checked_div(gaps);
        tpot.map(SimDuration::from_ps)
    }
}

/// The limits for a single request; the longest duration where there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    ttft: SimDuration,
    itl: SimDuration,
    e2e: SimDuration,
}

impl Limits {
    pub(super) fn of(objectives: &[Objective]) -> Self {
        let strictest = |measure| {
            let limits = objectives.iter().filter(|objective| objective.measure == measure);
            limits.map(|objective| objective.limit).min().unwrap_or(SimDuration::MAX)
        };
        let [ttft, itl, e2e] = Measure::ALL.map(strictest);
        Self { ttft, itl, e2e }
    }

    #[inline]
    pub(super) fn are_held(&self, served: &Served) -> bool {
        // The mean of so many latencies is within the limit if their sum is within so many limits. One token has none.
        let decode = u128::from(self.itl.as_ps()) * u128::from(served.tokens.saturating_sub(1));
        served.ttft <= self.ttft && served.e2e <= self.e2e && u128::from(served.decode.as_ps()) <= decode
    }

    /// Whether a request that has waited so long, with or without its first token, cannot be within the limits any more.
    pub(super) fn are_passed(&self, waited: SimDuration, has_first_token: bool) -> bool {
        waited > self.e2e || (!has_first_token && waited > self.ttft)
    }
}

/// Judges all requests of a run that arrive from an instant on.
#[derive(Clone, Debug)]
pub(super) struct Judge {
    limits: Limits,
    /// Never, as long as the warm-up goes on.
    from: Option<SimTime>,
    pub(super) by_workload: Vec<RequestAttainment>,
    /// The width of bins, above zero.
    bin: SimDuration,
    /// Of all requests: those that attained, by the bin of their arrival.
    attained: Vec<u64>,
}

impl Judge {
    pub(super) fn new(config: &RecordConfig, workloads: usize) -> Self {
        Self {
            limits: Limits::of(&config.objectives),
            from: config.warm_up.is_zero().then_some(SimTime::ZERO),
            by_workload: vec![RequestAttainment::default(); workloads],
            bin: config.bin,
            attained: Vec::new(),
        }
    }

    /// Requests are judged that arrive from now on.
    pub(super) fn begin(&mut self, now: SimTime) {
        self.from = Some(now);
    }

    /// A request has got all its output.
    #[inline]
    pub(super) fn served(&mut self, request: &Request, served: &Served) {
        let is_attained = self.limits.are_held(served);
        self.count(request, is_attained);
        // What arrives at the end of a bin belongs to the next one.
        let bin = request.issued.as_ps().checked_div(self.bin.as_ps()).filter(|_| is_attained);
        if let Some(bin) = bin.and_then(|bin| usize::try_from(bin).ok()) {
            if self.attained.len() <= bin {
                self.attained.resize(bin + 1, 0);
            }
            self.attained[bin] += 1;
        }
    }

    /// A request has ended without it.
    #[inline]
    pub(super) fn missed(&mut self, request: &Request) {
        self.count(request, false);
    }

    /// Judges what is in flight at the end; the sum over workloads, and over requests between two attempts.
    pub(super) fn close(
        &mut self,
        now: SimTime,
        in_flight: &[InFlight],
        backing_off: &[SimTime],
    ) -> RequestAttainment {
        let limits = self.limits;
        for entry in in_flight {
            if limits.are_passed(now.since(entry.request.issued), entry.first_token.is_some()) {
                self.count(&entry.request, false);
            }
        }
        let passed = |since: &&SimTime| limits.are_passed(now.since(**since), false);
        let between = backing_off.iter().filter(|since| self.judges(**since)).filter(passed);
        let mut all = RequestAttainment { attained: 0, missed: between.count() as u64 };
        for of_workload in &self.by_workload {
            all.attained += of_workload.attained;
            all.missed += of_workload.missed;
        }
        all
    }

    /// Gives each bin its requests that attained.
    pub(super) fn fill(&self, timeline: &mut [Bin]) {
        for (bin, attained) in timeline.iter_mut().zip(&self.attained) {
            bin.attained = *attained;
        }
    }

    fn judges(&self, issued: SimTime) -> bool {
        self.from.is_some_and(|from| issued >= from)
    }

    #[inline]
    fn count(&mut self, request: &Request, is_attained: bool) {
        if self.judges(request.issued)
            && let Some(of_workload) = self.by_workload.get_mut(request.workload.0 as usize)
        {
            of_workload.count(is_attained);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objective(measure: Measure, quantile: f64, ps: u64) -> Objective {
        Objective { measure, quantile, limit: SimDuration::from_ps(ps) }
    }

    /// Each limit is held to the picosecond, and the strictest of a measure decides.
    #[test]
    fn limits_are_held_to_the_picosecond() {
        let limits = Limits::of(&[
            objective(Measure::Ttft, 0.99, 200),
            objective(Measure::Ttft, 0.5, 100),
            objective(Measure::Itl, 0.99, 10),
            objective(Measure::E2e, 0.9, 130),
        ]);
        let served = |ttft, decode, tokens, e2e| {
            let [ttft, decode, e2e] = [ttft, decode, e2e].map(SimDuration::from_ps);
            Served { ttft, decode, tokens, e2e }
        };
        let held = |ttft, decode, tokens, e2e| limits.are_held(&served(ttft, decode, tokens, e2e));
        assert!(held(100, 30, 4, 130));
        assert!(!held(101, 29, 4, 130), "time to first token");
        assert!(!held(99, 31, 4, 130), "mean inter-token latency");
        assert!(!held(100, 30, 4, 131), "end to end");
        assert!(held(100, 0, 1, 100) && !held(100, 1, 1, 101), "one token has no inter-token latency");
        let passed = |waited, began| limits.are_passed(SimDuration::from_ps(waited), began);
        assert_eq!(
            [passed(100, false), passed(101, false), passed(130, true), passed(131, true)],
            [false, true, false, true]
        );
        let none = Limits::of(&[]);
        assert!(!none.are_passed(SimDuration::MAX, false));
        let tpot = |decode, tokens| served(0, decode, tokens, 0).tpot().map(SimDuration::as_ps);
        assert_eq!([tpot(10, 1), tpot(10, 5), tpot(11, 5)], [None, Some(3), Some(3)]);
    }
}
