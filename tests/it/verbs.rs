//! What each verb prints on its main path, and its help: exit code, standard output, standard error.

use crate::support::{copy_folder, root, sim_in};
use crate::workspace::assert_up_to_date;
use std::fmt::Write;
use std::path::Path;

const COMMANDS: &[&[&str]] = &[
    &[],
    &["--version"],
    &["-h"],
    &["--help"],
    &["scenarios/burst.toml"],
    &[
        "scenarios/burst.toml",
        "--set",
        "hpa.spec.maxReplicas=2",
        "--set",
        "slo={ttft={p50=\"1m\"}}",
        "--quiet",
    ],
    &["scenarios/burst.toml", "--dry-run", "--seed", "8"],
    &["scenarios/burst.toml", "--variant", "wide"],
    &["run", "--help"],
    &["run", "scenarios/none.toml"],
    &["explain", "--help"],
    &["explain", "scenarios/burst.toml", "--changes"],
    &["explain", "scenarios/burst.toml", "--at", "8m40s"],
    &["explain", "scenarios/burst.toml", "--at", "1s"],
    &["explain", "scenarios/burst.toml", "--at", "31m"],
    &["explain", "scenarios/scale-to-zero.toml", "--changes"],
    &["explain", "scenarios/scale-to-zero.toml", "--at", "1h0m50s"],
    &["explain", "scenarios/gpu-vs-running.toml", "--at", "1m50s"],
    &["explain", "scenarios/s7-combined.toml", "--at", "5m35s"],
    &["explain", "scenarios"],
    &["explain", "scenarios/none.toml"],
    &["explain", "out/burst", "--seed", "8"],
    &["explain", "out/burst/result.json"],
    &["compare", "--help"],
    &["compare", "scenarios/metric-choice.toml", "--variants", "running,gpu", "--replications", "3"],
    &[
        "compare",
        "scenarios/metric-choice.toml",
        "--variants",
        "running,gpu",
        "--replications",
        "3",
        "--baselines",
        "--kpi",
        "attainment,theta_u,tau_o",
    ],
    &["compare", "scenarios/metric-choice.toml", "--kpi", "tau_u"],
    &["compare", "scenarios/burst.toml"],
    &["knee", "--help"],
    &["knee", "scenarios/burst.toml", "--replicas", "1,2", "--seeds", "3", "--requests", "100"],
    &[
        "knee",
        "scenarios/burst.toml",
        "--ttft",
        "1ms@p50",
        "--seeds",
        "1",
        "--requests",
        "20",
        "--by",
        "rate",
    ],
    &["knee", "scenarios/burst.toml", "--workload", "chatt"],
    &["knee", "scenarios/burst.toml", "--ttft", "3s"],
    &["sweep", "--help"],
    &[
        "sweep",
        "scenarios/target-250.toml",
        "--replications",
        "3",
        "--set",
        "sweep={\"hpa.metrics.igw_running_requests.target\"=[20,30,60]}",
    ],
    &["sweep", "scenarios/target-250.toml", "--shard", "1/2", "--set", "scenario.duration=x"],
    &["sweep", "scenarios/burst.toml"],
    &["sweep", "scenarios/target-250.toml", "--best", "gpu_hour"],
    &["merge", "--help"],
    &["merge", "scenarios"],
    &["regress", "--help"],
    &["regress", "scenarios/burst.toml"],
    &["regress", "scenarios/burst.toml", "--set", "hpa.maxReplicas=2"],
    &["regress", "scenarios/burst.toml", "--update", "--baselines", "new", "--margin", "chat.ttft_p50=10%"],
    &["regress", "scenarios/burst.toml", "--baselines", "nowhere"],
    &["init", "--help"],
    &["init", "demo"],
    &["conformance", "--help"],
    &["conformance", "hpa", "conformance/hpa/quantity.jsonl", "conformance/hpa/validation.jsonl"],
    &["conformance", "epp", "conformance/epp/flow-control.jsonl"],
    &["init", "--help"],
    &["init", "demo", "--template", "scale-to-zero"],
    &["init", "demo", "--template", "diurnal", "--json"],
    &["init", "--from-manifests", "scenarios/manifests/guides/kubernetes-examples"],
    &["bench", "--help"],
    &["bench", "t2"],
    &["profile", "--help"],
    &["profile", "list", "--help"],
    &["profile", "list"],
    &["profile", "list", "--model", "meta-llama/Llama-3.1-8B-Instruct", "--gpu", "h100"],
    &["profile", "list", "--model", "gemma3"],
    &["profile", "show", "--help"],
    &["profile", "show", "llama-3.1-8b/h100-sxm-80gb/tp1"],
    &["profile", "show", "google/gemma-3-1b-it/l4/tp1"],
    &["profile", "show", "llama-3.1-70b/mi300x/tp8", "--json"],
    &["profile", "show", "llama-3.1-8b/h1000/tp1"],
    &["profile", "fit", "--help"],
    &["profile", "fit", "sweeps/steps.csv", "--base", "llama-3.1-8b/h100/tp1", "-o", "mine.toml"],
    &["profile", "show", "mine.toml"],
    &["profile", "fit", "sweeps/steps.csv", "--form", "affine", "--host", "0.3ms", "--json"],
    &["profile", "fit", "sweeps/runs.csv", "--where", "model=llama"],
    &["profile", "fit", "sweeps/runs.csv", "--where", "modell=llama"],
    &["profile", "fit", "scenarios/burst.toml"],
    &["trace", "--help"],
    &["trace", "inspect", "--help"],
    &["trace", "inspect", "traces/batches.jsonl"],
    &["trace", "inspect", "traces/failures.csv", "--out", "rates"],
    MENDED,
    &["trace", "inspect", "traces/disorder.csv"],
    DISORDER,
    &[
        "trace",
        "inspect",
        "traces/disorder.csv",
        "--repair",
        "--time",
        "when",
        "--time-unit",
        "ms",
        "--prompt-tokens",
        "in",
        "--output-tokens",
        "out",
    ],
    &["trace", "inspect", "traces/none.csv"],
    &["trace", "inspect", "traces/batches.jsonl", "--format", "mooncak"],
    &["trace", "inspect", "traces/batches.jsonl", "--format", "mooncake", "--time", "timestamp"],
    &["trace", "inspect", "traces/envoy.log"],
    &["trace", "inspect", "traces/envoy.log", "--format", "envoy-json", "--prompt-tokens", "in"],
    &["trace", "inspect", "traces/vllm.json"],
    &["trace", "inspect", "traces/clients"],
    &["trace", "inspect", "traces/vllm.json", "--svg", "traces/vllm.json"],
    &["trace", "convert", "--help"],
    &["trace", "convert", "traces/batches.jsonl", "batches.csv", "--window", "3s..10s", "--rate-scale", "2"],
    &["trace", "convert", "traces/batches.jsonl", "batches.csv"],
    &["trace", "convert", "traces/failures.csv", "failures.csv"],
    &["trace", "convert", "traces/vllm.json", "day.csv", "--repeat", "24h", "--thin", "0.5", "--seed", "7"],
    &["trace", "convert", "traces/envoy.log", "envoy.csv"],
    &["trace", "convert", "traces/batches.jsonl", "other.csv", "--window", "3..10s"],
    &["trace", "fit", "--help"],
    &["trace", "fit", "traces/failures.csv", "--bin", "30s", "-o", "fitted.toml"],
    &["trace", "fit", "--rate", "traces/panel.json", "--lengths", "traces/failures.csv", "--bin", "60s"],
    &["trace", "fit", "--rate", "traces/panel.json"],
    &[
        "trace",
        "fit",
        "--rate",
        "traces/panel.json",
        "--labels",
        "route=chats",
        "--lengths",
        "traces/failures.csv",
    ],
    &["trace", "fit", "traces/envoy.log"],
    &["schema", "--help"],
    &["completions", "--help"],
    &["completions", "nosuchshell"],
    &["help", "--help"],
    &["help", "F007"],
    &["help", "codes"],
    &["help", "exit-codes"],
    &["help", "workload.chat.arrivals"],
    &["help", "distribution"],
    &["help", "workload.chat.arrival"],
];

/// A trace whose second row goes back.
const DISORDER: &[&str] = &[
    "trace",
    "inspect",
    "traces/disorder.csv",
    "--time",
    "when",
    "--prompt-tokens",
    "in",
    "--output-tokens",
    "out",
];

/// The same, mended, for a program.
const MENDED: &[&str] = &[
    "trace",
    "inspect",
    "traces/disorder.csv",
    "--time",
    "when",
    "--prompt-tokens",
    "in",
    "--output-tokens",
    "out",
    "--time-unit",
    "ms",
    "--repair",
    "--json",
];

/// The text of a stream; clap ends some lines with blanks.
fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn transcript(folder: &Path, arguments: &[&str]) -> String {
    let quoted =
        |word: &&str| if word.contains(['"', '{']) { format!("'{word}'") } else { (*word).to_owned() };
    let line: Vec<String> = arguments.iter().map(quoted).collect();
    let output = sim_in(folder, arguments);
    let mut told = format!("## `sim {}`\n\nexit code {}\n", line.join(" "), output.status.code().unwrap());
    for (stream, bytes) in [("standard output", &output.stdout), ("standard error", &output.stderr)] {
        if !bytes.is_empty() {
            write!(told, "\n{stream}:\n\n````text\n{}````\n", text(bytes)).unwrap();
        }
    }
    told.replace("## `sim `", "## `sim`")
}

#[test]
fn every_verb_says_what_it_said() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("scenarios"), &folder.path().join("scenarios"));
    copy_folder(&root().join("tests/conformance"), &folder.path().join("conformance"));
    copy_folder(&root().join("tests/it/sweeps"), &folder.path().join("sweeps"));
    copy_folder(&root().join("tests/it/traces"), &folder.path().join("traces"));
    let told: Vec<String> = COMMANDS.iter().map(|arguments| transcript(folder.path(), arguments)).collect();
    assert_up_to_date("tests/it/verbs.md", &format!("# What the command prints\n\n{}", told.join("\n")));
}

#[test]
fn schemas_are_the_files_in_docs() {
    for of in ["scenario", "result", "decisions", "explain", "compare", "knee", "regress", "sweep"] {
        let printed = sim_in(root(), &["schema", of]);
        let file = std::fs::read(root().join(format!("docs/{of}.schema.json"))).unwrap();
        assert!(printed.status.success() && printed.stdout == file, "{of}");
    }
}

#[test]
fn completions_know_the_verbs_and_flags() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = sim_in(root(), &["completions", shell]);
        let script = text(&output.stdout);
        assert!(output.status.success() && output.stderr.is_empty(), "{shell}");
        for word in ["conformance", "completions", "bench", "dry-run", "sim"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}
