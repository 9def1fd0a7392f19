//! The gateway: release and EndpointPickerConfig.

use super::Context;
use crate::error::{ScenarioError, did_you_mean};
use crate::manifests::{Manifests, WaitingLimits};
use crate::raw::RawScenario;
use forescale_core::gateway::{GatewayConfig, Release};
use forescale_core::views::FlowLabels;
use forescale_kernel::SimDuration;

/// The gateway with the pool that it serves.
pub(super) struct Gateway {
    pub(super) config: GatewayConfig,
    pub(super) inference_pool: String,
}

pub(super) fn resolve(
    context: &mut Context<'_>,
    raw: &RawScenario,
    manifests: &Manifests,
    flows: &[FlowLabels],
) -> Result<Gateway, ScenarioError> {
    let release = match &raw.gateway.release {
        None => Release::default(),
        Some(name) => name.parse().map_err(|()| {
            let names = Release::ALL.map(Release::name);
            let message = format!(
                "`{name}` is no release that is simulated ({}){}",
                names.join(", "),
                did_you_mean(name, names)
            );
            context.error("gateway.release", message)
        })?,
    };
    let limits = WaitingLimits {
        default_request_ttl: raw.gateway.default_request_ttl.map(|ttl| ttl.0),
        no_endpoint_request_ttl: raw.gateway.no_endpoint_request_ttl.map(|ttl| ttl.0),
    };
    let mut config = match &manifests.endpoint_picker {
        Some(found) => found
            .object
            .resolve(release, &limits)
            .map_err(|message| ScenarioError::new(&found.file, message))?,
        None => GatewayConfig { release, ..GatewayConfig::default() },
    };
    if let Some(interval) = raw.gateway.refresh_metrics_interval {
        if interval.0 < SimDuration::from_ms(50) {
            return Err(context.error("gateway.refresh_metrics_interval", "the EPP polls at most every 50ms"));
        }
        config.refresh_metrics_interval = interval.0;
    }
    if config.flow_control.is_none()
        && (limits.default_request_ttl.is_some() || limits.no_endpoint_request_ttl.is_some())
    {
        let message =
            "has no effect: flow control is off (`featureGates: [flowControl]` in an EndpointPickerConfig)";
        return Err(context.error("gateway.default_request_ttl", message));
    }
    if config.flow_control.is_some() && flows.iter().any(|flow| flow.priority != 0) {
        context.warnings.push(
            "requests of a priority without a band of its own wait in band 0, as in the EPP; other bands are not simulated yet"
                .to_owned(),
        );
    }
    config.flows = flows.to_vec();
    let inference_pool = raw.gateway.inference_pool.clone().unwrap_or_else(|| "pool".to_owned());
    Ok(Gateway { config, inference_pool })
}
