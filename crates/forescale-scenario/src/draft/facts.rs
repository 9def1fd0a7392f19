//! What manifests say about a scenario.

use super::labels::TargetLabels;
use super::pick::{Wanted, gpu};
use crate::context::Context;
use crate::examine::Examined;
use crate::manifests::{Found, Object, Service, selects};
use forescale_document::{Node, Path, Span};
use forescale_kernel::parse_duration;

/// All that a draft takes from manifests.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// The Deployment's name.
    pub(super) deployment: String,
    pub(super) wanted: Wanted,
    /// What stands for the model server in messages: where its model is named, else the Deployment.
    pub(super) server: Span,
    /// The HPA's name.
    pub(super) hpa: Option<String>,
    /// Whether the HPA may scale to zero.
    pub(super) to_zero: bool,
    pub(super) labels: TargetLabels,
    /// The InferencePool, and whether the manifests name it.
    pub(super) pool: (String, bool),
    /// The model server's Service, where nothing among the manifests speaks of an EPP.
    pub(super) service: Option<String>,
    /// The adapter's `--metrics-relist-interval`.
    pub(super) relist_interval: Option<String>,
    /// Whether a monitor says how often is scraped.
    pub(super) has_interval: bool,
}

impl Facts {
    /// `None` where there is no Deployment.
    pub(super) fn of(examined: &Examined) -> Option<Self> {
        let manifests = &examined.manifests;
        let found = manifests.deployment.as_ref()?;
        let deployment = &found.object;
        let mut scratch = Context::default();
        let server = deployment.server(&mut scratch).ok();
        let gpus = server.and_then(|server| server.gpus(&mut scratch).ok());
        let args = examined.args.clone().unwrap_or_default();
        let gpus = args.tensor_parallel_size.or(gpus.map(|gpus| *gpus).filter(|gpus| *gpus > 0));
        let wanted = Wanted {
            model: args.model.clone(),
            gpu: gpu(&deployment.spec.template.spec.node_selector),
            gpus,
        };
        let hpa = examined.hpas.first().map(|hpa| &hpa.object);
        let labels = TargetLabels::of(examined, deployment.metadata.namespace());
        let objects = &examined.survey.objects;
        let named_pool = objects.iter().find(|object| object.kind == "InferencePool");
        let named_pool = named_pool.map(|pool| pool.name.clone()).or_else(|| labels.inference_pool.clone());
        let endpoints = manifests.monitors.iter().flat_map(|monitor| monitor.object.endpoints());
        let pods = deployment.pod_labels();
        let is_before = |service: &&Found<Service>| {
            let selector = &service.object.spec.selector;
            !selector.is_empty() && selects(selector, pods)
        };
        let service = manifests.services.iter().find(is_before);
        let has_epp = named_pool.is_some() || manifests.endpoint_picker.is_some();
        let service = service.filter(|_| !has_epp).map(|service| service.object.metadata.name().to_owned());
        Some(Self {
            service,
            deployment: deployment.metadata.name().to_owned(),
            wanted,
            server: args.place("model").unwrap_or(found.source.place),
            hpa: hpa.map(|hpa| hpa.metadata.name.clone()),
            to_zero: hpa.is_some_and(|hpa| hpa.spec.min_replicas == Some(0)),
            pool: (
                named_pool.clone().unwrap_or_else(|| deployment.metadata.name().to_owned()),
                named_pool.is_some(),
            ),
            labels,
            relist_interval: relist_interval(examined),
            has_interval: endpoints.into_iter().any(|endpoint| endpoint.interval.is_some()),
        })
    }
}

impl Wanted {
    /// `google/gemma-3-1b-it on l4`
    pub(super) fn in_words(&self) -> String {
        let model = self.model.as_ref().map_or_else(|| "this model server".to_owned(), |m| format!("`{m}`"));
        match self.gpu {
            Some(gpu) => format!("{model} on {}", gpu.to_uppercase()),
            None => model,
        }
    }
}

/// From the Helm values, or from the arguments of the adapter's own Deployment.
fn relist_interval(examined: &Examined) -> Option<String> {
    let values = examined.survey.values.iter().find_map(|values| values.get("metricsRelistInterval")?.text());
    let of_args = |object: &Object| {
        let containers = Path::parse("spec.template.spec.containers").ok()?;
        let containers = containers.find(&object.tree).map(Node::items).unwrap_or_default();
        let args = containers.iter().filter_map(|container| container.get("args")).flat_map(Node::items);
        let mut words = args.filter_map(Node::text);
        words.find_map(|word| word.strip_prefix("--metrics-relist-interval=")).map(str::to_owned)
    };
    let given = values.map(str::to_owned).or_else(|| examined.survey.objects.iter().find_map(of_args));
    given.filter(|text| parse_duration(text).is_ok())
}
