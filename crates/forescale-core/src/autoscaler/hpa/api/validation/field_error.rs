//! Errors with the path of their field.

use std::fmt;

/// What is wrong with a field, in Kubernetes' classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldErrorType {
    /// `FieldValueRequired`
    Required,
    /// `FieldValueInvalid`
    Invalid,
    /// `FieldValueNotSupported`
    NotSupported,
    /// `FieldValueForbidden`
    Forbidden,
}

/// A reason for which the API server refuses an object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct FieldError {
    /// Path from the root of the object, for example `spec.metrics[0].external.target.value`.
    pub field: String,
    /// The class of the error.
    pub error_type: FieldErrorType,
    /// What is wrong, with the value found.
    pub reason: String,
}

/// Path of a field.
pub(super) struct Path(String);

impl Path {
    pub(super) fn new(root: &str) -> Self {
        Self(root.to_owned())
    }

    pub(super) fn child(&self, field: &str) -> Self {
        Self(format!("{}.{field}", self.0))
    }
}

/// The errors found so far.
#[derive(Default)]
pub(super) struct Errors(Vec<FieldError>);

impl Errors {
    pub(super) fn into_vec(self) -> Vec<FieldError> {
        self.0
    }

    fn push(&mut self, path: &Path, error_type: FieldErrorType, reason: String) {
        self.0.push(FieldError { field: path.0.clone(), error_type, reason });
    }

    pub(super) fn required(&mut self, path: &Path, reason: &str) {
        self.push(path, FieldErrorType::Required, format!("Required value: {reason}"));
    }

    pub(super) fn invalid(&mut self, path: &Path, value: impl fmt::Display, reason: &str) {
        self.push(path, FieldErrorType::Invalid, format!("Invalid value: {value}: {reason}"));
    }

    pub(super) fn forbidden(&mut self, path: &Path, reason: &str) {
        self.push(path, FieldErrorType::Forbidden, format!("Forbidden: {reason}"));
    }

    pub(super) fn not_supported(&mut self, path: &Path, value: &str, known: &[&str]) {
        let reason = format!("Unsupported value: \"{value}\": supported values: {}", known.join(", "));
        self.push(path, FieldErrorType::NotSupported, reason);
    }
}
