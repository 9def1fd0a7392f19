//! Scorers and picker: which endpoint gets a request.

use super::config::Scorer;
use super::endpoints::{Endpoint, Endpoints};
use crate::ids::PodId;
use crate::views::ModelServerView;
use forescale_kernel::random::Stream;
use rand::RngExt;

/// Scores the candidates and picks one of the best, at random among equals (`max-score-picker`); `ties` gives the
/// draws for that.
///
/// An endpoint's score is the sum over scorers of its score, clamped to 0 to 1, times the scorer's weight. Endpoints that were
/// never polled count as idle. `None` where there is no candidate.
pub(super) fn pick(
    scorers: &[(Scorer, f64)],
    endpoints: &Endpoints,
    scores: &mut Vec<f64>,
    ties: impl FnOnce() -> Stream,
) -> Option<PodId> {
    let (mut least, mut most, mut count) = (u32::MAX, 0, 0);
    for endpoint in endpoints.candidates() {
        let waiting = view(endpoint).num_requests_waiting;
        (least, most, count) = (waiting.min(least), waiting.max(most), count + 1);
    }
    if count < 2 {
        return endpoints.candidates().next().map(|endpoint| endpoint.pod);
    }
    let score = |endpoint: &Endpoint| -> f64 {
        let view = view(endpoint);
        let weighted = scorers.iter().map(|(scorer, weight)| {
            let score = match scorer {
                Scorer::Queue if most == least => 1.0,
                Scorer::Queue => f64::from(most - view.num_requests_waiting) / f64::from(most - least),
                Scorer::KvCacheUtilization => 1.0 - view.kv_cache_usage_perc,
                Scorer::PrefixCache => 0.0,
            };
            weight * score.clamp(0.0, 1.0)
        });
        weighted.sum()
    };
    scores.clear();
    scores.extend(endpoints.candidates().map(score));
    let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let is_best = |score: &f64| *score >= best;
    let equals = scores.iter().filter(|score| is_best(score)).count();
    let chosen = if equals > 1 { ties().random_range(0..equals) } else { 0 };
    let pods = endpoints.candidates().zip(&*scores).filter(|(_, score)| is_best(score));
    pods.map(|(endpoint, _)| endpoint.pod).nth(chosen)
}

fn view(endpoint: &Endpoint) -> ModelServerView {
    endpoint.seen.map_or_else(ModelServerView::default, |seen| seen.view)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::ModelServers;
    use forescale_kernel::{SimDuration, SimTime, random};

    struct Fleet(Vec<(u32, f64)>);

    impl ModelServers for Fleet {
        fn observe(&mut self, pod: PodId, _: SimTime) -> Option<ModelServerView> {
            let (waiting, kv) = self.0[pod.0 as usize];
            Some(ModelServerView {
                num_requests_waiting: waiting,
                kv_cache_usage_perc: kv,
                ..ModelServerView::default()
            })
        }
    }

    fn picks(fleet: &[(u32, f64)], scorers: &[(Scorer, f64)]) -> Vec<u32> {
        let mut endpoints = Endpoints::new(SimDuration::from_ms(50), SimDuration::from_ms(200), false);
        for pod in 0..fleet.len() as u32 {
            endpoints.add(SimTime::ZERO, PodId(pod), SimDuration::ZERO);
        }
        endpoints.poll(SimTime::ZERO + SimDuration::from_ms(50), &mut Fleet(fleet.to_vec()));
        let mut counts = vec![0; fleet.len()];
        for request in 0..3000 {
            let ties = || random::stream(1, "ties", request);
            counts[pick(scorers, &endpoints, &mut Vec::new(), ties).unwrap().0 as usize] += 1;
        }
        counts
    }

    #[test]
    fn the_best_weighted_sum_wins_and_equals_share() {
        let both = [(Scorer::Queue, 2.0), (Scorer::KvCacheUtilization, 2.0), (Scorer::PrefixCache, 3.0)];
        assert_eq!(picks(&[(3, 0.3), (0, 0.5), (9, 0.0)], &both), [0, 3000, 0]);
        assert_eq!(
            picks(&[(3, 0.1), (0, 0.9), (9, 0.0)], &[(Scorer::KvCacheUtilization, 1.0)]),
            [0, 0, 3000]
        );
        let shared = picks(&[(2, 0.0), (2, 0.0), (5, 0.0)], &both);
        assert!(shared[2] == 0 && shared[0].abs_diff(1500) < 150, "{shared:?}");
    }

    #[test]
    fn no_candidate_no_pick() {
        let endpoints = Endpoints::new(SimDuration::from_ms(50), SimDuration::from_ms(200), false);
        assert_eq!(pick(&[], &endpoints, &mut Vec::new(), || random::stream(1, "ties", 0)), None);
    }
}
