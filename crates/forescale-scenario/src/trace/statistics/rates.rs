//! The rate over time, in as many bins as memory may hold.

use forescale_kernel::SimDuration;

/// Bins become longer where there would be more of them.
const MOST_BINS: usize = 4096;
/// The lengths of bins in seconds; the last one is kept up to the end of simulated time, 213 days.
const LENGTHS: [u64; 3] = [1, 15, 60];

/// What arrived within a bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateBin {
    /// Requests.
    pub requests: u64,
    /// Their prompt tokens.
    pub prompt_tokens: u64,
    /// Their output tokens.
    pub output_tokens: u64,
}

/// Requests and tokens over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Which of the lengths bins have.
    length: usize,
    bins: Vec<RateBin>,
}

impl Rates {
    /// The length of a bin: 1 s, 15 s or 60 s, the shortest of which no more than 4,096 are needed, or else 60 s.
    pub fn bin(&self) -> SimDuration {
        SimDuration::from_secs(LENGTHS.get(self.length).copied().unwrap_or(60))
    }

    /// The bins from the first request on; the last one holds the last request and may be cut short.
    pub fn bins(&self) -> &[RateBin] {
        &self.bins
    }

    pub(super) fn add(&mut self, at: SimDuration, prompt_tokens: u32, output_tokens: u32) {
        let mut number = self.number(at);
        while number >= MOST_BINS && self.length + 1 < LENGTHS.len() {
            self.lengthen();
            number = self.number(at);
        }
        if self.bins.len() <= number {
            self.bins.resize(number + 1, RateBin::default());
        }
        if let Some(bin) = self.bins.get_mut(number) {
            bin.requests += 1;
            bin.prompt_tokens += u64::from(prompt_tokens);
            bin.output_tokens += u64::from(output_tokens);
        }
    }

    fn number(&self, at: SimDuration) -> usize {
        (at.as_ps() / self.bin().as_ps()) as usize
    }

    /// Joins bins to bins of the next length.
    fn lengthen(&mut self) {
        let before = self.bin().as_ps();
        self.length += 1;
        let joined = (self.bin().as_ps() / before) as usize;
        let sum = |bins: &[RateBin]| {
            bins.iter().fold(RateBin::default(), |sum, bin| RateBin {
                requests: sum.requests + bin.requests,
                prompt_tokens: sum.prompt_tokens + bin.prompt_tokens,
                output_tokens: sum.output_tokens + bin.output_tokens,
            })
        };
        self.bins = self.bins.chunks(joined).map(sum).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_grow_and_lose_nothing() {
        let mut rates = Rates::default();
        for second in 0..70_000 {
            rates.add(SimDuration::from_secs(second), 2, 3);
            if second == 4_095 {
                assert_eq!((rates.bin(), rates.bins().len()), (SimDuration::from_secs(1), 4096));
            }
        }
        assert_eq!(rates.bin(), SimDuration::from_secs(60));
        assert_eq!(rates.bins().len(), 70_000_usize.div_ceil(60));
        assert!(rates.bins()[..1000].iter().all(|bin| bin.requests == 60 && bin.prompt_tokens == 120));
        assert_eq!(rates.bins().iter().map(|bin| bin.output_tokens).sum::<u64>(), 210_000);
        rates.add(SimDuration::from_ps(u64::MAX), 1, 1);
        assert!(rates.bins().len() < 310_000);
    }
}
