//! `kind: Service`.

use super::metadata::{Ignored, Labels, Metadata};
use forescale_document::Spanned;
use serde::Deserialize;

/// A Service: which pods it stands for, and what its ports are called.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Service {
    #[serde(rename = "apiVersion")]
    _api_version: Ignored,
    #[serde(rename = "kind")]
    _kind: Ignored,
    #[serde(default)]
    pub(crate) metadata: Metadata,
    #[serde(default)]
    pub(crate) spec: ServiceSpec,
    #[serde(rename = "status")]
    _status: Ignored,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct ServiceSpec {
    pub(crate) selector: Spanned<Labels>,
    pub(crate) ports: Vec<ServicePort>,
    #[serde(rename = "type")]
    _type: Ignored,
    #[serde(rename = "clusterIP")]
    _cluster_ip: Ignored,
    #[serde(rename = "clusterIPs")]
    _cluster_ips: Ignored,
    #[serde(rename = "externalIPs")]
    _external_ips: Ignored,
    #[serde(rename = "externalName")]
    _external_name: Ignored,
    #[serde(rename = "externalTrafficPolicy")]
    _external_traffic_policy: Ignored,
    #[serde(rename = "internalTrafficPolicy")]
    _internal_traffic_policy: Ignored,
    #[serde(rename = "trafficDistribution")]
    _traffic_distribution: Ignored,
    #[serde(rename = "sessionAffinity")]
    _session_affinity: Ignored,
    #[serde(rename = "sessionAffinityConfig")]
    _session_affinity_config: Ignored,
    #[serde(rename = "ipFamilies")]
    _ip_families: Ignored,
    #[serde(rename = "ipFamilyPolicy")]
    _ip_family_policy: Ignored,
    #[serde(rename = "healthCheckNodePort")]
    _health_check_node_port: Ignored,
    #[serde(rename = "loadBalancerIP")]
    _load_balancer_ip: Ignored,
    #[serde(rename = "loadBalancerClass")]
    _load_balancer_class: Ignored,
    #[serde(rename = "loadBalancerSourceRanges")]
    _load_balancer_source_ranges: Ignored,
    #[serde(rename = "allocateLoadBalancerNodePorts")]
    _allocate_load_balancer_node_ports: Ignored,
    #[serde(rename = "publishNotReadyAddresses")]
    _publish_not_ready_addresses: Ignored,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ServicePort {
    pub(crate) name: Option<String>,
    pub(crate) port: Spanned<u16>,
    #[serde(rename = "targetPort")]
    _target_port: Ignored,
    #[serde(rename = "nodePort")]
    _node_port: Ignored,
    #[serde(rename = "protocol")]
    _protocol: Ignored,
    #[serde(rename = "appProtocol")]
    _app_protocol: Ignored,
}
