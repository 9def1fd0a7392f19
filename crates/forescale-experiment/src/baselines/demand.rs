//! How many replicas are needed, and when.

use crate::steps::Steps;
use forescale_kernel::{SimDuration, SimTime};

/// d(t): the fewest replicas that serve well what arrives, bin by bin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemandCurve {
    /// The width of a bin.
    pub bin: SimDuration,
    /// The replicas that are needed in each bin.
    pub replicas: Vec<u32>,
    /// The end of the last bin.
    pub end: SimTime,
    /// In how many bins no fleet was large enough; the one that did best stands for it.
    pub unmet: usize,
}

impl DemandCurve {
    /// So many replicas in each bin of this width, from the start of the run on.
    pub fn new(bin: SimDuration, replicas: Vec<u32>) -> Self {
        let end = SimTime::ZERO + bin * replicas.len() as u64;
        Self { bin, replicas, end, unmet: 0 }
    }

    /// The same as a number over time; after its end the last one stays.
    pub fn steps(&self) -> Steps {
        let bins = (0..).map(|place| SimTime::ZERO + self.bin * place).zip(self.replicas.iter().copied());
        Steps::new(self.replicas.first().copied().unwrap_or(0), bins)
    }
}
