//! A column of a table.

/// A column of a table of `R`: its name with the unit, what it means, and where its values come from.
pub(crate) struct Column<R: ?Sized> {
    pub(crate) name: &'static str,
    #[cfg_attr(not(any(test, feature = "parquet")), expect(dead_code, reason = "CSV knows no types"))]
    pub(crate) kind: Kind,
    #[cfg_attr(not(test), expect(dead_code, reason = "for docs/result.md"))]
    pub(crate) meaning: &'static str,
    /// What an absent value means; `None` where there is always one.
    #[cfg_attr(not(any(test, feature = "parquet")), expect(dead_code, reason = "an empty field of CSV"))]
    pub(crate) absent: Option<&'static str>,
    pub(crate) cell: fn(&R) -> Cell<'_>,
}

/// The type of all values of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    Number,
    Text,
}

impl Kind {
    /// As JSON Schema calls it.
    #[cfg(test)]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Text => "string",
        }
    }
}

/// A value, of its column's kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Integer(i64),
    Number(f64),
    Text(std::borrow::Cow<'a, str>),
    Absent,
}

impl<'a> Cell<'a> {
    pub(crate) fn text(text: impl Into<std::borrow::Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// A count; none reaches 2^63.
    pub(crate) fn count(count: impl Into<u64>) -> Self {
        Self::Integer(i64::try_from(count.into()).unwrap_or(i64::MAX))
    }

    pub(crate) fn maybe(number: Option<f64>) -> Self {
        number.map_or(Self::Absent, Self::Number)
    }
}
