//! What a loop costs: CPU time and resident memory.

use std::hint::black_box;

/// Which time [`cpu_time`] reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// CPU time of the calling thread, in user mode and in the kernel.
    Thread,
    /// The wall clock, where the platform tells no other.
    Wall,
}

impl Clock {
    /// The clock of this platform.
    pub const fn of_platform() -> Self {
        if cfg!(unix) { Self::Thread } else { Self::Wall }
    }
}

/// The seconds of [`Clock::of_platform`] that `work` takes on this thread, and what it gives.
pub fn cpu_time<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let clock = clock();
    let result = black_box(work());
    (clock(), result)
}

#[cfg(unix)]
fn clock() -> impl Fn() -> f64 {
    use rustix::time::{ClockId, clock_gettime};
    let read = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    };
    let begin = read();
    move || read() - begin
}

#[cfg(not(unix))]
fn clock() -> impl Fn() -> f64 {
    #[expect(clippy::disallowed_types, reason = "what a loop costs is no simulated time")]
    let begin = std::time::Instant::now();
    move || begin.elapsed().as_secs_f64()
}

/// Resident memory of this process, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Now.
    pub resident: u64,
    /// The most since the process began.
    pub peak: u64,
}

impl Memory {
    /// What the kernel says, where it says so in `/proc`; `None` elsewhere.
    pub fn read() -> Option<Self> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let bytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.split_whitespace().next()?.parse::<u64>().ok()?.saturating_mul(1024))
        };
        Some(Self { resident: bytes("VmRSS:")?, peak: bytes("VmHWM:")? })
    }
}
