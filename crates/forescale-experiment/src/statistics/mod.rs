//! How sure a number is that came out of several runs.
//!
//! Replications are independent runs of one configuration, each with a seed of its own; a value is one number of one run.
//!
//! - [`Estimate`]: a mean with Student's t interval.
//! - [`Difference`]: two configurations, compared at the same seeds (paired t) or at different ones (Welch's t).
//! - [`ratio`]: a quotient of two sums, by the jackknife.
//! - [`PooledQuantile`]: a quantile over the samples of all runs, by sectioning.
//! - [`mser5`]: where the warm-up of a series ends.
//! - [`Sequential`]: how many replications are enough.

mod difference;
mod estimate;
mod moments;
mod mser;
mod quantile;
mod ratio;
mod sequential;

pub use difference::{Difference, Pairs};
pub use estimate::Estimate;
pub use mser::{Truncation, mser5};
pub use quantile::{FEWEST_BEYOND, PooledQuantile};
pub use ratio::ratio;
pub use sequential::Sequential;
