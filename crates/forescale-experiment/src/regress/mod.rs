//! Regression gates: is a configuration still as good as it was when somebody wrote that down?
//!
//! A [`Baseline`] holds the values of some KPIs, one for each seed, and how much worse each may get: its [`Margin`]. [`judge`] sets new runs
//! against it. Each KPI is judged by one interval of confidence 1 − α/2m, where α is the baseline's false-alarm rate and m the number of its KPIs
//! (Bonferroni; the half is for what Student's t misses in counts and flat tails), and there are three answers: within the margin for sure, beyond it for sure, or neither, which is [`Verdict::CannotTell`].
//!
//! So where nothing has changed, the chance over baselines and runs that anything at all is told to have changed is at most α, and that of a failure is smaller
//! still, since that needs more than the margin. With the baseline's seeds and the same program nothing is left to chance at all: the
//! values are the same. The rate is for runs with other seeds, and for changes that draw other random numbers.

mod baseline;
mod finding;
mod guard;
mod judge;
mod margin;
#[cfg(test)]
mod tests;

pub use baseline::{Baseline, DEFAULT_FALSE_ALARM_RATE, FEWEST_REPLICATIONS};
pub use finding::{Change, Finding, Judged, Missing, Standing, Verdict};
pub use guard::Guard;
pub use judge::judge;
pub use margin::Margin;
