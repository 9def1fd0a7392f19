//! Known step times are found again in what they cost.

use super::*;
use crate::profile::Profile;
use forescale_core::replica::{Affine, Piecewise, StepLoad, StepTime};
use proptest::prelude::*;
use std::fmt::Write;

const STEPS: &str = "batch,context,prefill,prefill_context,time_ms\n";

/// Rows of steps with their times; `noise` gives each its relative error.
fn steps(step: &StepTime, mut noise: impl FnMut() -> f64) -> String {
    let mut text = STEPS.to_owned();
    let mut row = |batch: u64, context: u64, prefill: u32, before: u32| {
        let load = StepLoad {
            decode_seqs: batch,
            decode_context: batch * context,
            ..if prefill > 0 { StepLoad::prefill(before, prefill) } else { StepLoad::default() }
        };
        let ms = step.of(&load).as_secs_f64() * 1e3 * (1.0 + noise());
        writeln!(text, "{batch},{context},{prefill},{before},{ms}").unwrap();
    };
    for batch in [1, 8, 64, 256, 384, 512] {
        for context in [128, 1024, 8192] {
            row(batch, context, 0, 0);
        }
    }
    for prefill in [64, 512, 2048, 8192] {
        row(0, 0, prefill, 0);
        row(0, 0, prefill, 4096);
        row(32, 1024, prefill, 0);
    }
    text
}

fn fit(text: &str, options: &FitOptions) -> Result<Fit, Box<Rejection>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.csv");
    std::fs::write(&path, text).unwrap();
    fit_profile(&path, options)
}

fn near(found: u64, known: u64, share: f64) -> bool {
    (found as f64 - known as f64).abs() <= 2.0 + share * known as f64
}

fn affine() -> impl Strategy<Value = Affine> {
    let us = 1_000_000_u64;
    (us..20_000 * us, us..100 * us, us..100 * us, 1000..100_000_u64, 1000..2_000_000_u64).prop_map(
        |(fixed_ps, prefill_token_ps, seq_ps, context_ps, half_pair_fs)| Affine {
            fixed_ps,
            prefill_token_ps,
            seq_ps,
            context_ps,
            half_pair_fs,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn known_affine_coefficients_are_found_again(known in affine()) {
        let options = FitOptions { form: Some(Form::Affine), ..FitOptions::default() };
        let found = fit(&steps(&known.into(), || 0.0), &options).unwrap();
        let GpuTime::Affine(a) = found.gpu else { panic!("{found:?}") };
        for (found, known) in [
            (a.fixed_ps, known.fixed_ps),
            (a.prefill_token_ps, known.prefill_token_ps),
            (a.seq_ps, known.seq_ps),
            (a.context_ps, known.context_ps),
            (a.half_pair_fs, known.half_pair_fs),
        ] {
            prop_assert!(near(found, known, 1e-4), "{a:?} {known}");
        }
        prop_assert!(found.quality.mape_percent < 1e-3 && found.quality.r2 > 0.999_999);
    }

    /// With errors of up to 3 % each, predictions stay within 3 %.
    #[test]
    fn noise_stays_within_its_bounds(known in affine(), errors in prop::collection::vec(-0.03..0.03_f64, 64)) {
        let mut errors = errors.into_iter();
        let text = steps(&known.into(), || errors.next().unwrap_or_default());
        let found = fit(&text, &FitOptions { form: Some(Form::Affine), ..FitOptions::default() }).unwrap();
        prop_assert!(found.quality.mape_percent < 3.0, "{:?}", found.quality);
        let found = StepTime::from(found.gpu);
        for load in [StepLoad::decode(1, 512), StepLoad::decode(64, 65_536), StepLoad::prefill(0, 2048)] {
            let ratio = found.of(&load).as_secs_f64() / StepTime::from(known).of(&load).as_secs_f64();
            prop_assert!((ratio - 1.0).abs() < 0.06, "{load:?}: {ratio}");
        }
    }
}

#[test]
fn a_knee_is_found_where_there_is_one() {
    let llama = Profile::find("llama-3.1-8b/h100/tp1").unwrap().step_time();
    let found = fit(&steps(&llama, || 0.0), &FitOptions::default()).unwrap();
    let (GpuTime::Piecewise(known), GpuTime::Piecewise(p)) = (&llama.gpu, &found.gpu) else {
        panic!("{found:?}")
    };
    assert_eq!((p.knee_low_tokens, p.knee_high_tokens), (known.knee_low_tokens, known.knee_high_tokens));
    assert!(near(p.fixed_ps, known.fixed_ps, 1e-4) && near(p.above_ps, known.above_ps, 1e-3), "{p:?}");
    assert!(
        near(p.below_ps, known.below_ps, 1e-3) && near(p.half_pair_fs, known.half_pair_fs, 1e-3),
        "{p:?}"
    );
}

#[test]
fn what_is_written_is_read_again() {
    let known = Piecewise {
        fixed_ps: 6_434_340_000,
        knee_low_tokens: 256,
        below_ps: 11_474_601,
        knee_high_tokens: 384,
        above_ps: 20_917_300,
        context_ps: 43_454,
        half_pair_fs: 347_118,
    };
    let fit = Fit {
        source: "a \"sweep\".csv".to_owned(),
        kind: SweepKind::Steps,
        gpu: GpuTime::Piecewise(known),
        host: SimDuration::from_us(300),
        quality: Quality { observations: 42, mape_percent: 3.1, p90_percent: 7.25, r2: 0.998 },
        left_out: 0,
        zeros: Vec::new(),
        per_request_ms: None,
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    std::fs::write(&path, fit.to_toml("llama-3.1-8b/h100/tp1")).unwrap();
    let read = Profile::load(&path).unwrap_or_else(|error| panic!("{error}"));
    let base = Profile::find("llama-3.1-8b/h100/tp1").unwrap();
    assert_eq!(read.step_time(), StepTime { gpu: GpuTime::Piecewise(known), ..base.step_time() });
    assert_eq!((read.kv, read.max_model_len, read.model()), (base.kv, base.max_model_len, "llama-3.1-8b"));
    assert!(read.source.contains("42 rows of a \"sweep\".csv") && read.accuracy.mape_percent == Some(3.1));
}

/// Runs in a closed loop, made of a known step time by the law that the fit uses: as many prompts come as answers go.
#[test]
fn a_load_sweep_gives_the_step_time_behind_it() {
    let known = Affine {
        fixed_ps: 6_000_000_000,
        prefill_token_ps: 17_000_000,
        seq_ps: 13_000_000,
        context_ps: 43_000,
        half_pair_fs: 460_000,
    };
    let ms = |load: StepLoad| StepTime::from(known).of(&load).as_secs_f64() * 1e3;
    let mut text = "model,concurrency,isl,osl,tpot_ms,ttft_ms\n".to_owned();
    for (isl, osl) in [(128_u32, 129_u32), (1024, 1025), (4096, 513)] {
        for at_once in [1_u64, 8, 32, 128] {
            let (share, context) = (f64::from(osl - 1), u64::from(isl) + u64::from(osl) / 2);
            let decode = ms(StepLoad::decode(at_once, at_once * context));
            let prompts = if at_once > 1 { at_once as f64 / share } else { 0.0 };
            let tpot = decode + prompts * (ms(StepLoad::prefill(0, isl)) - ms(StepLoad::default()));
            // Alone: the prompt's step, and 5 ms of the API server.
            let ttft =
                if at_once == 1 { (ms(StepLoad::prefill(0, isl)) + 5.0).to_string() } else { String::new() };
            writeln!(text, "m,{at_once},{isl},{osl},{tpot},{ttft}").unwrap();
        }
    }
    text += "other,8,128,128,1,1\nm,,128,128,1,1\n";
    let filters = vec![("model".to_owned(), "m".to_owned())];
    let found = fit(&text, &FitOptions { filters, ..FitOptions::default() }).unwrap();
    assert_eq!((found.kind, found.left_out, found.quality.observations), (SweepKind::Load, 2, 15));
    assert!((found.per_request_ms.unwrap() - 5.0).abs() < 0.2, "{found:?}");
    for load in [StepLoad::decode(1, 512), StepLoad::decode(64, 65_536), StepLoad::prefill(0, 2048)] {
        let ratio = StepTime::from(found.gpu.clone()).of(&load).as_secs_f64() * 1e3 / ms(load);
        assert!((ratio - 1.0).abs() < 0.03, "{load:?}: {ratio}");
    }
}

#[test]
fn wrong_rows_are_told_with_their_lines() {
    let told = |text: &str| fit(text, &FitOptions::default()).unwrap_err().to_string();
    let all = told("batch,context,time_ms\n1,512,6.5\n2,x,6.6\n4,512,-1\n8,512,0\n");
    assert_eq!(all.matches("error[F033]").count(), 3, "{all}");
    assert!(all.contains("sweep.csv:3:1") && all.contains("`context`: `x` is no number"), "{all}");
    assert!(told("a,b\n1,2\n").contains("neither those of steps nor of runs under load"));
    assert!(
        told("batch,context,time_ms\n1,512,6.5\n1,,6.5\n").contains("1 rows with all numbers are too few")
    );
    assert!(told("").contains("neither"));
    let options = FitOptions { filters: vec![("modle".to_owned(), "x".to_owned())], ..FitOptions::default() };
    let told = fit("model,batch,context,time_ms\n", &options).unwrap_err().to_string();
    assert!(told.contains("did you mean `model`?"), "{told}");
    let options = FitOptions { host: SimDuration::from_ms(7), ..FitOptions::default() };
    let told = fit("batch,context,time_ms\n1,1,9\n2,1,9\n3,1,6.5\n", &options).unwrap_err().to_string();
    assert!(told.contains("not longer than the host's time"), "{told}");
}

proptest! {
    #[test]
    fn no_text_panics(text in "(batch|context|prefill|time_ms|isl|osl|tpot_ms|concurrency|[0-9.,\"\n ]){0,60}") {
        let _ = fit(&text, &FitOptions::default());
    }
}
