//! Keys that stand twice, and places.

use crate::{Path, Report, Span, Value, toml};

/// What is told about a text: the place, and the first other place.
fn told(text: &str) -> Vec<(String, Option<String>)> {
    let mut report = Report::default();
    let source = report.sources.add("a.toml", text);
    toml::parse(&mut report, source);
    let place = |span: Span| {
        let at = report.sources.position(span);
        format!("{}:{}", at.line, at.column)
    };
    let one = |error: &crate::Diagnostic| {
        (error.span.map(place).unwrap_or_default(), error.related.first().map(|(span, _)| place(*span)))
    };
    report.errors().map(one).collect()
}

#[test]
fn both_places_of_a_key_that_stands_twice() {
    let two = |second: &str, first: &str| vec![(second.to_owned(), Some(first.to_owned()))];
    assert_eq!(told("a = 1\n[t]\na = 2\na = 3\n"), two("4:1", "3:1"));
    assert_eq!(told("[t]\nb = { a = 1, c = [2], a = 3 }\n"), two("2:23", "2:7"));
    assert_eq!(told("[t.u]\na = 1\n[v]\na = 1\n[t.u]\na = 2\nb = 3\n"), two("5:4", "1:4"));
    assert_eq!(told("[s]\nx = 1\n[s.x]\ny = 2\n"), two("3:4", "2:1"));
    assert_eq!(told("a.b = 1\na.b = 2\na.b = 3\n").len(), 2);
}

#[test]
fn each_wrong_statement_is_told_once() {
    let lines = ["a = 1", "b = x y", "c = [1,", "d = 2", "e: 3", "[t", "f = \"", "g =", "h = 1"];
    let places: Vec<String> = told(&lines.join("\n")).into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["3:5", "6:1", "7:5", "2:5", "5:2", "8:4"]);
}

#[test]
fn values_and_keys_know_their_places() {
    let mut report = Report::default();
    let text = "ä = 1\r\n".replace('ä', "\"ä\"") + "[t.\"x y\"]\r\nk = [\"漢\", { z = 2026-01-01 }]\r\n";
    let source = report.sources.add("a.toml", text);
    let tree = toml::parse(&mut report, source).unwrap();
    let z = Path::parse("t.\"x y\".k[1]").unwrap().find(&tree).unwrap().entry("z").unwrap();
    assert_eq!((report.sources.slice(z.key_span), report.sources.slice(z.node.span)), ("z", "2026-01-01"));
    let at = report.sources.position(z.node.span);
    assert_eq!((at.line, at.column), (3, 17));
    let value = |text: &str| {
        let mut report = Report::default();
        let source = report.sources.add("--set", text);
        toml::value(&report, Span { source, start: 0, end: text.len() }).value
    };
    assert_eq!(
        [value("7"), value("10m"), value("\"7\"")],
        [Value::Integer(7), Value::Text("10m".into()), Value::Text("7".into())]
    );
}
