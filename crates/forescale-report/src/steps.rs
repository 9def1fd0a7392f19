//! Steps of time that people count in.

use forescale_kernel::SimDuration;

const STEPS_MS: [u64; 28] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    1000,
    2000,
    5000,
    10_000,
    15_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    3_600_000,
    7_200_000,
    10_800_000,
    21_600_000,
    43_200_000,
    86_400_000,
    172_800_000,
];

/// The first step that is not below this; beyond the list, whole days.
pub(crate) fn at_least(least: SimDuration) -> SimDuration {
    let day = SimDuration::from_secs(86_400);
    let steps = STEPS_MS.map(SimDuration::from_ms);
    let fits = steps.into_iter().find(|step| *step >= least);
    fits.unwrap_or_else(|| day * (least.as_ps() / day.as_ps() + 1))
}
