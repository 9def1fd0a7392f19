//! The files of two published guides: as intended they load, and each defect of the committed ones is named.
//!
//! Defects A, C, D and E are put back into the files as intended, one at a time, and what is said about them is compared with
//! `guides/defect-*.txt`. Defect B is about a port in the guide's text and in a script (8081, where the Service has 8080): no manifest
//! has it, so nothing here can find it.

use crate::support::root;
use forescale::scenario::{Rejection, check_manifests};
use std::fs;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "scenarios/manifests/guides/kubernetes-examples";

/// The files of llm-d's guide.
const LLM_D: [&str; 3] = [
    "scenarios/manifests/llm-d",
    "scenarios/manifests/guides/llm-d",
    "scenarios/manifests/prometheus-adapter-values.yaml",
];

/// What both ways of the vLLM guide have, and what each has of its own; the ways are alternatives.
const COMMON: [&str; 4] = ["deployment", "service", "service-monitor", "prometheus-adapter"];
const WAYS: [&[&str]; 3] = [
    &["hpa-running-requests"],
    &["hpa-gpu-utilization", "prometheus-rule", "dcgm-service-gke", "dcgm-service-monitor-gke"],
    &["hpa-gpu-utilization", "prometheus-rule", "dcgm-service-generic", "dcgm-service-monitor-generic"],
];

fn example(name: &str) -> String {
    format!("{EXAMPLES}/{name}.yaml")
}

fn way(own: &[&str]) -> Vec<String> {
    COMMON.iter().chain(own).map(|name| example(name)).collect()
}

fn at_root(files: &[String]) -> Vec<PathBuf> {
    files.iter().map(|file| root().join(file)).collect()
}

#[test]
fn as_intended_every_file_loads() {
    let llm_d = LLM_D.map(str::to_owned).to_vec();
    for files in WAYS.map(way).into_iter().chain([llm_d.clone()]) {
        let summary = check_manifests(&at_root(&files)).unwrap_or_else(|error| panic!("{files:?}: {error}"));
        let codes: Vec<&str> = summary.report.warnings().map(|warning| warning.code.id).collect();
        assert!(codes.iter().all(|code| *code == "F100"), "{files:?}: {codes:?}");
        for file in &files {
            let is_in = |object: &str| object.ends_with(file.as_str()) || !file.ends_with(".yaml");
            assert!(summary.objects.iter().any(|object| is_in(&object.file)), "{file} is listed");
        }
    }
    let summary = check_manifests(&at_root(&llm_d)).unwrap();
    let listed = |kind: &str| summary.objects.iter().any(|object| object.kind == kind && object.is_read);
    for kind in ["Deployment", "HorizontalPodAutoscaler", "EndpointPickerConfig", "PodMonitor", "Values"] {
        assert!(listed(kind), "{kind} in {:?}", summary.objects);
    }
}

/// No file of the guide is left out of the ways.
#[test]
fn all_files_are_checked() {
    let mut listed: Vec<String> =
        COMMON.iter().chain(WAYS.concat().iter()).map(|name| example(name)).collect();
    listed.sort();
    listed.dedup();
    let mut there: Vec<String> = fs::read_dir(root().join(EXAMPLES))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .map(|name| format!("{EXAMPLES}/{}", name.to_str().unwrap()))
        .collect();
    there.sort();
    assert_eq!(listed, there);
    for file in there {
        let text = fs::read_to_string(root().join(&file)).unwrap();
        assert!(text.starts_with("# kubernetes/examples, vLLM guide"), "{file}: a header says what it is");
    }
}

/// The ways together are two HPAs on one Deployment, which would fight.
#[test]
fn the_alternatives_are_not_one_scenario() {
    let both = check_manifests(&[root().join(EXAMPLES)]).unwrap_err();
    let codes: Vec<&str> = both.0.errors().map(|error| error.code.id).collect();
    assert_eq!(codes, ["F023"], "{both}");
}

/// A file, what is replaced in it, by what, and whose way it belongs to.
struct Defect {
    name: &'static str,
    files: Vec<String>,
    edits: &'static [(&'static str, &'static str, &'static str)],
}

fn defects() -> Vec<Defect> {
    let deeper = "      - seriesQuery: 'dcgm_fi_dev_gpu_util_relabelled'\n        resources:\n          overrides:\n            namespace: { resource: namespace }\n            pod: { resource: pod }\n        name:\n          matches: 'dcgm_fi_dev_gpu_util_relabelled'\n          as: gpu_utilization_percent\n        metricsQuery:";
    let deeper_yet = "        - seriesQuery: 'dcgm_fi_dev_gpu_util_relabelled'\n          resources:\n            overrides:\n              namespace: { resource: namespace }\n              pod: { resource: pod }\n          name:\n            matches: 'dcgm_fi_dev_gpu_util_relabelled'\n            as: gpu_utilization_percent\n          metricsQuery:";
    let one = |edit| -> &'static [_] { Box::leak(Box::new([edit])) };
    vec![
        Defect {
            name: "a",
            files: way(WAYS[0]),
            edits: &[
                ("service.yaml", "  labels:\n    app: gemma-server\nspec", "spec"),
                ("service.yaml", "    - name: http\n      port: 8080", "    - port: 8080"),
            ],
        },
        Defect {
            name: "c",
            files: way(WAYS[2]),
            edits: &[(
                "dcgm-service-generic.yaml",
                "    app.kubernetes.io/name: dcgm-exporter",
                "    app.kubernetes.io/name: gpu-dcgm-exporter",
            )],
        },
        Defect {
            name: "d",
            files: way(WAYS[1]),
            edits: one(("prometheus-adapter.yaml", deeper, deeper_yet)),
        },
        Defect {
            name: "e",
            files: LLM_D.map(str::to_owned).to_vec(),
            edits: &[(
                "prometheus-adapter-values.yaml",
                "        namespaced: false\n      name:\n        as: igw_queue_depth",
                "        overrides:\n          namespaced: false\n      name:\n        as: igw_queue_depth",
            )],
        },
    ]
}

/// Copies files into a folder, with the edits of the defect.
fn committed(defect: &Defect, folder: &Path) -> Vec<PathBuf> {
    let mut copies = Vec::new();
    let files = defect.files.iter().flat_map(|file| match root().join(file) {
        path if path.is_dir() => {
            let mut paths: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
            paths.sort();
            paths
        }
        path => vec![path],
    });
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let mut text = fs::read_to_string(&file).unwrap();
        for (_, from, to) in defect.edits.iter().filter(|(edited, ..)| *edited == name) {
            assert!(text.contains(from), "{name} has no {from:?} any more");
            text = text.replacen(from, to, 1);
        }
        copies.push(folder.join(name));
        fs::write(folder.join(name), text).unwrap();
    }
    copies
}

#[test]
fn each_defect_of_the_committed_files_is_named() {
    for defect in defects() {
        let folder = tempfile::tempdir().unwrap();
        let files = committed(&defect, folder.path());
        let Rejection(report) =
            *check_manifests(&files).err().unwrap_or_else(|| panic!("{} passed", defect.name));
        let errors: Vec<_> = report.errors().collect();
        assert_eq!(errors.len(), 1, "{}: {}", defect.name, report.render(false, 120));
        let rendered = report.render(false, 120);
        // Warnings follow the errors.
        let rendered = rendered.split("\n\nwarning[").next().unwrap().trim_end();
        let prefix = format!("{}/", folder.path().display());
        let said = format!("{}\n", rendered.replace(&prefix, ""));
        let snapshot = root().join(format!("tests/it/guides/defect-{}.txt", defect.name));
        if std::env::var_os("FORESCALE_BLESS").is_some() {
            fs::write(&snapshot, &said).unwrap();
        }
        assert_eq!(said, fs::read_to_string(&snapshot).unwrap_or_default(), "{}", snapshot.display());
    }
}
