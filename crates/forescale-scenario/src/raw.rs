//! The scenario file as it is written.
//!
//! The JSON Schema and the reference page are made from these types: a doc comment is what users read about a key.

mod arrivals;
mod context;
mod load;
mod trace;
mod variant;

pub(crate) use arrivals::RawArrivals;
pub(crate) use context::{RawSession, RawSharedPrefix};
pub(crate) use load::{RawClient, RawClosedLoop, RawGuidellm, RawInferencePerf, RawRetry, RawStage};
pub(crate) use trace::{
    RawAccessLog, RawFitted, RawGrafanaCsv, RawMappedTrace, RawQueryRange, RawRateFile, RawTrace,
};
pub(crate) use variant::{RawSample, RawSweep, RawVariant};

use crate::text::{CountText, Duration, DurationDist, PhaseDuration, Quantile, TokenDist};
use forescale_core::autoscaler::hpa::{Flags, KubernetesVersion};
use forescale_core::gateway::Release;
use forescale_document::Spanned;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A map whose keys know their places too.
pub(crate) type Map<K, V> = BTreeMap<Spanned<K>, V>;

/// A Forescale scenario: demand, gateway, model servers, telemetry, cluster and autoscaler of one simulated run.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawScenario {
    /// What is run, and for how long.
    pub(crate) scenario: RawHead,
    /// What one pod is, where the Deployment does not say it.
    #[serde(default)]
    pub(crate) model_server: Spanned<RawModelServer>,
    /// Where requests come from; each table is a workload of its own, all of them run at once.
    #[serde(default)]
    pub(crate) workload: Map<String, Spanned<RawWorkload>>,
    /// The Inference Gateway's Endpoint Picker (EPP). Its flow control, scorers and detectors come from the EndpointPickerConfig among the manifests.
    #[serde(default)]
    pub(crate) gateway: RawGateway,
    /// Prometheus and prometheus-adapter.
    #[serde(default)]
    pub(crate) telemetry: RawTelemetry,
    /// The cluster around the Deployment.
    #[serde(default)]
    pub(crate) cluster: RawCluster,
    /// Release, flags and feature gates of the Kubernetes control plane.
    #[serde(default)]
    pub(crate) kubernetes: RawKubernetes,
    /// Another autoscaler than the HorizontalPodAutoscaler among the manifests.
    pub(crate) autoscaler: Option<Spanned<RawAutoscaler>>,
    /// Objectives: a run that misses one ends with exit code 1.
    #[serde(default)]
    pub(crate) slo: RawSlo,
    /// Variants of this scenario: each is the base with the values of its keys replaced. A key is a path, as for `--set`; besides, `manifests` and `remove`.
    #[serde(default, rename = "variant")]
    pub(crate) _variant: Map<String, Spanned<RawVariant>>,
    /// Values to try: each key is a path, as for `--set`, with a list of values, or `{ log = [5, 500], n = 8 }`, or `{ linear = ["1m", "10m"], n = 5 }`.
    #[serde(rename = "sweep")]
    pub(crate) _sweep: Option<Spanned<RawSweep>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawHead {
    /// What reports and the folder for results are called: letters, digits, `-`, `_` and `.`.
    pub(crate) name: Spanned<String>,
    /// How long requests arrive, at most 200 days.
    pub(crate) duration: Spanned<Duration>,
    /// How long the run may go on after that, until nothing is in flight. What is then still in flight counts as censored.
    #[serde(default)]
    pub(crate) drain: Spanned<Duration>,
    /// Decides all draws: the same scenario with the same seed gives the same run, bit by bit.
    #[serde(default)]
    pub(crate) seed: Spanned<u64>,
    /// The wall-clock time at which the run starts, RFC 3339.
    #[serde(default = "default_start")]
    pub(crate) start: Spanned<String>,
    /// Kubernetes manifests: files, or folders of which all `.yaml` and `.yml` files are read. Paths are relative to the scenario.
    #[serde(default)]
    pub(crate) manifests: Vec<Spanned<PathBuf>>,
}

fn default_start() -> Spanned<String> {
    Spanned::new("2026-01-01T00:00:00Z".to_owned())
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawModelServer {
    /// The step-time profile of a vLLM replica: `model/gpu/tpN`, or with a dtype `model/gpu/tpN/fp8`. Models go by their names on Hugging Face too, GPUs by short names and node labels: `meta-llama/Llama-3.1-8B/h100/tp1`. `sim profile list` shows all. Or a file of your own, relative to the scenario, that ends in `.toml`: `sim profile fit` writes one.
    pub(crate) profile: Option<Spanned<String>>,
    /// A station with seats and a drawn service time in place of vLLM, for queueing experiments.
    pub(crate) test_engine: Option<Spanned<RawTestEngine>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTestEngine {
    /// Requests that are served at once, at least 1.
    pub(crate) seats: Spanned<u32>,
    /// How long one request is served.
    pub(crate) service: Spanned<DurationDist>,
}

/// One workload: requests that are alike in when they arrive and how long they are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawWorkload {
    /// When it begins, from the start of the run.
    #[serde(default)]
    pub(crate) from: Spanned<Duration>,
    /// When it ends, from the start of the run; with the run if not given.
    pub(crate) until: Option<Spanned<Duration>>,
    /// How many requests it has at most; without end if not given.
    pub(crate) requests: Option<u64>,
    /// When requests arrive. Needs `prompt_tokens` and `output_tokens`.
    pub(crate) arrivals: Option<Spanned<RawArrivals>>,
    /// Length of the prompts, in tokens.
    pub(crate) prompt_tokens: Option<Spanned<TokenDist>>,
    /// Length of the answers, in tokens.
    pub(crate) output_tokens: Option<Spanned<TokenDist>>,
    /// Requests of a trace, in place of `arrivals` and lengths.
    pub(crate) trace: Option<Spanned<RawTrace>>,
    /// Requests as in a profile of traffic, which `sim trace fit` makes of a trace, in place of `arrivals` and lengths.
    pub(crate) fitted: Option<Spanned<RawFitted>>,
    /// A closed loop in place of `arrivals`: users who wait for their answers. Needs `prompt_tokens` and `output_tokens`.
    pub(crate) closed_loop: Option<Spanned<RawClosedLoop>>,
    /// Stages in place of `arrivals`: each begins when the one before it is over and all its requests have ended. Needs `prompt_tokens` and `output_tokens`.
    pub(crate) stages: Option<Spanned<Vec<RawStage>>>,
    /// Time from the end of a stage to the beginning of the next.
    #[serde(default)]
    pub(crate) stage_pause: Spanned<Duration>,
    /// A run of GuideLLM in place of `arrivals`. Needs `prompt_tokens` and `output_tokens`.
    pub(crate) guidellm: Option<Spanned<RawGuidellm>>,
    /// A run of inference-perf in place of `arrivals`. Needs `prompt_tokens` and `output_tokens`.
    pub(crate) inference_perf: Option<Spanned<RawInferencePerf>>,
    /// What its prompts begin with in common; each has tokens of its own only if not given.
    pub(crate) shared_prefix: Option<Spanned<RawSharedPrefix>>,
    /// Sessions whose context grows, with `arrivals`, `fitted` or `closed_loop`; each request is by itself if not given.
    pub(crate) session: Option<Spanned<RawSession>>,
    /// How clients wait, give up and try again. If not given, they send each request when it is due, wait for ever and never retry.
    #[serde(default)]
    pub(crate) client: Spanned<RawClient>,
    /// The EPP's priority of its requests.
    #[serde(default)]
    pub(crate) priority: i32,
    /// The EPP's fairness id of its requests.
    #[serde(default = "default_fairness_id")]
    pub(crate) fairness_id: String,
}

/// The EPP's fairness id for requests that carry none.
fn default_fairness_id() -> String {
    "default-flow".to_owned()
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawGateway {
    /// The EPP's release, which decides defaults and behaviour: `llm-d-router-main-2026-08-22` or `llm-d-router-v0.10.0`.
    pub(crate) release: Spanned<String>,
    /// A Service through which requests come, in place of an EPP: each goes to one of the Ready pods at random, as kube-proxy spreads new connections, and nothing holds it back. Its name, as among the manifests.
    pub(crate) service: Option<Spanned<String>>,
    /// The InferencePool's name in metrics.
    pub(crate) inference_pool: String,
    /// How long a request may wait in the queue while the pool has endpoints. As the EndpointPickerConfig or the release says if not given.
    pub(crate) default_request_ttl: Option<Spanned<Duration>>,
    /// How long a request may wait while the pool has no endpoint. As the EndpointPickerConfig or the release says if not given.
    pub(crate) no_endpoint_request_ttl: Option<Spanned<Duration>>,
    /// The `Retry-After` that the proxy adds to answers with 429 and 503; the EPP adds none, and none is added if not given.
    pub(crate) retry_after: Option<Spanned<Duration>>,
    /// How often the EPP polls each endpoint's metrics, at least 50 ms.
    pub(crate) refresh_metrics_interval: Spanned<Duration>,
}

impl Default for RawGateway {
    fn default() -> Self {
        Self {
            release: Spanned::new(Release::default().name().to_owned()),
            service: None,
            inference_pool: "pool".to_owned(),
            default_request_ttl: None,
            no_endpoint_request_ttl: None,
            retry_after: None,
            refresh_metrics_interval: Spanned::new(Duration::from_ms(50)),
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawTelemetry {
    /// How often Prometheus scrapes each target, at least 100 ms. What a ServiceMonitor or PodMonitor among the manifests says of its targets, or 15 s, if not given.
    pub(crate) scrape_interval: Option<Spanned<Duration>>,
    /// Prometheus' `evaluation_interval`, at least 100 ms: how often groups of recording rules are evaluated that have no interval of their own. 30 s, as the Prometheus operator sets it, if not given.
    pub(crate) evaluation_interval: Spanned<Duration>,
    /// Prometheus' `--query.lookback-delta`: how old a sample may be that a query still sees.
    pub(crate) look_back: Spanned<Duration>,
    /// The adapter, where its rules are not a ConfigMap among the manifests.
    pub(crate) prometheus_adapter: RawPrometheusAdapter,
    /// Labels that a scrape of the EPP adds to its series.
    pub(crate) epp_target_labels: Map<String, String>,
    /// Labels that a scrape of a model server adds to its series.
    pub(crate) model_server_target_labels: Map<String, String>,
    /// NVIDIA's exporter of GPU metrics, of which each node has one. `DCGM_FI_DEV_GPU_UTIL` is simulated.
    pub(crate) dcgm_exporter: RawDcgmExporter,
    /// Times at which a metric of the HPA has no answer, by the metric's name.
    pub(crate) outage: Map<String, Spanned<RawOutage>>,
}

impl Default for RawTelemetry {
    fn default() -> Self {
        Self {
            scrape_interval: None,
            evaluation_interval: Spanned::new(Duration::from_ms(30_000)),
            look_back: Spanned::new(Duration::from_ms(300_000)),
            prometheus_adapter: RawPrometheusAdapter::default(),
            epp_target_labels: Map::new(),
            model_server_target_labels: Map::new(),
            dcgm_exporter: RawDcgmExporter::default(),
            outage: Map::new(),
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawDcgmExporter {
    /// Its `--collect-interval`: how often it reads the driver. What it has read is what a scrape sees until then.
    pub(crate) collect_interval: Spanned<Duration>,
    /// The driver's sample period, 100 ms to 1 s: GPU utilization is the share of the last such period in which anything ran.
    pub(crate) sample_period: Spanned<Duration>,
    /// Labels that a scrape adds; an own label of that name becomes `exported_…`. If not given, `namespace`, `service` and `job` of the exporter's Service among the manifests, or else `namespace` and `job` as in NVIDIA's chart.
    pub(crate) target_labels: Map<String, String>,
}

impl Default for RawDcgmExporter {
    fn default() -> Self {
        Self {
            collect_interval: Spanned::new(Duration::from_ms(30_000)),
            sample_period: Spanned::new(Duration::from_ms(1000)),
            target_labels: Map::new(),
        }
    }
}

/// A stretch of time in which a metric of the HPA has no answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawOutage {
    /// When it begins, from the start of the run.
    pub(crate) from: Spanned<Duration>,
    /// When it ends, from the start of the run, after `from`.
    pub(crate) until: Spanned<Duration>,
    /// What is answered: `error`, as where the adapter does not reach Prometheus, or `nothing`, as where the query selects nothing.
    #[serde(default = "default_answer")]
    pub(crate) answer: Spanned<String>,
}

fn default_answer() -> Spanned<String> {
    Spanned::new("error".to_owned())
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawPrometheusAdapter {
    /// Helm values of prometheus-adapter; its `rules` are read. Relative to the scenario.
    pub(crate) values: Option<Spanned<PathBuf>>,
    /// The adapter's `--metrics-relist-interval`.
    pub(crate) metrics_relist_interval: Spanned<Duration>,
    /// The adapter's `--metrics-max-age`, at least the relist interval; that interval if not given.
    pub(crate) metrics_max_age: Option<Spanned<Duration>>,
}

impl Default for RawPrometheusAdapter {
    fn default() -> Self {
        Self {
            values: None,
            metrics_relist_interval: Spanned::new(Duration::from_ms(60_000)),
            metrics_max_age: None,
        }
    }
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawCluster {
    /// Replicas at the start, where no Deployment among the manifests says it; 1 if not given.
    pub(crate) replicas: Option<Spanned<u32>>,
    /// What a new pod goes through before it is Ready. Phases that are not given take no time.
    pub(crate) cold_start: RawColdStart,
    /// What a GPU costs.
    pub(crate) gpu_price: Option<RawPrice>,
}

/// The Kubernetes control plane.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawKubernetes {
    /// The release, `1.36` or `1.37`: it decides which feature gates there are and what they are by default. Of 1.37 its announced changes are simulated.
    pub(crate) version: Spanned<String>,
    /// Feature gates of kube-apiserver and kube-controller-manager, set alike on both; those that are not given are as in the release.
    pub(crate) feature_gates: RawFeatureGates,
    /// Flags of kube-controller-manager, by their names.
    pub(crate) kube_controller_manager: RawControllerManager,
    /// How long a sync of the HPA takes. The next one begins the sync period after its end, so syncs drift; with `0s` they keep an exact grid.
    pub(crate) hpa_sync_duration: Spanned<Duration>,
    /// What an `AverageValue` of an External or Object metric proposes within the tolerance: `status_replicas` in all releases so far, which lets pods of a rolling update or pods not yet created into the spec (kubernetes/kubernetes#138505); `spec_replicas` as kubernetes/kubernetes#141134 proposes.
    pub(crate) hpa_within_tolerance: RawWithinTolerance,
}

impl Default for RawKubernetes {
    fn default() -> Self {
        Self {
            version: Spanned::new(KubernetesVersion::default().name().to_owned()),
            feature_gates: RawFeatureGates::default(),
            kube_controller_manager: RawControllerManager::default(),
            hpa_sync_duration: Spanned::default(),
            hpa_within_tolerance: RawWithinTolerance::default(),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RawWithinTolerance {
    #[default]
    StatusReplicas,
    SpecReplicas,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct RawControllerManager {
    /// Time from the end of a sync of the HPA to the next one, at least 100 ms.
    pub(crate) horizontal_pod_autoscaler_sync_period: Spanned<Duration>,
    /// How long an earlier, higher recommendation holds the replicas up, where `behavior.scaleDown` says nothing else.
    pub(crate) horizontal_pod_autoscaler_downscale_stabilization: Spanned<Duration>,
    /// How far the ratio of usage to target may be from 1 without a change, at least 0; `behavior` may say another per direction.
    pub(crate) horizontal_pod_autoscaler_tolerance: Spanned<f64>,
    /// For so long after a pod's start its CPU samples count only while it is Ready.
    pub(crate) horizontal_pod_autoscaler_cpu_initialization_period: Spanned<Duration>,
    /// A pod that is not Ready and last changed within so long after its start counts as not yet started (CPU only).
    pub(crate) horizontal_pod_autoscaler_initial_readiness_delay: Spanned<Duration>,
}

impl Default for RawControllerManager {
    fn default() -> Self {
        let flags = Flags::default();
        let duration = |duration| Spanned::new(Duration(duration));
        Self {
            horizontal_pod_autoscaler_sync_period: duration(flags.sync_period),
            horizontal_pod_autoscaler_downscale_stabilization: duration(flags.downscale_stabilization),
            horizontal_pod_autoscaler_tolerance: Spanned::new(flags.tolerance),
            horizontal_pod_autoscaler_cpu_initialization_period: duration(flags.cpu_initialization_period),
            horizontal_pod_autoscaler_initial_readiness_delay: duration(flags.initial_readiness_delay),
        }
    }
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawFeatureGates {
    /// A new HPA is synced at once, here at the start of the run, instead of a sync period after its creation. Since 1.37, there on if not given.
    #[serde(rename = "HPAGeneration")]
    pub(crate) hpa_generation: Option<Spanned<bool>>,
    /// `minReplicas: 0` of an HPA with an External or Object metric, and the way back from zero; off in 1.36 and on in 1.37 if not given.
    #[serde(rename = "HPAScaleToZero")]
    pub(crate) hpa_scale_to_zero: Option<bool>,
    /// `behavior.scaleUp.tolerance` and `behavior.scaleDown.tolerance` of an HPA; on if not given.
    #[serde(rename = "HPAConfigurableTolerance")]
    pub(crate) hpa_configurable_tolerance: Option<bool>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawColdStart {
    /// Waiting for a node.
    pub(crate) node: Option<Spanned<PhaseDuration>>,
    /// Pulling the image.
    pub(crate) image_pull: Option<Spanned<PhaseDuration>>,
    /// Starting the container up to the first load of weights.
    pub(crate) bootstrap: Option<Spanned<PhaseDuration>>,
    /// Loading the weights.
    pub(crate) weights: Option<Spanned<PhaseDuration>>,
    /// Compiling, and capturing CUDA graphs.
    pub(crate) compile: Option<Spanned<PhaseDuration>>,
    /// The rest of the engine's start, until it listens.
    pub(crate) engine: Option<Spanned<PhaseDuration>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPrice {
    /// Per GPU and hour, in any currency.
    pub(crate) per_hour: Spanned<f64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RawAutoscaler {
    /// A fixed number of replicas.
    Fixed(RawFixed),
    /// Replicas by the clock: a cron, or what somebody else recorded.
    Schedule(RawSchedule),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSchedule {
    /// How many replicas the Deployment is given, each number from its instant on.
    pub(crate) replicas: Spanned<CountText>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFixed {
    /// The number of replicas, from the start of the run on.
    pub(crate) replicas: Spanned<u32>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawSlo {
    /// Time to first token, over requests.
    pub(crate) ttft: Map<Quantile, Spanned<Duration>>,
    /// Inter-token latency, over the tokens of all requests.
    pub(crate) itl: Map<Quantile, Spanned<Duration>>,
    /// End-to-end time, over requests.
    pub(crate) e2e: Map<Quantile, Spanned<Duration>>,
}
