//! Telemetry: Prometheus scrapes targets, and its adapter answers the metrics APIs from what was stored.
//!
//! An autoscaler sees only what a scrape has stored, with the labels that the scrape adds. Absence is not zero: a target that
//! refuses the connection, or a series that does not exist yet, gives no answer.

mod check;
mod config;
mod exposition;
mod store;
#[cfg(test)]
mod tests;

pub use check::{SelectorError, check_selector};
pub use config::{ExternalMetric, TelemetryConfig};

use crate::ids::PodId;
use crate::views::{HistogramFamilies, MetricsEndpoints, ModelServerInfo};
use exposition::Series;
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
    shown: Shown,
    /// Where a removed target's stale markers are stamped.
    stale_from: Option<SimTime>,
}

/// What of a target is stored.
#[derive(Clone, Debug)]
enum Shown {
    /// The series of the EPP come and go: those that the last scrape stored.
    Epp { last: Vec<Labels> },
    /// A server shows the same series as long as it answers: those that a query reads, and whether the last scrape got an answer.
    ModelServer { pod: PodId, series: Vec<Series>, is_up: bool },
}

impl Shown {
    /// An empty scrape: what the last one had becomes stale.
    fn store_nothing(&mut self, at_ms: i64, store: &mut SeriesStore) {
        match self {
            Self::Epp { last } => store.append(at_ms, Vec::new(), last),
            Self::ModelServer { series, is_up, .. } => {
                if std::mem::take(is_up) {
                    series.iter().for_each(|series| store.push(&series.labels, at_ms, None));
                }
            }
        }
    }
}

/// Prometheus and its adapter.
#[derive(Clone, Debug)]
pub struct Telemetry {
    config: TelemetryConfig,
    info: ModelServerInfo,
    wanted_histograms: HistogramFamilies,
    seed: u64,
    store: SeriesStore,
    targets: BTreeMap<TargetId, Target>,
    tasks: Timers<Task>,
    /// Per external metric: whether the last relist found a series behind it.
    served: Vec<bool>,
}

impl Telemetry {
    /// A pipeline that has seen nothing yet; the EPP is its first target. `info` is of each model server, `seed` decides phases.
    pub fn new(config: TelemetryConfig, info: ModelServerInfo, seed: u64) -> Self {
        let mut telemetry = Self {
            wanted_histograms: check::wanted_histograms(&config, &info),
            info,
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

    /// The histograms of the model servers that some query may read; the others need not be kept.
    pub fn wanted_histograms(&self) -> HistogramFamilies {
        self.wanted_histograms
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
                        target.shown.store_nothing(stamp, &mut self.store);
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
        let shown = match id {
            TargetId::Epp => Shown::Epp { last: Vec::new() },
            TargetId::ModelServer(pod) => {
                let is_wanted = |name: &str| self.config.selects_name(name);
                let mut series =
                    exposition::model_server(&self.info, &pod.to_string(), &self.config, &is_wanted);
                series.retain(|series| self.config.selects(&series.labels));
                Shown::ModelServer { pod, series, is_up: false }
            }
        };
        self.targets.insert(id, Target { phase, shown, stale_from: None });
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
        let Some(target) = self.targets.get_mut(&id) else { return };
        let at_ms = milliseconds(at.since_start());
        match &mut target.shown {
            Shown::Epp { last } => {
                let config = &self.config;
                let mut exposed =
                    exposition::epp(&endpoints.epp(at), config, &|name| config.selects_name(name));
                exposed.retain(|(labels, _)| config.selects(labels));
                self.store.append(at_ms, exposed, last);
            }
            Shown::ModelServer { pod, series, is_up } => match endpoints.model_server(*pod, at) {
                Some(metrics) => {
                    *is_up = true;
                    for Series { labels, reading } in &*series {
                        self.store.push(labels, at_ms, Some(reading.of(&metrics)));
                    }
                }
                None => target.shown.store_nothing(at_ms, &mut self.store),
            },
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
