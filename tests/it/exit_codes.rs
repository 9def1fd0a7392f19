//! Each exit code, from a real command. Code 101 stands for bugs, so no command ends with it on purpose; `exit.rs` tests it.

use crate::support::{root, sim, sim_in};
use crate::workspace::read;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const SCENARIO: &str = "[scenario]\nname = \"x\"\nduration = \"2m\"\n[model_server]\ntest_engine = { seats = 1, service = \"1s\" }\n\
    [workload.a]\narrivals.constant = { rate = 0.5 }\nprompt_tokens = 1\noutput_tokens = 1\n";

/// The code, and what was said on standard error.
fn end(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A folder with `x.toml`, which has this objective.
fn folder(slo: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.toml"), format!("{SCENARIO}[slo]\ne2e = {{ p99 = \"{slo}\" }}\n"))
        .unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn zero_where_all_is_well_and_one_where_something_was_missed() {
    let met = folder("1s");
    assert_eq!(end(&sim_in(met.path(), &["x.toml"])), (Some(0), String::new()));
    assert_eq!(end(&sim_in(folder("999ms").path(), &["x.toml"])), (Some(1), String::new()));
    let recordings = root().join("tests/conformance/hpa");
    let whole = fs::read_dir(recordings).unwrap().map(|entry| entry.unwrap().path()).next().unwrap();
    assert_eq!(end(&sim(&["conformance", "hpa", whole.to_str().unwrap()])).0, Some(0));
}

/// A reader that goes away early changes no verdict: `sim regress … | head` in a script is no pass.
#[test]
fn a_closed_pipe_changes_no_verdict() {
    let folder = folder("999ms");
    let file = folder.path().join("x.toml");
    let worse = "[variant.worse]\nworkload.a.arrivals.constant = { rate = 0.9 }\n";
    fs::write(&file, fs::read_to_string(&file).unwrap() + worse).unwrap();
    assert_eq!(end(&sim_in(folder.path(), &["regress", "x.toml", "--update"])).0, Some(0));
    let longer = "--set=model_server.test_engine.service=1500ms";
    let verdicts: [&[&str]; 6] = [
        &["x.toml"],
        &["x.toml", "--json"],
        &["compare", "x.toml", "--replications", "2"],
        &["compare", "x.toml", "--replications", "2", "--json"],
        &["regress", "x.toml", longer],
        &["regress", "x.toml", longer, "--json"],
    ];
    for line in verdicts {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sim"));
        command.current_dir(folder.path()).args(line).stdout(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(1), "{line:?}");
    }
}

#[test]
fn two_for_wrong_usage_and_wrong_input() {
    let folder = folder("1s");
    let cases: [(&[&str], &str); 6] = [
        (&[], "sim --help"),
        (&["--nonsense"], "--nonsense"),
        (&["run"], "SCENARIO"),
        (&["x.toml", "--requests", "xlsx"], "csv, parquet"),
        (&["none.toml"], "`none.toml` does not exist"),
        (&["conformance", "hpa", "none.jsonl"], "none.jsonl"),
    ];
    for (arguments, told) in cases {
        let (code, message) = end(&sim_in(folder.path(), arguments));
        assert!(code == Some(2) && message.contains(told), "{arguments:?}: {code:?} {message}");
    }
    if cfg!(not(feature = "parquet")) {
        let (code, message) = end(&sim_in(folder.path(), &["x.toml", "--requests", "parquet"]));
        assert!(code == Some(2) && message.contains("cargo build --release --features parquet"), "{message}");
    }
    assert_eq!(names(folder.path()), ["x.toml"], "nothing was written");
}

#[test]
fn two_where_the_files_cannot_be_written_and_all_stays_as_it_was() {
    let folder = folder("1s");
    fs::create_dir_all(folder.path().join("out/x/series.csv")).unwrap();
    fs::write(folder.path().join("out/x/result.json"), "old").unwrap();
    let (code, message) = end(&sim_in(folder.path(), &["x.toml"]));
    assert!(
        message.starts_with("error[F041]: `out/x/series.csv` cannot be written: a folder has this name\n"),
        "{message}"
    );
    assert_eq!(
        (code, names(&folder.path().join("out/x"))),
        (Some(2), vec!["result.json".to_owned(), "series.csv".to_owned()])
    );
    assert_eq!(fs::read(folder.path().join("out/x/result.json")).unwrap(), b"old");

    let (code, message) = end(&sim_in(folder.path(), &["x.toml", "--out", "x.toml"]));
    assert!(
        code == Some(2)
            && message.starts_with("error[F041]: `x.toml` cannot be written: it is a file, not a folder\n"),
        "{message}"
    );
    let (code, message) = end(&sim_in(folder.path(), &["x.toml", "--out", "x.toml/below"]));
    assert!(
        code == Some(2) && message.starts_with("error[F041]: `x.toml/below` cannot be written: "),
        "{message}"
    );
}

/// The limit on the size of files is the refusal of a disk that needs no full disk.
#[cfg(unix)]
#[test]
fn two_where_the_disk_refuses() {
    let folder = folder("1s");
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
    let output = Command::new("sh")
        .current_dir(folder.path())
        .args(["-c", script, env!("CARGO_BIN_EXE_sim"), "x.toml", "--requests", "csv"])
        .output()
        .unwrap();
    let (code, message) = end(&output);
    assert!(message.starts_with("error[F041]: `out/x/result.json` cannot be written: "), "{message}");
    assert_eq!((code, names(folder.path())), (Some(2), vec!["x.toml".to_owned()]), "no debris");
}

#[cfg(target_os = "linux")]
#[test]
fn two_where_standard_output_refuses() {
    let folder = folder("1s");
    for arguments in [&["x.toml"] as &[&str], &["x.toml", "--json"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_sim"));
        let output = command.current_dir(folder.path()).args(arguments).stdout(full).output().unwrap();
        let (code, message) = end(&output);
        assert!(code == Some(2) && message.contains("the results cannot be written: "), "{message}");
    }
}

/// Sends Ctrl-C as soon as the process listens to it, into a run that would take days.
#[cfg(target_os = "linux")]
#[test]
fn a_hundred_and_thirty_where_it_was_interrupted() {
    use crate::support::interrupted;

    let folder = folder("1s");
    let long = SCENARIO.replace("\"2m\"", "\"190d\"").replace("rate = 0.5", "rate = 5000");
    fs::write(folder.path().join("x.toml"), long).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sim"));
    command.current_dir(folder.path()).arg("x.toml").stderr(std::process::Stdio::piped());
    let child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    let (code, message) = end(&interrupted(child));
    assert!(message.starts_with("interrupted at t="), "{message}");
    assert!(message.ends_with(" of 190d; nothing was written\n"), "{message}");
    assert_eq!((code, names(folder.path())), (Some(130), vec!["x.toml".to_owned()]));
}

/// Help and page name the same codes, and the page names every flag.
#[test]
fn the_page_about_the_command_is_complete() {
    let page = read("docs/command.md");
    let help = String::from_utf8(sim(&["help"]).stdout).unwrap();
    for code in ["0", "1", "2", "101", "130"] {
        assert!(page.contains(&format!("\n| {code} | ")), "docs/command.md: a row for the exit code {code}");
        assert!(help.contains(&format!("{code} ")), "{help}");
    }
    for verb in ["run", "explain", "compare", "knee", "init", "conformance", "schema", "completions", "help"]
    {
        let help = String::from_utf8(sim(&[verb, "--help"]).stdout).unwrap();
        let flags = help
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .filter(|word| word.starts_with("--") && word.len() > 2);
        let missing: Vec<_> = flags.filter(|flag| !page.contains(&format!("`{flag}"))).collect();
        assert!(
            missing.is_empty() && page.contains(&format!("`sim {verb} ")),
            "docs/command.md lacks {missing:?} of {verb}"
        );
    }
}
