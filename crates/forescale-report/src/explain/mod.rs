//! Why it scaled: every sync of a run, and the HPA at any instant in the words of kubectl.

mod document;
mod events;
mod instant;
mod kubectl;
mod lines;
mod read;
mod sentences;
mod summary;
mod text;

pub(crate) use document::Explained;
pub use read::ReadError;

use crate::json::{Look, Policy, Scenario};
use crate::{Style, Subject};
use forescale_core::record::RunRecord;
use forescale_kernel::{SimDuration, SimTime};
use std::io::{self, Write};
use std::path::Path;

/// What an autoscaler did in a run, and why. It is the same whether it comes from the run itself or from the files of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    scenario: Scenario,
    autoscaler: Policy,
    looks: Vec<Look>,
}

/// Which part of an [`Explanation`] is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExplainOptions {
    /// The HPA at this instant, from the start to [`Explanation::end`]; none for the whole run.
    pub at: Option<SimTime>,
    /// Only syncs that changed the replicas, a condition or the branch.
    pub changes: bool,
}

impl Explanation {
    /// Of a run that is in memory.
    pub fn of(subject: &Subject, record: &RunRecord) -> Self {
        Self {
            scenario: Scenario::new(subject, record),
            autoscaler: Policy::new(subject),
            looks: record.syncs.iter().map(|sync| Look::new(subject, sync)).collect(),
        }
    }

    /// Of an earlier run, from `result.json` and `decisions.ndjson` in its folder.
    ///
    /// # Errors
    /// A [`ReadError`] where a file is missing, of another schema version, or not what a run writes.
    pub fn read(folder: &Path) -> Result<Self, ReadError> {
        read::read(folder)
    }

    /// The end of the run.
    pub fn end(&self) -> SimTime {
        instant_of(self.scenario.end_s)
    }

    /// The text for a terminal; it ends with a line feed.
    pub fn text(&self, options: ExplainOptions, style: Style) -> String {
        let mut page = style.page();
        text::write(self, options, &mut page);
        page.render(style.color)
    }

    /// The same as one indented JSON document, with a line feed at its end; `docs/explain.schema.json` is its JSON Schema.
    ///
    /// # Errors
    /// Where `out` fails.
    pub fn json(&self, options: ExplainOptions, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut out, &Explained::new(self, options))?;
        out.write_all(b"\n")
    }

    /// The looks that are told, and how many are not.
    fn told(&self, options: ExplainOptions) -> (Vec<&Look>, usize) {
        let is_told = |index: &usize| !options.changes || lines::is_change(&self.looks, *index);
        let told: Vec<&Look> =
            (0..self.looks.len()).filter(is_told).filter_map(|index| self.looks.get(index)).collect();
        let left_out = self.looks.len() - told.len();
        (told, left_out)
    }
}

/// Seconds from the start of the run as an instant; what no instant is becomes the nearest one.
fn instant_of(seconds: f64) -> SimTime {
    SimTime::from_ps((seconds * 1e12).round() as u64)
}

/// A length in seconds, likewise.
fn duration_of(seconds: f64) -> SimDuration {
    SimDuration::from_ps((seconds * 1e12).round() as u64)
}
