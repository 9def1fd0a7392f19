//! One HPA over many syncs.

use super::Outcome;
use super::control_plane::{FlagsRecord, GatesRecord};
use super::instant::after;
use super::observation::{Observation, RecordedMetrics, current_text, resource_name};
use super::pods::PodsRecord;
use forescale_core::autoscaler::hpa::api::{HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, Spec};
use forescale_core::autoscaler::hpa::{Controller, FeatureGates, Flags, Observed, Scale, ScaleEvent, Sync};
use forescale_kernel::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::fmt::Debug;

#[derive(Deserialize)]
struct Case {
    id: String,
    #[serde(default)]
    flags: FlagsRecord,
    #[serde(default)]
    gates: GatesRecord,
    hpa: HorizontalPodAutoscaler,
    initial_replicas: i32,
    ticks: Vec<Tick>,
}

#[derive(Deserialize)]
struct Tick {
    t: f64,
    set_replicas: Option<i32>,
    set_hpa_spec: Option<HorizontalPodAutoscalerSpec>,
    status: i32,
    pods: PodsRecord,
    m: Vec<Observation>,
    scale_get_error: Option<String>,
    scale_update_error: Option<String>,
    x: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    desired: i32,
    spec: i32,
    #[serde(default)]
    rescaled: bool,
    rec: Option<i32>,
    cond: Option<Vec<[String; 3]>>,
    cur: Vec<String>,
    #[serde(default)]
    err: bool,
    state: Option<State>,
}

/// The controller's memory, in storage order.
#[derive(Debug, PartialEq, Deserialize)]
struct State {
    recs: Vec<(f64, i32)>,
    up: Vec<(f64, i32, u8)>,
    down: Vec<(f64, i32, u8)>,
}

pub(super) fn replay(value: Value) -> Result<Outcome, String> {
    let case: Case = serde_json::from_value(value).map_err(|e| e.to_string())?;
    let gates = FeatureGates::from(case.gates);
    let mut spec = case.hpa.spec.defaulted(gates);
    let mut controller = Controller::new(case.flags.over(Flags::default()), gates);
    let mut replicas = case.initial_replicas;
    let mut conditions = Vec::new();
    for mut tick in case.ticks {
        if let Some(edit) = &tick.set_hpa_spec {
            spec = edit.defaulted(gates);
        }
        replicas = tick.set_replicas.unwrap_or(replicas);
        let sync = step(&mut controller, &spec, replicas, &tick)?;
        replicas = sync.rescale.unwrap_or(replicas);
        // A tick without conditions has those of the tick before.
        conditions = tick.x.cond.take().unwrap_or(conditions);
        if let Some(difference) = compare(&controller, &sync, replicas, &tick.x, &conditions) {
            return Ok(Outcome::Differs(format!("{} t={}: {difference}\n    ({sync})", case.id, tick.t)));
        }
    }
    Ok(Outcome::Same)
}

fn step(controller: &mut Controller, spec: &Spec, replicas: i32, tick: &Tick) -> Result<Sync, String> {
    let now = instant(tick.t)?;
    let resource = spec.metrics.iter().find_map(resource_name).unwrap_or_default();
    let pods = tick.pods.pods(now, resource)?;
    let metrics = RecordedMetrics { answers: spec.metrics.iter().zip(&tick.m).collect(), now, pods: &pods };
    let scale = Scale { spec_replicas: replicas, status_replicas: tick.status };
    let mut observed = Observed::new(scale, &pods, &metrics);
    if let Some(message) = &tick.scale_get_error {
        observed.scale = Err(message.clone());
    }
    if let Some(message) = &tick.scale_update_error {
        observed.scale_update = Err(message.clone());
    }
    Ok(controller.reconcile(now, spec, &observed))
}

/// Seconds since the start, in milliseconds.
fn instant(seconds: f64) -> Result<Timestamp, String> {
    if !(0.0..1e9).contains(&seconds) {
        return Err(format!("time {seconds} of a tick"));
    }
    Ok(after(Timestamp::default(), seconds))
}

fn seconds(at: Timestamp) -> f64 {
    (at.as_unix_ns() / 1_000_000) as f64 / 1000.0
}

/// The first field that differs.
fn compare(
    controller: &Controller,
    sync: &Sync,
    replicas: i32,
    x: &Expected,
    conditions: &[[String; 3]],
) -> Option<String> {
    fn field<T: PartialEq + Debug>(name: &str, expected: &T, came: &T) -> Option<String> {
        (expected != came).then(|| format!("{name}: expected {expected:?}, came {came:?}"))
    }
    let status = &sync.status;
    let own_conditions: Vec<_> = status
        .conditions
        .as_slice()
        .iter()
        .map(|c| [c.condition_type.to_string(), c.status.to_string(), c.reason.to_owned()])
        .collect();
    let current: Vec<_> = status.current_metrics.iter().map(|c| current_text(c.as_ref())).collect();
    field("rec", &x.rec, &sync.recommendation)
        .or_else(|| field("spec", &x.spec, &replicas))
        .or_else(|| field("rescaled", &x.rescaled, &sync.rescale.is_some()))
        .or_else(|| field("desired", &x.desired, &status.desired_replicas))
        .or_else(|| field("cond", &conditions.to_vec(), &own_conditions))
        .or_else(|| field("cur", &x.cur, &current))
        .or_else(|| field("err", &x.err, &sync.error.is_some()))
        .or_else(|| x.state.as_ref().and_then(|state| field("state", state, &own_state(controller))))
}

fn own_state(controller: &Controller) -> State {
    let history = controller.history();
    let events =
        |list: &[ScaleEvent]| list.iter().map(|e| (seconds(e.at), e.change, u8::from(e.outdated))).collect();
    State {
        recs: history.recommendations().iter().map(|r| (seconds(r.at), r.replicas)).collect(),
        up: events(history.scale_up_events()),
        down: events(history.scale_down_events()),
    }
}
