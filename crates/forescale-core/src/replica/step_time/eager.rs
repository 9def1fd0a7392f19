//! Eager mode: what `--enforce-eager` costs.

use super::{CudaGraphs, HostTime, StepTime};

/// GPU time at the beginning of a step, in picoseconds, that passes until the host has launched enough kernels to keep ahead.
///
/// This and [`LAUNCH_PS`] are fitted to inter-token latencies of Llama-3.1-8B on one H100 (vLLM 0.20, eager) in seven windows of constant
/// load from 9 to 187 decoding sequences; with both the simulated means are within 4 % but for one window (11 %), without them 10 to 30 %
/// too low. Qwen3-32B on one H100 under GuideLLM, not used in the fit: 99th percentile 60 ms, measured 59 ms.
const START_PS: u64 = 2_400_000_000;

/// The host's time to launch the kernels of one layer, in picoseconds.
const LAUNCH_PS: u64 = 328_000_000;

impl StepTime {
    /// The same in eager mode, for a model of so many layers: no CUDA graphs, so no padding; the host launches each kernel, which bounds steps of
    /// small batches where the engine is asynchronous; the GPU waits for its first kernels.
    pub fn eager(self, layers: u32) -> Self {
        let launches = LAUNCH_PS * u64::from(layers);
        Self {
            host: HostTime { per_step_ps: self.host.per_step_ps.max(launches), ..self.host },
            cuda_graphs: CudaGraphs::none(),
            start_ps: START_PS,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replica::{Piecewise, StepLoad};
    use forescale_kernel::SimDuration;

    #[test]
    fn small_batches_wait_for_the_host_and_large_ones_for_their_first_kernels() {
        let piecewise = Piecewise { fixed_ps: 6_000_000_000, context_ps: 1000, ..Piecewise::default() };
        let graphs = CudaGraphs::new(&[8], &[8]);
        let step = StepTime { cuda_graphs: graphs, ..StepTime::from(piecewise) }.eager(32);
        let load = StepLoad::decode(3, 500);
        assert_eq!(step.of(&load), SimDuration::from_ps(8_400_500_000));
        assert_eq!(step.host(&load), SimDuration::from_ps(10_496_000_000));
        let line = step.decode(3);
        assert_eq!(line.base_ps + 500 * line.per_context_ps, 8_400_500_000);
        assert!(step.cuda_graphs.full().is_empty());
    }
}
