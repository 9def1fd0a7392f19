//! What the run took: GPUs, money, tokens, pods.

use super::table::Table;
use crate::Subject;
use crate::cold_starts::ColdStarts;
use crate::number;
use crate::page::{Line, Page};
use forescale_core::record::RunRecord;

pub(super) fn write(subject: &Subject, record: &RunRecord, page: &mut Page) {
    page.heading("Totals", "");
    let mut table = Table::new(&[]);
    let hours = format!("{} GPU-hours", number::significant(record.gpu_hours(), 3));
    let price = |price: f64| {
        let cost = number::money(price * record.gpu_hours());
        format!("{cost} at {} per GPU-hour", number::money(price))
    };
    let price = subject.gpu_price_per_hour.map(price);
    table.row(vec!["GPUs".to_owned(), hours, price.unwrap_or_default()]);
    let tokens = record.generated_tokens as f64;
    let seconds = record.end.as_secs_f64();
    let rate = (seconds > 0.0).then(|| format!("{} tokens/s", number::prefixed(tokens / seconds)));
    let generated = format!("{} tokens", number::prefixed(tokens));
    table.row(vec!["generated".to_owned(), generated, rate.unwrap_or_default()]);
    for line in table.lines() {
        page.push_wrapped(Line::plain(&format!("  {line}")), 4);
    }
}

/// How pods started.
pub(super) fn write_pods(record: &RunRecord, page: &mut Page) {
    let starts = ColdStarts::of(record);
    page.heading("Pods", "");
    let mut line = |text: String| page.push_wrapped(Line::plain(&format!("  {text}")), 4);
    line(format!("{} served from the start", number::things(starts.deployed, "pod")));
    if let Some((least, mean, most)) = starts.spread() {
        let spread = match starts.seconds.len() {
            1 => number::seconds(mean),
            _ => {
                let [least, mean, most] = [least, mean, most].map(number::seconds);
                format!("min {least}, mean {mean}, max {most}")
            }
        };
        let pods = number::things(starts.seconds.len(), "pod");
        line(format!("{pods} started cold, created to Ready: {spread}"));
    }
    for (count, what) in [
        (starts.given_up, "deleted before it was Ready"),
        (starts.unfinished, "still starting at the end of the run"),
    ] {
        if count > 0 {
            line(format!("{} {what}", number::things(count, "pod")));
        }
    }
}
