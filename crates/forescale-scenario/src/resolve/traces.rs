//! The trace of a workload.

use super::workloads::Reader;
use crate::codes;
use crate::context::{Context, Told};
use crate::raw::{RawAccessLog, RawMappedTrace, RawTrace, RawWorkload};
use crate::text::Duration;
use crate::trace::{NO_LENGTHS, Replay, TimeUnit, TraceColumns, TraceFile, TraceFormat, diagnostic, source};
use forescale_core::demand::{Lengths, TraceSource};
use forescale_document::{Code, Span, Spanned, did_you_mean};
use std::path::{Path, PathBuf};

/// What every trace has.
struct Common<'a> {
    format: TraceFormat,
    path: &'a Spanned<PathBuf>,
    rate_scale: &'a Spanned<f64>,
    window: Option<&'a Spanned<(Duration, Duration)>>,
    thin: &'a Spanned<f64>,
    repeat: Option<&'a Spanned<Duration>>,
}

/// The workload that has the trace.
struct Owner<'a> {
    name: &'a str,
    place: Option<Span>,
    /// Its lengths, for what an access log does not say.
    lengths: Option<Lengths>,
}

/// Whether the trace may leave it to the workload to say how long requests are.
fn may_lack_lengths(trace: &RawTrace) -> bool {
    matches!(trace, RawTrace::NginxCombined(_) | RawTrace::NginxJson(_) | RawTrace::EnvoyJson(_))
}

impl Reader<'_> {
    /// The trace of a workload.
    pub(super) fn trace(
        &self,
        context: &mut Context,
        workload: &RawWorkload,
        trace: &Spanned<RawTrace>,
    ) -> Told<TraceSource> {
        let place = trace.key_span();
        let (prompt_tokens, output_tokens) = (&workload.prompt_tokens, &workload.output_tokens);
        let given = [("prompt_tokens", prompt_tokens), ("output_tokens", output_tokens)];
        let given = given.into_iter().find_map(|(name, length)| Some((name, length.as_ref()?)));
        let lengths = match given {
            None => None,
            Some((name, length)) if !may_lack_lengths(trace) => {
                let message = format!("`{}`: the trace says how long requests are", self.key(name));
                let diagnostic = context.error(Code::CONTRADICTION, length.key_span(), message);
                return context.fail(diagnostic.related(place, "the trace is here"));
            }
            Some(_) => {
                let prompt_tokens = self.length(context, "prompt_tokens", prompt_tokens.as_ref(), place);
                let output_tokens = self.length(context, "output_tokens", output_tokens.as_ref(), place);
                Some(Lengths { prompt_tokens: prompt_tokens?, output_tokens: output_tokens? })
            }
        };
        let owner = Owner { name: self.name.as_str(), place, lengths };
        resolve(context, trace, self.base, owner, |key| self.key(&format!("trace.{key}")))
    }
}

/// The requests of a trace; `key` is the full name of a key below `trace`.
fn resolve(
    context: &mut Context,
    trace: &RawTrace,
    base: &Path,
    owner: Owner<'_>,
    key: impl Fn(&str) -> String,
) -> Told<TraceSource> {
    macro_rules! common {
        ($format:ident, $file:expr) => {
            Common {
                format: TraceFormat::$format,
                path: &$file.path,
                rate_scale: &$file.rate_scale,
                window: $file.window.as_ref(),
                thin: &$file.thin,
                repeat: $file.repeat.as_ref(),
            }
        };
    }
    let (common, mapped, log): (_, Option<&RawMappedTrace>, Option<&RawAccessLog>) = match trace {
        RawTrace::AzureLlm2023(file) => (common!(AzureLlm2023, file), None, None),
        RawTrace::AzureLlm2024(file) => (common!(AzureLlm2024, file), None, None),
        RawTrace::BurstGpt(file) => (common!(BurstGpt, file), None, None),
        RawTrace::Mooncake(file) => (common!(Mooncake, file), None, None),
        RawTrace::ServegenCsv(file) => (common!(ServegenCsv, file), None, None),
        RawTrace::QwenBailian(file) => (common!(QwenBailian, file), None, None),
        RawTrace::Csv(file) => (common!(Csv, file), Some(file), None),
        RawTrace::Jsonl(file) => (common!(Jsonl, file), Some(file), None),
        RawTrace::VllmBench(file) => (common!(VllmBench, file), None, None),
        RawTrace::GuideLlm(file) => (common!(GuideLlm, file), None, None),
        RawTrace::InferencePerf(file) => (common!(InferencePerf, file), None, None),
        RawTrace::NginxCombined(file) => (common!(NginxCombined, file), None, Some(file)),
        RawTrace::NginxJson(file) => (common!(NginxJson, file), None, Some(file)),
        RawTrace::EnvoyJson(file) => (common!(EnvoyJson, file), None, Some(file)),
    };
    let name = common.format.name();
    let key = |of: &str| key(&format!("{name}.{of}"));
    let columns = match (mapped, log) {
        (Some(mapped), _) => Some(columns(context, mapped, &key)?),
        (None, Some(log)) => log_columns(context, common.format, log, &key)?,
        (None, None) => None,
    };
    let replay = replay(context, &common, &key)?;
    let path = common.path;
    let file = TraceFile {
        path: base.join(path.as_path()),
        format: Some(common.format),
        columns,
        repair: false,
        uri_prefix: log.and_then(|log| log.uri_prefix.clone()),
    };
    // A wrong file is a wrong input now, not in the middle of the run.
    match file.open().and_then(|mut requests| requests.next().transpose()) {
        Err(error) => {
            let diagnostic = diagnostic(&mut context.report.sources, &error, path.span());
            return context.fail(diagnostic);
        }
        Ok(Some(first))
            if owner.lengths.is_none() && (first.prompt_tokens == 0 || first.output_tokens == 0) =>
        {
            let diagnostic = context.error(Code::MISSING_KEY, owner.place, NO_LENGTHS);
            return context.fail(diagnostic.related(path.span(), "the log is named here"));
        }
        Ok(_) => {}
    }
    warn(context, &common);
    Ok(source(file, replay, owner.lengths, owner.name))
}

/// The keys of tokens in an access log; `None` where they are not named.
fn log_columns(
    context: &mut Context,
    format: TraceFormat,
    log: &RawAccessLog,
    key: &impl Fn(&str) -> String,
) -> Told<Option<TraceColumns>> {
    let (prompt_tokens, output_tokens) = match (&log.prompt_tokens, &log.output_tokens) {
        (None, None) => return Ok(None),
        (Some(prompt), Some(output)) => (prompt, output),
        (Some(one), None) | (None, Some(one)) => {
            let message = format!(
                "`{}` and `{}` go together: one is missing",
                key("prompt_tokens"),
                key("output_tokens")
            );
            return context.fail(context.error(Code::MISSING_KEY, one.span(), message));
        }
    };
    if !format.takes_columns() {
        let message = format!("`{}`: the format `combined` has no tokens", key("prompt_tokens"));
        return context.fail(context.error(Code::CONTRADICTION, prompt_tokens.span(), message));
    }
    let (prompt_tokens, output_tokens) = (prompt_tokens.to_string(), output_tokens.to_string());
    Ok(Some(TraceColumns { prompt_tokens, output_tokens, ..TraceColumns::default() }))
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
    let thin = common.thin;
    if !(**thin > 0.0 && **thin <= 1.0) {
        let message = format!("`{}` must be above 0 and at most 1", key("thin"));
        return context.fail(context.error(Code::OUT_OF_RANGE, thin.span(), message));
    }
    let repeat = common.repeat.map(|repeat| repeat.0);
    Ok(Replay { rate_scale: **rate_scale, window, thin: **thin, repeat })
}

/// What the rows say and the run does not heed.
fn warn(context: &mut Context, common: &Common<'_>) {
    let path = common.path.display();
    if common.format.has_failures() {
        let message = match common.format {
            TraceFormat::BurstGpt => {
                format!("rows of `{path}` without response tokens are failed requests and are left out")
            }
            format if format.is_document() => format!("requests of `{path}` that failed are left out"),
            _ => format!(
                "rows of `{path}` that are not POST are left aside, and those with a status of 400 to 498, but 408 and 429, are left out"
            ),
        };
        context.warn(codes::TRACE_FAILURES, common.path.span(), message);
    }
}
