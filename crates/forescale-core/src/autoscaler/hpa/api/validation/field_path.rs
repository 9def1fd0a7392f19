//! Paths of fields.

use std::fmt;

/// One step from an object to what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathSegment {
    /// A field, under its name in the manifest.
    Field(&'static str),
    /// An element of a list, counted from 0.
    Index(usize),
}

/// The way from the root of a manifest to one of its fields.
///
/// A field that is missing has a path too: whoever walks it in a file arrives at the object that lacks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath(Vec<PathSegment>);

impl FieldPath {
    /// A field of the root.
    pub(super) fn root(field: &'static str) -> Self {
        Self(vec![PathSegment::Field(field)])
    }

    /// A field of what this path leads to.
    pub(super) fn child(&self, field: &'static str) -> Self {
        self.then(PathSegment::Field(field))
    }

    /// An element of the list that this path leads to.
    pub(super) fn index(&self, index: usize) -> Self {
        self.then(PathSegment::Index(index))
    }

    fn then(&self, segment: PathSegment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }

    /// The steps, from the root on.
    pub fn segments(&self) -> &[PathSegment] {
        &self.0
    }
}

impl fmt::Display for FieldPath {
    /// As Kubernetes writes it: `spec.metrics[0].external.target.value`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, segment) in self.0.iter().enumerate() {
            match segment {
                PathSegment::Field(name) if i == 0 => f.write_str(name)?,
                PathSegment::Field(name) => write!(f, ".{name}")?,
                PathSegment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
