//! API versions of an EndpointPickerConfig, and the keys that only some of them have.

use super::Found;
use super::schema::EndpointPicker;
use crate::codes;
use crate::context::{Context, Told};
use forescale_core::gateway::Release;
use forescale_document::{Code, Span};

/// What the simulated releases read; the second is a deprecated alias.
const CURRENT: [&str; 2] = ["llm-d.ai/v1alpha1", "inference.networking.x-k8s.io/v1alpha1"];
/// What later releases read.
const LATER: &str = "llm-d.ai/v1";

impl Found<EndpointPicker> {
    /// Refuses versions that no release reads, and keys that the version does not have.
    pub(super) fn check_version(&self, context: &mut Context, release: Release) -> Told<()> {
        let given = &self.object.api_version;
        let foreign = match given.as_str() {
            version if CURRENT.contains(&version) => self.only_later(),
            LATER => {
                let message = format!(
                    "apiVersion `{LATER}` is read by releases after {release}; it is simulated as {release}{}",
                    if self.injects_filter() {
                        ", without the saturation filter that those inject"
                    } else {
                        ""
                    }
                );
                context.warn(codes::SIMULATED_OTHERWISE, given.span(), message);
                self.only_before()
            }
            version => {
                let message =
                    format!("no release of the EPP reads apiVersion `{version}` of an EndpointPickerConfig");
                let diagnostic = context.error(codes::REJECTED, given.span(), message);
                return context.fail(diagnostic.help(format!("{release} reads {}", CURRENT.join(" and "))));
            }
        };
        let mut is_fine = Ok(());
        for (key, span) in foreign {
            let message = format!(
                "apiVersion `{}` has no key `{key}`; the EPP reads its configuration strictly",
                given.as_str()
            );
            is_fine = context.fail(context.error(Code::UNKNOWN_KEY, span, message));
        }
        is_fine
    }

    fn injects_filter(&self) -> bool {
        let profiles = self.object.scheduling_profiles.iter();
        profiles.into_iter().any(|profile| profile.inject_saturation_filter.is_none_or(|inject| *inject))
    }

    /// Keys that came with `llm-d.ai/v1`.
    fn only_later(&self) -> Vec<(&'static str, Option<Span>)> {
        let config = &self.object;
        let profiles = config.scheduling_profiles.iter();
        let filters = profiles.filter_map(|profile| profile.inject_saturation_filter.as_ref());
        let filters = filters.map(|filter| ("injectSaturationFilter", filter.key_span()));
        let others = [
            ("dataLayer.discovery", &config.data_layer.discovery),
            ("dataLayer.crossReplica", &config.data_layer.cross_replica),
            ("requestHandler.propagatePriority", &config.request_handler.propagate_priority),
        ];
        let others = others.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?.key_span())));
        filters.chain(others).collect()
    }

    /// Keys that went with it.
    fn only_before(&self) -> Vec<(&'static str, Option<Span>)> {
        let config = &self.object;
        let detector =
            config.saturation_detector.as_ref().map(|value| ("saturationDetector", value.key_span()));
        let parser = config.parser.as_ref().map(|value| ("parser", value.key_span()));
        detector.into_iter().chain(parser).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifests::{Object, WaitingLimits};
    use forescale_core::gateway::GatewayConfig;
    use forescale_document::{decode, yaml};

    /// All keys of the current shape, with their defaults.
    const CURRENT_SHAPE: &str = "
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
featureGates: [flowControl, haPopulateNonLeaderDatastore=true]
plugins:
  - type: queue-scorer
  - { name: detector, type: utilization-detector, parameters: { queueDepthThreshold: 7, headroom: 0.2 } }
schedulingProfiles:
  - name: default
    plugins: [{ pluginRef: queue-scorer, weight: 2 }]
dataLayer: { injectDefaults: true, sources: [] }
requestHandler: { parsers: [] }
flowControl:
  maxBytes: 0
  maxRequests: 0
  defaultRequestTTL: 60s
  noEndpointRequestTTL: 30s
  usageLimitPolicyPluginRef: static-usage-limit-policy
  saturationDetector: { pluginRef: detector }
  enableEviction: false
  defaultPriorityBand: { maxBytes: 1G, maxRequests: 5000, fairnessPolicyRef: global-strict-fairness-policy, orderingPolicyRef: fcfs-ordering-policy }
  priorityBands: []
";

    fn resolve(text: &str) -> (Option<GatewayConfig>, String) {
        let mut context = Context::default();
        let source = context.report.sources.add("epp.yaml", text);
        let tree = yaml::parse(&mut context.report, source).unwrap().remove(0);
        let Some(object) = decode(&tree, &mut context.report) else {
            return (None, context.report.render(false, 200));
        };
        let place = tree.span;
        let kind = "EndpointPickerConfig".to_owned();
        let found = Found { source: Object { tree, kind, name: String::new(), place }, object };
        let config = found.resolve(&mut context, Release::default(), &WaitingLimits::default());
        (config.ok(), context.report.render(false, 200))
    }

    #[test]
    fn each_version_is_read_in_each_of_its_shapes() {
        let (config, told) = resolve(CURRENT_SHAPE);
        let config = config.unwrap();
        assert_eq!((config.detector.queue_depth_threshold, told.as_str()), (7.0, ""));
        let alias = CURRENT_SHAPE.replace("llm-d.ai/v1alpha1", CURRENT[1]);
        assert_eq!(resolve(&alias), (Some(config.clone()), String::new()));
        // The deprecated twins at the top; the section wins.
        let twins = format!(
            "{CURRENT_SHAPE}saturationDetector: {{ pluginRef: utilization-detector }}\nparser: {{}}\n"
        );
        assert_eq!(resolve(&twins), (Some(config.clone()), String::new()));
        // GIE v1.4: plain bytes, `data`.
        let gie = "apiVersion: inference.networking.x-k8s.io/v1alpha1\nkind: EndpointPickerConfig\nfeatureGates: [flowControl]\ndata: { sources: [] }\nflowControl: { maxBytes: 1000000, defaultRequestTTL: 0s }\n";
        assert_eq!(resolve(gie).0.unwrap().flow_control.unwrap().max_bytes, 1_000_000);
        let later = CURRENT_SHAPE
            .replace("v1alpha1", "v1")
            .replace("name: default", "name: default\n    injectSaturationFilter: true")
            .replace("parsers: []", "parsers: [], propagatePriority: true");
        let (of_later, told) = resolve(&later);
        assert_eq!(of_later, Some(config));
        assert!(told.contains("F101") && told.contains("without the saturation filter"), "{told}");
    }

    #[test]
    fn what_a_version_does_not_have_is_refused() {
        for (from, to, parts) in [
            ("llm-d.ai/v1alpha1", "config.x-k8s.io/v1alpha1", ["no release", "llm-d.ai/v1alpha1 and"]),
            ("llm-d.ai/v1alpha1", "router.llm-d.ai/v1beta1", ["no release", "v1beta1"]),
            (
                "name: default",
                "name: default\n    injectSaturationFilter: true",
                ["has no key `injectSaturationFilter`", ":10:5"],
            ),
            ("sources: []", "discovery: {}", ["has no key `dataLayer.discovery`", ":11:"]),
            (
                "{ pluginRef: detector }",
                "{ queueDepthThreshold: 5 }",
                ["gie-v1.2", "pluginRef: utilization-detector"],
            ),
            ("enableEviction", "enableEvicton", ["no key `enableEvicton`", "did you mean `enableEviction`"]),
        ] {
            let (config, told) = resolve(&CURRENT_SHAPE.replace(from, to));
            assert_eq!(config, None, "{to}");
            assert!(parts.iter().all(|part| told.contains(part)), "{to}: {told}");
        }
        let later = CURRENT_SHAPE.replace("v1alpha1", "v1") + "parser: {}\n";
        assert!(resolve(&later).1.contains("has no key `parser`"));
    }
}
