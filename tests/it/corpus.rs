//! Two thousand damaged files: none makes the loader panic, or keeps it long.

#![allow(clippy::disallowed_types, reason = "it measures how long loading takes, which is no simulated time")]

mod edits;
mod generator;

use crate::support::root;
use crate::workspace::assert_none;
use edits::{Entry, entries};
use forescale::document::{Report, Span};
use forescale::scenario::Scenario;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// How many damaged files there are.
const SIZE: usize = 2000;
/// No single file may take longer, without optimization and on a machine under load.
const LONGEST: Duration = Duration::from_secs(2);

fn folder() -> std::path::PathBuf {
    root().join("tests/corpus")
}

fn stored() -> String {
    std::fs::read_to_string(folder().join("edits.txt")).unwrap_or_default().replace("\r\n", "\n")
}

/// What is wrong with a report as such.
fn complaint(report: &Report) -> Option<String> {
    let is_inside = |span: &Span| {
        let length = report.sources.get(span.source).map(|source| source.text.len());
        span.start <= span.end && length.is_some_and(|length| span.end <= length)
    };
    for diagnostic in report.diagnostics() {
        let spans = diagnostic.span.iter().chain(diagnostic.related.iter().map(|(span, _)| span));
        if diagnostic.span.is_none() || !spans.into_iter().all(is_inside) {
            return Some(format!("a place outside of its file: {diagnostic:?}"));
        }
        if diagnostic.message.is_empty() {
            return Some("a diagnostic without a message".to_owned());
        }
    }
    let text = report.render(false, 100);
    let told =
        text.lines().filter(|line| line.starts_with("error[F") || line.starts_with("warning[F")).count();
    if told < report.diagnostics().len() || text.chars().any(|c| c.is_control() && c != '\n') {
        return Some(format!("not shown as it should be:\n{text:?}"));
    }
    let listed = report.to_json().as_array().map_or(0, Vec::len);
    (listed != report.diagnostics().len()).then(|| "not all is in the JSON".to_owned())
}

/// Loads the scenario with one damaged file; says what is wrong with how that went.
fn load(folder: &Path, entry: &Entry) -> Option<String> {
    let good = std::fs::read(folder.join(&entry.file)).unwrap();
    std::fs::write(folder.join(&entry.file), entry.damage(&good)).unwrap();
    let scenario = match entry.file.as_str() {
        "config-map.yaml" | "with-config-map.toml" => "with-config-map.toml",
        _ => "scenario.toml",
    };
    let start = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| match Scenario::load(&folder.join(scenario)) {
        Err(rejection) if !rejection.0.has_errors() => Some("refused without an error".to_owned()),
        Err(rejection) => complaint(&rejection.0),
        Ok(scenario) => match scenario.config.validate() {
            Err(error) => Some(format!("loaded, but {error}")),
            Ok(()) => complaint(&scenario.report),
        },
    }));
    let took = start.elapsed();
    std::fs::write(folder.join(&entry.file), good).unwrap();
    match outcome {
        Err(_) => Some("panics".to_owned()),
        Ok(None) if took > LONGEST => Some(format!("takes {took:?}")),
        Ok(complaint) => complaint,
    }
}

fn good_files() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(folder().join("base")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        std::fs::write(copy.path().join(path.file_name().unwrap()), text).unwrap();
    }
    copy
}

#[test]
fn no_damaged_file_makes_the_loader_panic() {
    let entries = entries(&stored());
    assert_eq!(entries.len(), SIZE);
    let half = |entries: &[Entry]| {
        let folder = good_files();
        let told = |entry: &Entry| Some(format!("{}: {}", entry.text, load(folder.path(), entry)?));
        entries.iter().filter_map(told).collect::<Vec<_>>()
    };
    let (first, second) = entries.split_at(SIZE / 2);
    let complaints = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(second));
        [half(first), other.join().unwrap()].concat()
    });
    assert_none(&complaints);
}

/// The base files load, and the corpus is what its generator makes of them.
#[test]
fn the_corpus_can_be_made_again() {
    let folder = good_files();
    for scenario in ["scenario.toml", "with-config-map.toml"] {
        let loaded = Scenario::load(&folder.path().join(scenario)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(loaded.report.diagnostics(), [], "{scenario}");
    }
    let made = generator::generate(folder.path(), SIZE);
    if std::env::var_os("FORESCALE_BLESS").is_some() {
        std::fs::write(self::folder().join("edits.txt"), &made).unwrap();
    }
    assert!(
        made == stored(),
        "tests/corpus is out of date; `FORESCALE_BLESS=1 cargo test --test it corpus` rewrites it"
    );
}
