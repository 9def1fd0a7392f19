//! A sequence of routing decisions of one scheduler: what its prefix index believes, and what its scorers make of it.

use forescale_core::content::{Segment, TokenStream};
use forescale_core::gateway::{Candidate, PrefixProducer, PrefixProducerConfig, Scorer, score};
use forescale_core::ids::{PodId, WorkloadId};
use forescale_core::views::{CacheConfigInfo, ModelServerView};
use forescale_kernel::{SimDuration, SimTime};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// How far a float may be from the recorded one.
const TOLERANCE: f64 = 1e-9;

#[derive(Debug, Deserialize)]
pub(super) struct Sequence {
    pub(super) id: String,
    prefix_producer: Producer,
    scorers: Vec<WeightedScorer>,
    steps: Vec<Step>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Producer {
    auto_tune: Option<bool>,
    block_size_tokens: Option<u32>,
    max_prefix_tokens_to_match: Option<u32>,
    max_prefix_blocks_to_match: Option<u32>,
    lru_capacity_per_server: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct WeightedScorer {
    #[serde(rename = "type")]
    kind: String,
    weight: f64,
    #[serde(default)]
    parameters: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct Step {
    t_s: f64,
    pods: Vec<Pod>,
    model: String,
    #[serde(default)]
    salt: String,
    /// Prompts of pieces; a piece is a text and how many tokens of it.
    prompts: Vec<Vec<(u64, u32)>>,
    picked: String,
    expect: Expect,
}

#[derive(Debug, Deserialize)]
struct Pod {
    name: String,
    #[serde(default)]
    waiting: u32,
    #[serde(default)]
    running: u32,
    #[serde(default)]
    kv: f64,
    #[serde(default)]
    block_size: u32,
    #[serde(default)]
    num_blocks: u32,
}

#[derive(Debug, Deserialize)]
struct Expect {
    #[serde(rename = "match")]
    matched: Vec<u32>,
    total_blocks: usize,
    block_tokens: u32,
    raw: Vec<Vec<f64>>,
    scores: Vec<f64>,
    best: Vec<String>,
    index: BTreeMap<String, usize>,
}

impl Producer {
    fn config(&self) -> PrefixProducerConfig {
        let default = PrefixProducerConfig::default();
        PrefixProducerConfig {
            auto_tune: self.auto_tune.unwrap_or(default.auto_tune),
            block_size_tokens: self.block_size_tokens.unwrap_or(default.block_size_tokens),
            max_prefix_tokens_to_match: self
                .max_prefix_tokens_to_match
                .unwrap_or(default.max_prefix_tokens_to_match),
            max_prefix_blocks_to_match: self
                .max_prefix_blocks_to_match
                .unwrap_or(default.max_prefix_blocks_to_match),
            lru_capacity_per_server: self.lru_capacity_per_server.unwrap_or(default.lru_capacity_per_server),
        }
    }
}

impl WeightedScorer {
    /// The simulated scorer; `None` where it is not simulated, or not with these parameters.
    fn simulated(&self) -> Option<(Scorer, f64)> {
        let scorer = Scorer::ALL.into_iter().find(|scorer| scorer.name() == self.kind);
        scorer.filter(|_| self.parameters.is_empty()).map(|scorer| (scorer, self.weight))
    }
}

impl Pod {
    fn cache(&self) -> Option<CacheConfigInfo> {
        let (block_size, num_gpu_blocks) = (self.block_size, self.num_blocks);
        Some(CacheConfigInfo { block_size, num_gpu_blocks, enable_prefix_caching: true })
    }
}

impl Sequence {
    /// Whether all of its scorers are simulated.
    pub(super) fn is_simulated(&self) -> bool {
        self.scorers.iter().all(|scorer| scorer.simulated().is_some())
    }

    /// Whether the simulated scheduler does the same; of its scorers, those that are simulated.
    pub(super) fn compare(&self) -> Result<(), String> {
        let mut replay = Replay {
            producer: PrefixProducer::new(self.prefix_producer.config()),
            names: Vec::new(),
            before: Vec::new(),
            last: SimTime::ZERO,
        };
        for (place, step) in self.steps.iter().enumerate() {
            replay.step(self, step).map_err(|difference| format!("step {place}: {difference}"))?;
        }
        Ok(())
    }
}

/// The state of a replay.
struct Replay {
    producer: PrefixProducer,
    /// The pods in the order of their first appearance; the place is the pod's number.
    names: Vec<String>,
    /// The pods of the step before, and when it was.
    before: Vec<PodId>,
    last: SimTime,
}

impl Replay {
    fn pod(&mut self, name: &str) -> PodId {
        let known = self.names.iter().position(|known| known == name);
        let place = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        PodId(place as u32)
    }

    fn step(&mut self, sequence: &Sequence, step: &Step) -> Result<(), String> {
        let now = SimTime::ZERO + SimDuration::from_secs_f64(step.t_s);
        let period = PrefixProducer::PURGE_PERIOD;
        let purge = now.at_or_before_on_grid(SimTime::ZERO + period, period);
        if purge.is_some_and(|purge| purge > self.last) {
            // It sees the pods of the step before.
            let known = (0..self.names.len() as u32).map(PodId);
            let gone = known.filter(|pod| !self.before.contains(pod));
            gone.for_each(|pod| self.producer.pod_gone(self.last, pod));
            self.producer.purge(now, period);
        }
        self.last = now;
        let pods: Vec<PodId> = step.pods.iter().map(|pod| self.pod(&pod.name)).collect();
        self.before.clone_from(&pods);
        let block_tokens = self.producer.block_tokens(step.pods.first().and_then(Pod::cache));
        same("block_tokens", block_tokens, step.expect.block_tokens)?;
        let piece = |(text, len): &(u64, u32)| Segment {
            stream: TokenStream::Shared(WorkloadId(0), *text),
            start: 0,
            len: *len,
        };
        let model = BuildHasherDefault::<DefaultHasher>::default().hash_one((&step.model, &step.salt));
        let prompts = step.prompts.iter().map(|prompt| prompt.iter().map(piece));
        let blocks = self.producer.blocks(block_tokens, model, prompts);
        same("total_blocks", blocks.count(), step.expect.total_blocks)?;
        let matched = self.producer.matches(&blocks, &pods);
        same("match", &matched, &step.expect.matched)?;
        self.compare_scores(sequence, step, &pods, &matched)?;
        if let Some(pod) = step.pods.iter().find(|pod| pod.name == step.picked) {
            let number = self.pod(&pod.name);
            self.producer.sent(number, &blocks, pod.cache());
        }
        let names = self.names.iter().enumerate();
        let held = names.map(|(place, name)| (name.clone(), self.producer.remembered(PodId(place as u32))));
        let index: BTreeMap<String, usize> = held.filter(|(_, blocks)| *blocks > 0).collect();
        same("index", &index, &step.expect.index)
    }

    fn compare_scores(
        &self,
        sequence: &Sequence,
        step: &Step,
        pods: &[PodId],
        matched: &[u32],
    ) -> Result<(), String> {
        let total = step.expect.total_blocks.max(1) as f64;
        let candidate = |((pod, number), matched): ((&Pod, &PodId), &u32)| Candidate {
            pod: *number,
            view: ModelServerView {
                num_requests_running: pod.running,
                num_requests_waiting: pod.waiting,
                kv_cache_usage_perc: pod.kv,
            },
            cached: f64::from(*matched) / total,
        };
        let candidates: Vec<Candidate> = step.pods.iter().zip(pods).zip(matched).map(candidate).collect();
        let mut scores = Vec::new();
        let scorers: Vec<Option<(Scorer, f64)>> =
            sequence.scorers.iter().map(WeightedScorer::simulated).collect();
        for (scorer, expected) in scorers.iter().zip(&step.expect.raw) {
            let Some((scorer, _)) = scorer else { continue };
            score(&[(*scorer, 1.0)], &candidates, &mut scores);
            close(scorer.name(), &scores, expected)?;
        }
        let Some(scorers) = scorers.into_iter().collect::<Option<Vec<_>>>() else { return Ok(()) };
        score(&scorers, &candidates, &mut scores);
        close("scores", &scores, &step.expect.scores)?;
        let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let best = step.pods.iter().zip(&scores).filter(|(_, score)| **score >= most - TOLERANCE);
        let mut best: Vec<&String> = best.map(|(pod, _)| &pod.name).collect();
        best.sort_unstable();
        same("best", best, step.expect.best.iter().collect())
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, came: T, expected: T) -> Result<(), String> {
    match came == expected {
        true => Ok(()),
        false => Err(format!("{what}: expected {expected:?}, came {came:?}")),
    }
}

fn close(what: &str, came: &[f64], expected: &[f64]) -> Result<(), String> {
    let is_close = |(came, expected): (&f64, &f64)| (came - expected).abs() <= TOLERANCE;
    match came.len() == expected.len() && came.iter().zip(expected).all(is_close) {
        true => Ok(()),
        false => Err(format!("{what}: expected {expected:?}, came {came:?}")),
    }
}
