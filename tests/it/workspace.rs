//! The repository's own files, by their paths from its root.

use std::fs;
use std::path::{Path, PathBuf};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All files below a folder whose names end like this, sorted; none where the folder does not exist.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(&root().join(folder), ending, &mut found);
    found.sort();
    found
}

/// All Rust files of the workspace.
pub(crate) fn rust_files() -> Vec<String> {
    ["crates", "tests", "benches", "examples"].iter().flat_map(|folder| files(folder, ".rs")).collect()
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            let relative = path.strip_prefix(root()).unwrap();
            let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
            found.push(parts.join("/"));
        }
    }
}

/// Fails with all complaints, one per line.
pub(crate) fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaint(s):\n{}", complaints.len(), complaints.join("\n"));
}

/// Compares a file with what it should be, or rewrites it where `FORESCALE_BLESS` is set.
pub(crate) fn assert_up_to_date(path: &str, expected: &str) {
    if std::env::var_os("FORESCALE_BLESS").is_some() {
        fs::write(root().join(path), expected).unwrap();
        return;
    }
    let found = fs::read_to_string(root().join(path)).unwrap_or_default();
    let line = found.lines().zip(expected.lines()).position(|(found, expected)| found != expected);
    let line = line.map_or_else(|| "its end".to_owned(), |line| format!("line {}", line + 1));
    assert!(
        found == expected,
        "{path} is out of date from {line} on; `FORESCALE_BLESS=1 cargo test --test it` rewrites it"
    );
}
