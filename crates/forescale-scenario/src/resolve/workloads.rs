//! Workloads and the flows that they belong to.

use super::Context;
use crate::error::ScenarioError;
use crate::raw::{RawArrivals, RawScenario, RawTrace, RawWorkload};
use crate::trace::{Replay, azure_llm_2023};
use forescale_core::demand::{Arrivals, Lengths, Workload};
use forescale_core::ids::FlowId;
use forescale_core::views::FlowLabels;
use forescale_kernel::SimDuration;
use std::path::Path;

/// The EPP's fairness id for requests that carry none.
const DEFAULT_FLOW: &str = "default-flow";

fn labels(workload: &RawWorkload, model_name: &str) -> FlowLabels {
    FlowLabels {
        model_name: model_name.to_owned(),
        fairness_id: workload.fairness_id.clone().unwrap_or_else(|| DEFAULT_FLOW.to_owned()),
        priority: workload.priority,
    }
}

/// The different flows of the workloads, in the order of the workloads' names.
pub(super) fn flows(raw: &RawScenario, model_name: &str) -> Vec<FlowLabels> {
    let mut flows: Vec<FlowLabels> = Vec::new();
    for workload in raw.workload.values() {
        let labels = labels(workload, model_name);
        if !flows.contains(&labels) {
            flows.push(labels);
        }
    }
    flows
}

pub(super) fn resolve(
    context: &Context<'_>,
    raw: &RawScenario,
    base: &Path,
    flows: &[FlowLabels],
) -> Result<Vec<Workload>, ScenarioError> {
    if raw.workload.is_empty() {
        return Err(context.error("workload", "is missing: without a [workload.NAME] no request arrives"));
    }
    let workloads = raw.workload.iter().map(|(name, workload)| {
        let key = |key: &str| format!("workload.{name}.{key}");
        let from = workload.from.map_or(SimDuration::ZERO, |from| from.0);
        let until = workload.until.map(|until| until.0);
        if until.is_some_and(|until| until <= from) {
            return Err(context.error(&key("until"), "must be later than `from`"));
        }
        if from >= raw.scenario.duration.0 {
            return Err(context.error(&key("from"), "is not before the end of the run (`scenario.duration`)"));
        }
        let model_name = flows.first().map_or("", |flow| flow.model_name.as_str());
        let labels = labels(workload, model_name);
        let flow = flows.iter().position(|flow| *flow == labels).unwrap_or(0);
        Ok(Workload {
            name: name.clone(),
            from,
            until,
            requests: workload.requests,
            arrivals: arrivals(context, &key, workload, base)?,
            flow: FlowId(flow as u32),
        })
    });
    workloads.collect()
}

fn arrivals(
    context: &Context<'_>,
    key: &dyn Fn(&str) -> String,
    workload: &RawWorkload,
    base: &Path,
) -> Result<Arrivals, ScenarioError> {
    let lengths = [("prompt_tokens", workload.prompt_tokens), ("output_tokens", workload.output_tokens)];
    match (&workload.arrivals, &workload.trace) {
        (Some(_), Some(_)) => {
            Err(context.error(&key("trace"), "a workload has `arrivals` or a `trace`, not both"))
        }
        (None, None) => Err(context.error(
            &key("arrivals"),
            "is missing: give for example `arrivals.poisson = { rate = 8.0 }` or a `trace`",
        )),
        (None, Some(RawTrace::AzureLlm2023(trace))) => {
            if let Some((name, _)) = lengths.iter().find(|(_, dist)| dist.is_some()) {
                return Err(context.error(&key(name), "the trace says how long requests are"));
            }
            let rate_scale = trace.rate_scale.unwrap_or(1.0);
            if !(rate_scale > 0.0 && rate_scale.is_finite()) {
                return Err(context.error(&key("trace.azure-llm-2023.rate_scale"), "must be above 0"));
            }
            let window = trace.window.map(|(from, until)| (from.0, until.0));
            if window.is_some_and(|(from, until)| from >= until) {
                return Err(context.error(&key("trace.azure-llm-2023.window"), "must end after it starts"));
            }
            let source = azure_llm_2023(base.join(&trace.path), Replay { rate_scale, window });
            // A wrong file is a wrong input now, not in the middle of the run.
            let first = source.open().and_then(|mut rows| rows.next().transpose());
            first.map_err(|error| context.error(&key("trace.azure-llm-2023.path"), error))?;
            Ok(Arrivals::Trace(source))
        }
        (Some(arrivals), None) => {
            let length = |name: &str, dist: Option<crate::text::TokenDist>| {
                dist.map(|dist| dist.0)
                    .ok_or_else(|| context.error(&key(name), "is missing; for example `512`"))
            };
            let [prompt, output] = lengths;
            let lengths = Lengths {
                prompt_tokens: length(prompt.0, prompt.1)?,
                output_tokens: length(output.0, output.1)?,
            };
            Ok(match arrivals {
                RawArrivals::Constant(table) => Arrivals::Constant(table.rate.0.clone(), lengths),
                RawArrivals::Poisson(table) => Arrivals::Poisson(table.rate.0.clone(), lengths),
            })
        }
    }
}
