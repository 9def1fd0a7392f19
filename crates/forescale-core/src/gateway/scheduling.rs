//! Scorers and picker: which endpoint gets a request.

use super::config::Scorer;
use crate::ids::PodId;
use crate::views::ModelServerView;
use forescale_kernel::random::Stream;
use rand::RngExt;

/// An endpoint that may get the request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Its pod.
    pub pod: PodId,
    /// What it showed when it was last polled; that of an idle one, if it never was.
    pub view: ModelServerView,
    /// The share of the prompt's blocks that it is believed to have in its cache, 0 to 1; 0 of an empty prompt.
    pub cached: f64,
}

/// Scores candidates: the sum over scorers of each one's score, from 0 to 1, times its weight. What `scores` holds is replaced.
pub fn score(scorers: &[(Scorer, f64)], candidates: &[Candidate], scores: &mut Vec<f64>) {
    scores.clear();
    scores.resize(candidates.len(), 0.0);
    for (scorer, weight) in scorers {
        let weighted = |score: f64| weight * score.clamp(0.0, 1.0);
        let sums = scores.iter_mut().zip(candidates);
        match scorer {
            Scorer::Queue => {
                let fewest = Fewest::of(candidates, |view| view.num_requests_waiting);
                sums.for_each(|(sum, candidate)| *sum += weighted(fewest.score(candidate)));
            }
            Scorer::RunningRequests => {
                let fewest = Fewest::of(candidates, |view| view.num_requests_running);
                sums.for_each(|(sum, candidate)| *sum += weighted(fewest.score(candidate)));
            }
            Scorer::KvCacheUtilization => {
                sums.for_each(|(sum, candidate)| *sum += weighted(1.0 - candidate.view.kv_cache_usage_perc));
            }
            Scorer::PrefixCache => sums.for_each(|(sum, candidate)| *sum += weighted(candidate.cached)),
        }
    }
}

/// Scores by a gauge: 1 for the least value, 0 for the greatest, and 1 for all where all are equal.
struct Fewest<G> {
    gauge: G,
    least: u32,
    most: u32,
}

impl<G: Fn(&ModelServerView) -> u32> Fewest<G> {
    fn of(candidates: &[Candidate], gauge: G) -> Self {
        let (mut least, mut most) = (u32::MAX, 0);
        for value in candidates.iter().map(|candidate| gauge(&candidate.view)) {
            (least, most) = (value.min(least), value.max(most));
        }
        Self { gauge, least, most }
    }

    fn score(&self, candidate: &Candidate) -> f64 {
        match self.most > self.least {
            true => f64::from(self.most - (self.gauge)(&candidate.view)) / f64::from(self.most - self.least),
            false => 1.0,
        }
    }
}

/// Picks one of the best candidates, at random among equals (`max-score-picker`); `ties` gives the draws for that. `None` where there is no
/// candidate.
pub(super) fn pick(
    scorers: &[(Scorer, f64)],
    candidates: &[Candidate],
    scores: &mut Vec<f64>,
    ties: impl FnOnce() -> Stream,
) -> Option<PodId> {
    if let [only] = candidates {
        return Some(only.pod);
    }
    score(scorers, candidates, scores);
    let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let is_best = |score: &f64| *score >= best;
    let equals = scores.iter().filter(|score| is_best(score)).count();
    let chosen = if equals > 1 { ties().random_range(0..equals) } else { 0 };
    let pods = candidates.iter().zip(&*scores).filter(|(_, score)| is_best(score));
    pods.map(|(candidate, _)| candidate.pod).nth(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_kernel::random;

    /// How often each candidate is picked, given what waits there, its KV cache usage, and what of the prompt it has.
    fn picks(fleet: &[(u32, f64, f64)], scorers: &[(Scorer, f64)]) -> Vec<u32> {
        let candidate = |(pod, &(waiting, kv, cached)): (usize, &(u32, f64, f64))| {
            let view = ModelServerView {
                num_requests_waiting: waiting,
                num_requests_running: 9 - waiting,
                kv_cache_usage_perc: kv,
            };
            Candidate { pod: PodId(pod as u32), view, cached }
        };
        let candidates: Vec<Candidate> = fleet.iter().enumerate().map(candidate).collect();
        let mut counts = vec![0; fleet.len()];
        for request in 0..3000 {
            let ties = || random::stream(1, "ties", request);
            counts[pick(scorers, &candidates, &mut Vec::new(), ties).unwrap().0 as usize] += 1;
        }
        counts
    }

    #[test]
    fn the_best_weighted_sum_wins_and_equals_share() {
        let all = [(Scorer::Queue, 2.0), (Scorer::KvCacheUtilization, 2.0), (Scorer::PrefixCache, 3.0)];
        assert_eq!(picks(&[(3, 0.3, 0.0), (0, 0.5, 0.0), (9, 0.0, 0.0)], &all), [0, 3000, 0]);
        let fleet = [(3, 0.1, 0.2), (0, 0.9, 0.0), (9, 0.0, 0.1)];
        assert_eq!(picks(&fleet, &[(Scorer::KvCacheUtilization, 1.0)]), [0, 0, 3000]);
        assert_eq!(picks(&fleet, &[(Scorer::RunningRequests, 1.0)]), [0, 0, 3000]);
        assert_eq!(picks(&fleet, &[(Scorer::PrefixCache, 1.0)]), [3000, 0, 0]);
        assert_eq!(picks(&fleet, &[(Scorer::PrefixCache, 1.0), (Scorer::Queue, 1.0)]), [0, 3000, 0]);
        let shared = picks(&[(2, 0.0, 0.0), (2, 0.0, 0.0), (5, 0.0, 0.0)], &all);
        assert!(shared[2] == 0 && shared[0].abs_diff(1500) < 150, "{shared:?}");
    }

    #[test]
    fn no_candidate_no_pick() {
        assert_eq!(pick(&[], &[], &mut Vec::new(), || random::stream(1, "ties", 0)), None);
    }
}
