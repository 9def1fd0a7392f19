//! What is wrong with a value, said by the type that reads it.

use crate::code::Code;
use std::fmt;

/// A sentence about a value, with the code it belongs to.
///
/// A `Deserialize` impl gives it to [`serde::de::Error::custom`]; [`decode`](crate::decode()) finds code and advice in it again. Other
/// deserializers know nothing of them, so types that refuse values in this way are read by `decode` only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of mistake.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// How to mend it; may be empty.
    pub help: String,
}

/// Marks a refusal within a serde error's text. Control characters cannot come from a file's text unescaped.
const MARK: char = '\u{1}';

impl Refusal {
    /// A sentence about a value.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: String::new() }
    }

    /// With advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// The refusal within a serde error's text.
    pub(crate) fn from_text(text: &str) -> Self {
        let mut parts = text.split(MARK);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(message), Some(id), Some(help), None) => {
                let known = Code::OF_FILES.into_iter().find(|known| known.id == id);
                Self {
                    code: known.unwrap_or(Code::WRONG_VALUE),
                    message: message.to_owned(),
                    help: help.to_owned(),
                }
            }
            _ => Self::new(Code::WRONG_VALUE, text),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |text: &str| text.replace(MARK, "");
        write!(f, "{}{MARK}{}{MARK}{}", plain(&self.message), self.code.id, plain(&self.help))
    }
}
