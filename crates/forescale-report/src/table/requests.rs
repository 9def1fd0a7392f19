//! The log of requests.

use super::{Cell, Column, Kind, csv};
use crate::Subject;
use forescale_core::record::{RequestRecord, RunRecord};
use forescale_core::views::FlowLabels;
use forescale_kernel::SimTime;
use std::io::{self, Write};

/// How the log of requests is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestFormat {
    /// Text: a header, then one line per attempt.
    Csv,
    /// Columns with types, compressed with Snappy.
    #[cfg(feature = "parquet")]
    Parquet,
}

impl RequestFormat {
    /// The name of the file that [`requests()`] goes to.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "requests.csv",
            #[cfg(feature = "parquet")]
            Self::Parquet => "requests.parquet",
        }
    }
}

/// A row: a request, with what its numbers stand for.
pub(crate) struct Line<'a> {
    subject: &'a Subject,
    record: &'a RequestRecord,
}

impl Line<'_> {
    fn workload(&self) -> usize {
        self.record.request.workload.0 as usize
    }

    fn flow(&self) -> Option<&FlowLabels> {
        self.subject.flow(self.workload())
    }

    fn queue_wait(&self) -> Option<f64> {
        let (at, _) = self.record.dispatched?;
        Some(at.since(self.record.request.arrival).as_secs_f64())
    }

    fn pod(&self) -> Cell<'static> {
        self.record.dispatched.map_or(Cell::Absent, |(_, pod)| Cell::text(pod.to_string()))
    }

    fn http_status(&self) -> Cell<'static> {
        self.record.end.map_or(Cell::Absent, |(_, _, status)| Cell::count(status))
    }
}

/// The columns of `requests.csv` and `requests.parquet`.
pub(crate) fn columns<'a>() -> [Column<Line<'a>>; 16] {
    [
        Column {
            name: "request",
            kind: Kind::Integer,
            meaning: "Numbered in the order in which they were sent, from 0; each attempt has a number of its own",
            absent: None,
            cell: |line| Cell::count(line.record.request.id.0),
        },
        Column {
            name: "workload",
            kind: Kind::Text,
            meaning: "The name of its workload",
            absent: None,
            cell: |line| Cell::text(line.subject.workload(line.workload())),
        },
        Column {
            name: "model",
            kind: Kind::Text,
            meaning: "The model that it asks for",
            absent: None,
            cell: |line| Cell::text(line.flow().map_or("", |flow| &flow.model_name)),
        },
        Column {
            name: "priority",
            kind: Kind::Integer,
            meaning: "Its priority in the gateway",
            absent: None,
            cell: |line| Cell::Integer(line.flow().map_or(0, |flow| flow.priority.into())),
        },
        Column {
            name: "fairness_id",
            kind: Kind::Text,
            meaning: "Its fairness id in the gateway",
            absent: None,
            cell: |line| Cell::text(line.flow().map_or("", |flow| &flow.fairness_id)),
        },
        Column {
            name: "attempt",
            kind: Kind::Integer,
            meaning: "Which attempt it is, from 1; above 1 where its client retried",
            absent: None,
            cell: |line| Cell::count(line.record.request.attempt),
        },
        Column {
            name: "first_attempt",
            kind: Kind::Integer,
            meaning: "The number of the first attempt; its own, unless it is a retry",
            absent: None,
            cell: |line| Cell::count(line.record.request.first.0),
        },
        Column {
            name: "arrival_s",
            kind: Kind::Number,
            meaning: "When it was sent",
            absent: None,
            cell: |line| Cell::Number(line.record.request.arrival.as_secs_f64()),
        },
        Column {
            name: "prompt_tokens",
            kind: Kind::Integer,
            meaning: "Tokens of its prompt",
            absent: None,
            cell: |line| Cell::count(line.record.request.prompt_tokens),
        },
        Column {
            name: "output_tokens",
            kind: Kind::Integer,
            meaning: "Tokens of its whole output, delivered or not",
            absent: None,
            cell: |line| Cell::count(line.record.request.output_tokens),
        },
        Column {
            name: "queue_wait_s",
            kind: Kind::Number,
            meaning: "From arrival until the gateway sent it to a pod",
            absent: Some("the gateway never sent it to a pod"),
            cell: |line| Cell::maybe(line.queue_wait()),
        },
        Column {
            name: "pod",
            kind: Kind::Text,
            meaning: "That pod",
            absent: Some("the gateway never sent it to a pod"),
            cell: |line| line.pod(),
        },
        Column {
            name: "first_token_s",
            kind: Kind::Number,
            meaning: "When its first token came",
            absent: Some("no token came"),
            cell: |line| Cell::maybe(line.record.first_token.map(SimTime::as_secs_f64)),
        },
        Column {
            name: "end_s",
            kind: Kind::Number,
            meaning: "When it ended",
            absent: Some("in flight at the end of the run"),
            cell: |line| Cell::maybe(line.record.end.map(|(at, ..)| at.as_secs_f64())),
        },
        Column {
            name: "outcome",
            kind: Kind::Text,
            meaning: "How it ended: one of the outcomes below, or `in_flight`",
            absent: None,
            cell: |line| Cell::text(line.record.end.map_or("in_flight", |(_, outcome, _)| outcome.name())),
        },
        Column {
            name: "http_status",
            kind: Kind::Integer,
            meaning: "The HTTP status with which it was answered",
            absent: Some("in flight at the end of the run"),
            cell: |line| line.http_status(),
        },
    ]
}

/// Writes one row per attempt, in the order in which they were sent; `docs/result.md` explains the columns.
///
/// The run must have kept them: [`RecordConfig::log_requests`](forescale_core::record::RecordConfig::log_requests).
///
/// # Errors
/// Where `out` fails.
pub fn requests(
    subject: &Subject,
    record: &RunRecord,
    format: RequestFormat,
    out: impl Write + Send,
) -> io::Result<()> {
    let lines = record.requests.iter().map(|record| Line { subject, record });
    match format {
        RequestFormat::Csv => csv::write(&columns(), lines, out),
        #[cfg(feature = "parquet")]
        RequestFormat::Parquet => super::parquet::write(&columns(), lines, out),
    }
}
