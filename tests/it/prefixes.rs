//! What prompts have in common: sessions, shared prefixes, hash ids of a trace, and where the EPP sends them.

use crate::support::outside;
use forescale::core::content::{BYTES_PER_TOKEN, Prefix};
use forescale::core::demand::{Demand, Output};
use forescale::core::gateway::{PrefixProducer, PrefixProducerConfig, Scorer};
use forescale::core::ids::PodId;
use forescale::core::record::RunRecord;
use forescale::core::{RunConfig, run};
use forescale::kernel::{SimDuration, SimTime};
use forescale::scenario::Scenario;
use std::path::Path;

/// Half an hour of a workload on `replicas` pods with little room in their caches.
fn config(folder: &Path, workload: &str, replicas: u32) -> RunConfig {
    let file = folder.join("prefixes.toml");
    let text = format!(
        "[scenario]\nname = \"prefixes\"\nduration = \"30m\"\ndrain = \"5m\"\nseed = 11\n\n[model_server]\n\
         profile = \"llama-3.1-8b/h100-sxm-80gb/tp1\"\n\n[autoscaler]\nfixed = {{ replicas = {replicas} }}\n\n\
         [cluster]\nreplicas = {replicas}\n\n[workload.chat]\n{workload}\n"
    );
    std::fs::write(&file, text).unwrap();
    let mut config = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}")).config;
    config.record.log_requests = true;
    config
}

/// The same with another engine.
fn with_engine(config: &RunConfig, edit: impl Fn(&mut forescale::core::replica::EngineConfig)) -> RunConfig {
    let mut config = config.clone();
    match &mut config.model_server {
        forescale::core::replica::ModelServerConfig::Vllm(engine) => edit(engine),
        other => panic!("{other:?}"),
    }
    config
}

fn ttft(record: &RunRecord) -> f64 {
    record.latencies.ttft.mean().unwrap()
}

#[test]
fn a_session_asks_longer_and_longer_prompts_of_which_little_is_computed() {
    let folder = tempfile::tempdir().unwrap();
    let workload = "arrivals.poisson = { rate = 0.5 }\nprompt_tokens = 400\noutput_tokens = 100\n\
                    shared_prefix = { tokens = 1000 }\nsession = { turns = 6, think_time = \"10s\" }";
    let config = config(folder.path(), workload, 1);
    let cached = run(&config).unwrap();
    let sessions = cached.requests.iter().filter(|line| line.request.prompt_tokens == 1400).count();
    let turns = |turn: u32| {
        let prompt = 1400 + 500 * turn;
        cached.requests.iter().filter(|line| line.request.prompt_tokens == prompt).count()
    };
    // About 900 sessions of six turns each; those of the last minute are not all over.
    assert!((800..1000).contains(&sessions), "{sessions}");
    assert!((0..6).all(|turn| sessions - turns(turn) < 60) && turns(6) == 0);
    let recomputed = run(&with_engine(&config, |engine| engine.enable_prefix_caching = false)).unwrap();
    let ratio = ttft(&recomputed) / ttft(&cached);
    println!("TTFT {:.4} s with the cache, {ratio:.2} times that without", ttft(&cached));
    // Of 2,650 tokens in the mean about 400 are new, and time goes with them.
    assert!(ratio > 3.0, "{ratio}");
}

#[test]
fn the_prefix_scorer_keeps_each_tenant_where_its_prefix_is() {
    let folder = tempfile::tempdir().unwrap();
    let workload = "arrivals.poisson = { rate = 12.0 }\nprompt_tokens = 200\noutput_tokens = 50\n\
                    shared_prefix = { groups = 40, tokens = 6000 }";
    let mut config = config(folder.path(), workload, 4);
    // Room for about twenty of the forty prefixes.
    config = with_engine(&config, |engine| engine.num_gpu_blocks = 8_500);
    let spread = |record: &RunRecord| {
        let mut pods = vec![0_u32; 4];
        record
            .requests
            .iter()
            .filter_map(|line| line.dispatched)
            .for_each(|(_, pod)| pods[pod.0 as usize] += 1);
        pods
    };
    let scored = run(&config).unwrap();
    config.gateway.scorers.retain(|(scorer, _)| *scorer != Scorer::PrefixCache);
    let blind = run(&config).unwrap();
    let ratio = ttft(&blind) / ttft(&scored);
    println!("TTFT {:.4} s with the scorer, {ratio:.2} times that without", ttft(&scored));
    println!("requests per pod: {:?} with it, {:?} without", spread(&scored), spread(&blind));
    assert!(ratio > 2.0, "{ratio}");
}

/// The producer's index as a cache that never forgets: of Mooncake's conversations 105,710 of 288,500 blocks are found again
/// (the trace's own count, 36.64 %).
#[test]
fn hash_ids_are_the_content_of_prompts() {
    let Some(data) = outside("FORESCALE_DATA", "the prefixes of Mooncake's conversations") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = data.join("traces/mooncake_conversation_trace.jsonl");
    let workload = format!("trace.mooncake = {{ path = {path:?} }}");
    let config = config(folder.path(), &workload, 1);
    let mut demand =
        Demand::new(&config.workloads, 1, SimTime::ZERO + SimDuration::from_secs(86_400)).unwrap();
    let parameters = PrefixProducerConfig {
        auto_tune: false,
        block_size_tokens: 512,
        max_prefix_tokens_to_match: u32::MAX,
        lru_capacity_per_server: u32::MAX,
        ..PrefixProducerConfig::default()
    };
    let (mut producer, mut out) = (PrefixProducer::new(parameters), Vec::new());
    let (mut blocks, mut found) = (0, 0);
    while let Some(now) = demand.next_wake() {
        demand.wake(now, &mut out).unwrap();
        for told in out.drain(..) {
            let Output::Sent { request, prefix } = told else { panic!("{told:?}") };
            let prefix: Prefix = prefix.unwrap();
            assert_eq!(request.body_bytes(), u64::from(request.prompt_tokens) * BYTES_PER_TOKEN);
            let prompt = producer.blocks(512, 0, [prefix.prompt(request.id, request.prompt_tokens)]);
            blocks += prompt.count() as u64;
            found += u64::from(producer.matches(&prompt, &[PodId(0)])[0]);
            producer.sent(PodId(0), &prompt, None);
        }
    }
    println!("{found} of {blocks} blocks found again");
    assert_eq!((blocks, found), (288_500, 105_710));
}
