//! Each look of the autoscaler at the cluster in one JSON object.

use super::hpa::Hpa;
use crate::Subject;
use forescale_core::record::{RunRecord, SyncRecord};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// One sync of the autoscaler.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "A line of decisions.ndjson of Forescale, schema version 1"))]
pub(crate) struct Look {
    /// When.
    pub(crate) t_s: f64,
    /// The kind of the autoscaler, as `autoscaler.kind` in `result.json`.
    pub(crate) autoscaler: String,
    /// `spec.replicas` before.
    pub(crate) from_replicas: u32,
    /// `spec.replicas` after.
    pub(crate) to_replicas: u32,
    /// Why, in a line.
    pub(crate) reason: String,
    /// The structured reasons of an HPA; `null` for any other autoscaler.
    pub(crate) hpa: Option<Hpa>,
}

impl Look {
    pub(crate) fn new(subject: &Subject, sync: &SyncRecord) -> Self {
        Self {
            t_s: sync.at.as_secs_f64(),
            autoscaler: subject.autoscaler_kind.clone(),
            from_replicas: sync.from,
            to_replicas: sync.to(),
            reason: sync.decision.reason.clone(),
            hpa: sync.decision.sync.as_deref().map(Hpa::from),
        }
    }
}

/// Writes one JSON object per sync, each in a line of its own; `docs/result.md` explains every field.
///
/// # Errors
/// Where `out` fails.
pub fn decisions_ndjson(subject: &Subject, record: &RunRecord, mut out: impl Write) -> io::Result<()> {
    for sync in &record.syncs {
        serde_json::to_writer(&mut out, &Look::new(subject, sync))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
