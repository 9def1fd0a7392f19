//! The statements of a TOML text, found without reading it: where a mistake ends, so that the rest can be read on.

use std::ops::Range;

/// A table header, or a `key = value` with all of its lines.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) range: Range<usize>,
    /// The first bracket or quotation mark in it that is never closed.
    pub(super) open: Option<Open>,
}

/// Something that is not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) at: usize,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Header,
    List,
    Table,
    /// A text in these quotation marks.
    Text(&'static str),
    /// Not open, but deeper than any reader goes.
    TooDeep,
}

/// More brackets than these are never open at once.
const DEEPEST: usize = 80;

/// The statements of a text, which together are all of it.
pub(super) fn statements(text: &str) -> Vec<Statement> {
    let mut scanner = Scanner { text, done: Vec::new(), start: 0, open: None, brackets: Vec::new() };
    let mut at = 0;
    while at < text.len() {
        scanner.line_starts(at);
        at = scanner.line(at);
    }
    scanner.finish(text.len());
    scanner.done
}

struct Scanner<'a> {
    text: &'a str,
    done: Vec<Statement>,
    /// Where the current statement starts, and what of it is lost.
    start: usize,
    open: Option<Open>,
    /// The brackets that are open, with their places.
    brackets: Vec<(usize, u8)>,
}

impl Scanner<'_> {
    fn finish(&mut self, end: usize) {
        let bracket = self.brackets.last().map(|bracket| self.opened_by(*bracket));
        let open = self.open.take().or(bracket);
        if end > self.start {
            self.done.push(Statement { range: self.start..end, open });
        }
        self.start = end;
        self.brackets.clear();
    }

    fn opened_by(&self, (at, bracket): (usize, u8)) -> Open {
        let before = self.text.get(self.start..at).unwrap_or_default();
        let what = match bracket {
            b'{' => What::Table,
            _ if before.trim().is_empty() || before.trim() == "[" => What::Header,
            _ => What::List,
        };
        Open { at, what }
    }

    fn line_starts(&mut self, at: usize) {
        let line = self.text.get(at..).unwrap_or_default().lines().next().unwrap_or_default();
        let ends = match self.brackets.last() {
            None => true,
            Some(bracket) => {
                self.opened_by(*bracket).what == What::Header
                    || is_header(line)
                    || is_key(line) && (bracket.1 == b'[' || !self.is_over_lines(bracket.0))
            }
        };
        if ends {
            self.finish(at);
        }
    }

    /// Whether the table that begins here has its entries on lines of their own.
    fn is_over_lines(&self, at: usize) -> bool {
        let rest = self.text.get(at + 1..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        rest.trim().is_empty() || rest.trim_end().ends_with(',') || rest.trim_start().starts_with('#')
    }

    /// Goes over a line, or over all lines of a text in `"""`; says where the next one starts.
    fn line(&mut self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = start;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\n' => return at + 1,
                b'#' => at += self.rest_of_line(at).len(),
                b'"' | b'\'' => at = self.quoted(at),
                b'[' | b'{' => {
                    if self.brackets.len() == DEEPEST {
                        self.open.get_or_insert(Open { at, what: What::TooDeep });
                        at += self.rest_of_line(at).len();
                        continue;
                    }
                    self.brackets.push((at, *byte));
                    at += 1;
                }
                b']' | b'}' => {
                    self.close(*byte);
                    at += 1;
                }
                _ => at += 1,
            }
        }
        at
    }

    fn rest_of_line(&self, at: usize) -> &str {
        self.text.get(at..).and_then(|rest| rest.split('\n').next()).unwrap_or("\u{20}")
    }

    fn close(&mut self, byte: u8) {
        let wanted = if byte == b']' { b'[' } else { b'{' };
        // A bracket too many is the reader's to tell.
        let Some(depth) = self.brackets.iter().rposition(|(_, bracket)| *bracket == wanted) else { return };
        if let Some(inner) = self.brackets.get(depth + 1) {
            let open = self.opened_by(*inner);
            self.open.get_or_insert(open);
        }
        self.brackets.truncate(depth);
    }

    /// Goes over a text; says what stands behind it.
    fn quoted(&mut self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let (mark, is_long) = match rest.as_bytes() {
            [b'"', b'"', b'"', ..] => ("\"\"\"", true),
            [b'\'', b'\'', b'\'', ..] => ("'''", true),
            [b'"', ..] => ("\"", false),
            _ => ("'", false),
        };
        let inner = at + mark.len();
        let body = self.text.get(inner..).unwrap_or_default();
        let body = if is_long { body } else { body.split('\n').next().unwrap_or_default() };
        let mut from = 0;
        while let Some(found) = body.get(from..).and_then(|rest| rest.find(mark)) {
            let end = from + found;
            let before = body.get(..end).unwrap_or_default();
            let escapes = before.len() - before.trim_end_matches('\\').len();
            if mark.starts_with('\'') || escapes % 2 == 0 {
                return inner + end + mark.len();
            }
            from = end + 1;
        }
        self.open.get_or_insert(Open { at, what: What::Text(mark) });
        inner + body.len()
    }
}

/// `[telemetry]`, `[[a.b]]  # comment`; a list of numbers or texts is none.
fn is_header(line: &str) -> bool {
    let Some(inner) = line.trim().strip_prefix('[') else { return false };
    let inner = inner.strip_prefix('[').unwrap_or(inner);
    let Some((name, rest)) = inner.split_once(']') else { return false };
    let rest = rest.strip_prefix(']').unwrap_or(rest).trim_start();
    let is_value = matches!(name.trim(), "true" | "false" | "inf" | "nan");
    is_bare(name)
        && name.starts_with(|c: char| c.is_alphabetic())
        && !is_value
        && (rest.is_empty() || rest.starts_with('#'))
}

/// `key = …`
fn is_key(line: &str) -> bool {
    let Some((key, _)) = line.split_once('=') else { return false };
    let key = key.trim();
    !key.is_empty() && is_bare(key)
}

fn is_bare(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

/// The `key = value` around a place, with the comma before it, where it stands in a table in `{ … }` of this statement.
pub(super) fn inline_entry(text: &str, statement: &Range<usize>, at: usize) -> Option<Range<usize>> {
    let before = text.get(statement.start..at)?;
    if before.trim_start().starts_with('[') || before.matches('{').count() <= before.matches('}').count() {
        return None;
    }
    let start = statement.start + before.rfind(['{', ','])?;
    let start = if text.as_bytes().get(start) == Some(&b'{') { start + 1 } else { start };
    let mut depth = 0_usize;
    let after = text.get(at..statement.end)?;
    let end = after.find(|c| match c {
        '{' | '[' => {
            depth += 1;
            false
        }
        '}' | ']' if depth > 0 => {
            depth -= 1;
            false
        }
        ',' => depth == 0,
        c => c == '}',
    })?;
    Some(start..at + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_ends_where_the_next_statement_begins() {
        let found = |text: &str| {
            let all = statements(text);
            assert_eq!(all.iter().map(|statement| statement.range.len()).sum::<usize>(), text.len());
            let open = |statement: Statement| statement.open.map(|open| (open.at, open.what));
            all.into_iter().map(open).collect::<Vec<_>>()
        };
        assert_eq!(found("a = [1,\n  2]\n[b]\nc = { d = 1 }"), [None, None, None]);
        assert_eq!(found("a = [1\n[b]\n"), [Some((4, What::List)), None]);
        assert_eq!(found("a = [[\"x\", 1], [\"y\", 2]\nb = 1"), [Some((4, What::List)), None]);
        assert_eq!(found("a = { b = [1 }\nc = 1"), [Some((10, What::List)), None]);
        assert_eq!(found("a = { b = 1\nc = 2"), [Some((4, What::Table)), None]);
        assert_eq!(found("a = {\n  b = 1,\n  c = 2\n}\n"), [None]);
        assert_eq!(found("[a\nb = 1"), [Some((0, What::Header)), None]);
        assert_eq!(found("a = \"[\\\"\nb = ']'"), [Some((4, What::Text("\""))), None]);
        assert_eq!(found("a = \"\"\"x\n[b]\n"), [Some((4, What::Text("\"\"\"")))]);
        assert_eq!(found("a = \"\"\"x\n[b]\n\"\"\" # ]\nc = 1"), [None, None]);
        assert_eq!(found(&format!("a = {}", "[".repeat(500))), [Some((84, What::TooDeep))]);
    }
}
