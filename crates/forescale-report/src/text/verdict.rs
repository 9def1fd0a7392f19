//! The first line.

use super::objectives::missing;
use crate::Subject;
use crate::number;
use crate::page::{Line, Page, Tone};
use crate::replicas::Replicas;
use forescale_core::record::{Attainment, RunRecord};

/// `burst: MISSED 1 of 2 objectives — TTFT p99 41.3 s > 2 s · 3 replicas at most · 1.32 GPU-hours · $5.15`
pub(super) fn write(subject: &Subject, record: &RunRecord, page: &mut Page) {
    let (tone, verdict) = verdict(record);
    let line = Line::plain(&format!("{}: ", subject.scenario)).with(tone, &verdict);
    page.push_wrapped(line.with(Tone::Plain, &format!(" · {}", costs(subject, record))), 2);
}

/// `3 replicas at most · 1.32 GPU-hours · $5.15`
pub(crate) fn costs(subject: &Subject, record: &RunRecord) -> String {
    let replicas = Replicas::of(record).desired.max as usize;
    let hours = number::significant(record.gpu_hours(), 3);
    let text = format!("{} at most · {hours} GPU-hours", number::things(replicas, "replica"));
    subject.cost(record).map_or(text.clone(), |cost| format!("{text} · {}", number::money(cost)))
}

/// Whether the objectives held, and which did not.
pub(crate) fn verdict(record: &RunRecord) -> (Tone, String) {
    judge(&record.attainments)
}

fn judge(attainments: &[Attainment]) -> (Tone, String) {
    let missed: Vec<String> = attainments.iter().filter(|a| !a.is_met).map(miss).collect();
    match (attainments.len(), missed.len()) {
        (0, _) => (Tone::Plain, "no objectives set".to_owned()),
        (1, 0) => (Tone::Good, "the objective held".to_owned()),
        (all, 0) => (Tone::Good, format!("all {all} objectives held")),
        (1, _) => (Tone::Bad, format!("MISSED the objective — {}", missed.join(", "))),
        (all, some) => (Tone::Bad, format!("MISSED {some} of {all} objectives — {}", missed.join(", "))),
    }
}

/// `TTFT p99 41.3 s > 2 s`; `TTFT p99 lost (93.1 % within 2 s)` where the quantile falls among lost requests.
fn miss(attainment: &Attainment) -> String {
    let objective = &attainment.objective;
    let name =
        format!("{} {}", objective.measure.name().to_uppercase(), number::quantile(objective.quantile));
    let limit = number::span(objective.limit);
    match (attainment.observed, attainment.share) {
        (Some(seconds), _) => format!("{name} {} > {limit}", number::beside(seconds, objective.limit)),
        (None, Some(share)) => {
            format!("{name} {} ({} within {limit})", missing(attainment), number::percent(share))
        }
        (None, None) => format!("{name} not measured"),
    }
}
