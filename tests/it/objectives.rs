//! Objectives are judged to the picosecond, whatever the histogram's resolution.

use crate::support::{station, unit_lengths};
use forescale::core::demand::{Arrivals, Rate, Source};
use forescale::core::dist::Dist;
use forescale::core::record::{Attainment, Measure, Objective};
use forescale::kernel::SimDuration;

/// Every time to first token is exactly 2 s.
fn judge(quantile: f64, limit: SimDuration) -> Attainment {
    let mut config = station(8, 1.0, Dist::Constant(2.0), 1000, 1);
    let arrivals = Arrivals::Constant(Rate::constant(1.0).unwrap(), unit_lengths());
    config.workloads[0].source = Source::Open(arrivals);
    config.record.objectives = vec![Objective { measure: Measure::Ttft, quantile, limit }];
    forescale::core::run(&config).unwrap().attainments[0]
}

#[test]
fn a_limit_that_is_just_held_is_held() {
    for quantile in [0.5, 0.99, 0.999] {
        let held = judge(quantile, SimDuration::from_secs(2));
        assert!(held.is_met && held.share == Some(1.0) && held.observed == Some(2.0), "{held:?}");
        let missed = judge(quantile, SimDuration::from_ps(2_000_000_000_000 - 1));
        assert!(!missed.is_met && missed.share == Some(0.0), "{missed:?}");
    }
}
