//! Recordings of the HorizontalPodAutoscaler controller of Kubernetes 1.36.2.
//!
//! Single evaluations of a metric, sequences of syncs of one HPA, quantities, and what the API server makes of a new HPA.
//! Expected values were recorded from the unmodified components under a fake clock.

mod calc;
mod control_plane;
mod instant;
mod metric_text;
mod observation;
mod pods;
mod quantity;
mod sequence;
mod validation;

use crate::lines::for_each_line;
use crate::{ReplayError, Tally};
use serde::Deserialize;
use std::io::BufRead;

/// What a header line says about the cases below it.
#[derive(Clone, Debug, Default, Deserialize)]
struct Header {
    #[serde(default)]
    default_flags: control_plane::FlagsRecord,
    /// As the controller has them by default where the recording does not say.
    #[serde(default)]
    gates: control_plane::GatesRecord,
}

/// Replays one recording (`*.jsonl`); `name` is how messages call it.
///
/// What a line holds is told by its shape; docs/conformance.md describes it. Rows of upstream's own table tests (`table`), most of which
/// are about helpers that nobody sees, count as not simulated.
///
/// # Errors
/// Unreadable input, or a line that is not JSON or not a case, with its number. Cases before it are counted.
pub fn replay(name: &str, reader: impl BufRead, tally: &mut Tally) -> Result<(), ReplayError> {
    let mut header = Header::default();
    for_each_line(name, reader, |line, value| {
        if value.get("header").is_some() {
            header = serde_json::from_value(value).map_err(|error| error.to_string())?;
            return Ok(());
        }
        let has = |key: &str| value.get(key).is_some();
        let outcome = if has("ticks") {
            sequence::replay(value)
        } else if has("metric") && has("obs") {
            calc::replay(value, &header)
        } else if has("s") {
            quantity::replay(value)
        } else if has("spec") && (has("errors") || has("decode_error") || has("accepted")) {
            validation::replay(value)
        } else if has("table") {
            Ok(Outcome::NotYet)
        } else {
            Err("neither a metric evaluation, a sequence, a quantity nor a validation case".to_owned())
        };
        match outcome? {
            Outcome::Same => tally.pass(),
            Outcome::Differs(difference) => tally.fail(format!("{name}:{line}: {difference}")),
            Outcome::NotYet => tally.skip(),
        }
        Ok(())
    })
}

/// What came of one case.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Same,
    Differs(String),
    NotYet,
}

impl Outcome {
    fn of(difference: Option<String>) -> Self {
        difference.map_or(Self::Same, Self::Differs)
    }
}
