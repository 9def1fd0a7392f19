//! How the command ends.

use crate::diagnostics;
use forescale::document::Report;
use std::io;

/// The exit codes, part of the public interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Fine = 0,
    /// An objective, a baseline or a check was missed.
    Missed = 1,
    /// Wrong usage or wrong input.
    WrongInput = 2,
    /// A bug of Forescale.
    Bug = 101,
}

/// Why the command cannot give a result.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The user's files; the report says what is wrong where.
    Rejected(Box<Report>),
    /// The user's input; the text says what to change.
    Input(String),
    /// The results cannot be written.
    Output(io::Error),
    /// A bug.
    Bug(String),
}

impl Failure {
    /// Says why on standard error, and gives the exit code. A reader that has gone away is no failure.
    pub(crate) fn tell(&self) -> Exit {
        match self {
            Self::Rejected(report) => {
                diagnostics::tell(report);
                Exit::WrongInput
            }
            Self::Input(message) => {
                anstream::eprintln!("error: {message}");
                Exit::WrongInput
            }
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Fine,
            Self::Output(error) => {
                anstream::eprintln!("error: the results cannot be written: {error}");
                Exit::WrongInput
            }
            Self::Bug(message) => {
                anstream::eprintln!("error: {message}\nPlease report it with the scenario and the seed.");
                Exit::Bug
            }
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
