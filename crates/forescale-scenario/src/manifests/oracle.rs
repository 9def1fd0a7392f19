//! The keys that are accepted against those of the Kubernetes API itself.
//!
//! Both sides are asked for their fields. A key that Kubernetes has and we refuse would reject a valid manifest; one that we accept and
//! Kubernetes has not would pass over a mistake.

use super::deployment::schema;
use super::fields::fields;
use super::metadata::Metadata;
use super::service::{Service, ServicePort, ServiceSpec};
use k8s_openapi::api::apps::v1 as apps;
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::apis::meta::v1 as meta;
use serde::Deserialize;

/// The keys that only one side has.
fn differences<Ours: for<'de> Deserialize<'de>, Theirs: for<'de> Deserialize<'de>>(
    name: &str,
) -> Vec<String> {
    let (ours, theirs) = (fields::<Ours>(), fields::<Theirs>());
    assert!(!ours.is_empty() && !theirs.is_empty());
    let refused = theirs.difference(&ours).map(|key| format!("{name}.{key} is refused"));
    let invented = ours.difference(&theirs).map(|key| format!("{name}.{key} does not exist"));
    refused.chain(invented).collect()
}

#[test]
fn keys_are_those_of_kubernetes() {
    let differences = [
        differences::<schema::DeploymentManifest, apps::Deployment>("Deployment"),
        differences::<schema::DeploymentSpec, apps::DeploymentSpec>("DeploymentSpec"),
        differences::<schema::PodSelector, meta::LabelSelector>("LabelSelector"),
        differences::<schema::PodTemplate, core::PodTemplateSpec>("PodTemplateSpec"),
        differences::<schema::PodSpec, core::PodSpec>("PodSpec"),
        differences::<schema::Container, core::Container>("Container"),
        differences::<schema::EnvVar, core::EnvVar>("EnvVar"),
        differences::<schema::Resources, core::ResourceRequirements>("ResourceRequirements"),
        differences::<schema::ProbeSpec, core::Probe>("Probe"),
        differences::<schema::Lifecycle, core::Lifecycle>("Lifecycle"),
        differences::<schema::Hook, core::LifecycleHandler>("LifecycleHandler"),
        differences::<schema::Sleep, core::SleepAction>("SleepAction"),
        differences::<schema::Exec, core::ExecAction>("ExecAction"),
        differences::<Metadata, meta::ObjectMeta>("ObjectMeta"),
        differences::<Service, core::Service>("Service"),
        differences::<ServiceSpec, core::ServiceSpec>("ServiceSpec"),
        differences::<ServicePort, core::ServicePort>("ServicePort"),
    ];
    assert_eq!(differences.concat(), [] as [String; 0]);
}
