//! What an engine step costs: a profile of the library, and one fitted to measured steps.
//!
//! `cargo run --example profile`

#![allow(clippy::print_stdout, reason = "an example prints")]

use forescale::core::replica::StepLoad;
use forescale::scenario::{FitOptions, Profile, fit_profile};
use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    println!("{} profiles, {} of them of an H100", Profile::all().count(), of_gpu("h100-sxm-80gb"));
    let known = Profile::lookup("meta-llama/Llama-3.1-8B-Instruct/h100/tp1")?;

    let fit = fit_profile(Path::new("tests/it/sweeps/steps.csv"), &FitOptions::default())?;
    println!(
        "fitted to {} steps, {:.1} % off in the mean",
        fit.quality.observations, fit.quality.mape_percent
    );
    // A file of its own, which scenarios name as `profile = "mine.toml"`; memory and weights are those of its base.
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("mine.toml");
    fs::write(&file, fit.to_toml(&known.name))?;
    let mine = Profile::load(&file)?;

    let loads = [
        ("64 decodes at 1,024 tokens", StepLoad::decode(64, 64 * 1_024)),
        ("a prompt of 2,048 tokens", StepLoad::prefill(0, 2_048)),
    ];
    for (what, load) in loads {
        let [known, mine] = [known, &mine].map(|profile| profile.step_time().of(&load));
        println!("{what}: {known} in the library, {mine} fitted");
    }
    println!("{} blocks of KV cache at 90 % of the memory", known.num_gpu_blocks(0.9, 16));
    Ok(())
}

fn of_gpu(gpu: &str) -> usize {
    Profile::all().filter(|profile| profile.gpu() == gpu).count()
}
