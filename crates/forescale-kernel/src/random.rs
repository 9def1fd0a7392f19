//! Named, portable random streams.

use crate::SimDuration;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

/// The generator of every stream: PCG XSL RR 128/64, whose values are the same on all platforms and in all releases.
pub type Stream = Pcg64;

/// The stream for one purpose of one entity in the run with this seed.
///
/// Same arguments, same values, whatever else is drawn. `purpose` names what the numbers decide, for example
/// `"workload.chat/arrivals"`; `entity` tells apart what shares a purpose, for example pods (0 where there is one).
///
/// ```
/// use forescale_kernel::random;
/// use rand::Rng;
/// let first = random::stream(7, "cluster/image_pull", 2).next_u64();
/// assert_eq!(first, random::stream(7, "cluster/image_pull", 2).next_u64());
/// assert_ne!(first, random::stream(7, "cluster/image_pull", 3).next_u64());
/// assert_ne!(first, random::stream(8, "cluster/image_pull", 2).next_u64());
/// ```
pub fn stream(seed: u64, purpose: &str, entity: u64) -> Stream {
    let mut state = mix(seed ^ 0x9e37_79b9_7f4a_7c15);
    for chunk in purpose.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state = mix(state ^ u64::from_le_bytes(word));
    }
    // The length keeps a purpose apart from the same one with trailing zero bytes.
    state = mix(state ^ purpose.len() as u64);
    state = mix(state ^ entity);
    let mut bytes = [0; 32];
    for word in bytes.chunks_exact_mut(8) {
        state = mix(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
        word.copy_from_slice(&state.to_le_bytes());
    }
    Pcg64::from_seed(bytes)
}

/// Draws a phase: a span from zero up to, but not including, `period`; zero where the period is.
pub fn phase(stream: &mut Stream, period: SimDuration) -> SimDuration {
    SimDuration::from_ps(stream.random_range(0..period.as_ps().max(1)))
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    /// Values are part of the contract: a change here changes every result that a user has kept.
    #[test]
    fn values_are_pinned() {
        let mut stream = stream(7, "workload.chat/arrivals", 0);
        let drawn = [stream.next_u64(), stream.next_u64()];
        assert_eq!(drawn, [17_945_309_045_533_231_063, 9_552_525_247_251_425_236]);
    }

    #[test]
    fn neighbouring_streams_are_unrelated() {
        let bits = |seed, purpose, entity| stream(seed, purpose, entity).next_u64();
        let base = bits(1, "a", 0);
        for other in [bits(1, "a", 1), bits(1, "b", 0), bits(2, "a", 0), bits(1, "a\0", 0), bits(1, "", 0)] {
            let differing = (base ^ other).count_ones();
            assert!((12..=52).contains(&differing), "{differing} of 64 bits differ");
        }
    }
}
