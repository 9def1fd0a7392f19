//! The requests of a trace in order of time.

use super::format::{TraceColumns, TraceFormat};
use super::repair::{Repair, TraceRepairs};
use super::row::Row;
use super::source::{self, Reading, RowSource};
use forescale_core::demand::TraceError;
use forescale_kernel::SimDuration;
use std::path::PathBuf;

/// A trace file, and how it is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceFile {
    /// The file, plain or packed by gzip.
    pub path: PathBuf,
    /// Its format; `None` lets its first lines tell.
    pub format: Option<TraceFormat>,
    /// The columns of a generic trace; `None` are those that `sim trace convert` writes.
    pub columns: Option<TraceColumns>,
    /// Rows that are not in order are sorted, and those that cannot be read are left out, with an account in [`TraceRequests::repairs`];
    /// else each of them is an error.
    pub repair: bool,
    /// Of an access log, requests whose path begins otherwise are left aside; `None` takes all.
    pub uri_prefix: Option<String>,
}

/// A request of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceRequest {
    /// When it arrived, counted from the first request.
    pub at: SimDuration,
    /// Prompt tokens, at least 1; 0 where an access log does not say.
    pub prompt_tokens: u32,
    /// Output tokens, at least 1; 0 where an access log does not say.
    pub output_tokens: u32,
    /// The identities of the blocks of its prompt, of 512 tokens each (Mooncake) or 16 (Qwen-Bailian): two prompts that begin with the same ids
    /// begin with the same tokens. Empty where the format has none.
    pub hash_ids: Vec<u64>,
}

/// The requests of a trace in order of time, read one by one: memory does not grow with the file.
pub struct TraceRequests {
    rows: Box<dyn RowSource>,
    repair: Option<Repair>,
    /// The instant of the first row.
    first: Option<i128>,
    /// The time of the last row, from the first.
    last: SimDuration,
}

impl TraceFile {
    /// Opens the file.
    ///
    /// # Errors
    /// A [`TraceError`] where the file cannot be read, or its header is another one.
    pub fn open(&self) -> Result<TraceRequests, TraceError> {
        let uri_prefix = self.uri_prefix.as_deref();
        let reading = Reading { format: self.format, columns: self.columns.as_ref(), uri_prefix };
        let rows = source::open(&self.path, reading)?;
        let repair = match self.repair {
            true => Some(Repair::default()),
            false => rows.format().is_access_log().then(Repair::strict),
        };
        Ok(TraceRequests { rows, repair, first: None, last: SimDuration::ZERO })
    }
}

impl TraceRequests {
    /// The format that was named or told.
    pub fn format(&self) -> TraceFormat {
        self.rows.format()
    }

    /// Failed requests that were left out so far.
    pub fn failures(&self) -> u64 {
        self.rows.failures()
    }

    /// Rows of an access log that are no requests for inference and were left aside so far.
    pub fn others(&self) -> u64 {
        self.rows.others()
    }

    /// What was done so far where the file is to be repaired.
    pub fn repairs(&self) -> Option<&TraceRepairs> {
        self.repair.as_ref().and_then(Repair::done)
    }

    fn request(&mut self, row: Row) -> Result<TraceRequest, TraceError> {
        let first = *self.first.get_or_insert(row.at);
        let since = u64::try_from(row.at - first).ok().and_then(|ns| ns.checked_mul(1000));
        let since = since.map(SimDuration::from_ps).filter(|since| *since >= self.last);
        let Some(at) = since else {
            let message = match row.at >= first + i128::from(self.last.as_ps()) / 1000 {
                true => {
                    "this row is more than 213 days after the first one, further than simulated time reaches"
                }
                false => "this row is earlier than the one before it",
            };
            return Err(self.rows.order_error(message));
        };
        self.last = at;
        let Row { prompt_tokens, output_tokens, hash_ids, .. } = row;
        Ok(TraceRequest { at, prompt_tokens, output_tokens, hash_ids })
    }
}

impl Iterator for TraceRequests {
    type Item = Result<TraceRequest, TraceError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = match self.repair.as_mut() {
            Some(repair) => repair.next(self.rows.as_mut())?,
            None => self.rows.next()?,
        };
        Some(row.and_then(|row| self.request(row)))
    }
}
