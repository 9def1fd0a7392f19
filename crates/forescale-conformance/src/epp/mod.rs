//! Recordings of the flow control of the Inference Gateway's Endpoint Picker (EPP).
//!
//! Expected values were recorded from llm-d-router's own code under a fake clock, after v0.10.0.

mod answer;
mod run;
mod saturation;
mod scenario;
mod steps;

use crate::lines::for_each_line;
use crate::{ReplayError, Tally};
use run::Run;
use scenario::Scenario;
use std::io::BufRead;

/// Replays one recording (`*.jsonl`); `name` is how messages call it.
///
/// What a line holds is told by its shape. Flow control with other bands than band 0, or with other policies than first come
/// first served, global strict and a static ceiling, counts as not yet simulated; so do routing decisions and single values
/// of scorers, detectors and the like.
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
        } else if has("steps") || has("kind") && has("input") {
            tally.skip();
        } else {
            let message = "neither a flow-control scenario, a scheduling sequence nor a single value";
            return Err(message.to_owned());
        }
        Ok(())
    })
}
