//! Where the factors of derived step times come from, and how good they are.

use super::*;
use crate::profile::fit::nnls::nnls;
use forescale_core::replica::{GpuTime, StepLoad};
use std::fmt::Write;
use std::path::Path;

/// A calibrated row of a dense model, of a size that is derived too.
struct Known {
    gpu: &'static str,
    model: &'static str,
    dtype: String,
    ideal: Ideal,
    piecewise: Piecewise,
    step_time: StepTime,
}

fn known() -> Vec<Known> {
    let of = |profile: &'static Profile| {
        let model = Model::find(profile.model())
            .filter(|model| !model.is_moe && model.step_times_of == model.name)?;
        let size = profile.tensor_parallel_size;
        let gpu = Gpu::find(profile.gpu()).filter(|gpu| size <= gpu.max_tensor_parallel_size)?;
        let step_time = profile.step_time().with_host(Default::default());
        let GpuTime::Piecewise(piecewise) = step_time.gpu else { return None };
        let ideal = Ideal::of(model, gpu, profile.tensor_parallel_size, &profile.dtype)?;
        let dtype = profile.dtype.clone();
        Some(Known { gpu: gpu.name, model: model.name, dtype, ideal, piecewise, step_time })
    };
    Profile::all().filter(|profile| profile.tier == Tier::Kernels).filter_map(of).collect()
}

/// The factors with the smallest relative errors of the coefficients.
fn fit(rows: &[&Known], gpu: &'static str, dtype: &'static str) -> Factors {
    let factors = |ideal: &dyn Fn(&Ideal) -> Vec<f64>, actual: &dyn Fn(&Piecewise) -> f64| {
        let rows = rows.iter().filter(|row| actual(&row.piecewise) > 0.0);
        let relative = |row: &&Known| {
            let actual = actual(&row.piecewise);
            ideal(&row.ideal).into_iter().map(|ideal| ideal / actual).collect::<Vec<f64>>()
        };
        let rows: Vec<Vec<f64>> = rows.map(relative).collect();
        nnls(&rows, &vec![1.0; rows.len()])
    };
    let median = |knee: &dyn Fn(&Piecewise) -> u64| {
        let mut knees: Vec<u64> = rows.iter().map(|row| knee(&row.piecewise)).collect();
        knees.sort_unstable();
        knees[knees.len() / 2]
    };
    // The mean of ratios for attention, which some rows do not have.
    let pairs = rows.iter().map(|row| row.piecewise.half_pair_fs as f64 * 2e-9 / row.ideal.pair);
    Factors {
        gpu,
        dtype,
        fixed: factors(&Ideal::fixed, &|p| p.fixed_ps as f64 * 1e-6),
        below: factors(&Ideal::below, &|p| p.below_ps as f64 * 1e-6),
        above: factors(&Ideal::above, &|p| p.above_ps as f64 * 1e-6),
        context: factors(&|ideal| vec![ideal.context], &|p| p.context_ps as f64 * 1e-6)[0],
        pair: pairs.sum::<f64>() / rows.len() as f64,
        knees: (median(&|p| p.knee_low_tokens), median(&|p| p.knee_high_tokens)),
        error: (0.0, 0.0),
        foreign_error: (0.0, 0.0),
    }
}

/// Decodes, prompts, and both together.
fn loads() -> Vec<StepLoad> {
    let decodes = [1, 4, 16, 64, 128, 256];
    let decodes = decodes
        .into_iter()
        .flat_map(|seqs| [512, 2048].map(|context| StepLoad::decode(seqs, seqs * context)));
    let prompts = [128, 512, 1024, 2048, 4096, 8192].map(|tokens| StepLoad::prefill(0, tokens));
    let mixed = [(16, 512), (16, 2048), (64, 512), (64, 2048)].map(|(seqs, tokens)| StepLoad {
        decode_seqs: seqs,
        decode_context: seqs * 1024,
        ..StepLoad::prefill(0, tokens)
    });
    decodes.chain(prompts).chain(mixed).collect()
}

fn errors(factors: &Factors, row: &Known) -> Vec<f64> {
    let derived = StepTime::from(factors.step_time(&row.ideal));
    let of = |load: &StepLoad| derived.of(load).as_secs_f64() / row.step_time.of(load).as_secs_f64();
    loads().iter().map(|load| (of(load) - 1.0).abs() * 100.0).collect()
}

/// Mean and 95th percentile.
fn summary(mut errors: Vec<f64>) -> (f64, f64) {
    errors.sort_by(f64::total_cmp);
    (errors.iter().sum::<f64>() / errors.len() as f64, errors[errors.len() * 95 / 100])
}

/// Errors for rows that are left out, group by group, when the others give the factors.
fn left_out(rows: &[&Known], group: impl Fn(&Known) -> &'static str) -> (f64, f64) {
    let mut groups: Vec<&str> = rows.iter().map(|row| group(row)).collect();
    groups.sort_unstable();
    groups.dedup();
    let of = |left_out: &str| {
        let (test, train): (Vec<&Known>, Vec<&Known>) = rows.iter().partition(|row| group(row) == left_out);
        let factors = fit(&train, "", "");
        test.into_iter().flat_map(|row| errors(&factors, row)).collect::<Vec<f64>>()
    };
    summary(groups.into_iter().flat_map(of).collect())
}

const HEAD: &str = "\
# Factors of derived step times, fitted to the calibrated rows of dense models: made by a test, `FORESCALE_BLESS=1 cargo test -p forescale-scenario`.
#
# fixed = read x reading the weights + layer_us x layers + layers with more than one GPU x exchange_us. below and above: per batch token, factors of the
# layers' arithmetic, of reading or writing the residual stream in each layer, of that with more than one GPU, and of the output layer's arithmetic.
# context: of reading keys and values. pair: of the arithmetic of prefill attention. error and p95: of a step, in percent, when the model was left out;
# foreign: when all rows of the GPU were left out, over all GPUs.
gpu,dtype,read,layer_us,exchange_us,below,below_stream,below_exchange,below_output,above,above_stream,above_exchange,context,pair,knee_low,knee_high,rows,error,p95,foreign_error,foreign_p95
";

#[test]
fn the_factors_are_those_of_the_calibrated_rows() {
    let known = known();
    let mut text = HEAD.to_owned();
    for dtype in ["bf16", "fp8"] {
        let of_dtype: Vec<&Known> = known.iter().filter(|row| row.dtype == dtype).collect();
        let (foreign, foreign_p95) = left_out(&of_dtype, |row| row.gpu);
        for gpu in Gpu::all() {
            let rows: Vec<&Known> = of_dtype.iter().copied().filter(|row| row.gpu == gpu.name).collect();
            if rows.is_empty() {
                continue;
            }
            let fitted = fit(&rows, gpu.name, dtype);
            let (error, p95) = left_out(&rows, |row| row.model);
            write!(text, "{},{dtype}", gpu.name).unwrap();
            let more = [fitted.context, fitted.pair];
            for factor in fitted.fixed.iter().chain(&fitted.below).chain(&fitted.above).chain(&more) {
                write!(text, ",{factor:.3}").unwrap();
            }
            let (low, high) = fitted.knees;
            writeln!(text, ",{low},{high},{},{error:.1},{p95:.1},{foreign:.1},{foreign_p95:.1}", rows.len())
                .unwrap();
        }
    }
    if std::env::var_os("FORESCALE_BLESS").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/roofline.csv"), &text).unwrap();
    }
    assert!(text == TABLE.replace("\r\n", "\n"), "data/roofline.csv is not up to date:\n{text}");
}

#[test]
fn every_gpu_names_factors_that_are_there() {
    assert_eq!(Factors::all().len(), rows(TABLE).count());
    for gpu in Gpu::all().iter().filter(|gpu| !gpu.factors_of.is_empty()) {
        assert!(Factors::of(gpu, "bf16").is_some(), "{}", gpu.name);
    }
}

/// The second guide's model and GPU. A token takes reading 2 GB of weights at 300 GB/s and what is lost by it.
#[test]
fn gemma_3_1b_on_an_l4() {
    let gemma = Profile::find("google/gemma-3-1b-it/nvidia-l4/tp1").unwrap();
    assert_eq!((gemma.tier, gemma.name.as_str()), (Tier::Derived, "gemma-3-1b/l4-24gb/tp1"));
    let token = gemma.step_time().of(&StepLoad::decode(1, 512)).as_secs_f64();
    assert!((6.7e-3..10e-3).contains(&token), "{token}");
    // 0.85 of 22 GiB, less 2 of weights and 2.1 of overhead, at 26 KiB per token.
    let tokens = gemma.num_gpu_blocks(0.85, 16) * 16;
    assert!((580_000..620_000).contains(&tokens), "{tokens}");
}

#[test]
fn what_is_calibrated_is_not_derived() {
    let llama = Profile::find("llama-3.1-8b/h100/tp1").unwrap();
    assert_eq!(llama.tier, Tier::Kernels);
    let derived =
        derive(Model::find("llama-3.1-8b").unwrap(), Gpu::find("h100").unwrap(), 1, "bf16").unwrap();
    let load = StepLoad::decode(64, 64 * 1024);
    let ratio = derived.step_time().of(&load).as_secs_f64() / llama.step_time().of(&load).as_secs_f64();
    assert!((0.93..1.07).contains(&ratio), "{ratio}");
    let off = f64::from(derived.kv.blocks_at_0_9) / f64::from(llama.kv.blocks_at_0_9) - 1.0;
    assert!(off.abs() < 0.02, "{off}");
    // Neither what does not fit nor what the GPU does not compute in, nor mixtures of experts.
    for name in ["llama-3.1-70b/l4/tp1", "llama-3.2-1b/a100/tp1/fp8", "mixtral-8x7b/l4/tp4"] {
        assert!(Profile::find(name).is_none(), "{name}");
    }
}
