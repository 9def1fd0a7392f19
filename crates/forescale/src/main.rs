//! The command `sim`.

mod cli;
mod conformance;
mod exit;
mod run;

use clap::Parser;
use cli::{Cli, Command};
use exit::Exit;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let exit = match cli.command {
        Some(Command::Run(arguments)) => run::run(&arguments),
        Some(Command::Conformance(arguments)) => conformance::conformance(&arguments),
        None => run::run(&cli.run),
    };
    exit.unwrap_or_else(|failure| failure.tell()).into()
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
