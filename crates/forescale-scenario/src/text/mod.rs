//! Values as people write them: durations, sizes, distributions, rates.

mod dist;
mod duration;
mod quantile;
mod rate;
mod size;
mod users;

pub(crate) use dist::{DurationDist, PhaseDuration, TokenDist, duration_dist, phase_duration, token_dist};
pub(crate) use duration::Duration;
pub(crate) use quantile::Quantile;
pub(crate) use rate::RateText;
pub(crate) use size::Size;
pub(crate) use users::UsersText;
