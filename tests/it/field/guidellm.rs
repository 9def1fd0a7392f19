//! GuideLLM at "20 requests/s" for 600 s on one pod of Qwen3-32B: a closed loop of 512 but for the first half minute.
//!
//! llm-d/llm-d-workload-variant-autoscaler#1230 reports 682 requests, 511 of them incomplete.

use super::Setting;
use forescale::core::outcome::Outcome;

/// Requests sent, and done, on a pod with so many tokens of KV cache.
fn counts(kv_tokens: u32) -> (u64, u64) {
    let blocks = format!("--num-gpu-blocks-override={}", kv_tokens / 16);
    let record = Setting {
        args: &[
            "Qwen/Qwen3-32B",
            "--max-model-len=16000",
            "--gpu-memory-utilization=0.95",
            "--enforce-eager",
            "--max-num-seqs=1024",
            "--max-num-batched-tokens=8192",
            &blocks,
        ],
        gpus: 1,
        profile: "qwen3-32b/h100-sxm-80gb/tp1",
        load: r#"
            prompt_tokens = 4000
            output_tokens = 1000
            guidellm = { version = "0.6.0", rate_type = "poisson", rate = 20.0, max_seconds = "600s" }
        "#,
        autoscaler: "fixed = { replicas = 1 }",
        duration: "600s",
        drain: "10s",
    }
    .run();
    let account = &record.account;
    assert_eq!(account.arrivals(), account.all_ended(), "what is open at the end is cancelled");
    (account.arrivals(), account.with(Outcome::Finished))
}

#[test]
fn a_load_generator_that_asks_for_more_than_it_may_have_open_is_a_closed_loop() {
    for kv_tokens in [44_000, 48_000, 54_000] {
        let (sent, done) = counts(kv_tokens);
        println!("{kv_tokens} KV tokens: {sent} sent, {done} done, {} incomplete", sent - done);
        assert!(sent.abs_diff(done + 511) <= 1, "{sent} sent, {done} done");
        if kv_tokens == 48_000 {
            assert!((done as f64 / 171.0 - 1.0).abs() <= 0.15, "{done} done, 171 measured");
        }
    }
}
