//! Recordings that cannot be replayed.

/// A recording could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The file could not be read.
    #[error("{file}:{line}: {source}")]
    Read {
        /// Name of the file.
        file: String,
        /// Line, counted from 1.
        line: usize,
        /// What happened.
        source: std::io::Error,
    },
    /// A line is not what its file should hold.
    #[error("{file}:{line}: {message}")]
    Malformed {
        /// Name of the file.
        file: String,
        /// Line, counted from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}
