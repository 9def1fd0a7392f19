//! Places, embedded texts, aliases and limits.

use crate::{Node, Path, Report, Value, yaml};

fn tree(report: &mut Report, text: &str) -> Option<Node> {
    let source = report.sources.add("a.yaml", text);
    yaml::parse(report, source)?.into_iter().next()
}

#[test]
fn keys_and_values_know_their_places() {
    let mut report = Report::default();
    let text = "\u{e4}: [1, 'zwei', \"drei\"]\n# 漢\nb:\n  c: plain text \n  d: &x { e: 5 }\n  f: *x\n";
    let tree = tree(&mut report, text).unwrap();
    let slice = |span| report.sources.slice(span);
    let entry = |path: &str, key: &str| {
        let entry = Path::parse(path).unwrap().find(&tree).unwrap().entry(key).unwrap();
        (slice(entry.key_span), slice(entry.node.span))
    };
    let items: Vec<&str> = tree.get("\u{e4}").unwrap().items().iter().map(|item| slice(item.span)).collect();
    assert_eq!(items, ["1", "'zwei'", "\"drei\""]);
    assert_eq!(entry("b", "c"), ("c", "plain text"));
    assert_eq!(entry("b.d", "e"), ("e", "5"));
    assert_eq!(entry("b", "f"), ("f", "*x"));
    assert_eq!(Path::parse("b.f.e").unwrap().find(&tree).unwrap().value, Value::Integer(5));
}

#[test]
fn an_embedded_text_has_the_places_of_its_file() {
    for text in [
        "data:\n  rules: |\n    a: 1\n\n    b: [2]\n  next: 3\n",
        "data:\r\n  rules: |-\r\n      a: 1\r\n\r\n      b: [2]\r\n",
    ] {
        let mut report = Report::default();
        let tree = tree(&mut report, text).unwrap();
        let rules = Path::parse("data.rules").unwrap().find(&tree).unwrap();
        let inner = yaml::parse_embedded(&mut report, rules).unwrap();
        let b = inner[0].get("b").unwrap().items()[0].span;
        let at = report.sources.position(b);
        let wanted = text.lines().nth(4).unwrap().find('2').unwrap() + 1;
        assert_eq!((report.sources.name(b.source), at.line, at.column), ("a.yaml", 5, wanted), "{text:?}");
    }
    // Lines that are folded are not those of the file.
    let mut report = Report::default();
    let tree = tree(&mut report, "rules: \"a: [1,\\n  2]\"\n").unwrap();
    let inner = yaml::parse_embedded(&mut report, tree.get("rules").unwrap()).unwrap();
    let two = inner[0].get("a").unwrap().items()[1].span;
    assert_eq!(report.sources.name(two.source), "a.yaml (the text in line 1)");
    assert_eq!(report.sources.position(two).line, 2);
}

#[test]
fn merges_and_what_cannot_be_merged() {
    let mut report = Report::default();
    let text = "base: &base { a: 1, b: 2 }\nmore: &more { b: 3, c: 4 }\nall:\n  <<: [*base, *more]\n  a: 9\n";
    let merged = tree(&mut report, text).unwrap();
    let of = |key: &str| merged.get("all").unwrap().get(key).unwrap().value.clone();
    assert_eq!([of("a"), of("b"), of("c")], [9, 2, 4].map(Value::Integer));
    assert!(!report.has_errors());
    let told = |text: &str| {
        let mut report = Report::default();
        tree(&mut report, text);
        report.errors().map(|error| error.message.clone()).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(told("<<: 1\na: 2\n"), "`<<` merges mappings, and this is none");
    assert_eq!(told("a: *b\n"), "this alias names no anchor (`&name`) above it");
}

/// A billion laughs: each list is ten times the one before.
#[test]
fn aliases_cannot_multiply_without_end() {
    let mut text = "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n".to_owned();
    for n in 1..12 {
        text += &format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", "));
    }
    let mut report = Report::default();
    assert!(tree(&mut report, &text).is_none());
    assert!(report.errors().next().is_some_and(|error| error.message.contains("multiply")));
}

#[test]
fn an_item_that_belongs_to_the_text_above_is_pointed_at() {
    let mut report = Report::default();
    let tree = tree(&mut report, "args:\n  - one\n    - two\n").unwrap();
    assert_eq!(tree.get("args").unwrap().items().len(), 1);
    let warning = report.warnings().next().unwrap();
    assert_eq!(report.position(warning).map(|at| (at.line, at.column)), Some((3, 5)));
}
