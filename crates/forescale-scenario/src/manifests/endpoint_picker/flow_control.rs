//! The section `flowControl`.

use super::plugins::Plugins;
use super::schema::Band;
use crate::codes;
use crate::context::{Context, Told};
use forescale_core::autoscaler::hpa::api::Quantity;
use forescale_core::gateway::Release;
use forescale_core::gateway::flow_control::{Expiry, FlowControlConfig};
use forescale_document::{Code, Spanned};
use forescale_kernel::SimDuration;

/// Waiting limits that the scenario writes out; they must agree with the file's own.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WaitingLimits {
    pub(crate) default_request_ttl: Option<Spanned<SimDuration>>,
    pub(crate) no_endpoint_request_ttl: Option<Spanned<SimDuration>>,
}

/// The limit that holds: the file's or the scenario's, which must not differ.
fn agreed(
    context: &mut Context,
    key: &str,
    file: Option<Spanned<SimDuration>>,
    scenario: Option<Spanned<SimDuration>>,
) -> Told<Option<Spanned<SimDuration>>> {
    match (file, scenario) {
        (Some(file), Some(scenario)) if *file != *scenario => {
            let message =
                format!("`gateway.{key}` is {}, the EndpointPickerConfig says {}", *scenario, *file);
            let diagnostic = context.error(Code::CONTRADICTION, scenario.span(), message);
            context.fail(
                diagnostic
                    .related(file.span(), "the other value")
                    .help("the EndpointPickerConfig is what runs; take the key out of the scenario"),
            )
        }
        (file, scenario) => Ok(file.or(scenario)),
    }
}

fn amount(context: &mut Context, key: &str, quantity: Option<&Spanned<Quantity>>) -> Told<u64> {
    match quantity {
        None => Ok(0),
        Some(quantity) => match u64::try_from(quantity.value()) {
            Ok(amount) => Ok(amount),
            Err(_) => context.fail(context.error(
                Code::OUT_OF_RANGE,
                quantity.span(),
                format!("`{key}` must not be negative"),
            )),
        },
    }
}

impl Plugins<'_> {
    pub(super) fn flow_control(
        &self,
        context: &mut Context,
        release: Release,
        scenario: &WaitingLimits,
    ) -> Told<FlowControlConfig> {
        let section = &self.config.flow_control;
        if *section.enable_eviction {
            let message = "`flowControl.enableEviction` is not simulated yet";
            return context.fail(context.error(
                codes::NOT_SIMULATED,
                section.enable_eviction.span(),
                message,
            ));
        }
        let band = self.band(context);
        let in_file =
            |limit: Option<Spanned<crate::text::Duration>>| limit.map(|limit| limit.map(|limit| limit.0));
        let ttl = agreed(
            context,
            "default_request_ttl",
            in_file(section.default_request_ttl),
            scenario.default_request_ttl,
        );
        let no_endpoint = agreed(
            context,
            "no_endpoint_request_ttl",
            in_file(section.no_endpoint_request_ttl),
            scenario.no_endpoint_request_ttl,
        );
        if let Ok(Some(limit)) = &no_endpoint
            && !release.splits_ttl()
        {
            let message = format!("{release} has no waiting limit of its own for an empty pool");
            return context.fail(context.error(codes::NOT_SIMULATED, limit.key_span(), message));
        }
        let ceiling = self.saturation_ceiling(context);
        let (band, ttl, no_endpoint) = (band?, ttl?.map(|ttl| *ttl), no_endpoint?.map(|ttl| *ttl));
        let sixty = SimDuration::from_secs(60);
        Ok(FlowControlConfig {
            max_bytes: amount(context, "flowControl.maxBytes", section.max_bytes.as_ref())?,
            max_requests: amount(context, "flowControl.maxRequests", section.max_requests.as_ref())?,
            band_max_bytes: amount(context, "maxBytes", band.max_bytes.as_ref())?,
            band_max_requests: amount(context, "maxRequests", band.max_requests.as_ref())?,
            default_request_ttl: ttl.unwrap_or(sixty),
            no_endpoint_request_ttl: no_endpoint.or(ttl).unwrap_or(sixty),
            saturation_ceiling: ceiling?,
            expiry: if release.splits_ttl() { Expiry::Sweep } else { Expiry::Timer },
            ..FlowControlConfig::default()
        })
    }

    /// The one band that is simulated: priority 0, by itself or by the default.
    fn band(&self, context: &mut Context) -> Told<Band> {
        let section = &self.config.flow_control;
        if let Some(other) = section.priority_bands.iter().find(|band| band.priority != Some(0)) {
            let priority =
                other.priority.map_or_else(|| "no priority".to_owned(), |p| format!("priority {p}"));
            let message = format!("a band with {priority} is not simulated yet; only priority 0 is");
            return context.fail(context.error(codes::NOT_SIMULATED, other.span(), message));
        }
        if let Some(negative) = &section.default_negative_priority_band {
            let message = "`flowControl.defaultNegativePriorityBand` is not simulated yet";
            return context.fail(context.error(codes::NOT_SIMULATED, negative.key_span(), message));
        }
        let band = section.priority_bands.first().or(section.default_priority_band.as_ref());
        let band = band.map(|band| (**band).clone()).unwrap_or_default();
        for (reference, wanted) in [
            (&band.fairness_policy_ref, "global-strict-fairness-policy"),
            (&band.ordering_policy_ref, "fcfs-ordering-policy"),
        ] {
            if let Some(name) = reference
                && self.plugin_type(context, name)? != wanted
            {
                let message = format!("the policy `{}` is not simulated yet; `{wanted}` is", name.as_str());
                return context.fail(context.error(codes::NOT_SIMULATED, name.span(), message));
            }
        }
        Ok(band)
    }
}
