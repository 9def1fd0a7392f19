//! Recordings of the Inference Gateway's Endpoint Picker (EPP): its flow control, and its routing decisions.
//!
//! Expected values were recorded from llm-d-router's own code under a fake clock, after v0.10.0.

mod answer;
mod run;
mod saturation;
mod scenario;
mod scheduling;
mod steps;

use crate::lines::for_each_line;
use crate::{ReplayError, Tally};
use run::Run;
use scenario::Scenario;
use scheduling::Sequence;
use std::io::BufRead;

/// Replays one recording (`*.jsonl`); `name` is how messages call it.
///
/// What a line holds is told by its shape. Flow control with other bands than band 0, or with other policies than first come
/// first served, global strict and a static ceiling, counts as not yet simulated. So does a sequence of routing decisions with a scorer
/// that is not simulated, though the prefix index and the other scorers must agree; and so do single values of scorers, detectors and
/// the like.
///
/// # Errors
/// Unreadable input, or a line that is not JSON or not a case, with its number. Cases before it are counted.
pub fn replay(name: &str, reader: impl BufRead, tally: &mut Tally) -> Result<(), ReplayError> {
    for_each_line(name, reader, |line, value| {
        let has = |key: &str| value.get(key).is_some();
        if has("requests") && has("saturation") {
            let scenario: Scenario = serde_json::from_value(value).map_err(|error| error.to_string())?;
            match scenario.simulated() {
                Some(config) => {
                    let outcome = Run::new(&scenario, config).compare();
                    tally.count(outcome.map_err(|e| format!("{name}:{line}: {}: {e}", scenario.id)));
                }
                None => tally.skip(),
            }
        } else if has("steps") && has("scorers") {
            let sequence: Sequence = serde_json::from_value(value).map_err(|error| error.to_string())?;
            match (sequence.compare(), sequence.is_simulated()) {
                (Ok(()), true) => tally.pass(),
                (Ok(()), false) => tally.skip(),
                (Err(difference), _) => tally.fail(format!("{name}:{line}: {}: {difference}", sequence.id)),
            }
        } else if has("steps") || has("kind") && has("input") {
            tally.skip();
        } else {
            let message = "neither a flow-control scenario, a scheduling sequence nor a single value";
            return Err(message.to_owned());
        }
        Ok(())
    })
}
