//! Profiles in files of the user's own.

use crate::support::{copy_folder, root, sim_in};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn fingerprint(folder: &Path, arguments: &[&str]) -> String {
    let output = sim_in(folder, arguments);
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    let result: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{talk}"));
    result["fingerprint"].as_str().unwrap().to_owned()
}

/// The library's own figures in a file beside the scenario give the library's own run.
#[test]
fn a_file_with_the_same_figures_gives_the_same_run() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("scenarios"), folder.path());
    let mine = "
        base = \"llama-3.1-8b/h100/tp1\"
        host = { per_step = \"300us\" }
        [step_time.piecewise]
        fixed = \"6.43434ms\"
        knee_low = 256
        per_token_below = \"11.4746us\"
        knee_high = 384
        per_token_above = \"20.9173us\"
        per_context_token = \"43.454ns\"
        per_million_pairs = \"694.236us\"
    ";
    fs::create_dir(folder.path().join("mine")).unwrap();
    fs::write(folder.path().join("mine/profile.toml"), mine).unwrap();
    let arguments = ["burst.toml", "--json", "--set", "scenario.duration=5m"];
    let library = fingerprint(folder.path(), &arguments);
    let set = "model_server.profile=mine/profile.toml";
    assert_eq!(fingerprint(folder.path(), &[&arguments[..], &["--set", set]].concat()), library);
    let slower = mine.replace("6.43434ms", "9ms");
    fs::write(folder.path().join("mine/profile.toml"), slower).unwrap();
    assert_ne!(fingerprint(folder.path(), &[&arguments[..], &["--set", set]].concat()), library);
}

#[test]
fn a_table_and_a_profile_without_a_base_run_too() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("scenarios"), folder.path());
    let mine = "
        model_name = \"meta-llama/Llama-3.1-8B-Instruct\"
        gpu = \"l40s\"
        max_model_len = 8192
        kv = { bytes_per_token = 131072, blocks_at_0_9 = 11814 }
        cuda_graph_sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256]
        [step_time.table]
        decode = [[1, 512, \"22ms\"], [1, 4096, \"22.8ms\"], [64, 512, \"30ms\"], [64, 1024, \"38.5ms\"]]
        prefill = [[512, \"45ms\"], [2048, \"152ms\"]]
    ";
    fs::write(folder.path().join("mine.toml"), mine).unwrap();
    let set = ["--set", "model_server.profile=mine.toml", "--set", "scenario.duration=2m"];
    assert!(!fingerprint(folder.path(), &[&["burst.toml", "--json"], &set[..]].concat()).is_empty());
}

/// What exists and differs is not overwritten without a word.
#[test]
fn a_file_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("tests/it/sweeps"), folder.path());
    let fit = ["profile", "fit", "steps.csv", "--base", "llama-3.1-8b/h100/tp1", "-o", "mine.toml"];
    let code = |more: &[&str]| sim_in(folder.path(), &[&fit[..], more].concat()).status.code();
    assert_eq!((code(&[]), code(&[])), (Some(0), Some(0)));
    assert_eq!((code(&["--form", "affine"]), code(&["--form", "affine", "--force"])), (Some(2), Some(0)));
    let other = ["profile", "fit", "steps.csv", "--base", "llama-3.1-8b/h100/tp1", "-o", "mine.csv"];
    assert_eq!(sim_in(folder.path(), &other).status.code(), Some(2));
}
