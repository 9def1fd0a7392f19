//! `sim completions`

use crate::cli::{Cli, CompletionsArguments};
use crate::exit::{Exit, Failure};
use clap::CommandFactory;
use std::io::{self, Write};

/// Prints the completions of a shell.
pub(crate) fn completions(arguments: &CompletionsArguments) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "sim", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(Exit::Fine)
}
