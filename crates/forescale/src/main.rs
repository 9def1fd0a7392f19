//! The command `sim`.

mod benchmark;
mod cli;
mod compare;
mod completions;
mod conformance;
mod diagnostics;
mod dry_run;
mod exit;
mod explain;
mod files;
mod help;
mod init;
mod interrupt;
mod knee;
mod kpis;
mod profile;
mod progress;
mod regress;
mod requests;
mod run;
mod schema;
mod simulate;
mod sweep;
mod trace;
mod watch;

use clap::Parser;
use cli::{Cli, Command};
use exit::{Exit, Failure};
use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args_os().len() <= 1 {
        anstream::eprintln!("{}", cli::FIRST_STEPS);
        return Exit::WrongInput.into();
    }
    let cli = Cli::parse();
    let exit = match (cli.command, cli.run) {
        (Some(Command::Run(arguments)), _) | (None, Some(arguments)) => run::run(&arguments),
        (Some(Command::Explain(arguments)), _) => explain::explain(&arguments),
        (Some(Command::Init(arguments)), _) => init::init(&arguments),
        (Some(Command::Profile(arguments)), _) => profile::profile(&arguments),
        (Some(Command::Trace(arguments)), _) => trace::trace(&arguments),
        (Some(Command::Knee(arguments)), _) => knee::knee(&arguments),
        (Some(Command::Compare(arguments)), _) => compare::compare(&arguments),
        (Some(Command::Sweep(arguments)), _) => sweep::sweep(&arguments),
        (Some(Command::Merge(arguments)), _) => sweep::merge(&arguments),
        (Some(Command::Regress(arguments)), _) => regress::regress(&arguments),
        (Some(Command::Conformance(arguments)), _) => conformance::conformance(&arguments),
        (Some(Command::Bench(arguments)), _) => benchmark::bench(&arguments),
        (Some(Command::Schema(arguments)), _) => schema::schema(&arguments),
        (Some(Command::Completions(arguments)), _) => completions::completions(&arguments),
        (Some(Command::Help(arguments)), _) => help::help(&arguments),
        (None, None) => Err(Failure::Input("no scenario is given; `sim --help` shows how".to_owned())),
    };
    exit.unwrap_or_else(|failure| failure.tell()).into()
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
