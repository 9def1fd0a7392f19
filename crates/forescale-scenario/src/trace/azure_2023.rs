//! The Azure LLM inference trace 2023: `TIMESTAMP,ContextTokens,GeneratedTokens`.
//!
//! Its timestamps have seven fractional digits and no zone, its lines end with CR LF, and the last line has no end.

use crate::context::unreadable;
use forescale_core::demand::{TraceDefect, TraceError, TraceRow, TraceRows, TraceSource};
use forescale_kernel::SimDuration;
use jiff::civil::DateTime;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// How a trace is replayed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Replay {
    /// Arrival times are divided by this; above 0.
    pub(crate) rate_scale: f64,
    /// Only rows from the first instant up to the second, counted from the first row; the replay starts at the first.
    pub(crate) window: Option<(SimDuration, SimDuration)>,
}

const HEADER: [&str; 3] = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"];

/// A trace file that each run opens anew.
pub(crate) fn azure_llm_2023(path: PathBuf, replay: Replay) -> TraceSource {
    TraceSource::new(move || {
        let rows = Rows::open(&path)?;
        Ok(Box::new(Replayed { rows, replay, first: None, last: SimDuration::ZERO }) as TraceRows)
    })
}

struct Rows {
    path: PathBuf,
    reader: BufReader<File>,
    /// The current line without its end, and its number; the header is line 1.
    bytes: Vec<u8>,
    line: usize,
}

/// A row: its instant in nanoseconds of its own clock, prompt and output tokens.
type Row = (i128, u32, u32);

/// No row is longer, in bytes.
const LONGEST: u64 = 1 << 16;

impl Rows {
    fn open(path: &Path) -> Result<Self, TraceError> {
        let file = File::open(path).map_err(|error| unreadable_file(path, &error))?;
        let mut rows =
            Self { path: path.to_owned(), reader: BufReader::new(file), bytes: Vec::new(), line: 0 };
        let has_header = rows.advance()?;
        if rows.line == 1 && rows.bytes.starts_with(b"\xef\xbb\xbf") {
            rows.bytes.drain(..3);
        }
        match rows.text()? {
            _ if !has_header => Err(nowhere(path, TraceDefect::Empty, "the trace is empty".to_owned())),
            text if text.split(',').eq(HEADER) => Ok(rows),
            _ => {
                let columns = HEADER.join(",");
                let message = format!("the header of the trace is another one, expected `{columns}`");
                Err(rows.error(TraceDefect::Header, None, message))
            }
        }
    }

    /// Goes to the next line that is not empty; false at the end of the file.
    fn advance(&mut self) -> Result<bool, TraceError> {
        loop {
            self.bytes.clear();
            self.line += 1;
            let limited = (&mut self.reader).take(LONGEST + 1).read_until(b'\n', &mut self.bytes);
            let length = limited.map_err(|error| unreadable_file(&self.path, &error))?;
            if length == 0 {
                return Ok(false);
            }
            if length as u64 > LONGEST {
                let message = "this line is too long for a row".to_owned();
                return Err(self.error(TraceDefect::Row, None, message));
            }
            if self.bytes.ends_with(b"\n") {
                self.bytes.pop();
            }
            if self.bytes.ends_with(b"\r") {
                self.bytes.pop();
            }
            if !self.bytes.is_empty() {
                return Ok(true);
            }
        }
    }

    fn text(&self) -> Result<&str, TraceError> {
        std::str::from_utf8(&self.bytes).map_err(|error| {
            let before = self.bytes.get(..error.valid_up_to()).unwrap_or_default();
            let column = String::from_utf8_lossy(before).chars().count() + 1;
            let message = "this line holds bytes that are not UTF-8; they begin here".to_owned();
            TraceError { column, length: 1, ..self.error(TraceDefect::NotText, None, message) }
        })
    }

    fn next(&mut self) -> Option<Result<Row, TraceError>> {
        match self.advance() {
            Ok(false) => None,
            Ok(true) => Some(self.parse()),
            Err(error) => Some(Err(error)),
        }
    }

    fn parse(&self) -> Result<Row, TraceError> {
        let text = self.text()?;
        let mut fields = text.split(',');
        let [Some(time), Some(prompt), Some(output), None] =
            [fields.next(), fields.next(), fields.next(), fields.next()]
        else {
            let message =
                format!("a row has {} fields, this one has {}", HEADER.len(), text.split(',').count());
            return Err(self.error(TraceDefect::Row, None, message));
        };
        let wrong = |index: usize, field: &str, what: &str| {
            let shown = shortened(field);
            let message = match field.is_empty() {
                true => format!("{} is missing", HEADER[index]),
                false => format!("{} `{shown}` {what}", HEADER[index]),
            };
            self.error(TraceDefect::Row, Some(index), message)
        };
        let digits = time.rsplit_once('.').map_or("", |(_, fraction)| fraction).trim_end_matches('0');
        if digits.len() > 9 && digits.bytes().all(|digit| digit.is_ascii_digit()) {
            let what = "has more than nine digits after the point; times are read to the nanosecond";
            return Err(wrong(0, time, what));
        }
        let whole = if digits.is_empty() { time.split('.').next().unwrap_or(time) } else { time };
        let at: DateTime =
            whole.parse().map_err(|_| wrong(0, time, "is no time such as `2023-11-16 18:15:46.6805900`"))?;
        let tokens = |index: usize, field: &str| match field.parse::<u32>() {
            Ok(0) => Err(wrong(index, field, "must be at least 1")),
            Ok(count) => Ok(count),
            Err(_) => Err(wrong(index, field, "is no whole number of tokens from 1 to 4294967295")),
        };
        let since_epoch = at.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
        Ok((since_epoch.as_nanos(), tokens(1, prompt)?, tokens(2, output)?))
    }

    /// An error about the current line, or about one of its fields.
    fn error(&self, defect: TraceDefect, field: Option<usize>, message: String) -> TraceError {
        let text: String = String::from_utf8_lossy(&self.bytes).chars().take(LONGEST_SHOWN).collect();
        let (column, length) = match field {
            // Fields of this format hold neither commas nor quotation marks.
            Some(index) => {
                let before: usize = text.split(',').take(index).map(|field| field.chars().count() + 1).sum();
                (before + 1, text.split(',').nth(index).map_or(0, |field| field.chars().count()))
            }
            None => (1, text.chars().count()),
        };
        let file = self.path.display().to_string();
        TraceError { defect, message, file, line: self.line, column, length, text }
    }
}

/// No more of a line is shown.
const LONGEST_SHOWN: usize = 500;

/// A field as a message quotes it.
fn shortened(field: &str) -> String {
    let shown: String = field.chars().take(40).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if field.chars().nth(40).is_some() { shown + "…" } else { shown }
}

fn unreadable_file(path: &Path, error: &std::io::Error) -> TraceError {
    nowhere(path, TraceDefect::Unreadable, format!("`{}` {}", path.display(), unreadable(error)))
}

/// An error about the file as a whole.
fn nowhere(path: &Path, defect: TraceDefect, message: String) -> TraceError {
    let file = path.display().to_string();
    TraceError { defect, message, file, line: 1, column: 1, length: 0, text: String::new() }
}

struct Replayed {
    rows: Rows,
    replay: Replay,
    /// The instant of the first row of the file.
    first: Option<i128>,
    /// The time of the last row, from the first.
    last: SimDuration,
}

impl Iterator for Replayed {
    type Item = Result<TraceRow, TraceError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (from, until) = self.replay.window.unwrap_or((SimDuration::ZERO, SimDuration::MAX));
        loop {
            let (at, prompt_tokens, output_tokens) = match self.rows.next()? {
                Ok(row) => row,
                Err(error) => return Some(Err(error)),
            };
            let first = *self.first.get_or_insert(at);
            let since =
                u64::try_from(at - first).ok().and_then(|ns| ns.checked_mul(1000)).map(SimDuration::from_ps);
            let Some(since) = since.filter(|since| *since >= self.last) else {
                let message = match at >= first + i128::from(self.last.as_ps()) / 1000 {
                    true => {
                        "this row is more than 213 days after the first one, further than simulated time reaches"
                    }
                    false => "this row is earlier than the one before it",
                };
                return Some(Err(self.rows.error(TraceDefect::Order, Some(0), message.to_owned())));
            };
            self.last = since;
            if since >= until {
                return None;
            }
            if since >= from {
                let at = match self.replay.rate_scale {
                    1.0 => since.saturating_sub(from),
                    scale => SimDuration::from_secs_f64(since.saturating_sub(from).as_secs_f64() / scale),
                };
                return Some(Ok(TraceRow { at, prompt_tokens, output_tokens }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const WHOLE: Replay = Replay { rate_scale: 1.0, window: None };

    fn rows(text: &str, replay: Replay) -> Vec<Result<TraceRow, String>> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let source = azure_llm_2023(file.path().to_owned(), replay);
        match source.open() {
            Err(error) => vec![Err(error.to_string())],
            Ok(rows) => rows.map(|row| row.map_err(|error| error.to_string())).collect(),
        }
    }

    const TEXT: &str = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n\
        2023-11-16 18:15:46.6805900,374,44\r\n2023-11-16 18:15:50.9951690,396,109\r\n2023-11-16 18:16:46.6805900,7,1";

    fn row(ps: u64, prompt_tokens: u32, output_tokens: u32) -> Result<TraceRow, String> {
        Ok(TraceRow { at: SimDuration::from_ps(ps), prompt_tokens, output_tokens })
    }

    #[test]
    fn seven_digits_carriage_returns_and_an_open_end() {
        let expected = [row(0, 374, 44), row(4_314_579_000_000, 396, 109), row(60_000_000_000_000, 7, 1)];
        assert_eq!(rows(TEXT, WHOLE), expected);
    }

    #[test]
    fn a_window_moves_to_its_start_and_a_scale_shrinks_time() {
        let window = Some((SimDuration::from_secs(4), SimDuration::from_secs(60)));
        assert_eq!(rows(TEXT, Replay { rate_scale: 2.0, window }), [row(157_289_500_000, 396, 109)]);
    }

    #[test]
    fn defects_name_their_line() {
        let defect = |text: &str| rows(text, WHOLE).into_iter().find_map(Result::err).unwrap();
        assert!(defect("a,b,c\n").contains("the header of the trace is another one"));
        assert!(defect(&TEXT.replace(",396,", ",many,")).contains(":3:29: ContextTokens `many`"));
        assert!(
            defect(&TEXT.replace(",109", ",0")).contains(":3:33: GeneratedTokens `0` must be at least 1")
        );
        assert!(
            defect(&TEXT.replace("18:15:50", "18:15:40"))
                .contains(":3:1: this row is earlier than the one before")
        );
        assert!(defect(&TEXT.replace("18:16:46", "25:16:46")).contains(":4:1: TIMESTAMP"));
        assert!(
            defect(&TEXT.replace(",396,109", ",396")).contains(":3:1: a row has 3 fields, this one has 2")
        );
    }
}
