//! The keys that are accepted against those of the Kubernetes API itself.
//!
//! A type's `Deserialize` impl names its fields to the deserializer; so both sides can be asked for theirs. A key that Kubernetes has
//! and we refuse would reject a valid manifest; one that we accept and Kubernetes has not would pass over a mistake.

use super::deployment::schema;
use super::metadata::Metadata;
use super::service::{Service, ServicePort, ServiceSpec};
use k8s_openapi::api::apps::v1 as apps;
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::apis::meta::v1 as meta;
use serde::Deserialize;
use serde::de::value::Error;
use serde::de::{Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;
use std::collections::BTreeSet;

/// Learns the fields of the struct that is asked for, and reads nothing.
struct Fields<'a>(&'a mut BTreeSet<&'static str>);

impl<'de> Deserializer<'de> for Fields<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("no struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        self.0.extend(fields);
        Err(Error::custom("the fields are known"))
    }

    forward_to_deserialize_any! {
        <V: Visitor<'de>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn fields<T: for<'de> Deserialize<'de>>() -> BTreeSet<&'static str> {
    let mut fields = BTreeSet::new();
    assert!(T::deserialize(Fields(&mut fields)).is_err());
    assert!(!fields.is_empty());
    fields
}

/// The keys that only one side has.
fn differences<Ours: for<'de> Deserialize<'de>, Theirs: for<'de> Deserialize<'de>>(
    name: &str,
) -> Vec<String> {
    let (ours, theirs) = (fields::<Ours>(), fields::<Theirs>());
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
