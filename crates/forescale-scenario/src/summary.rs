//! What manifest files hold, for whoever wants to check them without a simulation.

use crate::codes;
use crate::context::Context;
use crate::examine::{Examined, examine};
use crate::manifests::Object;
use crate::scenario::Rejection;
use forescale_document::{Diagnostic, Node, Report, Severity, Span};
use std::path::PathBuf;

/// Manifests in which nothing is wrong.
#[derive(Clone, Debug)]
pub struct ManifestSummary {
    /// All objects, in the order of files.
    pub objects: Vec<ManifestObject>,
    /// The texts that were read, and warnings: what has no effect on a simulation, and what is not simulated yet.
    pub report: Report,
}

/// One object of a manifest file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestObject {
    /// `kind`; `Values` for Helm values of prometheus-adapter.
    pub kind: String,
    /// `metadata.name`; may be empty.
    pub name: String,
    /// `metadata.namespace`, where it is given.
    pub namespace: Option<String>,
    /// The file.
    pub file: String,
    /// The line of its `kind`, from 1.
    pub line: usize,
    /// Whether a simulation reads it.
    pub is_read: bool,
}

/// Reads and checks manifests (files, or folders of them) and Helm values of prometheus-adapter, without a scenario around them.
///
/// What Kubernetes, the Endpoint Picker, Prometheus or the adapter would refuse is an error, and so is what selects nothing. What they
/// take and a simulation cannot show yet is a warning with the code F021.
///
/// # Errors
/// A [`Rejection`] with all mistakes that were found.
pub fn check_manifests(paths: &[PathBuf]) -> Result<ManifestSummary, Box<Rejection>> {
    let mut context = Context::default();
    let examined = examine(&mut context, paths);
    let mut report = Report::default();
    report.sources = context.report.sources.clone();
    for diagnostic in context.report.diagnostics() {
        let severity = match diagnostic.code == codes::NOT_SIMULATED {
            true => Severity::Warning,
            false => diagnostic.severity,
        };
        report.push(Diagnostic { severity, ..diagnostic.clone() });
    }
    match report.has_errors() {
        true => Err(Box::new(Rejection(report))),
        false => Ok(ManifestSummary { objects: objects(&examined, &report), report }),
    }
}

fn objects(examined: &Examined, report: &Report) -> Vec<ManifestObject> {
    let at = |span: Span| (report.sources.name(span.source).to_owned(), report.sources.position(span).line);
    let of_object = |object: &Object| {
        let (file, line) = at(object.place);
        let namespace = object.tree.get("metadata").and_then(|metadata| metadata.get("namespace"));
        ManifestObject {
            kind: object.kind.clone(),
            name: object.name.clone(),
            namespace: namespace.and_then(Node::text).map(str::to_owned),
            file,
            line,
            is_read: examined.reads(object),
        }
    };
    let of_values = |values: &Node| {
        let (file, line) = at(values.entry("rules").map_or(values.span, |entry| entry.key_span));
        let (kind, name) = ("Values".to_owned(), String::new());
        ManifestObject { kind, name, namespace: None, file, line, is_read: true }
    };
    let objects = examined.survey.objects.iter().map(of_object);
    objects.chain(examined.survey.values.iter().map(of_values)).collect()
}
