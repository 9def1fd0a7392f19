//! What a run leaves behind: the account, latencies, the timeline, decisions, and a fingerprint.

mod account;
mod attainment;
mod counts;
mod fingerprint;
mod gpu_phases;
mod judge;
mod latency;
mod objective;
mod recorder;
mod timeline;

pub use account::{Account, AccountError};
pub use attainment::RequestAttainment;
pub use counts::Counts;
pub use fingerprint::Fingerprint;
pub use gpu_phases::GpuPhases;
pub use latency::Latency;
pub use objective::{Attainment, Measure, Objective};
pub(crate) use recorder::{CLIENT_CLOSED_REQUEST, InFlight, Recorder};
pub use timeline::Bin;

use crate::autoscaler::Decision;
use crate::demand::Request;
use crate::ids::PodId;
use crate::outcome::Outcome;
use forescale_kernel::{SimDuration, SimTime};

/// What a run leaves behind beside the account and the latencies.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordConfig {
    /// The width of the timeline's bins; above zero.
    pub bin: SimDuration,
    /// Latencies up to the end of the bin in which this instant lies are left out, and attainments count none of them. Zero keeps all; the
    /// account and the timeline are always whole.
    pub warm_up: SimDuration,
    /// Whether a line is kept for each request; memory then grows with their number.
    pub log_requests: bool,
    /// The objectives that the run is judged by.
    pub objectives: Vec<Objective>,
}

/// Something that happened to a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodEvent {
    /// It was created.
    Created,
    /// It became Ready.
    Ready,
    /// It got a deletion timestamp.
    Terminating,
    /// It was gone.
    Gone,
}

impl PodEvent {
    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Ready => "ready",
            Self::Terminating => "terminating",
            Self::Gone => "gone",
        }
    }
}

/// One look of the autoscaler at the cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct SyncRecord {
    /// When.
    pub at: SimTime,
    /// `spec.replicas` before.
    pub from: u32,
    /// What was decided.
    pub decision: Decision,
}

impl SyncRecord {
    /// `spec.replicas` after.
    pub fn to(&self) -> u32 {
        self.decision.replicas.unwrap_or(self.from)
    }
}

/// Latencies of a set of requests.
#[derive(Clone, Debug, Default)]
pub struct Latencies {
    /// First attempt to first token, per request, the wait in the gateway and between attempts included.
    pub ttft: Latency,
    /// Between consecutive tokens of a request, per token. Among the latencies of one workload it is empty where there are several: an
    /// engine's steps give tokens to requests of all of them alike.
    pub itl: Latency,
    /// The mean of a request's inter-token latencies, per finished request with more than one token: TPOT.
    pub tpot: Latency,
    /// First attempt to last token, per finished request.
    pub e2e: Latency,
    /// Arrival to dispatch, per dispatched attempt.
    pub queue_wait: Latency,
}

/// A request's line in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// The request.
    pub request: Request,
    /// When the gateway sent it to a pod, and to which; `None` while it waits there, and where it ended there.
    pub dispatched: Option<(SimTime, PodId)>,
    /// When its first token came, if it did.
    pub first_token: Option<SimTime>,
    /// When and how it ended, with its HTTP status; `None` while it is in flight at the end of the run.
    pub end: Option<(SimTime, Outcome, u16)>,
}

/// All that a run leaves behind.
#[derive(Clone, Debug)]
pub struct RunRecord {
    /// The run's end.
    pub end: SimTime,
    /// The requests: each from its first attempt to the end of its last one.
    pub account: Account,
    /// The attempts, which are more than the requests where clients retry.
    pub attempts: Account,
    /// The requests of each workload, in the order of the configuration.
    pub by_workload: Vec<Counts>,
    /// The latencies of all requests.
    pub latencies: Latencies,
    /// Those of each workload's requests, in the same order; empty where there is but one workload, see [`RunRecord::latencies_of`].
    pub latencies_by_workload: Vec<Latencies>,
    /// From here on latencies and attainments are measured: the end of the warm-up, or the start of the run.
    pub measured_from: SimTime,
    /// The requests that arrived from there on, judged one by one.
    pub request_attainment: RequestAttainment,
    /// The same by workload. A request that is between two attempts at the end of the run is in none of them.
    pub request_attainment_by_workload: Vec<RequestAttainment>,
    /// The objectives.
    pub attainments: Vec<Attainment>,
    /// A line for each attempt in the order in which they were sent, where the configuration asks for it; else empty.
    pub requests: Vec<RequestRecord>,
    /// The run over time.
    pub timeline: Vec<Bin>,
    /// Every sync of the autoscaler.
    pub syncs: Vec<SyncRecord>,
    /// What happened to pods.
    pub pods: Vec<(SimTime, PodId, PodEvent)>,
    /// How long GPUs were held, in GPU-picoseconds.
    pub gpu_time_ps: u128,
    /// The same by what they were held for.
    pub gpu_time: GpuPhases,
    /// Tokens generated.
    pub generated_tokens: u64,
    /// The run in one number.
    pub fingerprint: Fingerprint,
}

impl Latencies {
    /// Takes in all that others have.
    pub fn merge(&mut self, other: &Self) {
        self.ttft.merge(&other.ttft);
        self.itl.merge(&other.itl);
        self.tpot.merge(&other.tpot);
        self.e2e.merge(&other.e2e);
        self.queue_wait.merge(&other.queue_wait);
    }
}

impl RunRecord {
    /// GPU-hours held, start-up and drain included.
    pub fn gpu_hours(&self) -> f64 {
        self.gpu_time_ps as f64 / 3.6e15
    }

    /// The latencies of a workload's requests, by its place in the configuration.
    pub fn latencies_of(&self, workload: usize) -> Option<&Latencies> {
        match self.latencies_by_workload.is_empty() {
            true => Some(&self.latencies).filter(|_| workload == 0),
            false => self.latencies_by_workload.get(workload),
        }
    }

    /// Whether all objectives were met.
    pub fn meets_objectives(&self) -> bool {
        self.attainments.iter().all(|attainment| attainment.is_met)
    }

    /// The syncs that changed the replicas.
    pub fn scalings(&self) -> impl Iterator<Item = &SyncRecord> {
        self.syncs.iter().filter(|sync| sync.to() != sync.from)
    }
}
