//! Who is scraped, and what of it is stored.

use super::config::TelemetryConfig;
use super::dcgm_exporter::Collected;
use super::exposition::{self, EppReading, Reading, Series};
use super::store::SeriesStore;
use crate::ids::PodId;
use crate::views::{GatewayView, MetricsEndpoints, ModelServerInfo};
use forescale_kernel::SimTime;
use forescale_promql::Labels;

/// A target; equal times are served in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum TargetId {
    Epp,
    ModelServer(PodId),
    /// The exporter of GPU metrics on the node of this pod.
    DcgmExporter(PodId),
}

#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Scrapes fall on this phase plus whole intervals.
    pub(super) phase: SimTime,
    pub(super) shown: Shown,
    /// Where a removed target's stale markers are stamped.
    pub(super) stale_from: Option<SimTime>,
}

/// What of a target is stored: the series that a query reads.
#[derive(Clone, Debug)]
pub(super) enum Shown {
    /// The series of the EPP come and go: each with whether the last scrape stored it.
    Epp { series: Vec<Series<EppReading>>, is_there: Vec<bool> },
    /// A server shows the same series as long as it answers, as the last scrape may have seen it.
    ModelServer { pod: PodId, series: Vec<Series<Reading>>, is_up: bool },
    /// The exporter shows a GPU's series with the pod's labels as long as the pod's container has it.
    DcgmExporter { series: Vec<Labels>, collected: Collected, has_pod: bool },
}

impl Shown {
    /// What is stored of a target; `None` where no query reads anything of it.
    pub(super) fn new(id: TargetId, config: &TelemetryConfig, info: &ModelServerInfo) -> Option<Self> {
        let is_wanted = |name: &str| config.selects_name(name);
        match id {
            TargetId::Epp => {
                let mut series = exposition::epp(config, &is_wanted);
                series.retain(|series| config.selects(&series.labels));
                let is_there = vec![false; series.len()];
                (!series.is_empty()).then_some(Self::Epp { series, is_there })
            }
            TargetId::ModelServer(pod) => {
                let mut series = exposition::model_server(info, &pod.to_string(), config, &is_wanted);
                series.retain(|series| config.selects(&series.labels));
                (!series.is_empty()).then_some(Self::ModelServer { pod, series, is_up: false })
            }
            TargetId::DcgmExporter(pod) => {
                let mut series =
                    exposition::dcgm_exporter(&config.dcgm_exporter, &pod.to_string(), &is_wanted);
                series.retain(|labels| config.selects(labels));
                let collected = Collected::default();
                (!series.is_empty()).then_some(Self::DcgmExporter { series, collected, has_pod: true })
            }
        }
    }

    /// The pod is gone from the exporter's node.
    pub(super) fn leave(&mut self) {
        if let Self::DcgmExporter { has_pod, .. } = self {
            *has_pod = false;
        }
    }

    /// Stores what the target shows at `at`, and marks as stale what it showed before and shows no more; `false` where it
    /// will never show anything again.
    pub(super) fn scrape(
        &mut self,
        at: SimTime,
        at_ms: i64,
        endpoints: &mut dyn MetricsEndpoints,
        gateway: &mut GatewayView,
        store: &mut SeriesStore,
    ) -> bool {
        match self {
            Self::Epp { series, is_there } => {
                endpoints.epp(at, gateway);
                for (Series { labels, reading }, was_there) in series.iter().zip(is_there) {
                    let value = reading.of(gateway);
                    if value.is_some() || *was_there {
                        store.push(labels, at_ms, value);
                    }
                    *was_there = value.is_some();
                }
                true
            }
            Self::ModelServer { pod, series, is_up } => {
                match endpoints.model_server(*pod, at) {
                    Some(metrics) => {
                        *is_up = true;
                        for Series { labels, reading } in &*series {
                            store.push(labels, at_ms, Some(reading.of(&metrics)));
                        }
                    }
                    None => self.store_nothing(at_ms, store),
                }
                true
            }
            Self::DcgmExporter { series, collected, has_pod } => {
                let value = has_pod.then(|| collected.gpu_util());
                series.iter().for_each(|labels| store.push(labels, at_ms, value));
                *has_pod
            }
        }
    }

    /// An empty scrape of a server: what the last one had becomes stale.
    pub(super) fn store_nothing(&mut self, at_ms: i64, store: &mut SeriesStore) {
        if let Self::ModelServer { series, is_up, .. } = self
            && std::mem::take(is_up)
        {
            series.iter().for_each(|series| store.push(&series.labels, at_ms, None));
        }
    }
}
