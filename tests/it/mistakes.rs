//! Mistakes in otherwise good files, and what the command says about each: a gallery, compared byte by byte.

mod adapter;
mod case;
mod clients;
mod demand;
mod files;
mod hpa;
mod keys;
mod manifests;
mod profiles;
mod second_guide;
mod sets;
mod sweeps;
mod syntax;
mod traces;
mod values;
mod variants;
mod warnings;

use crate::support::root;
use crate::workspace::assert_none;
use case::Case;
use forescale::core::{RunError, run};
use forescale::document::Report;
use forescale::scenario::{Edits, Scenario};
use std::collections::BTreeSet;

/// Words by which text of a library gives itself away.
const GIVE_AWAYS: [&str; 36] = [
    "invalid type",
    "invalid value:",
    "invalid length",
    "expected one of",
    "missing field",
    "unknown field",
    "unknown variant",
    "duplicate field",
    "did not match any variant",
    "TOML parse error",
    "os error",
    "did not find expected",
    "while parsing",
    "while scanning",
    "simple key",
    "mapping values are not allowed",
    "recursion limit",
    "CSV error",
    "Utf8Error",
    "utf-8 sequence",
    "regex parse error",
    "premature end",
    "parsing failed",
    "ParseIntError",
    "invalid digit",
    "Err(",
    "Some(",
    "None",
    "Option<",
    "struct ",
    "enum ",
    "u16",
    "u32",
    "u64",
    "i32",
    "f64",
];

/// All classes of mistakes; each has a case.
const CLASSES: [&str; 29] = [
    "Syntax",
    "Unknown keys",
    "Wrong types",
    "Wrong units",
    "Out of range",
    "Rates",
    "Arrivals",
    "Lengths",
    "Closed loops and stages",
    "Load generators",
    "Prefixes and sessions",
    "Clients",
    "Missing keys",
    "Files",
    "Duplicate keys",
    "Contradictions",
    "Unknown references",
    "Profiles",
    "Second objects",
    "Not simulated",
    "Adapter rules",
    "Monitors that select nothing",
    "Traces",
    "Results that cannot be written",
    "--set",
    "Variants",
    "Sweeps",
    "Several mistakes at once",
    "What Kubernetes rejects",
];

fn all() -> Vec<Case> {
    [
        syntax::cases(),
        keys::cases(),
        values::cases(),
        clients::cases(),
        demand::cases(),
        files::cases(),
        manifests::cases(),
        profiles::cases(),
        adapter::cases(),
        second_guide::cases(),
        traces::cases(),
        sets::cases(),
        variants::cases(),
        sweeps::cases(),
        hpa::cases(),
    ]
    .concat()
}

/// What is wrong by the library: in the files, or in a trace as a run comes to it.
fn report(case: &Case, folder: &std::path::Path) -> Option<Report> {
    let sets: Vec<String> = case.sets.iter().map(|set| (*set).to_owned()).collect();
    let variant = case.arguments.iter().skip_while(|argument| **argument != "--variant").nth(1);
    let edits = Edits { variant: variant.copied(), sets: &sets, ..Edits::default() };
    match Scenario::load_edited(&folder.join(case.scenario), edits) {
        Err(rejection) => Some(rejection.0),
        Ok(scenario) if case.class == "Traces" => match run(&scenario.config) {
            Err(RunError::Trace(error)) => Some(Scenario::trace_report(&error)),
            other => panic!("{}: {other:?}", case.name),
        },
        Ok(_) => None,
    }
}

/// What every diagnostic has, as a program reads it and as it is shown.
fn complaints(case: &Case, report: Option<&Report>, told: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let diagnostics = report.map(Report::to_json);
    for diagnostic in diagnostics.iter().flat_map(|all| all.as_array().unwrap()) {
        let place = &diagnostic["place"];
        let is_placed = place["file"].as_str().is_some_and(|file| !file.is_empty())
            && place["line"].as_u64() >= Some(1)
            && place["column"].as_u64() >= Some(1);
        if !is_placed || diagnostic["code"].as_str().is_none() {
            wrong.push(format!("no place or code: {diagnostic}"));
        }
    }
    let is_title = |line: &&str| line.starts_with("error") || line.starts_with("warning");
    let titles = told.lines().filter(is_title).count();
    let is_place = |line: &&str| {
        let place = line.trim_start().strip_prefix("--> ").unwrap_or_default();
        let mut parts = place.rsplitn(3, ':');
        let numbers =
            [parts.next(), parts.next()].map(|part| part.and_then(|part| part.parse::<usize>().ok()));
        numbers.iter().all(Option::is_some) && parts.next().is_some_and(|file| !file.is_empty())
    };
    let coded = |line: &&str| line.starts_with("error[F") || line.starts_with("warning[F");
    if titles == 0
        || told.lines().filter(coded).count() != titles
        || told.lines().filter(is_place).count() < titles
    {
        wrong.push("a diagnostic without code, file, line and column".to_owned());
    }
    let is_ours = |line: &&str| is_title(line) || line.contains("= help") || line.contains('^');
    for line in told.lines().filter(is_ours) {
        wrong.extend(
            GIVE_AWAYS
                .iter()
                .filter(|word| line.contains(**word))
                .map(|word| format!("{word:?} is a library's text")),
        );
    }
    if told.chars().any(|c| c.is_control() && c != '\n') {
        wrong.push("a control character".to_owned());
    }
    wrong.into_iter().map(|what| format!("{}: {}: {what}\n{told}", case.class, case.name)).collect()
}

fn compare(file: &str, text: &str) {
    let path = root().join("tests/it/mistakes").join(file);
    if std::env::var_os("FORESCALE_BLESS").is_some() {
        std::fs::write(path, text).unwrap();
        return;
    }
    let stored = std::fs::read_to_string(path).unwrap_or_default();
    let differ = || stored.lines().zip(text.lines()).position(|(stored, now)| stored != now);
    assert!(
        stored == text,
        "tests/it/mistakes/{file} is out of date from line {}; `FORESCALE_BLESS=1 cargo test --test it mistakes` rewrites it",
        differ().unwrap_or(0) + 1
    );
}

#[test]
fn a_mistake_is_told_with_its_place() {
    let cases = all();
    let mut text = "# Mistakes, and what is said about them\n\nWritten by tests/it/mistakes.rs: `FORESCALE_BLESS=1 cargo test --test it mistakes`.\n".to_owned();
    let (mut names, mut wrong) = (BTreeSet::new(), Vec::new());
    for class in CLASSES {
        text += &format!("\n## {class}\n");
        let of_class: Vec<&Case> = cases.iter().filter(|case| case.class == class).collect();
        assert!(!of_class.is_empty(), "{class}: no case");
        for case in of_class {
            let folder = case.folder();
            let (code, told) = case.run(folder.path());
            if code != Some(2) {
                wrong.push(format!("{class}: {}: exit code {code:?}\n{told}", case.name));
                continue;
            }
            wrong.extend(complaints(case, report(case, folder.path()).as_ref(), &told));
            text += &format!("\n{}", case.section(2, &told));
            assert!(names.insert((class, case.name.clone())), "{}: twice", case.name);
        }
    }
    compare("gallery.md", &text);
    assert_none(&wrong);
    assert_eq!(names.len(), cases.len(), "a case of an unknown class");
}

/// What is read, and simulated in another way than its writer may think.
#[test]
fn a_warning_has_its_place_too() {
    let mut wrong = Vec::new();
    let mut text = "# Warnings\n\nWritten by tests/it/mistakes.rs.\n".to_owned();
    for case in warnings::cases().into_iter().chain(second_guide::warnings()) {
        let folder = case.folder();
        let (code, told) = case.run(folder.path());
        let code = code.unwrap();
        assert!(code < 2, "{}: {told}", case.name);
        wrong.extend(complaints(&case, None, &told));
        text += &format!("\n{}", case.section(code, &told));
    }
    compare("warnings.md", &text);
    assert_none(&wrong);
}

/// The files that all cases start from have nothing wrong.
#[test]
fn the_good_files_are_good() {
    for scenario in [case::BURST, case::MONITORED, case::TRACED] {
        let folder = case::good_files();
        let loaded = Scenario::load(&folder.path().join(scenario)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(loaded.report.diagnostics(), [], "{scenario}");
    }
}
