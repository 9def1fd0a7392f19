//! Configurations and small helpers that several tests share.

use forescale::core::autoscaler::Fixed;
use forescale::core::cluster::ClusterConfig;
use forescale::core::demand::{Arrivals, Client, Lengths, Rate, Source, Workload};
use forescale::core::dist::Dist;
use forescale::core::gateway::GatewayConfig;
use forescale::core::ids::FlowId;
use forescale::core::record::RecordConfig;
use forescale::core::replica::{EngineMode, ModelServerConfig, TestEngineConfig};
use forescale::core::telemetry::TelemetryConfig;
use forescale::core::views::FlowLabels;
use forescale::core::{AutoscalerFactory, RunConfig};
use forescale::kernel::SimDuration;
use forescale::scenario::Scenario;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The command `sim`, called in the repository's root.
pub(crate) fn sim(arguments: &[&str]) -> Output {
    sim_in(root(), arguments)
}

/// The command `sim`, called in this folder; a machine under load is no reason for progress on standard error.
pub(crate) fn sim_in(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sim"));
    command.current_dir(folder).env("SIM_NO_PROGRESS", "1").args(arguments).output().expect("sim starts")
}

/// Sends Ctrl-C to a process as soon as it listens to it, and gives what it leaves behind.
#[cfg(target_os = "linux")]
pub(crate) fn interrupted(child: std::process::Child) -> Output {
    use rustix::process::{Pid, Signal, kill_process};

    let listens = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
        u64::from_str_radix(caught, 16).unwrap() & (1 << (Signal::INT.as_raw() - 1)) != 0
    };
    while !listens() {
        std::thread::yield_now();
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    child.wait_with_output().unwrap()
}

/// Copies a folder with all that is in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// A folder of material that stands outside the repository, by its environment variable; says what is skipped without it.
pub(crate) fn outside(variable: &str, skipped: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: {skipped} ({variable} is not set)");
    }
    folder
}

/// A scenario of the repository.
pub(crate) fn scenario(path: &str) -> Scenario {
    Scenario::load(&root().join(path)).unwrap_or_else(|error| panic!("{error}"))
}

/// The one flow of simple tests.
pub(crate) fn flow() -> FlowLabels {
    FlowLabels { model_name: "test".to_owned(), fairness_id: "default-flow".to_owned(), priority: 0 }
}

/// Requests of one token each.
pub(crate) fn unit_lengths() -> Lengths {
    Lengths { prompt_tokens: Dist::Constant(1.0), output_tokens: Dist::Constant(1.0) }
}

/// Poisson arrivals at a station of queueing theory: one replica with `seats` servers and no flow control.
pub(crate) fn station(seats: u32, arrivals_per_s: f64, service: Dist, requests: u64, seed: u64) -> RunConfig {
    let rate = Rate::constant(arrivals_per_s).unwrap();
    let workload = Workload {
        name: "customers".to_owned(),
        from: SimDuration::ZERO,
        until: None,
        requests: Some(requests),
        source: Source::Open(Arrivals::Poisson(rate, unit_lengths())),
        prefix_groups: None,
        client: Client::default(),
        flow: FlowId(0),
    };
    let day = SimDuration::from_secs(86_400);
    RunConfig {
        seed,
        duration: day,
        drain: day,
        workloads: vec![workload],
        gateway: GatewayConfig { flows: vec![flow()], ..GatewayConfig::default() },
        model_server: ModelServerConfig::Test(TestEngineConfig { seats, service }),
        engine_mode: EngineMode::default(),
        cluster: ClusterConfig::default(),
        telemetry: TelemetryConfig {
            scrape_interval: day,
            relist_interval: day,
            ..TelemetryConfig::default()
        },
        autoscaler: AutoscalerFactory::new(|_| Box::new(Fixed::new(1))),
        record: RecordConfig {
            bin: day,
            warm_up: SimDuration::ZERO,
            log_requests: false,
            objectives: Vec::new(),
        },
    }
}
