//! Files that a verb writes beside its report.

use crate::exit::Failure;
use std::fs;
use std::path::Path;

/// Writes a file; returns how to call it.
pub(crate) fn save(file: &Path, bytes: &[u8]) -> Result<String, Failure> {
    match fs::write(file, bytes) {
        Ok(()) => Ok(file.display().to_string()),
        Err(error) => Err(Failure::Input(format!("`{}` cannot be written: {error}", file.display()))),
    }
}
