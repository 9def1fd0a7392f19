//! Resident memory of the whole loop, each run in a process of its own: what one run leaves behind would hide what the next takes.

use forescale::bench::{Memory, T1};
use serde_json::{Value, json};
use std::io;
use std::process::{Command, Stdio};

/// What more requests are compared with.
const FEW: u64 = 10_000;

/// Memory of a run with few requests, and of one with as many as were asked for.
pub(super) struct Growth {
    t1: T1,
    few: Memory,
    many: Memory,
}

impl Growth {
    pub(super) fn json(&self) -> Value {
        json!({
            "workload": "T1",
            "replicas": self.t1.replicas,
            "prefix_caching": self.t1.prefix_caching,
            "requests": [FEW, self.t1.requests],
            "peak_bytes": [self.few.peak, self.many.peak],
            "resident_bytes_at_end": [self.few.resident, self.many.resident],
        })
    }
}

/// Asks children; nothing where the platform does not tell, or there are few requests anyway.
pub(super) fn measure(t1s: &[T1]) -> io::Result<Vec<Growth>> {
    let mut all = Vec::new();
    for t1 in t1s.iter().filter(|t1| t1.requests > FEW) {
        let few = T1 { requests: FEW, ..*t1 };
        if let (Some(few), Some(many)) = (of_child(&few)?, of_child(t1)?) {
            all.push(Growth { t1: *t1, few, many });
        }
    }
    Ok(all)
}

fn of_child(t1: &T1) -> io::Result<Option<Memory>> {
    let caching = if t1.prefix_caching { "on" } else { "off" };
    let (requests, replicas) = (t1.requests.to_string(), t1.replicas.to_string());
    let run = ["bench", "t1", "--only", "whole", "--requests", &requests, "--replicas", &replicas];
    let mut command = Command::new(std::env::current_exe()?);
    let output = command.args(run).args(["--prefix-caching", caching]).stderr(Stdio::null()).output()?;
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let bytes = |name: &str| told.get(name).and_then(Value::as_u64);
    Ok(bytes("resident_bytes").zip(bytes("peak_bytes")).map(|(resident, peak)| Memory { resident, peak }))
}

pub(super) fn text(all: &[Growth]) -> String {
    let mib = |bytes: u64| bytes as f64 / 1_048_576.0;
    let line = |growth: &Growth| {
        let Growth { t1, few, many } = growth;
        format!(
            "  k = {:<4}caching {:<4}{FEW} requests {:>6.1} MiB (at the end {:.1}), {} requests {:>6.1} MiB ({:.1}): {:+.1} MiB\n",
            t1.replicas,
            if t1.prefix_caching { "on" } else { "off" },
            mib(few.peak),
            mib(few.resident),
            t1.requests,
            mib(many.peak),
            mib(many.resident),
            mib(many.peak) - mib(few.peak)
        )
    };
    let lines: String = all.iter().map(line).collect();
    match lines.is_empty() {
        true if Memory::read().is_none() => "\nResident memory: not available on this platform\n".to_owned(),
        true => String::new(),
        false => {
            format!("\nPeak of resident memory, whole loop of T1, each in a process of its own\n{lines}")
        }
    }
}
