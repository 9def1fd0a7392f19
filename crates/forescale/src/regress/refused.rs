//! Why a scenario cannot be judged.

use crate::exit::Failure;
use forescale::report::Flaw;
use serde_json::{Value, json};

/// What is wrong with a scenario or its baseline.
#[derive(Debug)]
pub(super) enum Refused {
    /// As for any other verb.
    Failure(Failure),
    /// With the place that is to blame.
    At {
        /// A scenario's or a baseline's.
        file: String,
        /// From 1; `None` where the file as a whole is meant.
        line: Option<usize>,
        /// What is wrong.
        message: String,
    },
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Refused {
    /// Says it on standard error.
    pub(super) fn tell(&self) {
        match self {
            Self::Failure(failure) => failure.tell(),
            Self::At { file, line: Some(line), message } => {
                Failure::Input(format!("{file}:{line}: {message}")).tell()
            }
            Self::At { file, line: None, message } => Failure::Input(format!("{file}: {message}")).tell(),
        };
    }

    /// Each mistake with its place.
    pub(super) fn flaws(&self) -> Vec<Flaw> {
        match self {
            Self::Failure(failure) => flaws(failure),
            Self::At { file, line, message } => {
                vec![Flaw { message: message.clone(), file: Some(file.clone()), line: *line }]
            }
        }
    }

    /// As other verbs tell programs of wrong files.
    pub(super) fn diagnostics(&self) -> Vec<Value> {
        if let Self::Failure(Failure::Rejected(report)) = self {
            return report.to_json().as_array().cloned().unwrap_or_default();
        }
        let one = |flaw: Flaw| {
            let mut object = json!({ "severity": "error", "message": flaw.message, "label": "", "help": [], "related": [] });
            if let Some(file) = flaw.file {
                object["place"] = json!({ "file": file, "line": flaw.line });
            }
            object
        };
        self.flaws().into_iter().map(one).collect()
    }
}

/// What a failure comes to in reports.
pub(super) fn flaws(failure: &Failure) -> Vec<Flaw> {
    let whole = |message: &str| vec![Flaw { message: message.to_owned(), file: None, line: None }];
    match failure {
        Failure::Rejected(report) => {
            let errors = report.in_order().into_iter().take(report.errors().count());
            let flaw = |error| {
                let place = report.position(error);
                let file = report.file(error).map(str::to_owned);
                Flaw { message: sentence(error), file, line: place.map(|place| place.line) }
            };
            errors.map(flaw).collect()
        }
        Failure::Input(message) | Failure::Interrupted(message) | Failure::Bug(message) => whole(message),
        Failure::Output(error) => whole(&error.to_string()),
    }
}

/// A mistake with the advice to it.
fn sentence(error: &forescale::document::Diagnostic) -> String {
    let parts = std::iter::once(&error.message).chain(&error.help);
    parts.map(String::as_str).collect::<Vec<_>>().join("; ")
}
