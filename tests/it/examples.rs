//! The programs in `examples/`: each does what its head says, and each verb of the command has one.

use crate::support::{root, sim};
use crate::workspace::{assert_none, files, read};
use std::process::{Command, Output};

/// A program that teaches is read in one go.
const MAX_LINES: usize = 60;

/// What a reader of its output takes in at a glance.
const MAX_PRINTED: usize = 40;

/// Verbs without a program of their own, and why.
const WITHOUT: [(&str, &str); 5] = [
    ("merge", "examples/sweep.rs puts its shards together"),
    ("bench", "it measures the command itself"),
    ("schema", "it prints a text of the command"),
    ("completions", "it prints a text of the command"),
    ("help", "it prints a text of the command"),
];

/// Programs that show no verb.
const OTHERS: [&str; 1] = ["custom_autoscaler"];

/// Each file of the folder, by its program's name.
fn names() -> Vec<String> {
    let name = |path: &String| path.strip_prefix("examples/")?.strip_suffix(".rs").map(str::to_owned);
    files("examples", ".rs").iter().filter_map(name).collect()
}

/// The verbs that `sim --help` lists.
fn verbs() -> Vec<String> {
    let help = String::from_utf8(sim(&["--help"]).stdout).unwrap();
    let (_, commands) = help.split_once("\nCommands:\n").unwrap();
    // A description that goes on in the next line stands further to the right.
    let own = commands.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix("  "));
    own.filter_map(|line| line.split(' ').next()).filter(|verb| !verb.is_empty()).map(str::to_owned).collect()
}

/// Cargo, in the profile and with the target folder of this test.
fn cargo(arguments: &[&str]) -> Output {
    let program = std::env::current_exe().unwrap();
    let target = program.ancestors().nth(3).unwrap();
    let release: &[&str] = if cfg!(debug_assertions) { &[] } else { &["--release"] };
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root()).args(arguments).args(release).arg("--target-dir").arg(target);
    command.output().unwrap()
}

#[test]
fn each_runs_by_the_command_in_its_head() {
    let names = names();
    assert!(names.len() >= 10, "the programs are found");
    let built = cargo(&["build", "--quiet", "--examples"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    for name in names {
        let text = read(&format!("examples/{name}.rs"));
        let head = text.lines().take_while(|line| line.starts_with("//!")).last().unwrap_or_default();
        assert_eq!(head, format!("//! `cargo run --example {name}`"));
        let output = cargo(&["run", "--quiet", "--example", &name]);
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let lines = printed.lines().count();
        assert!((1..=MAX_PRINTED).contains(&lines), "{name} prints {lines} lines:\n{printed}");
        assert!(output.stderr.is_empty(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let root = root().to_string_lossy();
        assert!(!printed.contains(&*root), "{name} prints a path of this machine:\n{printed}");
    }
}

#[test]
fn each_is_short_and_needs_the_library_alone() {
    let mut complaints = Vec::new();
    for name in names() {
        let text = read(&format!("examples/{name}.rs"));
        let lines = text.lines().count();
        if lines >= MAX_LINES {
            complaints.push(format!("{name}: {lines} lines; fewer than {MAX_LINES} are read in one go"));
        }
        for inner in ["forescale_", "unwrap(", "expect(", "panic!"] {
            if text.contains(inner) {
                complaints.push(format!("{name}: `{inner}` is nothing to learn from"));
            }
        }
    }
    assert_none(&complaints);
}

#[test]
fn each_verb_has_one() {
    let (names, verbs) = (names(), verbs());
    assert!(verbs.len() >= 14 && verbs.iter().any(|verb| verb == "compare"), "{verbs:?}");
    let is_without = |verb: &str| WITHOUT.iter().any(|(without, _)| *without == verb);
    let mut complaints = Vec::new();
    for verb in &verbs {
        if names.contains(verb) == is_without(verb) {
            complaints.push(format!("{verb}: either examples/{verb}.rs shows it, or WITHOUT says why not"));
        }
    }
    for (verb, _) in WITHOUT {
        if !verbs.iter().any(|known| known == verb) {
            complaints.push(format!("{verb}: WITHOUT speaks of a verb that is none"));
        }
    }
    for name in &names {
        if !verbs.contains(name) && !OTHERS.contains(&name.as_str()) {
            complaints.push(format!("examples/{name}.rs: it has the name of no verb; OTHERS lists such"));
        }
    }
    assert_none(&complaints);
}
