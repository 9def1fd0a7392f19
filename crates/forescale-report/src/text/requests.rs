//! What became of the requests.

use super::table::Table;
use crate::Subject;
use crate::number;
use crate::page::{Line, Page};
use forescale_core::outcome::Outcome;
use forescale_core::record::{Account, RunRecord};

pub(super) fn write(subject: &Subject, record: &RunRecord, page: &mut Page) {
    let account = &record.account;
    page.heading("Requests", "");
    let mut table = Table::new(&[1, 2]);
    let share = |count: u64| match account.arrivals() {
        0 => String::new(),
        all => number::percent(count as f64 / all as f64),
    };
    let mut row = |name: &str, count: u64, share: String, remark: String| {
        table.row(vec![name.to_owned(), number::count(count), share, remark]);
    };
    row("arrived", account.arrivals(), String::new(), workloads(subject, record));
    let attempts = &record.attempts;
    if attempts.arrivals() != account.arrivals() {
        let per_request = attempts.arrivals() as f64 / account.arrivals() as f64;
        row("attempts", attempts.arrivals(), String::new(), format!("{per_request:.2} per request"));
    }
    for outcome in Outcome::ALL {
        let count = account.with(outcome);
        if count > 0 || outcome == Outcome::Finished {
            let remark = match outcome {
                Outcome::Finished => http(account, outcome),
                other => format!("{}, {}", http(account, other), other.meaning()),
            };
            row(outcome.name(), count, share(count), remark);
        }
    }
    if account.in_flight() > 0 {
        let remark = "at the end of the run, censored".to_owned();
        row("in flight", account.in_flight(), share(account.in_flight()), remark);
    }
    for line in table.lines() {
        page.push_wrapped(Line::plain(&format!("  {line}")), 4);
    }
}

/// `chat 12,000, batch 800`, where there is more than one workload.
fn workloads(subject: &Subject, record: &RunRecord) -> String {
    let arrivals = record.by_workload.iter().enumerate();
    let parts =
        arrivals.map(|(i, counts)| format!("{} {}", subject.workload(i), number::count(counts.arrivals())));
    if record.by_workload.len() > 1 { parts.collect::<Vec<_>>().join(", ") } else { String::new() }
}

/// `HTTP 503`; with counts where there are several.
fn http(account: &Account, outcome: Outcome) -> String {
    let statuses: Vec<(u16, u64)> = account.http_of(outcome).collect();
    match statuses.as_slice() {
        [] => String::new(),
        [(status, _)] => format!("HTTP {status}"),
        many => {
            let parts = many.iter().map(|(status, count)| format!("{status} × {}", number::count(*count)));
            format!("HTTP {}", parts.collect::<Vec<_>>().join(", "))
        }
    }
}
