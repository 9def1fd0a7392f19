//! One request inside the scheduler.

use super::request_queue::Rank;
use super::{FinishReason, RequestError, RequestState};
use crate::content::{BlockChain, Segment, TokenStream};
use crate::ids::RequestId;
use crate::replica::kv_cache::BlockTable;
use crate::replica::metrics::{FinishedRequest, RequestTimes};
use crate::replica::{EngineConfig, StepLoad};

/// A request as it reaches the scheduler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// Its number.
    pub id: RequestId,
    /// The prompt's tokens, at least one. Only their number matters without prefix caching.
    pub prompt: Vec<Segment>,
    /// Output tokens after which it ends in any case, at least 1. The scheduler sees this end coming.
    pub max_tokens: u32,
    /// Output tokens, at least 1, of which the last is a stop token, if there is one. The scheduler does not see this end coming.
    pub stop_after: Option<u32>,
    /// Smaller is more urgent; without effect unless the policy is `priority`.
    pub priority: i32,
}

/// A request that runs or waits.
#[derive(Clone, Debug)]
pub struct Request {
    id: RequestId,
    prompt_tokens: u32,
    /// Prompt and `max_tokens`.
    max_total_tokens: u32,
    /// Prompt and the output up to the stop token.
    stop_total_tokens: u32,
    priority: i32,
    /// How many arrived before.
    pub(super) serial: u64,
    pub(super) is_running: bool,
    /// Prompt plus generated tokens that are known.
    pub(super) num_tokens: u32,
    /// Tokens whose KV is, or is being, computed.
    pub(super) num_computed_tokens: u32,
    /// Tokens that batches in flight will sample.
    pub(super) num_output_placeholders: u32,
    /// Whether the last batch left known tokens uncomputed.
    pub(super) is_prefill_chunk: bool,
    pub(super) num_preemptions: u32,
    /// Whether the last scan of the waiting ones passed it over because a token of it is in flight.
    pub(super) is_deferred: bool,
    /// Prompt tokens that were in the prefix cache when it was first admitted.
    pub(super) num_cached_tokens: u32,
    pub(super) blocks: BlockTable,
    /// The hashes of its blocks; `None` without prefix caching.
    pub(super) chain: Option<BlockChain>,
    /// Preemptions that the metrics have not seen yet: they travel with the next output.
    pub(in crate::replica) untold_preemptions: u32,
    /// The engine's notes of when what happened; the scheduler itself knows no time.
    pub(in crate::replica) times: RequestTimes,
}

/// There are as many as requests in flight, over the whole fleet.
const _: () = assert!(size_of::<Request>() <= 208);

impl Request {
    pub(super) fn new(new: &NewRequest, config: &EngineConfig) -> Result<Self, RequestError> {
        let max_model_len = config.max_model_len;
        let prompt_tokens = new.prompt.iter().fold(0_u32, |sum, segment| sum.saturating_add(segment.len));
        if prompt_tokens == 0 {
            return Err(RequestError::EmptyPrompt);
        }
        if prompt_tokens >= max_model_len {
            return Err(RequestError::PromptTooLong { prompt_tokens, max_model_len });
        }
        let total = |output: u32| prompt_tokens.saturating_add(output.max(1));
        Ok(Self {
            id: new.id,
            prompt_tokens,
            max_total_tokens: total(new.max_tokens),
            stop_total_tokens: new.stop_after.map_or(u32::MAX, total),
            priority: new.priority,
            serial: 0,
            is_running: false,
            num_tokens: prompt_tokens,
            num_computed_tokens: 0,
            num_output_placeholders: 0,
            is_prefill_chunk: false,
            num_preemptions: 0,
            is_deferred: false,
            num_cached_tokens: 0,
            blocks: BlockTable::default(),
            chain: None,
            untold_preemptions: 0,
            times: RequestTimes::default(),
        })
    }

    /// A request in this state, without blocks.
    pub(super) fn restore(state: &RequestState, is_running: bool) -> Self {
        Self {
            id: state.id,
            prompt_tokens: state.prompt_tokens,
            max_total_tokens: state.max_total_tokens,
            stop_total_tokens: state.stop_total_tokens,
            priority: state.priority,
            serial: state.serial,
            is_running,
            num_tokens: state.num_tokens,
            num_computed_tokens: state.num_computed_tokens,
            num_output_placeholders: state.num_output_placeholders,
            is_prefill_chunk: state.is_prefill_chunk,
            num_preemptions: state.num_preemptions,
            is_deferred: false,
            num_cached_tokens: state.num_cached_tokens,
            blocks: BlockTable::default(),
            chain: None,
            untold_preemptions: state.untold_preemptions,
            times: state.times,
        }
    }

    /// Its state; of its blocks only what they hold.
    pub(super) fn state(&self) -> RequestState {
        RequestState {
            id: self.id,
            prompt_tokens: self.prompt_tokens,
            max_total_tokens: self.max_total_tokens,
            stop_total_tokens: self.stop_total_tokens,
            priority: self.priority,
            serial: self.serial,
            num_tokens: self.num_tokens,
            num_computed_tokens: self.num_computed_tokens,
            num_output_placeholders: self.num_output_placeholders,
            is_prefill_chunk: self.is_prefill_chunk,
            num_preemptions: self.num_preemptions,
            untold_preemptions: self.untold_preemptions,
            num_cached_tokens: self.num_cached_tokens,
            times: self.times,
            hashed_tokens: 0,
        }
    }

    pub(super) fn start_chain(&mut self, block_size: u32, prompt: &[Segment]) {
        let mut chain = BlockChain::new(block_size);
        prompt.iter().for_each(|segment| chain.push(*segment));
        self.chain = Some(chain);
    }

    /// Its number.
    pub fn id(&self) -> RequestId {
        self.id
    }

    /// Length of the prompt, in tokens.
    pub fn prompt_tokens(&self) -> u32 {
        self.prompt_tokens
    }

    /// Tokens generated and delivered.
    pub fn output_tokens(&self) -> u32 {
        self.num_tokens - self.prompt_tokens
    }

    /// Prompt tokens that were in the prefix cache when it was first admitted.
    pub fn num_cached_tokens(&self) -> u32 {
        self.num_cached_tokens
    }

    /// What metrics are told of it at its end.
    pub(in crate::replica) fn finished(&self, reason: FinishReason, max_model_len: u32) -> FinishedRequest {
        FinishedRequest {
            times: self.times,
            reason: reason.into(),
            prompt_tokens: self.prompt_tokens,
            num_cached_tokens: self.num_cached_tokens,
            generation_tokens: self.output_tokens(),
            max_tokens: self.max_total_tokens.min(max_model_len).saturating_sub(self.prompt_tokens),
            num_preemptions: self.num_preemptions,
        }
    }

    /// Where the policy `priority` puts it.
    pub(super) fn rank(&self) -> Rank {
        (self.priority, self.serial)
    }

    /// Known tokens and those in flight.
    pub(super) fn num_tokens_in_flight(&self) -> u32 {
        self.num_tokens.saturating_add(self.num_output_placeholders)
    }

    /// Whether the batch in flight holds the last token by `max_tokens`.
    pub(super) fn awaits_last_token(&self) -> bool {
        self.num_output_placeholders > 0
            && self.num_computed_tokens.saturating_add(2)
                >= self.max_total_tokens.saturating_add(self.num_output_placeholders)
    }

    /// `tokens` more are being computed; returns what they cost.
    pub(super) fn charge(&mut self, tokens: u32) -> StepLoad {
        let before = self.num_computed_tokens;
        let target = self.num_tokens_in_flight();
        self.num_computed_tokens += tokens;
        self.is_prefill_chunk = self.num_computed_tokens < target;
        let has_output = target > self.prompt_tokens;
        if !self.is_prefill_chunk {
            self.num_output_placeholders += 1;
        }
        if tokens == 1 && has_output && !self.is_prefill_chunk {
            StepLoad::of_decode(before)
        } else {
            StepLoad::prefill(before, tokens)
        }
    }

    /// Everything computed is lost; what was generated is kept.
    pub(super) fn preempt(&mut self) {
        self.is_running = false;
        self.num_computed_tokens = 0;
        self.num_preemptions += 1;
        self.untold_preemptions += 1;
    }

    /// A token comes out.
    pub(super) fn append_token(&mut self) {
        let start = self.output_tokens();
        if let Some(chain) = &mut self.chain {
            chain.push(Segment { stream: TokenStream::Output(self.id), start, len: 1 });
        }
        self.num_tokens += 1;
        self.num_output_placeholders = self.num_output_placeholders.saturating_sub(1);
    }

    /// Whether its last token was a stop token.
    pub(super) fn is_stopped(&self) -> bool {
        self.num_tokens >= self.stop_total_tokens
    }

    /// Whether it is as long as it may become.
    pub(super) fn is_at_full_length(&self, max_model_len: u32) -> bool {
        self.num_tokens >= self.max_total_tokens || self.num_tokens >= max_model_len
    }
}
