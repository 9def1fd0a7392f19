//! The plugins of an EndpointPickerConfig, and what refers to them.

use super::schema::{
    DetectorParameters, DetectorReference, EndpointPicker, Plugin, PrefixProducerParameters,
    PrefixScorerParameters, StaticLimitParameters, WeightedRef,
};
use crate::codes;
use crate::context::{Context, Stopped, Told};
use forescale_core::gateway::{GatewayConfig, PrefixProducerConfig, Scorer, UtilizationDetector};
use forescale_document::{Code, Diagnostic, Node, Spanned, decode, nearest};
use serde::de::DeserializeOwned;

/// Plugin types that exist without effect in a pool of one role and one profile.
const WITHOUT_EFFECT: [&str; 5] = [
    "single-profile-handler",
    "max-score-picker",
    "fcfs-ordering-policy",
    "global-strict-fairness-policy",
    "decode-filter",
];
/// Plugin types that are simulated.
const SIMULATED: [&str; 7] = [
    DETECTOR,
    STATIC_LIMIT,
    PREFIX_PRODUCER,
    "queue-scorer",
    "running-requests-size-scorer",
    "kv-cache-utilization-scorer",
    "prefix-cache-scorer",
];
/// Plugin types of the EPP that are not simulated yet; anything else is misspelt.
const NOT_YET: [&str; 27] = [
    "concurrency-detector",
    "max-saturation-detector",
    "scraped-concurrency-detector",
    "load-aware-scorer",
    "active-request-scorer",
    "token-load-scorer",
    "lora-affinity-scorer",
    "session-affinity-scorer",
    "no-hit-lru-scorer",
    "latency-scorer",
    "context-length-aware",
    "utilization-filter",
    "prefix-cache-affinity-filter",
    "slo-headroom-tier-filter",
    "session-affinity-filter",
    "prefill-filter",
    "random-picker",
    "weighted-random-picker",
    "disagg-profile-handler",
    "prefix-based-pd-decider",
    "always-disagg-pd-decider",
    "precise-prefix-cache-producer",
    "precise-prefix-cache-scorer",
    "predicted-latency-producer",
    "probabilistic-admitter",
    "latency-slo-admitter",
    "inflight-load-producer",
];
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
const PREFIX_PRODUCER: &str = "approx-prefix-cache-producer";

/// An EndpointPickerConfig with the tree that it was read from, in which parameters are found.
#[derive(Clone, Copy)]
pub(super) struct Plugins<'a> {
    pub(super) config: &'a EndpointPicker,
    pub(super) tree: &'a Node,
}

impl Plugin {
    /// What references call it.
    fn name(&self) -> &str {
        self.name.as_ref().map_or(self.plugin_type.as_str(), |name| name.as_str())
    }
}

impl Plugins<'_> {
    /// Refuses plugins of types that are not simulated, used or not.
    pub(super) fn check(&self, context: &mut Context) -> Told<()> {
        let mut is_fine = Ok(());
        for plugin in &self.config.plugins {
            let name = plugin.plugin_type.as_str();
            if SIMULATED.contains(&name) || WITHOUT_EFFECT.contains(&name) {
                continue;
            }
            let span = plugin.plugin_type.span();
            is_fine = context.fail(if NOT_YET.contains(&name) {
                context.error(
                    codes::NOT_SIMULATED,
                    span,
                    format!("the plugin type `{name}` is not simulated yet"),
                )
            } else {
                let diagnostic = context.error(
                    codes::UNKNOWN_REFERENCE,
                    span,
                    format!("there is no plugin type `{name}`"),
                );
                match nearest(name, SIMULATED.into_iter().chain(WITHOUT_EFFECT).chain(NOT_YET)) {
                    Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
                    None => diagnostic.help(format!("simulated are {}", SIMULATED.join(", "))),
                }
            });
        }
        is_fine
    }

    pub(super) fn detector(&self, context: &mut Context) -> Told<UtilizationDetector> {
        let section = self.config.flow_control.saturation_detector.as_ref();
        let Some(reference) = section.or(self.config.saturation_detector.as_ref()) else {
            return Ok(UtilizationDetector::default());
        };
        check_shape(context, reference)?;
        let Some(name) = &reference.plugin_ref else { return Ok(UtilizationDetector::default()) };
        let plugin_type = self.plugin_type(context, name)?;
        if plugin_type != DETECTOR {
            let message =
                format!("the saturation detector `{plugin_type}` is not simulated yet; `{DETECTOR}` is");
            return context.fail(context.error(codes::NOT_SIMULATED, name.span(), message));
        }
        let given: DetectorParameters = self.parameters(context, name)?;
        let default = UtilizationDetector::default();
        let queue = given.queue_depth_threshold.unwrap_or(Spanned::new(default.queue_depth_threshold));
        let kv = given.kv_cache_util_threshold.unwrap_or(Spanned::new(default.kv_cache_util_threshold));
        let mut is_fine = Ok(());
        if !(*queue > 0.0 && queue.is_finite()) {
            let message = "`queueDepthThreshold` must be above 0";
            is_fine = context.fail(context.error(Code::OUT_OF_RANGE, queue.span(), message));
        }
        if !(*kv > 0.0 && *kv <= 1.0) {
            let message = "`kvCacheUtilThreshold` must be above 0 and at most 1";
            is_fine = context.fail(context.error(Code::OUT_OF_RANGE, kv.span(), message));
        }
        is_fine.map(|()| UtilizationDetector {
            queue_depth_threshold: *queue,
            kv_cache_util_threshold: *kv,
            metrics_staleness_threshold: given
                .metrics_staleness_threshold
                .map_or(default.metrics_staleness_threshold, |threshold| threshold.0),
        })
    }

    pub(super) fn saturation_ceiling(&self, context: &mut Context) -> Told<f64> {
        let Some(name) = &self.config.flow_control.usage_limit_policy_plugin_ref else { return Ok(1.0) };
        match self.plugin_type(context, name)?.as_str() {
            STATIC_LIMIT => {
                let given: StaticLimitParameters = self.parameters(context, name)?;
                let threshold = given.threshold.unwrap_or(Spanned::new(1.0));
                match *threshold > 0.0 && threshold.is_finite() {
                    true => Ok(*threshold),
                    false => {
                        let message = "`threshold` must be a number above 0";
                        context.fail(context.error(Code::OUT_OF_RANGE, threshold.span(), message))
                    }
                }
            }
            other => {
                let message =
                    format!("the usage limit policy `{other}` is not simulated yet; `{STATIC_LIMIT}` is");
                context.fail(context.error(codes::NOT_SIMULATED, name.span(), message))
            }
        }
    }

    pub(super) fn scorers(&self, context: &mut Context) -> Told<Vec<(Scorer, f64)>> {
        let profile = match self.config.scheduling_profiles.as_slice() {
            [] => return Ok(GatewayConfig::default().scorers),
            [profile] => profile,
            [first, second, ..] => {
                let message = "more than one scheduling profile is not simulated yet";
                let diagnostic = context.error(codes::NOT_SIMULATED, second.name.span(), message);
                return context.fail(diagnostic.related(first.name.span(), "the first profile"));
            }
        };
        let mut scorers = Vec::new();
        let mut is_fine = Ok(());
        for reference in &profile.plugins {
            match self.scorer(context, reference) {
                Ok(scorer) => scorers.extend(scorer),
                Err(Stopped) => is_fine = Err(Stopped),
            }
        }
        is_fine.map(|()| scorers)
    }

    fn scorer(&self, context: &mut Context, reference: &WeightedRef) -> Told<Option<(Scorer, f64)>> {
        let weight = reference.weight.unwrap_or(Spanned::new(1.0));
        if !(weight.is_finite() && *weight >= 0.0) {
            let message = format!("the weight of `{}` must not be negative", reference.plugin_ref.as_str());
            return context.fail(context.error(Code::OUT_OF_RANGE, weight.span(), message));
        }
        let plugin_type = self.plugin_type(context, &reference.plugin_ref)?;
        if let Some(scorer) = Scorer::ALL.into_iter().find(|scorer| scorer.name() == plugin_type) {
            if scorer == Scorer::PrefixCache {
                self.check_prefix_scorer(context, &reference.plugin_ref)?;
            }
            return Ok(Some((scorer, *weight)));
        }
        match plugin_type.as_str() {
            other if WITHOUT_EFFECT.contains(&other) => Ok(None),
            other => {
                let message = format!("`{other}` in a scheduling profile is not simulated yet");
                context.fail(context.error(codes::NOT_SIMULATED, reference.plugin_ref.span(), message))
            }
        }
    }

    fn check_prefix_scorer(&self, context: &mut Context, name: &str) -> Told<()> {
        let given: PrefixScorerParameters = self.parameters(context, name)?;
        match given.match_length_weight.filter(|weight| **weight != 0.0) {
            None => Ok(()),
            Some(weight) => {
                let message =
                    "a `matchLengthWeight` of `prefix-cache-scorer` other than 0 is not simulated yet";
                context.fail(context.error(codes::NOT_SIMULATED, weight.span(), message))
            }
        }
    }

    /// What the prefix scorer goes by. The EPP adds the producer by itself; declared, it may have parameters.
    pub(super) fn prefix_producer(&self, context: &mut Context) -> Told<PrefixProducerConfig> {
        let default = PrefixProducerConfig::default();
        let is_producer = |plugin: &&Plugin| plugin.plugin_type.as_str() == PREFIX_PRODUCER;
        let Some(producer) = self.config.plugins.iter().find(is_producer) else { return Ok(default) };
        let given: PrefixProducerParameters = self.parameters(context, producer.name())?;
        if let Some(capacity) = given.lru_capacity_per_server
            && *capacity == 0
        {
            let message = "`lruCapacityPerServer` must be at least 1";
            return context.fail(context.error(Code::OUT_OF_RANGE, capacity.span(), message));
        }
        let or = |given: Option<Spanned<u32>>, default: u32| given.map_or(default, |given| *given);
        Ok(PrefixProducerConfig {
            auto_tune: given.auto_tune.unwrap_or(default.auto_tune),
            block_size_tokens: or(given.block_size_tokens, default.block_size_tokens),
            max_prefix_tokens_to_match: or(
                given.max_prefix_tokens_to_match,
                default.max_prefix_tokens_to_match,
            ),
            max_prefix_blocks_to_match: or(
                given.max_prefix_blocks_to_match,
                default.max_prefix_blocks_to_match,
            ),
            lru_capacity_per_server: or(given.lru_capacity_per_server, default.lru_capacity_per_server),
        })
    }

    /// The type behind a reference: a plugin of that name, or a type of that name with default parameters.
    pub(super) fn plugin_type(&self, context: &mut Context, name: &Spanned<String>) -> Told<String> {
        // The EPP adds its defaults by itself; scorers must be declared.
        let is_built_in = DEFAULTS.contains(&name.as_str());
        match self.plugin(name) {
            Some((_, plugin)) => match plugin.plugin_type.as_str() {
                known if SIMULATED.contains(&known) || WITHOUT_EFFECT.contains(&known) => {
                    Ok(known.to_owned())
                }
                // Told at the declaration.
                _ => Err(Stopped),
            },
            None if is_built_in => Ok(name.to_string()),
            None if self.config.plugins.iter().any(|plugin| {
                // A misspelt declaration is told where it stands.
                let is_known = |name| SIMULATED.contains(&name) || WITHOUT_EFFECT.contains(&name);
                !is_known(plugin.plugin_type.as_str()) && nearest(name, [plugin.name()]).is_some()
            }) =>
            {
                Err(Stopped)
            }
            None => {
                let message = format!("`{}` names no plugin of this file", name.as_str());
                let diagnostic = context.error(codes::UNKNOWN_REFERENCE, name.span(), message);
                let names: Vec<&str> = self.config.plugins.iter().map(Plugin::name).collect();
                context.fail(match nearest(name, names.iter().copied()) {
                    Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
                    None => diagnostic.help(match names.as_slice() {
                        [] => "declare it under `plugins`".to_owned(),
                        names => format!("declared are {}", names.join(", ")),
                    }),
                })
            }
        }
    }

    fn plugin(&self, name: &str) -> Option<(usize, &Plugin)> {
        self.config.plugins.iter().enumerate().find(|(_, plugin)| plugin.name() == name)
    }

    fn parameters<T: DeserializeOwned + Default>(&self, context: &mut Context, name: &str) -> Told<T> {
        let plugins = self.tree.get("plugins").map(Node::items).unwrap_or_default();
        let declared = self.plugin(name).and_then(|(index, _)| plugins.get(index));
        match declared.and_then(|plugin| plugin.get("parameters")) {
            Some(parameters) => decode(parameters, &mut context.report).ok_or(Stopped),
            None => Ok(T::default()),
        }
    }
}

/// Refuses the thresholds that GIE v1.2 and v1.3 had in place of a reference.
fn check_shape(context: &mut Context, reference: &DetectorReference) -> Told<()> {
    let old = [
        &reference.queue_depth_threshold,
        &reference.kv_cache_util_threshold,
        &reference.metrics_staleness_threshold,
    ];
    match old.into_iter().flatten().next() {
        None => Ok(()),
        Some(threshold) => {
            let message = "thresholds in `saturationDetector` itself are the shape of gie-v1.2 and gie-v1.3, which are not simulated";
            let diagnostic = Diagnostic::error(codes::NOT_SIMULATED, threshold.key_span(), message);
            context.fail(diagnostic.help(
                "since then: `plugins: [{ type: utilization-detector, parameters: { queueDepthThreshold: 5, … } }]` and `flowControl: { saturationDetector: { pluginRef: utilization-detector } }`",
            ))
        }
    }
}
