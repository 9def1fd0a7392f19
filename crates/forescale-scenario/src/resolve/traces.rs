//! The trace of a workload.

use crate::codes;
use crate::context::{Context, Told};
use crate::raw::{RawMappedTrace, RawTrace, RawTraceFile};
use crate::text::Duration;
use crate::trace::{Replay, TimeUnit, TraceColumns, TraceFile, TraceFormat, diagnostic, source};
use forescale_core::demand::TraceSource;
use forescale_document::{Code, Spanned, did_you_mean};
use std::path::{Path, PathBuf};

/// What every trace has.
struct Common<'a> {
    format: TraceFormat,
    path: &'a Spanned<PathBuf>,
    rate_scale: &'a Spanned<f64>,
    window: Option<&'a Spanned<(Duration, Duration)>>,
}

/// The requests of a trace; `key` is the full name of a key below `trace`.
pub(super) fn resolve(
    context: &mut Context,
    trace: &RawTrace,
    base: &Path,
    key: impl Fn(&str) -> String,
) -> Told<TraceSource> {
    let (common, mapped) = match trace {
        RawTrace::AzureLlm2023(file) => (common(TraceFormat::AzureLlm2023, file), None),
        RawTrace::AzureLlm2024(file) => (common(TraceFormat::AzureLlm2024, file), None),
        RawTrace::BurstGpt(file) => (common(TraceFormat::BurstGpt, file), None),
        RawTrace::Mooncake(file) => (common(TraceFormat::Mooncake, file), None),
        RawTrace::ServegenCsv(file) => (common(TraceFormat::ServegenCsv, file), None),
        RawTrace::QwenBailian(file) => (common(TraceFormat::QwenBailian, file), None),
        RawTrace::Csv(file) => (common_of_mapped(TraceFormat::Csv, file), Some(file)),
        RawTrace::Jsonl(file) => (common_of_mapped(TraceFormat::Jsonl, file), Some(file)),
    };
    let name = common.format.name();
    let key = |of: &str| key(&format!("{name}.{of}"));
    let columns = mapped.map(|mapped| columns(context, mapped, &key)).transpose()?;
    let replay = replay(context, &common, &key)?;
    let path = common.path;
    let file =
        TraceFile { path: base.join(path.as_path()), format: Some(common.format), columns, repair: false };
    let source = source(file, replay);
    // A wrong file is a wrong input now, not in the middle of the run.
    if let Err(error) = source.open().and_then(|mut rows| rows.next().transpose()) {
        let diagnostic = diagnostic(&mut context.report.sources, &error, path.span());
        return context.fail(diagnostic);
    }
    warn(context, &common);
    Ok(source)
}

fn common(format: TraceFormat, file: &RawTraceFile) -> Common<'_> {
    let RawTraceFile { path, rate_scale, window } = file;
    Common { format, path, rate_scale, window: window.as_ref() }
}

fn common_of_mapped(format: TraceFormat, file: &RawMappedTrace) -> Common<'_> {
    let RawMappedTrace { path, rate_scale, window, .. } = file;
    Common { format, path, rate_scale, window: window.as_ref() }
}

fn columns(
    context: &mut Context,
    mapped: &RawMappedTrace,
    key: &impl Fn(&str) -> String,
) -> Told<TraceColumns> {
    let unit = mapped.time_unit.as_str();
    let Some(time_unit) = TimeUnit::find(unit) else {
        let names = TimeUnit::ALL.map(TimeUnit::name);
        let near = did_you_mean(unit, names);
        let message = format!(
            "`{}`: there is no unit `{unit}`{near}; expected `{}`",
            key("time_unit"),
            names.join("`, `")
        );
        return context.fail(context.error(Code::WRONG_VALUE, mapped.time_unit.span(), message));
    };
    Ok(TraceColumns {
        time: mapped.time.clone(),
        time_unit,
        prompt_tokens: mapped.prompt_tokens.clone(),
        output_tokens: mapped.output_tokens.clone(),
    })
}

fn replay(context: &mut Context, common: &Common<'_>, key: &impl Fn(&str) -> String) -> Told<Replay> {
    let rate_scale = common.rate_scale;
    if !(**rate_scale > 0.0 && rate_scale.is_finite()) {
        let message = format!("`{}` must be above 0", key("rate_scale"));
        return context.fail(context.error(Code::OUT_OF_RANGE, rate_scale.span(), message));
    }
    let window = match common.window {
        Some(window) if window.0.0 >= window.1.0 => {
            let message = format!("`{}` must end after it starts", key("window"));
            return context.fail(context.error(Code::OUT_OF_RANGE, window.span(), message));
        }
        window => window.map(|window| (window.0.0, window.1.0)),
    };
    Ok(Replay { rate_scale: **rate_scale, window })
}

/// What the rows say and the run does not heed.
fn warn(context: &mut Context, common: &Common<'_>) {
    let path = common.path.display();
    if common.format.has_hash_ids() {
        let message = format!(
            "`{path}` says which prompts begin alike, which is not simulated: each prompt is computed in full"
        );
        context.warn(codes::TRACE_PREFIXES, common.path.span(), message);
    }
    if common.format.has_failures() {
        let message =
            format!("rows of `{path}` without response tokens are failed requests and are left out");
        context.warn(codes::TRACE_FAILURES, common.path.span(), message);
    }
}
