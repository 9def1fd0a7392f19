//! The Azure LLM inference trace 2023: `TIMESTAMP,ContextTokens,GeneratedTokens`.
//!
//! Its timestamps have seven fractional digits and no zone, its lines end with CR LF, and the last line has no end.

use forescale_core::demand::{TraceError, TraceRow, TraceRows, TraceSource};
use forescale_kernel::SimDuration;
use jiff::civil::DateTime;
use std::fs::File;
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
    reader: csv::Reader<File>,
    record: csv::StringRecord,
    /// The record's line; the header is line 1. (The reader's own count is off by one where lines end with CR LF.)
    line: u64,
}

impl Rows {
    fn open(path: &Path) -> Result<Self, TraceError> {
        let fail = |what: String| TraceError(format!("{}: {what}", path.display()));
        let file = File::open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => fail("no such file".to_owned()),
            _ => fail(format!("cannot be read: {error}")),
        })?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
        let header = reader.headers().map_err(|error| fail(format!("no CSV header: {error}")))?;
        if !header.iter().eq(HEADER) {
            let found: Vec<&str> = header.iter().collect();
            return Err(fail(format!(
                "the header is `{}`, expected `{}`",
                found.join(","),
                HEADER.join(",")
            )));
        }
        Ok(Self { path: path.to_owned(), reader, record: csv::StringRecord::new(), line: 1 })
    }

    /// The next row: its instant in nanoseconds of its own clock, prompt and output tokens.
    fn next(&mut self) -> Option<Result<(i128, u32, u32), TraceError>> {
        match self.reader.read_record(&mut self.record) {
            Ok(false) => None,
            Ok(true) => {
                self.line += 1;
                Some(self.parse())
            }
            Err(error) => Some(Err(self.error(error))),
        }
    }

    fn parse(&self) -> Result<(i128, u32, u32), TraceError> {
        if self.record.len() != HEADER.len() {
            return Err(self.error(format!("{} fields, expected {}", self.record.len(), HEADER.len())));
        }
        let field = |index: usize| self.record.get(index).unwrap_or_default();
        let wrong =
            |index: usize, what: &str| self.error(format!("{} `{}` {what}", HEADER[index], field(index)));
        let at: DateTime =
            field(0).parse().map_err(|_| wrong(0, "is no time such as `2023-11-16 18:15:46.6805900`"))?;
        let tokens = |index: usize| {
            let count: u32 = field(index).parse().map_err(|_| wrong(index, "is no number of tokens"))?;
            if count == 0 { Err(wrong(index, "must be at least 1")) } else { Ok(count) }
        };
        let since_epoch = at.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
        Ok((since_epoch.as_nanos(), tokens(1)?, tokens(2)?))
    }

    /// An error about the current line.
    fn error(&self, what: impl std::fmt::Display) -> TraceError {
        TraceError(format!("{}: line {}: {what}", self.path.display(), self.line))
    }
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
                return Some(Err(self.rows.error("earlier than the row before it")));
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
            Err(error) => vec![Err(error.0)],
            Ok(rows) => rows.map(|row| row.map_err(|error| error.0)).collect(),
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
        assert!(defect("a,b,c\n").contains("the header is `a,b,c`"));
        assert!(defect(&TEXT.replace(",396,", ",many,")).contains("line 3: ContextTokens `many`"));
        assert!(
            defect(&TEXT.replace(",109", ",0")).contains("line 3: GeneratedTokens `0` must be at least 1")
        );
        assert!(
            defect(&TEXT.replace("18:15:50", "18:15:40")).contains("line 3: earlier than the row before")
        );
        assert!(defect(&TEXT.replace("18:16:46", "25:16:46")).contains("line 4: TIMESTAMP"));
        assert!(defect(&TEXT.replace(",396,109", ",396")).contains("line 3: 2 fields, expected 3"));
    }
}
