//! Recordings, line by line.

use crate::ReplayError;
use serde_json::Value;
use std::io::BufRead;

/// Gives each line that is not blank to `case`, with its number counted from 1.
///
/// # Errors
/// Unreadable input, a line that is not JSON, or one that `case` calls malformed; lines before it were given.
pub(crate) fn for_each_line(
    name: &str,
    reader: impl BufRead,
    mut case: impl FnMut(usize, Value) -> Result<(), String>,
) -> Result<(), ReplayError> {
    for (index, text) in reader.lines().enumerate() {
        let line = index + 1;
        let text = text.map_err(|source| ReplayError::Read { file: name.to_owned(), line, source })?;
        if text.trim().is_empty() {
            continue;
        }
        let value = serde_json::from_str(&text).map_err(|error| error.to_string());
        value.and_then(|value| case(line, value)).map_err(|message| ReplayError::Malformed {
            file: name.to_owned(),
            line,
            message,
        })?;
    }
    Ok(())
}
