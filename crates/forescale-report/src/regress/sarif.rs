//! The verdict as SARIF 2.1.0 (OASIS), which code scanning reads.

use super::gate::{Gate, Gates, Level};
use super::unjudged::{Flaw, Obstacle, Unjudged};
use super::words;
use forescale_experiment::regress::Finding;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// A result for each finding that is worth one, at the place of its KPI in the baseline's file; a rule for each KPI; a notification of the tool for each
/// scenario that was not judged.
///
/// # Errors
/// Those of `out`.
pub fn regress_sarif(gates: &Gates, tool_version: &str, mut out: impl Write) -> io::Result<()> {
    let mut rules: BTreeMap<String, Value> = BTreeMap::new();
    let mut results = Vec::new();
    for (gate, finding) in gates.findings() {
        let Some(level) = gates.level(finding) else { continue };
        let name = finding.guarded.kpi.name();
        rules.entry(name.clone()).or_insert_with(|| rule(&name, finding));
        results.push(result(gate, finding, level, &name));
    }
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "forescale",
                "version": tool_version,
                "rules": rules.into_values().collect::<Vec<_>>(),
            } },
            "invocations": [{
                "executionSuccessful": gates.unjudged.is_empty(),
                "toolExecutionNotifications": gates.unjudged.iter().flat_map(notifications).collect::<Vec<_>>(),
            }],
            "results": results,
        }],
    });
    writeln!(out, "{document:#}")
}

fn rule(name: &str, finding: &Finding) -> Value {
    json!({
        "id": format!("regress/{name}"),
        "shortDescription": { "text": format!("{name} against its baseline") },
        "fullDescription": { "text": finding.guarded.kpi.definition() },
    })
}

fn result(gate: &Gate, finding: &Finding, level: Level, name: &str) -> Value {
    let level = match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    };
    json!({
        "ruleId": format!("regress/{name}"),
        "level": level,
        "message": { "text": format!("{}: {}", gate.scenario, words::told(finding)) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&gate.baseline_file) },
            "region": { "startLine": finding.line.max(1) },
        } }],
        // The same finding keeps its identity when its line and its numbers change.
        "partialFingerprints": { "gate/v1": format!("{}#{}", uri(&gate.baseline_file), finding.guarded) },
    })
}

/// What kept a scenario from being judged.
fn notifications(one: &Unjudged) -> Vec<Value> {
    let level = if matches!(one.obstacle, Obstacle::NotRun) { "note" } else { "error" };
    let notification = |text: String, file: &str, line: Option<usize>| {
        let mut place = json!({ "artifactLocation": { "uri": uri(file) } });
        if let Some(line) = line {
            place["region"] = json!({ "startLine": line });
        }
        json!({
            "level": level,
            "message": { "text": format!("{}: {text}", one.scenario) },
            "locations": [{ "physicalLocation": place }],
        })
    };
    let of = |flaw: &Flaw| {
        notification(flaw.message.clone(), flaw.file.as_deref().unwrap_or(&one.file), flaw.line)
    };
    match one.flaws() {
        [] => vec![notification(one.told(), &one.file, None)],
        flaws => flaws.iter().map(of).collect(),
    }
}

/// A relative reference (RFC 3986, 4.2), or that of a file where the path is absolute.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.replace('\\', "/").trim_start_matches("./").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into())
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    if uri.starts_with('/') { format!("file://{uri}") } else { uri }
}
