//! The rows of a trace file of any format, in the order in which they stand there.

use super::access::AccessLog;
use super::csv_row::Header;
use super::format::{Shape, TraceColumns, TraceFormat};
use super::json_row::json_row;
use super::lines::Lines;
use super::row::{Defect, Row};
use super::source::{Reading, RowSource};
use forescale_core::demand::{TraceDefect, TraceError};

/// A file with a row on each line, and where it is read.
pub(super) struct Rows {
    lines: Lines,
    shape: Shape,
    layout: Layout,
    /// Failed requests that were left out.
    failures: u64,
    /// Rows that are no requests for inference and were left aside.
    others: u64,
}

/// How a line is a row.
enum Layout {
    Csv(Header),
    /// Names its columns in each row.
    Json,
    Access(AccessLog),
}

/// What a line of a log is.
pub(super) enum Entry {
    /// A request.
    Request(Row),
    /// A failed request.
    Failure,
    /// No request for inference.
    Other,
}

impl Rows {
    /// Reads lines. Without a format the first ones tell which it is; with columns it is CSV or JSON with these.
    pub(super) fn open(mut lines: Lines, reading: Reading<'_>) -> Result<Self, TraceError> {
        if !lines.advance()? {
            return Err(lines.nowhere(TraceDefect::Empty, "the trace is empty"));
        }
        let first = lines.current();
        let columns = reading.columns;
        let format = match reading.format {
            Some(format) => format,
            None => Self::tell(&mut lines, columns)?,
        };
        let shape = Shape::of(format, columns.unwrap_or(&TraceColumns::default()));
        let layout = match shape.is_json || format.is_access_log() {
            true => {
                lines.put_back(vec![first]);
                match format.is_access_log() {
                    true => Layout::Access(AccessLog::new(columns.is_some(), reading.uri_prefix)),
                    false => Layout::Json,
                }
            }
            false => {
                let header = Header::read(&shape, lines.text()?);
                Layout::Csv(header.map_err(|defect| told(&lines, TraceDefect::Header, defect))?)
            }
        };
        Ok(Self { lines, shape, layout, failures: 0, others: 0 })
    }

    /// The format by the first line and the one after it. The reader stands at the first line again.
    fn tell(lines: &mut Lines, columns: Option<&TraceColumns>) -> Result<TraceFormat, TraceError> {
        let first = lines.current();
        let first_text = lines.text()?.to_owned();
        let second = match lines.advance() {
            Ok(true) => Some(lines.current()),
            // What is wrong with it is told when it is read as a row.
            Ok(false) | Err(_) => None,
        };
        let text = second.as_ref().and_then(|(_, bytes)| std::str::from_utf8(bytes).ok());
        let format = TraceFormat::told_by(&first_text, text, columns);
        lines.put_back(std::iter::once(first).chain(second).collect());
        lines.advance()?;
        format.ok_or_else(|| {
            let message = "this line tells no format of a trace; `--format` names one, and `--time`, `--prompt-tokens` and \
                           `--output-tokens` name columns of your own";
            lines.error(TraceDefect::Header, None, message)
        })
    }

    fn entry(&mut self) -> Result<Entry, TraceError> {
        let line = self.lines.text()?;
        let request = |row: Option<Row>| row.map_or(Entry::Failure, Entry::Request);
        let entry = match &mut self.layout {
            Layout::Csv(header) => header.row(&self.shape, line).map(request),
            Layout::Json => json_row(&self.shape, line).map(request),
            Layout::Access(log) => log.entry(&self.shape, line),
        };
        entry.map_err(|defect| told(&self.lines, TraceDefect::Row, defect))
    }
}

impl RowSource for Rows {
    fn format(&self) -> TraceFormat {
        self.shape.format
    }

    fn failures(&self) -> u64 {
        self.failures
    }

    fn others(&self) -> u64 {
        self.others
    }

    fn order_error(&self, message: &str) -> TraceError {
        let line = self.lines.text().unwrap_or_default();
        let place = match &self.layout {
            Layout::Csv(header) => header.time_place(),
            Layout::Json => super::json_row::time_place(&self.shape, line),
            Layout::Access(_) => None,
        };
        self.lines.error(TraceDefect::Order, place, message)
    }
}

impl Iterator for Rows {
    type Item = Result<Row, TraceError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.lines.advance() {
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
                Ok(true) => {}
            }
            match self.entry() {
                Ok(Entry::Failure) => self.failures += 1,
                Ok(Entry::Other) => self.others += 1,
                Ok(Entry::Request(row)) => return Some(Ok(row)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn told(lines: &Lines, kind: TraceDefect, defect: Defect) -> TraceError {
    lines.error(kind, defect.place, defect.message)
}
