//! Key performance indicators: what a run is worth, in named numbers.
//!
//! [`Kpi`] says what there is, with unit and definition; [`Kpis`] are the values of one run. `docs/kpis.md` has the formulas with their
//! sources; its table is made from here.

mod control;
mod delay;
mod elasticity;
mod kind;
mod name;
#[cfg(test)]
mod page;
mod statistic;
mod values;

pub use delay::Delay;
pub use kind::{Better, Kpi};
pub use name::{KpiName, distinct};
pub use statistic::Statistic;
pub use values::{Context, Kpis, Scope};
