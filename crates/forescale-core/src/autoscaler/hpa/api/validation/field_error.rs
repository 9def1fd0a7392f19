//! Errors with the path of their field.

use super::field_path::FieldPath;
use crate::autoscaler::hpa::api::Quantity;
use std::fmt;

/// What is wrong with a field, in Kubernetes' classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldErrorType {
    /// Nothing is written where something must be.
    Required,
    /// The value is not one that the field can have.
    Invalid,
    /// The value is not one of those that the field knows.
    NotSupported,
    /// The field may not be written here.
    Forbidden,
}

impl FieldErrorType {
    /// The `reason` of a cause in the API server's answer, for example `FieldValueInvalid`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "FieldValueRequired",
            Self::Invalid => "FieldValueInvalid",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Forbidden => "FieldValueForbidden",
        }
    }
}

impl fmt::Display for FieldErrorType {
    /// The words with which the sentence begins.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Required => "Required value",
            Self::Invalid => "Invalid value",
            Self::NotSupported => "Unsupported value",
            Self::Forbidden => "Forbidden",
        })
    }
}

/// A value that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadValue {
    /// A whole number.
    Number(i32),
    /// A text, or a quantity as stored.
    Text(String),
}

impl fmt::Display for BadValue {
    /// Numbers as they are, texts in quotation marks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}

impl From<i32> for BadValue {
    fn from(number: i32) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for BadValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&Quantity> for BadValue {
    fn from(quantity: &Quantity) -> Self {
        Self::Text(quantity.to_string())
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldErrorReason {
    /// The class of the error.
    pub error_type: FieldErrorType,
    /// The value found, where Kubernetes shows it.
    pub bad_value: Option<BadValue>,
    /// What would be right; empty where the class says all.
    pub detail: String,
}

impl fmt::Display for FieldErrorReason {
    /// What `kubectl apply` prints after the path: `Invalid value: -1: must be greater than 0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error_type)?;
        if let Some(value) = &self.bad_value {
            write!(f, ": {value}")?;
        }
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

/// A reason for which the API server refuses an object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct FieldError {
    /// The way to the field.
    pub field: FieldPath,
    /// What is wrong with it.
    pub reason: FieldErrorReason,
}

/// The errors found so far.
#[derive(Default)]
pub(super) struct Errors(Vec<FieldError>);

impl Errors {
    pub(super) fn into_vec(self) -> Vec<FieldError> {
        self.0
    }

    fn push(&mut self, path: &FieldPath, error_type: FieldErrorType, bad: Option<BadValue>, detail: String) {
        let reason = FieldErrorReason { error_type, bad_value: bad, detail };
        self.0.push(FieldError { field: path.clone(), reason });
    }

    pub(super) fn required(&mut self, path: &FieldPath, detail: &str) {
        self.push(path, FieldErrorType::Required, None, detail.to_owned());
    }

    pub(super) fn invalid(&mut self, path: &FieldPath, value: impl Into<BadValue>, detail: &str) {
        self.push(path, FieldErrorType::Invalid, Some(value.into()), detail.to_owned());
    }

    pub(super) fn forbidden(&mut self, path: &FieldPath, detail: &str) {
        self.push(path, FieldErrorType::Forbidden, None, detail.to_owned());
    }

    /// `known` in any order; the sentence lists them by name.
    pub(super) fn not_supported(&mut self, path: &FieldPath, value: &str, known: &[&str]) {
        let mut known: Vec<String> = known.iter().map(|word| format!("{word:?}")).collect();
        known.sort_unstable();
        let detail = format!("supported values: {}", known.join(", "));
        self.push(path, FieldErrorType::NotSupported, Some(value.into()), detail);
    }
}
