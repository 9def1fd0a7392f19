//! YAML files of several documents.

use crate::error::ScenarioError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::Path;

/// One document of a file, with the blank lines before it that keep its line numbers.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) kind: String,
    pub(crate) name: String,
}

#[derive(Deserialize, Default)]
struct Head {
    kind: Option<String>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize, Default)]
struct Metadata {
    name: Option<String>,
}

/// Splits a file at its `---` lines. Documents without content are left out; one without a `kind` is an error.
pub(crate) fn documents(file: &Path, text: &str) -> Result<Vec<Document>, ScenarioError> {
    let mut parts: Vec<String> = vec![String::new()];
    let mut lines = 0;
    for line in text.lines() {
        lines += 1;
        let is_marker = line == "---" || line.starts_with("--- ") || line.starts_with("---\t");
        if is_marker {
            parts.push("\n".repeat(lines));
        } else if let Some(part) = parts.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    let has_content = |part: &String| {
        part.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
    };
    parts.into_iter().filter(has_content).map(|part| document(file, part)).collect()
}

fn document(file: &Path, text: String) -> Result<Document, ScenarioError> {
    let head: Head = parse(file, &text)?;
    let Some(kind) = head.kind else {
        return Err(ScenarioError::new(
            file,
            "has no `kind`; manifests are told apart by it (Helm values have a key of their own: `telemetry.prometheus_adapter.values`)",
        ));
    };
    Ok(Document { text, kind, name: head.metadata.and_then(|metadata| metadata.name).unwrap_or_default() })
}

/// The document as an object of its kind.
pub(crate) fn typed<T: DeserializeOwned>(file: &Path, document: &Document) -> Result<T, ScenarioError> {
    parse(file, &document.text)
}

/// Reads YAML.
pub(crate) fn parse<T: DeserializeOwned>(file: &Path, text: &str) -> Result<T, ScenarioError> {
    serde_saphyr::from_str(text).map_err(|error| {
        let message = error.without_snippet().to_string();
        let place = error.location().map(|at| format!("line {}, column {}: ", at.line(), at.column()));
        // The reader repeats the place at the end of its message.
        let message = message.split(" at line ").next().unwrap_or_default().trim_end();
        ScenarioError::new(file, format!("{}{message}", place.unwrap_or_default()))
    })
}
