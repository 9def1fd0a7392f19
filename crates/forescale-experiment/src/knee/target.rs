//! The target of an autoscaler that follows from the knee, metric by metric.

use super::curve::{Level, load_where, value_at};
use super::load::By;
use super::metric::Metric;
use super::rule::Knee;
use forescale_core::RunConfig;

/// An HPA does nothing while a metric is above its target by no more than this share: `--horizontal-pod-autoscaler-tolerance`.
const TOLERANCE: f64 = 0.1;
/// A metric that reads this share of its value at the knee reads the same as there.
const ALIKE: f64 = 0.98;
/// A metric that reads at this share of the knee's load what it reads at the knee tells nothing about the knee.
const EARLY: f64 = 0.5;
/// A metric that grows by less than this at the end of the sweep has reached its ceiling.
const FLAT: f64 = 1.02;

/// A metric that the guides scale by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guide {
    /// The EPP's queue, all of it against the target.
    QueueSize,
    /// The EPP's queue, shared out over the pods.
    QueueSizePerPod,
    /// Requests that the EPP counts as running, shared out over the pods.
    EppRunning,
    /// vLLM's running requests, per pod.
    Running,
    /// vLLM's waiting requests, per pod.
    Waiting,
    /// vLLM's KV cache usage, per pod; 0 to 1.
    KvCacheUsage,
    /// GPU utilization, per pod, in percent.
    GpuUtilization,
}

/// How an HPA reads a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The metric against the target; their ratio multiplies the Ready pods.
    Value,
    /// The metric per pod against the target.
    AverageValue,
}

impl Guide {
    /// All, in the order of the guides.
    pub const ALL: [Self; 7] = [
        Self::QueueSize,
        Self::QueueSizePerPod,
        Self::EppRunning,
        Self::Running,
        Self::Waiting,
        Self::KvCacheUsage,
        Self::GpuUtilization,
    ];

    /// The metric's name, as in the guides or as vLLM and DCGM call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::QueueSize | Self::QueueSizePerPod => "epp_queue_size",
            Self::EppRunning => "epp_running_requests",
            Self::Running => "vllm:num_requests_running",
            Self::Waiting => "vllm:num_requests_waiting",
            Self::KvCacheUsage => "vllm:kv_cache_usage_perc",
            Self::GpuUtilization => "DCGM_FI_DEV_GPU_UTIL",
        }
    }

    /// How its target is read.
    pub const fn kind(self) -> Kind {
        match self {
            Self::QueueSize => Kind::Value,
            _ => Kind::AverageValue,
        }
    }

    /// Whether it counts requests that wait.
    pub const fn is_queue(self) -> bool {
        matches!(self, Self::QueueSize | Self::QueueSizePerPod | Self::Waiting)
    }

    const fn metric(self) -> Metric {
        match self {
            Self::QueueSize | Self::QueueSizePerPod => Metric::QueueSize,
            Self::EppRunning => Metric::EppRunning,
            Self::Running => Metric::Running,
            Self::Waiting => Metric::Waiting,
            Self::KvCacheUsage => Metric::KvCacheUsage,
            Self::GpuUtilization => Metric::GpuUtilization,
        }
    }

    /// What an HPA reads where the metric of the sweep is 1.
    fn unit(self, replicas: u32) -> f64 {
        match self {
            Self::QueueSize | Self::KvCacheUsage => 1.0,
            Self::GpuUtilization => 100.0,
            _ => 1.0 / f64::from(replicas.max(1)),
        }
    }

    /// Targets are multiples of this.
    const fn step(self) -> f64 {
        if matches!(self, Self::KvCacheUsage) { 0.01 } else { 1.0 }
    }

    /// Targets that guides write down, with where.
    const fn written(self) -> &'static [(f64, &'static str)] {
        match self {
            Self::QueueSize => &[(250.0, "llm-d's HPA guide")],
            Self::QueueSizePerPod => &[(1.0, "llm-d's KEDA guide")],
            Self::EppRunning => &[(250.0, "llm-d's HPA guide"), (16.0, "llm-d's KEDA guide")],
            Self::Running => &[(4.0, "the vLLM guide of kubernetes/examples")],
            Self::Waiting => &[],
            Self::KvCacheUsage => &[(0.8, "llm-d's token-aware guide")],
            Self::GpuUtilization => &[(20.0, "the GPU guide of kubernetes/examples")],
        }
    }
}

/// What target to set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Suggestion {
    /// This target: an HPA asks for another pod from this load on.
    Set {
        /// The target, in the metric's unit.
        target: f64,
        /// The smallest load at which the metric passes the target by more than the tolerance.
        fires_at: f64,
    },
    /// None: the metric is not there, for example the queue without flow control.
    Absent,
    /// None: at the knee the metric is still too small for a target of 1, and above saturation it has no bound.
    Empty,
    /// None: from this load on the metric reads what it reads at the knee.
    Early(f64),
    /// None: there is no knee.
    NoKnee,
}

/// What a target that somebody wrote down does here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaled {
    /// The target.
    pub target: f64,
    /// Who wrote it.
    pub guide: &'static str,
    /// The smallest load at which it asks for another pod; `None` where no level of the sweep reaches it.
    pub fires_at: Option<f64>,
    /// For a queue: how long a request waits in all that it takes to fire, in seconds, if the plateau's throughput drains it.
    pub wait: Option<f64>,
    /// For the EPP's queue with a time to live: requests/s that must arrive for it ever to fire, since an overloaded queue settles at the
    /// rate of arrivals times the time to live.
    pub least_rate: Option<f64>,
}

/// A metric with its target.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The metric.
    pub guide: Guide,
    /// What an HPA reads at the knee, in the metric's unit; `None` without a knee.
    pub at_knee: Option<f64>,
    /// The greatest mean that it reads at any level.
    pub greatest: f64,
    /// The greatest single reading at any level, with any seed: readings scatter around their mean, and an HPA acts on each.
    pub greatest_reading: f64,
    /// The highest target that any reading lets fire: the greatest one less the tolerance. `None` where the metric was still growing.
    pub highest: Option<f64>,
    /// What to set.
    pub suggestion: Suggestion,
    /// What the targets of the guides do here.
    pub written: Vec<Scaled>,
}

/// The target of each metric for so many replicas.
pub fn targets(by: By, replicas: u32, levels: &[Level], knee: &Knee, base: &RunConfig) -> Vec<Target> {
    let ttl = base.gateway.flow_control.map(|config| config.default_request_ttl.as_secs_f64());
    let pool = Pool { by, replicas, levels, knee, ttl };
    Guide::ALL.into_iter().map(|guide| pool.target(guide)).collect()
}

struct Pool<'a> {
    by: By,
    replicas: u32,
    levels: &'a [Level],
    knee: &'a Knee,
    /// Seconds; `None` without flow control.
    ttl: Option<f64>,
}

impl Pool<'_> {
    fn target(&self, guide: Guide) -> Target {
        let unit = guide.unit(self.replicas);
        let read = |level: &Level| level.mean(guide.metric()) * unit;
        let greatest = self.levels.iter().map(read).fold(0.0, f64::max);
        let readings = self.levels.iter().map(|level| level.greatest(guide.metric()) * unit);
        let greatest_reading = readings.fold(0.0, f64::max);
        let at_knee = self.knee.at.map(|at| value_at(self.levels, at.load.mean, guide.metric()) * unit);
        Target {
            guide,
            at_knee,
            greatest,
            greatest_reading,
            highest: self.has_ceiling(guide).then_some(greatest_reading / (1.0 + TOLERANCE)),
            suggestion: self.suggestion(guide, at_knee, greatest),
            written: guide.written().iter().map(|(target, from)| self.scaled(guide, *target, from)).collect(),
        }
    }

    fn suggestion(&self, guide: Guide, at_knee: Option<f64>, greatest: f64) -> Suggestion {
        let (Some(at_knee), Some(at)) = (at_knee, self.knee.at) else { return Suggestion::NoKnee };
        let is_absent = match guide {
            Guide::QueueSize | Guide::QueueSizePerPod => self.ttl.is_none(),
            Guide::GpuUtilization | Guide::KvCacheUsage => greatest <= 0.0,
            _ => false,
        };
        let target = (at_knee / (1.0 + TOLERANCE) / guide.step() + 1e-9).floor() * guide.step();
        if is_absent {
            return Suggestion::Absent;
        }
        if target < guide.step() {
            return Suggestion::Empty;
        }
        let alike = self.load_where(guide, ALIKE * at_knee);
        if let Some(load) = alike.filter(|load| *load < EARLY * at.load.mean) {
            return Suggestion::Early(load);
        }
        let fires_at = self.fires_at(guide, target).unwrap_or(at.load.mean);
        Suggestion::Set { target, fires_at }
    }

    fn load_where(&self, guide: Guide, reading: f64) -> Option<f64> {
        load_where(self.levels, guide.metric(), reading / guide.unit(self.replicas))
    }

    fn fires_at(&self, guide: Guide, target: f64) -> Option<f64> {
        self.load_where(guide, target * (1.0 + TOLERANCE))
    }

    /// Whether the metric has stopped growing: what is read at the highest load is read well below it too. Users are doubled; a rate
    /// saturates between the shares that are run.
    fn has_ceiling(&self, guide: Guide) -> bool {
        let Some(last) = self.levels.last() else { return false };
        let below = match self.by {
            By::Concurrency => last.load / 2.0,
            By::Rate => last.load / 1.1,
        };
        let below = self.levels.iter().rev().find(|level| level.load <= below);
        let metric = guide.metric();
        below.is_some_and(|low| low.mean(metric) > 0.0 && last.mean(metric) <= FLAT * low.mean(metric))
    }

    fn scaled(&self, guide: Guide, target: f64, from: &'static str) -> Scaled {
        let is_epp = matches!(guide, Guide::QueueSize | Guide::QueueSizePerPod);
        let pods = if guide == Guide::QueueSize { 1.0 } else { f64::from(self.replicas) };
        let queued = target * (1.0 + TOLERANCE) * pods;
        let ttl = self.ttl.filter(|ttl| is_epp && *ttl > 0.0);
        Scaled {
            target,
            guide: from,
            fires_at: self.fires_at(guide, target),
            wait: (is_epp && self.ttl.is_some()).then_some(queued / self.knee.plateau.mean),
            least_rate: ttl.map(|ttl| queued / ttl),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::curve::tests::level;
    use super::*;
    use crate::knee::Knee;

    /// Two replicas that run up to 20 requests each; what is more waits, and the GPU is busy from the first one on.
    fn levels() -> Vec<Level> {
        let at = |n: f64| {
            let values = [
                (Metric::Throughput, n.min(40.0)),
                (Metric::E2eMean, (n / 40.0).max(1.0)),
                (Metric::Running, n.min(40.0)),
                (Metric::EppRunning, n.min(40.0)),
                (Metric::QueueSize, (n - 40.0).max(0.0)),
                (Metric::KvCacheUsage, n.min(40.0) / 40.0),
                (Metric::GpuUtilization, 1.0),
            ];
            level(n, &values, &[])
        };
        [2.0, 10.0, 20.0, 40.0, 80.0, 160.0].map(at).to_vec()
    }

    fn target(guide: Guide, ttl: Option<f64>) -> Target {
        let (levels, replicas) = (levels(), 2);
        let knee = Knee::find(&levels, &[]).unwrap();
        assert_eq!(knee.power.load.mean, 40.0);
        Pool { by: By::Concurrency, replicas, levels: &levels, knee: &knee, ttl }.target(guide)
    }

    #[test]
    fn a_target_fires_just_below_the_knee() {
        let running = target(Guide::EppRunning, None);
        let Suggestion::Set { target: set, fires_at } = running.suggestion else { panic!("{running:?}") };
        // 20 per pod at the knee; 18 is passed by more than a tenth from 19.8 on, and 19 would take 20.9.
        assert_eq!((running.at_knee, set), (Some(20.0), 18.0));
        assert!((39.0..40.0).contains(&fires_at), "{fires_at}");
        // 250 can never be reached, nor anything above 20 / 1.1.
        assert_eq!(running.written[0].fires_at, None);
        assert_eq!(running.highest, Some(20.0 / 1.1));
        assert!(
            matches!(target(Guide::KvCacheUsage, None).suggestion, Suggestion::Set { target, .. } if (target - 0.9).abs() < 1e-9)
        );
    }

    /// A scrape that finds more than the mean lets a target fire that the mean does not reach.
    #[test]
    fn the_highest_target_follows_from_single_readings() {
        let mut levels = levels();
        let last = levels.last_mut().unwrap();
        last.observations = last
            .observations
            .iter()
            .map(|seen| seen.clone().with_greatest(Metric::EppRunning, 66.0))
            .collect();
        let knee = Knee::find(&levels, &[]).unwrap();
        let pool = Pool { by: By::Concurrency, replicas: 2, levels: &levels, knee: &knee, ttl: None };
        let running = pool.target(Guide::EppRunning);
        assert_eq!((running.greatest, running.greatest_reading), (20.0, 33.0));
        assert!((running.highest.unwrap() - 30.0).abs() < 1e-9);
    }

    #[test]
    fn where_no_target_works_the_reason_is_told() {
        assert_eq!(target(Guide::QueueSize, None).suggestion, Suggestion::Absent);
        assert_eq!(target(Guide::QueueSize, Some(60.0)).suggestion, Suggestion::Empty);
        assert_eq!(target(Guide::Waiting, None).suggestion, Suggestion::Empty);
        assert_eq!(target(Guide::GpuUtilization, None).suggestion, Suggestion::Early(2.0));
    }

    /// An overloaded queue settles at arrivals times the time to live, so 276 requests and 60 s take 4.6 requests/s.
    #[test]
    fn a_target_of_a_guide_is_told_by_what_it_takes() {
        let queue = target(Guide::QueueSize, Some(60.0));
        let written = queue.written[0];
        assert_eq!((written.target, written.fires_at), (250.0, None));
        assert!((written.least_rate.unwrap() - 275.0 / 60.0).abs() < 1e-9);
        assert!((written.wait.unwrap() - 275.0 / 40.0).abs() < 1e-9);
    }
}
