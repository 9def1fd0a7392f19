//! Traces of requests, read row by row while a run goes on.
//!
//! A file becomes [`Lines`](lines::Lines), a line a row by the [`Shape`](format::Shape) of its format, rows become [`TraceRequests`] in
//! order of time, and a [`Replay`] of these is what a run meets. [`TraceStatistics`] are what `sim trace inspect` says of them.

mod access;
mod clock;
mod csv_row;
mod document;
mod fields;
mod format;
mod json_row;
mod lines;
mod load_generators;
mod rate_file;
mod repair;
mod replay;
mod requests;
mod row;
mod rows;
mod servegen;
mod source;
mod statistics;
#[cfg(test)]
mod tests;
mod traffic;

pub use clock::TimeUnit;
pub use format::{TraceColumns, TraceFormat};
pub use rate_file::{RateCurve, RateFile, RateSeries, RateStep};
pub use repair::{REPAIR_WINDOW, TraceRepairs};
pub use replay::{Replay, Replayed};
pub use requests::{TraceFile, TraceRequest, TraceRequests};
pub use servegen::{ServegenClient, ServegenClients, ServegenProcess, ServegenWindow};
pub use statistics::{CountStatistics, RateBin, Rates, Stamps, TokenStatistics, TraceStatistics};

pub use traffic::{Traffic, TrafficComparison, TrafficFit};

pub(crate) use replay::{NO_LENGTHS, source};

use crate::codes;
use forescale_core::demand::{TraceDefect, TraceError};
use forescale_document::{Code, Diagnostic, Sources, Span};

/// The diagnostic for what is wrong with a trace; `named_at` is where the scenario names it.
pub(crate) fn diagnostic(sources: &mut Sources, error: &TraceError, named_at: Option<Span>) -> Diagnostic {
    let code = match error.defect {
        TraceDefect::Unreadable => Code::UNREADABLE,
        TraceDefect::NotText => Code::NOT_TEXT,
        TraceDefect::Empty => Code::EMPTY,
        TraceDefect::Header => codes::TRACE_HEADER,
        TraceDefect::Row => codes::TRACE_ROW,
        TraceDefect::Order => codes::TRACE_ORDER,
    };
    if let (TraceDefect::Unreadable, Some(place)) = (error.defect, named_at) {
        return Diagnostic::error(code, place, &error.message);
    }
    let source = sources.add_part(error.file.clone(), error.text.clone(), error.line);
    let bytes =
        |characters: usize| error.text.char_indices().nth(characters).map_or(error.text.len(), |(at, _)| at);
    let (start, end) =
        (bytes(error.column.saturating_sub(1)), bytes(error.column.saturating_sub(1) + error.length));
    let diagnostic = Diagnostic::error(code, Span { source, start, end }, &error.message);
    diagnostic.related(named_at, "the trace is named here")
}
