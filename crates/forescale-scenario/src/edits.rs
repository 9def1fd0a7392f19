//! What is replaced in a scenario file before it is read.

use crate::sweep::Point;

/// The base of a scenario file with some of it replaced; what comes later wins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Edits<'a> {
    /// The name of a variant.
    pub variant: Option<&'a str>,
    /// `PATH=VALUE`, as `sim --set` takes them.
    pub sets: &'a [String],
    /// A point of the scenario's sweep.
    pub point: Option<&'a Point>,
}
