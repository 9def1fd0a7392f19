//! Each look of the autoscaler at the cluster in one JSON object.

use super::hpa::Hpa;
use crate::Subject;
use forescale_core::record::RunRecord;
use serde::Serialize;
use std::io::{self, Write};

/// One sync of the autoscaler.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "A line of decisions.ndjson of Forescale, schema version 1"))]
pub(crate) struct Look<'a> {
    /// When.
    t_s: f64,
    /// The kind of the autoscaler, as `autoscaler.kind` in `result.json`.
    autoscaler: &'a str,
    /// `spec.replicas` before.
    from_replicas: u32,
    /// `spec.replicas` after.
    to_replicas: u32,
    /// Why, in a line.
    reason: &'a str,
    /// The structured reasons of an HPA; `null` for any other autoscaler.
    hpa: Option<Hpa<'a>>,
}

/// Writes one JSON object per sync, each in a line of its own; `docs/result.md` explains every field.
///
/// # Errors
/// Where `out` fails.
pub fn decisions_ndjson(subject: &Subject, record: &RunRecord, mut out: impl Write) -> io::Result<()> {
    for sync in &record.syncs {
        let look = Look {
            t_s: sync.at.as_secs_f64(),
            autoscaler: &subject.autoscaler_kind,
            from_replicas: sync.from,
            to_replicas: sync.to(),
            reason: &sync.decision.reason,
            hpa: sync.decision.sync.as_deref().map(Hpa::from),
        };
        serde_json::to_writer(&mut out, &look)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
