//! The run over time as CSV.

use forescale_core::record::{Bin, RunRecord};
use std::io::{self, Write};

/// The columns; units are in the names.
const HEADER: [&str; 13] = [
    "t_s",
    "arrived",
    "finished",
    "lost",
    "queue_size",
    "running",
    "waiting",
    "kv_cache_usage",
    "desired_replicas",
    "ready_replicas",
    "pods",
    "ttft_p50_s",
    "ttft_p99_s",
];

/// Writes one row per bin of the timeline, after a header.
///
/// `t_s` is the end of the bin in seconds of the run. `arrived`, `finished` and `lost` count requests within the bin, and the
/// quantiles of the time to first token are those of first tokens within it (empty where there was none). The rest is the
/// state at the bin's end: requests in the EPP's queue, running and waiting in the engines, the mean KV cache usage (0 to
/// 1), `spec.replicas`, Ready pods, and all pods.
///
/// # Errors
/// Where `out` fails.
pub fn series_csv(record: &RunRecord, out: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(HEADER)?;
    for bin in &record.timeline {
        csv.write_record(row(bin))?;
    }
    csv.flush()
}

fn row(bin: &Bin) -> [String; HEADER.len()] {
    let maybe = |seconds: Option<f64>| seconds.map_or_else(String::new, |seconds| seconds.to_string());
    [
        bin.at.as_secs_f64().to_string(),
        bin.arrived.to_string(),
        bin.finished.to_string(),
        bin.lost.to_string(),
        bin.queue_size.to_string(),
        bin.running.to_string(),
        bin.waiting.to_string(),
        bin.kv_cache_usage.to_string(),
        bin.desired.to_string(),
        bin.ready.to_string(),
        bin.pods.to_string(),
        maybe(bin.ttft_p50),
        maybe(bin.ttft_p99),
    ]
}
