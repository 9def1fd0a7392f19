//! What a scenario becomes: a variant to run, the subject of a report, an entrant of a comparison, the plan and the settings of a sweep.
//!
//! Reports and experiments know no files. These functions hand them what a loaded scenario says.

mod inputs;
mod subject;
mod sweep;

pub use inputs::inputs;
pub use subject::subject;
pub use sweep::{sweep_plan, sweep_variant};

use crate::experiment::Variant;
use crate::experiment::compare::Entrant;
use crate::scenario::Scenario;

/// A scenario, ready to run.
pub fn variant(scenario: &Scenario) -> Variant {
    Variant {
        config: scenario.config.clone(),
        gpu_price_per_hour: scenario.gpu_price_per_hour,
        replica_limits: scenario.replica_limits(),
    }
}

/// A scenario under a name of its own in a comparison.
pub fn entrant(name: &str, scenario: &Scenario) -> Entrant {
    Entrant { name: name.to_owned(), variant: variant(scenario) }
}
