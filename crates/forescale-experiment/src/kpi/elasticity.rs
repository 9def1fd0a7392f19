//! Elasticity as the SPEC Research Group defines it: supply against demand.

use super::Kpi;
use crate::baselines::DemandCurve;
use crate::steps::Steps;
use forescale_kernel::{SimDuration, SimTime};

/// The supply of one run against the demand, up to the end of the demand curve.
pub(super) struct Elasticity {
    /// θ_U, θ_O, in per cent.
    accuracy: [f64; 2],
    /// τ_U, τ_O, in per cent.
    timeshare: [f64; 2],
    /// Replica-hours below and above demand.
    area: [f64; 2],
    /// Changes per hour.
    jitter: f64,
    /// Per cent.
    instability: f64,
}

impl Elasticity {
    /// `None` of a demand that lasts no time.
    pub(super) fn of(serving: &Steps, demand: &DemandCurve) -> Option<Self> {
        let hours = demand.end.since_start().as_secs_f64() / 3600.0;
        let needed = demand.steps();
        let [mut accuracy, mut timeshare, mut area] = [[0.0; 2]; 3];
        for (span, d, s) in needed.beside(serving, demand.end) {
            let span = span.as_secs_f64() / 3600.0;
            for (side, gap) in [d.saturating_sub(s), s.saturating_sub(d)].into_iter().enumerate() {
                let gap = f64::from(gap);
                accuracy[side] += gap / f64::from(d.max(1)) * span;
                timeshare[side] += if gap > 0.0 { span } else { 0.0 };
                area[side] += gap * span;
            }
        }
        let changes = serving.count_changes(demand.end) as f64 - needed.count_changes(demand.end) as f64;
        (hours > 0.0).then(|| Self {
            accuracy: accuracy.map(|sum| 100.0 * sum / hours),
            timeshare: timeshare.map(|sum| 100.0 * sum / hours),
            area,
            jitter: changes / hours,
            instability: 100.0 * against(serving, demand),
        })
    }

    /// The value of one of its KPIs.
    pub(super) fn value(&self, kpi: Kpi) -> Option<f64> {
        match kpi {
            Kpi::UnderprovisioningAccuracy => Some(self.accuracy[0]),
            Kpi::OverprovisioningAccuracy => Some(self.accuracy[1]),
            Kpi::UnderprovisioningTimeshare => Some(self.timeshare[0]),
            Kpi::OverprovisioningTimeshare => Some(self.timeshare[1]),
            Kpi::ReplicaHoursMissing => Some(self.area[0]),
            Kpi::ReplicaHoursSurplus => Some(self.area[1]),
            Kpi::Jitter => Some(self.jitter),
            Kpi::Instability => Some(self.instability),
            _ => None,
        }
    }
}

/// The share of bins over which supply moves one way although demand has moved the other way at their beginning.
fn against(serving: &Steps, demand: &DemandCurve) -> f64 {
    let mut count = 0;
    for (place, pair) in demand.replicas.windows(2).enumerate() {
        let before =
            |bins: usize| serving.at(SimTime::ZERO + demand.bin * bins as u64 - SimDuration::from_ps(1));
        let moved = (pair[1].cmp(&pair[0]), before(place + 2).cmp(&before(place + 1)));
        count += usize::from(moved.0 == moved.1.reverse() && moved.0.is_ne());
    }
    count as f64 / demand.replicas.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four hours; needed 2, 4, 4, 1; there are 2, 2, 5, 5 and 3 from the middle of the last hour.
    #[test]
    fn elasticity_by_hand() {
        let hour = SimDuration::from_secs(3600);
        let demand = DemandCurve::new(hour, vec![2, 4, 4, 1]);
        let at = |halves: u64| SimTime::ZERO + SimDuration::from_secs(1800 * halves);
        let serving = Steps::new(2, [(at(4), 5), (at(7), 3)]);
        let found = Elasticity::of(&serving, &demand).unwrap();
        let value = |kpi| found.value(kpi).unwrap();
        let near = |kpi, wanted: f64| assert!((value(kpi) - wanted).abs() < 1e-9, "{kpi:?}: {}", value(kpi));
        near(Kpi::UnderprovisioningAccuracy, 100.0 / 4.0 * (2.0 / 4.0));
        near(Kpi::OverprovisioningAccuracy, 100.0 / 4.0 * (1.0 / 4.0 + 4.0 * 0.5 + 2.0 * 0.5));
        near(Kpi::UnderprovisioningTimeshare, 25.0);
        near(Kpi::OverprovisioningTimeshare, 50.0);
        near(Kpi::ReplicaHoursMissing, 2.0);
        near(Kpi::ReplicaHoursSurplus, 1.0 + 2.0 + 1.0);
        near(Kpi::Jitter, 0.0);
        near(Kpi::Instability, 0.0);
        // In the last hour demand falls and supply grows.
        let against = Elasticity::of(&Steps::new(2, [(at(7), 6)]), &demand).unwrap();
        assert_eq!(against.value(Kpi::Instability), Some(25.0));
        assert!(Elasticity::of(&serving, &DemandCurve::new(hour, vec![])).is_none());
    }

    /// Supply that is the demand is perfect, whatever it is.
    #[test]
    fn the_demand_itself_is_perfect() {
        let demand = DemandCurve::new(SimDuration::from_secs(60), vec![1, 3, 0, 2, 2, 7]);
        let perfect = Elasticity::of(&demand.steps(), &demand).unwrap();
        for kpi in Kpi::all() {
            assert!(perfect.value(kpi).is_none_or(|value| value == 0.0), "{kpi:?}");
        }
    }
}
