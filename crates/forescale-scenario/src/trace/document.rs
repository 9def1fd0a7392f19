//! Results of load generators: one JSON document, read as a whole and put in order of time.

use super::format::{Shape, TraceColumns, TraceFormat};
use super::lines::{Text, nowhere};
use super::load_generators::{self, Found};
use super::row::{Defect, Row};
use super::source::RowSource;
use forescale_core::demand::{TraceDefect, TraceError};
use std::path::{Path, PathBuf};
use std::vec::IntoIter;

/// The largest document that is read, in bytes.
const LARGEST: u64 = 2 << 30;
/// How far from the start of a line a place may be for the line to be shown.
const FURTHEST_SHOWN: usize = 400;

/// The requests of a document, those that cannot be read last.
pub(super) struct Document {
    path: PathBuf,
    format: TraceFormat,
    rows: IntoIter<Result<Row, TraceError>>,
    failures: u64,
}

impl Document {
    /// Reads the requests of a document.
    pub(super) fn read(text: Text, format: TraceFormat) -> Result<Self, TraceError> {
        let path = text.path.clone();
        let text = text.whole(LARGEST)?;
        if text.trim().is_empty() {
            return Err(nowhere(&path, TraceDefect::Empty, "the trace is empty".to_owned()));
        }
        let shape = Shape::of(format, &TraceColumns::default());
        let places = Places { path: &path, text: &text };
        let Found { mut rows, defects, failures } = load_generators::read(&shape, &text)
            .map_err(|defect| places.error(TraceDefect::Header, &defect))?;
        rows.sort_by_key(|row| row.at);
        // One wrong request ends the reading, or else only the first is told, so only its place is looked for.
        let first = defects.first().map(|defect| places.error(TraceDefect::Row, defect));
        let others =
            defects.into_iter().skip(1).map(|defect| nowhere(&path, TraceDefect::Row, defect.message));
        let wrong = first.into_iter().chain(others).map(Err);
        let rows: Vec<_> = wrong.chain(rows.into_iter().map(Ok)).collect();
        Ok(Self { path, format, rows: rows.into_iter(), failures })
    }
}

impl Iterator for Document {
    type Item = Result<Row, TraceError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rows.next()
    }
}

impl RowSource for Document {
    fn format(&self) -> TraceFormat {
        self.format
    }

    fn failures(&self) -> u64 {
        self.failures
    }

    fn others(&self) -> u64 {
        0
    }

    fn order_error(&self, message: &str) -> TraceError {
        nowhere(&self.path, TraceDefect::Order, message.to_owned())
    }
}

/// Where bytes of a document stand.
pub(super) struct Places<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
}

impl Places<'_> {
    /// The error about some bytes. Of a long line, as programs write them without line feeds, the start is shown.
    pub(super) fn error(&self, kind: TraceDefect, defect: &Defect) -> TraceError {
        let Some(place) = &defect.place else { return nowhere(self.path, kind, defect.message.clone()) };
        let before = self.text.get(..place.start).unwrap_or_default();
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = self.text.get(line_start..place.start).map_or(0, |before| before.chars().count()) + 1;
        let rest = self.text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let (text, length) = match column <= FURTHEST_SHOWN {
            true => {
                let shown: String = rest.chars().take(FURTHEST_SHOWN + 100).collect();
                let length = self.text.get(place.clone()).map_or(0, |found| found.chars().count());
                let room = shown.chars().count().saturating_sub(column - 1);
                (shown, length.min(room))
            }
            false => (String::new(), 0),
        };
        let (file, message) = (self.path.display().to_string(), defect.message.clone());
        TraceError { defect: kind, message, file, line, column, length, text }
    }
}
