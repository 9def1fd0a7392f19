//! Step times derived from a model's geometry and a GPU's data sheet, for what nobody has measured.
//!
//! Each coefficient of the piecewise form is a sum of ideal times (bytes by bandwidth, operations by FLOPS, layers) with factors that are
//! at least 0. The factors are those that fit the calibrated rows of dense models best, by GPU and dtype; how good that is was found by
//! leaving each model out in turn.

#[cfg(test)]
mod tests;

use super::table::{Row, rows};
use super::{Accuracy, Gpu, KvCapacity, Model, Profile, Tier, host_time};
use forescale_core::replica::{Piecewise, StepTime};
use std::sync::OnceLock;

const TABLE: &str = include_str!("../../../data/roofline.csv");

/// GPUs per replica that are derived.
const SIZES: [u32; 4] = [1, 2, 4, 8];

/// How ideal times become those of one GPU and dtype.
#[derive(Clone, Debug, PartialEq)]
struct Factors {
    gpu: &'static str,
    dtype: &'static str,
    /// Of reading the weights; microseconds per layer; microseconds more per layer with more than one GPU.
    fixed: Vec<f64>,
    /// Of arithmetic, activations, exchange between GPUs and the output layer, per batch token up to the first knee.
    below: Vec<f64>,
    /// Of arithmetic, activations and exchange, per batch token above the second knee.
    above: Vec<f64>,
    /// Of reading the KV cache.
    context: f64,
    /// Of the arithmetic of prefill attention.
    pair: f64,
    knees: (u64, u64),
    /// For a model that was left out: mean and 95th percentile of the absolute error, in percent.
    error: (f64, f64),
    /// For a GPU that was left out, as those without calibrated rows are.
    foreign_error: (f64, f64),
}

/// Ideal times, in microseconds.
#[derive(Clone, Copy, Debug)]
struct Ideal {
    /// Reading all weights of the layers and the output layer once.
    read: f64,
    layers: f64,
    /// Layers, if there is more than one GPU.
    exchanging_layers: f64,
    /// Multiplying one token by all weights of the layers.
    arithmetic: f64,
    /// Multiplying one token by the output layer.
    output: f64,
    /// Reading or writing one token's residual stream in each layer.
    activations: f64,
    /// The same, if there is more than one GPU.
    exchange: f64,
    /// Reading one token's keys and values.
    context: f64,
    /// One pair of prefill attention.
    pair: f64,
}

impl Ideal {
    /// `None` for a dtype that the model does not come in or the GPU does not compute in.
    fn of(model: &Model, gpu: &Gpu, tensor_parallel_size: u32, dtype: &str) -> Option<Self> {
        let (bytes, tflops) = match dtype {
            "bf16" => (2.0, gpu.bf16_tflops),
            "fp8" if gpu.fp8_tflops > 0.0 => (1.0, gpu.fp8_tflops),
            _ => return None,
        };
        model.weights_bytes(dtype)?;
        let tp = f64::from(tensor_parallel_size);
        // GB/s are thousands of bytes per microsecond, TFLOPS are millions of operations.
        let reading = |bytes: f64| bytes / (gpu.bandwidth_gb_s * 1e3);
        let computing = |operations: f64, tflops: f64| operations / (tflops * 1e6);
        let layers = f64::from(model.layers);
        let is_many = if tensor_parallel_size > 1 { 1.0 } else { 0.0 };
        let activations = reading(layers * f64::from(model.hidden) * 2.0);
        let heads = f64::from(model.heads) * f64::from(model.head_dim);
        Some(Self {
            read: reading((model.linear_params * bytes + model.output_params() * 2.0) / tp),
            layers,
            exchanging_layers: layers * is_many,
            arithmetic: computing(2.0 * model.linear_params / tp, tflops),
            output: computing(2.0 * model.output_params() / tp, gpu.bf16_tflops),
            activations,
            exchange: activations * is_many,
            context: reading(f64::from(model.kv_bytes_per_token(tensor_parallel_size))),
            pair: computing(4.0 * layers * heads / tp, gpu.bf16_tflops),
        })
    }

    fn fixed(&self) -> Vec<f64> {
        vec![self.read, self.layers, self.exchanging_layers]
    }

    fn below(&self) -> Vec<f64> {
        vec![self.arithmetic, self.activations, self.exchange, self.output]
    }

    fn above(&self) -> Vec<f64> {
        vec![self.arithmetic, self.activations, self.exchange]
    }
}

fn sum(ideal: &[f64], factors: &[f64]) -> f64 {
    ideal.iter().zip(factors).map(|(ideal, factor)| ideal * factor).sum()
}

impl Factors {
    fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<Factors>> = OnceLock::new();
        ALL.get_or_init(|| rows(TABLE).filter_map(|row| Self::read(&row)).collect())
    }

    fn of(gpu: &Gpu, dtype: &str) -> Option<&'static Self> {
        Self::all().iter().find(|factors| factors.gpu == gpu.factors_of && factors.dtype == dtype)
    }

    fn read(row: &Row) -> Option<Self> {
        let list = |from: usize, to: usize| (from..to).map(|at| row.number(at)).collect::<Option<Vec<f64>>>();
        Some(Self {
            gpu: row.text(0)?,
            dtype: row.text(1)?,
            fixed: list(2, 5)?,
            below: list(5, 9)?,
            above: list(9, 12)?,
            context: row.number(12)?,
            pair: row.number(13)?,
            knees: (row.number(14)?, row.number(15)?),
            error: (row.number(17)?, row.number(18)?),
            foreign_error: (row.number(19)?, row.number(20)?),
        })
    }

    fn step_time(&self, ideal: &Ideal) -> Piecewise {
        let ps = |us: f64| (us * 1e6).round().max(0.0) as u64;
        Piecewise {
            fixed_ps: ps(sum(&ideal.fixed(), &self.fixed)),
            knee_low_tokens: self.knees.0,
            below_ps: ps(sum(&ideal.below(), &self.below)),
            knee_high_tokens: self.knees.1,
            above_ps: ps(sum(&ideal.above(), &self.above)),
            context_ps: ps(ideal.context * self.context),
            // A pair is two half pairs; a microsecond is a billion femtoseconds.
            half_pair_fs: (ideal.pair * self.pair * 1e9 / 2.0).round().max(0.0) as u64,
        }
    }
}

/// Activations, CUDA graphs and what is not PyTorch's, in GiB: a line through what the calibrated rows assume, within 0.7 of it.
fn overhead_gib(model: &Model, tensor_parallel_size: u32) -> f64 {
    let [layers, hidden, vocab] = [model.layers, model.hidden, model.vocab].map(f64::from);
    1.086
        + 0.359 * vocab / 1e5
        + 1.428 * layers * hidden / 1e6 / f64::from(tensor_parallel_size)
        + 0.512 * hidden / 1e4
}

/// The derived profile of a dense model, if its weights and a context of 8192 tokens (or the model's own, if shorter) fit.
fn derive(model: &Model, gpu: &Gpu, tensor_parallel_size: u32, dtype: &str) -> Option<Profile> {
    if model.is_moe
        || tensor_parallel_size > gpu.max_tensor_parallel_size
        || !model.heads.is_multiple_of(tensor_parallel_size)
    {
        return None;
    }
    let factors = Factors::of(gpu, dtype)?;
    let ideal = Ideal::of(model, gpu, tensor_parallel_size, dtype)?;
    let kv = KvCapacity::estimate(
        gpu.memory_gib,
        model.weights_bytes(dtype)? / f64::from(tensor_parallel_size),
        model.kv_bytes_per_token(tensor_parallel_size),
        overhead_gib(model, tensor_parallel_size),
    );
    if kv.blocks_at_0_9.saturating_mul(16) < model.max_model_len.min(8192) {
        return None;
    }
    let (mape, p95) = if factors.gpu == gpu.name { factors.error } else { factors.foreign_error };
    Some(Profile {
        name: super::library::name(model, gpu, tensor_parallel_size, dtype),
        model: model.name.to_owned(),
        gpu: gpu.name.to_owned(),
        model_name: model.hugging_face.to_owned(),
        dtype: dtype.to_owned(),
        tensor_parallel_size,
        gpu_class: gpu.class(),
        max_model_len: model.max_model_len,
        tier: Tier::Derived,
        source: format!(
            "derived (roofline) from the model's geometry and the GPU's data sheet, with factors of the calibrated rows of {}",
            factors.gpu
        ),
        accuracy: Accuracy { mape_percent: Some(mape), p95_percent: Some(p95), ..Accuracy::default() },
        kv,
        step_time: StepTime::from(factors.step_time(&ideal)).with_host(host_time(tensor_parallel_size)),
    })
}

/// All derived profiles, also of what is calibrated.
pub(super) fn profiles() -> impl Iterator<Item = Profile> {
    let gpus = |model: &'static Model| Gpu::all().iter().map(move |gpu| (model, gpu));
    let pairs = Model::all().iter().flat_map(gpus);
    let sized = pairs.flat_map(|(model, gpu)| SIZES.into_iter().map(move |tp| (model, gpu, tp)));
    sized.flat_map(|(model, gpu, tp)| {
        model.dtypes().iter().filter_map(move |dtype| derive(model, gpu, tp, dtype))
    })
}
