//! The verdict as workflow commands of GitHub Actions, which become annotations.

use super::gate::{Gates, Level};
use super::unjudged::Obstacle;
use super::words;
use std::fmt::Write as _;

/// A line for each finding that is worth one, at the place of its KPI in the baseline's file, and for what kept a scenario from being judged. The layout is that of GitHub's workflow commands
/// (docs.github.com, "Workflow commands for GitHub Actions").
pub fn regress_annotations(gates: &Gates) -> String {
    let mut text = String::new();
    for (gate, finding) in gates.findings() {
        let Some(level) = gates.level(finding) else { continue };
        let level = match level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let title = format!("{}: {}", gate.scenario, finding.guarded);
        // Writing into a text cannot fail.
        let _ = writeln!(
            text,
            "::{level} file={},line={},title={}::{}",
            property(&gate.baseline_file),
            finding.line.max(1),
            property(&title),
            data(&words::told(finding))
        );
    }
    for one in &gates.unjudged {
        for flaw in one.flaws() {
            let place = match (&flaw.file, flaw.line) {
                (Some(file), Some(line)) => format!(" file={},line={line}", property(file)),
                (Some(file), None) => format!(" file={}", property(file)),
                (None, _) => String::new(),
            };
            let _ = writeln!(text, "::error{place}::{}", data(&flaw.message));
        }
        if matches!(one.obstacle, Obstacle::Interrupted) {
            let (file, title) = (property(&one.file), property(&one.scenario));
            let _ = writeln!(text, "::error file={file},title={title}::{}", data(&one.told()));
        }
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
