//! The report of a verb, and the files that it writes beside it.

use crate::exit::Failure;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Writes a report to standard output, without its colours where nobody would see them.
pub(crate) fn show(report: &[u8]) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(report)?;
    out.flush()
}

/// Writes a file; returns how to call it.
pub(crate) fn save(file: &Path, bytes: &[u8]) -> Result<String, Failure> {
    match fs::write(file, bytes) {
        Ok(()) => Ok(file.display().to_string()),
        Err(error) => Err(Failure::Input(format!("`{}` cannot be written: {error}", file.display()))),
    }
}
