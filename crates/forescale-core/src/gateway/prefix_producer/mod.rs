//! What the EPP believes about prefix caches: `approx-prefix-cache-producer`.
//!
//! It remembers which prompts it has sent where, and expects their blocks to be cached there; what an engine has evicted it never learns.

mod index;

use crate::content::{BlockChain, BlockHash, Segment};
use crate::ids::PodId;
use crate::views::CacheConfigInfo;
use forescale_kernel::{SimDuration, SimTime};
use index::PrefixIndex;

/// The parameters of `approx-prefix-cache-producer`, with the names that they have there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrefixProducerConfig {
    /// `autoTune`: block size and capacity are those that the pods' metrics show.
    pub auto_tune: bool,
    /// `blockSizeTokens`, where nothing is tuned; below 64 it is 64.
    pub block_size_tokens: u32,
    /// `maxPrefixTokensToMatch`: what goes beyond is not looked at; 0 leaves it to the next one.
    pub max_prefix_tokens_to_match: u32,
    /// `maxPrefixBlocksToMatch`, where the former is 0. Both at 0 are as if neither were given.
    pub max_prefix_blocks_to_match: u32,
    /// `lruCapacityPerServer`: blocks that are remembered of a pod, where nothing is tuned.
    pub lru_capacity_per_server: u32,
}

impl Default for PrefixProducerConfig {
    fn default() -> Self {
        Self {
            auto_tune: true,
            block_size_tokens: 64,
            max_prefix_tokens_to_match: 131_072,
            max_prefix_blocks_to_match: 256,
            lru_capacity_per_server: 31_250,
        }
    }
}

/// The blocks of a prompt, the last one as far as it goes; of each prompt, where several are sent together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromptBlocks(Vec<Vec<BlockHash>>);

impl PromptBlocks {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }
}

/// The producer of one EPP.
#[derive(Clone, Debug, Default)]
pub struct PrefixProducer {
    config: PrefixProducerConfig,
    index: PrefixIndex,
    /// Pods that are gone but not forgotten, and since when.
    gone: Vec<(SimTime, PodId)>,
}

impl PrefixProducer {
    /// How often the producer forgets pods that are gone, counted from its start.
    pub const PURGE_PERIOD: SimDuration = SimDuration::from_secs(120);
    /// The least tokens of a block.
    const MIN_BLOCK_TOKENS: u32 = 64;

    /// A producer that has sent nothing yet.
    pub fn new(config: PrefixProducerConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// Tokens of a block, where the first candidate shows this of its cache.
    pub fn block_tokens(&self, shown: Option<CacheConfigInfo>) -> u32 {
        let shown = shown.map(|cache| cache.block_size).filter(|size| self.config.auto_tune && *size > 0);
        shown.unwrap_or(self.config.block_size_tokens).max(Self::MIN_BLOCK_TOKENS)
    }

    /// Cuts a prompt, or several that are sent together, into blocks of so many tokens. Those for another model are others.
    pub fn blocks<P>(
        &self,
        block_tokens: u32,
        model: u64,
        prompts: impl IntoIterator<Item = P>,
    ) -> PromptBlocks
    where
        P: IntoIterator<Item = Segment>,
    {
        let PrefixProducerConfig { max_prefix_tokens_to_match, max_prefix_blocks_to_match, .. } = self.config;
        let most = match (max_prefix_tokens_to_match, max_prefix_blocks_to_match) {
            (0, 0) => PrefixProducerConfig::default().max_prefix_tokens_to_match / block_tokens.max(1),
            (0, blocks) => blocks,
            (tokens, _) => tokens / block_tokens.max(1),
        };
        let cut = |prompt: P| {
            let mut chain = BlockChain::seeded(block_tokens, model);
            prompt.into_iter().for_each(|segment| chain.push(segment));
            chain.hashes().iter().copied().chain(chain.partial()).take(most as usize).collect()
        };
        PromptBlocks(prompts.into_iter().map(cut).collect())
    }

    /// How many of a prompt's blocks each candidate is believed to cache: counted up to the first that no pod has.
    pub fn matches(&self, prompt: &PromptBlocks, candidates: &[PodId]) -> Vec<u32> {
        let mut counts = vec![0; candidates.len()];
        for blocks in &prompt.0 {
            for pods in blocks.iter().map(|block| self.index.pods(block)).take_while(|pods| !pods.is_empty())
            {
                for (candidate, count) in candidates.iter().zip(&mut counts) {
                    *count += u32::from(pods.contains(candidate));
                }
            }
        }
        counts
    }

    /// A prompt is sent to a pod that shows this of its cache.
    pub fn sent(&mut self, pod: PodId, prompt: &PromptBlocks, shown: Option<CacheConfigInfo>) {
        let shown =
            shown.map(|cache| cache.num_gpu_blocks).filter(|blocks| self.config.auto_tune && *blocks > 0);
        let capacity = shown.unwrap_or(self.config.lru_capacity_per_server);
        prompt.0.iter().for_each(|blocks| self.index.insert(pod, blocks, capacity as usize));
    }

    /// A pod has left the datastore.
    pub fn pod_gone(&mut self, now: SimTime, pod: PodId) {
        self.gone.push((now, pod));
    }

    /// Forgets the pods that were gone when the last purge by `now` was due; `phase` is that of the first.
    pub fn purge(&mut self, now: SimTime, phase: SimDuration) {
        let Some(last) = now.at_or_before_on_grid(SimTime::ZERO + phase, Self::PURGE_PERIOD) else { return };
        let index = &mut self.index;
        self.gone.retain(|(since, pod)| {
            let stays = *since > last;
            if !stays {
                index.remove(*pod);
            }
            stays
        });
    }

    /// How many blocks of a pod are remembered.
    pub fn remembered(&self, pod: PodId) -> usize {
        self.index.len(pod)
    }
}
