//! The scheduler against recorded steps of vLLM's own (0.33): same tokens, same preemptions, same blocks, same gauges.

use super::scheduler::Scheduler;
use super::sequence::Sequence;
use super::{EngineConfig, Prompt, StepTime};
use crate::ids::RequestId;
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
struct Case {
    name: String,
    config: Config,
    requests: Vec<Request>,
    #[serde(default)]
    aborts: Vec<(usize, u64)>,
    steps: Vec<Step>,
    end: End,
}

#[derive(Deserialize)]
struct Config {
    max_num_seqs: u32,
    max_num_batched_tokens: u32,
    block_size: u32,
    num_gpu_blocks: u32,
    enable_prefix_caching: bool,
    enable_chunked_prefill: bool,
    long_prefill_token_threshold: u32,
    long_prefill_token_threshold_adaptive: bool,
    policy: String,
    max_model_len: u32,
    watermark: f64,
    scheduler_reserve_full_isl: bool,
    max_num_active_seqs: Option<u32>,
    prefill_schedule_interval: u32,
}

#[derive(Deserialize)]
struct Request {
    id: u64,
    arr: usize,
    prompt: Vec<Vec<serde_json::Value>>,
    out: u32,
}

#[derive(Deserialize)]
struct Step {
    #[serde(default)]
    s: Vec<u64>,
    #[serde(default)]
    pre: Vec<u64>,
    #[serde(default)]
    fin: Vec<u64>,
    u: [u32; 2],
    q: [u32; 4],
}

#[derive(Deserialize)]
struct End {
    stuck: bool,
}

impl Case {
    /// Whether the case stays within what this scheduler does today.
    fn is_simulated(&self) -> bool {
        let config = &self.config;
        !config.enable_prefix_caching
            && config.policy == "fcfs"
            && !config.long_prefill_token_threshold_adaptive
            && config.max_num_active_seqs.is_none()
            && config.prefill_schedule_interval == 1
            && self.aborts.is_empty()
            && !self.end.stuck
    }

    fn replay(&self) {
        let mut scheduler = Scheduler::new(&EngineConfig {
            max_num_seqs: self.config.max_num_seqs,
            max_num_batched_tokens: self.config.max_num_batched_tokens,
            block_size: self.config.block_size,
            num_gpu_blocks: self.config.num_gpu_blocks,
            max_model_len: self.config.max_model_len,
            enable_chunked_prefill: self.config.enable_chunked_prefill,
            long_prefill_token_threshold: self.config.long_prefill_token_threshold,
            scheduler_reserve_full_isl: self.config.scheduler_reserve_full_isl,
            watermark: self.config.watermark,
            step_time: StepTime::default(),
        });
        for (index, step) in self.steps.iter().enumerate() {
            for request in self.requests.iter().filter(|request| request.arr == index) {
                let prompt = Prompt {
                    id: RequestId(request.id),
                    prompt_tokens: request.prompt.iter().filter_map(|part| part.last()?.as_u64()).sum::<u64>()
                        as u32,
                    output_tokens: request.out,
                };
                scheduler.add(Sequence::new(&prompt, self.config.max_model_len).unwrap());
            }
            let before: Vec<u64> = scheduler.running().iter().map(|sequence| sequence.id.0).collect();
            let load = scheduler.schedule();
            let scheduled: Vec<u64> = scheduler
                .running()
                .iter()
                .filter(|sequence| sequence.scheduled > 0)
                .flat_map(|sequence| [sequence.id.0, sequence.scheduled.into()])
                .collect();
            let place = format!("{} step {index}", self.name);
            assert_eq!(scheduled, step.s, "{place}: scheduled");
            let tokens: u64 = step.s.chunks(2).map(|pair| pair[1]).sum();
            assert_eq!(load.prefill_tokens + load.decode_seqs, tokens, "{place}: load");
            // The last victim stands foremost.
            let mut preempted: Vec<u64> = scheduler
                .waiting()
                .map(|sequence| sequence.id.0)
                .take_while(|id| before.contains(id))
                .collect();
            preempted.reverse();
            assert_eq!(preempted, step.pre, "{place}: preempted");
            let mut after = (scheduler.used_blocks(), scheduler.num_running(), scheduler.num_waiting());
            assert_eq!(
                after,
                (step.u[0], step.q[0], step.q[1]),
                "{place}: blocks, running, waiting after scheduling"
            );
            let mut finished = Vec::new();
            scheduler.update(|sequence, ended| {
                if ended {
                    finished.push(sequence.id.0);
                }
            });
            assert_eq!(finished, step.fin, "{place}: finished");
            after = (scheduler.used_blocks(), scheduler.num_running(), scheduler.num_waiting());
            assert_eq!(
                after,
                (step.u[1], step.q[2], step.q[3]),
                "{place}: blocks, running, waiting after the step"
            );
        }
    }
}

fn replay(path: &Path) -> usize {
    let text = std::fs::read_to_string(path).unwrap();
    let cases = text.lines().map(|line| serde_json::from_str::<Case>(line).unwrap());
    cases.filter(Case::is_simulated).map(|case| case.replay()).count()
}

#[test]
fn steps_equal_the_recorded_selection() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/vllm");
    assert!(replay(&root.join("sync-uncached.jsonl")) > 30);
}

#[test]
#[allow(clippy::print_stdout, reason = "says what it skips")]
fn steps_equal_the_recorded_hand_cases() {
    match std::env::var_os("FORESCALE_CONFORMANCE") {
        Some(root) => assert!(replay(&Path::new(&root).join("vllm/hand.jsonl")) > 10),
        None => println!("skipped: vLLM's hand-made cases (FORESCALE_CONFORMANCE is not set)"),
    }
}
