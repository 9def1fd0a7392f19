//! Which direction of a KPI is an improvement.

use forescale_experiment::kpi;
use serde::Serialize;

/// Which direction is an improvement.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
    /// Neither by itself.
    Neither,
}

impl From<kpi::Better> for Better {
    fn from(better: kpi::Better) -> Self {
        match better {
            kpi::Better::Lower => Self::Lower,
            kpi::Better::Higher => Self::Higher,
            kpi::Better::Neither => Self::Neither,
        }
    }
}
