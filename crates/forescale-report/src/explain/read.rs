//! An earlier run, from its folder.

use super::Explanation;
use crate::json::{Look, Policy, Scenario};
use crate::{DECISIONS_NDJSON, RESULT_JSON, SCHEMA};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

/// Why a folder cannot be explained.
#[derive(Debug)]
pub enum ReadError {
    /// It has no `result.json`.
    NotARun(PathBuf),
    /// A file is missing or cannot be read.
    Unreadable(PathBuf, io::Error),
    /// `result.json` has another schema version, or none.
    OtherSchema(PathBuf, Option<u64>),
    /// A file is not what a run writes.
    Malformed {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1; 0 where the line as a whole is meant.
        column: usize,
        /// What is wrong.
        message: String,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotARun(folder) => write!(
                f,
                "`{}` is not the folder of a run: it has no {RESULT_JSON}; `sim run SCENARIO` writes one into out/NAME",
                folder.display()
            ),
            Self::Unreadable(file, error) if error.kind() == io::ErrorKind::NotFound => write!(
                f,
                "`{}` does not exist; a run writes it beside {RESULT_JSON}, so run the scenario again",
                file.display()
            ),
            Self::Unreadable(file, error) => write!(f, "`{}` cannot be read: {error}", file.display()),
            Self::OtherSchema(file, Some(version)) => write!(
                f,
                "`{}` has schema version {version}, this version of sim reads {SCHEMA}; run the scenario again",
                file.display()
            ),
            Self::OtherSchema(file, None) => {
                write!(f, "`{}` is not a result of sim: it has no number `schema`", file.display())
            }
            Self::Malformed { file, line, column, message } => write!(
                f,
                "{}:{line}:{column}: {message}; if an earlier version of sim wrote it, run the scenario again",
                file.display()
            ),
        }
    }
}

impl std::error::Error for ReadError {}

#[derive(Deserialize)]
struct Version {
    schema: Option<u64>,
}

/// What is read of `result.json`.
#[derive(Deserialize)]
struct Head {
    scenario: Scenario,
    autoscaler: Policy,
}

pub(super) fn read(folder: &Path) -> Result<Explanation, ReadError> {
    let file = folder.join(RESULT_JSON);
    let text = fs::read_to_string(&file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::NotARun(folder.to_owned()),
        _ => ReadError::Unreadable(file.clone(), error),
    })?;
    let malformed = |file: &Path, error: &serde_json::Error, line: usize| ReadError::Malformed {
        file: file.to_owned(),
        line,
        column: error.column(),
        message: sentence(error),
    };
    let Version { schema } =
        serde_json::from_str(&text).map_err(|error| malformed(&file, &error, error.line()))?;
    if schema != Some(SCHEMA.into()) {
        return Err(ReadError::OtherSchema(file, schema));
    }
    let Head { scenario, autoscaler } =
        serde_json::from_str(&text).map_err(|error| malformed(&file, &error, error.line()))?;
    let file = folder.join(DECISIONS_NDJSON);
    let text = fs::read_to_string(&file).map_err(|error| ReadError::Unreadable(file.clone(), error))?;
    let looks = text.lines().zip(1..).map(|(line, number)| {
        serde_json::from_str::<Look>(line).map_err(|error| malformed(&file, &error, number))
    });
    Ok(Explanation { scenario, autoscaler, looks: looks.collect::<Result<_, _>>()? })
}

/// What is wrong, without the place that stands before it.
fn sentence(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).map_or(text.clone(), str::to_owned)
}
