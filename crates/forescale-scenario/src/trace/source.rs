//! Where rows come from: lines of text, or a document that is read as a whole.

use super::document::Document;
use super::format::{TraceColumns, TraceFormat};
use super::lines::{Lines, Text};
use super::row::Row;
use super::rows::Rows;
use forescale_core::demand::TraceError;
use std::path::Path;

/// How a file is to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    pub(super) format: Option<TraceFormat>,
    /// The user's own names of columns.
    pub(super) columns: Option<&'a TraceColumns>,
    /// Requests of an access log whose path begins otherwise are left aside.
    pub(super) uri_prefix: Option<&'a str>,
}

/// Rows in the order in which a file has them. After a mistake in one the next can be read all the same.
pub(super) trait RowSource: Iterator<Item = Result<Row, TraceError>> + Send {
    /// The format that was named or told.
    fn format(&self) -> TraceFormat;

    /// Failed requests that were left out so far.
    fn failures(&self) -> u64;

    /// Rows that are no requests for inference and were left aside so far.
    fn others(&self) -> u64;

    /// An error about the time of the row that was read last.
    fn order_error(&self, message: &str) -> TraceError;
}

/// Opens a file. Without a format its beginning tells which it is.
pub(super) fn open(path: &Path, reading: Reading<'_>) -> Result<Box<dyn RowSource>, TraceError> {
    let mut text = Text::open(path)?;
    let document = match reading.format {
        Some(format) => Some(format).filter(|format| format.is_document()),
        None if reading.columns.is_some() => None,
        None => TraceFormat::document_told_by(&String::from_utf8_lossy(text.beginning()?)),
    };
    match document {
        Some(format) => Ok(Box::new(Document::read(text, format)?)),
        None => Ok(Box::new(Rows::open(Lines::new(text), reading)?)),
    }
}
