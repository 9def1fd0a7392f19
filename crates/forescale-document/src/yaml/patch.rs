//! One value of a text replaced, and every other byte as it is: comments, order and layout stay.

use super::{documents_of, scalar};
use crate::node::{Node, Value};

/// The text with another value in the place of a scalar, which stands at these bytes; quotation marks stay of the kind that they are.
///
/// # Errors
/// A sentence that says why it cannot be: there is no scalar there or the new value is none, or the change would show at other places too,
/// as that of an anchor does.
pub fn patch(text: &str, place: std::ops::Range<usize>, value: &Value) -> Result<String, String> {
    if matches!(value, Value::List(_) | Value::Table(_)) {
        return Err("only a single value can be patched, not a list or a table".to_owned());
    }
    let mut wanted = documents_of(text).ok_or("the text is no YAML")?;
    let changed: usize = wanted.iter_mut().map(|document| replace(document, &place, value)).sum();
    match changed {
        0 => return Err("no single value stands there".to_owned()),
        1 => {}
        _ => return Err("the value stands at several places at once, by an anchor".to_owned()),
    }
    let (Some(before), Some(old), Some(after)) =
        (text.get(..place.start), text.get(place.clone()), text.get(place.end..))
    else {
        return Err("no single value stands there".to_owned());
    };
    let is_same = |candidate: &String| {
        let read = documents_of(candidate).unwrap_or_default();
        read.len() == wanted.len() && read.iter().zip(&wanted).all(|(read, wanted)| is_equal(read, wanted))
    };
    let candidates = spellings(old, value).into_iter().map(|new| format!("{before}{new}{after}"));
    candidates
        .into_iter()
        .find(is_same)
        .ok_or_else(|| "a change of this value would change others too, as that of an anchor does".to_owned())
}

/// Ways to write a value, the one most like the old text first.
fn spellings(old: &str, value: &Value) -> Vec<String> {
    let text = match value {
        Value::Text(text) => text,
        Value::Null => return vec!["null".to_owned()],
        Value::Bool(value) => return vec![value.to_string()],
        Value::Integer(number) => return vec![number.to_string()],
        Value::Float(number) => return vec![format!("{number:?}"), number.to_string()],
        Value::List(_) | Value::Table(_) => return Vec::new(),
    };
    let double = serde_json::Value::String(text.clone()).to_string();
    let single = format!("'{}'", text.replace('\'', "''"));
    let is_bare = scalar::plain(text) == Value::Text(text.clone()) && !text.trim().is_empty();
    match old.chars().next() {
        Some('"') => vec![double],
        Some('\'') => vec![single, double],
        _ if is_bare => vec![text.clone(), double],
        _ => vec![double],
    }
}

/// Puts the value where a scalar has this place; says how many times.
fn replace(node: &mut Node, place: &std::ops::Range<usize>, value: &Value) -> usize {
    match &mut node.value {
        Value::List(items) => items.iter_mut().map(|item| replace(item, place, value)).sum(),
        Value::Table(entries) => entries.iter_mut().map(|entry| replace(&mut entry.node, place, value)).sum(),
        scalar if (node.span.start, node.span.end) == (place.start, place.end) => {
            *scalar = value.clone();
            1
        }
        _ => 0,
    }
}

/// Whether two trees hold the same, wherever it stands.
fn is_equal(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_equal(one, other))
        }
        (Value::Table(one), Value::Table(other)) => {
            let is_same = |(one, other): (&crate::node::Entry, &crate::node::Entry)| {
                one.key == other.key && is_equal(&one.node, &other.node)
            };
            one.len() == other.len() && one.iter().zip(other).all(is_same)
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Path;
    use proptest::prelude::*;

    /// All scalars of a tree with the paths to them.
    fn scalars(node: &Node, path: &str, found: &mut Vec<(String, Node)>) {
        match &node.value {
            Value::List(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(index, item)| scalars(item, &format!("{path}[{index}]"), found));
            }
            Value::Table(entries) => {
                entries
                    .iter()
                    .for_each(|entry| scalars(&entry.node, &format!("{path}.\"{}\"", entry.key), found));
            }
            _ => found.push((path.trim_start_matches('.').to_owned(), node.clone())),
        }
    }

    const TEXT: &str = "# head\nspec:   # of it\n  name: a b # plain\n  value: \"250\"   # quoted\n  other: 'it''s'\n  n: 3\n  flow: { a: 1, b: \"x\", c: [p, 'q'] }\n  args:\n    - --max-num-seqs=1024   # seats\n    - \"two\"\n  long: |\n    text\n    more\n  nothing:\n---\nb: &x { c: 1 }\nd: *x\n";

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<i32>().prop_map(|number| Value::Integer(number.into())),
            any::<bool>().prop_map(Value::Bool),
            (-1e6..1e6).prop_map(Value::Float),
            "\\PC{0,12}".prop_map(Value::Text),
            "(true|null|1e3|0x1|~|- a|a: b|#x|x # y|[*&!%@`{}\\[\\],]{1,3})".prop_map(Value::Text),
        ]
    }

    proptest! {
        #[test]
        fn a_patched_text_is_the_override_and_all_else_is_as_it_was(which in 0_usize..14, value in value()) {
            let documents = documents_of(TEXT).unwrap();
            let mut found = Vec::new();
            scalars(&documents[0], "", &mut found);
            let (path, node) = &found[which % found.len()];
            let range = node.span.start..node.span.end;
            if let Ok(patched) = patch(TEXT, range.clone(), &value) {
                let mut wanted = documents[0].clone();
                let new = Node { value: value.clone(), span: node.span };
                Path::parse(path).unwrap().set(&mut wanted, new, node.span).unwrap();
                let read = documents_of(&patched).unwrap();
                prop_assert!(is_equal(&read[0], &wanted) && is_equal(&read[1], &documents[1]), "{patched}");
                prop_assert!(patched.starts_with(&TEXT[..range.start]) && patched.ends_with(&TEXT[range.end..]));
            } else {
                // A block of lines and nothing at all have no place of one line.
                prop_assert!(path.contains("long") || path.contains("nothing"), "{path} {value:?}");
            }
        }
    }

    #[test]
    fn the_layout_stays() {
        let at = |words: &str| TEXT.find(words).unwrap()..TEXT.find(words).unwrap() + words.len();
        let patched = |words: &str, value: Value| {
            patch(TEXT, at(words), &value).map(|text| {
                let line = text.lines().zip(TEXT.lines()).find(|(new, old)| new != old);
                line.unwrap().0.to_owned()
            })
        };
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(patched("\"250\"", text("50")).unwrap(), "  value: \"50\"   # quoted");
        assert_eq!(patched("3", Value::Integer(9)).unwrap(), "  n: 9");
        assert_eq!(
            patched("--max-num-seqs=1024", text("--max-num-seqs=64")).unwrap(),
            "    - --max-num-seqs=64   # seats"
        );
        assert_eq!(patched("'it''s'", text("a'b")).unwrap(), "  other: 'a''b'");
        assert_eq!(patched("a b", text("no")).unwrap(), "  name: \"no\" # plain");
        assert!(patched("*x", Value::Integer(1)).is_err());
        assert!(patched("c: 1", Value::Integer(2)).is_err());
        assert!(patch(TEXT, 0..3, &Value::Null).is_err());
    }

    /// What an anchor names stands at other places too.
    #[test]
    fn anchors_are_not_changed() {
        let text = "a: &x 1\nb: *x\nc: { <<: { d: 2 } }\n";
        assert!(patch(text, 6..7, &Value::Integer(5)).is_err());
        assert_eq!(patch(text, 11..13, &Value::Integer(5)).unwrap(), "a: &x 1\nb: 5\nc: { <<: { d: 2 } }\n");
    }
}
