//! `sim merge`

use super::MergeArguments;
use super::finish::finish;
use super::refused;
use crate::exit::{Exit, Failure};
use forescale::experiment::sweep::{Plan, Run, Swept, read_journal};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Puts the shards of a sweep together.
pub(crate) fn merge(arguments: &MergeArguments) -> Result<Exit, Failure> {
    let wanted = arguments.outcome.wanted()?;
    let mut whole: Option<(Plan, &Path)> = None;
    let mut runs: BTreeMap<(usize, u32), (Run, &Path)> = BTreeMap::new();
    for folder in &arguments.folders {
        let (plan, own) = read_journal(folder).map_err(refused)?;
        let (first, from) = whole.get_or_insert_with(|| (plan.clone(), folder.as_path()));
        if *first != plan {
            return Err(Failure::Input(format!(
                "{} and {} hold different sweeps ({} and {}): only shards of one sweep can be put together",
                from.display(),
                folder.display(),
                first.fingerprint(),
                plan.fingerprint()
            )));
        }
        for run in own {
            let (kept, from) =
                runs.entry((run.point, run.replication)).or_insert((run.clone(), folder.as_path()));
            if *kept != run {
                return Err(Failure::Input(format!(
                    "{} and {} disagree about point {}, replication {}: different builds of sim made them",
                    from.display(),
                    folder.display(),
                    run.point,
                    run.replication
                )));
            }
        }
    }
    let Some((plan, _)) = whole else { return Err(Failure::Input("no folder is given".to_owned())) };
    let swept = Swept::new(plan, runs.into_values().map(|(run, _)| run).collect());
    if swept.missing() > 0 {
        return Err(Failure::Input(format!(
            "{} of {} runs are missing: a shard is not done yet, or its folder is not given",
            swept.missing(),
            swept.plan.runs()
        )));
    }
    let folder = arguments.out.clone();
    let folder =
        folder.unwrap_or_else(|| PathBuf::from("out").join(format!("{}.sweep", swept.plan.scenario)));
    finish(&folder, &swept, &wanted)
}
