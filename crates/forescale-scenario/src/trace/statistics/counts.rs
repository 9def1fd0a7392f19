//! How many requests arrive in bins of one length.

use super::moments::Moments;
use forescale_kernel::SimDuration;

/// Requests per bin. Bins without a request are counted too, and cost nothing.
#[derive(Clone, Debug)]
pub struct CountStatistics {
    bin: SimDuration,
    /// The bin that is counted now, and how many requests it has.
    current: (u64, u64),
    peak: u64,
    /// The bins before the current one.
    full: Moments,
}

impl CountStatistics {
    pub(super) fn new(bin: SimDuration) -> Self {
        Self { bin, current: (0, 0), peak: 0, full: Moments::default() }
    }

    /// A request, not before the one before it.
    pub(super) fn add(&mut self, at: SimDuration) {
        let number = at.as_ps() / self.bin.as_ps().max(1);
        let (now, count) = self.current;
        if number > now {
            self.full.add(count as f64);
            self.full.add_many(0.0, number - now - 1);
            self.current = (number, 0);
        }
        self.current.1 += 1;
        self.peak = self.peak.max(self.current.1);
    }

    /// The length of a bin.
    pub fn bin(&self) -> SimDuration {
        self.bin
    }

    /// The most requests in one bin.
    pub fn peak(&self) -> u64 {
        self.peak
    }

    /// The most requests in one bin over those that the mean rate, per second, gives it; `None` where the trace is not longer than a bin.
    pub fn peak_over_mean(&self, rate: f64) -> Option<f64> {
        let mean = rate * self.bin.as_secs_f64();
        (mean > 0.0 && self.current.0 > 0).then(|| self.peak as f64 / mean)
    }

    /// Variance over mean of the counts, which is 1 for a Poisson process. The last bin, which the trace's end cuts short, is left out;
    /// `None` for less than two others.
    pub fn dispersion(&self) -> Option<f64> {
        dispersion(&self.full).filter(|_| self.current.0 >= 2)
    }

    /// The same with the last bin as if it were whole, as some count it: an end right after the start of a bin looks like a lull.
    pub fn dispersion_with_last(&self) -> Option<f64> {
        let mut all = self.full;
        all.add(self.current.1 as f64);
        dispersion(&all).filter(|_| self.current.0 >= 1)
    }
}

fn dispersion(counts: &Moments) -> Option<f64> {
    let mean = counts.mean().filter(|mean| *mean > 0.0)?;
    counts.variance().map(|variance| variance / mean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_bins_count_and_a_cut_one_does_not() {
        let mut counts = CountStatistics::new(SimDuration::from_secs(15));
        for second in [0, 1, 2, 3, 50, 61] {
            counts.add(SimDuration::from_secs(second));
        }
        // Full bins have 4, 0, 0 and 1 requests, the last one 1.
        assert_eq!(counts.peak(), 4);
        assert_eq!(counts.peak_over_mean(0.1), Some(4.0 / 1.5));
        let mean: f64 = 5.0 / 4.0;
        let variance = (2.75f64.powi(2) + 2.0 * 1.25f64.powi(2) + 0.25f64.powi(2)) / 4.0;
        assert!((counts.dispersion().unwrap() - variance / mean).abs() < 1e-12);
        assert!(counts.dispersion_with_last().unwrap() < counts.dispersion().unwrap());
    }

    #[test]
    fn too_little_says_nothing() {
        let mut counts = CountStatistics::new(SimDuration::from_secs(60));
        assert_eq!((counts.dispersion(), counts.peak_over_mean(0.0)), (None, None));
        counts.add(SimDuration::ZERO);
        counts.add(SimDuration::from_secs(59));
        assert_eq!((counts.dispersion(), counts.dispersion_with_last(), counts.peak()), (None, None, 2));
    }
}
