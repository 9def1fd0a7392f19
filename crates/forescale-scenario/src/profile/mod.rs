//! Step-time profiles: what one engine step costs, and how many KV blocks fit, by model, GPU and GPUs per replica.

mod calibrated;
mod file;
mod fit;
mod gpu;
mod kv;
mod library;
mod lookup;
mod model;
mod roofline;
mod table;

pub(crate) use file::is_file;
pub use fit::{Fit, FitOptions, Form, Quality, SweepKind, fit_profile};
pub use gpu::{Gpu, GpuClass};
pub use kv::KvCapacity;
pub use lookup::UnknownProfile;
pub use model::Model;

use forescale_core::replica::{HostTime, StepTime};

/// A model on a GPU: times, memory, and where the figures come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// `model/gpu/tpN`, with `/dtype` where that is neither bf16 nor the model's only one; the path of a profile that is a file.
    pub name: String,
    model: String,
    gpu: String,
    /// The model's name in metrics where the Deployment does not say it.
    pub model_name: String,
    /// Of the weights: `bf16`, `fp8` or `mxfp4`; of a file that of its base, or nothing.
    pub dtype: String,
    /// GPUs per replica.
    pub tensor_parallel_size: u32,
    /// Decides vLLM's defaults.
    pub gpu_class: GpuClass,
    /// What the model's own configuration allows, in tokens.
    pub max_model_len: u32,
    /// Where the times come from.
    pub tier: Tier,
    /// The same in words, with versions.
    pub source: String,
    /// How far the times can be trusted.
    pub accuracy: Accuracy,
    /// What the memory is for.
    pub kv: KvCapacity,
    step_time: StepTime,
}

/// Where a profile's step times come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Kernel times measured with vLLM, composed per model and fitted.
    Kernels,
    /// The row of another GPU, scaled by bandwidth and FLOPs.
    Scaled,
    /// Fitted to published latencies of whole batches; the host's time is inside.
    EndToEnd,
    /// Of a file of the user's own.
    File,
    /// Derived from the model's geometry and the GPU's data sheet (roofline), with factors of the calibrated rows.
    Derived,
}

/// How far step times can be trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Accuracy {
    /// Mean absolute error of a step in percent: of the fit against what was fitted; where the step time is derived, that for a model (or, if the GPU has no
    /// calibrated row, a GPU) that was left out. `None` where there was nothing to compare with.
    pub mape_percent: Option<f64>,
    /// The 95th percentile of that error, in percent.
    pub p95_percent: Option<f64>,
    /// Predicted over measured time per output token, in the mean over published runs of this very setup; `None` where there are none.
    pub measured_ratio: Option<f64>,
    /// Whether the nearest measured head geometry stood in for the model's attention: 5 to 15 % less reliable.
    pub substituted_attention: bool,
}

impl Tier {
    /// In one or two words, as tables show it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kernels => "kernels",
            Self::Scaled => "scaled",
            Self::EndToEnd => "end to end",
            Self::File => "file",
            Self::Derived => "derived (roofline)",
        }
    }
}

impl Profile {
    /// The profile of that name; [`Profile::lookup`] says what is wrong with a name.
    pub fn find(name: &str) -> Option<&'static Self> {
        Self::lookup(name).ok()
    }

    /// All profiles of the library, by name, the calibrated ones first.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        library::library().profiles.iter()
    }

    /// The names of all profiles.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::all().map(|profile| profile.name.as_str())
    }

    /// The model: `llama-3.1-8b`.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// The GPU: `h100-sxm-80gb`.
    pub fn gpu(&self) -> &str {
        &self.gpu
    }

    /// Whether this is the model that a model server is told to load: `meta-llama/Llama-3.1-8B-Instruct`, a folder, or a name of one's own that
    /// contains the profile's.
    pub fn serves(&self, model: &str) -> bool {
        match Model::find(model) {
            Some(known) => known.name == self.model,
            None => model.to_lowercase().contains(&self.model),
        }
    }

    /// The step time, in integers.
    pub fn step_time(&self) -> StepTime {
        self.step_time.clone()
    }

    /// KV blocks, the null block included, at a `--gpu-memory-utilization` (0 to 1) and `--block-size` (tokens).
    pub fn num_gpu_blocks(&self, gpu_memory_utilization: f64, block_size: u32) -> u32 {
        self.kv.num_gpu_blocks(gpu_memory_utilization, block_size)
    }
}

/// The host's time per step: 0.3 ms for one GPU and 0.1 ms more for each doubling, which is 0.6 ms for eight.
///
/// So current vLLM was found end to end; versions before 0.13 took 1 to 3 ms. A share per request is not known apart from it.
fn host_time(tensor_parallel_size: u32) -> HostTime {
    let doublings = u64::from(tensor_parallel_size.max(1).ilog2());
    HostTime { per_step_ps: 300_000_000 + doublings * 100_000_000, per_seq_ps: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_core::replica::StepLoad;

    #[test]
    fn steps_cost_what_the_calibration_says() {
        let step = Profile::find("llama-3.1-8b/h100-sxm-80gb/tp1").unwrap().step_time();
        let ms = |load: StepLoad| step.of(&load).as_secs_f64() * 1e3;
        assert_eq!(step.host(&StepLoad::decode(64, 9)).as_secs_f64(), 0.3e-3);
        // Spot values of the table's own fit: 64 decodes at 1024 tokens, a prompt of 2048 (p·(c + p/2) pairs).
        let decode = StepLoad::decode(64, 64 * 1024);
        assert!((ms(decode) - (6.43434 + 64.0 * 0.0114746 + 65536.0 * 4.34544e-5)).abs() < 1e-4);
        let expected = 6.43434 + 256.0 * 0.0114746 + 1664.0 * 0.0209173 + 2048.0 * 1024.0 * 6.94236e-7;
        assert!((ms(StepLoad::prefill(0, 2048)) - expected).abs() < 1e-4);
    }

    #[test]
    fn the_host_takes_longer_for_more_gpus() {
        assert_eq!([1, 2, 4, 8].map(|tp| host_time(tp).per_step_ps / 100_000_000), [3, 4, 5, 6]);
        // The host is inside of what was fitted end to end.
        let mi300x = Profile::find("llama-3.1-70b/mi300x/tp8/fp8").unwrap().step_time();
        assert_eq!(mi300x.host, HostTime::default());
    }

    #[test]
    fn a_profile_knows_its_model_by_other_names() {
        let llama = Profile::find("llama-3.1-8b/h100/tp1").unwrap();
        assert!(
            llama.serves("meta-llama/Llama-3.1-8B-Instruct")
                && llama.serves("RedHatAI/Meta-Llama-3.1-8B-FP8")
        );
        assert!(llama.serves("/models/our-llama-3.1-8b-tuned"));
        assert!(!llama.serves("meta-llama/Llama-3.1-70B") && !llama.serves("Qwen/Qwen3-8B"));
    }
}
