//! The verdict as JUnit's XML, which most CI systems read.

use super::gate::{Gates, Level};
use super::unjudged::Obstacle;
use super::words;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite, XmlString};
use std::io::{self, Write};

/// A test suite for each scenario, which has the name of its file, a test case for each KPI. A KPI that cannot be told is a skipped case, or a failed one where that is strict.
/// A scenario that was not judged has one case, an error; a skipped one where another scenario is to blame.
///
/// # Errors
/// Those of `out`.
pub fn regress_junit(gates: &Gates, mut out: impl Write) -> io::Result<()> {
    let mut report = Report::new("sim regress");
    for gate in &gates.gates {
        let mut suite = TestSuite::new(gate.file.as_str());
        suite.add_property(("baseline", gate.baseline_file.as_str()));
        for finding in &gate.judged.findings {
            let told = words::told(finding);
            let mut status = match gates.level(finding) {
                Some(Level::Error) => TestCaseStatus::non_success(NonSuccessKind::Failure),
                Some(Level::Warning) => TestCaseStatus::skipped(),
                Some(Level::Note) | None => TestCaseStatus::success(),
            };
            if !matches!(status, TestCaseStatus::Success { .. }) {
                status.set_message(told.as_str());
            }
            let mut case = TestCase::new(finding.guarded.to_string(), status);
            case.set_classname(gate.file.as_str());
            case.set_system_out(XmlString::new(told));
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    for one in &gates.unjudged {
        let mut suite = TestSuite::new(one.file.as_str());
        let mut status = match one.obstacle {
            Obstacle::Interrupted | Obstacle::Broken(_) => TestCaseStatus::non_success(NonSuccessKind::Error),
            Obstacle::NotRun => TestCaseStatus::skipped(),
        };
        status.set_message(one.told());
        let mut case = TestCase::new(one.scenario.as_str(), status);
        case.set_classname(one.file.as_str());
        suite.add_test_case(case);
        report.add_test_suite(suite);
    }
    let text = report.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}
