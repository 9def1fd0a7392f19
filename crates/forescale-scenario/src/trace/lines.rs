//! The lines of a trace, plain or packed by gzip, with the mistakes that can be told of them.

use crate::context::unreadable;
use flate2::bufread::MultiGzDecoder;
use forescale_core::demand::{TraceDefect, TraceError};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The longest line of a CSV trace, in bytes.
const LONGEST_CSV: u64 = 1 << 16;
/// The longest line of JSON: the hash ids of a prompt of a million tokens.
const LONGEST_JSON: u64 = 1 << 20;
/// No more of a line is shown, unless the mistake stands further right.
const LONGEST_SHOWN: usize = 500;

/// A text file, plain or packed by gzip.
pub(super) struct Text {
    pub(super) path: PathBuf,
    reader: Box<dyn BufRead + Send>,
}

/// A text file, line by line. Only the current line is held.
pub(super) struct Lines {
    path: PathBuf,
    reader: Box<dyn BufRead + Send>,
    /// The current line without its end, and its number.
    bytes: Vec<u8>,
    line: usize,
    /// Lines that were looked at and put back, each with its number.
    kept: VecDeque<(usize, Vec<u8>)>,
    /// How many lines were read from the file.
    read: usize,
    /// The current line was too long, and the reader stands within it.
    is_within: bool,
}

impl Text {
    /// Opens a file; what begins with gzip's magic bytes is unpacked, whatever it is called.
    pub(super) fn open(path: &Path) -> Result<Self, TraceError> {
        let file = File::open(path).map_err(|error| unreadable_file(path, &error))?;
        let mut plain = BufReader::with_capacity(1 << 16, file);
        // One read gives both bytes, unless the file is a pipe that was fed a single one.
        let is_packed =
            plain.fill_buf().map_err(|error| unreadable_file(path, &error))?.starts_with(&[0x1f, 0x8b]);
        let reader: Box<dyn BufRead + Send> = match is_packed {
            true => Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(plain))),
            false => Box::new(plain),
        };
        Ok(Self { path: path.to_owned(), reader })
    }

    /// A file of an archive, which stands in memory.
    pub(super) fn held(path: &Path, bytes: Vec<u8>) -> Self {
        Self { path: path.to_owned(), reader: Box::new(std::io::Cursor::new(bytes)) }
    }

    /// The first bytes, as many as were read at once.
    pub(super) fn beginning(&mut self) -> Result<&[u8], TraceError> {
        self.reader.fill_buf().map_err(|error| unreadable_file(&self.path, &error))
    }

    /// Everything, where it is not larger than `most` bytes.
    pub(super) fn whole(mut self, most: u64) -> Result<String, TraceError> {
        let mut bytes = Vec::new();
        let read = (&mut self.reader).take(most + 1).read_to_end(&mut bytes);
        let length = read.map_err(|error| unreadable_file(&self.path, &error))?;
        if length as u64 > most {
            let message = format!("`{}` is larger than {} MiB", self.path.display(), most >> 20);
            return Err(nowhere(&self.path, TraceDefect::Unreadable, message));
        }
        let start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        bytes.drain(..start);
        String::from_utf8(bytes).map_err(|error| {
            let message = format!(
                "`{}` holds bytes that are not UTF-8; they begin at byte {}",
                self.path.display(),
                start + error.utf8_error().valid_up_to()
            );
            nowhere(&self.path, TraceDefect::NotText, message)
        })
    }
}

impl Lines {
    pub(super) fn new(text: Text) -> Self {
        let (kept, bytes) = (VecDeque::new(), Vec::new());
        Self { path: text.path, reader: text.reader, bytes, line: 0, kept, read: 0, is_within: false }
    }

    /// Goes to the next line that is not empty; false at the end of the file.
    pub(super) fn advance(&mut self) -> Result<bool, TraceError> {
        if let Some((line, bytes)) = self.kept.pop_front() {
            (self.line, self.bytes) = (line, bytes);
            return Ok(true);
        }
        loop {
            self.leave_long_line()?;
            self.bytes.clear();
            self.read += 1;
            self.line = self.read;
            let read = (&mut self.reader).take(LONGEST_JSON + 1).read_until(b'\n', &mut self.bytes);
            let length = read.map_err(|error| unreadable_file(&self.path, &error))?;
            if length == 0 {
                return Ok(false);
            }
            self.is_within = length as u64 > LONGEST_JSON && !self.bytes.ends_with(b"\n");
            if self.bytes.ends_with(b"\n") {
                self.bytes.pop();
            }
            if self.bytes.ends_with(b"\r") {
                self.bytes.pop();
            }
            if self.line == 1 && self.bytes.starts_with(b"\xef\xbb\xbf") {
                self.bytes.drain(..3);
            }
            let longest = if self.bytes.first() == Some(&b'{') { LONGEST_JSON } else { LONGEST_CSV };
            if self.bytes.len() as u64 > longest {
                return Err(self.error(TraceDefect::Row, None, "this line is too long for a row"));
            }
            if !self.bytes.is_empty() {
                return Ok(true);
            }
        }
    }

    /// Goes over the rest of a line that was too long to be held.
    fn leave_long_line(&mut self) -> Result<(), TraceError> {
        while self.is_within {
            let ready = self.reader.fill_buf().map_err(|error| unreadable_file(&self.path, &error))?;
            let end = ready.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(ready.len(), |end| end + 1);
            self.is_within = end.is_none() && length > 0;
            self.reader.consume(length);
        }
        Ok(())
    }

    /// Puts lines back, in their order; the next advance gives the first of them again.
    pub(super) fn put_back(&mut self, lines: Vec<(usize, Vec<u8>)>) {
        for line in lines.into_iter().rev() {
            self.kept.push_front(line);
        }
    }

    /// The current line's number and bytes.
    pub(super) fn current(&self) -> (usize, Vec<u8>) {
        (self.line, self.bytes.clone())
    }

    /// The current line.
    pub(super) fn text(&self) -> Result<&str, TraceError> {
        std::str::from_utf8(&self.bytes).map_err(|error| {
            let before = self.bytes.get(..error.valid_up_to()).unwrap_or_default();
            let column = String::from_utf8_lossy(before).chars().count() + 1;
            let message = "this line holds bytes that are not UTF-8; they begin here";
            TraceError { column, length: 1, ..self.error(TraceDefect::NotText, None, message) }
        })
    }

    /// An error about the current line, or about these bytes of it.
    pub(super) fn error(
        &self,
        defect: TraceDefect,
        place: Option<Range<usize>>,
        message: impl Into<String>,
    ) -> TraceError {
        let characters =
            |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().take(LONGEST_JSON as usize).count();
        let (start, length) = match &place {
            Some(place) => (
                characters(self.bytes.get(..place.start).unwrap_or_default()),
                characters(self.bytes.get(place.clone()).unwrap_or_default()),
            ),
            None => (0, usize::MAX),
        };
        let shown = LONGEST_SHOWN.max(start + length.min(40));
        let text: String = String::from_utf8_lossy(&self.bytes).chars().take(shown).collect();
        let length = length.min(text.chars().count().saturating_sub(start));
        let (file, message) = (self.path.display().to_string(), message.into());
        TraceError { defect, message, file, line: self.line, column: start + 1, length, text }
    }

    /// An error about the file as a whole.
    pub(super) fn nowhere(&self, defect: TraceDefect, message: impl Into<String>) -> TraceError {
        nowhere(&self.path, defect, message.into())
    }
}

/// A value as a message quotes it.
pub(super) fn shortened(value: &str) -> String {
    let shown: String = value.chars().take(40).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if value.chars().nth(40).is_some() { shown + "…" } else { shown }
}

fn unreadable_file(path: &Path, error: &std::io::Error) -> TraceError {
    let what = match error.kind() {
        ErrorKind::InvalidInput | ErrorKind::InvalidData => "is damaged: gzip cannot unpack it",
        ErrorKind::UnexpectedEof => "is cut short: gzip cannot unpack its end",
        _ => unreadable(error),
    };
    nowhere(path, TraceDefect::Unreadable, format!("`{}` {what}", path.display()))
}

pub(super) fn nowhere(path: &Path, defect: TraceDefect, message: String) -> TraceError {
    let file = path.display().to_string();
    TraceError { defect, message, file, line: 1, column: 1, length: 0, text: String::new() }
}
