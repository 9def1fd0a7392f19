//! The saturation detector.

use super::endpoints::Seen;
use forescale_kernel::{SimDuration, SimTime};

/// `utilization-detector`: how full the pool's engines are, by their queues and KV caches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UtilizationDetector {
    /// `queueDepthThreshold`: waiting requests at which an endpoint counts as saturated; above 0.
    pub queue_depth_threshold: f64,
    /// `kvCacheUtilThreshold`: KV cache usage at which an endpoint counts as saturated; above 0, at most 1.
    pub kv_cache_util_threshold: f64,
    /// `metricsStalenessThreshold`: values older than this count as saturated.
    pub metrics_staleness_threshold: SimDuration,
}

impl Default for UtilizationDetector {
    /// 5 requests, 80 %, 200 ms.
    fn default() -> Self {
        Self {
            queue_depth_threshold: 5.0,
            kv_cache_util_threshold: 0.8,
            metrics_staleness_threshold: SimDuration::from_ms(200),
        }
    }
}

impl UtilizationDetector {
    /// The pool's saturation: the mean over candidates of `max(waiting / threshold, KV usage / threshold)`.
    ///
    /// The mean is not clamped. An endpoint without fresh values counts 1, and so does a pool without candidates.
    pub(super) fn saturation(&self, now: SimTime, candidates: impl Iterator<Item = Option<Seen>>) -> f64 {
        let (mut sum, mut count) = (0.0, 0_u32);
        for seen in candidates {
            sum += self.score(now, seen);
            count += 1;
        }
        if count == 0 { 1.0 } else { sum / f64::from(count) }
    }

    fn score(&self, now: SimTime, seen: Option<Seen>) -> f64 {
        match seen {
            Some(seen) if now.since(seen.at) <= self.metrics_staleness_threshold => {
                let queue = f64::from(seen.view.num_requests_waiting) / self.queue_depth_threshold;
                let cache = seen.view.kv_cache_usage_perc / self.kv_cache_util_threshold;
                queue.max(cache)
            }
            _ => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::ModelServerView;

    fn pod(waiting: u32, kv: f64, age_ms: u64) -> Option<Seen> {
        let view = ModelServerView {
            num_requests_waiting: waiting,
            kv_cache_usage_perc: kv,
            ..ModelServerView::default()
        };
        Some(Seen { at: NOW - SimDuration::from_ms(age_ms), view })
    }

    const NOW: SimTime = SimTime::from_ps(1_000_000_000_000);

    #[test]
    fn the_mean_is_unclamped_and_the_worse_of_queue_and_cache_counts() {
        let saturation =
            |pods: &[Option<Seen>]| UtilizationDetector::default().saturation(NOW, pods.iter().copied());
        assert_eq!(saturation(&[]), 1.0);
        assert_eq!(saturation(&[pod(15, 0.0, 0), pod(0, 0.0, 0), pod(0, 0.0, 0)]), 1.0);
        assert_eq!(saturation(&[pod(10, 0.4, 200)]), 2.0);
        assert_eq!(saturation(&[pod(10, 0.4, 201)]), 1.0);
        assert_eq!(saturation(&[pod(1, 0.4, 0), None]), 0.75);
    }
}
