//! What a sweep runs.

use crate::kpi::{Kpi, KpiName, Scope};
use serde::{Deserialize, Serialize};

/// All that decides a sweep. The same plan gives the same runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The scenario's name.
    pub scenario: String,
    /// The version of Forescale.
    pub tool_version: String,
    /// A hash over all that was loaded for the base, see [`Inputs`].
    pub inputs: String,
    /// The first seed; each replication has the next one.
    pub seed: u64,
    /// How often each point is run, at least once.
    pub replications: u32,
    /// Whether the points are all combinations of the axes' values.
    pub is_grid: bool,
    /// The objectives that each run is judged by.
    pub objectives: Vec<Objective>,
    /// The names of the workloads.
    pub workloads: Vec<String>,
    /// The paths with their values.
    pub axes: Vec<Axis>,
    /// What is run; the base is among them.
    pub points: Vec<Point>,
}

/// An objective, as files have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Objective {
    /// `ttft`, `itl` or `e2e`.
    pub measure: String,
    /// 0 to 1.
    pub quantile: f64,
    /// In seconds.
    pub limit_s: f64,
}

/// One path of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// The way to the value.
    pub path: String,
    /// As TOML, in the order in which they are tried; of drawn points a range has its ends here.
    pub values: Vec<String>,
    /// What the scenario itself has there, as TOML; `None` where that is not known.
    pub base: Option<String>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// As TOML, in the order of the axes; `None` where the base has a default that is not known.
    pub values: Vec<Option<String>>,
    /// Whether it is the scenario as it stands.
    pub is_base: bool,
    /// Whether the sweep tries it; the base alone may be there for comparison only.
    pub is_tried: bool,
}

/// A KPI of the whole run, or of one workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// As files have it: `ttft_p99`, or `chat.ttft_p99` of a workload.
    pub name: String,
    /// Whose it is.
    pub scope: Scope,
    /// What it is.
    pub kpi: Kpi,
}

impl Plan {
    /// A hash of the plan, in 16 hexadecimal digits: journals of the same sweep have the same one.
    pub fn fingerprint(&self) -> String {
        let mut hash = Inputs::default();
        // Strings and numbers cannot fail to be written.
        hash.add(&serde_json::to_vec(self).unwrap_or_default());
        hash.digest()
    }

    /// How many runs it has.
    pub fn runs(&self) -> usize {
        self.points.len() * self.replications as usize
    }

    /// The seed of a replication.
    pub fn seed_of(&self, replication: u32) -> u64 {
        self.seed.wrapping_add(u64::from(replication))
    }

    /// All KPIs that runs have, in the order of reports: of the whole run, then of each of several workloads.
    pub fn columns(&self) -> Vec<Column> {
        let column = |name: KpiName| {
            Some(Column { name: name.to_string(), scope: name.scope(&self.workloads)?, kpi: name.kpi })
        };
        KpiName::all(&self.workloads).into_iter().filter_map(column).collect()
    }
}

/// A hash over bytes: FNV-1a of 64 bits (G. Fowler, L. C. Noll, K.-P. Vo, draft-eastlake-fnv). It finds mistakes, not malice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inputs(u64);

impl Default for Inputs {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Inputs {
    /// Takes in a text or a file, and that it ends here.
    pub fn add(&mut self, bytes: &[u8]) {
        let length = (bytes.len() as u64).to_le_bytes();
        for byte in bytes.iter().chain(&length) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// In 16 hexadecimal digits.
    pub fn digest(self) -> String {
        format!("{:016x}", self.0)
    }
}
