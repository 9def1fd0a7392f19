//! The rows of a sweep, as observations of steps.

use super::SweepKind;
use crate::codes;
use crate::context::{Context, Stopped, Told};
use forescale_document::{Diagnostic, SourceId, Span, nearest};
use std::path::Path;

/// A measured time, and what a step of it did in the mean.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Observation {
    /// Prompt tokens.
    pub(super) prefill: f64,
    /// Decoding sequences.
    pub(super) seqs: f64,
    /// Tokens of context, summed over them.
    pub(super) context: f64,
    /// Pairs of prefill attention.
    pub(super) pairs: f64,
    /// Requests whose own cost is in the time: 1 in a time to first token.
    pub(super) requests: f64,
    pub(super) ms: f64,
}

/// What was read.
pub(super) struct Sweep {
    pub(super) kind: SweepKind,
    pub(super) observations: Vec<Observation>,
    pub(super) left_out: usize,
    /// The header.
    pub(super) top: Span,
}

const BATCH: &[&str] = &["batch", "batch_size", "num_seqs"];
const CONTEXT: &[&str] = &["context", "context_len"];
const CONTEXT_SUM: &[&str] = &["context_sum"];
const PREFILL: &[&str] = &["prefill", "prefill_tokens"];
const PREFILL_CONTEXT: &[&str] = &["prefill_context"];
const CONCURRENCY: &[&str] = &["concurrency", "max_concurrency"];
const RATE: &[&str] = &["rate_rps", "rate", "request_rate"];
const ISL: &[&str] = &["isl", "input_len", "prompt_tokens"];
const OSL: &[&str] = &["osl", "output_len", "output_tokens"];
const TPOT: &[&str] = &["tpot_ms", "mean_tpot_ms", "tpot_mean_ms", "itl_mean_ms", "mean_itl_ms", "itl_ms"];
const TTFT: &[&str] = &["ttft_ms", "mean_ttft_ms", "ttft_mean_ms"];
const TIME: &[(&str, f64)] =
    &[("time_ms", 1.0), ("time_us", 1e-3), ("time_s", 1e3), ("latency_ms", 1.0), ("step_ms", 1.0)];

/// Runs with at most so many requests at once have nobody to wait for: their time to first token is that of their prompt.
const ALONE: f64 = 1.5;

/// More wrong rows than this are not told one by one.
const MOST_TOLD: usize = 20;

pub(super) fn read(context: &mut Context, path: &Path, filters: &[(String, String)]) -> Told<Sweep> {
    let source = context.read(path, None)?;
    let text = context.report.sources.text(source).to_owned();
    let header =
        text.split_inclusive('\n').take_while(|line| line.starts_with('#')).map(str::len).sum::<usize>();
    let top = line(&text, source, header as u64);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_lowercase).collect(),
        Err(error) => return context.fail(Diagnostic::error(codes::SWEEP, top, error.to_string())),
    };
    let columns = Columns(&header);
    let filters = columns.filters(context, filters, top)?;
    let kind = columns.kind(context, top)?;
    let mut sweep = Sweep { kind, observations: Vec::new(), left_out: 0, top };
    let mut wrong = 0;
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => return context.fail(Diagnostic::error(codes::SWEEP, top, error.to_string())),
        };
        if filters.iter().any(|(at, wanted)| record.get(*at) != Some(wanted)) {
            sweep.left_out += 1;
            continue;
        }
        let row = Row { columns, record: &record };
        let read = match kind {
            SweepKind::Steps => row.step(),
            SweepKind::Load => row.load(),
        };
        match read {
            Ok(Some(observations)) => sweep.observations.extend(observations),
            Ok(None) => sweep.left_out += 1,
            Err(message) => {
                wrong += 1;
                if wrong <= MOST_TOLD {
                    let span = line(&text, source, record.position().map_or(0, |at| at.byte()));
                    context.report.push(Diagnostic::error(codes::SWEEP, span, message));
                }
            }
        }
    }
    if wrong == 0 { Ok(sweep) } else { Err(Stopped) }
}

/// The line that begins at, or after an end of line at, this byte.
fn line(text: &str, source: SourceId, byte: u64) -> Span {
    let from = usize::try_from(byte).unwrap_or(usize::MAX).min(text.len());
    let rest = text.get(from..).unwrap_or_default();
    let start = from + (rest.len() - rest.trim_start_matches(['\r', '\n']).len());
    let end = text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| start + length);
    Span { source, start, end: end.max(start) }
}

#[derive(Clone, Copy)]
struct Columns<'a>(&'a [String]);

impl Columns<'_> {
    fn find(self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.0.iter().position(|column| column == name))
    }

    fn time(self) -> Option<(usize, f64)> {
        TIME.iter().find_map(|(name, ms)| Some((self.find(&[name])?, *ms)))
    }

    fn kind(self, context: &mut Context, top: Span) -> Told<SweepKind> {
        let has = |names| self.find(names).is_some();
        let has_decodes = has(BATCH) && (has(CONTEXT) || has(CONTEXT_SUM));
        if self.time().is_some() && (has_decodes || has(PREFILL)) {
            return Ok(SweepKind::Steps);
        }
        if has(TPOT) && has(ISL) && has(OSL) && (has(CONCURRENCY) || has(RATE)) {
            return Ok(SweepKind::Load);
        }
        let message =
            format!("the columns are neither those of steps nor of runs under load: {}", self.0.join(", "));
        let help = "steps have `batch`, `context`, `prefill` and `time_ms`; runs have `concurrency` or `rate_rps`, `isl`, `osl`, `tpot_ms` and `ttft_ms`";
        context.fail(Diagnostic::error(codes::SWEEP, top, message).help(help))
    }

    fn filters(
        self,
        context: &mut Context,
        filters: &[(String, String)],
        top: Span,
    ) -> Told<Vec<(usize, String)>> {
        let mut found = Vec::new();
        for (column, value) in filters {
            match self.find(&[column.to_lowercase().as_str()]) {
                Some(at) => found.push((at, value.clone())),
                None => {
                    let names = || self.0.iter().map(String::as_str);
                    let near = nearest(column, names()).map(|near| format!("; did you mean `{near}`?"));
                    let message = format!("there is no column `{column}`{}", near.unwrap_or_default());
                    let help = format!("there are {}", names().collect::<Vec<_>>().join(", "));
                    return context.fail(Diagnostic::error(codes::SWEEP, top, message).help(help));
                }
            }
        }
        Ok(found)
    }
}

struct Row<'a> {
    columns: Columns<'a>,
    record: &'a csv::StringRecord,
}

/// What a row gives: nothing where a field is empty, or what is wrong with it.
type Given<T> = Result<Option<T>, String>;

impl Row<'_> {
    /// A number that is not negative; `None` for an empty field or a column that is not there.
    fn number(&self, names: &[&str]) -> Given<f64> {
        let Some(at) = self.columns.find(names) else { return Ok(None) };
        let text = self.record.get(at).unwrap_or_default();
        let name = self.columns.0.get(at).map_or("", String::as_str);
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() && (0.0..=1e12).contains(&number) => Ok(Some(number)),
            Ok(number) => Err(format!("`{name}`: {number} is out of range")),
            Err(_) => Err(format!("`{name}`: `{text}` is no number")),
        }
    }

    fn step(&self) -> Given<Vec<Observation>> {
        let Some((at, unit)) = self.columns.time() else { return Ok(None) };
        let name = self.columns.0.get(at).map_or("", String::as_str);
        let Some(time) = self.number(&[name])? else { return Ok(None) };
        if time <= 0.0 {
            return Err(format!("`{name}`: a step takes some time"));
        }
        let (seqs, prefill) = (self.number(BATCH)?.unwrap_or(0.0), self.number(PREFILL)?.unwrap_or(0.0));
        let context = match (self.number(CONTEXT_SUM)?, self.number(CONTEXT)?) {
            (Some(sum), _) => sum,
            (None, Some(each)) => each * seqs,
            (None, None) if seqs == 0.0 => 0.0,
            (None, None) => return Ok(None),
        };
        let before = self.number(PREFILL_CONTEXT)?.unwrap_or(0.0);
        let pairs = prefill * (before + prefill / 2.0);
        Ok(Some(vec![Observation { prefill, seqs, context, pairs, requests: 0.0, ms: time * unit }]))
    }

    /// A run's mean step: who decodes, and the share of the prompts that comes in with each step, since as many come as go.
    fn load(&self) -> Given<Vec<Observation>> {
        let (Some(isl), Some(osl), Some(tpot)) = (self.number(ISL)?, self.number(OSL)?, self.number(TPOT)?)
        else {
            return Ok(None);
        };
        let ttft = self.number(TTFT)?;
        if tpot <= 0.0 || osl <= 1.0 {
            return Ok(None);
        }
        let decoding_ms = (osl - 1.0) * tpot;
        let at_once = match (self.number(CONCURRENCY)?, self.number(RATE)?) {
            (Some(concurrency), _) => concurrency,
            // Little's law.
            (None, Some(rate)) => rate * (ttft.unwrap_or(0.0) + decoding_ms) / 1000.0,
            (None, None) => return Ok(None),
        };
        let share = decoding_ms / (decoding_ms + ttft.unwrap_or(0.0));
        let seqs = (at_once * share).max(1.0_f64.min(at_once));
        // One alone has its own prompt behind it.
        let prompts = if at_once <= ALONE { 0.0 } else { seqs / (osl - 1.0) };
        let mut observations = vec![Observation {
            prefill: prompts * isl,
            seqs,
            context: seqs * (isl + osl / 2.0),
            pairs: prompts * isl * isl / 2.0,
            requests: 0.0,
            ms: tpot,
        }];
        if let Some(ttft) = ttft.filter(|ttft| *ttft > 0.0 && at_once <= ALONE) {
            let pairs = isl * isl / 2.0;
            observations.push(Observation {
                prefill: isl,
                seqs: 0.0,
                context: 0.0,
                pairs,
                requests: 1.0,
                ms: ttft,
            });
        }
        Ok(Some(observations))
    }
}
