//! NVIDIA's exporter of GPU metrics: one on each node, with what it has collected last.

use forescale_kernel::{SimDuration, SimTime};

/// The exporters' settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DcgmExporter {
    /// `--collect-interval`: how often it reads the driver; 30 s. What it has read is shown until then.
    pub collect_interval: SimDuration,
    /// The driver's sample period, over which GPU utilization is taken: at most 1 s, and shorter than the collect interval.
    pub sample_period: SimDuration,
    /// `modelName` of the GPUs.
    pub model_name: String,
    /// `namespace` of the model server's pods.
    pub pod_namespace: String,
    /// `container` of the model server.
    pub container: String,
    /// GPUs of each pod; each one is a series.
    pub gpus_per_pod: u32,
    /// Labels that the scrape adds; those that the exporter has too become `exported_…`.
    pub target_labels: Vec<(String, String)>,
}

impl Default for DcgmExporter {
    /// The exporter's own defaults in the namespace `monitoring`, one GPU per pod.
    fn default() -> Self {
        let text = str::to_owned;
        Self {
            collect_interval: SimDuration::from_secs(30),
            sample_period: SimDuration::from_secs(1),
            model_name: text("GPU"),
            pod_namespace: text("default"),
            container: text("vllm"),
            gpus_per_pod: 1,
            target_labels: vec![
                (text("namespace"), text("monitoring")),
                (text("container"), text("exporter")),
                (text("job"), text("dcgm-exporter")),
            ],
        }
    }
}

/// What one node's exporter has collected of the GPUs of a pod, which all do the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Collected {
    /// How long the GPU had been busy when the driver's sample began.
    began: SimDuration,
    /// The last sample that was collected, in whole percent; a GPU that nobody has used yet shows 0.
    percent: u32,
}

impl Collected {
    /// The driver's next sample begins; the GPU has been `busy` for so long.
    pub(super) fn begin(&mut self, busy: SimDuration) {
        self.began = busy;
    }

    /// The sample ends, and the exporter reads it: the share of the period in which something ran.
    pub(super) fn collect(&mut self, busy: SimDuration, sample_period: SimDuration) {
        let ran = busy.as_ps().saturating_sub(self.began.as_ps());
        let percent = u128::from(ran) * 100 / u128::from(sample_period.as_ps().max(1));
        self.percent = u32::try_from(percent.min(100)).unwrap_or(100);
    }

    /// `DCGM_FI_DEV_GPU_UTIL`.
    pub(super) fn gpu_util(&self) -> f64 {
        f64::from(self.percent)
    }
}

/// When the sample that is read at the first collection at or after `from` begins, and when it is read.
pub(super) fn next_collection(from: SimTime, phase: SimTime, config: &DcgmExporter) -> (SimTime, SimTime) {
    let collect = from.at_or_after_on_grid(phase, config.collect_interval);
    let begin = SimTime::ZERO + collect.since_start().saturating_sub(config.sample_period);
    (begin.max(from), collect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collection_shows_the_sample_before_it_and_nothing_else() {
        let ms = SimDuration::from_ms;
        let mut collected = Collected::default();
        assert_eq!(collected.gpu_util(), 0.0);
        // Busy for 29 s, then idle: invisible.
        collected.begin(ms(29_000));
        collected.collect(ms(29_000), ms(1000));
        assert_eq!(collected.gpu_util(), 0.0);
        collected.begin(ms(29_000));
        collected.collect(ms(29_999), ms(1000));
        assert_eq!(collected.gpu_util(), 99.0);
        collected.begin(ms(40_000));
        collected.collect(ms(45_000), ms(1000));
        assert_eq!(collected.gpu_util(), 100.0);
    }

    #[test]
    fn collections_fall_on_their_phase() {
        let at = |ms| SimTime::ZERO + SimDuration::from_ms(ms);
        let config = DcgmExporter::default();
        let next = |from, phase| next_collection(at(from), at(phase), &config);
        assert_eq!(next(0, 12_000), (at(11_000), at(12_000)));
        assert_eq!(next(12_001, 12_000), (at(41_000), at(42_000)));
        // A pod that came within the period: before it, nothing ran.
        assert_eq!(next(41_500, 12_000), (at(41_500), at(42_000)));
        assert_eq!(next(0, 300), (at(0), at(300)));
    }
}
