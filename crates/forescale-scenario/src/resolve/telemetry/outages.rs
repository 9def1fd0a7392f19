//! Times at which a metric has no answer.

use crate::codes;
use crate::context::{Context, Told};
use crate::manifests::Manifests;
use crate::raw::{Map, RawOutage};
use forescale_core::telemetry::{Outage, OutageAnswer};
use forescale_document::{Code, Spanned, nearest};
use forescale_kernel::SimTime;

/// The outages of the scenario, each of a metric that the HPA asks for.
pub(super) fn resolve(
    context: &mut Context,
    given: &Map<String, Spanned<RawOutage>>,
    manifests: &Manifests,
) -> Told<Vec<Outage>> {
    let hpa = manifests.hpa.iter().flat_map(|hpa| &hpa.object.spec.metrics);
    let names: Vec<&str> = hpa
        .filter_map(|metric| {
            let external = metric.external.as_ref().map(|source| &source.metric);
            external.or(metric.pods.as_ref().map(|source| &source.metric))
        })
        .map(|metric| metric.name.as_str())
        .collect();
    let mut outages = Vec::new();
    let mut is_fine = Ok(());
    for (name, outage) in given {
        if !names.contains(&name.as_str()) {
            let message = format!("the HPA asks for no metric `{}`", name.as_str());
            let diagnostic = context.error(codes::UNKNOWN_REFERENCE, name.span(), message);
            is_fine = context.fail(match nearest(name, names.iter().copied()) {
                Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
                None if names.is_empty() => {
                    diagnostic.help("there is no HPA with an External or Pods metric")
                }
                None => diagnostic.help(format!("it asks for {}", names.join(", "))),
            });
        }
        if outage.until.0 <= outage.from.0 {
            let message = "`until` of an outage must be later than `from`";
            let diagnostic = context.error(Code::CONTRADICTION, outage.until.span(), message);
            is_fine = context.fail(diagnostic.related(outage.from.span(), "it begins here"));
        }
        let answers = OutageAnswer::ALL;
        let answer = answers.iter().find(|(answer, _)| *answer == outage.answer.as_str());
        let Some((_, answer)) = answer else {
            let message = format!("`{}` is nothing that an outage answers", outage.answer.as_str());
            let diagnostic = context.error(Code::WRONG_VALUE, outage.answer.span(), message);
            is_fine = context.fail(diagnostic.help("write `answer = \"error\"` or `answer = \"nothing\"`"));
            continue;
        };
        outages.push(Outage {
            metric: name.to_string(),
            from: SimTime::ZERO + outage.from.0,
            until: SimTime::ZERO + outage.until.0,
            answer: *answer,
        });
    }
    is_fine.map(|()| outages)
}
