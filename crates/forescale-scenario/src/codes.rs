//! Codes of diagnostics about scenarios, manifests and traces.

use forescale_document::Code;

/// A name that refers to nothing.
pub(crate) const UNKNOWN_REFERENCE: Code = Code {
    id: "F020",
    title: "a name refers to nothing",
    story: "A profile, a release, a plugin or a scale target is named that does not exist. The message lists what does, and the nearest spelling.\n\nReferences between Kubernetes objects are by kind, name and namespace: an HPA scales the Deployment that its `scaleTargetRef` names, in its own namespace.",
};
/// Something that exists, but is not simulated.
pub(crate) const NOT_SIMULATED: Code = Code {
    id: "F021",
    title: "something is not simulated",
    story: "The real component knows this setting, and it would change what happens, but Forescale does not simulate it. Leaving it aside would simulate another cluster without a word, so it is refused. The message says what is simulated in its place, where there is something.",
};
/// What the Kubernetes API server rejects.
pub(crate) const REJECTED: Code = Code {
    id: "F022",
    title: "Kubernetes rejects this object",
    story: "The API server would not accept this object: `kubectl apply` ends with the same finding for the same field. The rules are those of Kubernetes 1.36 for `autoscaling/v2`.",
};
/// A second object where one is simulated.
pub(crate) const SECOND: Code = Code {
    id: "F023",
    title: "there are two objects where one is simulated",
    story: "One Deployment, one HorizontalPodAutoscaler, one EndpointPickerConfig and one set of adapter rules make a scenario. Two HPAs on one Deployment would fight over its replicas, in a cluster as well; to compare two policies, make each a `[variant.NAME]` of one scenario.",
};
/// A monitor that selects nothing.
pub(crate) const SELECTS_NOTHING: Code = Code {
    id: "F024",
    title: "a selector selects nothing",
    story: "A ServiceMonitor selects Services by their labels (not pods by theirs), in the namespaces that it names, and scrapes the Service's port of the name that it gives. A Service selects pods by the labels of their template. Where nothing is selected, no metric arrives, and the autoscaler holds still: Kubernetes says no word about it, so Forescale does.",
};
/// An adapter rule that serves nothing.
pub(crate) const ADAPTER_RULE: Code = Code {
    id: "F025",
    title: "a rule of prometheus-adapter cannot work",
    story: "A rule discovers series (`seriesQuery`), names a metric after them (`name`), relates them to objects (`resources`) and asks Prometheus (`metricsQuery`). The adapter reads its configuration strictly and does not start with one that is wrong, and then no metric has a value.",
};
/// A trace without the header that its format has.
pub(crate) const TRACE_HEADER: Code = Code {
    id: "F030",
    title: "a trace has another header",
    story: "The first line of a trace names its columns, and these are not the columns of the format that the scenario names. `azure-llm-2023` and `azure-llm-2024` have `TIMESTAMP,ContextTokens,GeneratedTokens` and nothing else; other formats find their columns by name. `docs/traces.md` lists them.\n\nWhere no format is named, `sim trace` tells it by the first lines; `--format` names it, and `--time`, `--prompt-tokens` and `--output-tokens` name columns of your own.",
};
/// A row of a trace that cannot be read.
pub(crate) const TRACE_ROW: Code = Code {
    id: "F031",
    title: "a row of a trace is wrong",
    story: "A row has too few or too many fields, a field is no time or no number of tokens, or the hash ids are not one for each block of the prompt. Rows are read while the run goes on, so a mistake far down in a trace ends the run where it is met.\n\n`sim trace convert IN OUT --repair` writes the trace without such rows, and says how many there were.",
};
/// A trace that goes back in time.
pub(crate) const TRACE_ORDER: Code = Code {
    id: "F032",
    title: "a trace goes back in time",
    story: "The rows of a trace are in the order of their arrival times. This row is earlier than the one before it, or further from the first row than simulated time reaches (213 days).\n\n`sim trace convert IN OUT --repair` writes the rows in order.",
};
/// A sweep that no step time can be fitted to.
pub(crate) const SWEEP: Code = Code {
    id: "F033",
    title: "a sweep cannot be fitted",
    story: "`sim profile fit` reads a CSV file with a header. Either each row is a step: `batch` (decoding sequences), `context` (tokens of each, in the mean) or `context_sum`, `prefill` (prompt tokens), `prefill_context` and `time_ms`. Or each row is a run under load: `concurrency` or `rate_rps`, `isl`, `osl`, `tpot_ms` and `ttft_ms`. Columns may stand in any order and may be more; a row with an empty field where a number is needed is left out.\n\nAt least three rows must remain, with times above 0.",
};
/// A path of `--set`, a variant or a sweep that leads nowhere.
pub(crate) const NO_SUCH_PATH: Code = Code {
    id: "F040",
    title: "a path leads nowhere",
    story: "`--set PATH=VALUE`, the keys of a `[variant.NAME]` and those of `[sweep]` replace values before anything is read. A path is made of keys with dots between them: `scenario.duration`, `workload.chat.arrivals.poisson.rate`. Items of lists go by their names (`plugins.queue-scorer`) or numbers (`metrics[0]`); a key with other characters stands in quotation marks.\n\nA path that begins with a kind in lower case, such as `hpa`, `deployment` or `endpointpickerconfig`, leads into the manifests; where there are several of the kind, `hpa/NAME` says which. `spec` may be left out: `hpa.maxReplicas`. A metric goes by its name, and its target alone is the number in it: `hpa.metrics.igw_queue_depth.target`. An argument of a container goes by its flag: `deployment.containers.vllm.args.--max-num-seqs`.\n\nThe value is TOML; behind `--set`, what is no TOML is a text, so that quotation marks can be left out.",
};
/// Results that cannot be written.
pub(crate) const UNWRITABLE: Code = Code {
    id: "F041",
    title: "the results cannot be written",
    story: "The folder for results does not exist and cannot be made, or a file in it cannot be written. `--out DIR` names another one.",
};
/// A run without requests.
pub(crate) const NOTHING_TO_JUDGE: Code = Code {
    id: "F042",
    title: "there is nothing to judge",
    story: "The scenario sets objectives, and in its run no request arrived, so they are neither met nor missed. Most often a rate is 0, `from` lies near the end of the run, or the window of a trace holds no row.",
};

/// Objects that are not read.
pub(crate) const IGNORED: Code = Code {
    id: "F100",
    title: "objects without effect",
    story: "These objects of the manifests are of kinds that have no effect on the simulation. They are listed so that nobody believes they were read.",
};
/// Something that is simulated in another way than deployed.
pub(crate) const SIMULATED_OTHERWISE: Code = Code {
    id: "F101",
    title: "something is simulated in another way",
    story: "What is deployed differs from what is simulated in a way that moves results a little. The message says how.",
};
/// A metric that never has a value.
pub(crate) const NO_VALUE: Code = Code {
    id: "F102",
    title: "a metric never has a value",
    story: "The autoscaler asks for a metric that no rule serves, or whose query selects series that no target can have. In the cluster the HPA says `FailedGetExternalMetric` or `FailedGetPodsMetric` and keeps its replicas; here too.",
};
/// Settings without effect.
pub(crate) const NO_EFFECT: Code = Code {
    id: "F103",
    title: "a setting has no effect",
    story: "The setting is read and changes nothing here.",
};
/// Pods that start in no time.
pub(crate) const INSTANT_START: Code = Code {
    id: "F104",
    title: "new pods start in no time",
    story: "Without `cluster.cold_start` a new pod is Ready at once, which no model server is. Image pull, loading of weights and compilation take a minute to ten; the measured phases of a real start make the difference between an autoscaler that looks good and one that is.",
};
/// A probe that gives up before the server is up.
pub(crate) const IMPATIENT_PROBE: Code = Code {
    id: "F105",
    title: "the startup probe gives up too early",
    story: "The container takes longer to listen than the startup probe waits (`initialDelaySeconds + periodSeconds × failureThreshold`). The kubelet would restart it again and again, which is not simulated.",
};
/// An HPA that cannot leave zero.
pub(crate) const NEVER_LEAVES_ZERO: Code = Code {
    id: "F106",
    title: "the HPA never leaves zero replicas",
    story: "The HPA may scale to zero, and none of its policies for scaling up leads out of zero: a Percent policy allows a share of the replicas that there are, and a share of nothing is nothing. `selectPolicy: Min` takes the policy that allows least, `Disabled` allows none. The HPA then wants replicas and never gets one, in the cluster as well.\n\nA policy of type Pods beside it leads out: `{ type: Pods, value: 1, periodSeconds: 15 }`. Kubernetes' own defaults, for an HPA without `behavior.scaleUp`, have one.",
};

/// Step times that nobody measured.
pub(crate) const DERIVED_STEP_TIME: Code = Code {
    id: "F108",
    title: "the step times are derived, not measured",
    story: "For this model on this GPU there are no measured kernel times. The profile is derived (roofline): from the model's layers, heads and parameters, and the GPU's memory bandwidth and FLOPS, with factors that fit the calibrated rows of other models best. The message says how far such a profile was off for models, or GPUs, that were left out of the fit. That is good enough to compare autoscalers, and no promise of latency in milliseconds.\n\n`sim profile fit` makes a profile of your own measurements, and `model_server.profile` can name its file.",
};

/// Failures that a trace has and the run does not.
pub(crate) const TRACE_FAILURES: Code = Code {
    id: "F110",
    title: "failed requests of a trace are left out",
    story: "BurstGPT logs requests that failed as rows without response tokens, most of them without request tokens too; load generators tell which requests failed or were cut off; access logs have the status. What failed requests would have cost is not known, so they do not arrive in the run. `sim trace inspect` says how many a file has.",
};

/// Gaps in a rate.
pub(crate) const RATE_GAPS: Code = Code {
    id: "F111",
    title: "a measured rate has gaps",
    story: "For some time the file has no samples, as when Prometheus was down or the target was not scraped. Of a rate the mean of the steps before and after the gap stands in, of a counter its difference over the gap; how requests came within it nobody knows.",
};

const ALL: [Code; 23] = [
    UNKNOWN_REFERENCE,
    NOT_SIMULATED,
    REJECTED,
    SECOND,
    SELECTS_NOTHING,
    ADAPTER_RULE,
    TRACE_HEADER,
    TRACE_ROW,
    TRACE_ORDER,
    SWEEP,
    NO_SUCH_PATH,
    UNWRITABLE,
    NOTHING_TO_JUDGE,
    IGNORED,
    SIMULATED_OTHERWISE,
    NO_VALUE,
    NO_EFFECT,
    INSTANT_START,
    IMPATIENT_PROBE,
    NEVER_LEAVES_ZERO,
    DERIVED_STEP_TIME,
    TRACE_FAILURES,
    RATE_GAPS,
];

/// All codes of diagnostics, in the order of their numbers.
pub fn all() -> Vec<Code> {
    let mut all: Vec<Code> = Code::OF_FILES.into_iter().chain(ALL).collect();
    all.sort_by_key(|code| code.id);
    all.dedup();
    all
}
