//! `kind: EndpointPickerConfig`.

mod schema;

pub(crate) use schema::EndpointPicker;

use crate::error::did_you_mean;
use forescale_core::autoscaler::hpa::api::Quantity;
use forescale_core::gateway::flow_control::{Expiry, FlowControlConfig};
use forescale_core::gateway::{GatewayConfig, Release, Scorer, UtilizationDetector};
use forescale_kernel::SimDuration;
use schema::{Band, DetectorParameters, Plugin, StaticLimitParameters};
use serde::de::DeserializeOwned;

/// Waiting limits that the scenario writes out; they must agree with the file's own.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WaitingLimits {
    pub(crate) default_request_ttl: Option<SimDuration>,
    pub(crate) no_endpoint_request_ttl: Option<SimDuration>,
}

/// API versions that `llm-d-router` reads.
const API_VERSIONS: [&str; 2] = ["llm-d.ai/v1alpha1", "inference.networking.x-k8s.io/v1alpha1"];
/// Plugin types that exist without effect in a pool of one role and one profile.
const WITHOUT_EFFECT: [&str; 5] = [
    "single-profile-handler",
    "max-score-picker",
    "fcfs-ordering-policy",
    "global-strict-fairness-policy",
    "decode-filter",
];
/// Plugin types that are simulated.
const SIMULATED: [&str; 5] =
    [DETECTOR, STATIC_LIMIT, "queue-scorer", "kv-cache-utilization-scorer", "prefix-cache-scorer"];
/// Plugins that need not be declared.
const DEFAULTS: [&str; 6] = [
    DETECTOR,
    STATIC_LIMIT,
    "max-score-picker",
    "single-profile-handler",
    "fcfs-ordering-policy",
    "global-strict-fairness-policy",
];
const DETECTOR: &str = "utilization-detector";
const STATIC_LIMIT: &str = "static-usage-limit-policy";

impl EndpointPicker {
    /// The gateway's settings; an error is a sentence that names the key.
    pub(crate) fn resolve(&self, release: Release, limits: &WaitingLimits) -> Result<GatewayConfig, String> {
        if !API_VERSIONS.contains(&self.api_version.as_str()) {
            return Err(format!(
                "apiVersion `{}` is not read by {release}; it reads {}",
                self.api_version,
                API_VERSIONS.join(" and ")
            ));
        }
        self.check_plugins()?;
        let detector =
            match self.flow_control.saturation_detector.as_ref().or(self.saturation_detector.as_ref()) {
                Some(reference) => self.detector(&reference.plugin_ref)?,
                None => UtilizationDetector::default(),
            };
        let flow_control = match self.has_flow_control()? {
            true => Some(self.resolve_flow_control(release, limits)?),
            false => None,
        };
        Ok(GatewayConfig {
            release,
            flow_control,
            detector,
            scorers: self.scorers()?,
            ..GatewayConfig::default()
        })
    }

    fn has_flow_control(&self) -> Result<bool, String> {
        let mut on = false;
        for gate in &self.feature_gates {
            match gate.as_str() {
                "flowControl" | "flowControl=true" => on = true,
                "flowControl=false" => on = false,
                other if other.starts_with("haPopulateNonLeaderDatastore") => {}
                other => {
                    return Err(format!(
                        "unknown feature gate `{other}`; known are flowControl and haPopulateNonLeaderDatastore"
                    ));
                }
            }
        }
        Ok(on)
    }

    fn resolve_flow_control(
        &self,
        release: Release,
        scenario: &WaitingLimits,
    ) -> Result<FlowControlConfig, String> {
        let section = &self.flow_control;
        if section.enable_eviction {
            return Err("flowControl.enableEviction is not simulated yet".to_owned());
        }
        let band = self.band()?;
        let sixty = SimDuration::from_secs(60);
        let ttl = section.default_request_ttl.map(|ttl| ttl.0).or(scenario.default_request_ttl);
        let no_endpoint =
            section.no_endpoint_request_ttl.map(|ttl| ttl.0).or(scenario.no_endpoint_request_ttl);
        if no_endpoint.is_some() && !release.splits_ttl() {
            return Err(format!(
                "{release} has no waiting limit of its own for an empty pool (noEndpointRequestTTL, or `gateway.no_endpoint_request_ttl` in the scenario)"
            ));
        }
        for (key, ours, other) in [
            ("default_request_ttl", scenario.default_request_ttl, ttl),
            ("no_endpoint_request_ttl", scenario.no_endpoint_request_ttl, no_endpoint),
        ] {
            if let (Some(ours), Some(other)) = (ours, other)
                && ours != other
            {
                return Err(format!("flowControl says {other}, `gateway.{key}` in the scenario says {ours}"));
            }
        }
        Ok(FlowControlConfig {
            max_bytes: amount("flowControl.maxBytes", section.max_bytes.as_ref())?,
            max_requests: amount("flowControl.maxRequests", section.max_requests.as_ref())?,
            band_max_bytes: amount("maxBytes of the priority band", band.max_bytes.as_ref())?,
            band_max_requests: amount("maxRequests of the priority band", band.max_requests.as_ref())?,
            default_request_ttl: ttl.unwrap_or(sixty),
            no_endpoint_request_ttl: no_endpoint.or(ttl).unwrap_or(sixty),
            saturation_ceiling: self.saturation_ceiling()?,
            expiry: if release.splits_ttl() { Expiry::Sweep } else { Expiry::Timer },
            ..FlowControlConfig::default()
        })
    }

    /// The one band that is simulated: priority 0, by itself or by the default.
    fn band(&self) -> Result<Band, String> {
        let section = &self.flow_control;
        if let Some(other) = section.priority_bands.iter().find(|band| band.priority != Some(0)) {
            let priority =
                other.priority.map_or_else(|| "no priority".to_owned(), |p| format!("priority {p}"));
            return Err(format!(
                "flowControl.priorityBands: a band with {priority}; only priority 0 is simulated yet"
            ));
        }
        if section.default_negative_priority_band.is_some() {
            return Err("flowControl.defaultNegativePriorityBand is not simulated yet".to_owned());
        }
        let band = section.priority_bands.first().or(section.default_priority_band.as_ref());
        let band = band.cloned().unwrap_or_default();
        for (reference, wanted) in [
            (&band.fairness_policy_ref, "global-strict-fairness-policy"),
            (&band.ordering_policy_ref, "fcfs-ordering-policy"),
        ] {
            if let Some(name) = reference
                && self.plugin_type(name)? != wanted
            {
                return Err(format!(
                    "policy `{name}` of the priority band is not simulated yet; `{wanted}` is"
                ));
            }
        }
        Ok(band)
    }

    fn saturation_ceiling(&self) -> Result<f64, String> {
        let Some(name) = &self.flow_control.usage_limit_policy_plugin_ref else { return Ok(1.0) };
        match self.plugin_type(name)?.as_str() {
            STATIC_LIMIT => Ok(self.parameters::<StaticLimitParameters>(name)?.threshold.unwrap_or(1.0)),
            other => Err(format!("usage limit policy `{other}` is not simulated yet; `{STATIC_LIMIT}` is")),
        }
    }

    fn detector(&self, name: &str) -> Result<UtilizationDetector, String> {
        let plugin_type = self.plugin_type(name)?;
        if plugin_type != DETECTOR {
            return Err(format!("saturation detector `{plugin_type}` is not simulated yet; `{DETECTOR}` is"));
        }
        let given: DetectorParameters = self.parameters(name)?;
        let default = UtilizationDetector::default();
        let detector = UtilizationDetector {
            queue_depth_threshold: given.queue_depth_threshold.unwrap_or(default.queue_depth_threshold),
            kv_cache_util_threshold: given.kv_cache_util_threshold.unwrap_or(default.kv_cache_util_threshold),
            metrics_staleness_threshold: given
                .metrics_staleness_threshold
                .map_or(default.metrics_staleness_threshold, |threshold| threshold.0),
        };
        match detector.queue_depth_threshold > 0.0
            && detector.kv_cache_util_threshold > 0.0
            && detector.kv_cache_util_threshold <= 1.0
        {
            true => Ok(detector),
            false => Err(format!(
                "`{name}`: queueDepthThreshold must be above 0 and kvCacheUtilThreshold above 0 and at most 1"
            )),
        }
    }

    fn scorers(&self) -> Result<Vec<(Scorer, f64)>, String> {
        let profile = match self.scheduling_profiles.as_slice() {
            [] => return Ok(GatewayConfig::default().scorers),
            [profile] => profile,
            [_, second, ..] => {
                return Err(format!(
                    "scheduling profile `{}`: more than one profile is not simulated yet",
                    second.name
                ));
            }
        };
        let mut scorers = Vec::new();
        for reference in &profile.plugins {
            let weight = reference.weight.unwrap_or(1.0);
            if !(weight.is_finite() && weight >= 0.0) {
                return Err(format!(
                    "weight of `{}` must be a number that is not negative",
                    reference.plugin_ref
                ));
            }
            match self.plugin_type(&reference.plugin_ref)?.as_str() {
                "queue-scorer" => scorers.push((Scorer::Queue, weight)),
                "kv-cache-utilization-scorer" => scorers.push((Scorer::KvCacheUtilization, weight)),
                "prefix-cache-scorer" => scorers.push((Scorer::PrefixCache, weight)),
                other if WITHOUT_EFFECT.contains(&other) => {}
                other => {
                    return Err(format!(
                        "plugin `{other}` in scheduling profile `{}` is not simulated yet",
                        profile.name
                    ));
                }
            }
        }
        Ok(scorers)
    }

    /// Refuses plugins of types that are not simulated, used or not.
    fn check_plugins(&self) -> Result<(), String> {
        let known = || SIMULATED.into_iter().chain(WITHOUT_EFFECT);
        match self.plugins.iter().find(|plugin| !known().any(|name| name == plugin.plugin_type)) {
            None => Ok(()),
            Some(plugin) => {
                let name = &plugin.plugin_type;
                Err(format!("plugin type `{name}` is not simulated{}", did_you_mean(name, known())))
            }
        }
    }

    /// The type behind a reference: a plugin of that name, or a type of that name with default parameters.
    fn plugin_type(&self, name: &str) -> Result<String, String> {
        // The EPP adds its defaults by itself; scorers must be declared.
        let is_built_in = DEFAULTS.contains(&name);
        match self.plugin(name) {
            Some(plugin) => Ok(plugin.plugin_type.clone()),
            None if is_built_in => Ok(name.to_owned()),
            None => {
                let names = self.plugins.iter().map(Plugin::name);
                Err(format!("pluginRef `{name}` names no plugin of this file{}", did_you_mean(name, names)))
            }
        }
    }

    fn plugin(&self, name: &str) -> Option<&Plugin> {
        self.plugins.iter().find(|plugin| plugin.name() == name)
    }

    fn parameters<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, String> {
        match self.plugin(name).and_then(|plugin| plugin.parameters.clone()) {
            Some(value) => serde_json::from_value(value)
                .map_err(|error| format!("parameters of plugin `{name}`: {error}")),
            None => Ok(T::default()),
        }
    }
}

impl Plugin {
    /// What references call it.
    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.plugin_type)
    }
}

fn amount(key: &str, quantity: Option<&Quantity>) -> Result<u64, String> {
    match quantity {
        None => Ok(0),
        Some(quantity) => u64::try_from(quantity.value()).map_err(|_| format!("{key} must not be negative")),
    }
}
