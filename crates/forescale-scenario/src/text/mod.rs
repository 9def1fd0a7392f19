//! Values as people write them: durations, sizes, distributions, rates.

mod count;
mod dist;
mod duration;
mod quantile;
mod rate;
mod size;

pub(crate) use count::CountText;
pub(crate) use dist::{DurationDist, PhaseDuration, TokenDist, duration_dist, phase_duration, token_dist};
pub(crate) use duration::Duration;
pub(crate) use quantile::Quantile;
pub(crate) use rate::RateText;
pub(crate) use size::Size;
