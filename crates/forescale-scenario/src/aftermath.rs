//! What can go wrong once a scenario is loaded, in the same form as what is wrong with its files.

use crate::codes;
use crate::context::unwritable;
use crate::scenario::Scenario;
use crate::trace::diagnostic;
use forescale_core::demand::TraceError;
use forescale_document::{Diagnostic, Report, Span};
use std::path::Path;

impl Scenario {
    /// What is said where a file or folder of results cannot be written.
    pub fn unwritable_report(path: &Path, error: &std::io::Error) -> Report {
        let mut report = Report::default();
        let name = path.display().to_string();
        let message = format!("`{name}` cannot be written: {}", unwritable(error));
        let source = report.sources.add(name, "");
        let diagnostic = Diagnostic::error(codes::UNWRITABLE, Span::start_of(source), message);
        report.push(diagnostic.help("`--out DIR` writes to another folder"));
        report
    }

    /// What is said where objectives are set and no request arrived in the run.
    pub fn unjudged_report(&self) -> Report {
        let mut report = Report::default();
        let name = self.file.display().to_string();
        let text = self.report.sources.find(&name).map(str::to_owned).unwrap_or_default();
        let at = text.find("[slo]").map_or(0..0, |at| at + 1..at + 4);
        let source = report.sources.add(name, text);
        let span = Span { source, start: at.start, end: at.end };
        let message = "no request arrived in this run, so there is nothing to judge";
        let diagnostic = Diagnostic::error(codes::NOTHING_TO_JUDGE, span, message);
        report
            .push(diagnostic.help(
                "look at the rates, `from` and `until` of the workloads, and at the windows of traces",
            ));
        report
    }

    /// What is wrong with a trace that could not be read on in the middle of a run.
    pub fn trace_report(error: &TraceError) -> Report {
        let mut report = Report::default();
        let diagnostic = diagnostic(&mut report.sources, error, None);
        report.push(diagnostic);
        report
    }
}
