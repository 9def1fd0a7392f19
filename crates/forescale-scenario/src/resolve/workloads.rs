//! Workloads and the flows that they belong to.

use crate::context::{Context, Told};
use crate::raw::{RawScenario, RawWorkload};
use forescale_core::demand::Workload;
use forescale_core::ids::FlowId;
use forescale_core::views::FlowLabels;
use forescale_document::{Code, Spanned};
use std::path::Path;

fn labels(workload: &RawWorkload, model_name: &str) -> FlowLabels {
    FlowLabels {
        model_name: model_name.to_owned(),
        fairness_id: workload.fairness_id.clone(),
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
    context: &mut Context,
    raw: &RawScenario,
    base: &Path,
    flows: &[FlowLabels],
) -> Told<Vec<Workload>> {
    if raw.workload.is_empty() {
        let message = "the scenario has no workload, so no request arrives";
        let diagnostic = context.error(Code::MISSING_KEY, None, message);
        return context.fail(diagnostic.help("add a table `[workload.NAME]`"));
    }
    let all: Vec<Told<Workload>> = raw
        .workload
        .iter()
        .map(|(name, workload)| Reader { raw, base, name }.workload(context, workload, flows))
        .collect();
    all.into_iter().collect()
}

/// One workload on its way from file to configuration.
pub(super) struct Reader<'a> {
    raw: &'a RawScenario,
    pub(super) base: &'a Path,
    pub(super) name: &'a Spanned<String>,
}

impl Reader<'_> {
    pub(super) fn key(&self, key: &str) -> String {
        format!("workload.{}.{key}", self.name.as_str())
    }

    fn workload(
        &self,
        context: &mut Context,
        workload: &Spanned<RawWorkload>,
        flows: &[FlowLabels],
    ) -> Told<Workload> {
        let load = self.load(context, workload);
        let prefix_groups = self.prefix_groups(context, workload);
        let (from, until) = (workload.from, workload.until);
        if let Some(until) = until
            && until.0 <= from.0
        {
            let message = format!("`{}` must be later than `from`", self.key("until"));
            let diagnostic = context.error(Code::CONTRADICTION, until.span(), message);
            return context.fail(diagnostic.related(from.span(), "`from` is here"));
        }
        let duration = self.raw.scenario.duration;
        if from.0 >= duration.0 {
            let message = format!("`{}` is not before the end of the run", self.key("from"));
            let diagnostic = context.error(Code::CONTRADICTION, from.span(), message);
            return context.fail(diagnostic.related(duration.span(), "the run is so long"));
        }
        let model_name = flows.first().map_or("", |flow| flow.model_name.as_str());
        let labels = labels(workload, model_name);
        let flow = flows.iter().position(|flow| *flow == labels).unwrap_or(0);
        let load = load?;
        Ok(Workload {
            name: self.name.to_string(),
            from: from.0,
            until: load.until.or(until.map(|until| until.0)),
            requests: workload.requests,
            source: load.source,
            prefix_groups: prefix_groups?,
            client: load.client,
            flow: FlowId(flow as u32),
        })
    }
}
