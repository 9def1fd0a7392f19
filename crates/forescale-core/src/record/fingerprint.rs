//! A run in one number.

use forescale_kernel::SimTime;
use std::fmt;

/// A hash over everything that happened to requests, pods and replicas, with the time of each to the picosecond.
///
/// Two runs with the same fingerprint took the same course. It does not depend on how the course was computed: polls, ticks
/// and engine steps are not part of it. (64 bits; each word is multiplied in and the product folded.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fingerprint {
    pub(crate) fn add(&mut self, now: SimTime, what: &str, details: [u64; 2]) {
        self.word(now.as_ps());
        for chunk in what.as_bytes().chunks(8) {
            self.word(chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
        details.into_iter().for_each(|detail| self.word(detail));
    }

    fn word(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // The state itself stays in, so that no word can bring it to zero for good.
        self.0 = ((product >> 64) as u64 ^ product as u64).wrapping_add(self.0.rotate_left(29));
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
