//! The run over time.

use super::{Cell, Column, Kind, csv};
use forescale_core::record::{Bin, RunRecord};
use std::io::{self, Write};

const NO_FIRST_TOKEN: Option<&str> = Some("no first token within the bin");

/// The columns of `series.csv`.
pub(crate) const COLUMNS: &[Column<Bin>] = &[
    Column {
        name: "t_s",
        kind: Kind::Number,
        meaning: "The end of the bin; it begins at the end of the one before, the first at 0",
        absent: None,
        cell: |bin| Cell::Number(bin.at.as_secs_f64()),
    },
    Column {
        name: "arrived_requests",
        kind: Kind::Integer,
        meaning: "Requests that arrived within the bin",
        absent: None,
        cell: |bin| Cell::count(bin.arrived),
    },
    Column {
        name: "finished_requests",
        kind: Kind::Integer,
        meaning: "Requests that got all their output, within it",
        absent: None,
        cell: |bin| Cell::count(bin.finished),
    },
    Column {
        name: "lost_requests",
        kind: Kind::Integer,
        meaning: "Requests that ended in any other way, within it",
        absent: None,
        cell: |bin| Cell::count(bin.lost),
    },
    Column {
        name: "queued_requests",
        kind: Kind::Integer,
        meaning: "Requests in the gateway's queue at the end of the bin",
        absent: None,
        cell: |bin| Cell::count(bin.queue_size),
    },
    Column {
        name: "running_requests",
        kind: Kind::Integer,
        meaning: "`vllm:num_requests_running` at the end of the bin, summed over replicas",
        absent: None,
        cell: |bin| Cell::count(bin.running),
    },
    Column {
        name: "waiting_requests",
        kind: Kind::Integer,
        meaning: "`vllm:num_requests_waiting` at the end of the bin, summed over replicas",
        absent: None,
        cell: |bin| Cell::count(bin.waiting),
    },
    Column {
        name: "kv_cache_usage_share",
        kind: Kind::Number,
        meaning: "`vllm:kv_cache_usage_perc` at the end of the bin, 0 to 1, the mean over replicas that listen; 0 without any",
        absent: None,
        cell: |bin| Cell::Number(bin.kv_cache_usage),
    },
    Column {
        name: "desired_replicas",
        kind: Kind::Integer,
        meaning: "`spec.replicas` at the end of the bin",
        absent: None,
        cell: |bin| Cell::count(bin.desired),
    },
    Column {
        name: "ready_replicas",
        kind: Kind::Integer,
        meaning: "Pods that are Ready at the end of the bin",
        absent: None,
        cell: |bin| Cell::count(bin.ready),
    },
    Column {
        name: "pods",
        kind: Kind::Integer,
        meaning: "All pods at the end of the bin, starting and terminating ones too",
        absent: None,
        cell: |bin| Cell::count(bin.pods),
    },
    Column {
        name: "ttft_p50_s",
        kind: Kind::Number,
        meaning: "Median time to first token of the first tokens within the bin",
        absent: NO_FIRST_TOKEN,
        cell: |bin| Cell::maybe(bin.ttft_p50),
    },
    Column {
        name: "ttft_p99_s",
        kind: Kind::Number,
        meaning: "Their 99th percentile",
        absent: NO_FIRST_TOKEN,
        cell: |bin| Cell::maybe(bin.ttft_p99),
    },
    Column {
        name: "attained_requests",
        kind: Kind::Integer,
        meaning: "Of the requests that arrived within the bin, those that attained the objectives, whenever they ended",
        absent: None,
        cell: |bin| Cell::count(bin.attained),
    },
    Column {
        name: "epp_running_requests",
        kind: Kind::Integer,
        meaning: "`inference_objective_running_requests` of the EPP at the end of the bin, summed over flows: sent to a pod and not ended",
        absent: None,
        cell: |bin| Cell::count(bin.epp_running),
    },
    Column {
        name: "gpu_utilization_share",
        kind: Kind::Number,
        meaning: "Share of the bin in which GPUs computed, 0 to 1, the mean over replicas that listen; 0 without any",
        absent: None,
        cell: |bin| Cell::Number(bin.gpu_utilization),
    },
];

/// Writes one row per bin of the timeline, after a header; `docs/result.md` explains the columns.
///
/// # Errors
/// Where `out` fails.
pub fn series_csv(record: &RunRecord, out: impl Write) -> io::Result<()> {
    csv::write(COLUMNS, record.timeline.iter(), out)
}
