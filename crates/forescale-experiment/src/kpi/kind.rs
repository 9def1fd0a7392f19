//! What is measured of a run, by name.

use super::{Delay, Statistic};
use forescale_core::outcome::Outcome;

/// Which direction is an improvement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
    /// Neither by itself.
    Neither,
}

impl Better {
    /// In a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Higher => "higher",
            Self::Neither => "neither",
        }
    }
}

/// A key performance indicator: one number of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kpi {
    /// A latency.
    Latency(Delay, Statistic),
    /// Share of requests that attained the objectives.
    Attainment,
    /// Such requests per second.
    Goodput,
    /// Such requests per GPU-hour.
    GoodputPerGpuHour,
    /// Requests that arrived.
    Requests,
    /// Attempts beyond the first of each request.
    Retries,
    /// Share of requests with this outcome.
    Share(Outcome),
    /// Share of requests in flight at the end.
    InFlight,
    /// Requests by the HTTP status of their last attempt.
    Http(u16),
    /// GPU-hours held.
    GpuHours,
    /// Of them, before pods were Ready.
    GpuHoursStarting,
    /// Of them, computing.
    GpuHoursBusy,
    /// Of them, the rest.
    GpuHoursIdle,
    /// Price times GPU-hours.
    Cost,
    /// Changes of `spec.replicas`.
    ScaleEvents,
    /// Changes of direction.
    Reversals,
    /// The greatest `spec.replicas`.
    PeakReplicas,
    /// Share of time at the fewest replicas.
    TimeAtMin,
    /// Share of time at the most.
    TimeAtMax,
    /// Replicas beyond the greatest demand.
    Overshoot,
    /// Longest time away from the demand.
    SettlingTime,
    /// θ_U.
    UnderprovisioningAccuracy,
    /// θ_O.
    OverprovisioningAccuracy,
    /// τ_U.
    UnderprovisioningTimeshare,
    /// τ_O.
    OverprovisioningTimeshare,
    /// Changes of supply beyond those of demand.
    Jitter,
    /// Time in which supply and demand move against each other.
    Instability,
    /// The area below demand.
    ReplicaHoursMissing,
    /// The area above it.
    ReplicaHoursSurplus,
}

/// All statuses that a simulated request can end with.
const HTTP: [u16; 5] = [200, 400, 429, 499, 503];

impl Kpi {
    /// All of them, in the order of reports.
    pub fn all() -> Vec<Self> {
        let latency = |delay| Statistic::ALL.map(|statistic| Self::Latency(delay, statistic));
        let mut all: Vec<Self> = Delay::ALL.into_iter().flat_map(latency).collect();
        all.extend([Self::Attainment, Self::Goodput, Self::GoodputPerGpuHour, Self::Requests, Self::Retries]);
        all.extend(Outcome::ALL.map(Self::Share));
        all.push(Self::InFlight);
        all.extend(HTTP.map(Self::Http));
        all.extend([
            Self::GpuHours,
            Self::GpuHoursStarting,
            Self::GpuHoursBusy,
            Self::GpuHoursIdle,
            Self::Cost,
            Self::ScaleEvents,
            Self::Reversals,
            Self::PeakReplicas,
            Self::TimeAtMin,
            Self::TimeAtMax,
            Self::Overshoot,
            Self::SettlingTime,
            Self::UnderprovisioningAccuracy,
            Self::OverprovisioningAccuracy,
            Self::UnderprovisioningTimeshare,
            Self::OverprovisioningTimeshare,
            Self::Jitter,
            Self::Instability,
            Self::ReplicaHoursMissing,
            Self::ReplicaHoursSurplus,
        ]);
        all
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|kpi| kpi.name() == name)
    }

    /// `; did you mean …?` for a name that no KPI has, or nothing.
    pub fn did_you_mean(name: &str) -> String {
        let names: Vec<String> = Self::all().into_iter().map(Self::name).collect();
        forescale_document::did_you_mean(name, names.iter().map(String::as_str))
    }

    /// The name in files: snake case, for example `ttft_p99`.
    pub fn name(self) -> String {
        let name = match self {
            Self::Latency(delay, statistic) => return format!("{}_{}", delay.name(), statistic.name()),
            Self::Share(outcome) => return format!("share_{}", outcome.name()),
            Self::Http(status) => return format!("http_{status}"),
            Self::Attainment => "attainment",
            Self::Goodput => "goodput",
            Self::GoodputPerGpuHour => "goodput_per_gpu_hour",
            Self::Requests => "requests",
            Self::Retries => "retries",
            Self::InFlight => "share_in_flight",
            Self::GpuHours => "gpu_hours",
            Self::GpuHoursStarting => "gpu_hours_starting",
            Self::GpuHoursBusy => "gpu_hours_busy",
            Self::GpuHoursIdle => "gpu_hours_idle",
            Self::Cost => "cost",
            Self::ScaleEvents => "scale_events",
            Self::Reversals => "reversals",
            Self::PeakReplicas => "peak_replicas",
            Self::TimeAtMin => "time_at_min",
            Self::TimeAtMax => "time_at_max",
            Self::Overshoot => "overshoot",
            Self::SettlingTime => "settling_time",
            Self::UnderprovisioningAccuracy => "theta_u",
            Self::OverprovisioningAccuracy => "theta_o",
            Self::UnderprovisioningTimeshare => "tau_u",
            Self::OverprovisioningTimeshare => "tau_o",
            Self::Jitter => "jitter",
            Self::Instability => "instability",
            Self::ReplicaHoursMissing => "replica_hours_missing",
            Self::ReplicaHoursSurplus => "replica_hours_surplus",
        };
        name.to_owned()
    }

    /// The unit of its values.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Latency(..) | Self::SettlingTime => "s",
            Self::Attainment | Self::Share(_) | Self::InFlight | Self::TimeAtMin | Self::TimeAtMax => "share",
            Self::Goodput => "requests/s",
            Self::GoodputPerGpuHour => "requests/GPU-hour",
            Self::Requests | Self::Retries | Self::Http(_) => "requests",
            Self::GpuHours | Self::GpuHoursStarting | Self::GpuHoursBusy | Self::GpuHoursIdle => "GPU-hours",
            Self::Cost => "$",
            Self::ScaleEvents | Self::Reversals => "changes",
            Self::PeakReplicas | Self::Overshoot => "replicas",
            Self::UnderprovisioningAccuracy
            | Self::OverprovisioningAccuracy
            | Self::UnderprovisioningTimeshare
            | Self::OverprovisioningTimeshare
            | Self::Instability => "%",
            Self::Jitter => "changes/h",
            Self::ReplicaHoursMissing | Self::ReplicaHoursSurplus => "replica-hours",
        }
    }

    /// Which direction is an improvement, all else equal.
    pub const fn better(self) -> Better {
        match self {
            Self::Attainment
            | Self::Goodput
            | Self::GoodputPerGpuHour
            | Self::Share(Outcome::Finished)
            | Self::Http(200) => Better::Higher,
            Self::Requests
            | Self::GpuHoursBusy
            | Self::PeakReplicas
            | Self::TimeAtMin
            | Self::TimeAtMax
            | Self::Jitter => Better::Neither,
            _ => Better::Lower,
        }
    }

    /// What it is, in a sentence or two; docs/kpis.md has the words that it takes for granted.
    pub const fn definition(self) -> &'static str {
        match self {
            Self::Latency(delay, _) => delay.definition(),
            Self::Attainment => {
                "SLO attainment: attained / judged requests. A request attains if it is served and its own TTFT, TPOT and E2E are within \
                 the limits of all objectives; any other end is a miss."
            }
            Self::Goodput => "Attaining requests / (end of the run − end of the warm-up).",
            Self::GoodputPerGpuHour => "Attaining requests of the whole run / GPU-hours allocated.",
            Self::Requests => "Requests that arrived; a retry is no request of its own.",
            Self::Retries => "Attempts − requests.",
            Self::Share(_) => "Requests whose last attempt ended so / requests that arrived.",
            Self::InFlight => "Requests that had not ended at the end of the run / requests that arrived.",
            Self::Http(_) => {
                "Requests whose last attempt was answered with this HTTP status; 499 where the client left before."
            }
            Self::GpuHours => {
                "GPU-hours allocated: GPUs of a pod × time from its creation until it is gone, over pods."
            }
            Self::GpuHoursStarting => "Of them, before the pod was Ready, or all where it never was.",
            Self::GpuHoursBusy => "Of them, while a batch was computed.",
            Self::GpuHoursIdle => "Of them, the rest: allocated − starting − busy.",
            Self::Cost => "Price of a GPU-hour × GPU-hours allocated; absent without a price.",
            Self::ScaleEvents => "Changes of `spec.replicas` by the autoscaler.",
            Self::Reversals => "Of them, those in the direction opposite to the one before: flaps.",
            Self::PeakReplicas => "The greatest `spec.replicas` at any time.",
            Self::TimeAtMin => {
                "Share of the run with `spec.replicas` at most at the autoscaler's minimum; absent without one."
            }
            Self::TimeAtMax => {
                "Share of the run with `spec.replicas` at least at its maximum; absent without one."
            }
            Self::Overshoot => "max(0, greatest `spec.replicas` − greatest d(t)).",
            Self::SettlingTime => "The longest time in one go with |s(t) − d(t)| > 1.",
            Self::UnderprovisioningAccuracy => "θ_U = 100/T · ∫ max(d − s, 0) / max(d, 1) dt.",
            Self::OverprovisioningAccuracy => "θ_O = 100/T · ∫ max(s − d, 0) / max(d, 1) dt.",
            Self::UnderprovisioningTimeshare => "τ_U: per cent of T with s < d.",
            Self::OverprovisioningTimeshare => "τ_O: per cent of T with s > d.",
            Self::Jitter => {
                "(changes of s − changes of d) / T; above zero the supply changes more often than the demand, below zero less often."
            }
            Self::Instability => {
                "Per cent of the bins of d within which s moves against the way that d has moved to."
            }
            Self::ReplicaHoursMissing => "∫ max(d − s, 0) dt.",
            Self::ReplicaHoursSurplus => "∫ max(s − d, 0) dt.",
        }
    }

    /// Whether it is measured against the demand, which [`Baselines`](crate::baselines::Baselines) tell.
    pub const fn needs_demand(self) -> bool {
        matches!(
            self,
            Self::Overshoot
                | Self::SettlingTime
                | Self::UnderprovisioningAccuracy
                | Self::OverprovisioningAccuracy
                | Self::UnderprovisioningTimeshare
                | Self::OverprovisioningTimeshare
                | Self::Jitter
                | Self::Instability
                | Self::ReplicaHoursMissing
                | Self::ReplicaHoursSurplus
        )
    }

    /// Whether it is known for each workload too.
    pub const fn is_by_workload(self) -> bool {
        match self {
            Self::Latency(delay, _) => !matches!(delay, Delay::Itl),
            Self::Attainment | Self::Goodput | Self::Requests | Self::Share(_) | Self::InFlight => true,
            _ => false,
        }
    }
}
