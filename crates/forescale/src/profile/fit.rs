//! `sim profile fit`

use super::coefficients;
use super::show::find;
use crate::cli::{FitArguments, FitForm};
use crate::exit::{Exit, Failure};
use forescale::report::Folder;
use forescale::scenario::{Fit, FitOptions, Form, SweepKind, fit_profile};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;

/// Fits a step time, prints it with its error, and writes it.
pub(crate) fn fit(arguments: &FitArguments) -> Result<Exit, Failure> {
    let filter = |text: &String| match text.split_once('=') {
        Some((column, value)) => Ok((column.trim().to_owned(), value.trim().to_owned())),
        None => Err(Failure::Input(format!(
            "--where {text}: a `=` with a value is missing, as in `--where model=mine`"
        ))),
    };
    let options = FitOptions {
        form: arguments.form.map(|form| match form {
            FitForm::Affine => Form::Affine,
            FitForm::Piecewise => Form::Piecewise,
        }),
        host: arguments.host.unwrap_or_default(),
        filters: arguments.filters.iter().map(filter).collect::<Result<_, _>>()?,
    };
    let base = arguments.base.as_deref().map(find).transpose()?;
    let fitted = fit_profile(&arguments.sweep, &options)
        .map_err(|rejection| Failure::Rejected(Box::new(rejection.0)))?;
    if let (Some(path), Some(base)) = (&arguments.output, &base) {
        write(path, &fitted.to_toml(&base.name), arguments.force)?;
    }
    let mut out = anstream::stdout().lock();
    match arguments.json {
        true => writeln!(out, "{:#}", to_json(&fitted, arguments.output.as_deref()))?,
        false => {
            out.write_all(text(&fitted).as_bytes())?;
            if let Some(path) = &arguments.output {
                writeln!(out, "\nwritten: {}", path.display())?;
            }
        }
    }
    out.flush()?;
    Ok(Exit::Fine)
}

fn write(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let shown = path.display();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if !name.to_lowercase().ends_with(".toml") {
        return Err(Failure::Input(format!(
            "{shown}: a profile's file ends in .toml, by which scenarios know it"
        )));
    }
    if path.exists() && !force && std::fs::read(path).ok().as_deref() != Some(text.as_bytes()) {
        return Err(Failure::Input(format!("{shown} exists and would be overwritten: --force does it")));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let publish = || {
        let mut folder = Folder::open(folder)?;
        folder.write(&name, |out| out.write_all(text.as_bytes()))?;
        folder.publish()
    };
    publish().map(|_| ()).map_err(|error| Failure::Input(error.to_string()))
}

fn text(fit: &Fit) -> String {
    let quality = &fit.quality;
    let what = match fit.kind {
        SweepKind::Steps => "single steps",
        SweepKind::Load => "runs under load",
    };
    let mut text = format!("{}: {what}, {} observations", fit.source, quality.observations);
    if fit.left_out > 0 {
        let rows = if fit.left_out == 1 { "row" } else { "rows" };
        text += &format!(", {} {rows} left out", fit.left_out);
    }
    text += "\n\nGPU time of a step\n";
    let lines = coefficients::lines(&fit.gpu);
    let width = lines.iter().map(|(what, _)| what.chars().count()).max().unwrap_or(0);
    for (what, time) in lines {
        text += &format!("  {what:<width$}   {time}\n");
    }
    if !fit.host.is_zero() {
        text += &format!("\nhost time of a step: {}, taken out of the measured times\n", fit.host);
    }
    text += &format!(
        "\nerror: {:.1} % in the mean, {:.1} % at the 90th percentile, R² {:.4}\n",
        quality.mape_percent, quality.p90_percent, quality.r2
    );
    if let Some(ms) = fit.per_request_ms {
        text += &format!(
            "beside its steps, a request took {ms:.1} ms to its first token (API server, tokeniser); that is not in the profile\n"
        );
    }
    for (name, why) in &fit.zeros {
        text += &format!("{name}: 0, {why}\n");
    }
    text
}

fn to_json(fit: &Fit, written: Option<&Path>) -> Value {
    let quality = &fit.quality;
    let rounded = |number: f64| (number * 1e4).round() / 1e4;
    let zeros: Vec<Value> = fit.zeros.iter().map(|(name, why)| json!({ "name": name, "why": why })).collect();
    json!({
        "schema": 1,
        "source": fit.source,
        "rows_are": match fit.kind { SweepKind::Steps => "steps", SweepKind::Load => "runs" },
        "gpu_time": coefficients::to_json(&fit.gpu),
        "host_per_step_ps": fit.host.as_ps(),
        "observations": quality.observations,
        "rows_left_out": fit.left_out,
        "mape_percent": rounded(quality.mape_percent),
        "p90_percent": rounded(quality.p90_percent),
        "r2": rounded(quality.r2),
        "per_request_ms": fit.per_request_ms.map(rounded),
        "zeros": zeros,
        "written": written.map(|path| path.display().to_string()),
    })
}
