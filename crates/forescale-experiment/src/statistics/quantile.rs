//! A quantile over the samples of all runs.

use super::moments::students_t;
use forescale_core::record::Latency;

/// So many samples must lie beyond a quantile, or it says little.
pub const FEWEST_BEYOND: u64 = 100;

/// A quantile of the samples of all runs together. The 99th percentile of a run has a mean over runs too, but that is another number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PooledQuantile {
    /// Which quantile, 0 to 1.
    pub quantile: f64,
    /// Its value, in the samples' unit.
    pub value: f64,
    /// Half the width of an interval of 95 % over runs, by sectioning: each run's own quantile is taken around the pooled one (Asmussen and
    /// Glynn 2007, III.5; Nakayama 2014). `None` of fewer than two runs, and where a run has no samples.
    pub half_width: Option<f64>,
    /// How many samples there are.
    pub samples: u64,
    /// How many of them lie beyond the quantile's rank.
    pub beyond: u64,
}

impl PooledQuantile {
    /// Of the pooled samples, and of the same quantile of each run alone; `None` where there are no samples. `quantile` is between 0 and 1.
    pub fn of(pooled: &Latency, quantile: f64, of_runs: &[Option<f64>]) -> Option<Self> {
        let value = pooled.quantile(quantile)?;
        let samples = pooled.count();
        let runs: Option<Vec<f64>> = of_runs.iter().copied().collect();
        let half_width = runs.and_then(|runs| {
            let count = runs.len() as f64;
            let squares: f64 = runs.iter().map(|of_run| (of_run - value).powi(2)).sum();
            students_t(0.95, count - 1.0).map(|t| t * (squares / (count - 1.0) / count).sqrt())
        });
        Some(Self { quantile, value, half_width, samples, beyond: samples - pooled.rank(quantile) })
    }

    /// Whether fewer than [`FEWEST_BEYOND`] samples lie beyond: the value is hardly more than a few single requests.
    pub fn is_too_few(&self) -> bool {
        self.beyond < FEWEST_BEYOND
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_kernel::{SimDuration, random};
    use rand::RngExt;

    fn latency(milliseconds: impl IntoIterator<Item = u64>) -> Latency {
        let mut latency = Latency::default();
        milliseconds.into_iter().for_each(|ms| latency.record(SimDuration::from_ms(ms), 1));
        latency
    }

    /// Two runs of 1 to 100 ms and 101 to 200 ms: the pooled median is 100 ms, their own are 50 ms and 150 ms.
    #[test]
    fn sections_by_hand() {
        let runs = [latency(1..=100), latency(101..=200)];
        let mut pooled = runs[0].clone();
        pooled.merge(&runs[1]);
        let own = runs.each_ref().map(|run| run.quantile(0.5));
        let median = PooledQuantile::of(&pooled, 0.5, &own).unwrap();
        assert_eq!((median.samples, median.beyond, median.is_too_few()), (200, 100, false));
        assert!((median.value - 0.1).abs() < 1e-4);
        // Squares of 50 ms twice, over one degree of freedom and two runs, by the tabled 12.706.
        assert!((median.half_width.unwrap() / (12.706_2 * 0.05) - 1.0).abs() < 2e-3, "{median:?}");
        let tail = PooledQuantile::of(&pooled, 0.99, &[None, own[1]]).unwrap();
        assert_eq!((tail.beyond, tail.is_too_few(), tail.half_width), (2, true, None));
        assert_eq!(PooledQuantile::of(&Latency::default(), 0.5, &[]), None);
        assert_eq!(PooledQuantile::of(&pooled, 1.0, &own).unwrap().beyond, 0);
    }

    /// Exponential samples of mean 1 s: the true 90th percentile is ln 10. 400 experiments of 10 runs of 2,000 samples; 95 % of them hold it, give
    /// or take four standard deviations of that count (18), since a run's own quantile is nearly normal here.
    #[test]
    fn intervals_hold_the_true_quantile() {
        let mut stream = random::stream(15, "quantile", 0);
        let mut held = 0;
        for _ in 0..400 {
            let (mut pooled, mut own) = (Latency::default(), Vec::new());
            for _ in 0..10 {
                let mut run = Latency::default();
                for _ in 0..2_000 {
                    run.record(SimDuration::from_secs_f64(-(1.0 - stream.random::<f64>()).ln()), 1);
                }
                own.push(run.quantile(0.9));
                pooled.merge(&run);
            }
            let found = PooledQuantile::of(&pooled, 0.9, &own).unwrap();
            assert_eq!(found.beyond, 2_000);
            held += i32::from((found.value - 10_f64.ln()).abs() <= found.half_width.unwrap());
        }
        assert!((held - 380).abs() <= 18, "{held} of 400");
    }
}
