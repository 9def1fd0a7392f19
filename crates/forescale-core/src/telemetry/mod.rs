//! Telemetry: Prometheus scrapes targets, and its adapter answers the metrics APIs from what was stored.
//!
//! An autoscaler sees only what a scrape has stored, with the labels that the scrape adds. Absence is not zero: a target that
//! refuses the connection, or a series that does not exist yet, gives no answer.

mod check;
mod config;
mod exposition;
mod store;

pub use check::{SelectorError, check_selector};
pub use config::{ExternalMetric, TelemetryConfig};

use crate::ids::PodId;
use crate::views::MetricsEndpoints;
use forescale_kernel::{SimDuration, SimTime, Timers, random};
use forescale_promql::{Labels, evaluate};
use std::collections::BTreeMap;
use store::SeriesStore;

/// What can happen to telemetry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A pod has an address: service discovery will find it.
    TargetAdded(PodId),
    /// A pod is gone.
    TargetRemoved(PodId),
}

/// Who is scraped; equal times are served in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum TargetId {
    Epp,
    ModelServer(PodId),
}

/// What telemetry has to do at an instant, in the order of equal times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Task {
    Scrape(TargetId),
    /// The last samples of a removed target become stale.
    Forget(TargetId),
    Relist,
}

#[derive(Clone, Debug)]
struct Target {
    /// Scrapes fall on this phase plus whole intervals.
    phase: SimTime,
    /// The series that the last scrape stored.
    last: Vec<Labels>,
    /// Where a removed target's stale markers are stamped.
    stale_from: Option<SimTime>,
}

/// Prometheus and its adapter.
#[derive(Clone, Debug)]
pub struct Telemetry {
    config: TelemetryConfig,
    seed: u64,
    store: SeriesStore,
    targets: BTreeMap<TargetId, Target>,
    tasks: Timers<Task>,
    /// Per external metric: whether the last relist found a series behind it.
    served: Vec<bool>,
}

impl Telemetry {
    /// A pipeline that has seen nothing yet; the EPP is its first target. `seed` decides phases.
    pub fn new(config: TelemetryConfig, seed: u64) -> Self {
        let mut telemetry = Self {
            store: SeriesStore::new(milliseconds(config.look_back), milliseconds(config.max_age)),
            targets: BTreeMap::new(),
            tasks: Timers::default(),
            served: vec![false; config.external.len()],
            seed,
            config,
        };
        telemetry.add(TargetId::Epp, SimTime::ZERO);
        let relist = telemetry.draw("telemetry/relist_phase", 0, telemetry.config.relist_interval);
        telemetry.tasks.set(Task::Relist, SimTime::ZERO + relist);
        telemetry
    }

    /// Something happened to the targets.
    pub fn submit(&mut self, now: SimTime, input: Input) {
        match input {
            Input::TargetAdded(pod) => {
                // What runs at the start of the run was found before it.
                let delay = match now == SimTime::ZERO {
                    true => SimDuration::ZERO,
                    false => self.draw("telemetry/discovery", pod.0.into(), self.config.discovery_delay),
                };
                self.add(TargetId::ModelServer(pod), now + delay);
            }
            Input::TargetRemoved(pod) => self.remove(TargetId::ModelServer(pod), now),
        }
    }

    /// When telemetry must be woken if nothing else happens.
    pub fn next_wake(&self) -> Option<SimTime> {
        self.tasks.next()
    }

    /// Now it is.
    pub fn wake(&mut self, now: SimTime, endpoints: &mut dyn MetricsEndpoints) {
        while let Some((at, task)) = self.tasks.pop_due(now) {
            match task {
                Task::Scrape(id) => {
                    self.scrape(id, at, endpoints);
                    self.tasks.set(task, at + self.config.scrape_interval);
                }
                Task::Forget(id) => {
                    if let Some(mut target) = self.targets.remove(&id) {
                        let stamp = milliseconds(target.stale_from.unwrap_or(at).since_start());
                        self.store.append(stamp, Vec::new(), &mut target.last);
                    }
                }
                Task::Relist => {
                    let (at_ms, age) = (milliseconds(at.since_start()), milliseconds(self.config.max_age));
                    for (served, metric) in self.served.iter_mut().zip(&self.config.external) {
                        *served = self.store.has_recent(&metric.series, at_ms, age);
                    }
                    self.store.forget_before(at_ms);
                    self.tasks.set(task, at + self.config.relist_interval);
                }
            }
        }
    }

    /// The adapter's answer for an external metric at `now`: one milli-value per series of its query's result.
    ///
    /// An empty answer means that the metric is known and the query selects nothing. Values are cut off after the third decimal.
    ///
    /// `None` (HTTP 404) until a relist has found a series behind the metric, and again when that has gone.
    pub fn external_metric(&self, now: SimTime, name: &str) -> Option<Vec<i64>> {
        let rules = self.config.external.iter().zip(&self.served);
        let (metric, _) = rules.into_iter().find(|(metric, served)| metric.name == name && **served)?;
        let samples = evaluate(&metric.query, &self.store, milliseconds(now.since_start()));
        // The cast cuts off and saturates.
        Some(samples.iter().map(|sample| (sample.value * 1000.0) as i64).collect())
    }

    fn add(&mut self, id: TargetId, found: SimTime) {
        let entity = match id {
            TargetId::Epp => 0,
            TargetId::ModelServer(pod) => u64::from(pod.0) + 1,
        };
        let phase = SimTime::ZERO + self.draw("telemetry/scrape_phase", entity, self.config.scrape_interval);
        let first = found.at_or_after_on_grid(phase, self.config.scrape_interval);
        self.targets.insert(id, Target { phase, last: Vec::new(), stale_from: None });
        self.tasks.set(Task::Scrape(id), first);
    }

    /// A removed target's last samples stay visible: the scrape loop stamps stale markers at its next tick, but writes
    /// them only a further interval and a tenth later.
    fn remove(&mut self, id: TargetId, now: SimTime) {
        self.tasks.cancel(&Task::Scrape(id));
        let interval = self.config.scrape_interval;
        if let Some(target) = self.targets.get_mut(&id) {
            let next = now.at_or_after_on_grid(target.phase, interval);
            target.stale_from = Some(next);
            self.tasks.set(Task::Forget(id), next + interval + interval / 10);
        }
    }

    fn scrape(&mut self, id: TargetId, at: SimTime, endpoints: &mut dyn MetricsEndpoints) {
        let mut exposed = match id {
            TargetId::Epp => exposition::epp(&endpoints.epp(at), &self.config),
            TargetId::ModelServer(pod) => match endpoints.model_server(pod, at) {
                Some(view) => exposition::model_server(&view, &pod.to_string(), &self.config),
                // Refused: an empty scrape.
                None => Vec::new(),
            },
        };
        let config = &self.config;
        exposed.retain(|(labels, _)| config.selectors().any(|selector| selector.matches(labels)));
        if let Some(target) = self.targets.get_mut(&id) {
            self.store.append(milliseconds(at.since_start()), exposed, &mut target.last);
        }
    }

    fn draw(&self, purpose: &str, entity: u64, below: SimDuration) -> SimDuration {
        random::phase(&mut random::stream(self.seed, purpose, entity), below)
    }
}

/// Whole milliseconds; the store counts instants from the start of the run.
fn milliseconds(span: SimDuration) -> i64 {
    // At most 2^64 / 10^9.
    (span.as_ps() / 1_000_000_000) as i64
}
