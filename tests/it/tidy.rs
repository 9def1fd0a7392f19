//! Rules about files that no compiler checks.

use crate::workspace::{assert_none, files, read, root, rust_files};

/// A file with more lines than this usually holds two ideas.
const MAX_LINES: usize = 500;

/// Marks of unfinished work, spelt so that this file has none.
const UNFINISHED: [&str; 3] = [concat!("to", "do!"), concat!("FIX", "ME"), concat!("XX", "X")];

/// The two commands that a newcomer needs.
const COMMANDS: [&str; 2] = ["cargo run --release --bin sim scenarios/burst.toml", "cargo test"];

fn rust_complaints(path: &str, text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let lines = text.lines().count();
    if lines > MAX_LINES {
        complaints
            .push(format!("{path}: {lines} lines, {MAX_LINES} are allowed; it usually holds two ideas"));
    }
    if !text.starts_with("//!") {
        complaints.push(format!("{path}:1: begin with a `//!` line that says what the module is"));
    }
    let unfinished = |line: &str| UNFINISHED.into_iter().find(|mark| line.contains(mark));
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(mark) = unfinished(line) {
            complaints
                .push(format!("{path}:{number}: `{mark}` marks unfinished work; finish it or open an issue"));
        }
    }
    complaints
}

fn space_complaints(path: &str, text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for (number, line) in (1..).zip(text.split('\n')) {
        if line.contains('\t') {
            complaints.push(format!("{path}:{number}: a tab; use spaces"));
        }
        if line.ends_with([' ', '\r']) {
            complaints.push(format!("{path}:{number}: space at the end of the line"));
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        complaints.push(format!("{path}: the last line has no end"));
    }
    complaints
}

fn manifest_complaints(path: &str, text: &str) -> Vec<String> {
    let manifest: toml::Table = match text.parse() {
        Ok(manifest) => manifest,
        Err(error) => return vec![format!("{path}: {error}")],
    };
    let from_workspace = |table: Option<&toml::Value>| {
        table.and_then(|table| table.get("workspace")).and_then(toml::Value::as_bool) == Some(true)
    };
    let mut complaints = Vec::new();
    if !from_workspace(manifest.get("lints")) {
        complaints.push(format!("{path}: add `[lints] workspace = true`"));
    }
    for field in ["version", "edition", "rust-version", "license"] {
        if !from_workspace(manifest.get("package").and_then(|package| package.get(field))) {
            complaints.push(format!("{path}: write `{field}.workspace = true` in [package]"));
        }
    }
    let mut targets: Vec<(&str, Option<&toml::Value>)> = vec![("[lib]", manifest.get("lib"))];
    for (table, shown) in [("bin", "[[bin]]"), ("test", "[[test]]")] {
        let listed = manifest.get(table).and_then(toml::Value::as_array).into_iter().flatten();
        targets.extend(listed.map(|target| (shown, Some(target))));
    }
    for (shown, target) in targets {
        // Else `cargo bench -- --some-flag` reaches the test harness, which does not know criterion's flags.
        if target.and_then(|target| target.get("bench")).and_then(toml::Value::as_bool) != Some(false) {
            complaints.push(format!("{path}: write `bench = false` in {shown}"));
        }
    }
    complaints
}

fn scenario_complaints(path: &str, text: &str) -> Vec<String> {
    let header: Vec<&str> = text.lines().take_while(|line| line.starts_with('#')).collect();
    let code = header.iter().find_map(|line| line.strip_prefix("# Expected exit code: "));
    match code {
        _ if header.is_empty() => {
            vec![format!("{path}:1: begin with a comment: the question and the expected verdict")]
        }
        None => vec![format!("{path}: the header has no line `# Expected exit code: N`")],
        Some(code) if code.parse::<u8>().is_err() => vec![format!("{path}: `{code}` is no exit code")],
        Some(_) => Vec::new(),
    }
}

#[test]
fn rust_files_are_short_documented_and_finished() {
    let files = rust_files();
    assert!(files.len() > 80, "the files are found");
    assert_none(&files.iter().flat_map(|path| rust_complaints(path, &read(path))).collect::<Vec<_>>());
}

#[test]
fn no_tab_and_no_space_at_the_end_of_a_line() {
    let mut all = rust_files();
    for (folder, ending) in
        [("", ".toml"), ("crates", ".toml"), ("scenarios", ".toml"), ("docs", ".md"), (".github", ".yml")]
    {
        all.extend(match folder {
            "" => top_level(ending),
            _ => files(folder, ending),
        });
    }
    all.extend(top_level(".md"));
    all.push(".ci/run".to_owned());
    assert_none(&all.iter().flat_map(|path| space_complaints(path, &read(path))).collect::<Vec<_>>());
}

fn top_level(ending: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name());
    entries.map(|name| name.to_string_lossy().into_owned()).filter(|name| name.ends_with(ending)).collect()
}

#[test]
fn manifests_inherit_from_the_workspace() {
    let mut manifests = files("crates", "/Cargo.toml");
    assert!(manifests.len() >= 6, "the manifests are found");
    manifests.push("Cargo.toml".to_owned());
    assert_none(
        &manifests.iter().flat_map(|path| manifest_complaints(path, &read(path))).collect::<Vec<_>>(),
    );
}

/// Scenarios proper stand directly in `scenarios/`; what they refer to stands in its folders.
#[test]
fn scenarios_say_what_they_expect() {
    let is_scenario = |path: &String| path.matches('/').count() == 1;
    let scenarios: Vec<String> = files("scenarios", ".toml").into_iter().filter(is_scenario).collect();
    if root().join("scenarios").exists() {
        assert!(
            scenarios.iter().any(|path| path == "scenarios/burst.toml"),
            "the README runs scenarios/burst.toml"
        );
    }
    assert_none(
        &scenarios.iter().flat_map(|path| scenario_complaints(path, &read(path))).collect::<Vec<_>>(),
    );
}

#[test]
fn the_readme_shows_the_two_commands() {
    let readme = read("README.md");
    for command in COMMANDS {
        assert!(
            readme.lines().any(|line| line == command),
            "README.md: a code block with the line `{command}`"
        );
    }
}

/// Each rule finds what breaks it.
#[test]
fn planted_faults_are_found() {
    let count = |complaints: Vec<String>| complaints.len();
    assert_eq!(count(rust_complaints("a.rs", &format!("//! A.\n{}", "\n".repeat(MAX_LINES - 1)))), 0);
    assert_eq!(count(rust_complaints("a.rs", &format!("//! A.\n{}", "\n".repeat(MAX_LINES)))), 1);
    assert_eq!(
        count(rust_complaints("a.rs", &format!("fn f() {{ {}() }} // {}\n", UNFINISHED[0], UNFINISHED[1]))),
        2
    );
    assert_eq!(count(space_complaints("a.rs", "a\tb\nc \nd")), 3);
    assert_eq!(count(space_complaints("a.rs", "a\n")), 0);
    assert_eq!(
        count(manifest_complaints("a/Cargo.toml", "[package]\nversion = \"1\"\n[[bin]]\nname = \"a\"\n")),
        7
    );
    assert_eq!(count(scenario_complaints("a.toml", "# Q?\n# Expected exit code: 0\n\n[scenario]\n")), 0);
    for wrong in
        ["[scenario]\n", "# Q?\n", "# Q?\n\n# Expected exit code: 0\n", "# Expected exit code: fine\n"]
    {
        assert_eq!(count(scenario_complaints("a.toml", wrong)), 1, "{wrong:?}");
    }
}
