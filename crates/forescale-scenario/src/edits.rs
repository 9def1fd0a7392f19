//! What is replaced in a scenario file before it is read.

/// The base of a scenario file with some of it replaced; what comes later wins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Edits<'a> {
    /// The name of a variant.
    pub variant: Option<&'a str>,
    /// `PATH=VALUE`, as `sim --set` takes them.
    pub sets: &'a [String],
}
