//! `sim schema`

use crate::cli::{SchemaArguments, SchemaOf};
use crate::exit::{Exit, Failure};
use std::io::{self, Write};

const RESULT: &str = include_str!("../../../docs/result.schema.json");
const EXPLAIN: &str = include_str!("../../../docs/explain.schema.json");
const DECISIONS: &str = include_str!("../../../docs/decisions.schema.json");

/// Prints a JSON Schema.
pub(crate) fn schema(arguments: &SchemaArguments) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    match arguments.of {
        SchemaOf::Scenario => writeln!(out, "{:#}", forescale::scenario::schema())?,
        SchemaOf::Result => out.write_all(RESULT.as_bytes())?,
        SchemaOf::Explain => out.write_all(EXPLAIN.as_bytes())?,
        SchemaOf::Decisions => out.write_all(DECISIONS.as_bytes())?,
    }
    Ok(Exit::Fine)
}
