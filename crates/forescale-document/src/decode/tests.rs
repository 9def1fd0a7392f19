//! All mistakes of a document, each at its place.

use crate::{Report, Spanned, decode, toml, yaml};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "item")]
    _item: BTreeMap<Spanned<String>, Spanned<Item>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    #[serde(rename = "size")]
    _size: Spanned<u8>,
    #[serde(rename = "label")]
    _label: String,
    #[serde(rename = "kind")]
    _kind: Kind,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Plain(#[allow(dead_code, reason = "only its shape counts")] Weight),
    Other(#[allow(dead_code, reason = "only its shape counts")] Weight),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Weight {
    #[serde(rename = "weight")]
    _weight: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mistake {
    None,
    WrongType,
    OutOfRange,
    UnknownKey,
    Missing,
    TwoVariants,
    DeepType,
}

/// A document with such items, and where its mistakes are: line, column, code.
fn planted(is_yaml: bool, mistakes: &[Vec<Mistake>]) -> (String, Vec<(usize, usize, &'static str)>) {
    let mut lines = if is_yaml { vec!["item:".to_owned()] } else { Vec::new() };
    let mut expected = Vec::new();
    let (indent, sep) = if is_yaml { ("    ", ": ") } else { ("", " = ") };
    for (n, mistakes) in mistakes.iter().enumerate() {
        let has = |mistake| mistakes.contains(&mistake);
        lines.push(if is_yaml { format!("  i{n}:") } else { format!("[item.i{n}]") });
        // What is missing beside another mistake may be its consequence, so it is told alone only.
        if has(Mistake::Missing) && mistakes.len() == 1 {
            expected.push((lines.len(), if is_yaml { 3 } else { 7 }, "F007"));
        } else {
            lines.push(format!("{indent}label{sep}\"ä 漢\""));
        }
        let size = if has(Mistake::WrongType) {
            "\"5\""
        } else if has(Mistake::OutOfRange) {
            "256"
        } else {
            "5"
        };
        lines.push(format!("{indent}size{sep}{size}"));
        let column = indent.len() + "size".len() + sep.len() + 1;
        if has(Mistake::WrongType) {
            expected.push((lines.len(), column, "F008"));
        } else if has(Mistake::OutOfRange) {
            expected.push((lines.len(), column, "F011"));
        }
        if has(Mistake::UnknownKey) {
            lines.push(format!("{indent}colour{sep}\"red\""));
            expected.push((lines.len(), indent.len() + 1, "F006"));
        }
        let weight = if has(Mistake::DeepType) { "true" } else { "1.5" };
        lines.push(format!("{indent}kind{sep}{{ plain{sep}{{ weight{sep}{weight} }}"));
        let variant = indent.len() + "kind".len() + sep.len() + 3;
        let Some(line) = lines.last_mut() else { continue };
        if has(Mistake::TwoVariants) {
            *line += &format!(", other{sep}{{ weight{sep}2 }} }}");
            let number = lines.len();
            expected.push((
                number,
                variant + "plain".len() + 2 * sep.len() + "{ weight".len() + weight.len() + 4,
                "F012",
            ));
        } else {
            *line += " }";
            if has(Mistake::DeepType) {
                expected.push((
                    lines.len(),
                    variant + "plain".len() + 2 * sep.len() + "{ weight".len(),
                    "F008",
                ));
            }
        }
    }
    (lines.join("\n") + "\n", expected)
}

fn found(is_yaml: bool, text: &str) -> (bool, Vec<(usize, usize, &'static str)>) {
    let mut report = Report::default();
    let source = report.sources.add("text", text);
    let tree = match is_yaml {
        true => yaml::parse(&mut report, source).and_then(|mut documents| documents.pop()),
        false => toml::parse(&mut report, source),
    };
    let is_read = tree.and_then(|tree| decode::<Document>(&tree, &mut report)).is_some();
    let place = |diagnostic| report.position(diagnostic).map(|at| (at.line, at.column));
    let mut all: Vec<_> = report
        .errors()
        .filter_map(|error| place(error).map(|(line, column)| (line, column, error.code.id)))
        .collect();
    all.sort_unstable();
    (is_read, all)
}

proptest! {
    #[test]
    fn all_mistakes_are_found_in_one_pass_and_no_others(
        is_yaml: bool,
        mistakes in prop::collection::vec(
            prop::sample::subsequence(
                vec![Mistake::WrongType, Mistake::OutOfRange, Mistake::UnknownKey, Mistake::Missing, Mistake::TwoVariants, Mistake::DeepType],
                0..=3,
            ),
            1..8,
        ),
    ) {
        let (text, mut expected) = planted(is_yaml, &mistakes);
        expected.sort_unstable();
        let (is_read, found) = found(is_yaml, &text);
        prop_assert_eq!(&found, &expected, "{}", text);
        prop_assert_eq!(is_read, expected.is_empty());
    }
}

#[test]
fn two_variants_are_both_shown() {
    let (text, _) = planted(false, &[vec![Mistake::TwoVariants], vec![Mistake::None]]);
    let mut report = Report::default();
    let source = report.sources.add("a.toml", text);
    let tree = toml::parse(&mut report, source).unwrap();
    assert!(decode::<Document>(&tree, &mut report).is_none());
    let error = report.errors().next().unwrap();
    let shown: Vec<&str> = error
        .span
        .iter()
        .chain(error.related.iter().map(|(span, _)| span))
        .map(|span| report.sources.slice(*span))
        .collect();
    assert_eq!(shown, ["other", "plain"]);
}

#[test]
fn reading_stops_after_a_hundred_mistakes() {
    let text: String = (0..300).map(|n| format!("key{n} = 1\n")).collect();
    let (is_read, found) = found(false, &text);
    assert_eq!((is_read, found.len()), (false, 101));
    assert_eq!(found.last(), Some(&(100, 1, "F019")));
}
