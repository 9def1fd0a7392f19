//! Profiles in files of the user's own.

use super::{Accuracy, Gpu, KvCapacity, Model, Profile, Tier};
use crate::codes;
use crate::context::{Context, Stopped, Told};
use crate::scenario::Rejection;
use crate::text::{Duration, Size};
use forescale_core::replica::{
    Affine, CudaGraphs, DecodePoint, GpuTime, HostTime, Piecewise, PrefillPoint, StepLoad, StepTime, Table,
};
use forescale_document::{Code, Diagnostic, Span, Spanned, decode, toml};
use forescale_kernel::SimDuration;
use serde::Deserialize;
use std::path::Path;
use std::sync::Arc;

/// A run of shorter steps would never end.
const SHORTEST: SimDuration = SimDuration::from_us(1);

/// Longer ones are no steps.
const LONGEST: SimDuration = SimDuration::from_secs(3600);

/// A profile as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    base: Option<Spanned<String>>,
    model_name: Option<String>,
    gpu: Option<Spanned<String>>,
    tensor_parallel_size: Option<Spanned<u32>>,
    max_model_len: Option<Spanned<u32>>,
    kv: Option<RawKv>,
    #[serde(default)]
    host: RawHost,
    #[serde(default)]
    cuda_graph_sizes: Vec<u32>,
    step_time: Spanned<RawStepTime>,
    fit: Option<RawFit>,
}

/// Per GPU.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKv {
    bytes_per_token: Spanned<u32>,
    blocks_at_0_9: u32,
    weights: Option<Size>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawHost {
    per_step: Duration,
    per_request: Duration,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawStepTime {
    Piecewise(RawPiecewise),
    Affine(RawAffine),
    Table(RawTable),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPiecewise {
    fixed: Duration,
    knee_low: u64,
    per_token_below: Duration,
    knee_high: u64,
    per_token_above: Duration,
    per_context_token: Duration,
    #[serde(default)]
    per_million_pairs: Duration,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAffine {
    fixed: Duration,
    per_prefill_token: Duration,
    per_sequence: Duration,
    per_context_token: Duration,
    #[serde(default)]
    per_million_pairs: Duration,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    /// Sequences, tokens of context of each, time.
    decode: Vec<(u64, u64, Duration)>,
    /// Tokens, time.
    prefill: Vec<(u64, Duration)>,
    #[serde(default)]
    per_million_pairs: Duration,
}

/// What `sim profile fit` notes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFit {
    source: String,
    rows: u64,
    mape_percent: f64,
    p90_percent: f64,
    r2: f64,
}

impl Duration {
    fn ps(self) -> u64 {
        self.0.as_ps()
    }

    /// A million pairs are two million half pairs, a picosecond a thousand femtoseconds.
    fn half_pair_fs(self) -> u64 {
        self.ps() / 2000
    }
}

impl RawStepTime {
    fn gpu_time(&self) -> Result<GpuTime, forescale_core::replica::TableError> {
        Ok(match self {
            Self::Piecewise(raw) => GpuTime::Piecewise(Piecewise {
                fixed_ps: raw.fixed.ps(),
                knee_low_tokens: raw.knee_low,
                below_ps: raw.per_token_below.ps(),
                knee_high_tokens: raw.knee_high,
                above_ps: raw.per_token_above.ps(),
                context_ps: raw.per_context_token.ps(),
                half_pair_fs: raw.per_million_pairs.half_pair_fs(),
            }),
            Self::Affine(raw) => GpuTime::Affine(Affine {
                fixed_ps: raw.fixed.ps(),
                prefill_token_ps: raw.per_prefill_token.ps(),
                seq_ps: raw.per_sequence.ps(),
                context_ps: raw.per_context_token.ps(),
                half_pair_fs: raw.per_million_pairs.half_pair_fs(),
            }),
            Self::Table(raw) => {
                let decode: Vec<DecodePoint> = raw
                    .decode
                    .iter()
                    .map(|&(seqs, context, time)| DecodePoint {
                        seqs,
                        context: seqs.saturating_mul(context),
                        ps: time.ps(),
                    })
                    .collect();
                let prefill: Vec<PrefillPoint> = raw
                    .prefill
                    .iter()
                    .map(|&(tokens, time)| PrefillPoint { tokens, ps: time.ps() })
                    .collect();
                GpuTime::Table(Arc::new(Table::new(&decode, &prefill, raw.per_million_pairs.half_pair_fs())?))
            }
        })
    }
}

/// Whether a profile's name is that of a file.
pub(crate) fn is_file(name: &str) -> bool {
    name.to_lowercase().ends_with(".toml")
}

impl Profile {
    /// Reads a profile of a file, as `sim profile fit` writes it.
    ///
    /// # Errors
    /// A [`Rejection`] with all mistakes that were found, each with its line and column.
    pub fn load(path: &Path) -> Result<Self, Box<Rejection>> {
        let mut context = Context::default();
        Self::read(&mut context, path, &path.display().to_string(), None)
            .map_err(|Stopped| Box::new(Rejection(context.report)))
    }

    /// Reads a profile of a file that a scenario names so at that place.
    pub(crate) fn read(context: &mut Context, path: &Path, name: &str, named_at: Option<Span>) -> Told<Self> {
        let source = context.read(path, named_at)?;
        let tree = toml::parse(&mut context.report, source).ok_or(Stopped)?;
        let errors = context.report.errors().count();
        let raw: Option<RawProfile> = decode(&tree, &mut context.report);
        let raw = raw.filter(|_| context.report.errors().count() == errors).ok_or(Stopped)?;
        raw.profile(context, name, Span::start_of(source))
    }
}

impl RawProfile {
    fn profile(&self, context: &mut Context, name: &str, top: Span) -> Told<Profile> {
        let base = match &self.base {
            None => None,
            Some(base) => match Profile::lookup(base) {
                Ok(profile) => Some(profile),
                Err(unknown) => {
                    let diagnostic = Diagnostic::error(
                        codes::UNKNOWN_REFERENCE,
                        base.span().or(Some(top)),
                        unknown.message,
                    );
                    return context.fail(diagnostic.help(unknown.help));
                }
            },
        };
        let gpu = match (&self.gpu, base) {
            (Some(name), _) => match Gpu::find(name) {
                Some(gpu) => gpu,
                None => {
                    let message = format!("there is no GPU `{}`", name.as_str());
                    let names: Vec<&str> = Gpu::all().iter().map(Gpu::short_name).collect();
                    let diagnostic =
                        Diagnostic::error(codes::UNKNOWN_REFERENCE, name.span().or(Some(top)), message);
                    return context.fail(diagnostic.help(format!("there are {}", names.join(", "))));
                }
            },
            (None, Some(base)) => Gpu::find(base.gpu()).ok_or(Stopped)?,
            (None, None) => {
                return missing(
                    context,
                    top,
                    "gpu",
                    "which decides vLLM's defaults and how much memory there is",
                );
            }
        };
        let tensor_parallel_size =
            self.tensor_parallel_size.map(|tp| *tp).or(base.map(|base| base.tensor_parallel_size));
        let tensor_parallel_size = tensor_parallel_size.unwrap_or(1);
        let max_model_len = self.max_model_len.map(|len| *len).or(base.map(|base| base.max_model_len));
        let Some(max_model_len) = max_model_len else {
            return missing(context, top, "max_model_len", "in tokens");
        };
        for (value, span, key) in [
            (
                tensor_parallel_size,
                self.tensor_parallel_size.and_then(|tp| tp.span()),
                "tensor_parallel_size",
            ),
            (max_model_len, self.max_model_len.and_then(|len| len.span()), "max_model_len"),
            (
                self.kv.as_ref().map_or(1, |kv| *kv.bytes_per_token),
                self.kv.as_ref().and_then(|kv| kv.bytes_per_token.span()),
                "kv.bytes_per_token",
            ),
        ] {
            if value == 0 {
                let message = format!("`{key}` must be at least 1");
                return context.fail(Diagnostic::error(Code::OUT_OF_RANGE, span.or(Some(top)), message));
            }
        }
        let kv = match (&self.kv, base) {
            (Some(kv), base) => KvCapacity {
                gpu_memory_gib: gpu.memory_gib,
                weights_bytes: kv
                    .weights
                    .map_or(base.map_or(0.0, |base| base.kv.weights_bytes), |size| size.0),
                bytes_per_token: *kv.bytes_per_token,
                blocks_at_0_9: kv.blocks_at_0_9,
            },
            (None, Some(base))
                if gpu.name == base.gpu() && tensor_parallel_size == base.tensor_parallel_size =>
            {
                base.kv
            }
            (None, _) => {
                return missing(
                    context,
                    top,
                    "kv",
                    "the table with `bytes_per_token` (per GPU) and `blocks_at_0_9`",
                );
            }
        };
        let gpu_time = match self.step_time.gpu_time() {
            Ok(gpu_time) => gpu_time,
            Err(error) => {
                let span = self.step_time.span().or(Some(top));
                let message = format!("`step_time.table`: {error}");
                return context.fail(Diagnostic::error(Code::WRONG_VALUE, span, message));
            }
        };
        let sizes = &self.cuda_graph_sizes;
        let step_time = StepTime {
            host: HostTime { per_step_ps: self.host.per_step.ps(), per_seq_ps: self.host.per_request.ps() },
            gpu: gpu_time,
            cuda_graphs: CudaGraphs::new(sizes, sizes),
            start_ps: 0,
        };
        let step = step_time.of(&StepLoad::decode(1, 1));
        if !(SHORTEST..=LONGEST).contains(&step) {
            let message = format!(
                "a step that decodes one token takes {step}; between {SHORTEST} and {LONGEST} can be simulated"
            );
            let span = self.step_time.span().or(Some(top));
            return context.fail(Diagnostic::error(Code::OUT_OF_RANGE, span, message));
        }
        let model_name = self.model_name.clone().or_else(|| base.map(|base| base.model_name.clone()));
        let model_name = model_name.unwrap_or_else(|| name.trim_end_matches(".toml").to_owned());
        let model = Model::find(&model_name).map_or(model_name.as_str(), |model| model.name).to_lowercase();
        Ok(Profile {
            name: name.to_owned(),
            model,
            gpu: gpu.name.to_owned(),
            model_name,
            dtype: base.map(|base| base.dtype.clone()).unwrap_or_default(),
            tensor_parallel_size,
            gpu_class: gpu.class(),
            max_model_len,
            tier: Tier::File,
            source: match &self.fit {
                Some(fit) => format!(
                    "fitted to {} rows of {}: error {:.1} % in the mean, {:.1} % at the 90th percentile, R² {:.3}",
                    fit.rows, fit.source, fit.mape_percent, fit.p90_percent, fit.r2
                ),
                None => "the file itself".to_owned(),
            },
            accuracy: Accuracy {
                mape_percent: self.fit.as_ref().map(|fit| fit.mape_percent),
                ..Accuracy::default()
            },
            kv,
            step_time,
        })
    }
}

fn missing<T>(context: &mut Context, top: Span, key: &str, what: &str) -> Told<T> {
    let message = format!("`{key}` is missing: {what}");
    let diagnostic = Diagnostic::error(Code::MISSING_KEY, top, message);
    let help = "or name a profile of the library, from which comes what is not written: `base = \"llama-3.1-8b/h100/tp1\"`";
    context.fail(diagnostic.help(help))
}
