//! Any object and any history through parsing, defaulting, validation and syncs of the HPA controller.
//!
//! The corpus wants specs in JSON: those of `tests/conformance/hpa` are a good start.

#![no_main]

use arbitrary::Arbitrary;
use forescale_core::autoscaler::hpa::api::{
    CrossVersionObjectReference, HorizontalPodAutoscalerSpec, LabelSelector,
};
use forescale_core::autoscaler::hpa::{
    ConditionStatus, Controller, FeatureGates, Flags, MetricsApi, MetricsError, Observed, Pod, PodMetric,
    PodPhase, Scale,
};
use forescale_kernel::Timestamp;
use libfuzzer_sys::fuzz_target;

/// What a run of the fuzzer is made of.
#[derive(Arbitrary, Debug)]
struct Input<'a> {
    spec: &'a str,
    scale_to_zero: bool,
    replicas: i32,
    ticks: Vec<Tick>,
}

/// One sync.
#[derive(Arbitrary, Debug)]
struct Tick {
    now_ns: i64,
    restarts: bool,
    status_replicas: i32,
    pods: Vec<(u8, Option<bool>)>,
    series: Option<Vec<i64>>,
    per_pod: Option<Vec<(u8, i64)>>,
}

fn unknown() -> MetricsError {
    MetricsError("unknown".to_owned())
}

impl MetricsApi for Tick {
    fn external_metric(&self, _: &str, _: Option<&LabelSelector>) -> Result<Vec<i64>, MetricsError> {
        self.series.clone().ok_or_else(unknown)
    }

    fn object_metric(
        &self,
        _: &CrossVersionObjectReference,
        _: &str,
        _: Option<&LabelSelector>,
    ) -> Result<i64, MetricsError> {
        self.series.iter().flatten().next().copied().ok_or_else(unknown)
    }

    fn pods_metric(&self, _: &str, _: Option<&LabelSelector>) -> Result<Vec<PodMetric>, MetricsError> {
        let samples = self.per_pod.as_ref().ok_or_else(unknown)?;
        Ok(samples
            .iter()
            .map(|(pod, value_milli)| PodMetric { pod: format!("p{pod}"), value_milli: *value_milli })
            .collect())
    }
}

fn pod((number, ready): (u8, Option<bool>)) -> Pod {
    let phase = if ready.is_some() { PodPhase::Running } else { PodPhase::Pending };
    let ready = ready.map(|ready| if ready { ConditionStatus::True } else { ConditionStatus::False });
    let mut pod = Pod::new(phase, ready);
    pod.name = format!("p{number}");
    pod
}

fuzz_target!(|input: Input<'_>| {
    let Ok(written) = serde_json::from_str::<HorizontalPodAutoscalerSpec>(input.spec) else { return };
    let gates = FeatureGates { hpa_scale_to_zero: input.scale_to_zero, ..FeatureGates::default() };
    let errors = written.validate(gates);
    let spec = written.defaulted(gates);
    let mut controller = Controller::new(Flags::default(), gates);
    let mut replicas = input.replicas;
    for tick in &input.ticks {
        if tick.restarts {
            controller.restart();
        }
        let pods: Vec<Pod> = tick.pods.iter().copied().map(pod).collect();
        let scale = Scale { spec_replicas: replicas, status_replicas: tick.status_replicas };
        let now = Timestamp::from_unix_ns(tick.now_ns);
        let sync = controller.reconcile(now, &spec, &Observed::new(scale, &pods, tick));
        if let Some(new) = sync.rescale {
            let is_sane = errors.is_empty() && (0..1 << 30).contains(&replicas);
            assert!(!is_sane || (spec.min_replicas..=spec.max_replicas).contains(&new), "{sync}");
            replicas = new;
        }
    }
});
