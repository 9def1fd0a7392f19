//! `sim profile list`

use super::show::to_json;
use super::{grouped, time};
use crate::cli::ListArguments;
use crate::exit::{Exit, Failure};
use forescale::core::replica::StepLoad;
use forescale::document::{did_you_mean, nearest_few};
use forescale::scenario::{Gpu, Model, Profile, Tier};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write;

/// Prints an overview, or the profiles of a model or GPU.
pub(crate) fn list(arguments: &ListArguments) -> Result<Exit, Failure> {
    let model = arguments.model.as_deref().map(model).transpose()?;
    let gpu = arguments.gpu.as_deref().map(gpu).transpose()?;
    let profiles: Vec<&Profile> = Profile::all()
        .filter(|profile| model.is_none_or(|model| profile.model() == model.name))
        .filter(|profile| gpu.is_none_or(|gpu| profile.gpu() == gpu.name))
        .collect();
    let mut out = anstream::stdout().lock();
    if arguments.json {
        let profiles: Vec<Value> = profiles.iter().map(|profile| to_json(profile)).collect();
        writeln!(out, "{:#}", json!({ "schema": 1, "profiles": profiles }))?;
    } else if model.is_none() && gpu.is_none() {
        out.write_all(overview(&profiles).as_bytes())?;
    } else if profiles.is_empty() {
        writeln!(out, "There is no such profile.")?;
    } else {
        out.write_all(table(&profiles).as_bytes())?;
    }
    out.flush()?;
    Ok(Exit::Fine)
}

fn model(name: &str) -> Result<&'static Model, Failure> {
    let names = || Model::all().iter().map(|model| model.name);
    let unknown = || {
        let similar = nearest_few(name, names(), 5);
        let similar = if similar.is_empty() {
            String::new()
        } else {
            format!("; similar names: {}", similar.join(", "))
        };
        Failure::Input(format!("there is no model `{name}`{similar}"))
    };
    Model::find(name).ok_or_else(unknown)
}

fn gpu(name: &str) -> Result<&'static Gpu, Failure> {
    let names = || Gpu::all().iter().map(Gpu::short_name);
    let unknown = || {
        let near = did_you_mean(name, names());
        Failure::Input(format!(
            "there is no GPU `{name}`{near}; there are {}",
            names().collect::<Vec<_>>().join(", ")
        ))
    };
    Gpu::find(name).ok_or_else(unknown)
}

/// A row per model: the GPUs with calibrated step times, and how many more are derived for.
fn overview(profiles: &[&Profile]) -> String {
    let calibrated = profiles.iter().filter(|profile| profile.tier != Tier::Derived).count();
    let mut rows = vec![["model", "calibrated on", "derived for"].map(str::to_owned)];
    for model in Model::all() {
        let of_model: Vec<&&Profile> =
            profiles.iter().filter(|profile| profile.model() == model.name).collect();
        let on = |is_derived: bool| -> Vec<&str> {
            let is_meant = |profile: &&&Profile| (profile.tier == Tier::Derived) == is_derived;
            let has =
                |gpu: &&Gpu| of_model.iter().filter(|profile| is_meant(profile)).any(|p| p.gpu() == gpu.name);
            Gpu::all().iter().filter(has).map(Gpu::short_name).collect()
        };
        let (calibrated, derived) = (on(false), on(true));
        let more = derived.iter().filter(|gpu| !calibrated.contains(gpu)).count();
        let more = match (more, calibrated.is_empty()) {
            (0, _) => String::new(),
            (_, true) => format!("{more} GPUs"),
            (_, false) => format!("{more} more GPUs"),
        };
        rows.push([model.name.to_owned(), calibrated.join(" "), more]);
    }
    let mut text = columns(&rows, &[]);
    let derived = profiles.len() - calibrated;
    let (calibrated, derived) = (grouped(calibrated as u64), grouped(derived as u64));
    let _infallible = write!(
        text,
        "\n{calibrated} profiles are calibrated, {derived} are derived (roofline). `sim profile list --model NAME` or `--gpu NAME` lists them,\n\
        `sim profile show NAME` shows one.\n"
    );
    text
}

/// A row per profile.
fn table(profiles: &[&Profile]) -> String {
    let head = ["profile", "step times", "error", "decode 1", "decode 64", "prompt 2048", "KV tokens"];
    let mut rows = vec![head.map(str::to_owned)];
    for profile in profiles {
        let step = profile.step_time();
        let of = |load: StepLoad| time(step.of(&load).as_ps() as f64);
        let error =
            profile.accuracy.mape_percent.map_or_else(|| "?".to_owned(), |mape| format!("{mape:.1} %"));
        rows.push([
            profile.name.clone(),
            profile.tier.word().to_owned(),
            error,
            of(StepLoad::decode(1, 512)),
            of(StepLoad::decode(64, 65_536)),
            of(StepLoad::prefill(0, 2048)),
            grouped(u64::from(profile.num_gpu_blocks(0.92, 16)) * 16),
        ]);
    }
    let notes = "\nGPU time of a decode step with a batch of 1 at 512 tokens and of 64 at 1024 each, and of a prompt of 2048 tokens. KV tokens at\n\
        --gpu-memory-utilization 0.92. The error of derived step times is that of models, or GPUs, that were left out.\n";
    columns(&rows, &[2, 3, 4, 5, 6]) + notes
}

/// Rows with two spaces between columns; these columns are aligned right.
fn columns<const N: usize>(rows: &[[String; N]], right: &[usize]) -> String {
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells =
            row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| match right.contains(&at) {
                true => format!("{cell:>width$}"),
                false => format!("{cell:<width$}"),
            });
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}
