//! `sim merge`

use super::MergeArguments;
use super::finish::finish;
use crate::exit::{Exit, Failure};
use forescale::experiment::sweep::{MergeError, merge as put_together};
use std::path::PathBuf;

/// Puts the shards of a sweep together.
pub(crate) fn merge(arguments: &MergeArguments) -> Result<Exit, Failure> {
    let wanted = arguments.outcome.wanted()?;
    let swept = put_together(&arguments.folders).map_err(|error| match error {
        MergeError::Journal(error) => Failure::Input(error.to_string()),
        other => Failure::Input(other.to_string()),
    })?;
    let folder = arguments.out.clone();
    let folder =
        folder.unwrap_or_else(|| PathBuf::from("out").join(format!("{}.sweep", swept.plan.scenario)));
    finish(&folder, &swept, &wanted)
}
