//! Paths into trees: `workload.chat.arrivals.poisson.rate`, `metrics[0].type`, `plugins.queue-scorer.type`.
//!
//! A path is made of steps with dots between them. A step is a key, bare (letters, digits, `-`, `_`) or in `"…"`, or `[n]` for the item
//! `n` of a list, counted from 0. A key steps into a list too: to the item of that name.

mod edit;
mod names;

pub use names::{item_called, item_name};

use crate::node::{Node, Value};
use crate::source::Span;
use std::fmt;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A table's key, or the name of a list's item.
    Key(String),
    /// A list's item, from 0.
    Index(usize),
}

/// A way into a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(pub Vec<Step>);

/// Why a path cannot be read or followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// What is wrong, in one sentence.
    pub message: String,
    /// How to mend it; may be empty.
    pub help: String,
    /// Where in the path's text, in bytes.
    pub at: usize,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// Where a step is empty, or a quotation mark or a bracket is not closed.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let mut steps = Vec::new();
        let mut at = 0;
        let fail = |message: &str, at: usize| {
            Err(PathError { message: message.to_owned(), help: String::new(), at })
        };
        loop {
            let rest = text.get(at..).unwrap_or_default();
            if let Some(quoted) = rest.strip_prefix('"') {
                let Some(end) = quoted.find('"') else { return fail("the quotation mark is not closed", at) };
                steps.push(Step::Key(quoted[..end].to_owned()));
                at += end + 2;
            } else {
                let is_bare = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/');
                let end = rest.find(|c| !is_bare(c)).unwrap_or(rest.len());
                if end == 0 && (steps.is_empty() || !rest.starts_with('[')) {
                    return fail(
                        "a key is expected here; one with other characters needs quotation marks",
                        at,
                    );
                }
                if end > 0 {
                    steps.push(Step::Key(rest[..end].to_owned()));
                }
                at += end;
            }
            while let Some(inner) = text.get(at..).and_then(|rest| rest.strip_prefix('[')) {
                let Some(end) = inner.find(']') else { return fail("the bracket is not closed", at) };
                let Ok(index) = inner[..end].trim().parse() else {
                    return fail("a list's items are numbered from 0: `[0]`", at + 1);
                };
                steps.push(Step::Index(index));
                at += end + 2;
            }
            match text.get(at..).unwrap_or_default().chars().next() {
                None => return Ok(Self(steps)),
                Some('.') => at += 1,
                Some(_) => return fail("a `.` or the end of the path is expected here", at),
            }
        }
    }

    /// The node at the end of the path.
    pub fn find<'a>(&self, root: &'a Node) -> Option<&'a Node> {
        self.0.iter().try_fold(root, |node, step| match (&node.value, step) {
            (Value::List(items), Step::Index(index)) => items.get(*index),
            (Value::List(items), Step::Key(name)) => names::first_called(items, name),
            (_, Step::Key(key)) => node.get(key),
            (_, Step::Index(_)) => None,
        })
    }

    /// The place to show for a path: of the key at its end, else of the last step that exists.
    pub fn nearest_span(&self, root: &Node) -> Span {
        let (mut node, mut span) = (root, first_key(root));
        for step in &self.0 {
            match (&node.value, step) {
                (Value::List(items), Step::Index(index)) if *index < items.len() => {
                    node = &items[*index];
                    span = first_key(node);
                }
                (_, Step::Key(key)) => match node.entry(key) {
                    Some(entry) => {
                        node = &entry.node;
                        let is_small = !matches!(node.value, Value::Table(_) | Value::List(_) | Value::Null);
                        span = if is_small { node.span } else { entry.key_span };
                    }
                    None => break,
                },
                _ => break,
            }
        }
        span
    }
}

/// A mapping's first key stands for it: its whole span covers many lines.
fn first_key(node: &Node) -> Span {
    node.entries().first().map_or(node.span, |entry| entry.key_span)
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => {
                    if index > 0 {
                        f.write_str(".")?;
                    }
                    let is_bare = key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '/'));
                    if is_bare && !key.is_empty() { f.write_str(key)? } else { write!(f, "\"{key}\"")? }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Report, toml};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_path_reads_back(first in "[a-z_/-]{1,4}|[ .=\\[ä漢]{1,3}", rest in prop::collection::vec(prop_oneof![
            "[a-z0-9]{1,4}|[ .=\\[]{1,3}".prop_map(Step::Key),
            (0_usize..99).prop_map(Step::Index),
        ], 0..5)) {
            let path = Path([vec![Step::Key(first)], rest].concat());
            prop_assert_eq!(Path::parse(&path.to_string()), Ok(path));
        }

        #[test]
        fn no_text_is_too_wrong_to_be_told(text in "\\PC{0,12}|[a.\"\\[\\]0-9]{0,8}") {
            if let Err(error) = Path::parse(&text) {
                prop_assert!(error.at <= text.len());
            }
        }
    }

    #[test]
    fn values_are_put_where_the_path_leads() {
        let mut report = Report::default();
        let source =
            report.sources.add("a.toml", "l = [{ name = 'x', v = 1 }, { name = 'y' }]\n[t]\nk = 1\n");
        let mut tree = toml::parse(&mut report, source).unwrap();
        let place = Span::start_of(source);
        let mut set = |path: &str| {
            let value = Node { value: Value::Integer(7), span: place };
            Path::parse(path).unwrap().set(&mut tree, value, place).map_err(|error| error.message)
        };
        for path in ["t.k", "t.new.deep", "l.y.v", "l[0].v"] {
            assert_eq!(set(path), Ok(()), "{path}");
        }
        assert_eq!(set("t.k.inner"), Err("`t.k` is the number 7, not a table".to_owned()));
        assert_eq!(set("t[0]"), Err("`t` is a table, not a list".to_owned()));
        assert_eq!(set("l[2].v"), Err("`l` has no item 2".to_owned()));
        for path in ["t.k", "t.new.deep", "l[1].v", "l.x.v"] {
            assert_eq!(Path::parse(path).unwrap().find(&tree).unwrap().value, Value::Integer(7), "{path}");
        }
    }

    #[test]
    fn items_go_by_their_own_names_first() {
        let mut report = Report::default();
        let text = "l = [{ name = 'x', type = 'y' }, { type = 'y' }, { pods = { metric = { name = 'm' } }, type = 'Pods' }, { type = 'y' }]\nk = 1\n";
        let source = report.sources.add("a.toml", text);
        let tree = toml::parse(&mut report, source).unwrap();
        let items = tree.get("l").unwrap().items();
        let called = |name: &str| {
            item_called(items, name, "l").map_err(|error| format!("{} ({})", error.message, error.help))
        };
        let names: Vec<Option<&str>> = items.iter().map(item_name).collect();
        assert_eq!(names, [Some("x"), Some("y"), Some("m"), Some("y")]);
        assert_eq!([called("x"), called("m"), called("Pods")], [Ok(0), Ok(2), Ok(2)]);
        assert_eq!(
            called("y"),
            Err("`l` has 2 items called `y` (say which by its number: `[1]`, `[3]`)".to_owned())
        );
        assert_eq!(
            called("xx"),
            Err("`l` has no item called `xx`; did you mean `x`? (its items are `x`, `y`, `m`, `y`)"
                .to_owned())
        );

        let removed = |path: &str| {
            let mut tree = tree.clone();
            let told = Path::parse(path).unwrap().remove(&mut tree).map_err(|error| error.message);
            told.map(|()| toml::text(&tree))
        };
        for (path, gone) in
            [("k", "k = 1"), ("l.x", "name = \"x\""), ("l[0].type", "name = \"x\", "), ("l.m.pods", "pods")]
        {
            assert!(!removed(path).unwrap().contains(gone), "{path}");
        }
        assert_eq!(removed("l.y"), Err("`l` has 2 items called `y`".to_owned()));
        assert_eq!(removed("z"), Err("there is no key `z`".to_owned()));
        assert_eq!(removed("l[4]"), Err("`l` has no item 4".to_owned()));
    }
}
