//! How an autoscaler moved.

use super::Kpi;
use crate::baselines::DemandCurve;
use crate::steps::Steps;
use forescale_core::record::RunRecord;
use forescale_kernel::{SimDuration, SimTime};

/// The replicas of one run, and who says how many there may be.
pub(super) struct Control<'a> {
    pub(super) end: SimTime,
    /// `spec.replicas`.
    pub(super) spec: Steps,
    /// s(t).
    pub(super) serving: Steps,
    pub(super) limits: Option<(u32, u32)>,
    pub(super) demand: Option<&'a DemandCurve>,
}

impl<'a> Control<'a> {
    pub(super) fn of(
        record: &RunRecord,
        limits: Option<(u32, u32)>,
        demand: Option<&'a DemandCurve>,
    ) -> Self {
        Self {
            end: record.end,
            spec: Steps::spec_replicas(record),
            serving: Steps::serving(record),
            limits,
            demand,
        }
    }

    /// The value of one of its KPIs; `None` where what it needs is not given.
    pub(super) fn value(&self, kpi: Kpi) -> Option<f64> {
        let share = |time: SimDuration| {
            let whole = self.end.since_start().as_secs_f64();
            (whole > 0.0).then(|| time.as_secs_f64() / whole)
        };
        match kpi {
            Kpi::Reversals => Some(self.reversals() as f64),
            Kpi::PeakReplicas => Some(f64::from(self.spec.peak(self.end))),
            Kpi::TimeAtMin => {
                self.limits.and_then(|(min, _)| share(self.spec.time_in(self.end, |it| it <= min)))
            }
            Kpi::TimeAtMax => {
                self.limits.and_then(|(_, max)| share(self.spec.time_in(self.end, |it| it >= max)))
            }
            Kpi::Overshoot => self.demand.map(|demand| {
                let needed = demand.steps().peak(demand.end);
                f64::from(self.spec.peak(self.end).saturating_sub(needed))
            }),
            Kpi::SettlingTime => self.demand.map(|demand| self.settling_time(demand).as_secs_f64()),
            _ => None,
        }
    }

    /// Changes whose direction is opposite to that of the one before.
    fn reversals(&self) -> usize {
        let counts: Vec<u32> = self.spec.changes().iter().map(|(_, count)| *count).collect();
        let ups: Vec<bool> = counts.windows(2).map(|pair| pair[0] < pair[1]).collect();
        ups.windows(2).filter(|pair| pair[0] != pair[1]).count()
    }

    fn settling_time(&self, demand: &DemandCurve) -> SimDuration {
        let (mut longest, mut now) = (SimDuration::ZERO, SimDuration::ZERO);
        for (span, needed, serving) in demand.steps().beside(&self.serving, demand.end) {
            now = if needed.abs_diff(serving) > 1 { now + span } else { SimDuration::ZERO };
            longest = longest.max(now);
        }
        longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(first: u32, changes: &[(u64, u32)]) -> Steps {
        Steps::new(
            first,
            changes.iter().map(|(s, count)| (SimTime::ZERO + SimDuration::from_secs(*s), *count)),
        )
    }

    /// 1 → 2 → 5 → 3 → 4 within 100 s, the pods 10 s later; three are needed from 20 s to 60 s, else one.
    #[test]
    fn control_by_hand() {
        let spec = steps(1, &[(20, 2), (30, 5), (60, 3), (80, 4)]);
        let serving = steps(1, &[(30, 2), (40, 5), (60, 3), (90, 4)]);
        let demand = DemandCurve::new(SimDuration::from_secs(20), vec![1, 3, 3, 1, 1]);
        let end = SimTime::ZERO + SimDuration::from_secs(100);
        let control = Control { end, spec, serving, limits: Some((1, 4)), demand: Some(&demand) };
        let value = |kpi| control.value(kpi).unwrap();
        assert_eq!(value(Kpi::Reversals), 2.0);
        assert_eq!((value(Kpi::PeakReplicas), value(Kpi::Overshoot)), (5.0, 2.0));
        assert_eq!((value(Kpi::TimeAtMin), value(Kpi::TimeAtMax)), (0.2, 0.5));
        // Two too few from 20 s to 30 s; two too many from 40 s on, to the end.
        assert_eq!(value(Kpi::SettlingTime), 60.0);
        let blind = Control { demand: None, limits: None, ..control };
        assert_eq!(
            [Kpi::TimeAtMin, Kpi::Overshoot, Kpi::SettlingTime].map(|kpi| blind.value(kpi)),
            [None; 3]
        );
    }
}
