//! The gateway: release and EndpointPickerConfig.

use crate::codes;
use crate::context::{Context, Told};
use crate::manifests::{Manifests, WaitingLimits, selects};
use crate::raw::RawScenario;
use forescale_core::gateway::{GatewayConfig, Release};
use forescale_core::views::FlowLabels;
use forescale_document::{Code, Spanned, nearest};
use forescale_kernel::SimDuration;

/// The gateway with the pool that it serves.
pub(super) struct Gateway {
    pub(super) config: GatewayConfig,
    pub(super) inference_pool: String,
}

/// The EPP's own floor.
const FASTEST_POLL: SimDuration = SimDuration::from_ms(50);

pub(super) fn resolve(
    context: &mut Context,
    raw: &RawScenario,
    manifests: &Manifests,
    flows: &[FlowLabels],
) -> Told<Gateway> {
    let given = &raw.gateway;
    let interval = given.refresh_metrics_interval;
    let poll = match interval.0 < FASTEST_POLL {
        true => {
            let message = "`gateway.refresh_metrics_interval` must be at least 50ms: the EPP polls no faster";
            context.fail(context.error(Code::OUT_OF_RANGE, interval.span(), message))
        }
        false => Ok(interval.0),
    };
    let release = release(context, raw)?;
    let limits = WaitingLimits {
        default_request_ttl: given.default_request_ttl.map(|ttl| ttl.map(|ttl| ttl.0)),
        no_endpoint_request_ttl: given.no_endpoint_request_ttl.map(|ttl| ttl.map(|ttl| ttl.0)),
    };
    let mut config = match &manifests.endpoint_picker {
        Some(found) => found.resolve(context, release, &limits)?,
        None => GatewayConfig { release, ..GatewayConfig::default() },
    };
    config.refresh_metrics_interval = poll?;
    config.retry_after = given.retry_after.map(|wait| wait.0);
    if let Some(name) = &given.service {
        check_service(
            context,
            manifests,
            name,
            flows,
            limits.default_request_ttl.or(limits.no_endpoint_request_ttl),
        )?;
        // Nobody scores: all Ready pods are alike.
        config.scorers.clear();
    }
    if config.flow_control.is_none()
        && let Some(limit) = limits.default_request_ttl.or(limits.no_endpoint_request_ttl)
    {
        let message = "waiting limits have no effect: flow control is off";
        let diagnostic = context.error(Code::CONTRADICTION, limit.key_span(), message);
        return context.fail(
            diagnostic.help("switch it on with `featureGates: [flowControl]` in an EndpointPickerConfig"),
        );
    }
    if config.flow_control.is_some() && flows.iter().any(|flow| flow.priority != 0) {
        let message = "requests of a priority without a band of its own wait in band 0, as in the EPP; other bands are not simulated yet";
        context.warn(codes::SIMULATED_OTHERWISE, None, message);
    }
    config.flows = flows.to_vec();
    Ok(Gateway { config, inference_pool: given.inference_pool.clone() })
}

/// Whether requests can come through this Service.
fn check_service(
    context: &mut Context,
    manifests: &Manifests,
    name: &Spanned<String>,
    flows: &[FlowLabels],
    limit: Option<Spanned<SimDuration>>,
) -> Told<()> {
    if let Some(limit) = limit {
        let message = "a Service holds no request back, so there is nothing that a waiting limit could end";
        let diagnostic = context.error(Code::CONTRADICTION, limit.key_span(), message);
        return context.fail(diagnostic.related(name.key_span(), "the Service"));
    }
    if let Some(picker) = &manifests.endpoint_picker {
        let message = "requests come through a Service or through an EPP, not both";
        let diagnostic = context.error(Code::CONTRADICTION, name.key_span(), message);
        return context.fail(diagnostic.related(picker.source.place, "the EPP's configuration"));
    }
    if flows.iter().any(|flow| flow.priority != 0) {
        let message = "a Service knows no priorities; an EPP does";
        return context.fail(context.error(Code::CONTRADICTION, name.key_span(), message));
    }
    let names = || manifests.services.iter().map(|service| service.object.metadata.name());
    let Some(service) = manifests.services.iter().find(|it| it.object.metadata.name() == name.as_str())
    else {
        let message = format!("there is no Service `{}` among the manifests", name.as_str());
        let diagnostic = context.error(codes::UNKNOWN_REFERENCE, name.span(), message);
        return context.fail(match nearest(name, names()) {
            Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
            None => diagnostic,
        });
    };
    let selector = &service.object.spec.selector;
    let Some(deployment) = &manifests.deployment else { return Ok(()) };
    match selector.is_empty() || !selects(selector, deployment.object.pod_labels()) {
        false => Ok(()),
        true => {
            let message = format!(
                "Service `{}` does not select the pods of Deployment `{}`, so it has no endpoints",
                name.as_str(),
                deployment.source.name
            );
            let diagnostic = context.error(codes::SELECTS_NOTHING, selector.key_span(), message);
            context.fail(diagnostic.related(deployment.source.place, "the Deployment"))
        }
    }
}

fn release(context: &mut Context, raw: &RawScenario) -> Told<Release> {
    let name = &raw.gateway.release;
    match name.parse() {
        Ok(release) => Ok(release),
        Err(()) => {
            let names = Release::ALL.map(Release::name);
            let message = format!("`{}` is no release that is simulated", name.as_str());
            let diagnostic = context.error(codes::UNKNOWN_REFERENCE, name.span(), message);
            let diagnostic = match nearest(name, names) {
                Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
                None => diagnostic,
            };
            context.fail(diagnostic.help(format!("simulated are {}", names.join(", "))))
        }
    }
}
