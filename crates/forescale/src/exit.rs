//! How the command ends.

use crate::diagnostics;
use forescale::core::RunError;
use forescale::document::Report;
use forescale::scenario::Scenario;
use std::io;

/// The exit codes, part of the public interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Fine = 0,
    /// An objective, a baseline or a check was missed.
    Missed = 1,
    /// Wrong usage or wrong input, or results that cannot be written.
    WrongInput = 2,
    /// A bug of Forescale; a panic ends with the same code.
    Bug = 101,
    /// Ctrl-C, with the code that a shell gives a command that dies of it.
    Interrupted = 130,
}

impl Exit {
    /// The code of a verdict once it is printed, or not: a reader that has seen enough does not change it.
    pub(crate) fn once(self, printed: io::Result<()>) -> Result<Self, Failure> {
        match printed {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Output(error)),
            _ => Ok(self),
        }
    }
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
    /// Ctrl-C; the text says where it stopped.
    Interrupted(String),
    /// A bug.
    Bug(String),
}

impl Failure {
    /// Ctrl-C before there was anything to write.
    pub(crate) fn interrupted() -> Self {
        Self::Interrupted("interrupted; nothing was written".to_owned())
    }

    /// Of a run among several: whose it was, and why there is none.
    pub(crate) fn of_run(whose: &str, error: RunError) -> Self {
        match Self::from(error) {
            Self::Bug(message) => Self::Bug(format!("{whose}: {message}")),
            Self::Input(message) => Self::Input(format!("{whose}: {message}")),
            failure => failure,
        }
    }

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
            Self::Interrupted(message) => {
                anstream::eprintln!("{message}");
                Exit::Interrupted
            }
            Self::Bug(message) => {
                anstream::eprintln!("error: {message}\nPlease report it with the scenario and the seed.");
                Exit::Bug
            }
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Interrupted { .. } => Self::interrupted(),
            RunError::Trace(error) => Self::Rejected(Box::new(Scenario::trace_report(&error))),
            RunError::Account(_) | RunError::Stuck { .. } => Self::Bug(error.to_string()),
            RunError::Config(_) => Self::Input(error.to_string()),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The one code that no command can be made to end with on purpose; the others are proven in `tests/it/exit_codes.rs`.
    #[test]
    fn a_bug_ends_with_101() {
        assert_eq!(Failure::Bug("the account does not add up".to_owned()).tell() as u8, 101);
    }
}
