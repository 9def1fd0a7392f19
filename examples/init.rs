//! A scenario drafted around manifests that somebody has deployed; it runs as it is, and each guess in it is marked.
//!
//! `cargo run --example init`

#![allow(clippy::print_stdout, reason = "an example prints")]

use forescale::core;
use forescale::scenario::{Scenario, draft_scenario};
use std::error::Error;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let root = env::current_dir()?.join("scenarios/manifests");
    let manifests = [root.join("llm-d"), root.join("prometheus-adapter-values.yaml")];
    let folder = tempfile::tempdir()?;
    let draft = draft_scenario(&manifests, Some(&folder.path().join("mine.toml")), None)?;
    println!("To be replaced by what you know:");
    draft.text.lines().filter(|line| line.starts_with("# GUESS:")).for_each(|line| println!("  {line}"));

    fs::write(&draft.file, &draft.text)?;
    let scenario = Scenario::load(&draft.file)?;
    let record = core::run(&scenario.config)?;
    println!(
        "{}: {} requests, {:.2} GPU-hours",
        scenario.name,
        record.account.arrivals(),
        record.gpu_hours()
    );
    Ok(())
}
