//! A profile of traffic as a file.

use super::{Traffic, TrafficComparison};
use crate::context::{Context, Stopped, Told};
use crate::text::Duration;
use forescale_core::dist::{Cv, Empirical};
use forescale_document::{Code, Span, Spanned, decode, toml};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// So many figures stand on a line.
const PER_LINE: usize = 20;

/// A profile as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTraffic {
    source: String,
    bin: Spanned<Duration>,
    duration: Spanned<Duration>,
    requests: Spanned<Vec<f64>>,
    cv: Spanned<f64>,
    prompt_tokens: Spanned<Vec<(f64, f64)>>,
    output_tokens: Spanned<Vec<(f64, f64)>>,
    /// What the fit itself came to; nothing depends on it.
    #[serde(default)]
    fit: BTreeMap<String, (f64, f64)>,
}

impl Traffic {
    /// Reads a file; `named_at` is where the scenario names it.
    pub(crate) fn read(context: &mut Context, path: &Path, named_at: Option<Span>) -> Told<Self> {
        let source = context.read(path, named_at)?;
        let tree = toml::parse(&mut context.report, source).ok_or(Stopped)?;
        let raw: RawTraffic = decode(&tree, &mut context.report).ok_or(Stopped)?;
        let bins = (raw.duration.0.as_ps()).div_ceil(raw.bin.0.as_ps().max(1));
        if raw.bin.0.is_zero() || bins != raw.requests.len() as u64 {
            let message = format!(
                "`requests` has {} bins, and `duration` of {} is {bins} of {}",
                raw.requests.len(),
                raw.duration.0,
                raw.bin.0
            );
            return context.fail(context.error(Code::CONTRADICTION, raw.requests.span(), message));
        }
        drop(raw.fit);
        let checks = [
            (raw.cv.span(), Cv::new(*raw.cv).err()),
            (raw.prompt_tokens.span(), Empirical::quantiles(raw.prompt_tokens.to_vec()).err()),
            (raw.output_tokens.span(), Empirical::quantiles(raw.output_tokens.to_vec()).err()),
        ];
        if let Some((span, Some(error))) = checks.into_iter().find(|(_, error)| error.is_some()) {
            return context.fail(context.error(Code::OUT_OF_RANGE, span, error.to_string()));
        }
        let span = raw.requests.span();
        let traffic = Self {
            source: raw.source,
            bin: raw.bin.0,
            duration: raw.duration.0,
            requests: raw.requests.into_inner(),
            cv: *raw.cv,
            prompt_tokens: raw.prompt_tokens.into_inner(),
            output_tokens: raw.output_tokens.into_inner(),
        };
        match traffic.arrivals(1.0) {
            Ok(_) => Ok(traffic),
            Err(message) => context.fail(context.error(Code::OUT_OF_RANGE, span, message)),
        }
    }

    /// The file that a scenario reads, with how well the profile generates its source.
    pub fn to_toml(&self, compared: &[TrafficComparison]) -> String {
        let seconds = |duration: forescale_kernel::SimDuration| {
            let ps = duration.as_ps();
            let text = format!("{}.{:012}", ps / 1_000_000_000_000, ps % 1_000_000_000_000);
            format!("{}s", text.trim_end_matches('0').trim_end_matches('.'))
        };
        let source: String =
            self.source.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        let mut text = "# Traffic in figures: `sim trace fit` made it, a scenario takes it by `fitted = { path = \"…\" }`.\n".to_owned();
        let _infallible = writeln!(
            text,
            "source = \"{}\"\nbin = \"{}\"\nduration = \"{}\"\n# Coefficient of variation of the gaps within a bin.\ncv = {}",
            source.replace('\\', "\\\\").replace('"', "\\\""),
            seconds(self.bin),
            seconds(self.duration),
            self.cv
        );
        text += "# Requests in each bin; the last one ends with the duration.\nrequests = [\n";
        for line in self.requests.chunks(PER_LINE) {
            let figures: Vec<String> = line.iter().map(|requests| shown(*requests)).collect();
            text += &format!("  {},\n", figures.join(", "));
        }
        text += "]\n# Probabilities, each with its quantile in tokens.\n";
        for (name, points) in [("prompt_tokens", &self.prompt_tokens), ("output_tokens", &self.output_tokens)]
        {
            text += &format!("{name} = [\n");
            for line in points.chunks(PER_LINE / 2) {
                let points: Vec<String> =
                    line.iter().map(|(share, tokens)| format!("[{share}, {tokens}]")).collect();
                text += &format!("  {},\n", points.join(", "));
            }
            text += "]\n";
        }
        if !compared.is_empty() {
            text += "\n# The source, and the mean of generated traces.\n[fit]\n";
            for TrafficComparison { name, source, generated } in compared {
                text += &format!("{name} = [{}, {}]\n", shown(*source), shown(*generated));
            }
        }
        text
    }
}

/// Six digits or more.
fn shown(value: f64) -> String {
    let rounded = (value * 1e4).round() / 1e4;
    // There is no -0.
    format!("{}", rounded + 0.0)
}
