//! A run in one number.

use forescale_kernel::SimTime;
use std::fmt;

/// A hash over everything that happened to requests, pods and replicas, with the time of each to the picosecond.
///
/// Two runs with the same fingerprint took the same course. It does not depend on how the course was computed: polls, ticks
/// and engine steps are not part of it. (FNV-1a, 64 bits.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fingerprint {
    pub(crate) fn add(&mut self, now: SimTime, what: &str, details: [u64; 2]) {
        self.bytes(&now.as_ps().to_le_bytes());
        self.bytes(what.as_bytes());
        for detail in details {
            self.bytes(&detail.to_le_bytes());
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
