//! The small tables of this crate: rows of fields between commas, a header, and comments.

/// The fields of each row after the header, by number.
pub(super) fn rows(text: &'static str) -> impl Iterator<Item = Row> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.skip(1).map(|line| Row(line.split(',').collect()))
}

/// One row.
pub(super) struct Row(Vec<&'static str>);

impl Row {
    /// A field that may be empty.
    pub(super) fn text(&self, at: usize) -> Option<&'static str> {
        self.0.get(at).copied()
    }

    /// A number.
    pub(super) fn number<T: std::str::FromStr>(&self, at: usize) -> Option<T> {
        self.text(at)?.parse().ok()
    }

    /// A number, or `None` inside for an empty field.
    pub(super) fn optional<T: std::str::FromStr>(&self, at: usize) -> Option<Option<T>> {
        match self.text(at)? {
            "" => Some(None),
            text => text.parse().ok().map(Some),
        }
    }

    /// Names between semicolons.
    pub(super) fn names(&self, at: usize) -> Option<Vec<&'static str>> {
        Some(self.text(at)?.split(';').filter(|name| !name.is_empty()).collect())
    }
}
