//! The rows of a trace file of any format, in the order in which they stand there.

use super::csv_row::Header;
use super::format::{Shape, TraceColumns, TraceFormat};
use super::json_row::json_row;
use super::lines::Lines;
use super::row::{Defect, Row};
use forescale_core::demand::{TraceDefect, TraceError};
use std::path::Path;

/// A file and where it is read. After a mistake in one row the next one can be read all the same.
pub(super) struct Rows {
    lines: Lines,
    shape: Shape,
    /// Absent for JSON, which names its columns in each row.
    header: Option<Header>,
    /// Failed requests that were left out.
    failures: u64,
}

impl Rows {
    /// Opens a file. Without a format its first lines tell which it is; with columns it is CSV or JSON with these.
    pub(super) fn open(
        path: &Path,
        format: Option<TraceFormat>,
        columns: Option<&TraceColumns>,
    ) -> Result<Self, TraceError> {
        let mut lines = Lines::open(path)?;
        if !lines.advance()? {
            return Err(lines.nowhere(TraceDefect::Empty, "the trace is empty"));
        }
        let first = lines.current();
        let format = match format {
            Some(format) => format,
            None => Self::tell(&mut lines, columns)?,
        };
        let shape = Shape::of(format, columns.unwrap_or(&TraceColumns::default()));
        let header = match shape.is_json {
            true => {
                lines.put_back(vec![first]);
                None
            }
            false => {
                let header = Header::read(&shape, lines.text()?);
                Some(header.map_err(|defect| told(&lines, TraceDefect::Header, defect))?)
            }
        };
        Ok(Self { lines, shape, header, failures: 0 })
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

    pub(super) fn format(&self) -> TraceFormat {
        self.shape.format
    }

    pub(super) fn failures(&self) -> u64 {
        self.failures
    }

    /// An error about the time of the current row.
    pub(super) fn order_error(&self, message: &str) -> TraceError {
        let line = self.lines.text().unwrap_or_default();
        let place = match self.header.as_ref() {
            Some(header) => header.time_place(),
            None => super::json_row::time_place(&self.shape, line),
        };
        self.lines.error(TraceDefect::Order, place, message)
    }

    fn row(&mut self) -> Result<Option<Row>, TraceError> {
        let line = self.lines.text()?;
        let row = match self.header.as_mut() {
            Some(header) => header.row(&self.shape, line),
            None => json_row(&self.shape, line),
        };
        row.map_err(|defect| told(&self.lines, TraceDefect::Row, defect))
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
            match self.row() {
                Ok(None) => self.failures += 1,
                Ok(Some(row)) => return Some(Ok(row)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn told(lines: &Lines, kind: TraceDefect, defect: Defect) -> TraceError {
    lines.error(kind, defect.place, defect.message)
}
