//! Workloads and the flows that they belong to.

use super::traces;
use crate::context::{Context, Told};
use crate::raw::{RawArrivals, RawScenario, RawWorkload};
use crate::text::{TokenDist, token_dist};
use forescale_core::demand::{Arrivals, Client, Lengths, Source, Workload};
use forescale_core::dist::Dist;
use forescale_core::ids::FlowId;
use forescale_core::views::FlowLabels;
use forescale_document::{Code, Span, Spanned};
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
struct Reader<'a> {
    raw: &'a RawScenario,
    base: &'a Path,
    name: &'a Spanned<String>,
}

impl Reader<'_> {
    fn key(&self, key: &str) -> String {
        format!("workload.{}.{key}", self.name.as_str())
    }

    fn workload(
        &self,
        context: &mut Context,
        workload: &Spanned<RawWorkload>,
        flows: &[FlowLabels],
    ) -> Told<Workload> {
        let arrivals = self.arrivals(context, workload);
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
        Ok(Workload {
            name: self.name.to_string(),
            from: from.0,
            until: until.map(|until| until.0),
            requests: workload.requests,
            source: Source::Open(arrivals?),
            client: Client::default(),
            flow: FlowId(flow as u32),
        })
    }

    fn arrivals(&self, context: &mut Context, workload: &Spanned<RawWorkload>) -> Told<Arrivals> {
        match (&workload.arrivals, &workload.trace) {
            (Some(arrivals), Some(trace)) => {
                let message = "a workload has `arrivals` or a `trace`, not both";
                let diagnostic = context.error(Code::CONTRADICTION, trace.key_span(), message);
                context.fail(diagnostic.related(arrivals.key_span(), "`arrivals` is here"))
            }
            (None, None) => {
                let message = format!("`{}` is missing", self.key("arrivals"));
                let diagnostic = context.error(Code::MISSING_KEY, self.name.span(), message);
                context.fail(
                    diagnostic.help("give for example `arrivals.poisson = { rate = 8.0 }`, or a `trace`"),
                )
            }
            (None, Some(trace)) => {
                let lengths =
                    [("prompt_tokens", workload.prompt_tokens), ("output_tokens", workload.output_tokens)];
                if let Some((name, Some(length))) = lengths.iter().find(|(_, length)| length.is_some()) {
                    let message = format!("`{}`: the trace says how long requests are", self.key(name));
                    let diagnostic = context.error(Code::CONTRADICTION, length.key_span(), message);
                    return context.fail(diagnostic.related(trace.key_span(), "the trace is here"));
                }
                let key = |key: &str| self.key(&format!("trace.{key}"));
                traces::resolve(context, trace, self.base, key).map(Arrivals::Trace)
            }
            (Some(arrivals), None) => {
                let place = workload.arrivals.as_ref().and_then(|arrivals| arrivals.key_span());
                let prompt_tokens = self.length(context, "prompt_tokens", workload.prompt_tokens, place);
                let output_tokens = self.length(context, "output_tokens", workload.output_tokens, place);
                let lengths = Lengths { prompt_tokens: prompt_tokens?, output_tokens: output_tokens? };
                Ok(match &**arrivals {
                    RawArrivals::Constant(table) => Arrivals::Constant(table.rate.0.clone(), lengths),
                    RawArrivals::Poisson(table) => Arrivals::Poisson(table.rate.0.clone(), lengths),
                })
            }
        }
    }

    fn length(
        &self,
        context: &mut Context,
        key: &str,
        given: Option<Spanned<TokenDist>>,
        place: Option<Span>,
    ) -> Told<Dist> {
        let Some(given) = given else {
            let message = format!("`{}` is missing", self.key(key));
            let diagnostic = context.error(Code::MISSING_KEY, place.or(self.name.span()), message);
            return context.fail(
                diagnostic.help("for example `512`, or `{ lognormal = { mean = 512, sigma = 0.8 } }`"),
            );
        };
        match token_dist(*given) {
            Ok(dist) => Ok(dist),
            Err(refusal) => {
                let diagnostic = context.refused(refusal, given.span(), &self.key(key));
                context.fail(diagnostic)
            }
        }
    }
}
