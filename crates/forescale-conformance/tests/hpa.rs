//! Recordings of the HPA controller.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use forescale_conformance::{Tally, hpa};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Replays all `*.jsonl` files of a folder; each file with its own score.
fn replay_folder(folder: &Path) -> Vec<(String, Tally)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "jsonl"));
    files.sort();
    let replay = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut tally = Tally::default();
        hpa::replay(&name, BufReader::new(File::open(path).unwrap()), &mut tally).unwrap();
        (name, tally)
    };
    files.iter().map(replay).collect()
}

/// Asserts that nothing failed; returns the score of all files.
fn assert_none_failed(folder: &Path) -> Tally {
    let mut all = Tally::default();
    let mut report = String::new();
    for (name, tally) in replay_folder(folder) {
        report += &format!("{name}: {tally}\n");
        all.add(&tally);
    }
    print_out(&report);
    assert!(all.failed == 0 && all.passed > 0, "{report}");
    all
}

#[allow(clippy::print_stdout, reason = "the score per file belongs in the test's output")]
fn print_out(text: &str) {
    println!("{text}");
}

#[test]
fn the_selection_in_the_repository_agrees() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/hpa");
    let all = assert_none_failed(&folder);
    assert_eq!(all.not_yet, 0);
}

#[test]
fn the_full_recordings_agree() {
    match std::env::var_os("FORESCALE_CONFORMANCE") {
        Some(folder) => {
            assert_none_failed(&Path::new(&folder).join("hpa"));
        }
        None => print_out("skipped: FORESCALE_CONFORMANCE names no folder with recordings in hpa/*.jsonl"),
    }
}

#[test]
fn a_malformed_line_is_named() {
    let read = |text: &str| {
        let mut tally = Tally::default();
        let error = hpa::replay("some.jsonl", text.as_bytes(), &mut tally).unwrap_err().to_string();
        (error, tally.passed)
    };
    let quantity = r#"{"s":"k","milli":0,"value":0,"sign":0,"canonical":"0","float":0,"float_raw":0}"#;
    let (error, passed) = read(&format!("{quantity}\n{{\"s\":"));
    assert!(error.starts_with("some.jsonl:2: EOF"), "{error}");
    assert_eq!(passed, 1);
    assert!(read("{}").0.starts_with("some.jsonl:1: neither"));
    assert!(
        read(r#"{"metric":"External/Value/x","spec":1,"status":1,"obs":{},"x":{"replicas":0}}"#)
            .0
            .contains("`x`")
    );
}

#[test]
fn a_wrong_recording_differs() {
    let mut tally = Tally::default();
    let text = r#"{"metric":"External/Value/1","spec":2,"status":2,"mix":[2,0,0,0,0],"obs":{"v":["3"]},"x":{"replicas":7,"cur":"V:3"}}"#;
    hpa::replay("some.jsonl", text.as_bytes(), &mut tally).unwrap();
    assert_eq!(tally.failed, 1);
    assert!(tally.to_string().starts_with("some.jsonl:1: External/Value/1: expected Expected { replicas: 7"));
}
