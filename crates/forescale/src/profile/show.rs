//! `sim profile show`

use super::{coefficients, digits, grouped, time};
use crate::cli::ShowArguments;
use crate::exit::{Exit, Failure};
use forescale::core::replica::StepLoad;
use forescale::scenario::{GpuClass, Profile, Tier};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;

/// Prints one profile.
pub(crate) fn show(arguments: &ShowArguments) -> Result<Exit, Failure> {
    let profile = find(&arguments.name)?;
    let mut out = anstream::stdout().lock();
    match arguments.json {
        true => writeln!(out, "{:#}", json!({ "schema": 1, "profile": to_json(&profile) }))?,
        false => out.write_all(text(&profile).as_bytes())?,
    }
    out.flush()?;
    Ok(Exit::Fine)
}

/// A profile of the library, or of a file.
pub(super) fn find(name: &str) -> Result<Profile, Failure> {
    if name.to_lowercase().ends_with(".toml") {
        return Profile::load(Path::new(name)).map_err(|rejection| Failure::Rejected(Box::new(rejection.0)));
    }
    Profile::lookup(name).cloned().map_err(|unknown| Failure::Input(unknown.to_string()))
}

/// A load that people know the time of.
struct Spot {
    what: &'static str,
    key: &'static str,
    load: StepLoad,
}

fn spots() -> [Spot; 3] {
    let spot = |what, key, load| Spot { what, key, load };
    [
        spot("decode, batch 1, context 512", "decode_batch_1_context_512_ms", StepLoad::decode(1, 512)),
        spot(
            "decode, batch 64, context 1024",
            "decode_batch_64_context_1024_ms",
            StepLoad::decode(64, 65_536),
        ),
        spot("a prompt of 2048 tokens", "prefill_2048_ms", StepLoad::prefill(0, 2048)),
    ]
}

/// What vLLM does by default on such a GPU: batched tokens and sequences.
fn defaults(class: GpuClass) -> (u32, u32) {
    match class {
        GpuClass::Largest => (16_384, 1024),
        GpuClass::Large => (8192, 1024),
        GpuClass::Small => (2048, 256),
    }
}

fn error(profile: &Profile) -> String {
    let accuracy = &profile.accuracy;
    let of = match profile.tier {
        Tier::Kernels => "of the fit to kernel times",
        Tier::EndToEnd => "of the fit to whole latencies",
        Tier::Derived => {
            "where it could be checked: on models, or GPUs, that were left out of the factors' fit"
        }
        Tier::Scaled | Tier::File => "of the fit",
    };
    let attention = if accuracy.substituted_attention {
        "; attention of another head geometry (5 to 15 % less reliable)"
    } else {
        ""
    };
    match (accuracy.mape_percent, accuracy.p95_percent) {
        (Some(mean), Some(p95)) => {
            format!("{mean:.1} % in the mean, {p95:.1} % at the 95th percentile, {of}{attention}")
        }
        (Some(mean), None) => format!("{mean:.1} % in the mean, {of}{attention}"),
        _ => format!("not known{attention}"),
    }
}

fn text(profile: &Profile) -> String {
    let mut text = format!("{}\n", profile.name);
    let mut section = |title: &str, lines: Vec<(String, String)>| {
        let width = lines.iter().map(|(what, _)| what.chars().count()).max().unwrap_or(0);
        text += &format!("\n{title}\n");
        for (what, value) in lines {
            text += &format!("  {what:<width$}   {value}\n");
        }
    };
    let line = |what: &str, value: String| (what.to_owned(), value);
    let (tokens, seqs) = defaults(profile.gpu_class);
    let gpus = profile.tensor_parallel_size;
    let mut about = vec![
        line("model", format!("{} {}", profile.model_name, profile.dtype).trim_end().to_owned()),
        line("GPU", format!("{}, {gpus} per replica", profile.gpu())),
        line("longest context", format!("{} tokens", grouped(profile.max_model_len.into()))),
        line("vLLM's defaults", format!("--max-num-batched-tokens {tokens} --max-num-seqs {seqs}")),
        line("step times", profile.tier.word().to_owned()),
        line("source", profile.source.clone()),
        line("error", error(profile)),
    ];
    if let Some(ratio) = profile.accuracy.measured_ratio {
        about.push(line("end to end", format!("{ratio:.2} of the time per output token in published runs")));
    }
    section("about", about);
    let step = profile.step_time();
    section("GPU time of a step", coefficients::lines(&step.gpu));
    let mut host = vec![line("per step", time(step.host.per_step_ps as f64))];
    if step.host.per_seq_ps > 0 {
        host.push(line("per request", time(step.host.per_seq_ps as f64)));
    }
    section("host time of a step, hidden behind the GPU's in asynchronous engines", host);
    let kv = &profile.kv;
    let blocks = |utilization: f64| {
        let blocks = u64::from(profile.num_gpu_blocks(utilization, 16));
        format!("{} of 16 tokens, {} tokens", grouped(blocks), grouped(blocks * 16))
    };
    let gib = |bytes: f64| format!("{} GiB", digits(bytes / 1_073_741_824.0));
    let mut memory = vec![line("memory", format!("{} GiB", digits(kv.gpu_memory_gib)))];
    if kv.weights_bytes > 0.0 {
        memory.push(line("weights", gib(kv.weights_bytes)));
        memory
            .push(line("activations, graphs, other", format!("{} GiB", digits(kv.overhead_gib().max(0.0)))));
    }
    memory.push(line("KV cache per token", format!("{} bytes", grouped(kv.bytes_per_token.into()))));
    memory.push(line("KV blocks at --gpu-memory-utilization 0.90", blocks(0.9)));
    memory.push(line("KV blocks at 0.92, vLLM's default", blocks(0.92)));
    section("memory of a GPU", memory);
    let spots = spots().map(|spot| {
        let ps = step.of(&spot.load).as_ps() as f64;
        let rate = match spot.load.prefill_tokens {
            0 => spot.load.decode_seqs,
            tokens => tokens,
        };
        line(spot.what, format!("{} ({} tokens/s)", time(ps), grouped((rate as f64 / (ps / 1e12)) as u64)))
    });
    section("GPU time of some steps", spots.into());
    text
}

/// A profile as programs read it; units stand in the names.
pub(super) fn to_json(profile: &Profile) -> Value {
    let step = profile.step_time();
    let kv = &profile.kv;
    let spots: serde_json::Map<String, Value> = spots()
        .into_iter()
        .map(|spot| (spot.key.to_owned(), json!(step.of(&spot.load).as_ps() as f64 / 1e9)))
        .collect();
    json!({
        "name": profile.name,
        "model": profile.model(),
        "model_name": profile.model_name,
        "gpu": profile.gpu(),
        "dtype": profile.dtype,
        "tensor_parallel_size": profile.tensor_parallel_size,
        "max_model_len": profile.max_model_len,
        "tier": profile.tier.word(),
        "source": profile.source,
        "mape_percent": profile.accuracy.mape_percent,
        "p95_percent": profile.accuracy.p95_percent,
        "measured_ratio": profile.accuracy.measured_ratio,
        "substituted_attention": profile.accuracy.substituted_attention,
        "gpu_time": coefficients::to_json(&step.gpu),
        "host_per_step_ps": step.host.per_step_ps,
        "host_per_request_ps": step.host.per_seq_ps,
        "gpu_memory_gib": kv.gpu_memory_gib,
        "weights_bytes_per_gpu": kv.weights_bytes.round() as u64,
        "kv_bytes_per_token_per_gpu": kv.bytes_per_token,
        "kv_blocks_at_0_9": kv.blocks_at_0_9,
        "spot_values": spots,
    })
}
