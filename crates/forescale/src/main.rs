//! The command `sim`.

mod cli;
mod conformance;
mod diagnostics;
mod exit;
mod init;
mod interrupt;
mod progress;
mod requests;
mod run;
mod simulate;

use clap::Parser;
use cli::{Cli, Command};
use exit::{Exit, Failure};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let exit = match (cli.command, cli.run) {
        (Some(Command::Run(arguments)), _) | (None, Some(arguments)) => run::run(&arguments),
        (Some(Command::Init(arguments)), _) => init::init(&arguments),
        (Some(Command::Conformance(arguments)), _) => conformance::conformance(&arguments),
        (None, None) => Err(Failure::Input("no scenario is given; `sim --help` shows how".to_owned())),
    };
    exit.unwrap_or_else(|failure| failure.tell()).into()
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
