//! Telemetry: Prometheus scrapes targets and evaluates rules, and its adapter answers the metrics APIs from what was stored.
//!
//! An autoscaler sees only what a scrape has stored, with the labels that the scrape adds. Absence is not zero: a target that
//! refuses the connection, or a series that does not exist yet, gives no answer. What no query reads is neither sampled nor stored.

mod check;
mod config;
mod dcgm_exporter;
mod exposition;
mod outage;
mod queries;
mod rules;
mod store;
mod target;
#[cfg(test)]
mod tests;

pub use check::{SelectorError, check_selector};
pub use config::{ExternalMetric, PodsMetric, TelemetryConfig};
pub use dcgm_exporter::DcgmExporter;
pub use outage::{Outage, OutageAnswer, Unanswered};
pub use rules::{RecordingRule, RuleGroup};

use crate::ids::PodId;
use crate::views::{GatewayView, HistogramFamilies, MetricsEndpoints, ModelServerInfo};
use forescale_kernel::{SimDuration, SimTime, Timers, random};
use rules::Recorded;
use std::collections::BTreeMap;
use store::SeriesStore;
use target::{Shown, Target, TargetId};

/// What can happen to telemetry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A pod has an address: service discovery will find it.
    TargetAdded(PodId),
    /// A pod is gone.
    TargetRemoved(PodId),
}

/// What telemetry has to do at an instant, in the order of equal times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Task {
    /// The driver begins the sample of a pod's GPUs that the exporter will read.
    BeginSample(PodId),
    /// The exporter of GPU metrics reads the driver.
    Collect(PodId),
    Scrape(TargetId),
    /// The last samples of a removed target become stale.
    Forget(TargetId),
    /// A group of rules, by its number.
    EvaluateRules(usize),
    Relist,
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
    /// Per rule group and rule: what its last evaluation has stored.
    recorded: Vec<Vec<Recorded>>,
    /// Whether the last relist found a series behind each external metric, and each metric of pods.
    served: Vec<bool>,
    served_pods: Vec<bool>,
    /// What the EPP shows: room that is filled at each scrape.
    gateway: GatewayView,
}

impl Telemetry {
    /// A pipeline that has seen nothing yet; the EPP is its first target. `info` is of each model server, `seed` decides phases.
    pub fn new(mut config: TelemetryConfig, info: ModelServerInfo, seed: u64) -> Self {
        config.drop_idle_rules();
        let mut telemetry = Self {
            wanted_histograms: check::wanted_histograms(&config, &info),
            info,
            store: SeriesStore::new(milliseconds(config.look_back), milliseconds(config.max_age)),
            targets: BTreeMap::new(),
            tasks: Timers::default(),
            recorded: config
                .rule_groups
                .iter()
                .map(|group| vec![Recorded::default(); group.rules.len()])
                .collect(),
            served: vec![false; config.external.len()],
            served_pods: vec![false; config.pods.len()],
            gateway: GatewayView::default(),
            seed,
            config,
        };
        if telemetry.config.has_epp {
            telemetry.add(TargetId::Epp, SimTime::ZERO);
        }
        for (index, group) in telemetry.config.rule_groups.iter().enumerate() {
            let phase = telemetry.draw("telemetry/rule_phase", index as u64, group.interval);
            telemetry.tasks.set(Task::EvaluateRules(index), SimTime::ZERO + phase);
        }
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
                // The exporter of its node is there already, and sees the container at once.
                self.add(TargetId::DcgmExporter(pod), now);
            }
            Input::TargetRemoved(pod) => {
                self.remove(TargetId::ModelServer(pod), now);
                // The exporter stays: its next page has nothing of the pod any more.
                self.tasks.cancel(&Task::BeginSample(pod));
                self.tasks.cancel(&Task::Collect(pod));
                if let Some(target) = self.targets.get_mut(&TargetId::DcgmExporter(pod)) {
                    target.shown.leave();
                }
            }
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
                Task::BeginSample(pod) => {
                    if let Some(collected) = self.collected(pod) {
                        collected.begin(endpoints.gpu_busy(pod, at));
                    }
                }
                Task::Collect(pod) => self.collect(pod, at, endpoints),
                Task::Scrape(id) => {
                    if self.scrape(id, at, endpoints) {
                        self.tasks.set(task, at + self.scrape_interval(id));
                    }
                }
                Task::EvaluateRules(index) => self.evaluate_rules(index, at),
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
                    for (served, metric) in self.served_pods.iter_mut().zip(&self.config.pods) {
                        *served = self.store.has_recent(&metric.series, at_ms, age);
                    }
                    self.store.forget_before(at_ms);
                    self.tasks.set(task, at + self.config.relist_interval);
                }
            }
        }
    }

    fn scrape_interval(&self, id: TargetId) -> SimDuration {
        let own = match id {
            TargetId::Epp => None,
            TargetId::ModelServer(_) => self.config.model_server_scrape_interval,
            TargetId::DcgmExporter(_) => self.config.dcgm_exporter_scrape_interval,
        };
        own.unwrap_or(self.config.scrape_interval)
    }

    /// A target of which nothing is read is none.
    fn add(&mut self, id: TargetId, found: SimTime) {
        let Some(shown) = Shown::new(id, &self.config, &self.info) else { return };
        let interval = self.scrape_interval(id);
        let phase = match id {
            TargetId::Epp => self.draw("telemetry/scrape_phase", 0, interval),
            TargetId::ModelServer(pod) => self.draw("telemetry/scrape_phase", u64::from(pod.0) + 1, interval),
            TargetId::DcgmExporter(pod) => {
                self.schedule_collection(pod, found);
                self.draw("telemetry/dcgm_exporter_scrape_phase", pod.0.into(), interval)
            }
        };
        let phase = SimTime::ZERO + phase;
        self.targets.insert(id, Target { phase, shown, stale_from: None });
        self.tasks.set(Task::Scrape(id), found.at_or_after_on_grid(phase, interval));
    }

    /// A removed target's last samples stay visible: the scrape loop stamps stale markers at its next tick, but writes
    /// them only a further interval and a tenth later.
    fn remove(&mut self, id: TargetId, now: SimTime) {
        self.tasks.cancel(&Task::Scrape(id));
        let interval = self.scrape_interval(id);
        if let Some(target) = self.targets.get_mut(&id) {
            let next = now.at_or_after_on_grid(target.phase, interval);
            target.stale_from = Some(next);
            self.tasks.set(Task::Forget(id), next + interval + interval / 10);
        }
    }

    /// Scrapes a target; `false` where it was for the last time.
    fn scrape(&mut self, id: TargetId, at: SimTime, endpoints: &mut dyn MetricsEndpoints) -> bool {
        let Some(target) = self.targets.get_mut(&id) else { return false };
        let at_ms = milliseconds(at.since_start());
        let is_there = target.shown.scrape(at, at_ms, endpoints, &mut self.gateway, &mut self.store);
        if !is_there {
            self.targets.remove(&id);
        }
        is_there
    }

    /// The sample of a pod's GPUs that is collected at or after `from`.
    fn schedule_collection(&mut self, pod: PodId, from: SimTime) {
        let config = &self.config.dcgm_exporter;
        let phase = self.draw("telemetry/collect_phase", pod.0.into(), config.collect_interval);
        let (begin, collect) = dcgm_exporter::next_collection(from, SimTime::ZERO + phase, config);
        self.tasks.set(Task::BeginSample(pod), begin);
        self.tasks.set(Task::Collect(pod), collect);
    }

    fn collected(&mut self, pod: PodId) -> Option<&mut dcgm_exporter::Collected> {
        match &mut self.targets.get_mut(&TargetId::DcgmExporter(pod))?.shown {
            Shown::DcgmExporter { collected, .. } => Some(collected),
            _ => None,
        }
    }

    fn collect(&mut self, pod: PodId, at: SimTime, endpoints: &mut dyn MetricsEndpoints) {
        let period = self.config.dcgm_exporter.sample_period;
        if let Some(collected) = self.collected(pod) {
            collected.collect(endpoints.gpu_busy(pod, at), period);
            self.schedule_collection(pod, at + SimDuration::from_ps(1));
        }
    }

    fn evaluate_rules(&mut self, index: usize, at: SimTime) {
        let Some((group, recorded)) = self.config.rule_groups.get(index).zip(self.recorded.get_mut(index))
        else {
            return;
        };
        for (rule, last) in group.rules.iter().zip(recorded) {
            last.evaluate(rule, milliseconds(at.since_start()), &mut self.store);
        }
        self.tasks.set(Task::EvaluateRules(index), at + group.interval);
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
