//! What one engine step costs.
//!
//! `GPU time = f(prefill tokens, prefill context, batch) + g(batch)·K` with `K` the context of the decoding sequences, in integers of
//! picoseconds. `f` and `g` may be any tables; that the time of a batch is linear in `K` is what lets equal steps be added up in one go
//! ([`StepTime::decode`]).

mod affine;
mod cuda_graphs;
mod eager;
mod load;
mod piecewise;
mod table;
#[cfg(test)]
mod tests;

pub use affine::Affine;
pub use cuda_graphs::CudaGraphs;
pub use load::StepLoad;
pub use piecewise::Piecewise;
pub use table::{DecodePoint, PrefillPoint, Table, TableError};

use forescale_kernel::SimDuration;
use std::sync::Arc;

/// How long a step computes on the GPU, and how long the host needs for it. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepTime {
    /// The host's share.
    pub host: HostTime,
    /// The GPU's share.
    pub gpu: GpuTime,
    /// The sizes that batches are padded to; by default none.
    pub cuda_graphs: CudaGraphs,
    /// The GPU's time at the beginning of each step before it computes anything, in picoseconds; 0 but in eager mode.
    pub start_ps: u64,
}

/// The host's time before a step can begin: scheduling, making the batch ready. Hidden behind the step before while two are in flight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostTime {
    /// Per step, in picoseconds.
    pub per_step_ps: u64,
    /// Per request of the batch, prefills included, in picoseconds.
    pub per_seq_ps: u64,
}

/// The GPU's time by the load of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum GpuTime {
    /// One memory-bound slope per token, a flat knee, one compute-bound slope.
    Piecewise(Piecewise),
    /// One slope per prefill token, one per decoding sequence.
    Affine(Affine),
    /// Measured points.
    Table(Arc<Table>),
}

/// A decode step's GPU time for one batch size, as a line over the context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecodeTime {
    /// Without any context, in picoseconds.
    pub base_ps: u64,
    /// Per token of context, summed over the batch, in picoseconds.
    pub per_context_ps: u64,
}

impl Default for GpuTime {
    fn default() -> Self {
        Self::Piecewise(Piecewise::default())
    }
}

impl From<GpuTime> for StepTime {
    fn from(gpu: GpuTime) -> Self {
        Self { gpu, ..Self::default() }
    }
}

impl From<Piecewise> for StepTime {
    fn from(piecewise: Piecewise) -> Self {
        GpuTime::Piecewise(piecewise).into()
    }
}

impl From<Affine> for StepTime {
    fn from(affine: Affine) -> Self {
        GpuTime::Affine(affine).into()
    }
}

impl From<Table> for StepTime {
    fn from(table: Table) -> Self {
        GpuTime::Table(Arc::new(table)).into()
    }
}

impl StepTime {
    /// The same with another host.
    pub fn with_host(self, host: HostTime) -> Self {
        Self { host, ..self }
    }

    /// The host's time for a step; `u64::MAX` ps if it does not fit.
    pub fn host(&self, load: &StepLoad) -> SimDuration {
        let per_seq = product(self.host.per_seq_ps, load.seqs());
        duration(u128::from(self.host.per_step_ps).saturating_add(per_seq))
    }

    /// How long a step computes, rounded to the nearest picosecond once; at least 1 ps, so that time always moves, and `u64::MAX` ps
    /// if it does not fit.
    pub fn of(&self, load: &StepLoad) -> SimDuration {
        let load = self.cuda_graphs.pad(load);
        let ps = match &self.gpu {
            GpuTime::Piecewise(piecewise) => piecewise.ps(&load),
            GpuTime::Affine(affine) => affine.ps(&load),
            GpuTime::Table(table) => table.ps(&load),
        };
        duration(ps.saturating_add(self.start_ps.into()).max(1))
    }

    /// The line of decode steps with `seqs` sequences.
    ///
    /// With `K` tokens of context in sum, `of(&StepLoad::decode(seqs, K))` is exactly `base_ps + per_context_ps·K` picoseconds, if that is
    /// at least 1 and fits `u64`.
    pub fn decode(&self, seqs: u64) -> DecodeTime {
        let seqs = self.cuda_graphs.padded_decode(seqs);
        let line = match &self.gpu {
            GpuTime::Piecewise(piecewise) => piecewise.decode(seqs),
            GpuTime::Affine(affine) => affine.decode(seqs),
            GpuTime::Table(table) => table.decode(seqs),
        };
        DecodeTime { base_ps: line.base_ps.saturating_add(self.start_ps), ..line }
    }
}

impl DecodeTime {
    /// The cost with this much context, in picoseconds; `None` where it does not fit.
    pub(in crate::replica) fn ps_within(self, context: u64) -> Option<u64> {
        self.per_context_ps.checked_mul(context)?.checked_add(self.base_ps)
    }

    /// The cost with this much context, in picoseconds.
    fn ps(&self, context: u64) -> u128 {
        u128::from(self.base_ps).saturating_add(product(self.per_context_ps, context))
    }
}

fn product(a: u64, b: u64) -> u128 {
    u128::from(a) * u128::from(b)
}

/// Half pairs cost femtoseconds; half a picosecond rounds up.
fn half_pairs_ps(half_pair_fs: u64, half_pairs: u64) -> u128 {
    let fs = product(half_pair_fs, half_pairs).saturating_add(500);
    // Hardly ever more than 64 bits, whose division is many times cheaper.
    u64::try_from(fs).map_or_else(|_| fs / 1000, |fs| u128::from(fs / 1000))
}

fn saturated(ps: u128) -> u64 {
    u64::try_from(ps).unwrap_or(u64::MAX)
}

fn duration(ps: u128) -> SimDuration {
    SimDuration::from_ps(saturated(ps))
}
