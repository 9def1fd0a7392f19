//! `sim schema`

use crate::exit::{Exit, Failure};
use clap::{Args, ValueEnum};
use std::io::{self, Write};

pub(crate) const EXAMPLES: &str = "\
Example: write it beside your scenarios, and name it in their first line:
  sim schema > scenario.schema.json
  #:schema scenario.schema.json

Example: what a job in CI may rely on:
  sim schema regress > regress.schema.json";

#[derive(Debug, Args)]
pub(crate) struct SchemaArguments {
    /// Of which file
    #[arg(value_enum, default_value_t = SchemaOf::Scenario)]
    of: SchemaOf,
}

/// A file with a JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SchemaOf {
    /// A scenario
    Scenario,
    /// result.json
    Result,
    /// A line of decisions.ndjson
    Decisions,
    /// What `explain --json` prints
    Explain,
    /// What `compare --json` prints
    Compare,
    /// What `knee --json` prints
    Knee,
    /// What `regress --json` prints
    Regress,
    /// sweep.json, which `sweep --json` and `merge --json` print
    Sweep,
}

/// Prints a JSON Schema.
pub(crate) fn schema(arguments: &SchemaArguments) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    let text = match arguments.of {
        SchemaOf::Scenario => {
            writeln!(out, "{:#}", forescale::scenario::schema())?;
            return Ok(Exit::Fine);
        }
        SchemaOf::Result => include_str!("../../../docs/result.schema.json"),
        SchemaOf::Decisions => include_str!("../../../docs/decisions.schema.json"),
        SchemaOf::Explain => include_str!("../../../docs/explain.schema.json"),
        SchemaOf::Compare => include_str!("../../../docs/compare.schema.json"),
        SchemaOf::Knee => include_str!("../../../docs/knee.schema.json"),
        SchemaOf::Regress => include_str!("../../../docs/regress.schema.json"),
        SchemaOf::Sweep => include_str!("../../../docs/sweep.schema.json"),
    };
    out.write_all(text.as_bytes())?;
    Ok(Exit::Fine)
}
