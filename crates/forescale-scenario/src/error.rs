//! What is wrong with the user's files.

use std::path::{Path, PathBuf};

/// A file that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", file.display())]
pub struct ScenarioError {
    /// The file.
    pub file: PathBuf,
    /// What is wrong, with the place within the file where that is known.
    pub message: String,
}

impl ScenarioError {
    /// An error about a file.
    pub(crate) fn new(file: &Path, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), message: message.into() }
    }

    /// An error about a key of a file.
    pub(crate) fn at(file: &Path, key: &str, message: impl std::fmt::Display) -> Self {
        Self::new(file, format!("`{key}`: {message}"))
    }
}

/// Reads a file as text.
pub(crate) fn read(file: &Path) -> Result<String, ScenarioError> {
    let bytes = std::fs::read(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ScenarioError::new(file, "no such file"),
        _ => ScenarioError::new(file, format!("cannot be read: {error}")),
    })?;
    String::from_utf8(bytes).map_err(|_| ScenarioError::new(file, "is no text file (not UTF-8)"))
}

/// The one of `known` that a misspelt name most likely means.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |other: &str| strsim::damerau_levenshtein(name, other);
    let best = known.into_iter().min_by_key(|other| distance(other))?;
    (distance(best) <= 1 + name.chars().count() / 4).then_some(best)
}

/// The end of a sentence about a misspelt name: `; did you mean …?`, or nothing.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
