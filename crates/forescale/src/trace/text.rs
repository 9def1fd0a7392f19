//! What a trace is like, for people.

use super::inspect::Inspected;
use super::{things, told_left_out};
use crate::profile::{digits, grouped};
use forescale::kernel::SimDuration;
use forescale::report::{Curve, Style, curves_text};
use forescale::scenario::{RateBin, Stamps, TokenStatistics};

pub(super) fn text(inspected: &Inspected, style: Style) -> String {
    let statistics = &inspected.statistics;
    let (name, format) = (inspected.file.display(), inspected.format.name());
    let rows = things(statistics.rows(), "request");
    let mut text: String =
        name.to_string().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    text += &format!(": {format}, {rows} over {}\n", statistics.duration());
    if statistics.rows() == 0 {
        return text;
    }
    text += "\nArrivals\n";
    text += &line("mean rate", &format!("{} requests/s", statistics.rate().map_or("-".to_owned(), digits)));
    text += &line("gaps", &gaps(inspected));
    let counts = &statistics.counts;
    let cells = |of: [String; 3]| of.map(|cell| format!("{cell:>8}")).concat();
    text += &line("in bins of", &cells([0, 1, 2].map(|i| format!("{} s", counts[i].bin().as_secs_f64()))));
    let rate = statistics.rate().unwrap_or(0.0);
    text += &line("peak / mean", &cells([0, 1, 2].map(|i| number(counts[i].peak_over_mean(rate)))));
    text += &line("dispersion", &cells([0, 1, 2].map(|i| number(counts[i].dispersion()))));
    let has_tokens = statistics.prompt_tokens.mean().is_some() || statistics.output_tokens.mean().is_some();
    if has_tokens {
        text += "\nTokens           mean     min     p50     p95     p99     max\n";
        text += &tokens("prompt", &statistics.prompt_tokens);
        text += &tokens("output", &statistics.output_tokens);
        text += &line("correlation", &format!("{:>8}", signed(statistics.correlation())));
    }
    for note in notes(inspected) {
        text += &format!("\nnote: {note}\n");
    }
    let bins = statistics.rates.bins();
    let curve =
        |name, unit, of: fn(&RateBin) -> u64| Curve { name, unit, totals: bins.iter().map(of).collect() };
    let mut curves = vec![curve("requests", "req/s", |bin| bin.requests)];
    if has_tokens {
        curves.push(curve("prompts", "tokens/s", |bin| bin.prompt_tokens));
        curves.push(curve("outputs", "tokens/s", |bin| bin.output_tokens));
    }
    text + &curves_text(&curves, statistics.rates.bin(), statistics.duration(), style)
}

fn line(name: &str, value: &str) -> String {
    format!("  {name:<12}{value}\n")
}

fn gaps(inspected: &Inspected) -> String {
    let statistics = &inspected.statistics;
    let zero = statistics.stamps.zero_gaps().map_or(0.0, |share| share * 100.0);
    format!(
        "CV {} (1 where arrivals are Poisson), {} % of them zero",
        number(statistics.gap_cv()),
        digits(zero)
    )
}

fn tokens(name: &str, tokens: &TokenStatistics) -> String {
    let quantile = |q: f64| tokens.quantile(q);
    let whole = |tokens: Option<u32>| tokens.map(f64::from);
    let of = [whole(tokens.min()), quantile(0.5), quantile(0.95), quantile(0.99), whole(tokens.max())];
    let rest: String =
        of.map(|value| format!("{:>8}", value.map_or("-".into(), |v| format!("{v:.0}")))).concat();
    line(name, &format!("{:>7.1}{rest}", tokens.mean().unwrap_or(0.0)))
}

fn notes(inspected: &Inspected) -> Vec<String> {
    let statistics = &inspected.statistics;
    let mut notes = Vec::new();
    let stamps: &Stamps = &statistics.stamps;
    if stamps.are_quantised() {
        let seconds = |length: SimDuration| digits(length.as_secs_f64());
        notes.push(format!(
            "stamps are quantised: {} different ones for {}, {} s apart in the mean, all multiples of {}.\n\
             Within {} s nothing can be told: CV, zero gaps and bins that are not much longer show the stamps.",
            grouped(stamps.distinct()),
            things(statistics.rows(), "row"),
            stamps.mean_distance().map_or("-".to_owned(), seconds),
            stamps.grid(),
            seconds(stamps.resolution()),
        ));
    }
    for told in told_left_out(inspected.format, inspected.failures, inspected.others) {
        notes.push(format!("left out: {told}"));
    }
    if statistics.rows_without_tokens() > 0 {
        notes.push(format!(
            "{} without tokens; in a scenario the workload's prompt_tokens and output_tokens give them",
            things(statistics.rows_without_tokens(), "row")
        ));
    }
    if statistics.rows_with_hash_ids() > 0 {
        notes.push(format!(
            "{} hash ids of prompt blocks; shared prefixes are not simulated yet",
            match statistics.rows_with_hash_ids() {
                1 => "1 row has".to_owned(),
                count => format!("{} rows have", grouped(count)),
            }
        ));
    }
    notes
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"))
}

/// With the sign that it has, and no sign for what rounds to zero.
fn signed(value: Option<f64>) -> String {
    let text = number(value);
    if text == "-0.00" { "0.00".to_owned() } else { text }
}
