//! Files that do not exist, are empty, or are no text; results that cannot be written.

use super::case::{ADAPTER, BURST, Case, Edit, HPA, MONITORED, TRACE, TRACED, VALUES, case, slip};

const FILES: &str = "Files";
const OUTPUT: &str = "Results that cannot be written";

pub(super) fn cases() -> Vec<Case> {
    [files(), output()].concat()
}

/// As Windows' editors and PowerShell write it.
fn utf_16() -> Vec<u8> {
    let text = "[scenario]\r\nname = \"burst\"\r\n";
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

fn files() -> Vec<Case> {
    let files = |name: &str, scenario, edits: &[Edit]| case(FILES, name, scenario, edits);
    vec![
        files("no scenario", "burts.toml", &[]),
        files("no folder of the scenario", "scenarios/burst.toml", &[]),
        files("a manifest in place of a scenario", HPA, &[]),
        files("a folder in place of a scenario", "manifests", &[]),
        slip(FILES, "no folder of manifests", BURST, "manifests/llm-d/", "manifest/llm-d/"),
        slip(FILES, "no manifest", BURST, "manifests/llm-d/", "manifests/llm-d/deploy.yaml"),
        slip(FILES, "a folder without manifests", BURST, "manifests/llm-d/", "empty/"),
        files("no values", BURST, &[Edit::Remove(VALUES)]),
        files("a folder in place of values", BURST, &[Edit::Folder(VALUES)]),
        files("no trace", TRACED, &[Edit::Remove(TRACE)]),
        files("a folder in place of a trace", TRACED, &[Edit::Folder(TRACE)]),
        files("an empty scenario", BURST, &[Edit::Write(BURST, b"")]),
        files("a scenario of comments", BURST, &[Edit::Write(BURST, b"# Question: what now?\n\n")]),
        files("an empty manifest", BURST, &[Edit::Write(HPA, b"")]),
        files("a manifest of comments and dashes", BURST, &[Edit::Write(HPA, b"---\n# HPA\n---\n")]),
        files("empty values", BURST, &[Edit::Write(VALUES, b"\n")]),
        files(
            "an empty file in a ConfigMap",
            MONITORED,
            &[Edit::Write(
                ADAPTER,
                b"apiVersion: v1\nkind: ConfigMap\ndata:\n  config.yaml: |\n    # externalRules: none\n",
            )],
        ),
        files("an empty trace", TRACED, &[Edit::Write(TRACE, b"")]),
        files(
            "a binary scenario",
            BURST,
            &[Edit::Make(BURST, "is the beginning of a PNG", || b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec())],
        ),
        files(
            "a scenario in UTF-16",
            BURST,
            &[Edit::Make(BURST, "is UTF-16, as PowerShell writes it", utf_16)],
        ),
        files(
            "a manifest in UTF-16",
            BURST,
            &[Edit::Make(HPA, "is UTF-16, as PowerShell writes it", utf_16)],
        ),
        files(
            "a manifest in Latin-1",
            BURST,
            &[Edit::Make(HPA, "has a comment in Latin-1", || {
                b"# K\xfcbernetes\nkind: HorizontalPodAutoscaler\n".to_vec()
            })],
        ),
        files(
            "a manifest with NUL",
            BURST,
            &[Edit::Make(HPA, "has NUL in a text", || b"kind: \"Horizontal\0PodAutoscaler\"\n".to_vec())],
        ),
        files(
            "a compressed trace",
            TRACED,
            &[Edit::Make(TRACE, "is the beginning of a gzip file", || {
                b"\x1f\x8b\x08\x00\xc3\xff\x8c\x65\x00\x03".to_vec()
            })],
        ),
        slip(
            FILES,
            "Helm values among the manifests",
            BURST,
            "[\"manifests/llm-d/\"]",
            "[\"manifests/llm-d/\", \"manifests/prometheus-adapter-values.yaml\"]",
        ),
        slip(FILES, "a scenario as a manifest", BURST, "[\"manifests/llm-d/\"]", "[\"traced.toml\"]"),
        slip(
            FILES,
            "a manifest as values",
            BURST,
            "manifests/prometheus-adapter-values.yaml",
            "manifests/llm-d/hpa.yaml",
        ),
        slip(FILES, "no file", BURST, "manifests/prometheus-adapter-values.yaml", ""),
        files(
            "a file in place of a folder",
            BURST,
            &[Edit::Replace(BURST, "manifests/llm-d/", "manifests/llm-d/deployment.yaml/hpa.yaml")],
        ),
    ]
}

fn output() -> Vec<Case> {
    let short = Edit::Replace(TRACED, "duration = \"1h\"", "duration = \"10s\"");
    let with = |name: &str, edits: &[Edit], arguments| {
        let edits: Vec<Edit> = [short].iter().chain(edits).copied().collect();
        Case { arguments, ..case(OUTPUT, name, TRACED, &edits) }
    };
    vec![
        with("a file in place of the folder", &[], &["--out", "burst.toml"]),
        with("a file on the way to the folder", &[], &["--out", "burst.toml/results"]),
        with("a folder in place of a file", &[Edit::Write("out/traced/series.csv/x", b"x")], &[]),
        with(
            "nothing to judge",
            &[
                Edit::Append(TRACED, "\n[slo]\ne2e = { p99 = \"2s\" }\n"),
                Edit::Replace(
                    TRACED,
                    "path = \"trace.csv\"",
                    "path = \"trace.csv\", window = [\"10m\", \"20m\"]",
                ),
            ],
            &[],
        ),
    ]
}
