//! What comes out of a step.

use super::{Request, Scheduler, SchedulerOutput};
use crate::views::FinishedReason;

/// How a request ended by itself, as `vllm:request_success_total` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// A stop token.
    Stop,
    /// `max_tokens` or `--max-model-len`.
    Length,
}

impl From<FinishReason> for FinishedReason {
    fn from(reason: FinishReason) -> Self {
        match reason {
            FinishReason::Stop => Self::Stop,
            FinishReason::Length => Self::Length,
        }
    }
}

impl Scheduler {
    /// A batch was computed: in its order, each request whose known tokens are all computed gets its next token, and the ended ones go.
    ///
    /// `on_token` sees a request with the token counted, and how it ended, if that was its last. Requests that ended or were
    /// aborted since the batch was scheduled get nothing. Batches come back in the order in which they were scheduled.
    pub fn update_from_output(
        &mut self,
        mut output: SchedulerOutput,
        mut on_token: impl FnMut(&mut Request, Option<FinishReason>),
    ) {
        let mut some_ended = false;
        for entry in output.scheduled.iter().filter(|entry| entry.samples) {
            let Some(request) = self.requests.get_mut(entry.key) else { continue };
            request.append_token();
            let reason = if request.is_stopped() {
                Some(FinishReason::Stop)
            } else if request.is_at_full_length(self.config.max_model_len) {
                Some(FinishReason::Length)
            } else {
                None
            };
            // Output that is known only now is found by others from now on.
            if request.is_running
                && let Some(chain) = &request.chain
            {
                let computed = request.num_computed_tokens.saturating_sub(request.num_output_placeholders);
                self.kv_cache.cache_blocks(&mut request.blocks, chain, computed);
            }
            on_token(request, reason);
            if reason.is_some() {
                some_ended = true;
                if !request.is_running {
                    self.waiting.remove(entry.key, request.rank());
                }
                self.release(entry.key);
            }
        }
        if some_ended {
            self.running.retain(|key| self.requests.get(*key).is_some());
        }
        output.clear();
        self.spare_outputs.push(output);
    }
}
