//! `kind: Deployment` as it is written: what the simulation reads of it, and which keys it leaves aside on purpose.

use crate::manifests::metadata::{Ignored, Labels, Metadata};
use forescale_core::autoscaler::hpa::api::Quantity;
use forescale_document::Spanned;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DeploymentManifest {
    #[serde(rename = "apiVersion")]
    _api_version: Ignored,
    #[serde(rename = "kind")]
    _kind: Ignored,
    #[serde(default)]
    pub(crate) metadata: Metadata,
    pub(crate) spec: DeploymentSpec,
    #[serde(rename = "status")]
    _status: Ignored,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DeploymentSpec {
    pub(crate) replicas: Option<Spanned<u32>>,
    pub(crate) template: PodTemplate,
    #[serde(default)]
    pub(crate) selector: Spanned<PodSelector>,
    #[serde(rename = "strategy")]
    _strategy: Ignored,
    #[serde(rename = "minReadySeconds")]
    _min_ready_seconds: Ignored,
    #[serde(rename = "revisionHistoryLimit")]
    _revision_history_limit: Ignored,
    #[serde(rename = "progressDeadlineSeconds")]
    _progress_deadline_seconds: Ignored,
    #[serde(rename = "paused")]
    _paused: Ignored,
}

/// Which pods are the Deployment's.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct PodSelector {
    pub(crate) match_labels: Labels,
    #[serde(rename = "matchExpressions")]
    _match_expressions: Ignored,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PodTemplate {
    #[serde(default)]
    pub(crate) metadata: Metadata,
    pub(crate) spec: PodSpec,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PodSpec {
    pub(crate) containers: Spanned<Vec<Container>>,
    pub(crate) termination_grace_period_seconds: Option<u64>,
    #[serde(rename = "initContainers")]
    _init_containers: Ignored,
    #[serde(rename = "volumes")]
    _volumes: Ignored,
    /// Labels of the nodes; they often name the GPU.
    #[serde(default)]
    pub(crate) node_selector: BTreeMap<String, String>,
    #[serde(rename = "tolerations")]
    _tolerations: Ignored,
    #[serde(rename = "affinity")]
    _affinity: Ignored,
    #[serde(rename = "serviceAccountName")]
    _service_account_name: Ignored,
    #[serde(rename = "serviceAccount")]
    _service_account: Ignored,
    #[serde(rename = "automountServiceAccountToken")]
    _automount_service_account_token: Ignored,
    #[serde(rename = "securityContext")]
    _security_context: Ignored,
    #[serde(rename = "imagePullSecrets")]
    _image_pull_secrets: Ignored,
    #[serde(rename = "restartPolicy")]
    _restart_policy: Ignored,
    #[serde(rename = "dnsPolicy")]
    _dns_policy: Ignored,
    #[serde(rename = "dnsConfig")]
    _dns_config: Ignored,
    #[serde(rename = "hostNetwork")]
    _host_network: Ignored,
    #[serde(rename = "hostPID")]
    _host_pid: Ignored,
    #[serde(rename = "hostIPC")]
    _host_ipc: Ignored,
    #[serde(rename = "hostname")]
    _hostname: Ignored,
    #[serde(rename = "subdomain")]
    _subdomain: Ignored,
    #[serde(rename = "schedulerName")]
    _scheduler_name: Ignored,
    #[serde(rename = "priorityClassName")]
    _priority_class_name: Ignored,
    #[serde(rename = "priority")]
    _priority: Ignored,
    #[serde(rename = "preemptionPolicy")]
    _preemption_policy: Ignored,
    #[serde(rename = "runtimeClassName")]
    _runtime_class_name: Ignored,
    #[serde(rename = "topologySpreadConstraints")]
    _topology_spread_constraints: Ignored,
    #[serde(rename = "enableServiceLinks")]
    _enable_service_links: Ignored,
    #[serde(rename = "shareProcessNamespace")]
    _share_process_namespace: Ignored,
    #[serde(rename = "activeDeadlineSeconds")]
    _active_deadline_seconds: Ignored,
    #[serde(rename = "overhead")]
    _overhead: Ignored,
    #[serde(rename = "readinessGates")]
    _readiness_gates: Ignored,
    #[serde(rename = "resourceClaims")]
    _resource_claims: Ignored,
    #[serde(rename = "schedulingGates")]
    _scheduling_gates: Ignored,
    #[serde(rename = "setHostnameAsFQDN")]
    _set_hostname_as_fqdn: Ignored,
    #[serde(rename = "hostUsers")]
    _host_users: Ignored,
    #[serde(rename = "hostAliases")]
    _host_aliases: Ignored,
    #[serde(rename = "os")]
    _os: Ignored,
    #[serde(rename = "resources")]
    _resources: Ignored,
    #[serde(rename = "nodeName")]
    _node_name: Ignored,
    #[serde(rename = "ephemeralContainers")]
    _ephemeral_containers: Ignored,
    #[serde(rename = "evictionResponders")]
    _eviction_responders: Ignored,
    #[serde(rename = "hostnameOverride")]
    _hostname_override: Ignored,
    #[serde(rename = "schedulingGroup")]
    _scheduling_group: Ignored,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Container {
    pub(crate) name: Spanned<String>,
    pub(crate) image: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) command: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) args: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) env: Vec<EnvVar>,
    #[serde(default)]
    pub(crate) resources: Resources,
    pub(crate) startup_probe: Option<Spanned<ProbeSpec>>,
    pub(crate) readiness_probe: Option<Spanned<ProbeSpec>>,
    #[serde(default)]
    pub(crate) lifecycle: Lifecycle,
    #[serde(rename = "workingDir")]
    _working_dir: Ignored,
    #[serde(rename = "envFrom")]
    _env_from: Ignored,
    #[serde(rename = "ports")]
    _ports: Ignored,
    #[serde(rename = "imagePullPolicy")]
    _image_pull_policy: Ignored,
    #[serde(rename = "volumeMounts")]
    _volume_mounts: Ignored,
    #[serde(rename = "volumeDevices")]
    _volume_devices: Ignored,
    #[serde(rename = "securityContext")]
    _security_context: Ignored,
    #[serde(rename = "stdin")]
    _stdin: Ignored,
    #[serde(rename = "stdinOnce")]
    _stdin_once: Ignored,
    #[serde(rename = "tty")]
    _tty: Ignored,
    #[serde(rename = "terminationMessagePath")]
    _termination_message_path: Ignored,
    #[serde(rename = "terminationMessagePolicy")]
    _termination_message_policy: Ignored,
    #[serde(rename = "resizePolicy")]
    _resize_policy: Ignored,
    #[serde(rename = "restartPolicy")]
    _restart_policy: Ignored,
    #[serde(rename = "restartPolicyRules")]
    _restart_policy_rules: Ignored,
    #[serde(rename = "livenessProbe")]
    _liveness_probe: Ignored,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EnvVar {
    pub(crate) name: String,
    pub(crate) value: Option<String>,
    #[serde(rename = "valueFrom")]
    _value_from: Ignored,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resources {
    #[serde(default)]
    pub(crate) limits: BTreeMap<Spanned<String>, Spanned<Quantity>>,
    #[serde(default)]
    pub(crate) requests: BTreeMap<Spanned<String>, Spanned<Quantity>>,
    #[serde(rename = "claims")]
    _claims: Ignored,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProbeSpec {
    #[serde(default)]
    pub(crate) initial_delay_seconds: u64,
    pub(crate) period_seconds: Option<u64>,
    pub(crate) success_threshold: Option<u32>,
    pub(crate) failure_threshold: Option<u64>,
    #[serde(rename = "timeoutSeconds")]
    _timeout_seconds: Ignored,
    #[serde(rename = "terminationGracePeriodSeconds")]
    _termination_grace_period_seconds: Ignored,
    #[serde(rename = "httpGet")]
    _http_get: Ignored,
    #[serde(rename = "tcpSocket")]
    _tcp_socket: Ignored,
    #[serde(rename = "exec")]
    _exec: Ignored,
    #[serde(rename = "grpc")]
    _grpc: Ignored,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Lifecycle {
    pub(crate) pre_stop: Option<Spanned<Hook>>,
    #[serde(rename = "postStart")]
    _post_start: Ignored,
    #[serde(rename = "stopSignal")]
    _stop_signal: Ignored,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Hook {
    pub(crate) sleep: Option<Sleep>,
    pub(crate) exec: Option<Exec>,
    #[serde(rename = "httpGet")]
    _http_get: Ignored,
    #[serde(rename = "tcpSocket")]
    _tcp_socket: Ignored,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sleep {
    pub(crate) seconds: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exec {
    #[serde(default)]
    pub(crate) command: Vec<String>,
}
