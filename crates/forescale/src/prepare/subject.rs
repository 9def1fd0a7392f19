//! A scenario in the words of a report.

use crate::core::views::FlowLabels;
use crate::document::Diagnostic;
use crate::report::{HpaObject, Subject, Warning};
use crate::scenario::Scenario;
use std::path::Path;

/// What a report must know of a scenario.
pub fn subject(scenario: &Scenario) -> Subject {
    Subject {
        scenario: scenario.title(),
        seed: scenario.config.seed,
        duration: scenario.config.duration,
        autoscaler_kind: scenario.autoscaler.kind.to_owned(),
        autoscaler: scenario.autoscaler.description.clone(),
        hpa: scenario
            .hpa
            .as_ref()
            .map(|hpa| HpaObject::new(&hpa.name, &hpa.namespace, &hpa.spec, &hpa.flags)),
        workloads: scenario.config.workloads.iter().map(|workload| workload.name.clone()).collect(),
        flows: flows(scenario),
        warnings: warnings(scenario),
        gpu_price_per_hour: scenario.gpu_price_per_hour,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn flows(scenario: &Scenario) -> Vec<FlowLabels> {
    let flows = &scenario.config.gateway.flows;
    let workloads = scenario.config.workloads.iter();
    workloads.filter_map(|workload| flows.get(workload.flow.0 as usize)).cloned().collect()
}

/// The warnings, with files named as the scenario names them.
fn warnings(scenario: &Scenario) -> Vec<Warning> {
    let folder = scenario.file.parent().unwrap_or(Path::new(""));
    let relative =
        |file: &str| Path::new(file).strip_prefix(folder).unwrap_or(Path::new(file)).display().to_string();
    let report = &scenario.report;
    let warning = |given: &Diagnostic| {
        let position = report.position(given);
        Warning {
            code: given.code.id.to_owned(),
            message: given.message.clone(),
            file: report.file(given).map(relative),
            line: position.map(|at| at.line),
            column: position.map(|at| at.column),
        }
    };
    report.warnings().map(warning).collect()
}
